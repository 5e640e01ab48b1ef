"""One round of polling the trackers, for both approaches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from plumbline.connections import settings as connection_settings
from plumbline.issues.noticed import save
from plumbline.issues.rounds import REFUSED, Done, Rounds
from plumbline.issues.standing import credentials
from plumbline.stores.records import COMMENTS, RIGHTS, SWEEP, TRACKER, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Cursors, Links
    from plumbline.stores.records import Authorization, Connection, Cursor


class Poll(Protocol):
    """A poll of one connection's tracker project: `TrackerPoll` or `SyncPoll`, by the approach."""

    def run(self, cause: str) -> int:
        """Read, compare, hint; returns the number of hints."""
        ...


@dataclass(frozen=True, slots=True)
class TrackerRound:
    """Everything a round needs; `poll` makes the poll of one connection."""

    connections: Connections
    authorizations: Authorizations
    cursors: Cursors
    links: Links
    activity: ActivityLog
    poll: Callable[[Connection, Authorization, IssueSettings], Poll]
    now: Callable[[], float]
    time_left: Callable[[], float]

    def run(self, connection_id: str = "") -> dict[str, int]:
        """Poll what is due, or one connection at once; returns counts for the log."""
        chosen = [one for one in self.connections.enabled() if connection_id in ("", one.id)]
        return self._rounds().run(chosen, self._one, at_once=bool(connection_id))

    def _rounds(self) -> Rounds:
        return Rounds(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            self.now,
            self.time_left,
            TRACKER,
        )

    def _one(self, connection: Connection, cursor: Cursor, cause: str) -> Done:
        settings = connection_settings.read(connection.settings)
        both = credentials(self.authorizations, connection)
        if not both:  # until a person authorizes again
            return Done(cursor, settings.poll_seconds, polled=False)
        hints = self.poll(connection, both[1], settings).run(cause)
        self._note_progress(connection)
        return Done(replace(cursor, polled_at=self.now()), settings.poll_seconds, hints)

    def _note_progress(self, connection: Connection) -> None:
        """Keep the times that the connection's page shows: since when it works, when it last had all done."""
        counts = self.links.counts(connection.id)
        busy = counts.get(LinkState.WAITING, 0) > 0
        if busy == bool(connection.working_since) and not connection.cause:
            return
        since = (connection.working_since or self.now()) if busy else 0.0
        done = connection.last_success_at if busy else self.now()
        cause = self._refused_elsewhere(connection) if connection.cause else ""
        if cause and busy == bool(connection.working_since):
            return
        progress = replace(connection, working_since=since, last_success_at=done, cause=cause)
        save(self.connections, progress)

    def _refused_elsewhere(self, connection: Connection) -> str:
        """Why work of the connection at Procore does not get on; "" when none is refused."""
        cursors = [self.cursors.get(connection.id, name) for name in (RIGHTS, COMMENTS, SWEEP)]
        return next((one.notes[REFUSED] for one in cursors if one and one.notes.get(REFUSED)), "")
