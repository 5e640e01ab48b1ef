"""One hint of the sync queue, from finding its link to letting go of it.

A lost, doubled, late or re-ordered hint is harmless: the link says what is due, both sides are read afresh, and
what was read already ends without a call (A16, A17).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from plumbline.connections import settings as connection_settings
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues import hints
from plumbline.issues.births import wanted
from plumbline.issues.copy_worker import (
    BACKOFF,
    ENDED_BY_FORCE,
    ENDED_STEP,
    LEASE_MARGIN,
    OF_THE_CONNECTION,
    WAIT_FOR_PEOPLE,
)
from plumbline.issues.noticed import note_cause, note_dead
from plumbline.issues.standing import credentials
from plumbline.issues.sync_context import Task
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Activity, ConnectionState, Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.hints import Hint
    from plumbline.issues.sync_engine import SyncEngine
    from plumbline.procore.observations import ResponseLog
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Links
    from plumbline.stores.records import Connection

SAME = 5.0
"""An event this much older than our last read is surely in it (seconds)."""

AROUND = 120.0
"""How far around an event the project's comments are read, so that their order is kept (seconds)."""

RESTING = frozenset({LinkState.GONE, LinkState.UNLINKED, LinkState.LEFT})


@dataclass(frozen=True, slots=True)
class SyncWorker:
    """Everything one hint needs, handed in.

    `engine` makes the engine of a connection, given seconds left and whether the work is backfill;
    `application` is our own client id, by which Procore names the app that made a change.
    """

    connections: Connections
    authorizations: Authorizations
    links: Links
    activity: ActivityLog
    engine: Callable[[Connection, Callable[[], float], bool], SyncEngine]
    take_over: Callable[[Connection], Connection | None]
    application: Callable[[], str]
    now: Callable[[], float]

    def handle(self, hint: Hint, *, seconds_left: float) -> str:
        """Do what the hint leads to; returns the outcome's name. Raises nothing that a person can mend."""
        connection = self.connections.get(hint.connection_id)
        if connection is None or connection.state in (ConnectionState.DISABLED, ConnectionState.DRAFT):
            return "connection_off"
        deadline = self.now() + seconds_left
        try:
            return self._handle(connection, hint, deadline)
        except Stale:
            return "lease_lost"

    def _handle(self, connection: Connection, hint: Hint, deadline: float) -> str:
        if hint.resource == hints.LOG:
            return self._log_event(connection, hint, deadline)
        link = self._link(connection, hint, deadline)
        if link is None:
            return "not_linked"
        if hint.resource == hints.ITEM and self._seen(link, hint):
            return "seen"
        if not hint.resource and not link.due_at:
            return "not_due"  # a doubled or late hint: what was due is done, or parked for a person
        facets = frozenset((hints.OBSERVATION,) if hint.resource else hint.facets)
        return self._leased(connection, link, hint, facets, (), deadline)

    # ---- Whose hint it is, and whether it is news ----------------------------------------------------------------

    def _link(self, connection: Connection, hint: Hint, deadline: float) -> Link | None:
        if hint.resource == hints.ITEM:
            known = self.links.by_observation(connection.id, hint.resource_id)
            return known or self._born(connection, hint, deadline)
        if hint.resource:
            return None  # a resource that we asked nothing of: counted by the receipt, and no work here
        return self.links.get(hint.link_id)

    def _seen(self, link: Link, hint: Hint) -> bool:
        """Whether our last read or write of the observation came after this event: told without a call.

        Within one second Procore's `updated_at` leaves the order open; there the event counts as seen only where
        it names our own app. That is no test of who made it: the authorizer's edits in Procore name no app.
        """
        if link.state in RESTING and hint.verb == "delete":
            return True
        if not hint.at:
            return False
        if hint.at + SAME < link.observed_at or math.floor(hint.at) < math.floor(link.item_updated_at):
            return True
        same_second = math.floor(hint.at) == math.floor(link.item_updated_at)
        return same_second and bool(hint.application) and hint.application == self.application()

    def _log_event(self, connection: Connection, hint: Hint, deadline: float) -> str:
        """A new comment: one call reads all of the project's around it, in order, with their items."""
        if self.links.by_log(connection.id, hint.resource_id):
            return "seen"
        if connection.state is ConnectionState.PAUSED or not self._standing(connection):
            return "waiting_for_people"  # the comment poll finds it again
        engine = self.engine(connection, lambda: deadline - self.now(), False)
        procore = engine.context.carrying.procore
        start = (hint.at or self.now()) - AROUND
        try:
            logs = procore.logs_between(start, max(self.now(), hint.at) + AROUND)
        except (Retry, Reject, NeedsAuthorization):
            return "left_to_the_poll"
        mine = next((log for log in logs if log.id == hint.resource_id), None)
        link = self.links.by_observation(connection.id, mine.item_id) if mine else None
        if mine is None or link is None:
            return "not_linked"
        rows = tuple(log for log in logs if log.item_id == mine.item_id)
        return self._leased(connection, link, hint, frozenset({hints.LOGS}), rows, deadline)

    def _born(self, connection: Connection, hint: Hint, deadline: float) -> Link | None:
        """A link for an observation that was born in Procore and is to have an issue (A29)."""
        settings = connection_settings.read(connection.settings)
        births = settings.sync.births
        if hint.verb != "create" or not (births.types or births.trades or births.locations):
            return None
        if connection.state is ConnectionState.PAUSED or not self._standing(connection):
            return None
        engine = self.engine(connection, lambda: deadline - self.now(), False)
        try:
            found = engine.context.carrying.procore.read(hint.resource_id)
        except (Retry, Reject, NeedsAuthorization):
            return None  # the inventory finds it again
        if found is None or not wanted(found[0], settings):
            return None
        link = Link(
            uuid4().hex, connection.id, "", LinkState.WAITING,
            observation_id=hint.resource_id, observation_number=found[0].number,
            due_at=self.now(), updated_at=self.now(),
        )  # fmt: skip
        try:
            return self.links.create(link)
        except Taken:
            return self.links.by_observation(connection.id, hint.resource_id)

    def _standing(self, connection: Connection) -> bool:
        return bool(credentials(self.authorizations, connection))

    # ---- Under the lease ---------------------------------------------------------------------------------------------

    def _leased(
        self,
        connection: Connection,
        before: Link,
        hint: Hint,
        facets: frozenset[str],
        logs: tuple[ResponseLog, ...],
        deadline: float,
    ) -> str:
        link = self.links.lease(before.id, now=self.now(), until=deadline + LEASE_MARGIN)
        if link is None:
            return "held_by_another"
        asked = facets | frozenset(link.wants)
        if (before.due_at and not link.wants and hint.resource) or not asked or link.state is LinkState.PARKED:
            asked |= frozenset(hints.ALL)  # something else was due too, and what it was is not told
        task = Task(asked, hint.cause, logs if asked == facets else (), hint.at)
        if connection.state is ConnectionState.PAUSED:
            return self._wait_for_people(link, task)
        if not self._standing(connection):
            other = self.take_over(connection)
            if other is None:
                return self._wait_for_people(link, task)
            connection = other
        if before.lease_until and before.due_at:
            link = self.links.save(replace(link, tries=link.tries + 1))
        return self._run(connection, link, task, deadline)

    def _run(self, connection: Connection, link: Link, task: Task, deadline: float) -> str:
        settings = connection_settings.read(connection.settings)
        if link.tries >= settings.park_after_tries:
            return self._park(link, ENDED_BY_FORCE, ENDED_STEP, task)
        try:
            engine = self.engine(connection, lambda: deadline - self.now(), link.backfill)
            engine.context.cause = task.cause
            done = engine.sync(link, task)
        except NeedsAuthorization as error:
            return self._needs_authorization(link, error, task)
        except Reject as error:
            if error.code in OF_THE_CONNECTION:
                return self._hold(connection, link, error, task)
            return self._park(link, error.cause, error.next_step, task)
        except Retry as error:
            return self._retry(link, error, task, settings)
        return self._ended(done, engine.context.said)

    def _ended(self, done: Link, said: list[str]) -> str:
        state = LinkState.SYNCED if done.state is LinkState.PARKED else done.state
        if state is LinkState.WAITING and done.observation_id and done.base:
            state = LinkState.SYNCED
        self._let_go(
            replace(done, state=state, tries=0, cause="", next_step="", wants=(), backfill=False), due_at=0.0
        )
        return said[-1] if said else "at_rest"

    def _retry(self, link: Link, error: Retry, task: Task, settings: IssueSettings) -> str:
        link = self._current(link)
        tries = link.tries + 1 if error.counts else link.tries
        if tries >= settings.park_after_tries:
            step = "Read the cause, mend it if it lies on your side, then retry this item."
            return self._park(replace(link, tries=tries), f"Tried {tries} times. Last: {error.reason}", step, task)
        after = error.after
        if error.counts:
            after = max(after, BACKOFF[min(tries, len(BACKOFF)) - 1])
            self._log(link, "failed", error.reason, task, f"It is tried again in {after:.0f} s.")
        waiting = replace(link, tries=tries, cause=error.reason, wants=_wants(link, task))
        self._let_go(waiting, due_at=self.now() + after)
        return "waiting"

    def _park(self, link: Link, reason: str, next_step: str, task: Task) -> str:
        link = replace(self._current(link), state=LinkState.PARKED, tries=0, cause=reason, next_step=next_step)
        self._let_go(link, due_at=0.0)
        self._log(link, "parked", reason, task, next_step)
        return "parked"

    def _needs_authorization(self, link: Link, error: NeedsAuthorization, task: Task) -> str:
        if note_dead(self.authorizations, error):
            step = "Authorize again on the connection's page; the work then goes on by itself."
            self._log(link, "needs_authorization", error.cause, task, step)
        connection = self.connections.get(link.connection_id)
        if connection and self.take_over(connection):
            current = self._current(link)
            self._let_go(replace(current, wants=_wants(current, task)), due_at=self.now())
            return "authorizer_changed"
        return self._wait_for_people(self._current(link), task)

    def _hold(self, connection: Connection, link: Link, error: Reject, task: Task) -> str:
        if note_cause(self.connections, connection, error.cause):
            self._log(link, "failed", error.cause, task, error.next_step)
        return self._wait_for_people(self._current(link), task)

    def _wait_for_people(self, link: Link, task: Task) -> str:
        self._let_go(replace(link, wants=_wants(link, task)), due_at=self.now() + WAIT_FOR_PEOPLE)
        return "waiting_for_people"

    # ---- Letting go ----------------------------------------------------------------------------------------------------

    def _current(self, link: Link) -> Link:
        """The link as stored now: the engine may have saved more of it before it failed.

        Raises `Stale` when the lease ran out and another worker has it: the work is theirs now.
        """
        stored = self.links.get(link.id)
        if stored is None or stored.lease_until != link.lease_until:
            raise Stale(link.id)
        return stored

    def _let_go(self, link: Link, *, due_at: float) -> None:
        """Free the lease. A hint that came meanwhile makes the link due at once, for all it may have meant."""
        waiting = replace(link, lease_until=0.0, due_at=due_at, updated_at=self.now())
        try:
            self.links.save(waiting)
        except Stale:
            newest = self._current(link)
            parked = link.state is LinkState.PARKED
            again = replace(waiting, hints=newest.hints, version=newest.version)
            self.links.save(again if parked else replace(again, due_at=self.now(), wants=_asked(waiting)))

    def _log(self, link: Link, outcome: str, message: str, task: Task, next_step: str) -> None:
        self.activity.add(
            Activity(
                link.connection_id,
                self.now(),
                outcome,
                task.cause,
                message,
                issue_id=link.issue_id,
                issue_number=link.issue_number,
                observation_id=link.observation_id,
                next_step=next_step,
            )
        )


def _wants(link: Link, task: Task) -> tuple[str, ...]:
    """What is still due after a pass that was cut off: at least what it was to look at."""
    return tuple(sorted(task.facets | set(link.wants)))


def _asked(link: Link) -> tuple[str, ...]:
    """Everything, and what people asked for by name."""
    return tuple(sorted({*hints.ALL, *link.wants}))
