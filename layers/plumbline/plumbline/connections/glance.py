"""The state of a connection at a glance (S13). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from plumbline.stores.records import ConnectionState, LinkState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plumbline.stores.records import Authorization, Connection

Word = Literal["draft", "disabled", "paused", "needs_authorization", "failed", "syncing", "synced"]


_BY_PEOPLE: dict[ConnectionState, tuple[Word, str]] = {
    ConnectionState.DRAFT: ("draft", ""),
    ConnectionState.DISABLED: ("disabled", ""),
    ConnectionState.PAUSED: ("paused", "Paused by a person; work waits."),
}
_DONE = {"copy": LinkState.COPIED, "sync": LinkState.SYNCED}
_OUTSIDE = (LinkState.LEFT, LinkState.GONE, LinkState.UNLINKED)
"""States of items that have nothing to do with the other side any more."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One word with its time (Unix seconds, 0: never), how many of how many are done, and why.

    The time is that of the last success; while syncing, that of the beginning.
    """

    state: Word
    at: float
    done: int
    total: int
    parked: int
    cause: str = ""


def glance(
    connection: Connection,
    authorizations: Mapping[str, Authorization],
    counts: Mapping[str, int],
    looked_at: float = 0.0,
) -> Glance:
    """Read the state from what is stored: the connection, its authorizations by id, its links by state.

    `looked_at` is when the tracker was last read without a failure; at rest that is the last success.
    """
    word, cause = _word(connection, authorizations, counts, looked_at)
    succeeded = max(connection.last_success_at, looked_at if word == "synced" else 0.0)
    return Glance(
        state=word,
        at=_began(connection) if word == "syncing" else succeeded,
        done=counts.get(_DONE.get(connection.approach, LinkState.COPIED), 0),
        total=sum(counts.values()) - sum(counts.get(state, 0) for state in _OUTSIDE),
        parked=counts.get(LinkState.PARKED, 0),
        cause=cause,
    )


def _word(
    connection: Connection,
    authorizations: Mapping[str, Authorization],
    counts: Mapping[str, int],
    looked_at: float,
) -> tuple[Word, str]:
    if connection.state in _BY_PEOPLE:
        return _BY_PEOPLE[connection.state]
    if cause := unauthorized(connection, authorizations):
        return "needs_authorization", cause
    if cause := connection.cause or _held_back(counts):
        return "failed", cause
    if _is_at_work(connection, counts, looked_at):
        return "syncing", ""
    if parked := counts.get(LinkState.PARKED, 0):
        return "failed", f"{parked} parked; each item names its cause."
    return "synced", ""


def _held_back(counts: Mapping[str, int]) -> str:
    """Say how many deletions the brake holds; empty for none."""
    held = counts.get(LinkState.HELD, 0)
    return f"{held} deletions wait for a person's approval; the brake names each." if held else ""


def unauthorized(connection: Connection, authorizations: Mapping[str, Authorization]) -> str:
    """Say why the connection's credentials do not work; empty when they do."""
    for side, authorization_id in (
        ("Procore", connection.procore_authorization_id),
        ("CxAlloy", connection.tracker_authorization_id),
    ):
        held = authorizations.get(authorization_id)
        if held is None:
            return f"{side}: the authorization is missing."
        if not held.valid:
            return f"{side}: {held.cause or 'the credential works no longer.'}"
    return ""


def _is_at_work(connection: Connection, counts: Mapping[str, int], looked_at: float) -> bool:
    open_links = counts.get(LinkState.WAITING, 0)
    never_looked = max(connection.last_success_at, looked_at) < connection.enabled_at
    return bool(open_links or connection.working_since or never_looked)


def _began(connection: Connection) -> float:
    return connection.working_since or connection.enabled_at
