"""Single items: look, retry, copy again, link, unlink (S14, A4, A10, A26)."""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from plumbline import wiring, wiring_jobs, wiring_queues
from plumbline.connections import items as items_room
from plumbline.connections import lifecycle, linking
from plumbline.connections import settings as settings_room
from plumbline.connections.tenancy import not_found
from plumbline.issues import hints
from plumbline.issues.hints import Hint
from plumbline.procore.observations import observation_page
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api.answers import Listing, moment
from settings_api.desk import PathId, authorization_of, complete, connection_of, item_of, new_router, require
from settings_api.document import JSON, ok
from settings_api.given import TwoToLink
from settings_api.item_answers import Item, ItemWithFiles, Observation, Retried, Twin
from settings_api.lists import read_time

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["items"]}
_CONNECTION = "/tenants/<tenant_id>/connections/<connection_id>"
_ITEM = f"{_CONNECTION}/items/<item_id>"

Limit = Annotated[int, Query(ge=1, le=500)]
Token = Annotated[str, Query(max_length=2000, description="From the page before")]
State = Annotated[
    Literal["", "waiting", "copied", "parked", "left", "synced", "gone", "held", "unlinked"], Query()
]
Words = Annotated[str, Query(max_length=100, alias="search", description="Words in either number")]
IssueId = Annotated[str, Query(pattern=r"^[A-Za-z0-9_-]{0,64}$", description="Only the item of this issue")]


@router.get(f"{_CONNECTION}/items", summary="List items", responses=ok(), **_ROUTE)
def list_items(
    tenant_id: PathId,
    connection_id: PathId,
    *,
    state: State = "",
    issue_id: IssueId = "",
    words: Words = "",
    limit: Limit = 100,
    token: Token = "",
) -> Listing[Item]:
    """List the connection's items: those of one state, with certain numbers, or the one of an issue.

    A page of a search may be empty and still have a next one.
    """
    visit = require(router, tenant_id, Role.VIEWER)
    connection = connection_of(visit, connection_id)
    if issue_id:
        link = wiring.links().by_issue(connection.id, issue_id)
        found = [link] if link and state in ("", link.state) else []
        return Listing(items=[shown(connection, one) for one in found])
    page = items_room.search(wiring.links(), connection.id, words, state=state, limit=limit, token=token)
    return Listing(items=[shown(connection, link) for link in page.items], next_token=page.next_token)


@router.get(_ITEM, summary="Read an item", responses=ok(), **_ROUTE)
def read_item(tenant_id: PathId, connection_id: PathId, item_id: PathId) -> ItemWithFiles:
    """Read one item, with where both twins are and how many files it has."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    link = item_of(connection, item_id)
    files = wiring.links().files(link.id)
    return ItemWithFiles(**shown(connection, link).model_dump(), files=len(files))


@router.post(f"{_ITEM}/retry", summary="Retry an item", responses=ok(), **_ROUTE)
def retry_item(tenant_id: PathId, connection_id: PathId, item_id: PathId) -> Item:
    """Set a parked or waiting item going again at once."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    lifecycle.must_be_enabled(connection, "retried")
    saved = items_room.retry(wiring.links(), item_of(connection, item_id), now=wiring.now())
    return _sent(connection, saved, "retry_asked", f"Retry asked for by {visit.who}.")


@router.post(f"{_CONNECTION}/retry-failed", summary="Retry all failed", responses=ok(), **_ROUTE)
def retry_failed(tenant_id: PathId, connection_id: PathId) -> Retried:
    """Set all parked items going again."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    lifecycle.must_be_enabled(connection, "retried")
    count = items_room.retry_failed(
        wiring.links(),
        connection.id,
        now=wiring.now(),
        hint=lambda link: _hint(connection, link),
    )
    text = f"Retry of {count} failed items asked for by {visit.who}."
    lifecycle.note(wiring.activity(), connection.id, "retry_asked", text, now=wiring.now())
    return Retried(retried=count, more=count == items_room.MOST_RETRIED)


@router.post(f"{_ITEM}/copy-again", summary="Copy again", responses=ok(), **_ROUTE)
def copy_again(tenant_id: PathId, connection_id: PathId, item_id: PathId) -> Item:
    """Make another observation for an item, only if Procore proves that the former one was deleted."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    lifecycle.must_be_enabled(connection, "copied again")
    link = item_of(connection, item_id)
    items_room.must_be_copied(link)
    held = authorization_of(visit, connection.procore_authorization_id)
    client = wiring.procore_client(held, connection.company_id)
    gone = ""
    if link.observation_id:
        items_room.must_be_deleted(client, connection.project_id, link.observation_id)
        gone = f"; observation {link.observation_id} was deleted"
    saved = items_room.copy_again(wiring.links(), link, now=wiring.now())
    text = f"Copy again asked for by {visit.who}{gone}."
    return _sent(connection, saved, "copy_again_asked", text)


@router.post(f"{_CONNECTION}/items", summary="Link by hand", responses=ok(201, "Linked"), **_ROUTE)
def link_two(tenant_id: PathId, connection_id: PathId, body: TwoToLink) -> Response[Item]:
    """Make an issue and an observation that exist twins as they are: from now on edits travel.

    Nothing is written by this; comments and files that one side lacks follow.
    """
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    lifecycle.must_sync(connection)
    complete(visit, connection)
    settings = settings_room.read(connection.settings)
    pair = wiring_jobs.survey(connection, settings, read_time()).two(body.issue_id, body.observation_id)
    twins = linking.twins(pair, settings)
    link = linking.join(wiring.links(), connection, twins, now=wiring.now())
    text = f"Linked by hand by {visit.who} with observation {twins.observation_id}."
    return Response(201, JSON, _sent(connection, link, "linked", text))


@router.post(f"{_ITEM}/unlink", summary="Unlink", responses=ok(), **_ROUTE)
def unlink(tenant_id: PathId, connection_id: PathId, item_id: PathId) -> Item:
    """Part two twins: nothing follows any more, all content stays on both sides."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    link = item_of(connection, item_id)
    lifecycle.must_sync(connection)
    saved = linking.unlink(wiring.links(), link, now=wiring.now())
    text = f"Unlinked by {visit.who}."
    lifecycle.note(wiring.activity(), connection.id, "unlinked", text, now=wiring.now(), link=saved)
    return shown(connection, saved)


@router.get(
    "/tenants/<tenant_id>/issues/<tracker_project_id>/<issue_id>/observation",
    summary="Which observation has this issue?",
    responses=ok(),
    **_ROUTE,
)
def observation_of(tenant_id: PathId, tracker_project_id: PathId, issue_id: PathId) -> Observation:
    """Say which observation an issue has, for the tracker's own pages."""
    require(router, tenant_id, Role.VIEWER)
    for connection in wiring.connections().of_tenant(tenant_id):
        if connection.tracker_project_id != tracker_project_id or not items_room.shows_addresses(connection):
            continue
        link = wiring.links().by_issue(connection.id, issue_id)
        twin = _observation(connection, link) if link else None
        if link and twin:
            return Observation(
                connection_id=connection.id, item_id=link.id, state=link.state, observation=twin
            )
    raise not_found("observation of this issue", "issue_id")


def _sent(connection: records.Connection, link: records.Link, outcome: str, text: str) -> Item:
    lifecycle.note(wiring.activity(), connection.id, outcome, text, now=wiring.now(), link=link)
    _hint(connection, link)
    return shown(connection, link)


def ask_worker(
    connection: records.Connection, link: records.Link, wish: str, outcome: str, text: str
) -> None:
    """Have a worker carry out what a person wants of an item, and note who wants it."""
    items_room.wake(wiring.links(), link, wish, now=wiring.now())
    lifecycle.note(wiring.activity(), connection.id, outcome, text, now=wiring.now(), link=link)
    _hint(connection, link, wish)


def _hint(connection: records.Connection, link: records.Link, *wishes: str) -> None:
    """Tell the worker of the connection's approach that an item is due."""
    if connection.approach == "sync":
        facets = (*hints.ALL, *wishes)
        wiring_queues.send_sync_hint(Hint(connection.id, "manual", link.id, facets=facets))
    else:
        wiring_queues.send_copy_hint(connection.id, link.id, "manual")


def shown(connection: records.Connection, link: records.Link) -> Item:
    """Show an item."""
    return Item(
        id=link.id,
        state=link.state,
        issue=Twin(id=link.issue_id, number=link.issue_number, address=_address_of(connection, link)),
        observation=_observation(connection, link),
        generation=link.generation,
        former_observation_ids=list(link.former_observation_ids),
        tries=link.tries,
        due_at=moment(link.due_at),
        cause=link.cause,
        next_step=link.next_step,
        remarks=link.remarks,
        gone_since=moment(link.gone_since),
        updated_at=moment(link.updated_at),
    )


def _observation(connection: records.Connection, link: records.Link) -> Twin | None:
    if not link.observation_id:
        return None
    address = observation_address(connection, link.observation_id)
    return Twin(id=link.observation_id, number=link.observation_number, address=address)


def observation_address(connection: records.Connection, observation_id: str) -> str:
    """Return the observation's page; "" where twins are not shown."""
    if not observation_id or not items_room.shows_addresses(connection):
        return ""
    return observation_page(wiring.hosts().web, connection.project_id, observation_id)


def _address_of(connection: records.Connection, link: records.Link) -> str:
    """Return what the poll noted of the issue; older links are told by the connection's settings."""
    if link.issue_address and items_room.shows_addresses(connection):
        return link.issue_address
    return issue_address(connection, link.issue_id)


def issue_address(connection: records.Connection, issue_id: str) -> str:
    """Return the issue's page; "" where twins are not shown."""
    if not issue_id or not items_room.shows_addresses(connection):
        return ""
    settings = settings_room.read(connection.settings)
    return items_room.issue_address(connection.tracker_host, connection, settings, issue_id)
