"""Schedule: overdue work fed within the budget, then what no webhook told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools import Logger

from plumbline import wiring, wiring_queues, wiring_sync, wiring_work
from plumbline.issues.inventory_round import InventoryRound
from plumbline.issues.sweep import Sweep

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, dict[str, int]]:
    """Sweep once; an event that names a connection has its inventory taken at once."""

    def time_left() -> float:
        return context.get_remaining_time_in_millis() / 1000

    fed = Sweep(
        wiring.connections(),
        wiring.authorizations(),
        wiring.plain_links(),
        wiring.procore_budget(),
        wiring_work.connection_key,
        wiring_queues.send_copy_hint,
        wiring_queues.copy_backlog,
        wiring.now,
        wiring_queues.send_sync_hint,
        wiring_queues.sync_backlog,
        wiring_sync.authorizers().checked,
    ).run()
    looked = InventoryRound(
        wiring.connections(),
        wiring.authorizations(),
        wiring.cursors(),
        wiring.activity(),
        lambda connection, procore, settings: wiring_sync.inventory(connection, procore, settings, time_left),
        wiring.now,
        time_left,
        wiring_sync.take_over,
    ).run(event.get("connection_id", ""))
    told = {"links": dict(fed), "inventories": looked}
    logger.info("swept", extra=told)
    return told
