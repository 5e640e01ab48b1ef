"""Comments both ways, exactly once each, oldest first, with author and time (A30-A32, A35).

Told apart by the ids that were stored when each was carried over; the mark in a comment's first line finds it
again after a crash. Never by author: the authorizer's own comments travel like anyone's (A16).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from plumbline.errors import EffectUnknown
from plumbline.issues import comment_text, copy_plan, hints, proving, text
from plumbline.issues.copy_plan import PostComment
from plumbline.stores.records import Intent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plumbline.cxalloy.model import Comment, Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.observations import ResponseLog
    from plumbline.stores.records import Link


def log_key(log_id: str) -> str:
    """The intent's name for one comment of Procore."""
    return f"{copy_plan.LOG}{log_id}"


def asset_step(count: int, source: Mapping[str, Any]) -> PostComment:
    """The note about one change of the asset; `source` has its line before and after, "from" and "to"."""
    line = str(source["to"] or text.NO_ASSET)
    return PostComment(
        f"asset#{count}", comment_text.asset_mark(count), comment_text.asset_note(line, count), source=source
    )


@dataclass(slots=True)
class Comments:
    """The comments of one connection's pairs."""

    context: Context
    wrote_to_tracker: bool = False
    taken_back: bool = False

    def to_procore(self, link: Link, issue: Issue) -> None:
        """Post what people wrote on the issue and Procore does not have."""
        carrying = self.context.carrying
        intents = carrying.progress(link).intents
        for comment in copy_plan.comments(issue, carrying.procore.page("")):
            if self._from_procore(comment, intents):
                continue
            while step := self._step(comment, intents):
                self.context.post(link, step)
                intents = self._remembered(link, comment, step)
                self.context.tell(
                    link, "comment", f"A comment of {comment.author or 'unknown'} carried over."
                )

    def _step(self, comment: Comment, intents: Mapping[str, Intent]) -> PostComment | None:
        """What is to be posted of one comment: itself, or the edit that people made since."""
        key, said = copy_plan.comment_key(comment.id), _print(comment.text)
        known, written = intents.get(key), comment_text.comment(comment)
        if known is None or not known.result_id:
            return PostComment(key, comment_text.comment_mark(comment.id), written, source={"said": said})
        if self.context.settings.sync.comment_edits == "ignore" or known.source.get("said", said) == said:
            return None
        count = int(known.source.get("edits", 0)) + 1
        posted = comment_text.edited(written, comment.id, count)
        mark = comment_text.edit_mark(comment.id, count)
        return PostComment(f"{key}@{count}", mark, posted, source={"said": said})

    def _remembered(self, link: Link, comment: Comment, step: PostComment) -> Mapping[str, Intent]:
        """Remember of a comment what the last of its edits said, for its text may go back to a former one."""
        links = self.context.carrying.links
        intents = self.context.carrying.progress(link).intents
        known, made = intents[copy_plan.comment_key(comment.id)], intents[step.key]
        if made is not known:
            count = int(made.key.rpartition("@")[2])
            links.put_intent(
                replace(known, source={**known.source, "said": made.source.get("said"), "edits": count})
            )
        return self.context.carrying.progress(link).intents

    def _from_procore(self, comment: Comment, intents: Mapping[str, Intent]) -> bool:
        """Whether a comment on the issue is one that we brought there."""
        known = intents.get(log_key(comment_text.log_of(comment.text)))
        return known is not None and known.result_id in ("", "written", comment.id)

    def shown(self, link: Link, logs: Iterable[ResponseLog], *, whole: bool) -> None:
        """Look whether what Procore acknowledged is there; what it dropped is to be posted again.

        Only a whole list proves that something is missing, and not before the list must have it; one that
        shows nothing of what is known to be there proves nothing.
        """
        carrying, there = self.context.carrying, {log.id for log in logs}
        progress, unshown = carrying.progress(link), self.context.unshown
        known = {log_id for log_id in progress.logs() if hints.shown_log(log_id) not in unshown}
        whole = whole and (not known or bool(known & there))
        for intent in progress.intents.values():
            word = hints.shown_log(intent.result_id)
            if not intent.key.startswith(copy_plan.POSTED) or word not in unshown:
                continue
            if intent.result_id in there:
                unshown.discard(word)
            elif whole and carrying.now() - intent.started_at > proving.LATEST / 2:
                self._take_back(link, intent)

    def _take_back(self, link: Link, intent: Intent) -> None:
        links = self.context.carrying.links
        self.context.unshown.discard(hints.shown_log(intent.result_id))
        self.context.tell(link, "failed", "Procore took a comment and does not show it; it is posted again.")
        links.drop_intent(link.id, intent.key)
        for one in links.intents(link.id):
            if one.key.startswith("attachment#") and one.result_id in intent.file_ids:
                links.drop_intent(link.id, one.key)
        if intent.key.startswith("asset#"):
            self.context.post(link, asset_step(int(intent.key.partition("#")[2]), intent.source))
        else:
            self.taken_back = True

    def to_tracker(self, link: Link, issue: Issue, logs: Iterable[ResponseLog]) -> tuple[ResponseLog, ...]:
        """Write on the issue what people said at Procore; returns the logs that are people's."""
        carrying = self.context.carrying
        intents = carrying.progress(link).intents
        ours = {one.result_id for one in intents.values() if one.key.startswith(copy_plan.POSTED)}
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
        there = next((one.id for one in issue.comments if comment_text.log_of(one.text) == log.id), "")
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
        made = _told(log, issue)
        if made is None or made[0] in intents:
            return False
        at = self.context.carrying.now()
        settled = Intent(link.id, made[0], started_at=at, result_id=log.id, file_ids=made[1])
        self.context.carrying.links.put_intent(settled)
        self.context.carrying.links.note_log(link.connection_id, log.id, link.id)
        return True

    def _write(self, link: Link, issue: Issue, log: ResponseLog, known: Intent | None) -> None:
        carrying, project = self.context.carrying, self.context.tracker_project
        carrying.check_time()

        def find(seen: Issue | None) -> str:
            written = seen.comments if seen else ()
            return next((one.id for one in written if comment_text.log_of(one.text) == log.id), "")

        def make() -> str:
            body = comment_text.log_comment(log.id, log.author, _when(log.created_at), log.comment or "")
            told = carrying.tracker.add_comment(project, issue.id, body)
            found = find(carrying.read_after(link))
            if not found:
                raise EffectUnknown("CxAlloy took a comment and does not show it yet", after=15)
            return told or found

        carrying.once(link).ensure(
            known, log_key(log.id), look=lambda _: find(carrying.read(link)), make=make
        )


def _print(body: str) -> str:
    """A text's fingerprint, however short the text is."""
    return hashlib.sha256(body.encode()).hexdigest()


def _told(log: ResponseLog, issue: Issue) -> tuple[str, tuple[str, ...]] | None:
    """The intent's name, and the files, of what a log says it carries of this issue; None for neither."""
    comment_id = comment_text.tracker_comment_of(log.comment or "")
    if any(one.id == comment_id for one in issue.comments):
        return copy_plan.comment_key(comment_id), ()
    file_ids = comment_text.tracker_files_of(log.comment or "")
    if file_ids and set(file_ids) <= {file.id for file in issue.files}:
        return copy_plan.files_key(file_ids), file_ids
    return None


def _unanswered(intent: Intent, log: ResponseLog) -> bool:
    """Whether this log may be what an unanswered post of ours became."""
    mark = str(intent.source.get("mark") or "")
    return bool(
        intent.key.startswith(copy_plan.POSTED)
        and not intent.result_id
        and mark
        and mark in (log.comment or "")
    )


def _when(moment: float | None) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC") if moment else ""
