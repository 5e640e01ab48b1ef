"""The functions of ongoing sync, as their queue and schedules call them, on a connection of that approach."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.wired import Sent, forget_clients, load, wire
from tests.support import small
from tests.support.house import House

from plumbline import wiring, wiring_work
from plumbline.issues.hints import Hint, to_text
from plumbline.procore import items
from plumbline.procore.observations import NewObservation
from plumbline.stores.records import Link, LinkState
from sandbox.procore.demo import HARBOR_POINT, NORTHWIND, RIVERSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


@dataclass
class Context:
    """What Lambda tells a function about its invocation; `left` is in milliseconds."""

    function_name: str
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:000000000000:function:any"
    aws_request_id: str = "00000000-0000-4000-8000-000000000005"
    left: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@pytest.fixture(scope="module")
def functions() -> dict[str, ModuleType]:
    return {name: load(name) for name in ("tracker_polling", "comment_polling", "sweep", "sync")}


@pytest.fixture
def house() -> House:
    made = House(small.world([small.issue("1001"), small.issue("1002")], []), small.SETTINGS)
    made.connection = made.connections.save(
        replace(made.connection, approach="sync", enabled_at=made.clock())
    )
    return made


@pytest.fixture
def sent(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    yield wire(monkeypatch, house)
    forget_clients()


def schedule(function: ModuleType, event: dict[str, Any] | None = None) -> Any:
    return function.handler(event or {}, Context(function.__name__))


def links(house: House) -> dict[str, LinkState]:
    return {one.issue_id: one.state for one in house.plain_links.of_connection("c1").items}


def test_a10_what_is_carried_over_is_left_to_the_sweep_which_hints_on_the_sync_queue(
    functions: dict[str, ModuleType], house: House, sent: Sent
) -> None:
    assert schedule(functions["tracker_polling"]) == {"polled": 1, "hints": 0, "failed": 0}
    assert links(house) == {"1001": LinkState.WAITING, "1002": LinkState.WAITING}

    assert schedule(functions["sweep"])["links"] == {"carried": 2}
    assert [(one.connection_id, one.cause, bool(one.link_id)) for one in sent.hints] == [
        ("c1", "backfill", True),
        ("c1", "backfill", True),
    ]
    assert list(house.queue) == []


def test_a_new_issue_is_hinted_by_the_poll_that_finds_it(
    functions: dict[str, ModuleType], house: House, sent: Sent
) -> None:
    schedule(functions["tracker_polling"])
    first = house.cxalloy.world.issue("1001")
    assert first
    house.cxalloy.world.issues.append(first.model_copy(update={"issue_id": "1003"}))
    house.clock.sleep(60)

    assert schedule(functions["tracker_polling"])["hints"] == 1

    (hint,) = sent.hints
    made = house.plain_links.by_issue("c1", "1003")
    assert made
    assert (hint.cause, hint.link_id) == ("poll", made.id)


def test_the_sweep_feeds_what_is_overdue_to_the_sync_queue(
    functions: dict[str, ModuleType], house: House, sent: Sent
) -> None:
    schedule(functions["tracker_polling"])
    schedule(functions["sweep"])
    sent.hints.clear()
    house.clock.sleep(301)

    assert schedule(functions["sweep"])["links"]["fed"] == 2

    assert {one.cause for one in sent.hints} == {"sweep"}
    assert list(house.queue) == []


def test_a31_a_poll_for_comments_finds_the_ongoing_connections_only(
    functions: dict[str, ModuleType], house: House, sent: Sent
) -> None:
    other = replace(house.connection, id="c2", approach="copy", project_id=str(RIVERSIDE), version=0)
    house.connections.create(other)

    assert schedule(functions["comment_polling"]) == {"polled": 1, "hints": 0, "failed": 0}
    assert schedule(functions["comment_polling"]) == {"polled": 0, "hints": 0, "failed": 0}


def test_a31_a_comment_made_in_procore_becomes_a_hint_for_its_pair(
    functions: dict[str, ModuleType], house: House, sent: Sent
) -> None:
    procore = wiring.procore_client(wiring_work.credential("p1"), str(NORTHWIND))
    made, _ = items.create_observation(procore, str(HARBOR_POINT), NewObservation("CHK-1: x", "7001"))
    house.plain_links.create(Link("l1", "c1", "1001", LinkState.SYNCED, observation_id=made.id))
    items.create_response_log(procore, str(HARBOR_POINT), made.id, "Is the VFD powered?")

    assert schedule(functions["comment_polling"]) == {"polled": 1, "hints": 1, "failed": 0}

    (hint,) = sent.hints
    assert (hint.link_id, hint.cause, hint.facets) == ("l1", "poll", ("logs",))


def work(function: ModuleType, *hints: Hint | str) -> list[str]:
    """Give messages to the sync function; returns the names of those it reports as failed."""
    records = [
        {
            "messageId": f"m{number}",
            "receiptHandle": f"handle-m{number}",
            "body": hint if isinstance(hint, str) else to_text(hint),
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:sync",
            "awsRegion": "eu-west-1",
        }
        for number, hint in enumerate(hints, 1)
    ]
    answer = function.handler({"Records": records}, Context("sync"))
    assert list(answer) == ["batchItemFailures"]
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def test_a10_a_message_makes_the_twin_of_its_issue_and_one_that_comes_twice_makes_no_second(
    functions: dict[str, ModuleType], house: House, sent: Sent
) -> None:
    schedule(functions["tracker_polling"])
    schedule(functions["sweep"])
    first, second = sent.hints

    assert work(functions["sync"], first, first) == []
    assert work(functions["sync"], second) == []

    assert sorted(row["name"].split(":")[0] for row in house.observations()) == ["CI-1001", "CI-1002"]
    assert links(house) == {"1001": LinkState.SYNCED, "1002": LinkState.SYNCED}


def test_a_message_that_cannot_be_read_is_put_aside_and_holds_up_no_other(
    functions: dict[str, ModuleType], house: House, sent: Sent
) -> None:
    schedule(functions["tracker_polling"])
    schedule(functions["sweep"])
    first, _ = sent.hints

    assert work(functions["sync"], "no JSON", first) == ["m1"]

    assert sorted(links(house).values()) == [LinkState.SYNCED, LinkState.WAITING]


def test_a_hint_of_a_webhook_for_an_unknown_observation_ends_without_a_call(
    functions: dict[str, ModuleType], house: House, sent: Sent
) -> None:
    hint = Hint("c1", "webhook", resource="Observation Items", resource_id="999", verb="update", at=1.0)
    house.fuse.trace.clear()

    assert work(functions["sync"], hint) == []

    assert house.fuse.trace == []
