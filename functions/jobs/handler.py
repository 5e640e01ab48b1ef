"""Queue: what a person asked for and what takes longer than an answer may."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from plumbline import wiring_jobs, wiring_queues
from plumbline.errors import Retry, unforeseen

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
# So that a job ends by itself, with its cause told, before it is ended.
MARGIN = 5.0
# As often the queue hands a message out before it goes to the dead letters, where no one would learn of it.
MOST_TRIES = 20


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Run one job; one that has to wait comes back when its time has come."""
    answer = process_partial_response(
        event=event,
        record_handler=lambda record: _run(record, context),
        processor=processor,
        context=context,
    )
    for _, error, _ in processor.exceptions:
        if not isinstance(error, Retry):
            logger.error("unforeseen error", extra=unforeseen(error))
    return answer


def _run(record: SQSRecord, context: LambdaContext) -> None:
    job = json.loads(record.body)
    about = {"job": job["job"], "connection_id": job["connection_id"]}
    jobs = wiring_jobs.jobs(lambda: context.get_remaining_time_in_millis() / 1000 - MARGIN)
    try:
        logger.info("job ended", extra={"outcome": jobs.run(job), **about})
    except Retry as wait:
        if int(record.attributes.approximate_receive_count) >= MOST_TRIES and jobs.give_up(job, wait.reason):
            logger.info("job ended", extra={"outcome": "given_up", "reason": wait.reason, **about})
            return
        logger.info("job waits", extra={"reason": wait.reason, "seconds": wait.after, **about})
        wiring_queues.put_off(record.receipt_handle, wait.after)
        raise  # reported as failed, so that it stays on the queue
