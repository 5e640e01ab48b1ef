"""Looks for new comments of a Procore project, whether or not a webhook told of them (A30, A31, A35).

One list holds the response logs of all observations. What is known is skipped without a write: carried over
before, written by us, or an empty row that only records a change of status.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.issues import proving
from plumbline.issues.hints import LOGS, shown_log
from plumbline.issues.procore_side import CLOCK_MARGIN
from plumbline.issues.telling import Teller, asked
from plumbline.procore import items
from plumbline.procore.observations import is_comment
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.hints import Hint
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.observations import ResponseLog
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Connection, Cursor, Link

# A log may show up in the list a while after its time, and the two clocks differ.
OVERLAP = 300.0
FOLLOWED = (LinkState.WAITING, LinkState.SYNCED, LinkState.PARKED, LinkState.HELD)


@dataclass(frozen=True, slots=True)
class CommentsPoll:
    """A look at one project's comments; `send` puts a hint on the queue, `room` says how many at most."""

    connection: Connection
    settings: IssueSettings
    procore: ProcoreClient
    links: Links
    send: Callable[[Hint], None]
    room: Callable[[], int]
    now: Callable[[], float]

    def run(self, cursor: Cursor, cause: str) -> tuple[Cursor, int]:
        """Read and hint; returns the cursor as far as all is told, and the number of hints.

        The cursor's notes: `since`, which stays where it is while the list is empty, for an empty list proves
        nothing; `active_at`, when somebody last wrote. Raises what the client raises.
        """
        began = self.now()
        if not self.settings.sync.comments:
            return _noted(cursor, began, since=began), 0
        since = float(cursor.notes.get("since") or self.connection.enabled_at or began)
        start, end = since - OVERLAP, began + CLOCK_MARGIN
        logs = list(items.project_logs(self.procore, self.connection.project_id, start=start, end=end))
        teller = Teller(self.links, self.send, self.now, self.room())
        untold = self._tell(logs, teller, cause)
        last = max((log.created_at or 0.0 for log in logs), default=0.0)
        active_at = max(last, float(cursor.notes.get("active_at", 0.0)))
        safe = min((log.created_at or since for log in untold), default=began)
        told = max(since, min(safe, began)) if logs else since
        return _noted(cursor, began, since=told, active_at=active_at), teller.sent

    def _tell(self, logs: list[ResponseLog], teller: Teller, cause: str) -> list[ResponseLog]:
        """Tell of the pairs that have new comments; returns those whose pair a worker holds."""
        told: dict[str, bool] = {}
        untold = []
        for log in logs:
            if not is_comment(log) or self._known(log):
                continue
            if log.item_id not in told:
                link = self._link(log.item_id)
                told[log.item_id] = (
                    link is None or asked(link, (LOGS,), self.now()) or teller.tell(link, (LOGS,), cause)
                )
            if not told[log.item_id]:
                untold.append(log)
        return untold

    def _known(self, log: ResponseLog) -> bool:
        """Whether the log was carried over or written by us; a link that waits for the proof has it now."""
        link_id = self.links.by_log(self.connection.id, log.id)
        link = self.links.get(link_id) if link_id else None
        if link:
            proving.confirm(self.links, link, shown_log(log.id), now=self.now())
        return bool(link_id)

    def _link(self, observation_id: str) -> Link | None:
        link = self.links.by_observation(self.connection.id, observation_id)
        if link is None or link.observation_id != observation_id or link.state not in FOLLOWED:
            return None
        return link


def _noted(cursor: Cursor, now: float, **notes: float) -> Cursor:
    return replace(cursor, polled_at=now, notes={**cursor.notes, **notes})
