"""Enable, disable, pause and resume (S8, S25), each written down with who did it.

Paused: work waits. Disabled: no work at all; all content and all links are kept, so that enabling again
goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.issues import rounds
from plumbline.stores.records import COMMENTS, SWEEP, TRACKER, Activity, ConnectionState

if TYPE_CHECKING:
    from plumbline.stores.ports import ActivityLog, Connections, Cursors
    from plumbline.stores.records import Connection, Link

_STARTS = {ConnectionState.DRAFT, ConnectionState.DISABLED}
_POLLS = {"copy": (TRACKER,), "sync": (TRACKER, COMMENTS, SWEEP)}
"""What looks at the two sides, by approach: the cursors that are due at once when a person asks."""


def enable(connections: Connections, connection: Connection, *, now: float) -> Connection:
    """Switch on a draft or disabled connection that has passed its checks. Raises `Reject`, `Stale`."""
    may_be_enabled(connection)
    return connections.save(replace(connection, state=ConnectionState.ENABLED, enabled_at=now, cause=""))


def disable(connections: Connections, connection: Connection) -> Connection:
    """Stop all work for good; content and links stay. Raises `Reject`, `Stale`."""
    _must_be(connection, {ConnectionState.ENABLED, ConnectionState.PAUSED}, "disabled")
    return connections.save(replace(connection, state=ConnectionState.DISABLED, cause="", working_since=0.0))


def pause(connections: Connections, connection: Connection) -> Connection:
    """Let work wait. Raises `Reject`, `Stale`."""
    _must_be(connection, {ConnectionState.ENABLED}, "paused")
    return connections.save(replace(connection, state=ConnectionState.PAUSED))


def resume(connections: Connections, connection: Connection) -> Connection:
    """Go on after a pause. Raises `Reject`, `Stale`."""
    _must_be(connection, {ConnectionState.PAUSED}, "resumed")
    return connections.save(replace(connection, state=ConnectionState.ENABLED))


def may_be_enabled(connection: Connection) -> None:
    """Refuse to enable what runs already, before the checks are made. Raises `Reject`."""
    _must_be(connection, _STARTS, "enabled")


def must_be_enabled(connection: Connection, act: str) -> None:
    """Refuse work that a connection which is not running would never do. Raises `Reject`."""
    _must_be(connection, {ConnectionState.ENABLED}, act)


def must_be_running(connection: Connection) -> None:
    """Refuse what makes sense only for a connection that was enabled. Raises `Reject`."""
    _must_be(connection, {ConnectionState.ENABLED, ConnectionState.PAUSED}, "given a webhook")


def must_sync(connection: Connection) -> None:
    """Refuse what only ongoing sync has. Raises `Reject`."""
    if connection.approach != "sync":
        raise Reject(
            "wrong_approach",
            "The connection is a one-time copy; this is for ongoing sync.",
            "Choose the approach sync for a draft or disabled connection, or leave it.",
            field="approach",
            status=409,
        )


def make_due(cursors: Cursors, connection: Connection, *, now: float) -> None:
    """Let the next scheduled polls serve this connection on both sides, a full inventory included."""
    for name in polls_of(connection):
        rounds.make_due(cursors, connection.id, name, now=now)


def polls_of(connection: Connection) -> tuple[str, ...]:
    """Name the cursors of what looks at the two sides."""
    return _POLLS.get(connection.approach, (TRACKER,))


def note(
    log: ActivityLog, connection_id: str, outcome: str, message: str, *, now: float, link: Link | None = None
) -> None:
    """Write down what a person did to the connection, or to one of its items."""
    entry = Activity(connection_id, now, outcome, "manual", message, direction="")
    log.add(replace(entry, issue_id=link.issue_id, issue_number=link.issue_number) if link else entry)


def _must_be(connection: Connection, wanted: set[ConnectionState], act: str) -> None:
    if connection.state in wanted:
        return
    states = " or ".join(sorted(state.value for state in wanted))
    raise Reject(
        "wrong_state",
        f"The connection is {connection.state.value}; only one that is {states} can be {act}.",
        f"Bring it to {states} first.",
        field="state",
        status=409,
    )
