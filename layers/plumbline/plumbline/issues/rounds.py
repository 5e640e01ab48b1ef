"""One round of polls of a kind: the connections that are due, each under its lease, apart from all others."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections.takeover import take_over
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues.noticed import note_cause, note_dead
from plumbline.issues.standing import credentials
from plumbline.stores.ports import Stale
from plumbline.stores.records import Activity, Cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Cursors
    from plumbline.stores.records import Authorization, Connection

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


@dataclass(frozen=True, slots=True)
class Rounds:
    """What all rounds need; `name` is the cursor that says which connections are due."""

    connections: Connections
    authorizations: Authorizations
    cursors: Cursors
    activity: ActivityLog
    now: Callable[[], float]
    time_left: Callable[[], float]
    name: str

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

    def ready(self, connection: Connection) -> tuple[Connection, tuple[Authorization, ...]]:
        """The connection and its two credentials, Procore's first; none until a person authorizes again.

        Where another authorizer of the project stands by, it takes over (S10).
        """
        both = credentials(self.authorizations, connection)
        if not both:
            connection = take_over(
                self.connections, self.authorizations, self.activity, connection, now=self.now()
            )
            both = credentials(self.authorizations, connection)
        return connection, both

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
            if error.cause != cursor.notes.get(REFUSED):
                self._report(connection, error, cause)
            cursor, wait = _refused(cursor, error.cause), AFTER_REFUSAL
        try:
            self.cursors.save(replace(cursor, due_at=began + wait))
        except Stale:
            pass  # someone asked for a poll at once meanwhile: that stands
        return done

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
