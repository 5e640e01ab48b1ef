"""What is sent: hints and jobs to their queues, and a poll that is asked for at once.

A message carries its connection as its group, so that queues stay fair: one connection with much work does
not hold up the others (SQS: "Amazon SQS fair queues").
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from plumbline.wiring import aws, setting

if TYPE_CHECKING:
    from plumbline.issues.hints import Hint

# SQS: "Amazon SQS visibility timeout", the maximum of 12 hours, less what a job may have run already.
LONGEST_WAIT = 11 * 3600


def send_copy_hint(connection_id: str, link_id: str, cause: str) -> None:
    """Put one hint on the copy queue."""
    body = json.dumps({"connection_id": connection_id, "link_id": link_id, "cause": cause})
    _send(setting("COPY_QUEUE"), body, connection_id)


def copy_backlog() -> int:
    """How many hints wait on the copy queue, about."""
    return _backlog(setting("COPY_QUEUE"))


def send_sync_hint(hint: Hint) -> None:
    """Put one hint on the sync queue."""
    from plumbline.issues.hints import to_text

    _send(setting("SYNC_QUEUE"), to_text(hint), hint.connection_id)


def sync_backlog() -> int:
    """How many hints wait on the sync queue, about."""
    return _backlog(setting("SYNC_QUEUE"))


def send_job(job: dict[str, Any]) -> None:
    """Put one job on the jobs queue; it names its connection as `connection_id`."""
    _send(setting("JOBS_QUEUE"), json.dumps(job), job["connection_id"])


def put_off(receipt_handle: str, seconds: float) -> None:
    """Let a job that is being handled come again after some seconds, and not after its whole time-out."""
    aws("sqs").change_message_visibility(
        QueueUrl=setting("JOBS_QUEUE"),
        ReceiptHandle=receipt_handle,
        VisibilityTimeout=min(LONGEST_WAIT, math.ceil(seconds)),
    )


def poll_now(connection_id: str) -> None:
    """Start a poll of one connection's tracker without waiting for the schedule."""
    aws("lambda").invoke(
        FunctionName=setting("TRACKER_POLLING"),
        InvocationType="Event",
        Payload=json.dumps({"connection_id": connection_id}).encode(),
    )


def _send(queue: str, body: str, group: str) -> None:
    aws("sqs").send_message(QueueUrl=queue, MessageBody=body, MessageGroupId=group)


def _backlog(queue: str) -> int:
    wanted = "ApproximateNumberOfMessages"
    answer = aws("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=[wanted])
    return int(answer["Attributes"][wanted])
