"""One pass over one pair: reads what the hint asks for, and brings both sides to agreement (A10-A35).

The worker holds the link's lease. Each part remembers its steps as they are proven; cut off anywhere, the
next pass finds what is missing and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject, Retry
from plumbline.issues import copy_plan, facets, hints, proving, sync_fields, sync_plan
from plumbline.issues.births import ISSUE, Births
from plumbline.issues.deletions import Deletions
from plumbline.issues.lookups import Lookups
from plumbline.issues.never_made import NeverMade
from plumbline.issues.sync_comments import Comments
from plumbline.issues.sync_context import Task, seen
from plumbline.issues.sync_create import Creating
from plumbline.issues.sync_files import Files
from plumbline.issues.sync_writes import Fields
from plumbline.issues.undoing import Undoing
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.client import Answer
    from plumbline.procore.observations import Attachment, Observation
    from plumbline.stores.records import Link

    Shown = tuple[Observation, Answer]

OFF = frozenset({LinkState.UNLINKED, LinkState.LEFT})
_AWAY = (LinkState.GONE, LinkState.HELD)


@dataclass(frozen=True, slots=True)
class Parts:
    """The three kinds of things that a pair is kept true in.

    `attachments` are the observation's as read, `processed` the facets of the issue that were looked at.
    """

    fields: Fields
    comments: Comments
    files: Files
    attachments: list[Attachment] = field(default_factory=list)
    processed: set[str] = field(default_factory=set)


@dataclass(slots=True)
class SyncEngine:
    """Syncs the pairs of one connection."""

    context: Context

    def sync(self, link: Link, task: Task) -> Link:
        """Bring one leased link as far as it can come. Raises `Retry`, `Reject` or `NeedsAuthorization`."""
        if not link.issue_id:
            return Births(self.context).make(link)
        if task.wants(hints.UNDO):
            link = Undoing(self.context).undo(link)
            task = task.whole()
        if link.state in OFF and not task.wants(hints.RELINK):
            return link
        issue, deletions = self.context.carrying.read(link), Deletions(self.context)
        if link.state is LinkState.COPIED:
            return self._copied(link, issue)
        if issue is None:
            return deletions.issue_missing(link)
        if self._half_born(link):
            self.context.save(replace(Births(self.context).make(link), wants=hints.ALL))
            raise Retry("The issue was made; it goes on with what people did since", after=1)
        if link.state is LinkState.HELD and link.pending.get("delete") == "issue":
            task = task.whole()
        elif link.gone_since or proving.BACK in link.pending or link.state in _AWAY:
            link = deletions.issue_back(link, issue)
            task = task.whole()
        if not self._eligible(issue):
            return replace(link, state=LinkState.LEFT)
        return self._pair(link, issue, task, deletions.shown)

    def _half_born(self, link: Link) -> bool:
        """Whether its issue was made and nothing agreed on since: what it shows may be of people."""
        return not link.base and ISSUE in self.context.carrying.progress(link).intents

    def _eligible(self, issue: Issue) -> bool:
        settings = self.context.settings
        return issue.section in settings.sections and copy_plan.passes(issue, settings.filters)

    def _pair(self, link: Link, issue: Issue, task: Task, shown: Shown | None = None) -> Link:
        parts = Parts(
            Fields(self.context, Lookups(self.context)), Comments(self.context), Files(self.context)
        )
        if self._to_be_made(link):
            address = self.context.carrying.tracker.web_address(issue)
            creating = Creating(self.context, parts.fields.lookups, parts.files)
            link, made = creating.make(link, issue, address)
            if made is None:
                return Deletions(self.context).observation_missing(link, issue)
            observation = made
            task = replace(task, facets=frozenset(hints.ALL) - {hints.LOGS})
            parts.processed.add(hints.ISSUE_FIELDS)
            if not link.observed_at:  # found again: people may have changed it since it was made
                task = task.whole()
                parts.attachments.extend(observation.attachments)
                link, issue = parts.fields.agree(link, issue, observation, task)
        elif task.wants(hints.ISSUE_FIELDS, hints.OBSERVATION, hints.REMAP, hints.PICKED):
            if task.deleted and (done := Deletions(self.context).observation_recycled(link, issue)):
                return done
            found = self._observe(link, shown)
            if found is None:
                return Deletions(self.context).observation_missing(link, issue)
            link, observation = found
            parts.attachments.extend(observation.attachments)
            link, issue = parts.fields.agree(link, issue, observation, task)
            parts.processed.add(hints.ISSUE_FIELDS)
        try:
            return self._comments_and_files(link, issue, task, parts)
        except Reject as refusal:
            raise NeverMade(self.context).refused(link, refusal) from refusal

    def _copied(self, link: Link, issue: Issue | None) -> Link:
        """A pair of a one-time copy is kept in sync from now on; one that lost a side stays as it was.

        What both sides hold counts as agreed: the copy never said what else did.
        """
        if issue is None or not self._eligible(issue):
            return link
        found = self.context.carrying.procore.read(link.observation_id)
        if found is None:
            return link
        observation, answer = found
        address = self.context.carrying.tracker.web_address(issue)
        sides = sync_fields.read(issue, observation, link, self.context.settings, address)
        link = sync_plan.agreed(link, sides.tracker, sides.tracker, sides.procore)
        known = replace(seen(link, observation, answer.date), state=LinkState.SYNCED, issue_address=address)
        link = self.context.save(known)
        return self._pair(link, issue, Task(frozenset(hints.ALL), self.context.cause))

    def _to_be_made(self, link: Link) -> bool:
        """Whether the twin is still to be made, or its making to be brought to its end.

        A pair that people linked by hand has a twin and no base yet: it is taken as it is.
        """
        if not link.observation_id:
            return True
        return not link.base and copy_plan.OBSERVATION in self.context.carrying.progress(link).intents

    def _observe(self, link: Link, shown: Shown | None) -> tuple[Link, Observation] | None:
        """Read the observation afresh; raises `Retry` for a copy that is older than our own last write."""
        found = shown or self.context.carrying.procore.read(link.observation_id)
        if found is None:
            return None
        observation, answer = found
        if link.state is LinkState.HELD:
            link = Deletions(self.context).observation_back(link)
        link = proving.lasted(self.context, link, observation)
        return seen(link, observation, answer.date), observation

    def _comments_and_files(self, link: Link, issue: Issue, task: Task, parts: Parts) -> Link:
        """What came from Procore first: it settles which of the issue's comments and files are ours."""
        sync, carrying = self.context.settings.sync, self.context.carrying
        if sync.comments and task.wants(hints.LOGS):
            logs = task.logs or carrying.procore.logs(link.observation_id)
            parts.comments.shown(link, logs, whole=not task.logs)
            theirs = parts.comments.to_tracker(link, issue, logs)
            if sync.files and sync.comment_attachments:
                parts.attachments.extend(one for log in theirs for one in log.attachments)
        if sync.files and parts.attachments:
            parts.files.to_tracker(link, issue, parts.attachments)
        latest = carrying.latest or issue
        news = parts.comments.wrote_to_tracker or parts.comments.taken_back
        if sync.comments and (task.wants(hints.ISSUE_COMMENTS) or news):
            parts.comments.to_procore(link, latest)
            parts.processed.add(hints.ISSUE_COMMENTS)
        news = parts.files.wrote_to_tracker or parts.comments.taken_back
        if sync.files and (task.wants(hints.ISSUE_FILES) or news):
            parts.files.to_procore(link, latest)
            parts.processed.add(hints.ISSUE_FILES)
        now = facets.seen(link.issue_seen, issue, latest, frozenset(parts.processed))
        return self._looked_at(link, now, task)

    def _looked_at(self, link: Link, now: str, task: Task) -> Link:
        """Remember what was looked at, be it our own writing or people's: it is no news to the poll.

        Until a poll saw it too, a person who puts back what the poll knows would be missed.
        """
        unshown = self.context.unshown
        unknown = bool(link.issue_heard) and hints.ISSUE_FIELDS in facets.changes(link.issue_heard, now)
        if task.proving or not unknown:
            unshown.discard(hints.SHOWN_ISSUE)
        elif task.wants(hints.ISSUE_FIELDS, hints.OBSERVATION, hints.REMAP, hints.PICKED):
            unshown.add(hints.SHOWN_ISSUE)
        heard = now if task.proving else link.issue_heard
        return replace(link, issue_seen=now, issue_heard=heard)
