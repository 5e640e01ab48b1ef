"""The verbs of the stores. Each has two forms under one contract suite: DynamoDB or S3, and memory.

Conditional writes refuse with `Stale` when the record moved on since it was read, and with `Taken` when a
unique name is in use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from plumbline.stores.records import (
        Activity,
        Authorization,
        Conflict,
        Connection,
        Cursor,
        Intent,
        Invitation,
        Link,
        Member,
        OAuthState,
        Page,
        SealedToken,
        StoredFile,
        Tenant,
        Undo,
    )


class Stale(Exception):
    """The record changed since it was read: read it again and decide again."""


class Taken(Exception):
    """A record with this unique name exists already; `holder` is its id where known."""

    def __init__(self, name: str, holder: str = "") -> None:
        super().__init__(name)
        self.name = name
        self.holder = holder


class Members(Protocol):
    """Tenants and who belongs to them."""

    def create_tenant(self, tenant: Tenant, owner: Member) -> None: ...
    def tenant(self, tenant_id: str) -> Tenant | None: ...
    def save_tenant(self, tenant: Tenant) -> None: ...
    def tenants_of(self, sub: str) -> Sequence[Member]: ...
    def member(self, tenant_id: str, sub: str) -> Member | None: ...
    def members(self, tenant_id: str) -> Sequence[Member]: ...
    def put_member(self, member: Member) -> None: ...
    def remove_member(self, tenant_id: str, sub: str) -> None: ...


class Authorizations(Protocol):
    """Credentials, sign-in attempts and invitations."""

    def put(self, authorization: Authorization) -> None: ...
    def get(self, authorization_id: str) -> Authorization | None: ...
    def of_tenant(self, tenant_id: str) -> Sequence[Authorization]: ...
    def delete(self, authorization: Authorization) -> None: ...

    def token(self, authorization_id: str) -> SealedToken | None: ...
    def save_token(self, token: SealedToken, *, seen_version: int) -> SealedToken:
        """Store a new blob as version seen + 1 and let the lease go. Raises `Stale`.

        `seen_version` is 0 when there was none.
        """
        ...

    def lease_token(self, authorization_id: str, *, seen_version: int, now: float, until: float) -> bool:
        """Take the refresher's lease; False when another holds it or the version moved on."""
        ...

    def release_token(self, authorization_id: str, *, seen_version: int, until: float = 0.0) -> None:
        """Let the lease go after a refresh that failed; with `until`, only the lease that was taken so long.

        Without it, a refresher that overran could end the lease of the next one.
        """
        ...

    def put_state(self, state: OAuthState) -> None: ...
    def take_state(self, state_hash: str, *, now: float) -> OAuthState | None:
        """Remove and return it, once; None when unknown, used or expired."""
        ...

    def put_invitation(self, invitation: Invitation) -> None: ...
    def invitation(self, token_hash: str, *, now: float) -> Invitation | None: ...
    def take_invitation(self, token_hash: str, *, now: float) -> Invitation | None: ...


class Connections(Protocol):
    """Connections of tenants; one connection per pair of projects, over all tenants.

    A connection without both projects has no pair yet. Whoever shows a `Taken` to a person first checks that
    its holder is of that person's tenant.
    """

    def create(self, connection: Connection) -> None:
        """Store it with the version it has. Raises `Taken` for the id or the pair of projects."""
        ...

    def get(self, connection_id: str) -> Connection | None: ...
    def of_tenant(self, tenant_id: str) -> Sequence[Connection]: ...
    def save(self, connection: Connection) -> Connection:
        """Write if `version` is still the stored one; returns it with the new version. Raises `Stale`.

        Keeps the uniqueness of (company, project, tracker authorization's host and project): raises `Taken`.
        """
        ...

    def delete(self, connection: Connection) -> None:
        """Remove it if `version` is the stored one, and free its pair. Raises `Stale`; none there is fine."""
        ...

    def enabled(self) -> Sequence[Connection]:
        """All connections that pollers serve."""
        ...


class Links(Protocol):
    """Pairs, with their intents and files."""

    def create(self, link: Link) -> Link:
        """Make the link, as version 1, unless the issue has one in this connection.

        Raises `Taken` with the holder's link id; the same for its observation, when it has one. A link
        without an issue (`issue_id` empty: an observation whose issue is still to be made) claims its
        observation only.
        """
        ...

    def get(self, link_id: str) -> Link | None: ...
    def by_issue(self, connection_id: str, issue_id: str) -> Link | None: ...
    def by_observation(self, connection_id: str, observation_id: str) -> Link | None:
        """The link that holds or once held this observation (compare its `observation_id`)."""
        ...

    def of_connection(
        self, connection_id: str, *, state: str = "", limit: int = 100, token: str = ""
    ) -> Page:
        """Links by state, then id. A token of another listing raises `Reject` (code "bad_token")."""
        ...

    def counts(self, connection_id: str) -> dict[str, int]:
        """How many links are in each state, zeros included."""
        ...

    def save(self, link: Link) -> Link:
        """Write if `version` is the stored one; returns it with the new version. Raises `Stale`.

        `hints` is never written: only `lease` counts it. Letting go (`lease_until` 0) is refused with `Stale`
        also when `hints` is not the stored one: something came in meanwhile, so work again.
        Where `observation_id` is newly set, its lookup is written in the same transaction: raises `Taken`
        when another link of the connection holds that observation. The same for a newly set `issue_id`.
        """
        ...

    def lease(self, link_id: str, *, now: float, until: float) -> Link | None:
        """Take the lease: `lease_until` and `due_at` become `until`.

        The version grows, so a former holder that overran is `Stale` when it saves. None
        when held (then `hints` grows by 1, the version stays) and when there is no such link.
        """
        ...

    def due(self, *, now: float, limit: int) -> Sequence[str]:
        """Ids of links whose `due_at` has come, oldest first as far as the shards allow."""
        ...

    def delete(self, link: Link) -> None:
        """Remove the link with all its parts and long texts, and free its ids and response logs.

        Whatever its version, for its connection is gone; a worker that still has it is `Stale` then. It may
        be done again: the link itself goes last.
        """
        ...

    def intents(self, link_id: str) -> Sequence[Intent]: ...
    def put_intent(self, intent: Intent, *, first: bool = False) -> None:
        """Store it, replacing what is there; `first`: only where none is there yet, else raises `Stale`."""
        ...

    def drop_intent(self, link_id: str, key: str) -> None: ...
    def drop_intents(self, link_id: str) -> None: ...
    def files(self, link_id: str) -> Sequence[StoredFile]: ...
    def put_file(self, stored: StoredFile) -> None: ...
    def drop_files(self, link_id: str) -> None: ...

    def note_log(self, connection_id: str, log_id: str, link_id: str) -> None:
        """Remember that this response log of Procore is known: carried over, or written by us."""
        ...

    def by_log(self, connection_id: str, log_id: str) -> str:
        """The link id of a known response log; "" for one never seen."""
        ...

    def put_conflict(self, conflict: Conflict) -> None:
        """Store it under its link and id, replacing what is there."""
        ...

    def conflict(self, link_id: str, conflict_id: str) -> Conflict | None: ...
    def conflicts(self, link_id: str) -> Sequence[Conflict]:
        """What both sides of a link changed, oldest first."""
        ...

    def conflicts_of(self, connection_id: str, *, state: str = "", limit: int = 100, token: str = "") -> Page:
        """Conflicts of a connection by state, then time; tokens as in `of_connection`."""
        ...

    def put_undo(self, undo: Undo) -> None:
        """Store it under its link and id; it goes by itself some time after `delete_after` (0: it stays)."""
        ...

    def undo(self, link_id: str, undo_id: str) -> Undo | None: ...
    def undos(self, link_id: str) -> Sequence[Undo]:
        """What can be put back on a link, oldest first."""
        ...


class ActivityLog(Protocol):
    """What happened, newest first, kept for a number of days."""

    def add(self, entry: Activity) -> None: ...
    def read(
        self,
        connection_id: str,
        *,
        issue_id: str = "",
        outcome: str = "",
        limit: int = 100,
        token: str = "",
    ) -> Page:
        """A page of entries; one that filters by outcome may be short and still have a next token.

        A token of another listing raises `Reject` (code "bad_token").
        """
        ...

    def between(
        self, connection_id: str, *, since: float, until: float, outcomes: Collection[str]
    ) -> Iterator[Activity]:
        """All entries of these outcomes from `since` on and before `until`, newest first."""
        ...


class Cursors(Protocol):
    """Where polls stand."""

    def get(self, connection_id: str, name: str) -> Cursor | None: ...
    def lease(
        self, connection_id: str, name: str, *, now: float, until: float, only_due: bool = True
    ) -> Cursor | None:
        """Take the poll's lease if it is due and free (made when absent); None otherwise.

        The version grows, so a former holder that overran is `Stale` when it saves.
        """
        ...

    def save(self, cursor: Cursor) -> Cursor:
        """Write if the version is the stored one and let the lease go. Raises `Stale`."""
        ...

    def delete(self, connection_id: str) -> None: ...


class Snapshots(Protocol):
    """The last full listing of a tracker project: content hashes by issue id, one object per connection."""

    def read(self, connection_id: str) -> tuple[dict[str, str], str]:
        """The hashes and the object's ETag ("" when there is none yet)."""
        ...

    def write(self, connection_id: str, hashes: dict[str, str], *, etag: str) -> str:
        """Replace it if it is still the one with that ETag; returns the new ETag. Raises `Stale`."""
        ...

    def delete(self, connection_id: str) -> None: ...


class Work(Protocol):
    """Objects of the work bucket: plans, previews and texts too long for an item."""

    def put(self, name: str, content: bytes) -> None:
        """Store under a name such as "previews/<connection>/<id>.json", replacing what is there."""
        ...

    def get(self, name: str) -> bytes | None: ...
    def delete(self, name: str) -> None: ...


class Budget(Protocol):
    """Call slots shared by all workers, per authorizer and company (or tracker key)."""

    def take(self, key: str, *, now: float, reserve: float = 0.0) -> float:
        """Take one slot: 0.0 when granted, else the seconds to wait.

        `reserve` is the share of the hour (0 to 1) that is kept for others.
        """
        ...

    def observe(self, key: str, *, now: float, limit: int, remaining: int, reset: float) -> None:
        """Learn from one answer's rate-limit headers."""
        ...

    def close(self, key: str, *, until: float) -> None:
        """No slots before `until` (Unix seconds), for anyone."""
        ...

    def room(self, key: str, *, now: float) -> int:
        """How many calls the hour has left before it is refused to all; 0 while closed."""
        ...

    def peek(self, key: str, *, now: float) -> tuple[int, int, float]:
        """Calls used in this hour, how many it allows, and when it ends (Unix seconds; 0: none runs)."""
        ...


class Sealer(Protocol):
    """Envelope encryption of credentials."""

    def seal(self, plain: bytes, *, authorization_id: str) -> bytes: ...
    def open(self, blob: bytes, *, authorization_id: str) -> bytes: ...
