"""Queue: one pair kept true to each other. A message is a hint; what is due stands in the link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from plumbline import wiring, wiring_sync
from plumbline.errors import unforeseen
from plumbline.issues import hints
from plumbline.issues.sync_worker import SyncWorker

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
processor = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)


def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Handle one message; what fails unforeseen returns to the queue and at last to the dead letters."""
    answer = process_partial_response(
        event=event,
        record_handler=lambda record: _sync(record, context),
        processor=processor,
        context=context,
    )
    for _, error, _ in processor.exceptions:
        logger.error("unforeseen error", extra=unforeseen(error))
    return answer


def _sync(record: SQSRecord, context: LambdaContext) -> None:
    hint = hints.from_text(record.body)
    worker = SyncWorker(
        wiring.connections(),
        wiring.authorizations(),
        wiring.links(),
        wiring.activity(),
        wiring_sync.sync_engine,
        wiring_sync.take_over,
        wiring.client_id,
        wiring.now,
    )
    outcome = worker.handle(hint, seconds_left=context.get_remaining_time_in_millis() / 1000)
    logger.info(
        "sync ended",
        extra={
            "outcome": outcome,
            "connection_id": hint.connection_id,
            "link_id": hint.link_id,
            "resource_id": hint.resource_id,
            "cause": hint.cause,
        },
    )
