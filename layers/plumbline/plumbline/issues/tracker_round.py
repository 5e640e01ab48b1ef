"""One round of polling: the connections that are due, each under its lease, none spoiling the others'."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections import settings as connection_settings
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues.noticed import note_cause, note_dead, save
from plumbline.issues.standing import credentials
from plumbline.stores.ports import Stale
from plumbline.stores.records import TRACKER, Activity, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.tracker_poll import TrackerPoll
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Cursors, Links
    from plumbline.stores.records import Authorization, Connection, Cursor

LEASE_MARGIN = 5.0
AFTER_REFUSAL = 600.0
# Schedules come a little early or late: due a little before the minute, or every other one is missed.
EARLY = 5.0
# A poll is not begun with less than this left; the next round takes it.
POLL_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class TrackerRound:
    """Everything a round needs; `poll` makes the poll of one connection."""

    connections: Connections
    authorizations: Authorizations
    cursors: Cursors
    links: Links
    activity: ActivityLog
    poll: Callable[[Connection, Authorization, IssueSettings], TrackerPoll]
    now: Callable[[], float]
    time_left: Callable[[], float]

    def run(self, connection_id: str = "") -> dict[str, int]:
        """Poll what is due, or one connection at once; returns counts for the log."""
        told = {"polled": 0, "hints": 0, "failed": 0}
        for connection in self._chosen(connection_id):
            if self.time_left() < POLL_SECONDS:
                break
            until = self.now() + self.time_left() + LEASE_MARGIN
            cursor = self.cursors.lease(
                connection.id, TRACKER, now=self.now(), until=until, only_due=not connection_id
            )
            if cursor:
                self._one(connection, cursor, "manual" if connection_id else "poll", told)
        return told

    def _chosen(self, connection_id: str) -> list[Connection]:
        enabled = self.connections.enabled()
        return [one for one in enabled if connection_id in ("", one.id)]

    def _one(self, connection: Connection, cursor: Cursor, cause: str, told: dict[str, int]) -> None:
        settings = connection_settings.read(connection.settings)
        began, wait = self.now(), settings.poll_seconds - EARLY
        try:
            if (poll := self._ready(connection, settings)) is not None:
                told["hints"] += poll.run(cause)
                told["polled"] += 1
                cursor = replace(cursor, polled_at=self.now())
                self._note_progress(connection)
        except Retry as error:
            wait = max(wait, error.after)
            told["failed"] += 1
        except NeedsAuthorization as error:
            self._invalidate(connection, error, cause)
            wait = AFTER_REFUSAL
            told["failed"] += 1
        except Reject as error:
            self._report(connection, error, cause)
            wait = AFTER_REFUSAL
            told["failed"] += 1
        try:
            self.cursors.save(replace(cursor, due_at=began + wait))
        except Stale:
            pass  # someone asked for a poll at once meanwhile: that stands

    def _ready(self, connection: Connection, settings: IssueSettings) -> TrackerPoll | None:
        """The connection's poll; None while a credential is dead, until a person authorizes again."""
        both = credentials(self.authorizations, connection)
        return self.poll(connection, both[1], settings) if both else None

    def _note_progress(self, connection: Connection) -> None:
        """Keep the times that the connection's page shows: since when it works, when it last had all done."""
        counts = self.links.counts(connection.id)
        busy = counts.get(LinkState.WAITING, 0) > 0
        if busy == bool(connection.working_since) and not connection.cause:
            return
        since = (connection.working_since or self.now()) if busy else 0.0
        done = connection.last_success_at if busy else self.now()
        progress = replace(connection, working_since=since, last_success_at=done, cause="")
        save(self.connections, progress)

    def _invalidate(self, connection: Connection, error: NeedsAuthorization, cause: str) -> None:
        if note_dead(self.authorizations, error):
            step = "Replace the key, or authorize again; the work then goes on by itself."
            self._log(connection, "needs_authorization", error.cause, step, cause)

    def _report(self, connection: Connection, error: Reject, cause: str) -> None:
        if note_cause(self.connections, connection, error.cause):
            self._log(connection, "failed", error.cause, error.next_step, cause)

    def _log(self, connection: Connection, outcome: str, message: str, next_step: str, cause: str) -> None:
        self.activity.add(Activity(connection.id, self.now(), outcome, cause, message, next_step=next_step))
