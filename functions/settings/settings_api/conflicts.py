"""Conflicts over the API: both values of a field that both sides changed, and picking one (A13)."""

from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler.openapi.params import Query

from plumbline import wiring
from plumbline.connections import conflicts, lifecycle
from plumbline.connections.tenancy import not_found
from plumbline.issues import hints
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api.answers import Listing
from settings_api.desk import PartId, PathId, connection_of, item_of, new_router, require
from settings_api.document import ok
from settings_api.given import Pick
from settings_api.items import Limit, Token, ask_worker
from settings_api.sync_answers import Conflict

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["conflicts"]}
_ALL = "/tenants/<tenant_id>/connections/<connection_id>/conflicts"
_ONE = f"{_ALL}/<item_id>/<conflict_id>"

ItemId = Annotated[str, Query(pattern=r"^[A-Za-z0-9_-]{0,64}$", description="An item's id")]
State = Annotated[Literal["", "open", "kept", "picked", "settled"], Query()]


@router.get(_ALL, summary="List conflicts", responses=ok(), **_ROUTE)
def list_conflicts(
    tenant_id: PathId,
    connection_id: PathId,
    *,
    state: State = "",
    item: ItemId = "",
    limit: Limit = 100,
    token: Token = "",
) -> Listing[Conflict]:
    """List the connection's conflicts, those of one state or all of one item where that is given."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    if item:
        known = wiring.links().conflicts(item_of(connection, item).id)
        return Listing(items=[Conflict.of(one) for one in known if state in ("", one.state)])
    page = wiring.links().conflicts_of(connection.id, state=state, limit=limit, token=token)
    return Listing(items=[Conflict.of(one) for one in page.items], next_token=page.next_token)


@router.get(_ONE, summary="Read a conflict", responses=ok(), **_ROUTE)
def read_conflict(tenant_id: PathId, connection_id: PathId, item_id: PathId, conflict_id: PartId) -> Conflict:
    """Read one conflict with both values whole."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    return Conflict.of(_conflict(item_of(connection, item_id), conflict_id))


@router.post(f"{_ONE}/pick", summary="Pick a side", responses=ok(), **_ROUTE)
def pick_side(
    tenant_id: PathId, connection_id: PathId, item_id: PathId, conflict_id: PartId, body: Pick
) -> Conflict:
    """Have one side's value stand on both; it is carried over within moments."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    link = item_of(connection, item_id)
    found = _conflict(link, conflict_id)
    lifecycle.must_sync(connection)
    lifecycle.must_be_enabled(connection, "given a pick")
    picked = conflicts.pick(wiring.links(), found, body.side)
    text = f"{visit.who} picked the value of {body.side} for {found.field}."
    ask_worker(connection, link, hints.PICKED, "picked", text)
    return Conflict.of(picked)


def _conflict(link: records.Link, conflict_id: str) -> records.Conflict:
    found = wiring.links().conflict(link.id, conflict_id)
    if found is None:
        raise not_found("conflict", "conflict_id")
    return found
