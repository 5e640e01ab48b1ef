"""One hint of the sync queue, from finding its link to letting go of it.

A lost, doubled, late or re-ordered hint is harmless: the link says what is due, both sides are read afresh,
and what was read already ends without a call (A16, A17).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections import settings as connection_settings
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues import hints, proving
from plumbline.issues.copy_worker import (
    BACKOFF,
    ENDED_BY_FORCE,
    ENDED_STEP,
    LEASE_MARGIN,
    OF_THE_CONNECTION,
    WAIT_FOR_PEOPLE,
)
from plumbline.issues.noticed import about, note_cause, note_dead
from plumbline.issues.pairs import current
from plumbline.issues.standing import RIGHTS_LOST, credentials
from plumbline.issues.sync_context import WRITE_CAP, Task
from plumbline.issues.sync_hearing import Heard, Hearing
from plumbline.stores.ports import Stale
from plumbline.stores.records import Activity, ConnectionState, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.hints import Hint
    from plumbline.issues.rounds import TakeOver
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_engine import SyncEngine
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Links
    from plumbline.stores.records import Connection, Link

HOLDING = OF_THE_CONNECTION | {RIGHTS_LOST}
"""Refusals that make all items of a connection wait for a person."""

_READ = {hints.SHOWN: hints.OBSERVATION, hints.SHOWN_ISSUE: hints.ISSUE_FIELDS}
"""Where a proof is looked for; that of a response log in the logs."""


ROUNDS = 3
"""Times that a worker goes on with its link for hints that came meanwhile; the rest is left to the sweep."""

ENOUGH = 15.0
"""Seconds that must be left for that."""


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
    take_over: TakeOver
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
        hearing = Hearing(self.authorizations, self.links, self.engine, self.application, self.now)
        heard = hearing.of(connection, hint, deadline)
        if isinstance(heard, str):
            return heard
        outcome = self._leased(connection, heard, hint, deadline)
        asked = replace(hint, resource="", link_id=heard.link.id)
        for _ in range(ROUNDS):
            again = self._asked_meanwhile(heard.link.id, deadline)
            if again is None:
                break
            outcome = self._leased(connection, again, asked, deadline)
        return outcome

    def _asked_meanwhile(self, link_id: str, deadline: float) -> Heard | None:
        """What the link is due for at once, if anything: what was heard while it was held shall not wait."""
        link = self.links.get(link_id)
        if link is None or link.lease_until or not 0 < link.due_at <= self.now():
            return None
        return Heard(link, frozenset(link.wants)) if deadline - self.now() > ENOUGH else None

    def _standing(self, connection: Connection) -> bool:
        return bool(credentials(self.authorizations, connection))

    # ---- Under the lease ---------------------------------------------------------------------------------

    def _leased(self, connection: Connection, heard: Heard, hint: Hint, deadline: float) -> str:
        before = heard.link
        link = self.links.lease(before.id, now=self.now(), until=deadline + LEASE_MARGIN)
        if link is None:
            return "held_by_another"
        task = self._task(heard, link, hint)
        if connection.state is ConnectionState.PAUSED:
            return self._wait_for_people(link, task)
        if not self._standing(connection):
            other = self.take_over(connection, None)
            if other is None:
                return self._wait_for_people(link, task)
            connection = other
        if before.lease_until and before.due_at:
            link = self.links.save(replace(link, tries=link.tries + 1))
        return self._run(connection, link, task, deadline)

    def _task(self, heard: Heard, link: Link, hint: Hint) -> Task:
        """What is to be looked at: what the hint says and the link waits for; all where that is not told."""
        before, proofs = heard.link, hints.proofs(link.wants)
        wanted = frozenset(link.wants) - proofs
        asked = (heard.facets - hints.proofs(heard.facets)) | wanted
        due = bool(hints.proofs(heard.facets))  # the sweep feeds them when their time has come
        if due:
            asked |= {_READ.get(one, hints.LOGS) for one in proofs}
        untold = before.due_at and not link.wants and hint.resource  # something else was due too
        lost = bool(before.lease_until)  # a worker never let go: what it was told meanwhile is not known
        if untold or lost or not asked or link.state is LinkState.PARKED:
            asked |= frozenset((*hints.ALL, *hints.WISHES))
        rows = heard.logs if asked == {hints.LOGS} != wanted else ()
        deleted = hint.resource == hints.ITEM and hint.verb == "delete"
        told_at = 0.0 if deleted or hint.resource == hints.LOG else hint.at
        return Task(asked, hint.cause, rows, due, deleted, max(link.told_at, told_at))

    def _run(self, connection: Connection, link: Link, task: Task, deadline: float) -> str:
        settings = connection_settings.read(connection.settings)
        if link.tries >= settings.park_after_tries:
            return self._park(link, ENDED_BY_FORCE, ENDED_STEP, task)
        try:
            engine = self.engine(connection, lambda: deadline - self.now(), link.backfill)
            engine.context.cause, engine.context.told_at = task.cause, task.told_at
            engine.context.weigh = lambda refusal: self._weigh(connection, refusal)
            engine.context.unshown |= hints.proofs(link.wants)
            done = engine.sync(link, task)
        except NeedsAuthorization as error:
            return self._needs_authorization(link, error, task)
        except Reject as error:
            return self._refused(connection, link, error, task, settings)
        except Retry as error:
            return self._retry(link, error, task, settings)
        return self._ended(done, engine.context)

    def _ended(self, done: Link, context: Context) -> str:
        state = LinkState.SYNCED if done.state is LinkState.PARKED else done.state
        if state is LinkState.WAITING and done.observation_id and done.base:
            state = LinkState.SYNCED
        waits = tuple(sorted(context.unshown)) if state is LinkState.SYNCED else ()
        done = proving.alike(done, context.posted_at)
        self._let_go(
            replace(
                done, state=state, tries=0, cause="", next_step="", wants=waits, backfill=False, told_at=0.0
            ),
            due_at=proving.due_at(waits, now=self.now()),
        )
        return context.said[-1] if context.said else "at_rest"

    def _weigh(self, connection: Connection, refusal: Reject) -> None:
        """Raise what a refusal means for the connection; nothing where it is about the item alone (S10)."""
        if self.take_over(connection, refusal):
            raise Retry("Another authorizer has taken over; it goes on with this item")

    def _refused(
        self, connection: Connection, link: Link, refusal: Reject, task: Task, settings: IssueSettings
    ) -> str:
        try:
            self._weigh(connection, refusal)
        except Retry as error:
            return self._retry(link, error, task, settings)
        except Reject as lost:
            refusal = lost
        if refusal.code in HOLDING:
            return self._hold(connection, link, refusal, task)
        parked = self._park(link, refusal.cause, refusal.next_step, task)
        return WRITE_CAP if refusal.code == WRITE_CAP else parked  # an alarm counts these

    def _retry(self, link: Link, error: Retry, task: Task, settings: IssueSettings) -> str:
        link = current(self.links, link)
        tries = link.tries + 1 if error.counts else link.tries
        if tries >= settings.park_after_tries:
            step = "Read the cause, mend it if it lies on your side, then retry this item."
            return self._park(
                replace(link, tries=tries), f"Tried {tries} times. Last: {error.reason}", step, task
            )
        after = error.after
        if error.counts:
            after = max(after, BACKOFF[min(tries, len(BACKOFF)) - 1])
            self._log(link, "failed", error.reason, task, f"It is tried again in {after:.0f} s.")
        waiting = replace(_to_go_on(link, task), tries=tries, cause=error.reason)
        self._let_go(waiting, due_at=self.now() + after)
        return "waiting"

    def _park(self, link: Link, reason: str, next_step: str, task: Task) -> str:
        link = replace(
            current(self.links, link), state=LinkState.PARKED, tries=0, cause=reason, next_step=next_step
        )
        self._let_go(link, due_at=0.0)
        self._log(link, "parked", reason, task, next_step)
        return "parked"

    def _needs_authorization(self, link: Link, error: NeedsAuthorization, task: Task) -> str:
        if note_dead(self.authorizations, error):
            step = "Authorize again on the connection's page; the work then goes on by itself."
            self._log(link, "needs_authorization", error.cause, task, step)
        connection = self.connections.get(link.connection_id)
        if connection and self.take_over(connection, None):
            newest = current(self.links, link)
            self._let_go(_to_go_on(newest, task), due_at=self.now())
            return "authorizer_changed"
        return self._wait_for_people(current(self.links, link), task)

    def _hold(self, connection: Connection, link: Link, error: Reject, task: Task) -> str:
        if note_cause(self.connections, connection, error.cause):
            self._log(link, "failed", error.cause, task, error.next_step)
        return self._wait_for_people(current(self.links, link), task)

    def _wait_for_people(self, link: Link, task: Task) -> str:
        self._let_go(_to_go_on(link, task), due_at=self.now() + WAIT_FOR_PEOPLE)
        return "waiting_for_people"

    # ---- Letting go --------------------------------------------------------------------------------------

    def _let_go(self, link: Link, *, due_at: float) -> None:
        """Free the lease. A hint that came meanwhile makes the link due at once, for all it may mean."""
        waiting = replace(link, lease_until=0.0, due_at=due_at, updated_at=self.now())
        try:
            self.links.save(waiting)
        except Stale:
            newest = current(self.links, link)
            parked = link.state is LinkState.PARKED
            again = replace(waiting, hints=newest.hints, version=newest.version)
            self.links.save(again if parked else replace(again, due_at=self.now(), wants=_asked(waiting)))

    def _log(self, link: Link, outcome: str, message: str, task: Task, next_step: str) -> None:
        line = Activity(link.connection_id, self.now(), outcome, task.cause, message, next_step=next_step)
        self.activity.add(about(link, line))


def _to_go_on(link: Link, task: Task) -> Link:
    """The link after a pass that was cut off: still due is at least what it was to look at."""
    return replace(link, wants=tuple(sorted(task.facets | set(link.wants))), told_at=task.told_at)


def _asked(link: Link) -> tuple[str, ...]:
    """Everything, what people may have asked for meanwhile too, and what they asked for by name."""
    return tuple(sorted({*hints.ALL, *hints.WISHES, *link.wants}))
