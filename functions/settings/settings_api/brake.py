"""The mass-delete brake over the API: the plan, its approval, its dismissal (S16)."""

from typing import Any

from plumbline import wiring, wiring_queues
from plumbline.connections import braking, lifecycle
from plumbline.issues import hints
from plumbline.issues.hints import Hint
from plumbline.stores.records import Role
from settings_api.desk import PathId, connection_of, new_router, require
from settings_api.document import ok
from settings_api.given import SeenPlan
from settings_api.sync_answers import Brake

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["brake"]}
_BRAKE = "/tenants/<tenant_id>/connections/<connection_id>/brake"


@router.get(_BRAKE, summary="Read the brake", responses=ok(), **_ROUTE)
def read_brake(tenant_id: PathId, connection_id: PathId) -> Brake:
    """Read which deletes wait for a person, item by item."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    return Brake.of(braking.plan(wiring.links(), wiring.cursors(), connection.id))


@router.post(f"{_BRAKE}/approve", summary="Approve the deletes", responses=ok(), **_ROUTE)
def approve_deletes(tenant_id: PathId, connection_id: PathId, body: SeenPlan) -> Brake:
    """Have exactly these deletes made; a plan that changed meanwhile is refused and shown anew."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    lifecycle.must_be_enabled(connection, "given an approval")
    held = braking.approve(
        wiring.links(),
        wiring.cursors(),
        connection.id,
        body.hash,
        now=wiring.now(),
        hint=lambda link: wiring_queues.send_sync_hint(
            Hint(connection.id, "manual", link.id, facets=(*hints.ALL, hints.APPROVED))
        ),
    )
    text = f"{len(held.links)} deletes approved by {visit.who}."
    lifecycle.note(wiring.activity(), connection.id, "deletes_approved", text, now=wiring.now())
    return Brake.of(held)


@router.post(f"{_BRAKE}/dismiss", summary="Dismiss the deletes", responses=ok(), **_ROUTE)
def dismiss_deletes(tenant_id: PathId, connection_id: PathId, body: SeenPlan) -> Brake:
    """Delete none of these: the items are unlinked, and what is left on either side stays."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    held = braking.dismiss(wiring.links(), wiring.cursors(), connection.id, body.hash, now=wiring.now())
    text = f"{len(held.links)} deletes dismissed by {visit.who}; their items are unlinked."
    lifecycle.note(wiring.activity(), connection.id, "deletes_dismissed", text, now=wiring.now())
    return Brake.of(braking.plan(wiring.links(), wiring.cursors(), connection.id))
