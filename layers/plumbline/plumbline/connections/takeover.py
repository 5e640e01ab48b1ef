"""Another authorizer takes over when a connection's own works no longer (S10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.connections import checks, readiness
from plumbline.connections import settings as connection_settings
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues.standing import RIGHTS_LOST
from plumbline.procore import companies, permissions
from plumbline.stores.ports import Stale
from plumbline.stores.records import Activity, AuthorizationKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.procore.client import ProcoreClient
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections
    from plumbline.stores.records import Authorization, Connection

LOST = frozenset({"forbidden", "not_found", "app_not_installed", "user_installs_off"})
"""Refusals that may mean that the authorizer may not work in the project any more; its levels tell."""

ASK_AGAIN = 60.0


def take_over(
    connections: Connections,
    authorizations: Authorizations,
    log: ActivityLog,
    connection: Connection,
    *,
    now: float,
    lost_rights: bool = False,
    may_work: Callable[[Authorization], bool] = lambda _: True,
) -> Connection:
    """Put the next valid authorizer that was connected for this project in the place of one that fails.

    Returns the connection as it then stands: unchanged while its own credential is valid (unless
    `lost_rights` says that it may not work in the project any more) and when no other one is. `may_work` is
    asked before one takes over, for a valid credential may have no rights in the project either.
    """
    held = authorizations.get(connection.procore_authorization_id)
    if held and held.valid and not lost_rights:
        return connection
    others = map(authorizations.get, connection.other_authorization_ids)
    fitting = (other for other in others if other and _fits(other, connection, held) and may_work(other))
    successor = next(fitting, None)
    if successor is None:
        return connection
    try:
        saved = connections.save(_changed(connection, successor))
    except Stale:  # another worker, or a person, has just chosen: theirs stands
        return connections.get(connection.id) or connection
    log.add(_entry(saved, successor, held, now))
    return saved


def may_work(client: ProcoreClient, connection: Connection, candidate: Authorization) -> bool:
    """Say whether Procore lets the client's user do what the settings need, in 1 call.

    What cannot be asked right now counts as no: the next piece of work asks again.
    """
    try:
        return missing(client, connection, candidate) is None
    except Retry:
        return False


def missing(client: ProcoreClient, connection: Connection, held: Authorization) -> Reject | None:
    """What keeps an authorizer from the work that the settings need, with whom to ask; None for nothing.

    1 call. Raises `Retry` when Procore cannot be asked.
    """
    settings = connection_settings.read(connection.settings)
    needs = checks.needs(connection, settings, held)
    try:
        levels = companies.permissions(client, connection.project_id)
    except NeedsAuthorization as error:
        raise Retry(error.cause, after=ASK_AGAIN) from error
    except Reject as refusal:
        if refusal.code in LOST:
            return Reject(RIGHTS_LOST, refusal.cause, refusal.next_step)
        raise Retry(refusal.cause, after=ASK_AGAIN) from refusal
    problems = readiness.permission_problems(permissions.check(levels, needs))
    if not problems:
        return None
    steps = " ".join(problem.next_step for problem in problems)
    return Reject(RIGHTS_LOST, " ".join(problem.reason for problem in problems), steps)


def _fits(candidate: Authorization, connection: Connection, held: Authorization | None) -> bool:
    """Say whether it is a valid credential of this tenant for the same Procore and company."""
    if not candidate.valid or candidate.tenant_id != connection.tenant_id:
        return False
    if held and candidate.environment != held.environment:
        return False
    if candidate.kind is AuthorizationKind.PROCORE_SERVICE_ACCOUNT:
        return candidate.subject == connection.company_id
    return candidate.kind is AuthorizationKind.PROCORE_PERSON


def _changed(connection: Connection, successor: Authorization) -> Connection:
    """Put the successor in front and the former authorizer at the end of those that stand by."""
    former = connection.procore_authorization_id
    waiting = [id_ for id_ in connection.other_authorization_ids if id_ not in {successor.id, former}]
    return replace(
        connection,
        procore_authorization_id=successor.id,
        other_authorization_ids=(*waiting, *([former] if former else [])),
    )


def _entry(
    connection: Connection, successor: Authorization, held: Authorization | None, now: float
) -> Activity:
    former = held.label if held else "the former authorizer"
    cause = held.cause if held else "It was deleted."
    return Activity(
        connection.id,
        now,
        "authorizer_changed",
        "sweep",
        f"{successor.label} takes over at Procore from {former}. "
        + (cause or "The former may not work in this project any more."),
        direction="",
        next_step="Connect the former authorizer again if it is to stand by.",
        before={"procore_authorization_id": held.id if held else ""},
        after={"procore_authorization_id": successor.id},
    )
