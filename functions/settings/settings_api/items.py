"""Single items and the activity log: look, retry, copy again, export (S12, S14, A4, A26)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from plumbline import wiring
from plumbline.connections import items as items_room
from plumbline.connections import lifecycle, log
from plumbline.connections import settings as settings_room
from plumbline.connections.tenancy import not_found
from plumbline.procore.observations import observation_page
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api.answers import Item, ItemWithFiles, Listing, LogEntry, Observation, Retried, Twin, moment
from settings_api.desk import PathId, authorization_of, connection_of, item_of, new_router, require
from settings_api.document import ok

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["items"]}
_CONNECTION = "/tenants/<tenant_id>/connections/<connection_id>"
_ITEM = f"{_CONNECTION}/items/<item_id>"

Limit = Annotated[int, Query(ge=1, le=500)]
Token = Annotated[str, Query(max_length=2000, description="From the page before")]
State = Annotated[Literal["", "waiting", "copied", "parked", "left"], Query()]
ItemId = Annotated[str, Query(alias="item", pattern=r"^[A-Za-z0-9_-]{0,64}$", description="An item's id")]
Outcome = Annotated[str, Query(max_length=64, description="Such as copied, failed or parked")]
Since = Annotated[datetime | None, Query(alias="from", description="Not older than this")]
Until = Annotated[datetime | None, Query(alias="to", description="Not newer than this")]
Words = Annotated[str, Query(alias="search", max_length=100, description="Words in the message")]


@router.get(f"{_CONNECTION}/items", summary="List items", responses=ok(), **_ROUTE)
def list_items(
    tenant_id: PathId, connection_id: PathId, state: State = "", limit: Limit = 100, token: Token = ""
) -> Listing[Item]:
    """List the connection's items, those of one state where that is given."""
    visit = require(router, tenant_id, Role.VIEWER)
    connection = connection_of(visit, connection_id)
    page = wiring.links().of_connection(connection.id, state=state, limit=limit, token=token)
    return Listing(items=[_item(connection, link) for link in page.items], next_token=page.next_token)


@router.get(_ITEM, summary="Read an item", responses=ok(), **_ROUTE)
def read_item(tenant_id: PathId, connection_id: PathId, item_id: PathId) -> ItemWithFiles:
    """Read one item, with where both twins are and how many files it has."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    link = item_of(connection, item_id)
    files = wiring.links().files(link.id)
    shown = _item(connection, link).model_dump()
    return ItemWithFiles(**shown, files=len(files))


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
        hint=lambda link: wiring.send_copy_hint(connection.id, link.id, "manual"),
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
    items_room.must_be_deleted(client, connection.project_id, link.observation_id)
    saved = items_room.copy_again(wiring.links(), link, now=wiring.now())
    text = f"Copy again asked for by {visit.who}; observation {link.observation_id} was deleted."
    return _sent(connection, saved, "copy_again_asked", text)


@router.get(f"{_CONNECTION}/activity", summary="Read the activity log", responses=ok(), **_ROUTE)
def read_activity(
    tenant_id: PathId,
    connection_id: PathId,
    *,
    item: ItemId = "",
    outcome: Outcome = "",
    since: Since = None,
    until: Until = None,
    words: Words = "",
    limit: Limit = 100,
    token: Token = "",
) -> Listing[LogEntry]:
    """Read what happened, newest first; a page may be empty and still have a next one."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    wanted = _filter(connection, item, outcome=outcome, since=since, until=until, words=words)
    found, following = log.read(wiring.activity(), connection.id, wanted, limit=limit, token=token)
    return Listing(items=[_entry(connection, one) for one in found], next_token=following)


@router.get(
    f"{_CONNECTION}/activity.csv",
    summary="Export the activity log",
    responses=ok(200, "CSV", content={"text/csv": {"schema": {"type": "string"}}}),
    **_ROUTE,
)
def export_activity(
    tenant_id: PathId,
    connection_id: PathId,
    *,
    item: ItemId = "",
    outcome: Outcome = "",
    since: Since = None,
    until: Until = None,
    words: Words = "",
    token: Token = "",
) -> Response[str]:
    """Export the log as CSV, 5,000 rows at once; the header Plumbline-Next-Token asks for the next."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    wanted = _filter(connection, item, outcome=outcome, since=since, until=until, words=words)
    text, following = log.export(wiring.activity(), connection.id, wanted, token)
    name = f"activity-{connection.id}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Plumbline-Next-Token": following,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(200, "text/csv; charset=utf-8", text, headers=headers)


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
    wiring.send_copy_hint(connection.id, link.id, "manual")
    return _item(connection, link)


def _filter(
    connection: records.Connection,
    item: str,
    *,
    outcome: str,
    since: datetime | None,
    until: datetime | None,
    words: str,
) -> log.Filter:
    return log.Filter(
        issue_id=item_of(connection, item).issue_id if item else "",
        outcome=outcome,
        since=_seconds(since),
        until=_seconds(until),
        words=words,
    )


def _seconds(time: datetime | None) -> float:
    """Turn a time into Unix seconds; without a zone it is UTC."""
    if time is None:
        return 0.0
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _item(connection: records.Connection, link: records.Link) -> Item:
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
        updated_at=moment(link.updated_at),
    )


def _observation(connection: records.Connection, link: records.Link) -> Twin | None:
    if not link.observation_id:
        return None
    address = _observation_address(connection, link.observation_id)
    return Twin(id=link.observation_id, number=link.observation_number, address=address)


def _observation_address(connection: records.Connection, observation_id: str) -> str:
    if not observation_id or not items_room.shows_addresses(connection):
        return ""
    return observation_page(wiring.hosts().web, connection.project_id, observation_id)


def _address_of(connection: records.Connection, link: records.Link) -> str:
    """Return what the poll noted of the issue; older links are told by the connection's settings."""
    if link.issue_address and items_room.shows_addresses(connection):
        return link.issue_address
    return _issue_address(connection, link.issue_id)


def _issue_address(connection: records.Connection, issue_id: str) -> str:
    if not issue_id or not items_room.shows_addresses(connection):
        return ""
    settings = settings_room.read(connection.settings)
    return items_room.issue_address(connection.tracker_host, connection, settings, issue_id)


def _entry(connection: records.Connection, one: records.Activity) -> LogEntry:
    return LogEntry(
        id=one.id,
        at=moment(one.at),
        outcome=one.outcome,
        cause=one.cause,
        direction=one.direction,
        message=one.message,
        next_step=one.next_step,
        issue_id=one.issue_id,
        issue_number=one.issue_number,
        issue_address=_issue_address(connection, one.issue_id),
        observation_id=one.observation_id,
        observation_address=_observation_address(connection, one.observation_id),
        before=one.before,
        after=one.after,
    )
