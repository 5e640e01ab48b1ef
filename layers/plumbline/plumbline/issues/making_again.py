"""Makes an issue again that we deleted: with its comments and files, once, and moves the link to it (S15).

CxAlloy TQ has no call that restores. What was stored before the delete is what the new issue is made of; the
files come from the observation, which has the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import Retry
from plumbline.issues import sync_fields, sync_plan, text
from plumbline.issues.born import remade, remaking
from plumbline.issues.copy_plan import comment_key
from plumbline.issues.sync_context import seen
from plumbline.issues.sync_files import Files
from plumbline.stores.records import Intent, LinkState

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Comment, Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link, Undo

_NOT_FIELDS = ("number", "comments", "files")
_UNTOLD = "written"  # the tracker told no id


@dataclass(frozen=True, slots=True)
class MakingAgain:
    """One issue that is made again from what an undo kept of it."""

    context: Context
    undo: Undo

    @property
    def _key(self) -> str:
        return f"again#{self.undo.id}"

    def _intent(self, link: Link, key: str) -> Intent | None:
        return {one.key: one for one in self.context.carrying.links.intents(link.id)}.get(key)

    def moved(self, link: Link) -> bool:
        """Whether the link leads to the new issue already."""
        known = self._intent(link, self._key)
        return known is not None and known.result_id == link.issue_id

    def make(self, link: Link, observation: Observation) -> Link:
        """Make the issue with its comments, move the link, bring the files."""
        links = self.context.carrying.links
        remaking(links, link, now=self.context.carrying.now())
        issue_id = self._issue(link)
        self._comments(link, issue_id)
        if link.issue_id != issue_id:
            self._forget_files(link)
            link = self.context.save(replace(link, issue_id=issue_id))
        issue = self.context.carrying.read(link)
        if issue is None:
            raise Retry("The issue made again cannot be read yet", after=15, counts=True)
        self._recognise(link, issue)
        link = self._joined(link, issue, observation)
        logs = self.context.carrying.procore.logs(link.observation_id)
        attachments = [*observation.attachments, *(one for log in logs for one in log.attachments)]
        Files(self.context).to_tracker(link, issue, attachments)
        remade(links, link)
        return link

    def _issue(self, link: Link) -> str:
        carrying, project = self.context.carrying, self.context.tracker_project
        given: dict[str, Any] = self.undo.before
        fields = {name: value for name, value in given.items() if name not in _NOT_FIELDS and value}
        wanted = text.plain(str(given.get("description") or ""))

        def look(_: Intent) -> str:
            for page in carrying.tracker.issues(project):
                for issue in page.issues:
                    free = carrying.links.by_issue(link.connection_id, issue.id) is None
                    if free and text.alike(text.plain(issue.description), wanted):
                        return issue.id
            return ""

        known = self._intent(link, self._key)
        make = carrying.once(link).ensure
        return make(
            known, self._key, look=look, make=lambda: carrying.tracker.create_issue(project, fields)
        ).result_id

    def _comments(self, link: Link, issue_id: str) -> None:
        for place, body in enumerate(self.undo.before.get("comments", ())):
            self._comment(link, issue_id, f"{self._key}#{place}", body)

    def _comment(self, link: Link, issue_id: str, key: str, body: str) -> None:
        carrying, project = self.context.carrying, self.context.tracker_project
        claimed = {
            one.result_id for one in carrying.links.intents(link.id) if one.key.startswith(f"{self._key}#")
        }

        def look(_: Intent) -> str:
            issue = carrying.tracker.issue(project, issue_id)
            written = issue.comments if issue else ()
            return next((one.id for one in written if _same(one, body) and one.id not in claimed), "")

        known = self._intent(link, key)
        carrying.once(link).ensure(
            known,
            key,
            look=look,
            make=lambda: carrying.tracker.add_comment(project, issue_id, body) or _UNTOLD,
        )

    def _forget_files(self, link: Link) -> None:
        """Which files of Procore the deleted issue had: the new one has none of them yet."""
        links = self.context.carrying.links
        links.drop_files(link.id)
        for intent in links.intents(link.id):
            if intent.key.startswith("attachment#"):
                links.drop_intent(link.id, intent.key)

    def _recognise(self, link: Link, issue: Issue) -> None:
        """The comments that we just wrote are at Procore already; what people wrote meanwhile is not."""
        links, at = self.context.carrying.links, self.context.carrying.now()
        ours = [text.plain(body) for body in self.undo.before.get("comments", ())]
        for comment in issue.comments:
            if any(_same(comment, body) for body in ours):
                links.put_intent(Intent(link.id, comment_key(comment.id), at, result_id="undo"))

    def _joined(self, link: Link, issue: Issue, observation: Observation) -> Link:
        """Set what was agreed: the issue as it was made, the observation as it was before it was deleted."""
        address = self.context.carrying.tracker.web_address(issue)
        link, observation = self._relinked(link, issue, observation, address)
        sides = sync_fields.read(issue, observation, link, self.context.settings, address)
        former = {name: pair[1] for name, pair in link.base.items() if name in sides.procore}
        link = sync_plan.agreed(link, sides.tracker, sides.tracker, {**sides.procore, **former})
        return self.context.save(
            replace(
                link,
                state=LinkState.SYNCED,
                gone_since=0.0,
                pending={},
                issue_number=issue.number,
                issue_address=address,
            )
        )

    def _relinked(
        self, link: Link, issue: Issue, observation: Observation, address: str
    ) -> tuple[Link, Observation]:
        """Let the link line lead to the new issue, where one is left and nothing is formatted (A24, A26)."""
        before = sync_fields.read(issue, observation, link, self.context.settings, link.issue_address)
        if before.formatted or not before.parts.link or link.issue_address == address:
            return link, observation
        written = text.joined(text.fitted(replace(before.parts, link=text.link_line(issue, address))))
        after, answer = self.context.carrying.procore.update(link.observation_id, {"description": written})
        return self.context.save(seen(link, after, answer.date)), after


def _same(comment: Comment, body: str) -> bool:
    return text.plain(comment.text) == text.plain(body)
