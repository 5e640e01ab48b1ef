"""One round of polls of a kind: the connections that are due, each under its lease, apart from all others."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues.noticed import note_cause, note_dead
from plumbline.stores.ports import Stale
from plumbline.stores.records import Activity, Cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Cursors
    from plumbline.stores.records import Connection

    TakeOver = Callable[[Connection, Reject | None], Connection | None]

LEASE_MARGIN = 5.0
AFTER_REFUSAL = 600.0
AFTER_TROUBLE = 30.0
# Schedules come a little early or late: due a little before the minute, or every other one is missed.
EARLY = 5.0
# A poll is not begun with less than this left; the next round takes it.
POLL_SECONDS = 15.0
REFUSED = "refused"  # the note of a cursor whose last poll was refused: the cause


@dataclass(frozen=True, slots=True)
class Done:
    """What one poll came to: its cursor as it is now, seconds until the next, and how many hints it sent.

    `polled` is False where it could not be made, for a credential is dead.
    """

    cursor: Cursor
    wait: float
    hints: int = 0
    polled: bool = True


def _nobody(_connection: Connection, _refusal: Reject | None) -> None:
    """A round that asks Procore nothing has no refusal of it."""


@dataclass(frozen=True, slots=True)
class Rounds:
    """What all rounds need; `name` is the cursor that says which connections are due.

    `take_over` puts another authorizer in the place of one that a refusal shows to lack its rights (S10).
    """

    connections: Connections
    authorizations: Authorizations
    cursors: Cursors
    activity: ActivityLog
    now: Callable[[], float]
    time_left: Callable[[], float]
    name: str
    take_over: TakeOver = _nobody

    def run(
        self,
        chosen: Iterable[Connection],
        poll: Callable[[Connection, Cursor, str], Done],
        *,
        at_once: bool = False,
    ) -> dict[str, int]:
        """Poll the chosen ones that are due, or `at_once`; returns counts for the log."""
        told = {"polled": 0, "hints": 0, "failed": 0}
        for connection in chosen:
            if self.time_left() < POLL_SECONDS:
                break
            until = self.now() + self.time_left() + LEASE_MARGIN
            cursor = self.cursors.lease(
                connection.id, self.name, now=self.now(), until=until, only_due=not at_once
            )
            if cursor:
                done = self._one(connection, cursor, poll, "manual" if at_once else "poll")
                told["polled"] += bool(done and done.polled)
                told["failed"] += done is None
                told["hints"] += done.hints if done else 0
        return told

    def _one(
        self,
        connection: Connection,
        cursor: Cursor,
        poll: Callable[[Connection, Cursor, str], Done],
        cause: str,
    ) -> Done | None:
        began, done = self.now(), None
        try:
            done = poll(connection, cursor, cause)
            cursor, wait = _refused(done.cursor, ""), max(done.wait, EARLY) - EARLY
        except Retry as error:
            wait = max(AFTER_TROUBLE, error.after)
        except NeedsAuthorization as error:
            self._invalidate(connection, error, cause)
            wait = AFTER_REFUSAL
        except Reject as error:
            cursor, wait = self._weighed(connection, cursor, error, cause)
        try:
            self.cursors.save(replace(cursor, due_at=began + wait))
        except Stale:
            pass  # someone asked for a poll at once meanwhile: that stands
        return done

    def _weighed(
        self, connection: Connection, cursor: Cursor, refusal: Reject, cause: str
    ) -> tuple[Cursor, float]:
        """What a refusal leads to: the next authorizer polls, or the connection says why none does."""
        try:
            if self.take_over(connection, refusal):
                return _refused(cursor, ""), 0.0
        except Reject as lost:
            refusal = lost
        except Retry as error:
            return cursor, max(AFTER_TROUBLE, error.after)
        if refusal.cause != cursor.notes.get(REFUSED):
            self._report(connection, refusal, cause)
        return _refused(cursor, refusal.cause), AFTER_REFUSAL

    def _invalidate(self, connection: Connection, error: NeedsAuthorization, cause: str) -> None:
        if note_dead(self.authorizations, error):
            step = "Replace the key, or authorize again; the work then goes on by itself."
            self._log(connection, "needs_authorization", error.cause, step, cause)

    def _report(self, connection: Connection, error: Reject, cause: str) -> None:
        note_cause(self.connections, connection, error.cause)
        self._log(connection, "failed", error.cause, error.next_step, cause)

    def _log(self, connection: Connection, outcome: str, message: str, next_step: str, cause: str) -> None:
        self.activity.add(Activity(connection.id, self.now(), outcome, cause, message, next_step=next_step))


def _refused(cursor: Cursor, cause: str) -> Cursor:
    """The cursor with the refusal that its poll ended in, or without one."""
    kept = {name: value for name, value in cursor.notes.items() if name != REFUSED}
    return replace(cursor, notes=kept | ({REFUSED: cause} if cause else {}))


def make_due(cursors: Cursors, connection_id: str, name: str, *, now: float) -> None:
    """Let the next scheduled round serve this connection; a poll that runs right now is left alone."""
    cursor = cursors.get(connection_id, name) or Cursor(connection_id, name)
    if cursor.lease_until > now:
        return
    with contextlib.suppress(Stale):  # someone else moved it: then a poll has begun or ended this instant
        cursors.save(replace(cursor, due_at=now))
