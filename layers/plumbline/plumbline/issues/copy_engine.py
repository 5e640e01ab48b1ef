"""Carries a copy plan out, one issue at a time, and remembers each step as it is proven.

The worker holds the link's lease. What it may end with: the issue is copied; it waits (`due_at` says until
when, the sweep brings it back); or it is parked with a cause and a next step, and delays no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.errors import Reject, Retry
from plumbline.issues import copy_plan
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.carrying import Carrying
    from plumbline.issues.copy_plan import Step
    from plumbline.stores.records import Link

# People may add to an issue while it is being copied; what they add is brought over too, within reason.
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a copy ended, for the log."""

    name: str  # "copied", "already_copied" or "not_wanted"
    link: Link
    message: str
    status_before: str = ""
    status_after: str = ""


@dataclass(slots=True)
class CopyEngine:
    """Copies issues of one connection."""

    settings: IssueSettings
    carrying: Carrying

    def copy(self, link: Link) -> Outcome:
        """Bring one leased link to its end. Raises `Retry`, `Reject` or `NeedsAuthorization`."""
        issue = self.carrying.read(link)
        if link.state is LinkState.COPIED:
            return self._again(link, issue)
        if not self.carrying.progress(link).begun() and not self._wanted(link, issue):
            return Outcome(
                "not_wanted", link, "The issue left the trigger status before anything was copied."
            )
        for _ in range(ROUNDS):
            if issue is None:
                raise Reject(
                    "issue_gone",
                    "The issue can no longer be read in CxAlloy, and its copy is not complete.",
                    "Restore the issue and retry, or delete the unfinished observation in Procore.",
                )
            address = self.carrying.tracker.web_address(issue)
            steps = self._plan(link, issue, address)
            if not steps:
                return self._finish(link, issue)
            for step in steps:
                link = self.carrying.carry_out(link, step, address)
            issue = self.carrying.read(link)
        raise Retry("People keep adding to the issue; the copy goes on shortly", after=60)

    def _wanted(self, link: Link, issue: Issue | None) -> bool:
        """Whether to begin at all; a person who asks for another copy does so in the done status (A4)."""
        return issue is not None and (link.generation > 1 or copy_plan.wanted(issue, self.settings))

    def _plan(self, link: Link, issue: Issue, address: str) -> tuple[Step, ...]:
        progress = self.carrying.progress(link)
        return copy_plan.plan(
            issue,
            self.settings,
            progress,
            address,
            twins=self.carrying.procore.page(""),
            identity=self.carrying.procore.identity,
            now=self.carrying.now(),
        )

    def _finish(self, link: Link, issue: Issue) -> Outcome:
        """Everything is over there: set the done status, unless a person set another one meanwhile."""
        before, done = issue.status_id or "", self.settings.done_status_id
        kept = before not in (self.settings.trigger_status_id, done)
        if before == self.settings.trigger_status_id:
            self.carrying.tracker.set_status(self.carrying.tracker_project_id, issue.id, done)
        comments = copy_plan.comments(issue, self.carrying.procore.page(""))
        message = f"Copied with {len(comments)} comments and {len(issue.files)} files."
        if kept:
            message += " The status that a person set meanwhile is kept."
        return Outcome("copied", link, message, before, before if kept else done)

    def _again(self, link: Link, issue: Issue | None) -> Outcome:
        """A copied issue is never copied twice; in the trigger status again, it gets the done status (A4)."""
        if issue is None or not copy_plan.wanted(issue, self.settings):
            return Outcome("not_wanted", link, "The issue is copied already.")
        self.carrying.tracker.set_status(
            self.carrying.tracker_project_id, issue.id, self.settings.done_status_id
        )
        number = link.observation_number or link.observation_id
        return Outcome(
            "already_copied",
            link,
            f"Already copied as #{number}; the done status is set again.",
            issue.status_id or "",
            self.settings.done_status_id,
        )
