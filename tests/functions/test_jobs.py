"""The jobs function: a job done leaves the queue, one that waits comes again when its time has come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.wired import Sent, forget_clients, load, wire
from tests.support import small
from tests.support.house import START, House

from plumbline import wiring_jobs, wiring_queues
from plumbline.connections import jobs
from plumbline.errors import Reject, Retry
from plumbline.stores.records import Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


class Context:
    """What Lambda tells a function about its invocation; `left` is in milliseconds."""

    function_name = "jobs"
    memory_limit_in_mb = 1024
    invoked_function_arn = "arn:aws:lambda:eu-west-1:000000000000:function:jobs"
    aws_request_id = "00000000-0000-4000-8000-000000000004"
    left = 60_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@pytest.fixture(scope="module")
def function() -> ModuleType:
    return load("jobs")


@pytest.fixture
def house() -> House:
    return House(small.world([small.issue("1001"), small.issue("1002")], []), small.SETTINGS)


@pytest.fixture
def sent(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sent]:
    yield wire(monkeypatch, house)
    forget_clients()


@pytest.fixture
def put_off(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, float]]:
    made: list[tuple[str, float]] = []
    monkeypatch.setattr(wiring_queues, "put_off", lambda *asked: made.append(asked))
    return made


def run(function: ModuleType, job: dict[str, Any]) -> list[str]:
    """Give one message to the function; returns the names of those it reports as failed."""
    record = {
        "messageId": "m1",
        "receiptHandle": "handle-m1",
        "body": json.dumps(job),
        "attributes": {"ApproximateReceiveCount": "1"},
        "messageAttributes": {},
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:jobs",
        "awsRegion": "eu-west-1",
    }
    answer = function.handler({"Records": [record]}, Context())
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]]


def ends_with(monkeypatch: pytest.MonkeyPatch, act: Callable[[dict[str, Any]], str]) -> None:
    """Let every job end so."""

    class Ends:
        run = staticmethod(act)

    monkeypatch.setattr(wiring_jobs, "jobs", lambda _time_left: Ends)


def test_a_job_forgets_what_is_left_of_a_deleted_connection(
    function: ModuleType, house: House, put_off: list[tuple[str, float]]
) -> None:
    for number in range(30):
        house.links.create(Link(f"l{number}", "gone", f"i{number}", LinkState.WAITING, updated_at=START))

    assert run(function, jobs.forget_job("gone")) == []

    assert house.links.of_connection("gone").items == ()
    assert put_off == []


def test_a_job_that_must_wait_is_put_off_and_stays_on_the_queue(
    function: ModuleType, put_off: list[tuple[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(_job: dict[str, Any]) -> str:
        raise Retry("The hour's calls are used up", after=1800.0)

    ends_with(monkeypatch, wait)

    assert run(function, jobs.preview_job("c1", "p1")) == ["m1"]
    assert put_off == [("handle-m1", 1800.0)]


def test_a_job_that_fails_unforeseen_stays_on_the_queue_for_its_whole_time_out(
    function: ModuleType, put_off: list[tuple[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_job: dict[str, Any]) -> str:
        raise Reject("odd", "Odd.", "Look.")

    ends_with(monkeypatch, fail)

    assert run(function, jobs.preview_job("c1", "p1")) == ["m1"]
    assert put_off == []


def test_a_job_of_a_preview_that_is_not_there_is_dropped(
    function: ModuleType, put_off: list[tuple[str, float]]
) -> None:
    assert run(function, jobs.preview_job("c1", "p1")) == []
    assert put_off == []


def test_a_job_is_told_a_little_less_time_than_it_has(
    function: ModuleType, sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[float] = []

    class Ends:
        run = staticmethod(lambda _job: "ready")

    def jobs_with(time_left: Callable[[], float]) -> type[Ends]:
        told.append(time_left())
        return Ends

    monkeypatch.setattr(wiring_jobs, "jobs", jobs_with)

    assert run(function, jobs.preview_job("c1", "p1")) == []
    assert told == [55.0]
