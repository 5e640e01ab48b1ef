import pytest

from plumbline.procore.pages import next_link

NEXT = "https://api.procore.com/rest/v1.1/projects?company_id=1&page=2"
LAST = "https://api.procore.com/rest/v1.1/projects?company_id=1&page=9"


@pytest.mark.parametrize(
    "link",
    [
        f'<{NEXT}>; rel="next", <{LAST}>; rel="last"',
        f'<{LAST}>; rel="last", <{NEXT}>; rel="next"',
        f"<{NEXT}>; rel=next, <{LAST}>; rel=last",
        f'<{NEXT}>;rel="next"',
        f'<{NEXT}> ; REL = "NEXT"',
        f'<{NEXT}>; rel="prefetch next"',
        f'<{NEXT}>; title="a, b; c"; rel="next"',
        f'<{NEXT}>; crossorigin; rel="next"',
        f'<{LAST}>; title="rel=next"; rel="last", <{NEXT}>; rel="next"',
    ],
)
def test_the_next_page_is_found_in_any_order_and_quoting(link: str) -> None:
    assert next_link({"link": link}) == NEXT


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"link": ""},
        {"link": f'<{LAST}>; rel="last"'},
        {"link": f"<{LAST}>"},
        {"link": f'<{LAST}>; rel="nextish"'},
        {"link": f'<{LAST}>; rel=""'},
        {"link": f'<{LAST}>; title="; rel=next"'},
        {"link": "nonsense"},
    ],
)
def test_without_a_next_relation_it_is_the_last_page(headers: dict[str, str]) -> None:
    assert next_link(headers) is None


def test_commas_within_an_address_do_not_split_it() -> None:
    link = '<https://api.procore.com/x?ids=1,2&page=2>; rel="next"'

    assert next_link({"link": link}) == "https://api.procore.com/x?ids=1,2&page=2"
