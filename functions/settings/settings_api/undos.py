"""Undo over the API: what can be put back on an item, and asking for it (S15)."""

from typing import Any

from plumbline import wiring
from plumbline.connections import lifecycle, undoing
from plumbline.connections.tenancy import not_found
from plumbline.issues import hints
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api.answers import Listing
from settings_api.desk import PartId, PathId, connection_of, item_of, new_router, require
from settings_api.document import ok
from settings_api.items import ask_worker
from settings_api.sync_answers import Undo

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["undos"]}
_ALL = "/tenants/<tenant_id>/connections/<connection_id>/items/<item_id>/undos"


@router.get(_ALL, summary="List undos", responses=ok(), **_ROUTE)
def list_undos(tenant_id: PathId, connection_id: PathId, item_id: PathId) -> Listing[Undo]:
    """List what can be put back on an item, newest first, each with what would happen."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    link = item_of(connection, item_id)
    kept = undoing.offered(wiring.links().undos(link.id), now=wiring.now())
    return Listing(items=[Undo.of(one) for one in reversed(kept)])


@router.get(f"{_ALL}/<undo_id>", summary="Read an undo", responses=ok(), **_ROUTE)
def read_undo(tenant_id: PathId, connection_id: PathId, item_id: PathId, undo_id: PartId) -> Undo:
    """Read what would be put back and what would happen, before asking for it."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    return Undo.of(_undo(item_of(connection, item_id), undo_id))


@router.post(f"{_ALL}/<undo_id>", summary="Undo", responses=ok(), **_ROUTE)
def ask_undo(tenant_id: PathId, connection_id: PathId, item_id: PathId, undo_id: PartId) -> Undo:
    """Have it put back; `what_happens` in the answer says what follows, such as another id."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    link = item_of(connection, item_id)
    found = _undo(link, undo_id)
    lifecycle.must_sync(connection)
    lifecycle.must_be_enabled(connection, "given an undo")
    asked = undoing.ask(wiring.links(), found, now=wiring.now())
    ask_worker(connection, link, hints.UNDO, "undo_asked", f"Undo of {found.kind} asked for by {visit.who}.")
    return Undo.of(asked)


def _undo(link: records.Link, undo_id: str) -> records.Undo:
    found = wiring.links().undo(link.id, undo_id)
    if found is None:
        raise not_found("undo", "undo_id")
    return found
