"""One round of inventories at Procore: the connections whose sweep is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.connections import settings as connection_settings
from plumbline.issues.rounds import Done, Rounds, make_due
from plumbline.issues.standing import credentials
from plumbline.stores.records import COMMENTS, SWEEP

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.inventory import Inventory
    from plumbline.issues.rounds import TakeOver
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Cursors
    from plumbline.stores.records import Authorization, Connection, Cursor


@dataclass(frozen=True, slots=True)
class InventoryRound:
    """Everything a round needs; `inventory` makes the inventory of one connection."""

    connections: Connections
    authorizations: Authorizations
    cursors: Cursors
    activity: ActivityLog
    inventory: Callable[[Connection, Authorization, IssueSettings], Inventory]
    now: Callable[[], float]
    time_left: Callable[[], float]
    take_over: TakeOver

    def run(self, connection_id: str = "") -> dict[str, int]:
        """Look at what is due, or at one connection at once; returns counts for the log."""
        synced = [one for one in self.connections.enabled() if one.approach == "sync"]
        chosen = [one for one in synced if connection_id in ("", one.id)]
        return self._rounds().run(chosen, self._one, at_once=bool(connection_id))

    def _rounds(self) -> Rounds:
        return Rounds(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            self.now,
            self.time_left,
            SWEEP,
            self.take_over,
        )

    def _one(self, connection: Connection, cursor: Cursor, cause: str) -> Done:
        settings = connection_settings.read(connection.settings)
        both = credentials(self.authorizations, connection)
        if not both:  # until a person authorizes again
            return Done(cursor, settings.poll_seconds, polled=False)
        swept = self.inventory(connection, both[0], settings).run(cursor, cause)
        if swept.missed:
            make_due(self.cursors, connection.id, COMMENTS, now=self.now())
        return Done(swept.cursor, settings.sync.sweep_seconds, swept.hints)
