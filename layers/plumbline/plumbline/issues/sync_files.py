"""Files both ways, exactly once each, streamed, the bytes proven by SHA-256 (A33, A34).

To Procore a file travels with a comment: whether an update of an observation appends or replaces its files is
confirmed by no public source. To the tracker it goes by way of the worker's disk.
"""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.cxalloy.model import IssueFile
from plumbline.errors import EffectUnknown, Reject, Retry
from plumbline.issues import comment_text, copy_plan
from plumbline.issues.copy_plan import PostComment, SendFile
from plumbline.procore import transfer, wire
from plumbline.stores.records import Intent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.observations import Attachment
    from plumbline.procore.transfer import Spooled
    from plumbline.stores.records import Link

MOST_IN_A_NOTE = 10


def attachment_key(attachment_id: str) -> str:
    """The intent's name for one file of Procore: its result is the tracker's file with the same bytes."""
    return f"attachment#{attachment_id}"


@dataclass(slots=True)
class Files:
    """The files of one connection's pairs."""

    context: Context
    wrote_to_tracker: bool = False

    # ---- To Procore --------------------------------------------------------------------------------------

    def to_procore(self, link: Link, issue: Issue) -> None:
        """Upload what Procore does not have and attach it all with one comment."""
        carrying = self.context.carrying
        intents = carrying.progress(link).intents
        for known in [one for one in intents.values() if one.key.startswith("files#") and not one.result_id]:
            # an unsettled note comes first: whether it was posted decides what is still to be sent
            self._post(link, known.key, self._begun(link, issue, known.file_ids))
        intents = carrying.progress(link).intents
        there = _at_procore(intents)
        new = [file for file in issue.files if file.id not in there and not _may_be_coming(file, intents)]
        for start in range(0, len(new), MOST_IN_A_NOTE):
            files = new[start : start + MOST_IN_A_NOTE]
            self._post(link, copy_plan.files_key([file.id for file in files]), files)

    def _begun(self, link: Link, issue: Issue, file_ids: Iterable[str]) -> list[IssueFile]:
        """The files of a note that may be posted already, whether or not the issue still has them all."""
        there = {file.id: file for file in issue.files}
        stored = {
            one.file_id: IssueFile(one.file_id, one.name, one.size, None)
            for one in self.context.carrying.links.files(link.id)
        }
        return [(there.get(id_) or stored[id_]) for id_ in file_ids if id_ in there or id_ in stored]

    def _post(self, link: Link, key: str, files: list[IssueFile]) -> None:
        carrying = self.context.carrying
        for file in files:
            if not carrying.progress(link).usable(file.id, carrying.procore.identity, carrying.now()):
                carrying.carry_out(link, SendFile(file), "")
        ids = tuple(file.id for file in files)
        carrying.posted.clear()
        self.context.post(
            link, PostComment(key, comment_text.files_mark(ids), comment_text.files_note(files), ids)
        )
        for log in carrying.posted:
            self.bind(link, log.attachments, ids)
        self.context.tell(link, "file", f"{', '.join(file.name for file in files)} carried over.")

    def bind(self, link: Link, attachments: Iterable[Attachment], file_ids: Iterable[str]) -> None:
        """Remember which files of Procore are ones that we brought there, by name and order."""
        links = self.context.carrying.links
        stored = {one.file_id: one for one in links.files(link.id)}
        waiting = [stored[id_] for id_ in file_ids if id_ in stored]
        for attachment in attachments:
            mine = next((one for one in waiting if one.name == attachment.name), None)
            if mine:
                waiting.remove(mine)
                at = self.context.carrying.now()
                links.put_intent(
                    Intent(link.id, attachment_key(attachment.id), started_at=at, result_id=mine.file_id)
                )

    # ---- To the tracker ----------------------------------------------------------------------------------

    def to_tracker(self, link: Link, issue: Issue, attachments: Iterable[Attachment]) -> None:
        """Bring over each file of Procore that the issue does not have."""
        intents = self.context.carrying.progress(link).intents
        for attachment in attachments:
            known = intents.get(attachment_key(attachment.id))
            if not (known and known.result_id):
                self._bring(link, issue, attachment, known)
                intents = self.context.carrying.progress(link).intents

    def _bring(self, link: Link, issue: Issue, attachment: Attachment, known: Intent | None) -> None:
        carrying = self.context.carrying
        carrying.check_time()
        try:
            with carrying.procore.fetch(attachment) as chunks:
                spooled = transfer.spool(chunks)
        except Reject as refusal:
            if refusal.code != "not_found":
                raise
            raise Retry(
                f"The file {attachment.name} went away while it was read", after=5, counts=True
            ) from refusal
        with spooled.file:
            if known is None and (mine := self._ours(link, attachment, spooled)):
                self.bind(link, [attachment], [mine])
                return
            if known is None and (twin := self._twin(link, issue, attachment, spooled)):
                at = carrying.now()
                carrying.links.put_intent(Intent(link.id, attachment_key(attachment.id), at, result_id=twin))
                return
            self._upload(link, issue, attachment, known, spooled)
        self.wrote_to_tracker = True
        self.context.tell(link, "file", f"{attachment.name} carried over.", direction="to_tracker")

    def _ours(self, link: Link, attachment: Attachment, spooled: Spooled) -> str:
        """The tracker's file that this is a copy of: same name, same bytes, brought by us, not known yet."""
        intents = self.context.carrying.progress(link).intents
        bound = {one.result_id for one in intents.values() if one.key.startswith("attachment#")}
        for stored in self.context.carrying.links.files(link.id):
            same = (stored.name, stored.sha256) == (attachment.name, spooled.sha256)
            if same and stored.file_id not in bound and stored.file_id in _at_procore(intents):
                return stored.file_id
        return ""

    def _twin(self, link: Link, issue: Issue, attachment: Attachment, spooled: Spooled) -> str:
        """A file that both twins had before they were joined, with the same name and the same bytes (A11).

        Of twins that we made, equal files are two that people added, one on each side.
        """
        intents = self.context.carrying.progress(link).intents
        if copy_plan.OBSERVATION in intents:
            return ""
        there, alike = _at_procore(intents), (attachment.name, spooled.size)
        file = next(
            (one for one in issue.files if (one.name, one.size) == alike and one.id not in there), None
        )
        if file is None:
            return ""
        with self.context.carrying.tracker.download(self.context.tracker_project, file) as (chunks, _):
            held = transfer.spool(chunks)
        with held.file:
            return file.id if held.sha256 == spooled.sha256 else ""

    def _upload(
        self, link: Link, issue: Issue, attachment: Attachment, known: Intent | None, spooled: Spooled
    ) -> None:
        carrying, project = self.context.carrying, self.context.tracker_project

        def look(intent: Intent) -> str:
            return _made_by(intent, carrying.read(link), carrying.progress(link).intents)

        def make() -> str:
            before = {file.id for file in (carrying.read(link) or issue).files}
            carrying.check_time()
            told = carrying.tracker.upload_file(
                project,
                issue.id,
                name=attachment.name,
                content_type=mimetypes.guess_type(attachment.name)[0] or "application/octet-stream",
                size=spooled.size,
                open_chunks=lambda: _chunks(spooled),
            )
            after = carrying.read_after(link)
            new = [file.id for file in (after.files if after else ()) if file.id not in before]
            if told and told in new:
                return told
            found = next((id_ for id_ in new if _named(after, id_) == attachment.name), "")
            if not found:
                raise EffectUnknown(f"CxAlloy took {attachment.name} and does not show it yet", after=15)
            return found

        carrying.once(link).ensure(
            known,
            attachment_key(attachment.id),
            look=look,
            make=make,
            source={
                "name": attachment.name,
                "size": spooled.size,
                "before": [file.id for file in (carrying.latest or issue).files],
            },
        )


def _named(issue: Issue | None, file_id: str) -> str:
    return next((file.name for file in (issue.files if issue else ()) if file.id == file_id), "")


def _at_procore(intents: Mapping[str, Intent]) -> set[str]:
    """The tracker's files whose bytes are at Procore: carried there by us, or brought from there."""
    there: set[str] = set()
    for one in intents.values():
        if one.result_id and (one.key == copy_plan.OBSERVATION or one.key.startswith(("files#", "file#"))):
            there |= set(one.file_ids)
        if one.key.startswith("attachment#"):
            there.add(one.result_id)
    return there


def _may_be_coming(file: IssueFile, intents: Mapping[str, Intent]) -> bool:
    """Whether a file may have come from Procore just now, by an upload whose answer never came."""
    return any(
        one.key.startswith("attachment#") and not one.result_id and _may_be(file, one)
        for one in intents.values()
    )


def _may_be(file: IssueFile, intent: Intent) -> bool:
    """Whether a file may be what this upload made: of its name and size, and not there before."""
    of_it = file.name == intent.source.get("name") and file.size in (None, intent.source.get("size"))
    return of_it and file.id not in intent.source.get("before", ())


def _made_by(intent: Intent, issue: Issue | None, intents: Mapping[str, Intent]) -> str:
    """The file of the issue that an unanswered upload made; one that Procore has already is another's."""
    there = _at_procore(intents)
    files = issue.files if issue else ()
    return next((file.id for file in files if _may_be(file, intent) and file.id not in there), "")


def _chunks(spooled: Spooled) -> Iterator[bytes]:
    spooled.file.seek(0)
    while chunk := spooled.file.read(wire.CHUNK):
        yield chunk
