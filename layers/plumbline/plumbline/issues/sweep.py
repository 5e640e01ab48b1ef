"""Feeds overdue work back to the queue, no more than the budget has room for.

What is overdue: a link whose worker crashed, whose hint was lost, that waits for a rate limit or for a
second search, or whose connection was paused.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.issues.standing import credentials
from plumbline.stores.ports import Stale
from plumbline.stores.records import ConnectionState, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.stores.ports import Authorizations, Budget, Connections, Links
    from plumbline.stores.records import Connection, Link

LIMIT = 500
AGAIN = 300.0  # a hint that is lost once more is sent again after this long
# With so many messages waiting, more would only be doubles by the time a worker comes to them.
QUEUE_FULL = 100
POSTPONED = {ConnectionState.PAUSED: 300.0, ConnectionState.DISABLED: 3600.0, ConnectionState.DRAFT: 3600.0}
UNAUTHORIZED = 300.0
# What one issue costs at Procore on the way, roughly: itself, two comments, a file or two.
CALLS_AN_ISSUE = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds for all links of one connection: how long they wait (seconds), and who pays."""

    gone: bool = False
    wait: float = 0.0
    key: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep; `key` names the budget that a connection's work is paid from.

    `backlog` tells how many messages wait in the queue already.
    """

    connections: Connections
    authorizations: Authorizations
    links: Links
    budget: Budget
    key: Callable[[Connection], str]
    send: Callable[[str, str, str], None]
    backlog: Callable[[], int]
    now: Callable[[], float]

    def run(self) -> Counter[str]:
        """Send what there is room for; returns how many links were fed, kept back, postponed."""
        told: Counter[str] = Counter()
        standings: dict[str, Standing] = {}
        room: dict[str, int] = {}
        places = QUEUE_FULL - self.backlog()
        for link_id in self.links.due(now=self.now(), limit=LIMIT):
            link = self.links.get(link_id)
            if link is None or not 0 < link.due_at <= self.now():
                continue
            if link.connection_id not in standings:
                standings[link.connection_id] = self._standing(link.connection_id)
            full = told["fed"] >= places
            told[self._one(link, standings[link.connection_id], room, full=full)] += 1
        return told

    def _standing(self, connection_id: str) -> Standing:
        connection = self.connections.get(connection_id)
        if connection is None:
            return Standing(gone=True)
        if wait := POSTPONED.get(connection.state, 0.0):
            return Standing(wait=wait)
        if not credentials(self.authorizations, connection):
            return Standing(wait=UNAUTHORIZED)
        return Standing(key=self.key(connection))

    def _one(self, link: Link, standing: Standing, room: dict[str, int], *, full: bool) -> str:
        if standing.gone or link.state is LinkState.PARKED:
            return self._set(link, 0.0, "dropped")
        if standing.wait:
            return self._set(link, self.now() + standing.wait, "postponed")
        if standing.key not in room:
            room[standing.key] = self.budget.room(standing.key, now=self.now()) // CALLS_AN_ISSUE
        if full or room[standing.key] <= 0:
            return "kept_back"
        outcome = self._set(link, self.now() + AGAIN, "fed")
        if outcome == "fed":
            room[standing.key] -= 1
            self.send(link.connection_id, link.id, "sweep")
        return outcome

    def _set(self, link: Link, due_at: float, outcome: str) -> str:
        try:
            self.links.save(replace(link, due_at=due_at))
        except Stale:
            return "taken"  # a worker has it
        return outcome
