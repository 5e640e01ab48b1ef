"""Schedule: what changed in the issue tracker, which has no webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from plumbline import wiring, wiring_work
from plumbline.issues.tracker_round import TrackerRound

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Poll all that is due, or at once the connection that the event names."""
    told = TrackerRound(
        wiring.connections(),
        wiring.authorizations(),
        wiring.cursors(),
        wiring.plain_links(),
        wiring.activity(),
        wiring_work.tracker_poll,
        wiring.now,
        time_left=lambda: context.get_remaining_time_in_millis() / 1000,
    ).run(event.get("connection_id", ""))
    logger.info("tracker polled", extra=told)
    return told
