"""Enable, disable, pause, resume, sync now (S8, S14, S25), and the webhook (S7)."""

from typing import Any

from plumbline import wiring, wiring_queues, wiring_sync
from plumbline.connections import lifecycle
from plumbline.connections.problems import Problems
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api import webhook
from settings_api.answers import ConnectionWithSettings
from settings_api.connections import noted, report
from settings_api.desk import PathId, connection_of, new_router, require
from settings_api.document import ok
from settings_api.sync_answers import HookReport

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["running"]}
_ONE = "/tenants/<tenant_id>/connections/<connection_id>"


@router.post(f"{_ONE}/enable", summary="Enable", responses=ok(), **_ROUTE)
def enable(tenant_id: PathId, connection_id: PathId) -> ConnectionWithSettings:
    """Start the work, if all checks pass; after a disabling it goes on from the kept links.

    Ongoing sync sets its webhook first and looks at everything once: nothing is doubled, nothing lost.
    """
    visit = require(router, tenant_id, Role.MANAGER)
    stored = connection_of(visit, connection_id)
    lifecycle.may_be_enabled(stored)
    told = report(visit, stored)
    if told.problems:
        raise Problems("not_ready", told.problems)
    if stored.approach == "sync":
        webhook.repair(stored)
    saved = lifecycle.enable(wiring.connections(), stored, now=wiring.now())
    wiring_sync.authorizers().passed(saved)
    answer = noted(visit, saved, "enabled", f"Enabled by {visit.who}.")
    _look_now(saved)
    return answer


@router.post(f"{_ONE}/disable", summary="Disable", responses=ok(), **_ROUTE)
def disable(tenant_id: PathId, connection_id: PathId) -> ConnectionWithSettings:
    """Stop all work and remove our webhook; content and links are kept, twins are no longer shown."""
    visit = require(router, tenant_id, Role.MANAGER)
    saved = lifecycle.disable(wiring.connections(), connection_of(visit, connection_id))
    left = webhook.remove(saved) if saved.approach == "sync" else ""
    text = f" Its webhook could not be removed: {left}" if left else ""
    return noted(visit, saved, "disabled", f"Disabled by {visit.who}.{text}")


@router.post(f"{_ONE}/pause", summary="Pause", responses=ok(), **_ROUTE)
def pause(tenant_id: PathId, connection_id: PathId) -> ConnectionWithSettings:
    """Let work wait; nothing is lost."""
    visit = require(router, tenant_id, Role.MANAGER)
    saved = lifecycle.pause(wiring.connections(), connection_of(visit, connection_id))
    return noted(visit, saved, "paused", f"Paused by {visit.who}.")


@router.post(f"{_ONE}/resume", summary="Resume", responses=ok(), **_ROUTE)
def resume(tenant_id: PathId, connection_id: PathId) -> ConnectionWithSettings:
    """Go on after a pause."""
    visit = require(router, tenant_id, Role.MANAGER)
    saved = lifecycle.resume(wiring.connections(), connection_of(visit, connection_id))
    answer = noted(visit, saved, "resumed", f"Resumed by {visit.who}.")
    _look_now(saved)
    return answer


@router.post(f"{_ONE}/sync-now", summary="Sync now", responses=ok(), **_ROUTE)
def sync_now(tenant_id: PathId, connection_id: PathId) -> ConnectionWithSettings:
    """Look at both sides now instead of at the next polls; a one-time copy looks at the tracker only."""
    visit = require(router, tenant_id, Role.MANAGER)
    found = connection_of(visit, connection_id)
    lifecycle.must_be_enabled(found, "synced")
    answer = noted(visit, found, "sync_asked", f"Sync asked for by {visit.who}.")
    _look_now(found)
    return answer


@router.get(f"{_ONE}/hook", summary="Check the webhook", responses=ok(), **_ROUTE)
def check_hook(tenant_id: PathId, connection_id: PathId) -> HookReport:
    """Look at the connection's webhook at Procore; webhooks of others are shown beside it."""
    visit = require(router, tenant_id, Role.VIEWER)
    connection = connection_of(visit, connection_id)
    lifecycle.must_sync(connection)
    lifecycle.must_be_running(connection)
    return webhook.look(connection)


@router.post(f"{_ONE}/hook/repair", summary="Repair the webhook", responses=ok(), **_ROUTE)
def repair_hook(tenant_id: PathId, connection_id: PathId) -> HookReport:
    """Put right whatever is off with our webhook; all others are left alone."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    lifecycle.must_sync(connection)
    lifecycle.must_be_running(connection)
    told = webhook.repair(connection)
    text = f"Webhook repaired by {visit.who}."
    lifecycle.note(wiring.activity(), connection.id, "hook_repaired", text, now=wiring.now())
    return told


def _look_now(connection: records.Connection) -> None:
    lifecycle.make_due(wiring.cursors(), connection, now=wiring.now())
    wiring_queues.poll_now(connection.id)
