"""Feeds overdue work back to the queue, no more than the budget has room for.

What is overdue: a link whose worker crashed, whose hint was lost, that waits for a rate limit or for a
second search, or whose connection was paused.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.stores.ports import Stale
from plumbline.stores.records import ConnectionState, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.stores.ports import Authorizations, Budget, Connections, Links
    from plumbline.stores.records import Connection, Link

LIMIT = 500
AGAIN = 120.0  # a hint that is lost once more is sent again after this long
POSTPONED = {ConnectionState.PAUSED: 300.0, ConnectionState.DISABLED: 3600.0, ConnectionState.DRAFT: 3600.0}
UNAUTHORIZED = 300.0
# What one issue costs at Procore on the way, roughly: itself, two comments, a file or two.
CALLS_AN_ISSUE = 5


@dataclass(slots=True)
class Sweep:
    """One sweep; `key` names the budget that a connection's work is paid from."""

    connections: Connections
    authorizations: Authorizations
    links: Links
    budget: Budget
    key: Callable[[Connection], str]
    send: Callable[[str, str, str], None]
    now: Callable[[], float]

    def run(self) -> Counter[str]:
        """Send what there is room for; returns how many links were fed, kept back, postponed."""
        told: Counter[str] = Counter()
        connections: dict[str, Connection | None] = {}
        room: dict[str, int] = {}
        for link_id in self.links.due(now=self.now(), limit=LIMIT):
            link = self.links.get(link_id)
            if link is None or not 0 < link.due_at <= self.now():
                continue
            if link.connection_id not in connections:
                connections[link.connection_id] = self.connections.get(link.connection_id)
            told[self._one(link, connections[link.connection_id], room)] += 1
        return told

    def _one(self, link: Link, connection: Connection | None, room: dict[str, int]) -> str:
        if connection is None or link.state is LinkState.PARKED:
            return self._set(link, 0.0, "dropped")
        if wait := POSTPONED.get(connection.state, 0.0) or self._unauthorized(connection):
            return self._set(link, self.now() + wait, "postponed")
        key = self.key(connection)
        if key not in room:
            room[key] = max(self.budget.room(key, now=self.now()) // CALLS_AN_ISSUE, 0)
        if room[key] == 0:
            return "kept_back"
        outcome = self._set(link, self.now() + AGAIN, "fed")
        if outcome == "fed":
            room[key] -= 1
            self.send(link.connection_id, link.id, "sweep")
        return outcome

    def _unauthorized(self, connection: Connection) -> float:
        ids = (connection.procore_authorization_id, connection.tracker_authorization_id)
        valid = all(one and one.valid for one in map(self.authorizations.get, ids))
        return 0.0 if valid else UNAUTHORIZED

    def _set(self, link: Link, due_at: float, outcome: str) -> str:
        try:
            self.links.save(replace(link, due_at=due_at))
        except Stale:
            return "taken"  # a worker has it
        return outcome
