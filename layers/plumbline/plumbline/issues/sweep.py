"""Feeds overdue work back to the queues, no more than the budget has room for, and then the backfills.

What is overdue: a link whose worker crashed, whose hint was lost, that waits for a rate limit or for a
second search, or whose connection was paused. What is carried over when a connection is enabled comes after
all that is due, and leaves a share of the budget to live work.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plumbline.issues import backfill
from plumbline.issues.hints import Hint
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
    """What holds for all links of one connection: how long they wait (seconds), who pays, its approach."""

    gone: bool = False
    wait: float = 0.0
    key: str = ""
    approach: str = ""


@dataclass(slots=True)
class _Places:
    """What is left of a sweep: places in each approach's queue, and items that each budget pays for."""

    queues: dict[str, int]
    budgets: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sweep:
    """One sweep; `key` names the budget that a connection's work is paid from.

    `backlog` tells how many messages wait in the copy queue already, `hint_backlog` in the sync queue.
    `checked` gives a connection an authorizer that works, where there is one (S10).
    """

    connections: Connections
    authorizations: Authorizations
    links: Links
    budget: Budget
    key: Callable[[Connection], str]
    send: Callable[[str, str, str], None]
    backlog: Callable[[], int]
    now: Callable[[], float]
    send_hint: Callable[[Hint], None]
    hint_backlog: Callable[[], int]
    checked: Callable[[Connection], Connection]

    def run(self) -> Counter[str]:
        """Send what there is room for; returns how many links were fed, kept back, postponed."""
        enabled = [self.checked(connection) for connection in self.connections.enabled()]
        told: Counter[str] = Counter()
        standings: dict[str, Standing] = {}
        places = _Places({"copy": QUEUE_FULL - self.backlog(), "sync": QUEUE_FULL - self.hint_backlog()})
        for link_id in self.links.due(now=self.now(), limit=LIMIT):
            link = self.links.get(link_id)
            if link is None or not 0 < link.due_at <= self.now():
                continue
            if link.connection_id not in standings:
                standings[link.connection_id] = self._standing(self.connections.get(link.connection_id))
            told[self._one(link, standings[link.connection_id], places)] += 1
        for connection in enabled:
            if connection.approach == "sync":
                told["carried"] += self._carry(connection, places)
        return told

    def _standing(self, connection: Connection | None) -> Standing:
        if connection is None:
            return Standing(gone=True)
        if wait := POSTPONED.get(connection.state, 0.0):
            return Standing(wait=wait)
        if not credentials(self.authorizations, connection):
            return Standing(wait=UNAUTHORIZED)
        return Standing(key=self.key(connection), approach=connection.approach)

    def _one(self, link: Link, standing: Standing, places: _Places) -> str:
        if standing.gone or link.state is LinkState.PARKED:
            return self._set(link, 0.0, "dropped")
        if standing.wait:
            return self._set(link, self.now() + standing.wait, "postponed")
        if places.queues[standing.approach] <= 0 or self._room(standing.key, places) <= 0:
            return "kept_back"
        return self._feed(link, standing, places, "sweep")

    def _carry(self, connection: Connection, places: _Places) -> int:
        """Feed a backfill with what live work leaves; returns how many links."""
        unfed, under_way = backfill.next_ones(self.links, connection.id, now=self.now())
        standing = self._standing(connection) if unfed else Standing(gone=True)
        if not standing.key:
            return 0
        _, hourly, _ = self.budget.peek(standing.key, now=self.now())
        kept = int(hourly * backfill.LIVE_SHARE) // CALLS_AN_ISSUE
        most = backfill.at_once(hourly, CALLS_AN_ISSUE) - under_way
        room = min(self._room(standing.key, places) - kept, places.queues["sync"], most)
        fed = [self._feed(link, standing, places, "backfill") for link in unfed[: max(0, room)]]
        return fed.count("fed")

    def _room(self, key: str, places: _Places) -> int:
        if key not in places.budgets:
            places.budgets[key] = self.budget.room(key, now=self.now()) // CALLS_AN_ISSUE
        return places.budgets[key]

    def _feed(self, link: Link, standing: Standing, places: _Places, cause: str) -> str:
        outcome = self._set(link, self.now() + AGAIN, "fed")
        if outcome == "fed":
            places.budgets[standing.key] -= 1
            places.queues[standing.approach] -= 1
            self._send(link, standing.approach, cause)
        return outcome

    def _send(self, link: Link, approach: str, cause: str) -> None:
        if approach == "sync":
            self.send_hint(Hint(link.connection_id, cause, link_id=link.id, facets=link.wants))
        else:
            self.send(link.connection_id, link.id, cause)

    def _set(self, link: Link, due_at: float, outcome: str) -> str:
        try:
            self.links.save(replace(link, due_at=due_at))
        except Stale:
            return "taken"  # a worker has it
        return outcome
