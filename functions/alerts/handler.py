"""Schedule: e-mails about what went wrong, to those who asked for them (S24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from plumbline import wiring, wiring_mail
from plumbline.connections.alert_round import AlertRound

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


def handler(_event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Tell what is due; in a deployment without a sender there is nothing to do."""

    def time_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    if not wiring_mail.may_send():
        return {}
    told = AlertRound(
        wiring.connections(),
        wiring.authorizations(),
        wiring.cursors(),
        wiring.activity(),
        wiring_mail.send,
        wiring_mail.console,
        wiring.now,
        time_left,
    ).run()
    logger.info("alerts told", extra=told)
    return told
