"""Looks for what changed in the issue tracker, which has neither webhooks nor a modified time.

One poll reads all pages, compares each issue's content with the last listing, and puts a hint on the queue
for each issue that may have to be copied. Losing its memory costs a few hints too many, never a copy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from plumbline.cxalloy.model import content_hash
from plumbline.issues import copy_plan, news
from plumbline.issues import listing as listings
from plumbline.issues.sweep import AGAIN
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Activity, Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.listing import Listing
    from plumbline.stores.ports import ActivityLog, Links, Snapshots
    from plumbline.stores.records import Connection


@dataclass(frozen=True, slots=True)
class TrackerPoll:
    """A poll of one connection's project; `send` puts a hint on the queue, `room` says how many at most."""

    connection: Connection
    settings: IssueSettings
    tracker: CxAlloyClient
    links: Links
    snapshots: Snapshots
    activity: ActivityLog
    send: Callable[[str, str, str], None]
    room: Callable[[], int]
    now: Callable[[], float]

    def run(self, cause: str) -> int:
        """Read, compare, hint; returns the number of hints. Raises what the tracker's client raises."""
        listing = listings.read(self.tracker, self.connection.tracker_project_id)
        before, etag = self.snapshots.read(self.connection.id)
        after = _hashes(listing)
        due = [link for issue in listing.issues if (link := self._due(issue, before))]
        blank = Activity(self.connection.id, self.now(), "", "poll", "")
        for entry in news.of_listing(self.settings, listing, before, after, blank):
            self.activity.add(entry)
        # hints first, memory after: a crash between the two sends a hint twice and loses none
        sent = self._hint(due, cause)
        try:
            self.snapshots.write(
                self.connection.id, after if listing.complete else {**before, **after}, etag=etag
            )
        except Stale:
            pass  # another poll was faster: what it remembers is as good
        return sent

    def _due(self, issue: Issue, before: dict[str, str]) -> Link | None:
        """The issue's link, when there may be something to do for it."""
        if not copy_plan.wanted(issue, self.settings):
            return None
        link = self.links.by_issue(self.connection.id, issue.id)
        if link is None:
            return self._new(issue)
        if link.state is LinkState.LEFT:
            return replace(link, state=LinkState.WAITING)
        if link.state is LinkState.PARKED:
            edited = before.get(issue.id) != content_hash(issue)
            return replace(link, state=LinkState.WAITING, cause="", next_step="") if edited else None
        return link if link.due_at == 0 else None

    def _new(self, issue: Issue) -> Link | None:
        link = Link(
            id=uuid4().hex,
            connection_id=self.connection.id,
            issue_id=issue.id,
            issue_number=issue.number,
            issue_address=self.tracker.web_address(issue),
            state=LinkState.WAITING,
            due_at=self.now() + AGAIN,
            updated_at=self.now(),
        )
        try:
            return self.links.create(link)
        except Taken:
            return None  # made by a poll beside this one, which hints for it

    def _hint(self, due: Iterable[Link], cause: str) -> int:
        """Mark each link due, then send; past the budget's room the sweep sends when there is some."""
        room = self.room()
        sent = 0
        for link in due:
            try:
                self.links.save(replace(link, due_at=self.now() + AGAIN, updated_at=self.now()))
            except Stale:
                continue  # a worker has it right now
            if sent < room:
                self.send(self.connection.id, link.id, cause)
                sent += 1
        return sent


def _hashes(listing: Listing) -> dict[str, str]:
    return {**{issue.id: content_hash(issue) for issue in listing.issues}, **news.remarkable(listing)}
