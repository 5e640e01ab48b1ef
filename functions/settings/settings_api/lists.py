"""The lists to choose from: companies, projects, statuses, priorities, types, trades (S4, S5, A20)."""

from collections.abc import Callable
from typing import Annotated, Any

from aws_lambda_powertools.event_handler.openapi.params import Query

from plumbline import wiring
from plumbline.connections import credentials
from plumbline.connections import lists as lists_room
from plumbline.connections import settings as settings_room
from plumbline.connections.lists import Entry
from plumbline.connections.tenancy import Visit
from plumbline.errors import Reject
from plumbline.procore import installs
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api.answers import Listing, ProcoreLists, TrackerLists
from settings_api.authorization_answers import InstallationRequested
from settings_api.authorizations import company_of
from settings_api.desk import PathId, authorization_of, connection_of, new_router, require
from settings_api.document import ok
from settings_api.given import InstallationRequest

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["lists"]}
_AUTHORIZATION = "/tenants/<tenant_id>/authorizations/<authorization_id>"
_CONNECTION = "/tenants/<tenant_id>/connections/<connection_id>"

LONGEST_READ = 18.0
"""Seconds for learning the tracker's lists; API Gateway ends a call after 29."""

PROJECTS_A_PAGE = 500

Search = Annotated[str, Query(max_length=100, description="Only projects whose name has this in it")]
PageNumber = Annotated[int, Query(ge=1, le=1000, description="From 1; each page has 500")]


@router.get(f"{_AUTHORIZATION}/companies", summary="List Procore companies", responses=ok(), **_ROUTE)
def list_companies(tenant_id: PathId, authorization_id: PathId) -> Listing[Entry]:
    """List companies by name; nothing touches them, so the app is connected to none of them by this."""
    held = _procore(require(router, tenant_id, Role.MANAGER), authorization_id)
    return Listing(items=list(lists_room.company_entries(wiring.procore_client(held, company_of(held)))))


@router.get(
    f"{_AUTHORIZATION}/companies/<company_id>/projects",
    summary="List Procore projects",
    responses=ok(),
    **_ROUTE,
)
def list_projects(
    tenant_id: PathId,
    authorization_id: PathId,
    company_id: PathId,
    search: Search = "",
    page: PageNumber = 1,
) -> Listing[Entry]:
    """List all projects of the chosen company that the authorization sees; `kind` is the project's number."""
    held = _procore(require(router, tenant_id, Role.MANAGER), authorization_id)
    found = lists_room.project_entries(wiring.procore_client(held, company_id), search)
    end = page * PROJECTS_A_PAGE
    following = str(page + 1) if len(found) > end else ""
    return Listing(items=list(found[end - PROJECTS_A_PAGE : end]), next_token=following)


@router.post(
    f"{_AUTHORIZATION}/companies/<company_id>/installation-request",
    summary="Request installation",
    responses=ok(),
    **_ROUTE,
)
def request_installation(
    tenant_id: PathId, authorization_id: PathId, company_id: PathId, body: InstallationRequest
) -> InstallationRequested:
    """Ask the company's admins, through Procore, to install the app."""
    held = _procore(require(router, tenant_id, Role.MANAGER), authorization_id)
    client = wiring.procore_client(held, company_id)
    try:
        installs.request_installation(client, wiring.client_id(), body.notes)
    except Reject as refusal:
        if refusal.code != "conflict":
            raise
        return InstallationRequested(asked_before=True)
    return InstallationRequested(asked_before=False)


@router.get(f"{_AUTHORIZATION}/tracker-projects", summary="List CxAlloy projects", responses=ok(), **_ROUTE)
def list_tracker_projects(tenant_id: PathId, authorization_id: PathId) -> Listing[Entry]:
    """List the projects that a CxAlloy key reaches."""
    held = authorization_of(require(router, tenant_id, Role.MANAGER), authorization_id)
    credentials.must_be_key(held)
    projects = wiring.cxalloy_client(held, wiring.default_calls()).projects()
    return Listing(items=[Entry(project.id, project.name) for project in projects])


@router.get(f"{_CONNECTION}/lists/procore", summary="Procore's lists", responses=ok(), **_ROUTE)
def procore_lists(tenant_id: PathId, connection_id: PathId) -> ProcoreLists:
    """Read what an observation of the connection's project may have, live."""
    visit = require(router, tenant_id, Role.VIEWER)
    connection = connection_of(visit, connection_id)
    _chosen(connection, "procore_authorization_id", "project_id")
    held = _procore(visit, connection.procore_authorization_id)
    client = wiring.procore_client(held, connection.company_id)
    told = lists_room.procore_lists(client, connection.project_id)
    return ProcoreLists.model_validate(told, from_attributes=True)


@router.get(f"{_CONNECTION}/lists/tracker", summary="CxAlloy's lists", responses=ok(), **_ROUTE)
def tracker_lists(tenant_id: PathId, connection_id: PathId) -> TrackerLists:
    """Learn what CxAlloy's issues name, and join what was added by hand: no public call lists it."""
    visit = require(router, tenant_id, Role.VIEWER)
    connection = connection_of(visit, connection_id)
    _chosen(connection, "tracker_authorization_id", "tracker_project_id")
    held = authorization_of(visit, connection.tracker_authorization_id)
    settings = settings_room.read(connection.settings)
    told = lists_room.tracker_lists(
        wiring.cxalloy_client(held, settings.tracker_calls),
        connection.tracker_project_id,
        settings,
        time_left=read_time(),
    )
    return TrackerLists.model_validate(told, from_attributes=True)


def read_time(seconds: float = LONGEST_READ) -> Callable[[], float]:
    """Start the clock for work that a person waits for."""
    end = wiring.now() + seconds
    return lambda: end - wiring.now()


def _procore(visit: Visit, authorization_id: str) -> records.Authorization:
    held = authorization_of(visit, authorization_id)
    credentials.must_be_procore(held)
    return held


def _chosen(connection: records.Connection, *fields: str) -> None:
    for field in fields:
        if not getattr(connection, field):
            step = "Choose it in the connection first."
            raise Reject("not_chosen", f"The connection has no {field} yet.", step, field=field, status=409)
