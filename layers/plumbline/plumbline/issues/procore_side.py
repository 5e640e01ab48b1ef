"""What the copy asks of Procore, for one project and one authorizer."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.issues.text import carries_key, same_name
from plumbline.procore import companies, items, transfer
from plumbline.procore.observations import observation_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.observations import NewObservation, Observation
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

    def upload(self, name: str, download: tuple[Iterator[bytes], int | None]) -> Uploaded:
        """Bring a file over, by way of the disk: its size and hash are needed before the first byte goes."""
        chunks, _ = download
        spooled = transfer.spool(chunks)
        with spooled.file:
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
        for listing in (self._updated(since), self._recycled()):
            for row in listing:
                if row.id not in apart_from and carries_key(row.description, address):
                    return row
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

    def post_comment(self, observation_id: str, text: str, upload_ids: tuple[str, ...]) -> str:
        """Add a comment and return its id."""
        return items.create_response_log(self.client, self.project_id, observation_id, text, upload_ids).id

    def find_comment(self, observation_id: str, mark: str) -> str:
        """Look for the comment with this mark in its first line; "" when there is none."""
        for log in items.response_logs(self.client, self.project_id, observation_id):
            if log.comment and mark in log.comment.split("\n", 1)[0]:
                return log.id
        return ""


def _not_in_authors_name(refusal: Reject) -> Reject:
    return Reject(
        "not_in_authors_name",
        f"Procore does not let the connected user create in the author's own name: {refusal.cause}",
        "Give the connected user the level Admin on Observations, or switch the setting in_authors_name off; "
        "then retry this item.",
        field="settings.in_authors_name",
    )
