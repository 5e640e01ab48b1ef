"""Carries a copy plan out, one issue at a time, and remembers each step as it is proven.

The worker holds the link's lease. What it may end with: the issue is copied; it waits (`due_at` says until
when, the sweep brings it back); or it is parked with a cause and a next step, and delays no other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject, Retry
from plumbline.issues import copy_plan, text
from plumbline.issues.copy_plan import MakeObservation, PostComment, Progress, SendEmail, SendFile
from plumbline.issues.once import Once
from plumbline.stores.records import LinkState, StoredFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue, IssueFile
    from plumbline.issues.copy_plan import Step
    from plumbline.issues.procore_side import ProcoreSide
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Intent, Link

# A step is not begun with less than this left: a file of some size, or a slow answer, takes it.
STEP_SECONDS = 10.0
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
    """Copies issues of one connection.

    `time_left` gives the seconds until the worker is ended, `adopt_after` how long the vendor's lists may
    lag behind its writes.
    """

    settings: IssueSettings
    tracker: CxAlloyClient
    tracker_project_id: str
    procore: ProcoreSide
    links: Links
    now: Callable[[], float]
    time_left: Callable[[], float]
    adopt_after: float

    def copy(self, link: Link) -> Outcome:
        """Bring one leased link to its end. Raises `Retry`, `Reject` or `NeedsAuthorization`."""
        issue = self._read(link)
        if link.state is LinkState.COPIED:
            return self._again(link, issue)
        if not self._progress(link).begun() and not self._wanted(link, issue):
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
            address = self.tracker.web_address(issue)
            steps = self._plan(link, issue, address)
            if not steps:
                return self._finish(link, issue)
            for step in steps:
                link = self._carry_out(link, step, address)
            issue = self._read(link)
        raise Retry("People keep adding to the issue; the copy goes on shortly", after=60)

    def _wanted(self, link: Link, issue: Issue | None) -> bool:
        """Whether to begin at all; a person who asks for another copy does so in the done status (A4)."""
        return issue is not None and (link.generation > 1 or copy_plan.wanted(issue, self.settings))

    def _read(self, link: Link) -> Issue | None:
        return self.tracker.issue(self.tracker_project_id, link.issue_id)

    def _progress(self, link: Link) -> Progress:
        return Progress(
            link,
            {intent.key: intent for intent in self.links.intents(link.id)},
            {stored.file_id: stored for stored in self.links.files(link.id)},
        )

    def _plan(self, link: Link, issue: Issue, address: str) -> tuple[Step, ...]:
        progress = self._progress(link)
        return copy_plan.plan(
            issue,
            self.settings,
            progress,
            address,
            twins=self.procore.page(""),
            identity=self.procore.identity,
            now=self.now(),
        )

    def _carry_out(self, link: Link, step: Step, address: str) -> Link:
        if self.time_left() < STEP_SECONDS:
            raise Retry("The worker's time is up; the copy goes on at once")
        if isinstance(step, SendFile):
            return self._send(link, step.file)
        if isinstance(step, MakeObservation):
            return self._make(link, step, address)
        if isinstance(step, SendEmail):
            return self._mail(link, step)
        if isinstance(step, PostComment):
            return self._post(link, step)
        return self._write_address(link)

    def _once(self, link: Link) -> Once:
        return Once(self.links, link.id, self.now, self.adopt_after)

    def _send(self, link: Link, file: IssueFile) -> Link:
        try:
            with self.tracker.download(self.tracker_project_id, file) as download:
                upload = self.procore.upload(file.name, download)
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

    def _uploads(self, progress: Progress, file_ids: tuple[str, ...]) -> tuple[str, ...]:
        if not all(progress.usable(id_, self.procore.identity, self.now()) for id_ in file_ids):
            raise Retry("An upload is too old, or another authorizer's, and is made again")
        return tuple(progress.files[id_].upload_id for id_ in file_ids)

    def _make(self, link: Link, step: MakeObservation, address: str) -> Link:
        progress = self._progress(link)
        carried = tuple(id_ for id_ in step.file_ids if id_ in progress.files)
        number = ""

        def look(intent: Intent) -> str:
            nonlocal number
            found = self.procore.find_observation(
                address, since=intent.started_at, apart_from=link.former_observation_ids
            )
            number = found.number if found else ""
            return found.id if found else ""

        def make() -> str:
            nonlocal number
            uploads = self._uploads(progress, carried)
            made = self.procore.create_observation(replace(step.draft, upload_ids=uploads), step.author)
            number = made.number
            return made.id

        known = progress.intents.get(copy_plan.OBSERVATION)
        settled = self._once(link).ensure(
            known, copy_plan.OBSERVATION, look=look, make=make, file_ids=carried
        )
        twin = replace(
            link, observation_id=settled.result_id, observation_number=number, updated_at=self.now()
        )
        return self.links.save(twin)

    def _post(self, link: Link, step: PostComment) -> Link:
        progress = self._progress(link)
        self._once(link).ensure(
            progress.intents.get(step.key),
            step.key,
            look=lambda _: self.procore.find_comment(link.observation_id, step.mark),
            make=lambda: self.procore.post_comment(
                link.observation_id, step.text, self._uploads(progress, step.file_ids)
            ),
        )
        return link

    def _mail(self, link: Link, step: SendEmail) -> Link:
        """Send it to the project's default distribution; where there is none, nobody is told."""
        to = self.procore.default_distribution()

        def make() -> str:
            if to:
                self.procore.send_email(link.observation_id, to, subject=step.subject, body=step.body)
            return "sent" if to else "nobody"

        self._once(link).attempt(copy_plan.EMAIL, make)
        return link

    def _write_address(self, link: Link) -> Link:
        page = self.procore.page(link.observation_id)
        line = text.address_line(link.observation_number, page)

        def look(_: Intent) -> str:
            issue = self._read(link)
            written = issue.comments if issue else ()
            return next((one.id for one in written if text.told_address(one.text) == page), "")

        def make() -> str:
            # not every answer tells the new comment's id, and nothing needs it
            return self.tracker.add_comment(self.tracker_project_id, link.issue_id, line) or "written"

        known = self._progress(link).intents.get(copy_plan.ADDRESS)
        self._once(link).ensure(known, copy_plan.ADDRESS, look=look, make=make)
        return link

    def _finish(self, link: Link, issue: Issue) -> Outcome:
        """Everything is over there: set the done status, unless a person set another one meanwhile."""
        before, done = issue.status_id or "", self.settings.done_status_id
        kept = before not in (self.settings.trigger_status_id, done)
        if before == self.settings.trigger_status_id:
            self.tracker.set_status(self.tracker_project_id, issue.id, done)
        comments = copy_plan.comments(issue, self.procore.page(""))
        message = f"Copied with {len(comments)} comments and {len(issue.files)} files."
        if kept:
            message += " The status that a person set meanwhile is kept."
        return Outcome("copied", link, message, before, before if kept else done)

    def _again(self, link: Link, issue: Issue | None) -> Outcome:
        """A copied issue is never copied twice; in the trigger status again, it gets the done status (A4)."""
        if issue is None or not copy_plan.wanted(issue, self.settings):
            return Outcome("not_wanted", link, "The issue is copied already.")
        self.tracker.set_status(self.tracker_project_id, issue.id, self.settings.done_status_id)
        number = link.observation_number or link.observation_id
        return Outcome(
            "already_copied",
            link,
            f"Already copied as #{number}; the done status is set again.",
            issue.status_id or "",
            self.settings.done_status_id,
        )
