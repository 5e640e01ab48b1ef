"""What is put on the queues, word for word as SQS gets it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from plumbline import wiring_queues
from plumbline.issues.hints import Hint


class Cloud:
    """SQS and Lambda, with every call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def send_message(self, **asked: Any) -> None:
        self.calls.append(("send", asked))

    def change_message_visibility(self, **asked: Any) -> None:
        self.calls.append(("visibility", asked))

    def invoke(self, **asked: Any) -> None:
        self.calls.append(("invoke", asked))

    def get_queue_attributes(self, **asked: Any) -> dict[str, dict[str, str]]:
        self.calls.append(("attributes", asked))
        return {"Attributes": {"ApproximateNumberOfMessages": "17"}}


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch) -> Cloud:
    made = Cloud()
    monkeypatch.setattr("plumbline.wiring_queues.aws", lambda _service: made)
    for name in ("COPY_QUEUE", "SYNC_QUEUE", "JOBS_QUEUE"):
        monkeypatch.setenv(name, f"http://127.0.0.1:3/{name}")
    monkeypatch.setenv("TRACKER_POLLING", "the-poll")
    return made


def sent(cloud: Cloud) -> tuple[str, str, dict[str, Any]]:
    ((_, message),) = cloud.calls
    queue = message["QueueUrl"].removeprefix("http://127.0.0.1:3/")
    return queue, message["MessageGroupId"], json.loads(message["MessageBody"])


def test_a_hint_of_the_copy_names_its_link_and_cause(cloud: Cloud) -> None:
    wiring_queues.send_copy_hint("c1", "l1", "sweep")

    assert sent(cloud) == ("COPY_QUEUE", "c1", {"connection_id": "c1", "link_id": "l1", "cause": "sweep"})


def test_a_hint_of_ongoing_sync_leaves_out_what_it_does_not_know(cloud: Cloud) -> None:
    wiring_queues.send_sync_hint(Hint("c1", "poll", link_id="l1", facets=("issue.fields",)))

    assert sent(cloud) == (
        "SYNC_QUEUE",
        "c1",
        {"connection_id": "c1", "cause": "poll", "link_id": "l1", "facets": ["issue.fields"]},
    )


def test_a_job_goes_to_the_jobs_queue_under_its_connection(cloud: Cloud) -> None:
    job = {"connection_id": "c1", "kind": "preview", "id": "p1"}

    wiring_queues.send_job(job)

    assert sent(cloud) == ("JOBS_QUEUE", "c1", job)


@pytest.mark.parametrize(("seconds", "hidden"), [(0.2, 1), (30.0, 30), (90_000.0, 39_600)])
def test_a_job_is_put_off_by_whole_seconds_and_never_past_what_sqs_allows(
    cloud: Cloud, seconds: float, hidden: int
) -> None:
    wiring_queues.put_off("handle-1", seconds)

    asked = {
        "QueueUrl": "http://127.0.0.1:3/JOBS_QUEUE",
        "ReceiptHandle": "handle-1",
        "VisibilityTimeout": hidden,
    }
    assert cloud.calls == [("visibility", asked)]


@pytest.mark.parametrize(
    ("backlog", "queue"),
    [(wiring_queues.copy_backlog, "COPY_QUEUE"), (wiring_queues.sync_backlog, "SYNC_QUEUE")],
)
def test_a_backlog_is_what_a_queue_says_of_itself(cloud: Cloud, backlog: Any, queue: str) -> None:
    assert backlog() == 17
    ((_, asked),) = cloud.calls
    assert asked["QueueUrl"].endswith(queue)


def test_a_poll_at_once_is_not_waited_for(cloud: Cloud) -> None:
    wiring_queues.poll_now("c1")

    asked = {"FunctionName": "the-poll", "InvocationType": "Event", "Payload": b'{"connection_id": "c1"}'}
    assert cloud.calls == [("invoke", asked)]
