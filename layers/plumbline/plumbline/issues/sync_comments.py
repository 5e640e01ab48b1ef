"""Comments both ways, exactly once each, oldest first, with author and time (A30-A32, A35).

Told apart by the ids that were stored when each was carried over; the mark in a comment's first line finds it
again after a crash. Never by author: the authorizer's own comments travel like anyone's (A16).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from plumbline.errors import EffectUnknown
from plumbline.issues import copy_plan, text
from plumbline.issues.copy_plan import PostComment
from plumbline.issues.sync_fields import digest
from plumbline.stores.records import Intent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plumbline.cxalloy.model import Comment, Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.observations import ResponseLog
    from plumbline.stores.records import Link

OURS = ("comment#", "files#", "file#", "asset#")
"""Keys of the intents that made a response log at Procore."""


def log_key(log_id: str) -> str:
    """The intent's name for one comment of Procore."""
    return f"log#{log_id}"


@dataclass(slots=True)
class Comments:
    """The comments of one connection's pairs."""

    context: Context
    wrote_to_tracker: bool = False

    def to_procore(self, link: Link, issue: Issue) -> None:
        """Post what people wrote on the issue and Procore does not have."""
        carrying = self.context.carrying
        intents = carrying.progress(link).intents
        for comment in copy_plan.comments(issue, carrying.procore.page("")):
            if self._from_procore(comment, intents):
                continue
            for step in self._steps(comment, intents):
                carrying.carry_out(link, step, "")
                self._note(link, step.key)
                self.context.tell(link, "comment", f"A comment of {comment.author or 'unknown'} carried over.")

    def _steps(self, comment: Comment, intents: Mapping[str, Intent]) -> list[PostComment]:
        key, said = copy_plan.comment_key(comment.id), digest("\0" * 300 + comment.text) or ""
        written = text.comment(comment)
        known = intents.get(key)
        if known is None or not known.result_id:
            return [PostComment(key, text.comment_mark(comment.id), written, source={"said": said})]
        if self.context.settings.sync.comment_edits == "ignore" or known.source.get("said", said) == said:
            return []
        again = f"{key}@{said[-12:]}"
        done = intents.get(again)
        if done and done.result_id:
            return []
        mark = f"{text.comment_mark(comment.id)}\n(edited)"
        return [PostComment(again, mark, text.edited(written))]

    def _from_procore(self, comment: Comment, intents: Mapping[str, Intent]) -> bool:
        """Whether a comment on the issue is one that we brought there."""
        known = intents.get(log_key(text.log_of(comment.text)))
        return known is not None and known.result_id in ("", "written", comment.id)

    def _note(self, link: Link, key: str) -> None:
        made = next(one for one in self.context.carrying.links.intents(link.id) if one.key == key)
        self.context.carrying.links.note_log(link.connection_id, made.result_id, link.id)

    def to_tracker(self, link: Link, issue: Issue, logs: Iterable[ResponseLog]) -> tuple[ResponseLog, ...]:
        """Write on the issue what people said at Procore; returns the logs that are people's."""
        carrying = self.context.carrying
        intents = carrying.progress(link).intents
        ours = {one.result_id for one in intents.values() if one.key.startswith(OURS)}
        theirs: list[ResponseLog] = []
        for log in logs:
            if not (log.comment or "").strip() and not log.attachments:
                continue  # a status change that Procore records as an empty comment (A35)
            if log.id in ours or self._adopt(link, issue, log, intents):
                continue
            theirs.append(log)
            known = intents.get(log_key(log.id))
            if (log.comment or "").strip() and not (known and known.result_id):
                self._bring(link, issue, log, known)
            elif not known:
                carrying.links.note_log(link.connection_id, log.id, link.id)
        return tuple(theirs)

    def _bring(self, link: Link, issue: Issue, log: ResponseLog, known: Intent | None) -> None:
        """Carry one comment over, unless the issue shows it already: then only our memory of it was lost."""
        links = self.context.carrying.links
        there = next((one.id for one in issue.comments if text.log_of(one.text) == log.id), "")
        if there and known is None:
            links.put_intent(
                Intent(link.id, log_key(log.id), started_at=self.context.carrying.now(), result_id=there)
            )
        else:
            self._write(link, issue, log, known)
            self.wrote_to_tracker = True
            said = f"A comment of {log.author or 'unknown'} carried over."
            self.context.tell(link, "comment", said, direction="to_tracker")
        links.note_log(link.connection_id, log.id, link.id)

    def _adopt(self, link: Link, issue: Issue, log: ResponseLog, intents: Mapping[str, Intent]) -> bool:
        """Recognise a log that says it carries what we posted for this issue, of which we know no log yet."""
        posted = next((one for one in intents.values() if _unanswered(one, log)), None)
        if posted:
            self.context.carrying.links.put_intent(replace(posted, result_id=log.id))
            self.context.carrying.links.note_log(link.connection_id, log.id, link.id)
            return True
        comment_id = text.tracker_comment_of(log.comment or "")
        key = copy_plan.comment_key(comment_id)
        if key in intents or all(one.id != comment_id for one in issue.comments):
            return False
        at = self.context.carrying.now()
        self.context.carrying.links.put_intent(Intent(link.id, key, started_at=at, result_id=log.id))
        self.context.carrying.links.note_log(link.connection_id, log.id, link.id)
        return True

    def _write(self, link: Link, issue: Issue, log: ResponseLog, known: Intent | None) -> None:
        carrying, project = self.context.carrying, self.context.tracker_project
        carrying.check_time()

        def find(seen: Issue | None) -> str:
            written = seen.comments if seen else ()
            return next((one.id for one in written if text.log_of(one.text) == log.id), "")

        def make() -> str:
            body = text.log_comment(log.id, log.author, _when(log.created_at), log.comment or "")
            told = carrying.tracker.add_comment(project, issue.id, body)
            found = find(carrying.read(link))
            if not found:
                raise EffectUnknown("CxAlloy took a comment and does not show it yet", after=15)
            return told or found

        carrying.once(link).ensure(known, log_key(log.id), look=lambda _: find(carrying.read(link)), make=make)


def _unanswered(intent: Intent, log: ResponseLog) -> bool:
    """Whether this log may be what an unanswered post of ours became."""
    mark = str(intent.source.get("mark") or "")
    return bool(
        intent.key.startswith(OURS) and not intent.result_id and mark and mark in (log.comment or "")
    )


def _when(moment: float | None) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else ""
