"""What a worker notices of a whole connection, noted once by whoever meets it first; lines about an item."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.stores.ports import Stale

if TYPE_CHECKING:
    from plumbline.errors import NeedsAuthorization
    from plumbline.stores.ports import Authorizations, Connections
    from plumbline.stores.records import Activity, Connection, Link


def note_dead(authorizations: Authorizations, error: NeedsAuthorization) -> bool:
    """Mark a credential as dead; whether it was thought to work until now."""
    found = authorizations.get(error.authorization_id)
    if not (found and found.valid):
        return False
    authorizations.put(replace(found, valid=False, cause=error.cause))
    return True


def note_cause(connections: Connections, connection: Connection, cause: str) -> bool:
    """Put on the connection why its work waits; whether that is news."""
    if connection.cause == cause:
        return False
    save(connections, replace(connection, cause=cause))
    return True


def save(connections: Connections, connection: Connection) -> None:
    """Store what a worker noticed, unless a person changed the connection just now: it is noticed again."""
    try:
        connections.save(connection)
    except Stale:
        pass


def about(link: Link, line: Activity) -> Activity:
    """A line of the activity log with the item that it is about."""
    return replace(
        line,
        issue_id=link.issue_id,
        issue_number=link.issue_number,
        observation_id=link.observation_id,
    )
