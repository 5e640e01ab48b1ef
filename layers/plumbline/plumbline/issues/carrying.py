"""Carries an issue's observation, comments and files over to Procore: each step once, remembered as proven.

Shared by the one-time copy and ongoing sync. The worker holds the link's lease.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.issues import copy_plan, text
from plumbline.issues.copy_plan import MakeObservation, PostComment, Progress, SendEmail, SendFile
from plumbline.issues.once import Once
from plumbline.stores.records import LinkState, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue, IssueFile
    from plumbline.issues.copy_plan import Step
    from plumbline.issues.procore_side import ProcoreSide
    from plumbline.procore.observations import Observation, ResponseLog
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Intent, Link

# A step is not begun with less than this left: a file of some size, or a slow answer, takes it.
STEP_SECONDS = 10.0


@dataclass(slots=True)
class Carrying:
    """The steps of one connection's issues.

    `time_left` gives the seconds until the worker is ended, `adopt_after` how long the vendor's lists may
    lag behind its writes. `answered` and `found` hold what Procore last said of an observation: in full where
    it was made just now, as listed where it was found again; `latest` is the issue as last read.
    """

    tracker: CxAlloyClient
    tracker_project_id: str
    procore: ProcoreSide
    links: Links
    now: Callable[[], float]
    time_left: Callable[[], float]
    adopt_after: float
    answered: Observation | None = None
    found: Observation | None = None
    latest: Issue | None = None
    posted: list[ResponseLog] = field(default_factory=list)

    def read(self, link: Link) -> Issue | None:
        """The issue as it is now; None when a complete listing does not hold it."""
        self.latest = self.tracker.issue(self.tracker_project_id, link.issue_id)
        return self.latest

    def read_after(self, link: Link) -> Issue | None:
        """The issue after something was made on it. Raises `EffectUnknown` where it cannot be read.

        What was made stays made: no refusal of this reading may take that back.
        """
        try:
            return self.read(link)
        except (Retry, Reject, NeedsAuthorization) as error:
            raise EffectUnknown("CxAlloy took it and cannot be read right now", after=15) from error

    def progress(self, link: Link) -> Progress:
        """What is remembered of a link."""
        return Progress(
            link,
            {intent.key: intent for intent in self.links.intents(link.id)},
            {stored.file_id: stored for stored in self.links.files(link.id)},
        )

    def check_time(self) -> None:
        """Raise `Retry` rather than begin what the worker's end would cut off."""
        if self.time_left() < STEP_SECONDS:
            raise Retry("The worker's time is up; the work goes on at once")

    def carry_out(self, link: Link, step: Step, address: str) -> Link:
        """Do one step; returns the link as stored. `address` is the issue's page."""
        self.check_time()
        if isinstance(step, SendFile):
            return self._send(link, step.file)
        if isinstance(step, MakeObservation):
            return self._make(link, step, address)
        if isinstance(step, SendEmail):
            return self._mail(link, step)
        if isinstance(step, PostComment):
            return self._post(link, step)
        return self._write_address(link)

    def once(self, link: Link) -> Once:
        """The guard around every create of a link."""
        return Once(self.links, link.id, self.now, self.adopt_after, self.check_time)

    def _send(self, link: Link, file: IssueFile) -> Link:
        try:
            with self.tracker.download(self.tracker_project_id, file) as download:
                upload = self.procore.upload(file.name, download, file.size)
        except Reject as error:
            if error.code != "not_found":
                raise
            raise Retry(f"The file {file.name} went away while it was read", after=5, counts=True) from error
        self.links.put_file(
            StoredFile(
                link_id=link.id,
                file_id=file.id,
                name=file.name,
                size=upload.size,
                sha256=upload.sha256,
                upload_id=upload.id,
                identity=self.procore.identity,
                stored_at=self.now(),
            )
        )
        return link

    def _usable(self, progress: Progress, file_id: str) -> bool:
        return progress.usable(file_id, self.procore.identity, self.now())

    def _uploads(self, progress: Progress, file_ids: tuple[str, ...]) -> tuple[str, ...]:
        if not all(self._usable(progress, id_) for id_ in file_ids):
            raise Retry("An upload is too old, or another authorizer's, and is made again")
        return tuple(progress.files[id_].upload_id for id_ in file_ids)

    def _make(self, link: Link, step: MakeObservation, address: str) -> Link:
        progress = self.progress(link)
        carried = tuple(id_ for id_ in step.file_ids if self._usable(progress, id_))
        self.answered = self.found = None

        def look(intent: Intent) -> str:
            self.found = self.procore.find_observation(
                address, since=intent.started_at, apart_from=link.former_observation_ids
            )
            if self.found is None and intent.misses:
                self.found = self._among_all(link, address)
            return self.found.id if self.found else ""

        def make() -> str:
            uploads = self._uploads(progress, carried)
            self.answered = self.procore.create_observation(
                replace(step.draft, upload_ids=uploads), step.author
            )
            return self.answered.id

        known = progress.intents.get(copy_plan.OBSERVATION)
        settled = self.once(link).ensure(
            known, copy_plan.OBSERVATION, look=look, make=make, file_ids=carried, source=step.source
        )
        seen = self.answered or self.found
        # a pass that was cut off after the answer knows no better than that it was acknowledged
        acknowledged = self.answered is not None or not link.observation_id or link.never_shown
        twin = replace(
            link,
            observation_id=settled.result_id,
            observation_number=seen.number if seen else "",
            never_shown=acknowledged and self.found is None,
            updated_at=self.now(),
        )
        return self.links.save(twin)

    def _among_all(self, link: Link, address: str) -> Observation | None:
        """Before a create is made again: one list that shows other pairs, and not this one's twin."""
        twins = {
            other.observation_id
            for state in (LinkState.SYNCED, LinkState.COPIED)
            for other in self.links.of_connection(link.connection_id, state=state, limit=20).items
        } - {""}
        if not twins:
            return None
        return self.procore.find_among_all(address, apart_from=link.former_observation_ids, known=twins)

    def _post(self, link: Link, step: PostComment) -> Link:
        progress = self.progress(link)

        def make() -> str:
            uploads = self._uploads(progress, step.file_ids)
            made = self.procore.post_comment(link.observation_id, step.text, uploads)
            self.posted.append(made)
            return made.id

        self.once(link).ensure(
            progress.intents.get(step.key),
            step.key,
            look=lambda _: self.procore.find_comment(link.observation_id, step.mark, known=progress.logs()),
            make=make,
            file_ids=step.file_ids,
            source={**step.source, "mark": step.mark},
        )
        return link

    def _mail(self, link: Link, step: SendEmail) -> Link:
        """Send it to the project's default distribution; where there is none, nobody is told."""
        to = self.procore.default_distribution()

        def make() -> str:
            if to:
                self.procore.send_email(link.observation_id, to, subject=step.subject, body=step.body)
            return "sent" if to else "nobody"

        self.once(link).attempt(copy_plan.EMAIL, make)
        return link

    def _write_address(self, link: Link) -> Link:
        page = self.procore.page(link.observation_id)
        line = text.address_line(link.observation_number, page)

        def look(_: Intent) -> str:
            issue = self.read(link)
            written = issue.comments if issue else ()
            return next((one.id for one in written if text.told_address(one.text) == page), "")

        def make() -> str:
            # not every answer tells the new comment's id, and nothing needs it
            return self.tracker.add_comment(self.tracker_project_id, link.issue_id, line) or "written"

        known = self.progress(link).intents.get(copy_plan.ADDRESS)
        self.once(link).ensure(known, copy_plan.ADDRESS, look=look, make=make)
        return link
