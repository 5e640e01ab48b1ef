"""Making and changing connections: what may change when, and what is checked live (S4, S9, S25, A1)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plumbline.connections import credentials, readiness
from plumbline.connections import settings as settings_room
from plumbline.connections.ids import new_id
from plumbline.connections.naming import Names, named
from plumbline.connections.problems import Problem, Problems
from plumbline.errors import Reject
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Connection, ConnectionState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from plumbline.connections.settings import IssueSettings
    from plumbline.stores.ports import Connections, Links
    from plumbline.stores.records import Authorization

LONGEST_SETTINGS = 200_000
"""Bytes of settings as JSON: a record of the connections table holds 400 KB."""

_PLACES = {
    "company_id": "company_id",
    "project_id": "project_id",
    "tracker_project_id": "tracker_project_id",
    "tracker_host": "tracker_authorization_id",
}
"""What a pair of projects is made of, and the field that a person chooses it with."""

_IDLE = {ConnectionState.DRAFT, ConnectionState.DISABLED}
_RUNNING = {ConnectionState.ENABLED, ConnectionState.PAUSED}


def blank(tenant_id: str, name: str, settings: IssueSettings, *, who: str, now: float) -> Connection:
    """Make a draft, of a one-time copy until another approach is chosen."""
    return Connection(
        id=new_id(),
        tenant_id=tenant_id,
        name=name,
        approach="copy",
        state=ConnectionState.DRAFT,
        created_at=now,
        created_by=who,
        settings=settings.model_dump(mode="json"),
    )


def apply(
    connection: Connection,
    given: Mapping[str, Any],
    settings: IssueSettings | None,
    *,
    authorizations: Mapping[str, Authorization],
    has_links: bool,
    names: Names,
) -> Connection:
    """Return the connection with what was given; nothing is stored. Raises `Reject`.

    `given` holds the plain fields that were sent, "" to clear one. Of `settings` only the keys that were sent
    count, each as a whole.
    """
    changed = replace(connection, **given, settings=merged(connection.settings, settings))
    _may_use(changed, given, authorizations)
    changed = replace(changed, tracker_host=_host(changed, authorizations))
    _may_move(connection, changed, has_links=has_links)
    _may_switch(connection, changed, has_links=has_links)
    _stay_ready(changed)
    return named(connection, changed, authorizations, names)


def merged(stored: Mapping[str, Any], given: IssueSettings | None) -> dict[str, Any]:
    """Lay the keys that were sent over what is stored."""
    sent = given.model_dump(mode="json", include=given.model_fields_set) if given else {}
    both = {**stored, **sent}
    if len(json.dumps(both).encode()) > LONGEST_SETTINGS:
        raise Reject(
            "too_large",
            "The settings are longer than 200 KB.",
            "Leave out maps, filters and added values that are not needed.",
            field="settings",
            status=413,
        )
    return both


def with_settings(connection: Connection, settings: IssueSettings) -> Connection:
    """Return the connection with these settings in the place of its own (S25). Raises `Reject`."""
    changed = replace(connection, settings=merged(settings.model_dump(mode="json"), None))
    _stay_ready(changed)
    return changed


def check_version(connection: Connection, version: int | None) -> None:
    """Refuse a change that was decided on an older reading. Raises `Stale`."""
    if version is not None and version != connection.version:
        raise Stale(connection.id)


def create(connections: Connections, connection: Connection) -> None:
    """Store a new connection. Raises `Reject` when the two projects are joined already."""
    try:
        connections.create(connection)
    except Taken as error:
        raise _joined_already() from error


def save(connections: Connections, connection: Connection) -> Connection:
    """Store a changed connection. Raises `Reject` when the two projects are joined already, and `Stale`."""
    try:
        return connections.save(connection)
    except Taken as error:
        raise _joined_already() from error


def may_be_deleted(connection: Connection) -> None:
    """Refuse to delete what runs. Raises `Reject`."""
    if connection.state not in _IDLE:
        raise Reject(
            "wrong_state",
            f"The connection is {connection.state.value}.",
            "Disable it first.",
            field="state",
            status=409,
        )


def has_links(links: Links, connection_id: str) -> bool:
    """Say whether the connection has copied, or begun to copy, anything."""
    return bool(links.of_connection(connection_id, limit=1).items)


def _may_move(before: Connection, after: Connection, *, has_links: bool) -> None:
    """Projects, and the tracker's host, change only while nothing runs and nothing is linked."""
    moved = next((field for field in _PLACES if getattr(before, field) != getattr(after, field)), "")
    if not moved or (before.state in _IDLE and not has_links):
        return
    raise Reject(
        "projects_fixed",
        "This connection is running or has copied items, so its projects stay as they are.",
        "Make another connection for the other projects.",
        field=_PLACES[moved],
        status=409,
    )


def _may_switch(before: Connection, after: Connection, *, has_links: bool) -> None:
    """The approach changes only while nothing runs; what was synced never becomes a copy's."""
    if before.approach == after.approach:
        return
    if before.state not in _IDLE:
        raise Reject(
            "approach_fixed",
            f"The connection is {before.state.value}, so its approach stays {before.approach}.",
            "Disable the connection first.",
            field="approach",
            status=409,
        )
    if has_links and after.approach == "copy":
        raise Reject(
            "approach_fixed",
            "The connection has synced items, and a one-time copy would not know what to do with them.",
            "Leave it disabled, or delete it and make another connection for the copy.",
            field="approach",
            status=409,
        )


def _host(connection: Connection, authorizations: Mapping[str, Authorization]) -> str:
    """The host of the chosen key; without one, the host stays, so that the next key must be of the same."""
    held = authorizations.get(connection.tracker_authorization_id)
    return held.host if held else connection.tracker_host


def _may_use(
    connection: Connection, given: Iterable[str], authorizations: Mapping[str, Authorization]
) -> None:
    checks = (
        ("procore_authorization_id", credentials.must_be_procore),
        ("tracker_authorization_id", credentials.must_be_key),
        ("other_authorization_ids", credentials.must_be_procore),
    )
    for field, check in checks:
        chosen = getattr(connection, field)
        for one in (chosen,) if isinstance(chosen, str) else chosen:
            if field in given and one:
                _may_use_one(one, field, check, authorizations)


def _may_use_one(
    chosen: str,
    field: str,
    check: Callable[[Authorization], None],
    authorizations: Mapping[str, Authorization],
) -> None:
    if chosen not in authorizations:
        step = "Choose one of the tenant's authorizations."
        raise Reject("unknown_authorization", "There is no such authorization.", step, field=field)
    try:
        check(authorizations[chosen])
    except Reject as error:
        raise Reject(error.code, error.cause, error.next_step, field=field) from error


def _stay_ready(connection: Connection) -> None:
    """What runs must not be changed into what could not be enabled."""
    if connection.state not in _RUNNING:
        return
    problems = readiness.settings_problems(settings_room.read(connection.settings), connection.approach)
    cleared = [
        Problem(
            field, "A running connection needs it.", "Choose another one, or disable the connection first."
        )
        for field in ("procore_authorization_id", "tracker_authorization_id")
        if not getattr(connection, field)
    ]
    if problems or cleared:
        raise Problems("not_ready", (*cleared, *problems))


def _joined_already() -> Reject:
    return Reject(
        "taken",
        "These two projects are joined by a connection already.",
        "Use that connection, or delete it first.",
        field="tracker_project_id",
        status=409,
    )
