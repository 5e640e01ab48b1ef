"""Looks for what changed in the issue tracker, for pairs kept true to each other (A10, A14, A17, A19).

One poll reads all pages and compares each issue with what the last poll remembered: a hash for each facet.
What did not change costs no read and no write. The memory is one object per connection: losing it costs hints
too many, never a pair too many and never a deletion.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING
from uuid import uuid4

from plumbline.connections import previews
from plumbline.issues import born, copy_plan, facets, missing, news, proving
from plumbline.issues import listing as listings
from plumbline.issues.backfill import LATER
from plumbline.issues.hints import ISSUE_FIELDS, SHOWN_ISSUE
from plumbline.issues.noticed import about
from plumbline.issues.pairs import every, revived
from plumbline.issues.telling import Teller, asked
from plumbline.stores.ports import Stale
from plumbline.stores.records import Activity, Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.hints import Hint
    from plumbline.issues.listing import Listing
    from plumbline.stores.ports import ActivityLog, Cursors, Links, Snapshots
    from plumbline.stores.records import Connection

# The snapshot's key that says for which enabling, and which accepted settings, all issues were carried over.
CARRIED = "carried:"
# So that a poll ends in time; the next one goes on where it stopped.
NEW_A_POLL = 1000
OUT_OF_SYNC = "The issue left the filter: the pair is no longer kept in sync, and nothing was deleted."
NOT_READABLE = (
    "CxAlloy does not list the issue, and fewer than 3 other linked issues answer: that proves no deletion, "
    "so nothing is deleted."
)
NOT_READABLE_STEP = (
    "If the issue is gone for good, delete its observation in Procore, or part the two; if not, check what "
    "the key may read. Once CxAlloy lists the issue again, the pair goes on by itself."
)


@dataclass(frozen=True, slots=True)
class SyncPoll:
    """A poll of one connection's project; `send` puts a hint on the queue, `room` says how many at most."""

    connection: Connection
    settings: IssueSettings
    tracker: CxAlloyClient
    links: Links
    snapshots: Snapshots
    cursors: Cursors
    activity: ActivityLog
    send: Callable[[Hint], None]
    room: Callable[[], int]
    now: Callable[[], float]

    def run(self, cause: str) -> int:
        """Read, compare, hint; returns the number of hints. Raises what the tracker's client raises."""
        listing = listings.read(self.tracker, self.connection.tracker_project_id)
        before, etag = self.snapshots.read(self.connection.id)
        teller = Teller(self.links, self.send, self.now, self.room())
        accepted = previews.accepted_at(self.cursors, self.connection.id)
        carried = f"{self.connection.enabled_at!r} {accepted!r}"
        compared = _Compared(self, before or self._recalled(), carried, teller, cause)
        after = compared.all(listing)
        blank = Activity(self.connection.id, self.now(), "", "poll", "")
        for entry in news.of_listing(self.settings, listing, before, after, blank):
            self.activity.add(entry)
        # hints first, memory after: a crash between the two sends a hint twice and loses none
        if after != before:
            try:
                self.snapshots.write(self.connection.id, after, etag=etag)
            except Stale:
                pass  # another poll was faster: what it remembers is as good
        return teller.sent

    def _recalled(self) -> dict[str, str]:
        """What a lost memory knew at least: which issues have a link."""
        return {link.issue_id: "" for link in every(self.links, self.connection.id) if link.issue_id}


@dataclass
class _Compared:
    """One listing against what is remembered; `whole` says that nothing was left for the next poll."""

    poll: SyncPoll
    before: dict[str, str]
    carried: str
    teller: Teller
    cause: str
    made: int = 0
    whole: bool = True

    @cached_property
    def remaking(self) -> bool:
        """Looked up once, after the listing was read: what is made again later is not in it."""
        return born.being_remade(self.poll.links, self.poll.connection.id, now=self.poll.now())

    @property
    def backfill(self) -> bool:
        return self.before.get(CARRIED) != self.carried

    def all(self, listing: Listing) -> dict[str, str]:
        """Tell of all that changed; returns what to remember."""
        after = news.remarkable(listing)
        # live edits before new issues: those may be the thousands of a backfill
        for issue in sorted(listing.issues, key=lambda issue: issue.id not in self.before):
            if (said := self._one(issue)) is not None:
                after[issue.id] = said
        after |= self._absent(listing)
        if not listing.complete:
            after = {key: name for key, name in self.before.items() if key.startswith(news.LIST)} | after
        if not self.backfill or (self.whole and listing.complete):
            after[CARRIED] = self.carried
        return after

    def _one(self, issue: Issue) -> str | None:
        """Tell of one issue if it changed; returns what to remember of it, None for nothing."""
        said, was = facets.said(issue), self.before.get(issue.id)
        if missing.FIRST_MISS + issue.id in self.before:
            self._listed_again(issue.id)
        wanted = copy_plan.followed(issue, self.poll.settings)
        # a changed filter is no edit (S17): until a person accepts it, it holds for what is edited only
        turned = self.backfill and was is not None and was.startswith(facets.OUT) == wanted
        if was is not None and was.removeprefix(facets.OUT) == said and not turned:
            return was
        told = self._told(issue, was, said, wanted=wanted)
        self.whole = self.whole and told
        return (said if wanted else facets.OUT + said) if told else was

    def _told(self, issue: Issue, was: str | None, said: str, *, wanted: bool) -> bool:
        """Tell of an issue that is not as it was; whether it is told for good."""
        link = self.poll.links.by_issue(self.poll.connection.id, issue.id)
        if link is None:
            return self._new(issue) if wanted else True
        changed = facets.changes(was or "", said)
        if SHOWN_ISSUE in link.wants:  # a person may have put back what this poll knew before our write
            changed = facets.joined(changed, (ISSUE_FIELDS,))
        changed = facets.followed(changed, self.poll.settings.sync)
        if link.state is not LinkState.PARKED:
            changed = facets.unseen(changed, link.issue_seen, said)
        link = replace(link, issue_heard=said)
        if not was and asked(link, changed, self.poll.now()):
            return True  # remembered anew: the link itself says that it is due
        return self._changed(link, changed, wanted=wanted)

    def _changed(self, link: Link, changed: tuple[str, ...], *, wanted: bool) -> bool:
        now = self.poll.now()
        if link.gone_since:
            return self.teller.tell(replace(proving.coming_back(link, now), heard_at=now), (), self.cause)
        if not wanted:
            return self._leave(link)
        if link.state is LinkState.LEFT:
            return self.teller.tell(replace(revived(link), heard_at=now), (), self.cause)
        if not changed:
            proving.confirm(self.poll.links, link, SHOWN_ISSUE, now=now)
        if not changed or link.state is LinkState.UNLINKED:  # until a person links or copies it again
            return True
        return self.teller.tell(replace(link, heard_at=now, backfill=False), changed, self.cause)

    def _leave(self, link: Link) -> bool:
        now = self.poll.now()
        if link.state not in (LinkState.WAITING, LinkState.SYNCED, LinkState.PARKED):
            return True
        if link.lease_until > now:
            return False
        left = replace(link, state=LinkState.LEFT, due_at=0.0, wants=(), cause="", next_step="")
        try:
            self.poll.links.save(replace(left, updated_at=now))
        except Stale:
            return False
        line = Activity(link.connection_id, now, "left", self.cause, OUT_OF_SYNC, direction="")
        self.poll.activity.add(about(link, line))
        return True

    def _new(self, issue: Issue) -> bool:
        """Link an issue that has no twin yet; whether that is done."""
        if self.made >= NEW_A_POLL or self._may_be_ours():
            return False
        link = Link(
            id=uuid4().hex,
            connection_id=self.poll.connection.id,
            issue_id=issue.id,
            issue_number=issue.number,
            issue_address=self.poll.tracker.web_address(issue),
            state=LinkState.WAITING,
            heard_at=self.poll.now(),
            backfill=self.backfill,
            issue_heard=facets.said(issue),
        )
        self.made += 1
        return self.teller.make(link, self.cause, later=LATER if self.backfill else 0.0)

    def _may_be_ours(self) -> bool:
        """Whether the issue may have been made by us just now, by a worker that is not done."""
        links, name = self.poll.links, self.poll.connection.id
        offered = born.offered(self.poll.settings.sync.births)
        return (offered and born.under_way(links, name)) or self.remaking

    def _absent(self, listing: Listing) -> dict[str, str]:
        """Tell of the issues that are gone; returns what to remember of all that are missing."""
        answering = {issue.id for issue in listing.issues}
        verdict = missing.judge(
            self.before,
            listed=answering | {odd.issue_id for odd in listing.unreadable if odd.issue_id},
            answering=answering,
            complete=listing.complete,
            now=self.poll.now(),
        )
        for one in verdict.doubted:
            self._doubt(one)
        untold = [one for one in verdict.gone if not self._gone(one)]
        kept = {key: self.before[key] for one in untold for key in missing.keys(one)}
        return verdict.kept | kept

    def _gone(self, issue_id: str) -> bool:
        link = self.poll.links.by_issue(self.poll.connection.id, issue_id)
        over = (LinkState.UNLINKED, LinkState.LEFT, LinkState.GONE, LinkState.COPIED)
        if link is None or link.issue_id != issue_id or link.gone_since or link.state in over:
            return True
        now = self.poll.now()
        return self.teller.tell(replace(link, gone_since=now), (ISSUE_FIELDS,), self.cause)

    def _doubt(self, issue_id: str) -> None:
        """Say on the pair that its issue cannot be read (A19): no worker finds out more, so it is parked."""
        link, now = self.poll.links.by_issue(self.poll.connection.id, issue_id), self.poll.now()
        open_ = (LinkState.WAITING, LinkState.SYNCED)
        if link is None or link.state not in open_ or link.gone_since or link.lease_until > now:
            return
        parked = replace(link, state=LinkState.PARKED, cause=NOT_READABLE, next_step=NOT_READABLE_STEP)
        try:
            self.poll.links.save(replace(parked, tries=0, due_at=0.0, updated_at=now))
        except Stale:
            return
        line = Activity(link.connection_id, now, "parked", self.cause, NOT_READABLE, direction="")
        self.poll.activity.add(about(link, replace(line, next_step=NOT_READABLE_STEP)))

    def _listed_again(self, issue_id: str) -> None:
        """Let a pair go on that was parked while its issue was missing."""
        link = self.poll.links.by_issue(self.poll.connection.id, issue_id)
        if link and link.state is LinkState.PARKED and not link.gone_since:
            self.teller.tell(link, (), self.cause)
