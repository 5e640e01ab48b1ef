"""Schedule: overdue work fed within the budget."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from plumbline import wiring, wiring_work
from plumbline.issues.sweep import Sweep

logger = Logger()


def handler(_event: dict[str, Any], _context: object) -> dict[str, int]:
    """Sweep once."""
    told = Sweep(
        wiring.connections(),
        wiring.authorizations(),
        wiring.links(),
        wiring.procore_budget(),
        wiring_work.connection_key,
        wiring.send_copy_hint,
        wiring.copy_backlog,
        wiring.now,
    ).run()
    logger.info("swept", extra=dict(told))
    return dict(told)
