"""Looks for what changed in the issue tracker, which has neither webhooks nor a modified time.

One poll reads all pages, compares each issue's content with the last listing, and puts a hint on the queue
for each issue that may have to be copied. Losing its memory costs a few hints too many, never a copy.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from plumbline.cxalloy.model import content_hash, vocabulary
from plumbline.issues import copy_plan
from plumbline.issues.sweep import AGAIN
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Activity, Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue, Unreadable
    from plumbline.stores.ports import ActivityLog, Links, Snapshots
    from plumbline.stores.records import Connection

_LIST = "list:"  # snapshot keys of the tracker's own lists, beside the issues' ids
_FIELD_OF_LIST = {
    "statuses": "status",
    "priorities": "priority",
    "disciplines": "discipline",
    "types": "issue_type",
}


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole project as read: `complete` says whether it may be taken for all there is."""

    issues: tuple[Issue, ...]
    unreadable: tuple[Unreadable, ...]
    complete: bool


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
        listing = self._read()
        before, etag = self.snapshots.read(self.connection.id)
        after = _hashes(listing)
        due = [link for issue in listing.issues if (link := self._due(issue, before))]
        self._notice(listing, before, after)
        # hints first, memory after: a crash between the two sends a hint twice and loses none
        sent = self._hint(due, cause)
        try:
            self.snapshots.write(
                self.connection.id, after if listing.complete else {**before, **after}, etag=etag
            )
        except Stale:
            pass  # another poll was faster: what it remembers is as good
        return sent

    def _read(self) -> Listing:
        issues: list[Issue] = []
        unreadable: list[Unreadable] = []
        complete = False
        for page in self.tracker.issues(self.connection.tracker_project_id):
            issues += page.issues
            unreadable += page.unreadable
            complete = bool(page.complete)
        return Listing(tuple(issues), tuple(unreadable), complete)

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

    def _notice(self, listing: Listing, before: dict[str, str], after: dict[str, str]) -> None:
        """Log records that cannot be read and values without a map, each when first seen."""
        for odd in listing.unreadable:
            if odd.issue_id and before.get(odd.issue_id) != after.get(odd.issue_id):
                step = (
                    "Compare the record with the tracker's settings, or report it with the support address."
                )
                self._log("failed", f"An issue cannot be read: {odd.cause}", odd.issue_id, step)
        if not before:
            return
        for key in sorted(set(after) - set(before)):
            if key.startswith(_LIST) and not self._mapped(key):
                _, kind, value = key.split(":", 2)
                message = f"CxAlloy has a new value in {kind}, {after[key]!r}, that no map covers."
                self._log("notice", message, "", f"Map the value {value}, or leave it to the default.")

    def _mapped(self, key: str) -> bool:
        _, kind, value = key.split(":", 2)
        chosen = (
            self.settings.trigger_status_id,
            self.settings.done_status_id,
            self.settings.initial_status_id,
        )
        if kind == "statuses" and value in chosen:
            return True
        return value in getattr(self.settings.maps, _FIELD_OF_LIST[kind]).to_procore

    def _log(self, outcome: str, message: str, issue_id: str, next_step: str) -> None:
        self.activity.add(
            Activity(
                self.connection.id,
                self.now(),
                outcome,
                "poll",
                message,
                issue_id=issue_id,
                next_step=next_step,
            )
        )


def _hashes(listing: Listing) -> dict[str, str]:
    known = vocabulary(listing.issues)
    return {
        **{issue.id: content_hash(issue) for issue in listing.issues},
        **{odd.issue_id: f"unreadable: {odd.cause}" for odd in listing.unreadable if odd.issue_id},
        **{
            f"{_LIST}{kind}:{value}": name
            for kind in _FIELD_OF_LIST
            for value, name in getattr(known, kind).items()
        },
    }
