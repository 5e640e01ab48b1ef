from __future__ import annotations

import logging
import socket
from typing import TYPE_CHECKING, Any, Never

import pytest
import requests
from urllib3.exceptions import ConnectTimeoutError

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.procore.client import ProcoreClient
from plumbline.procore.environments import Hosts
from plumbline.procore.reading import Unreadable

from .conftest import Clock, Reply, ScriptedGate, ScriptedTokens, Seen, Server

if TYPE_CHECKING:
    from pathlib import Path

EXPIRED = Reply(401, {"error": "invalid_token", "error_description": "The access token is invalid"})
SPIKE = {"X-Rate-Limit-Limit": "25", "X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": "1800000007"}
PATH = "/rest/v1.0/observations/items"


def test_a_call_carries_token_company_and_query_and_brings_back_the_answer(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [
        Reply(200, {"id": 7}, headers={"Date": "Fri, 15 Jan 2027 07:59:58 GMT", "X-Request-Id": "r1"})
    ]

    answer = client.request("GET", PATH, query={"filters[updated_at]": "a...b"})

    (seen,) = server.seen
    assert (seen.method, seen.path, seen.query) == ("GET", PATH, [("filters[updated_at]", "a...b")])
    assert seen.headers["authorization"] == "Bearer token-1"
    assert seen.headers["procore-company-id"] == "4211"
    assert seen.headers["accept"] == "application/json"
    assert (answer.status, answer.data, answer.headers["x-request-id"]) == (200, {"id": 7}, "r1")
    assert answer.date == 1_799_999_998.0


def test_a_write_carries_json(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(201, {"id": 7})]

    client.request("POST", PATH, json={"name": "Überlauf"})

    assert server.seen[0].json == {"name": "Überlauf"}
    assert server.seen[0].headers["content-type"] == "application/json"


def test_without_a_company_no_company_header_goes_out(  # noqa: PLR0917 - fixtures
    hosts: Hosts,
    session: requests.Session,
    tokens: ScriptedTokens,
    gate: ScriptedGate,
    clock: Clock,
    server: Server,
) -> None:
    client = ProcoreClient(
        hosts, "", session=session, tokens=tokens, gate=gate, now=clock.now, sleep=clock.sleep
    )
    server.replies = [Reply(200, {"id": 7})]

    client.request("GET", "/rest/v1.0/me")

    assert "procore-company-id" not in server.seen[0].headers


def test_an_answer_without_a_body_has_no_data(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(204)]

    assert client.request("DELETE", PATH).data is None


@pytest.mark.parametrize("headers", [{}, {"Date": "lately"}])
def test_an_answer_without_a_date_has_that_of_our_clock(
    client: ProcoreClient, server: Server, headers: dict[str, str]
) -> None:
    server.replies = [Reply(200, [], headers=headers)]

    assert client.request("GET", PATH).date == 1_800_000_000.0


def test_a_401_in_the_middle_of_a_run_is_renewed_once_and_the_call_made_again(
    client: ProcoreClient, server: Server, tokens: ScriptedTokens
) -> None:
    server.replies = [EXPIRED, Reply(201, {"id": 7})]

    assert client.request("POST", PATH, json={}).data == {"id": 7}
    assert tokens.refused == ["token-1"]
    assert [seen.headers["authorization"] for seen in server.seen] == ["Bearer token-1", "Bearer token-2"]


def test_s9_a_second_401_needs_authorization(
    client: ProcoreClient, server: Server, tokens: ScriptedTokens
) -> None:
    server.replies = [EXPIRED, EXPIRED]

    with pytest.raises(NeedsAuthorization) as refused:
        client.request("GET", PATH)

    assert (refused.value.authorization_id, refused.value.cause) == ("auth-1", "The access token is invalid")
    assert len(server.seen) == 2


def test_s5_a_401_that_speaks_of_the_installation_is_no_reason_to_renew(
    client: ProcoreClient, server: Server, tokens: ScriptedTokens
) -> None:
    server.replies = [Reply(401, {"errors": ["App is not connected to this company."]})]

    with pytest.raises(Reject) as refused:
        client.request("GET", PATH)

    assert refused.value.code == "app_not_installed"
    assert tokens.refused == []


def test_each_answers_headers_reach_the_gate(
    client: ProcoreClient, server: Server, gate: ScriptedGate
) -> None:
    server.replies = [Reply(200, [], headers=SPIKE), Reply(403, headers=SPIKE), Reply(200, [])]

    client.request("GET", PATH)
    with pytest.raises(Reject):
        client.request("GET", PATH)
    client.request("GET", PATH)

    assert gate.observed == [(25, 0, 1800000007.0), (25, 0, 1800000007.0)]
    assert gate.taken == 3


@pytest.mark.parametrize(
    ("headers", "after"),
    [(SPIKE, 7.0), ({"Retry-After": "20"}, 20.0), ({"Retry-After": "20", **SPIKE}, 20.0), ({}, 60.0)],
)
def test_a_429_closes_the_gate_for_everyone(
    client: ProcoreClient, server: Server, gate: ScriptedGate, headers: dict[str, str], after: float
) -> None:
    server.replies = [Reply(429, {"errors": "You have surpassed the max"}, headers=headers)]

    with pytest.raises(Retry) as limited:
        client.request("POST", PATH, json={})

    assert type(limited.value) is Retry
    assert limited.value.after == after
    assert gate.closed == [1_800_000_000.0 + after]


def test_short_waits_for_a_slot_are_slept(
    client: ProcoreClient, server: Server, gate: ScriptedGate, clock: Clock
) -> None:
    gate.waits = [1.5, 0.5]
    server.replies = [Reply(200, [])]

    client.request("GET", PATH)

    assert (clock.slept, gate.taken) == ([1.5, 0.5], 1)


@pytest.mark.parametrize("waits", [[5.1], [3.0, 3.0], [60.0]])
def test_a_long_wait_goes_back_to_the_queue_before_anything_is_sent(
    client: ProcoreClient, server: Server, gate: ScriptedGate, waits: list[float]
) -> None:
    gate.waits = list(waits)

    with pytest.raises(Retry) as waiting:
        client.request("POST", PATH, json={})

    assert type(waiting.value) is Retry
    assert waiting.value.after == waits[-1]
    assert server.seen == []


def test_a_wait_longer_than_the_time_left_is_not_begun(  # noqa: PLR0917 - fixtures
    hosts: Hosts,
    session: requests.Session,
    tokens: ScriptedTokens,
    gate: ScriptedGate,
    clock: Clock,
    server: Server,
) -> None:
    client = ProcoreClient(
        hosts,
        "1",
        session=session,
        tokens=tokens,
        gate=gate,
        now=clock.now,
        sleep=clock.sleep,
        time_left=lambda: 2.0,
    )
    gate.waits = [2.0]

    with pytest.raises(Retry):
        client.request("GET", PATH)

    assert clock.slept == []


def test_a_read_is_tried_again_once_when_the_connection_breaks(
    client: ProcoreClient, server: Server, gate: ScriptedGate
) -> None:
    server.replies = [Reply(drop=True), Reply(200, [1])]

    assert client.request("GET", PATH).data == [1]
    assert gate.taken == 2


def test_a_read_whose_connection_breaks_twice_goes_back_to_the_queue(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(drop=True), Reply(200, [1, 2, 3, 4], cut=True)]

    with pytest.raises(Retry) as broken:
        client.request("GET", PATH)

    assert type(broken.value) is Retry
    assert len(server.seen) == 2


@pytest.mark.parametrize(
    "reply", [Reply(drop=True), Reply(201, {"id": 7}, cut=True), Reply(500), Reply(502, body=b"<p>x</p>")]
)
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a3_a_write_without_a_whole_answer_is_never_repeated_and_its_effect_unknown(
    client: ProcoreClient, server: Server, method: str, reply: Reply
) -> None:
    server.replies = [reply]

    with pytest.raises(EffectUnknown):
        client.request(method, PATH, json={})

    assert len(server.seen) == 1


def test_a3_a_write_that_times_out_has_an_unknown_effect(client: ProcoreClient) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        client.hosts = Hosts("", f"http://127.0.0.1:{silent.getsockname()[1]}", "")
        client.timeout = (5.0, 0.1)

        with pytest.raises(EffectUnknown):
            client.request("POST", PATH, json={})


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_refused_connection_means_nothing_was_sent(client: ProcoreClient, method: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    client.hosts = Hosts("", f"http://127.0.0.1:{port}", "")

    with pytest.raises(Retry) as refused:
        client.request(method, PATH)

    assert type(refused.value) is Retry
    assert refused.value.reason == f"127.0.0.1:{port} cannot be reached"


def test_a_connection_that_cannot_be_made_in_time_means_nothing_was_sent(
    client: ProcoreClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: Any, **__: Any) -> Never:
        raise requests.ConnectTimeout(ConnectTimeoutError())

    monkeypatch.setattr(client.session, "request", slow)

    with pytest.raises(Retry) as refused:
        client.request("POST", PATH, json={})

    assert type(refused.value) is Retry


def test_a_503_that_names_a_time_is_tried_again_then(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(503, headers={"Retry-After": "5"})]

    with pytest.raises(Retry) as busy:
        client.request("POST", PATH, json={})

    assert type(busy.value) is Retry
    assert busy.value.after == 5.0


@pytest.mark.parametrize(("method", "kind"), [("GET", Retry), ("POST", EffectUnknown)])
def test_an_answer_that_is_no_json_cannot_be_trusted(
    client: ProcoreClient, server: Server, method: str, kind: Any
) -> None:
    server.replies = [Reply(200, body=b"<html>maintenance</html>")]

    with pytest.raises(Retry) as unreadable:
        client.request(method, PATH)

    assert type(unreadable.value) is kind


@pytest.mark.parametrize(("method", "kind"), [("GET", Retry), ("POST", EffectUnknown)])
def test_an_answer_that_is_not_as_documented_cannot_be_trusted(
    client: ProcoreClient, server: Server, method: str, kind: Any
) -> None:
    server.replies = [Reply(200, {"odd": 1})]

    def reader(data: Any) -> Never:
        raise Unreadable("a row has no id")

    with pytest.raises(Retry, match="a row has no id") as unreadable:
        client.request(method, PATH).read(reader)

    assert type(unreadable.value) is kind


@pytest.mark.parametrize("headers", [{"Location": "https://elsewhere.example/"}, {}])
def test_a_redirect_is_not_followed(client: ProcoreClient, server: Server, headers: dict[str, str]) -> None:
    server.replies = [Reply(302, headers=headers)]

    with pytest.raises(Reject) as moved:
        client.request("GET", PATH)

    assert moved.value.code == "redirected"
    assert len(server.seen) == 1


def test_a_netrc_of_the_machine_adds_no_credential(
    client: ProcoreClient, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password something\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server.replies = [Reply(200, [])]

    client.request("GET", PATH)

    assert server.seen[0].headers["authorization"] == "Bearer token-1"


def test_a_refusal_is_logged_without_query_token_or_body(
    client: ProcoreClient, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.replies = [Reply(403, {"errors": ["quiet words"]}, headers={"X-Request-Id": "req-9"})]

    with caplog.at_level(logging.DEBUG, logger="plumbline"), pytest.raises(Reject):
        client.request("GET", PATH, query={"filters[name]": "hidden"})

    (record,) = caplog.records
    noted = vars(record)
    assert record.message == "procore refused a call"
    assert (noted["path"], noted["status"], noted["request_id"]) == (PATH, 403, "req-9")
    assert not {"hidden", "token-1", "quiet words"} & set(map(str, noted.values()))


def listing(server: Server, pages: Any, link: str = "{url}/rest/v1.1/projects?page={next}") -> None:
    def answer(seen: Seen) -> Reply:
        number = int(dict(seen.query).get("page", "1"))
        more = number < len(pages)
        address = link.format(url=server.url, next=number + 1)
        headers = {"Link": f'<{address}>; rel="next"'} if more else {}
        return Reply(200, pages[number - 1], headers=headers)

    server.answer = answer


def test_s4_pages_follow_the_link_header_to_the_end(client: ProcoreClient, server: Server) -> None:
    listing(server, [[1, 2], [], [3]])

    assert [page.data for page in client.pages("/rest/v1.1/projects", {"company_id": "1"})] == [
        [1, 2],
        [],
        [3],
    ]
    assert server.seen[0].query == [("company_id", "1"), ("per_page", "100")]
    assert [dict(seen.query).get("page") for seen in server.seen] == [None, "2", "3"]


def test_a_page_is_fetched_only_when_it_is_asked_for(client: ProcoreClient, server: Server) -> None:
    listing(server, [[1], [2], [3]])

    next(client.rows("/rest/v1.1/projects", str))

    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "link",
    [
        "http://127.0.0.1:1/rest/v1.1/projects?page={next}",
        "https://evil.example/?page={next}",
        "{url}/x?page=2",
    ],
)
def test_a_next_page_elsewhere_or_in_a_circle_fails_rather_than_ending_the_listing(
    client: ProcoreClient, server: Server, link: str
) -> None:
    listing(server, [[1], [2], [3]], link=link)

    with pytest.raises(Reject) as strange:
        list(client.pages("/rest/v1.1/projects"))

    assert strange.value.code == "strange_page"
    assert all(seen.headers["authorization"] == "Bearer token-1" for seen in server.seen)


def test_a_page_that_is_no_list_is_no_end_of_the_listing(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, {"rows": []})]

    with pytest.raises(Retry, match="a listing is not a list"):
        list(client.rows(PATH, str))


def test_an_empty_answer_is_an_empty_page(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(204)]

    assert list(client.rows(PATH, str)) == []


def test_a_token_that_dies_between_two_pages_is_renewed(client: ProcoreClient, server: Server) -> None:
    listing(server, [[1], [2]])
    whole = server.answer
    server.answer = lambda seen: (
        EXPIRED
        if ("page", "2") in seen.query and seen.headers["authorization"] == "Bearer token-1"
        else whole(seen)
    )

    assert list(client.rows("/rest/v1.1/projects", str)) == ["1", "2"]
