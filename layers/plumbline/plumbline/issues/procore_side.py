"""What the copy asks of Procore, for one project and one authorizer."""

from __future__ import annotations

import itertools
import mimetypes
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject, Retry
from plumbline.issues.text import carries_key, same_name
from plumbline.procore import companies, downloads, items, transfer
from plumbline.procore.observations import observation_page

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from contextlib import AbstractContextManager

    from plumbline.procore.client import Answer, ProcoreClient
    from plumbline.procore.observations import Attachment, NewObservation, Observation, ResponseLog
    from plumbline.procore.uploads import UploadSettings

# Our clock and Procore's may differ by this much before a search misses what it looks for.
CLOCK_MARGIN = 600.0


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file whose bytes Procore has: proven by the hash taken while they were read."""

    id: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ProcoreSide:
    """One project as one authorizer sees it. `identity` says who made an upload: only they may attach it."""

    client: ProcoreClient
    project_id: str
    identity: str
    uploads: UploadSettings
    now: Callable[[], float]

    def upload(
        self, name: str, download: tuple[Iterator[bytes], int | None], size: int | None = None
    ) -> Uploaded:
        """Bring a file over, by way of the disk: its size and hash are needed before the first byte goes.

        `size` (bytes) is what its owner says it has, where that is told; other bytes raise `Retry`.
        """
        chunks, _ = download
        spooled = transfer.spool(chunks)
        with spooled.file:
            if size is not None and size != spooled.size:
                reason = f"{name} came with {spooled.size} bytes, and is said to have {size}"
                raise Retry(reason, after=30, counts=True)
            upload_id = transfer.upload(
                self.client,
                self.client.session,
                self.project_id,
                spooled.file,
                name=name,
                content_type=mimetypes.guess_type(name)[0] or "application/octet-stream",
                size=spooled.size,
                sha256=spooled.sha256,
                settings=self.uploads,
            )
        return Uploaded(upload_id, spooled.size, spooled.sha256)

    def create_observation(self, new: NewObservation, author: str = "") -> Observation:
        """Create it with its files in one call, in the author's name where that is one user's of the project.

        An author costs one list of the project's users for each observation created.
        """
        created_by_id = self._user_named(author) if author else None
        try:
            new = replace(new, created_by_id=created_by_id)
            made, _ = items.create_observation(self.client, self.project_id, new)
        except Reject as refusal:
            if created_by_id and refusal.code == "forbidden":
                raise _not_in_authors_name(refusal) from refusal
            raise
        return made

    def _user_named(self, name: str) -> str | None:
        users = companies.project_users(self.client, self.project_id)
        found = {str(user["id"]) for user in users if same_name(str(user.get("name") or ""), name)}
        return found.pop() if len(found) == 1 else None

    def read(self, observation_id: str) -> tuple[Observation, Answer] | None:
        """The detail; None when Procore does not show it, which proves nothing (A15)."""
        try:
            return items.observation(self.client, self.project_id, observation_id)
        except Reject as refusal:
            if refusal.code != "not_found":
                raise
            return None

    def update(self, observation_id: str, changes: Mapping[str, object]) -> tuple[Observation, Answer]:
        """Write these fields, by Procore's own names, and return what it acknowledges."""
        return items.update_observation(self.client, self.project_id, observation_id, changes)

    def recycled(self, observation_id: str) -> Observation | None:
        """The observation in the recycle bin, the only proof of a deletion; None when it is not there."""
        return items.recycled_observation(self.client, self.project_id, observation_id)

    def recycle(self, observation_id: str) -> None:
        """Put the observation into the recycle bin."""
        items.delete_observation(self.client, self.project_id, observation_id)

    def restore(self, observation_id: str) -> tuple[Observation, Answer]:
        """Bring the observation back from the recycle bin, with its id; raises `Retry` until it is shown.

        An acknowledged restore that had no effect would look like a person's deletion afterwards.
        """
        items.restore_observation(self.client, self.project_id, observation_id)
        shown = self.read(observation_id)
        if shown is None:
            raise Retry("Procore took the restore and does not show the observation", after=15, counts=True)
        return shown

    def listed(self) -> frozenset[str]:
        """The ids of all observations that the project shows."""
        return frozenset(items.observation_ids(self.client, self.project_id))

    def logs(self, observation_id: str) -> tuple[ResponseLog, ...]:
        """The observation's comments and status changes, oldest first."""
        return tuple(items.response_logs(self.client, self.project_id, observation_id))

    def logs_between(self, start: float, end: float) -> tuple[ResponseLog, ...]:
        """The project's comments and status changes of a span of time (Unix seconds), oldest first."""
        found = items.project_logs(self.client, self.project_id, start=start, end=end)
        return tuple(sorted(found, key=lambda log: (log.created_at or 0.0, log.id)))

    def fetch(self, attachment: Attachment) -> AbstractContextManager[Iterator[bytes]]:
        """Open an attachment for a `with`, in chunks."""
        return downloads.download(self.client, attachment.url)

    def page(self, observation_id: str) -> str:
        """The address of an observation's page; without an id, what all of the project's begin with."""
        return observation_page(self.client.hosts.web, self.project_id, observation_id)

    def default_distribution(self) -> tuple[str, ...]:
        """The users, by id, who are told of new observations."""
        return tuple(items.default_distribution(self.client, self.project_id))

    def send_email(self, observation_id: str, to: tuple[str, ...], *, subject: str, body: str) -> None:
        """Have Procore send one e-mail about one observation."""
        items.send_email(self.client, self.project_id, observation_id, to=to, subject=subject, body=body)

    def find_observation(
        self, address: str, *, since: float, apart_from: tuple[str, ...]
    ) -> Observation | None:
        """Look for the observation that carries an issue's link line; None when a complete search misses it.

        The recycle bin is searched too, where the authorizer may: someone may have deleted it meanwhile.
        """
        rows = itertools.chain(self._updated(since), self._recycled())
        return next((row for row in rows if _is_twin(row, address, apart_from)), None)

    def find_among_all(
        self, address: str, *, apart_from: tuple[str, ...], known: Collection[str]
    ) -> Observation | None:
        """Look for it in one list of the whole project, which is to show one of those that are `known`.

        A list that shows none of them proves nothing: raises `Retry`.
        """
        there: set[str] = set()
        for row in items.observations(self.client, self.project_id):
            if _is_twin(row, address, apart_from):
                return row
            there.add(row.id)
        if not there & set(known):
            raise Retry("Procore lists none of the observations that are there", after=60, counts=True)
        return None

    def _updated(self, since: float) -> Iterator[Observation]:
        start, end = since - CLOCK_MARGIN, self.now() + CLOCK_MARGIN
        return items.observations_updated(self.client, self.project_id, start, end)

    def _recycled(self) -> Iterator[Observation]:
        """What lies in the recycle bin; nothing for a level below Admin, which a copy does not need."""
        try:
            yield from items.recycled_observations(self.client, self.project_id)
        except Reject as refusal:
            if refusal.code != "forbidden":
                raise

    def post_comment(self, observation_id: str, text: str, upload_ids: tuple[str, ...]) -> ResponseLog:
        """Add a comment and return it as Procore acknowledges it."""
        return items.create_response_log(self.client, self.project_id, observation_id, text, upload_ids)

    def find_comment(self, observation_id: str, mark: str, *, known: Collection[str]) -> str:
        """Look for the comment with this mark in its first line; "" when there is none.

        A list that shows none of those that are `known` proves nothing: raises `Retry`.
        """
        logs = self.logs(observation_id)
        for log in logs:
            if log.comment and mark in log.comment.split("\n", 1)[0]:
                return log.id
        if known and not {log.id for log in logs} & set(known):
            raise Retry("Procore lists none of the comments that are there", after=60, counts=True)
        return ""


def _is_twin(row: Observation, address: str, apart_from: tuple[str, ...]) -> bool:
    return row.id not in apart_from and carries_key(row.description, address)


def _not_in_authors_name(refusal: Reject) -> Reject:
    return Reject(
        "not_in_authors_name",
        f"Procore does not let the connected user create in the author's own name: {refusal.cause}",
        "Give the connected user the level Admin on Observations, or switch the setting in_authors_name off; "
        "then retry this item.",
        field="settings.in_authors_name",
    )
