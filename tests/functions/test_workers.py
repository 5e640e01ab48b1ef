"""The handlers that do the work: copy, tracker polling and sweep, as their queue and schedules call them."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.wired import forget_clients, load, seal_tracker_key, stored, wire
from tests.support import small
from tests.support.house import START, House

from plumbline import wiring_work
from plumbline.stores.records import LinkState
from sandbox.procore.demo import MARCUS, RIVERSIDE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType


@dataclass
class Context:
    """What Lambda tells a function about its invocation; `left` is in milliseconds."""

    function_name: str = "copy"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:000000000000:function:copy"
    aws_request_id: str = "00000000-0000-4000-8000-000000000003"
    left: int = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@pytest.fixture(scope="module")
def copy() -> ModuleType:
    return load("copy")


@pytest.fixture(scope="module")
def tracker_polling() -> ModuleType:
    return load("tracker_polling")


@pytest.fixture(scope="module")
def sweep() -> ModuleType:
    return load("sweep")


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    world = small.world([small.issue("1001"), small.issue("1002"), small.issue("2001", project_id="51")], [])
    world.projects.append(world.projects[0].model_copy(update={"project_id": "51"}))
    made = House(world, small.SETTINGS)
    wire(monkeypatch, made)
    yield made
    forget_clients()


def poll(function: ModuleType, event: dict[str, Any] | None = None, *, left: int = 60_000) -> Any:
    return function.handler(event or {}, Context("tracker_polling", left=left))


def message(body: object, name: str) -> dict[str, Any]:
    """One message as SQS hands it to Lambda."""
    return {
        "messageId": name,
        "receiptHandle": f"handle-{name}",
        "body": body if isinstance(body, str) else json.dumps(body),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1780000000000",
            "SenderId": "tests",
            "ApproximateFirstReceiveTimestamp": "1780000000001",
        },
        "messageAttributes": {},
        "md5OfBody": "00000000000000000000000000000000",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:copy",
        "awsRegion": "eu-west-1",
    }


def hinted(house: House) -> list[dict[str, Any]]:
    """The hints on the queue, as messages m1, m2, …"""
    names = ("connection_id", "link_id", "cause")
    hints = [dict(zip(names, hint, strict=True)) for hint in house.queue]
    house.queue.clear()
    return [message(hint, f"m{number}") for number, hint in enumerate(hints, 1)]


def work(function: ModuleType, messages: list[dict[str, Any]], *, left: int = 60_000) -> list[str]:
    """Give messages to the copy function; returns the names of those it reports as failed.

    The queue calls no function without a message.
    """
    if not messages:
        return []
    answer = function.handler({"Records": messages}, Context(left=left))
    assert list(answer) == ["batchItemFailures"]
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def copied(house: House) -> list[str]:
    return sorted(row["name"].split(":")[0] for row in house.observations())


def states(house: House) -> dict[str, LinkState]:
    return {one.issue_id: one.state for one in house.plain_links.of_connection("c1").items}


# Tracker polling


def test_a2_a_poll_puts_a_hint_on_the_queue_for_each_issue_to_copy(
    house: House, tracker_polling: ModuleType
) -> None:
    assert poll(tracker_polling) == {"polled": 1, "hints": 2, "failed": 0}

    assert [(connection, cause) for connection, _, cause in house.queue] == [("c1", "poll"), ("c1", "poll")]
    assert states(house) == {"1001": LinkState.WAITING, "1002": LinkState.WAITING}


def test_s23_a_poll_that_is_not_due_does_nothing(house: House, tracker_polling: ModuleType) -> None:
    poll(tracker_polling)
    house.clock.sleep(45)
    assert poll(tracker_polling) == {"polled": 0, "hints": 0, "failed": 0}

    house.clock.sleep(15)
    assert poll(tracker_polling) == {"polled": 1, "hints": 0, "failed": 0}


def test_s14_sync_now_polls_the_named_connection_at_once(house: House, tracker_polling: ModuleType) -> None:
    poll(tracker_polling)
    house.queue.clear()
    issue = house.cxalloy.world.issue("1001")
    assert issue
    house.cxalloy.world.issues.append(issue.model_copy(update={"issue_id": "1003"}))

    assert poll(tracker_polling, {"connection_id": "c1"}) == {"polled": 1, "hints": 1, "failed": 0}
    assert [cause for _, _, cause in house.queue] == ["manual"]
    assert poll(tracker_polling, {"connection_id": "another"}) == {"polled": 0, "hints": 0, "failed": 0}


def test_a_poll_is_not_begun_when_the_functions_time_is_nearly_up(
    house: House, tracker_polling: ModuleType
) -> None:
    assert poll(tracker_polling, left=14_999) == {"polled": 0, "hints": 0, "failed": 0}
    assert poll(tracker_polling, left=15_000) == {"polled": 1, "hints": 2, "failed": 0}


# Copy


def test_a2_a_message_copies_its_issue(house: House, tracker_polling: ModuleType, copy: ModuleType) -> None:
    poll(tracker_polling)
    first, second = hinted(house)

    assert work(copy, [first]) == []
    assert copied(house) == ["CI-1001"]
    assert work(copy, [second]) == []
    assert copied(house) == ["CI-1001", "CI-1002"]
    assert (house.status_of("1001"), house.status_of("1002")) == (small.SENT, small.SENT)
    assert states(house) == {"1001": LinkState.COPIED, "1002": LinkState.COPIED}


def test_a3_a_message_that_comes_twice_copies_once(
    house: House, tracker_polling: ModuleType, copy: ModuleType
) -> None:
    poll(tracker_polling)
    first, _ = hinted(house)

    assert work(copy, [first, first]) == []
    assert work(copy, [first]) == []
    assert copied(house) == ["CI-1001"]
    assert len(house.observations()[0]["response_logs"]) == 2


def test_an_unforeseen_error_is_reported_for_its_message_only(
    house: House, tracker_polling: ModuleType, copy: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    poll(tracker_polling)
    first, second = hinted(house)
    broken = json.loads(first["body"])["link_id"]
    lease = house.plain_links.lease

    def breaks(link_id: str, **more: float) -> Any:
        if link_id == broken:
            raise RuntimeError("the table answered something nobody foresaw")
        return lease(link_id, **more)

    with monkeypatch.context() as patch:
        patch.setattr(house.plain_links, "lease", breaks)
        assert work(copy, [first, second]) == ["m1"]
        assert work(copy, [first]) == ["m1"]
    assert copied(house) == ["CI-1002"]

    assert work(copy, [first]) == []
    assert copied(house) == ["CI-1001", "CI-1002"]


def test_an_unforeseen_error_in_the_middle_of_a_copy_makes_nothing_twice(
    house: House,
    tracker_polling: ModuleType,
    copy: ModuleType,
    sweep: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    poll(tracker_polling)
    first, _ = hinted(house)

    def breaks(*_: object) -> None:
        raise RuntimeError("the table answered something nobody foresaw")

    with monkeypatch.context() as patch:
        patch.setattr(house.plain_links, "save", breaks)
        assert work(copy, [first]) == ["m1"]
    assert copied(house) == ["CI-1001"]
    for _ in range(3):
        house.clock.sleep(120)
        sweep.handler({}, Context("sweep"))
        assert work(copy, hinted(house)) == []

    assert copied(house) == ["CI-1001", "CI-1002"]
    assert states(house) == {"1001": LinkState.COPIED, "1002": LinkState.COPIED}


@pytest.mark.parametrize(
    "body", ["no json", "", "[]", '"text"', "null", "{}", '{"connection_id": "c1", "link_id": "l1"}']
)
def test_a_message_that_is_no_hint_ends_as_a_failed_item(house: House, copy: ModuleType, body: str) -> None:
    before = stored(house)

    assert work(copy, [message(body, "odd")]) == ["odd"]
    assert stored(house) == before


def test_a_message_that_is_no_hint_does_not_hold_up_the_one_behind_it(
    house: House, tracker_polling: ModuleType, copy: ModuleType
) -> None:
    poll(tracker_polling)
    first, _ = hinted(house)

    assert work(copy, [message("no json", "odd"), first]) == ["odd"]
    assert copied(house) == ["CI-1001"]


def test_a_hint_for_what_is_not_there_is_done(house: House, copy: ModuleType) -> None:
    gone = {"connection_id": "gone", "link_id": "l1", "cause": "poll"}

    assert work(copy, [message(gone, "m1"), message({**gone, "connection_id": "c1"}, "m2")]) == []


def test_a3_a_worker_whose_time_is_up_leaves_the_rest_to_the_next(
    house: House, tracker_polling: ModuleType, copy: ModuleType
) -> None:
    poll(tracker_polling)
    first, _ = hinted(house)

    assert work(copy, [first], left=9_999) == []
    assert copied(house) == []
    assert work(copy, [first]) == []
    assert copied(house) == ["CI-1001"]


# Sweep


def test_a_sweep_sends_overdue_work_again(
    house: House, tracker_polling: ModuleType, sweep: ModuleType, copy: ModuleType
) -> None:
    poll(tracker_polling)
    house.queue.clear()
    assert sweep.handler({}, Context("sweep"))["links"] == {}

    house.clock.sleep(301)
    assert sweep.handler({}, Context("sweep"))["links"] == {"fed": 2}
    assert [cause for _, _, cause in house.queue] == ["sweep", "sweep"]
    assert work(copy, hinted(house)) == []
    assert copied(house) == ["CI-1001", "CI-1002"]


def test_a_sweep_feeds_no_more_than_the_budget_has_room_for(
    house: House, tracker_polling: ModuleType, sweep: ModuleType
) -> None:
    poll(tracker_polling)
    house.queue.clear()
    house.clock.sleep(301)
    house.budget.close(wiring_work.connection_key(house.connection), until=house.clock() + 60)

    assert sweep.handler({}, Context("sweep"))["links"] == {"kept_back": 2}
    assert list(house.queue) == []


# Several in one process


def test_handlers_loaded_side_by_side_have_parts_of_their_own() -> None:
    one, other, callback = load("copy"), load("copy"), load("oauth_callback")

    assert one.processor is not other.processor
    assert one.handler is not other.handler
    assert not hasattr(callback, "processor")


def test_a_failure_of_one_invocation_is_not_reported_by_the_next(house: House, copy: ModuleType) -> None:
    done = message({"connection_id": "gone", "link_id": "l1", "cause": "poll"}, "done")

    assert work(copy, [message("no json", "odd")]) == ["odd"]
    assert work(copy, [done]) == []


def second_connection(house: House) -> None:
    """Another tenant's connection in the same process: its own person, key and project."""
    person, key = house.authorizations.get("p1"), house.authorizations.get("t1")
    assert person
    assert key
    house.authorizations.put(replace(person, id="p2", tenant_id="other", subject=str(MARCUS), label="marcus"))
    house.authorizations.put(replace(key, id="t2", tenant_id="other"))
    house.keeper.keep("p2", house.sign_in(MARCUS))
    seal_tracker_key(house, "t2")
    house.connections.save(replace(house.connection, project_id=str(RIVERSIDE)))
    house.connections.create(
        replace(
            house.connection,
            id="c2",
            tenant_id="other",
            procore_authorization_id="p2",
            tracker_authorization_id="t2",
            tracker_project_id="51",
        )
    )


def test_s18_two_tenants_in_one_process_act_each_as_themselves_in_their_own_project(
    house: House, tracker_polling: ModuleType, copy: ModuleType
) -> None:
    second_connection(house)
    assert poll(tracker_polling) == {"polled": 2, "hints": 3, "failed": 0}

    assert work(copy, hinted(house)) == []

    made = [(row["project_id"], row["created_by"], row["name"].split(":")[0]) for row in house.observations()]
    assert sorted(made) == [
        (200002, "Priya Raman", "CI-1001"),
        (200002, "Priya Raman", "CI-1002"),
        (598134325870420, "Marcus Lindqvist", "CI-2001"),
    ]
    writes = [call for call in house.procore.journal.calls() if call["method"] == "POST"]
    told = {(call["identity"]["name"], str((call["body"] or {}).get("project_id"))) for call in writes}
    assert told == {("Priya Raman", "200002"), ("Marcus Lindqvist", "598134325870420")}


def test_s9_one_tenants_dead_sign_in_does_not_stop_the_other(
    house: House, tracker_polling: ModuleType, copy: ModuleType
) -> None:
    second_connection(house)
    poll(tracker_polling)
    house.procore.state.tokens = {
        access: one for access, one in house.procore.state.tokens.items() if one.person_id == MARCUS
    }
    house.procore.state.refreshes = {
        refresh: person for refresh, person in house.procore.state.refreshes.items() if person == MARCUS
    }

    assert work(copy, hinted(house)) == []

    assert [(row["created_by"], row["name"][:7]) for row in house.observations()] == [
        ("Marcus Lindqvist", "CI-2001")
    ]
    first, second = house.authorizations.get("p1"), house.authorizations.get("p2")
    assert first
    assert second
    assert (first.valid, second.valid) == (False, True)


def test_the_log_of_a_copy_names_its_outcome_and_no_secret(
    house: House, copy: ModuleType, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    poll(load("tracker_polling"))
    work(copy, hinted(house))
    work(copy, [message("no json", "odd")])
    house.clock.sleep(301)
    load("sweep").handler({}, Context("sweep"))

    outcomes = [vars(record).get("outcome") for record in caplog.records if record.message == "copy ended"]
    said = "".join([*(f"{vars(record)}" for record in caplog.records), *capfd.readouterr()])
    secrets = {
        house.tracker_secret,
        house.procore.settings.client_secret,
        *house.procore.state.tokens,
        *house.procore.state.refreshes,
    }
    assert outcomes == ["copied", "copied"]
    assert {record.message for record in caplog.records} >= {"tracker polled", "copy ended", "swept"}
    assert [secret for secret in secrets if secret in said] == []
    assert house.clock() == START + 301
