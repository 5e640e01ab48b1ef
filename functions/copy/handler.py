"""Queue: one issue copied once. A message is a hint; what is due stands in the link."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

from plumbline import wiring, wiring_work
from plumbline.errors import unforeseen
from plumbline.issues.copy_worker import CopyWorker

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
        record_handler=lambda record: _copy(record, context),
        processor=processor,
        context=context,
    )
    for _, error, _ in processor.exceptions:
        logger.error("unforeseen error", extra=unforeseen(error))
    return answer


def _copy(record: SQSRecord, context: LambdaContext) -> None:
    hint = json.loads(record.body)
    worker = CopyWorker(
        wiring.connections(),
        wiring.authorizations(),
        wiring.plain_links(),
        wiring.activity(),
        wiring_work.copy_engine,
        wiring.now,
    )
    seconds_left = context.get_remaining_time_in_millis() / 1000
    outcome = worker.handle(hint["connection_id"], hint["link_id"], hint["cause"], seconds_left=seconds_left)
    logger.info("copy ended", extra={"outcome": outcome, "link_id": hint["link_id"], "cause": hint["cause"]})
