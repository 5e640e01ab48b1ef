"""Single items: retry, copy again, addresses (S14, A4, A26)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.connections.making import a_connection

from plumbline.connections import items
from plumbline.connections.settings import IssueSettings
from plumbline.errors import Reject
from plumbline.stores.memory import MemoryLinks
from plumbline.stores.ports import Stale
from plumbline.stores.records import Intent, Link, LinkState


def _link(links: MemoryLinks, state: LinkState, issue: str = "1", **given: object) -> Link:
    made = links.create(Link(f"l{issue}", "c", issue, state))
    return links.save(replace(made, **given)) if given else made  # type: ignore[arg-type]


@pytest.mark.parametrize("state", [LinkState.WAITING, LinkState.PARKED])
def test_s14_an_open_item_is_due_at_once_with_all_its_tries(state: LinkState) -> None:
    links = MemoryLinks()
    link = _link(links, state, tries=4, cause="c", next_step="n")

    again = items.retry(links, link, now=50.0)

    assert (again.state, again.tries, again.cause, again.due_at) == (LinkState.WAITING, 0, "", 50.0)
    assert links.due(now=50.0, limit=5) == ["l1"]


@pytest.mark.parametrize("state", [LinkState.COPIED, LinkState.LEFT])
def test_a_copied_or_running_item_is_not_retried(state: LinkState) -> None:
    links = MemoryLinks()

    with pytest.raises(Reject) as refused:
        items.retry(links, _link(links, state), now=50.0)

    assert refused.value.code == "nothing_to_retry"


def test_s14_one_that_moved_meanwhile_does_not_stop_the_others() -> None:
    class Moving(MemoryLinks):
        def save(self, link: Link) -> Link:
            if link.id == "l1":
                raise Stale
            return super().save(link)

    links, hinted = Moving(), list[str]()
    for issue in ("1", "2", "3"):
        links.create(Link(f"l{issue}", "c", issue, LinkState.PARKED))

    count = items.retry_failed(links, "c", now=50.0, hint=lambda link: hinted.append(link.id))

    assert (count, hinted) == (2, ["l2", "l3"])


def test_s14_one_call_retries_a_thousand_at_most() -> None:
    links, hinted = MemoryLinks(), list[str]()
    for number in range(1_005):
        links.create(Link(f"l{number}", "c", str(number), LinkState.PARKED))

    count = items.retry_failed(links, "c", now=50.0, hint=lambda link: hinted.append(link.id))

    assert (count, len(hinted), links.counts("c")["parked"]) == (1_000, 20, 5)


def test_a4_a_second_copy_remembers_the_first_and_nothing_of_its_steps() -> None:
    links = MemoryLinks()
    link = _link(links, LinkState.COPIED, observation_id="55", observation_number="5")
    links.put_intent(Intent("l1", "observation", 1.0, result_id="55"))

    again = items.copy_again(links, link, now=50.0)

    assert (again.generation, again.former_observation_ids, again.observation_id) == (2, ("55",), "")
    assert (again.state, again.due_at, links.intents("l1")) == (LinkState.WAITING, 50.0, [])


@pytest.mark.parametrize(("state", "observation"), [(LinkState.PARKED, "55"), (LinkState.COPIED, "")])
def test_a4_only_a_finished_copy_is_made_again(state: LinkState, observation: str) -> None:
    with pytest.raises(Reject, match="no finished observation"):
        items.must_be_copied(Link("l", "c", "1", state, observation_id=observation))


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        (("design",), "https://cx.example/project/7/designissue/12"),
        (("construction",), "https://cx.example/project/7/constructionissue/12"),
        (("construction", "design"), "https://cx.example/project/7/constructionissue/12"),
    ],
)
def test_an_issues_page_is_that_of_its_section(sections: tuple[str, ...], expected: str) -> None:
    settings = IssueSettings.model_validate({"sections": sections})

    assert items.issue_address("https://cx.example", a_connection(), settings, "12") == expected
