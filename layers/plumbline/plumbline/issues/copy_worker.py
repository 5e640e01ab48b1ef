"""One hint of the copy queue, from lease to log: what a message leads to, and what its failure leads to.

A hint is no work: it names a link that may have something to do. A lost, doubled or late one is harmless,
for the link says what is due and its lease lets one worker in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections import settings as connection_settings
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues.noticed import about, note_cause, note_dead
from plumbline.issues.pairs import current
from plumbline.issues.standing import credentials
from plumbline.stores.ports import Stale
from plumbline.stores.records import Activity, ConnectionState, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.issues.copy_engine import CopyEngine, Outcome
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Links
    from plumbline.stores.records import Connection, Link

# After the worker is ended by force, its lease ends this much later.
LEASE_MARGIN = 5.0
WAIT_FOR_PEOPLE = 300.0  # paused, or a credential that no longer works
BACKOFF = (5.0, 30.0, 120.0, 600.0, 1800.0)
# A worker that never let go of its lease was ended by force: it crashed, or its time ran out.
ENDED_BY_FORCE = "The worker was ended several times while at this item, for instance by a file too large."
ENDED_STEP = "Look at the item's files and at the copy function's log, then retry this item."
# Refusals that hold for the whole connection: its items wait for a person, none is parked.
OF_THE_CONNECTION = frozenset({"app_not_installed", "user_installs_off"})


@dataclass(frozen=True, slots=True)
class CopyWorker:
    """Everything one hint needs, handed in; `engine` makes the engine of a connection."""

    connections: Connections
    authorizations: Authorizations
    links: Links
    activity: ActivityLog
    engine: Callable[[Connection, Callable[[], float]], CopyEngine]
    now: Callable[[], float]

    def handle(self, connection_id: str, link_id: str, cause: str, *, seconds_left: float) -> str:
        """Do what the link has due; returns the outcome's name. Raises nothing that a person can mend."""
        connection = self.connections.get(connection_id)
        if connection is None or connection.state in (ConnectionState.DISABLED, ConnectionState.DRAFT):
            return "connection_off"
        before = self.links.get(link_id)
        if before is None or not before.due_at:
            return "not_due"  # a doubled or late hint: what was due is done, or parked for a person
        deadline = self.now() + seconds_left
        link = self.links.lease(link_id, now=self.now(), until=deadline + LEASE_MARGIN)
        if link is None:
            return "held_by_another"
        try:
            if connection.state is ConnectionState.PAUSED or not credentials(self.authorizations, connection):
                return self._wait_for_people(link)
            if before.lease_until:
                link = self.links.save(replace(link, tries=link.tries + 1))
            return self._run(connection, link, cause, deadline)
        except Stale:
            return "lease_lost"

    def _wait_for_people(self, link: Link) -> str:
        self._let_go(link, due_at=self.now() + WAIT_FOR_PEOPLE)
        return "waiting_for_people"

    def _run(self, connection: Connection, link: Link, cause: str, deadline: float) -> str:
        settings = connection_settings.read(connection.settings)
        if link.tries >= settings.park_after_tries:
            return self._park(link, ENDED_BY_FORCE, ENDED_STEP, cause)
        try:
            outcome = self.engine(connection, lambda: deadline - self.now()).copy(link)
        except NeedsAuthorization as error:
            return self._needs_authorization(link, error, cause)
        except Reject as error:
            if error.code in OF_THE_CONNECTION:
                return self._hold(connection, link, error, cause)
            return self._park(link, error.cause, error.next_step, cause)
        except Retry as error:
            return self._retry(link, error, cause, settings.park_after_tries)
        return self._ended(outcome, cause)

    def _ended(self, outcome: Outcome, cause: str) -> str:
        copied = outcome.name == "copied"
        link = current(self.links, outcome.link)
        state = LinkState.COPIED if copied or link.state is LinkState.COPIED else LinkState.LEFT
        self._let_go(replace(link, state=state, tries=0, cause="", next_step=""), due_at=0.0)
        if outcome.name != "not_wanted":
            self._log(
                link,
                outcome.name,
                outcome.message,
                cause,
                before={"status": outcome.status_before},
                after={"status": outcome.status_after},
            )
        return outcome.name

    def _retry(self, link: Link, error: Retry, cause: str, park_after: int) -> str:
        link = current(self.links, link)
        tries = link.tries + 1 if error.counts else link.tries
        if tries >= park_after:
            step = "Read the cause, mend it if it lies on your side, then retry this item."
            return self._park(
                replace(link, tries=tries), f"Tried {tries} times. Last: {error.reason}", step, cause
            )
        after = error.after
        if error.counts:
            after = max(after, BACKOFF[min(tries, len(BACKOFF)) - 1])
            self._log(link, "failed", error.reason, cause, next_step=f"It is tried again in {after:.0f} s.")
        self._let_go(replace(link, tries=tries, cause=error.reason), due_at=self.now() + after)
        return "waiting"

    def _park(self, link: Link, reason: str, next_step: str, cause: str) -> str:
        link = replace(
            current(self.links, link), state=LinkState.PARKED, tries=0, cause=reason, next_step=next_step
        )
        self._let_go(link, due_at=0.0)
        self._log(link, "parked", reason, cause, next_step=next_step)
        return "parked"

    def _needs_authorization(self, link: Link, error: NeedsAuthorization, cause: str) -> str:
        if note_dead(self.authorizations, error):
            step = "Authorize again on the connection's page; the work then goes on by itself."
            self._log(link, "needs_authorization", error.cause, cause, next_step=step)
        self._wait_for_people(current(self.links, link))
        return "needs_authorization"

    def _hold(self, connection: Connection, link: Link, error: Reject, cause: str) -> str:
        if note_cause(self.connections, connection, error.cause):
            self._log(link, "failed", error.cause, cause, next_step=error.next_step)
        return self._wait_for_people(current(self.links, link))

    def _let_go(self, link: Link, *, due_at: float) -> None:
        """Free the lease. A hint that came meanwhile makes the link due at once, so none is lost."""
        waiting = replace(link, lease_until=0.0, due_at=due_at, updated_at=self.now())
        try:
            self.links.save(waiting)
        except Stale:
            newest = current(self.links, link)
            again = due_at if link.state is LinkState.PARKED else self.now()
            self.links.save(replace(waiting, hints=newest.hints, version=newest.version, due_at=again))

    def _log(self, link: Link, outcome: str, message: str, cause: str, **more: object) -> None:
        line = Activity(link.connection_id, self.now(), outcome, cause, message, **more)  # type: ignore[arg-type]
        self.activity.add(about(link, line))
