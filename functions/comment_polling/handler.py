"""Schedule: new comments in Procore, whose webhook not every project offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from plumbline import wiring, wiring_sync, wiring_work
from plumbline.issues.comments_round import CommentsRound

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Poll all that is due, or at once the connection that the event names."""

    def time_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    told = CommentsRound(
        wiring.connections(),
        wiring.authorizations(),
        wiring.cursors(),
        wiring.activity(),
        wiring.procore_budget(),
        wiring_work.connection_key,
        lambda connection, procore, settings: wiring_work.comments_poll(
            connection, procore, settings, time_left
        ),
        wiring.now,
        time_left,
        wiring_sync.take_over,
    ).run(event.get("connection_id", ""))
    logger.info("comments polled", extra=told)
    return told
