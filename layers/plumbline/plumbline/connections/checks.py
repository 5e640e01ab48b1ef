"""The checks before enabling, put together: choices, settings, permissions, live lists, maps (S6, A20)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.connections import lists, readiness
from plumbline.connections import settings as settings_room
from plumbline.issues import mapping
from plumbline.procore import companies, permissions
from plumbline.stores.records import AuthorizationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plumbline.connections.problems import Problem
    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.issues.mapping import Finding
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.permissions import Check
    from plumbline.stores.records import Authorization, Connection


@dataclass(frozen=True, slots=True)
class Report:
    """What was found; the connection may be enabled when `problems` is empty.

    `complete` is False when not all issues of the tracker could be read in the time there was.
    """

    permissions: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Clients:
    """Makers of the two clients, called only when the choices are complete."""

    procore: Callable[[Connection], ProcoreClient]
    tracker: Callable[[Connection], CxAlloyClient]
    time_left: Callable[[], float]


def report(connection: Connection, authorizations: Mapping[str, Authorization], clients: Clients) -> Report:
    """Check everything. The live part runs only when something is there to ask with and about."""
    settings = settings_room.read(connection.settings)
    choices = readiness.choice_problems(connection, authorizations)
    by_themselves = readiness.settings_problems(settings, connection.approach)
    if choices:
        return Report(problems=(*choices, *by_themselves))
    needed = needs(connection, settings, authorizations[connection.procore_authorization_id])
    return _live(connection, settings, by_themselves, needed, clients)


def needs(
    connection: Connection, settings: IssueSettings, authorizer: Authorization
) -> tuple[permissions.Need, ...]:
    """Name the levels that the approach takes with the options in use (S6)."""
    if connection.approach == "copy":
        return permissions.copy_needs(in_authors_name=settings.in_authors_name)
    return permissions.sync_needs(
        service_account=authorizer.kind is AuthorizationKind.PROCORE_SERVICE_ACCOUNT,
        deletes=settings.sync.deletes,
        assignees=settings.sync.assignees,
        locations=settings.sync.assets_as_locations,
        in_authors_name=settings.in_authors_name,
    )


def _live(
    connection: Connection,
    settings: IssueSettings,
    before: tuple[Problem, ...],
    needed: tuple[permissions.Need, ...],
    clients: Clients,
) -> Report:
    procore = clients.procore(connection)
    levels = companies.permissions(procore, connection.project_id)
    rows = permissions.check(levels, needed)
    denied = readiness.permission_problems(rows)
    if denied:  # without the tool its lists cannot be read either
        return Report(permissions=rows, problems=(*before, *denied))
    there = lists.procore_lists(procore, connection.project_id).by_field()
    here = lists.tracker_lists(
        clients.tracker(connection), connection.tracker_project_id, settings, time_left=clients.time_left
    )
    findings = mapping.check(settings, here.by_field(), there)
    problems = (
        *before,
        *readiness.value_problems(settings, here.by_field(), there, connection.approach),
        *readiness.map_problems(findings),
    )
    return Report(rows, findings, problems, here.complete)
