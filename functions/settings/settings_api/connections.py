"""Connections: make, change, delete, check, copy settings (S6, S13, S25)."""

from typing import Any

from aws_lambda_powertools.event_handler import Response
from pydantic import BaseModel

from plumbline import wiring, wiring_jobs, wiring_queues
from plumbline.connections import checks, credentials, editing, glance, jobs, lifecycle, naming, polls
from plumbline.connections import lists as lists_room
from plumbline.connections import settings as settings_room
from plumbline.connections.settings import IssueSettings
from plumbline.connections.tenancy import Visit
from plumbline.errors import Reject
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api import webhook
from settings_api.answers import (
    CallsLeft,
    Checks,
    Connection,
    ConnectionWithSettings,
    Listing,
    Poll,
    Settings,
    Standing,
    moment,
)
from settings_api.authorizations import company_of
from settings_api.desk import PathId, authorizations_of, connection_of, new_router, require
from settings_api.document import JSON, ok
from settings_api.given import ConnectionChange, CopiedSettings, ImportedSettings, NewConnection
from settings_api.lists import read_time

LONGEST_DELETE = 10.0
"""Seconds of forgetting while a person waits; a job forgets the rest."""

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["connections"]}
_ALL = "/tenants/<tenant_id>/connections"
_ONE = f"{_ALL}/<connection_id>"
_PLAIN = {
    "name",
    "approach",
    "procore_authorization_id",
    "other_authorization_ids",
    "company_id",
    "project_id",
    "tracker_authorization_id",
    "tracker_project_id",
}


@router.post(_ALL, summary="Make a connection", responses=ok(201, "Made, as a draft"), **_ROUTE)
def make_connection(tenant_id: PathId, body: NewConnection) -> Response[ConnectionWithSettings]:
    """Make a draft; what is given is checked live, what is not known yet may follow."""
    visit = require(router, tenant_id, Role.MANAGER)
    defaults = IssueSettings(tracker_calls=wiring.default_calls())
    draft = editing.blank(tenant_id, body.name, defaults, who=visit.caller.sub, now=wiring.now())
    made = _applied(visit, draft, body, body.settings)
    editing.create(wiring.connections(), made)
    return Response(201, JSON, full(visit, made))


@router.get(_ALL, summary="List connections", responses=ok(), **_ROUTE)
def list_connections(tenant_id: PathId) -> Listing[Connection]:
    """List the tenant's connections with their state at a glance."""
    visit = require(router, tenant_id, Role.VIEWER)
    held = authorizations_of(visit)
    found = wiring.connections().of_tenant(tenant_id)
    return Listing(items=[Connection.of(one, _glance(one, held)) for one in found])


@router.get(_ONE, summary="Read a connection", responses=ok(), **_ROUTE)
def read_connection(tenant_id: PathId, connection_id: PathId) -> ConnectionWithSettings:
    """Read a connection with its settings and its state at a glance."""
    visit = require(router, tenant_id, Role.VIEWER)
    return full(visit, connection_of(visit, connection_id))


@router.patch(_ONE, summary="Change a connection", responses=ok(), **_ROUTE)
def change_connection(
    tenant_id: PathId, connection_id: PathId, body: ConnectionChange
) -> ConnectionWithSettings:
    """Change what is sent; projects only while nothing runs and nothing is linked.

    A changed map, filter or option rewrites nothing old: items edited later follow it, a preview shows what
    else would, and approving that carries it over.
    """
    visit = require(router, tenant_id, Role.MANAGER)
    stored = connection_of(visit, connection_id)
    editing.check_version(stored, body.version)
    saved = editing.save(wiring.connections(), _applied(visit, stored, body, body.settings))
    changed = ", ".join(sorted(body.model_fields_set - {"version"}))
    return noted(visit, saved, "settings_changed", f"Changed by {visit.who}: {changed or 'nothing'}.")


@router.delete(_ONE, summary="Delete a connection", responses=ok(204, "Deleted"), **_ROUTE)
def delete_connection(tenant_id: PathId, connection_id: PathId) -> Response[None]:
    """Forget a draft or disabled connection and free its projects; content on both sides stays."""
    visit = require(router, tenant_id, Role.MANAGER)
    found = connection_of(visit, connection_id)
    editing.may_be_deleted(found)
    if webhook.has_one(found):
        webhook.remove(found)
    if not wiring_jobs.memory().delete(found, time_left=read_time(LONGEST_DELETE)):
        wiring_queues.send_job(jobs.forget_job(found.id))
    return Response(204)


@router.get(f"{_ONE}/checks", summary="Check before enabling", responses=ok(), **_ROUTE)
def check_connection(tenant_id: PathId, connection_id: PathId) -> Checks:
    """Check permissions, choices, settings and maps, live; nothing is changed."""
    visit = require(router, tenant_id, Role.VIEWER)
    told = report(visit, connection_of(visit, connection_id))
    return Checks(
        ready=not told.problems,
        problems=list(told.problems),
        permissions=list(told.permissions),
        findings=list(told.findings),
        complete=told.complete,
    )


@router.get(f"{_ONE}/settings/export", summary="Export settings", responses=ok(), **_ROUTE)
def export_settings(tenant_id: PathId, connection_id: PathId) -> Settings:
    """Return all settings with their defaults filled in."""
    found = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    return Settings(settings=settings_room.read(found.settings))


@router.post(f"{_ONE}/settings/import", summary="Import settings", responses=ok(), **_ROUTE)
def import_settings(
    tenant_id: PathId, connection_id: PathId, body: ImportedSettings
) -> ConnectionWithSettings:
    """Replace all settings; what is left out gets its default."""
    visit = require(router, tenant_id, Role.MANAGER)
    return _replaced(visit, connection_of(visit, connection_id), body.settings, "imported")


@router.post(f"{_ONE}/copy-settings", summary="Copy settings", responses=ok(), **_ROUTE)
def copy_settings(tenant_id: PathId, connection_id: PathId, body: CopiedSettings) -> ConnectionWithSettings:
    """Take over the settings of another connection of the tenant."""
    visit = require(router, tenant_id, Role.MANAGER)
    stored = connection_of(visit, connection_id)
    source = connection_of(visit, body.from_connection_id)
    return _replaced(visit, stored, settings_room.read(source.settings), f"copied from {source.name}")


def _applied(
    visit: Visit, connection: records.Connection, body: BaseModel, settings: IssueSettings
) -> records.Connection:
    """Lay what was sent over a connection, checked."""
    _may_alert(settings)
    return editing.apply(
        connection,
        body.model_dump(include=_PLAIN & body.model_fields_set),
        settings,
        authorizations=authorizations_of(visit),
        has_links=editing.has_links(wiring.links(), connection.id),
        names=naming.Names(_companies, _projects, _tracker_projects),
    )


def _replaced(
    visit: Visit, stored: records.Connection, settings: IssueSettings, how: str
) -> ConnectionWithSettings:
    _may_alert(settings)
    saved = editing.save(wiring.connections(), editing.with_settings(stored, settings))
    return noted(visit, saved, "settings_changed", f"Settings {how} by {visit.who}.")


def _may_alert(settings: IssueSettings) -> None:
    """Refuse alerts that nobody would get. Raises `Reject`."""
    if settings.alerts.when != "off" and wiring.setting("ALERTS_SENT") != "yes":
        raise Reject(
            "no_alert_sender",
            "This deployment sends no e-mail: it has no sender for alerts.",
            "Turn the alerts off, or have it deployed with the parameter AlertSender (README).",
            field="settings.alerts.when",
        )


def noted(visit: Visit, saved: records.Connection, outcome: str, text: str) -> ConnectionWithSettings:
    """Write down what was done to a connection, and show it."""
    lifecycle.note(wiring.activity(), saved.id, outcome, text, now=wiring.now())
    return full(visit, saved)


def full(visit: Visit, connection: records.Connection) -> ConnectionWithSettings:
    """Show a connection with its settings and its state at a glance."""
    held = authorizations_of(visit)
    counts = wiring.links().counts(connection.id)
    standing = Standing(
        counts=counts,
        polls=[Poll.of(poll) for poll in polls.polls(wiring.cursors(), connection)],
        calls=_calls_left(connection, held),
    )
    return ConnectionWithSettings.full(connection, _seen(connection, held, counts), standing)


def _glance(connection: records.Connection, held: dict[str, records.Authorization]) -> glance.Glance:
    return _seen(connection, held, wiring.links().counts(connection.id))


def _seen(
    connection: records.Connection, held: dict[str, records.Authorization], counts: dict[str, int]
) -> glance.Glance:
    cursor = wiring.cursors().get(connection.id, records.TRACKER)
    return glance.glance(connection, held, counts, cursor.polled_at if cursor else 0.0)


def _calls_left(connection: records.Connection, held: dict[str, records.Authorization]) -> CallsLeft | None:
    authorizer = held.get(connection.procore_authorization_id)
    if authorizer is None:
        return None
    key, now = wiring.procore_key(authorizer, connection.company_id), wiring.now()
    used, limit, ends = wiring.procore_budget().peek(key, now=now)
    return CallsLeft(left=max(0, limit - used), limit=limit, ends_at=moment(ends))


def report(visit: Visit, connection: records.Connection) -> checks.Report:
    """Check all that must hold before enabling."""
    held = authorizations_of(visit)
    calls = settings_room.read(connection.settings).tracker_calls
    return checks.report(
        connection,
        held,
        checks.Clients(
            procore=lambda one: wiring.procore_client(held[one.procore_authorization_id], one.company_id),
            tracker=lambda one: wiring.cxalloy_client(held[one.tracker_authorization_id], calls),
            time_left=read_time(),
        ),
    )


def _companies(held: records.Authorization) -> dict[str, str]:
    client = wiring.procore_client(held, company_of(held))
    return {entry.id: entry.name for entry in lists_room.company_entries(client)}


def _projects(held: records.Authorization, company_id: str) -> dict[str, str]:
    client = wiring.procore_client(held, company_id)
    return {entry.id: entry.name for entry in lists_room.project_entries(client)}


def _tracker_projects(held: records.Authorization) -> dict[str, str]:
    credentials.must_be_key(held)
    client = wiring.cxalloy_client(held, wiring.default_calls())
    return {project.id: project.name for project in client.projects()}
