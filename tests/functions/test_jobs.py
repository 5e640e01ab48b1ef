"""The jobs function: a job done leaves the queue, one that waits comes again when its time has come."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.wired import Sent, forget_clients, load, wire
from tests.infra.stack import TEMPLATE
from tests.support import small
from tests.support.house import START, House

from plumbline import wiring, wiring_jobs, wiring_queues, wiring_work
from plumbline.connections import jobs, previews
from plumbline.connections import settings as connection_settings
from plumbline.errors import Reject, Retry
from plumbline.stores.records import Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType


MOST_TRIES = 20


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


def run(function: ModuleType, job: dict[str, Any], *, tries: int = 1) -> list[str]:
    """Give one message to the function; returns the names of those it reports as failed."""
    record = {
        "messageId": "m1",
        "receiptHandle": "handle-m1",
        "body": json.dumps(job),
        "attributes": {"ApproximateReceiveCount": str(tries)},
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


def asked_preview(house: House, sent: Sent) -> previews.Preview:
    settings = connection_settings.read(house.connection.settings)
    return previews.ask(house.cursors, sent.work, "c1", settings, who="ana", now=START)


def state_of(sent: Sent, asked: previews.Preview) -> previews.Preview:
    found = previews.read(sent.work, "c1", asked.id)
    assert found
    return found


def use_up_the_hour(house: House) -> None:
    key = wiring.procore_key(wiring_work.credential("p1"), house.connection.company_id)
    house.budget.close(key, until=house.clock() + 1800)


def test_s11_a_preview_that_waits_for_the_budget_says_so_each_time(
    function: ModuleType, house: House, sent: Sent, put_off: list[tuple[str, float]]
) -> None:
    asked = asked_preview(house, sent)
    use_up_the_hour(house)

    for tries in range(1, MOST_TRIES):
        assert run(function, jobs.preview_job("c1", asked.id), tries=tries) == ["m1"]
        house.clock.sleep(20)  # the tracker, listed each time, has a spike limit of its own

    told = state_of(sent, asked)
    assert (told.state, told.next_step) == ("waiting", "It goes on by itself.")
    assert told.cause == "Procore's rate limit: waiting for the next free call"
    assert len(put_off) == MOST_TRIES - 1
    assert put_off[0][1] > 60


def test_s11_a_preview_that_waited_too_often_ends_with_its_cause_and_not_in_the_dead_letters(
    function: ModuleType, house: House, sent: Sent, put_off: list[tuple[str, float]]
) -> None:
    asked = asked_preview(house, sent)
    use_up_the_hour(house)

    assert run(function, jobs.preview_job("c1", asked.id), tries=MOST_TRIES) == []

    told = state_of(sent, asked)
    assert told.state == "failed"
    assert told.cause.startswith("It waited too often. Last it waited for this: ")
    assert told.next_step.startswith("Ask for a new preview")
    assert put_off == []


def test_a_job_without_a_preview_is_left_to_the_dead_letters_and_their_alarm(
    function: ModuleType, put_off: list[tuple[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def wait(_job: dict[str, Any]) -> str:
        raise Retry("The time was up", after=1.0)

    made = wiring_jobs.jobs(lambda: 60.0)
    monkeypatch.setattr(type(made), "run", lambda _self, job: wait(job))

    assert run(function, jobs.forget_job("c1"), tries=MOST_TRIES) == ["m1"]


def test_the_function_knows_how_often_the_queue_tries(function: ModuleType) -> None:
    queue = TEMPLATE["Resources"]["JobsQueue"]["Properties"]

    assert queue["RedrivePolicy"]["maxReceiveCount"] == function.MOST_TRIES == MOST_TRIES


def test_a_job_that_fails_unforeseen_stays_on_the_queue_for_its_whole_time_out(
    function: ModuleType, put_off: list[tuple[str, float]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_job: dict[str, Any]) -> str:
        raise Reject("odd", "Odd.", "Look.")

    ends_with(monkeypatch, fail)

    assert run(function, jobs.preview_job("c1", "p1")) == ["m1"]
    assert put_off == []


def test_what_fails_unforeseen_is_logged_without_its_words_and_a_wait_is_not(
    function: ModuleType,
    put_off: list[tuple[str, float]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_job: dict[str, Any]) -> str:
        raise KeyError("what a person wrote")

    def wait(_job: dict[str, Any]) -> str:
        raise Retry("The hour's calls are used up", after=60.0)

    logged: list[tuple[str, dict[str, Any]]] = []
    monkeypatch.setattr(function.logger, "error", lambda text, extra: logged.append((text, extra)))
    for end in (wait, fail):
        ends_with(monkeypatch, end)
        run(function, jobs.preview_job("c1", "p1"))

    ((text, told),) = logged
    assert (text, told["error"], told["code"]) == ("unforeseen error", "KeyError", "")
    assert told["where"][-1].startswith("test_jobs.py:")
    assert "what a person wrote" not in str(told)


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
