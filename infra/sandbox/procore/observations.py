"""Observation items: list, create, show, update (Procore REST: Observation Items)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore import observation_filters, paging, times
from sandbox.procore.access import at_least, enter_project, level, require_level
from sandbox.procore.call import as_int, refuse
from sandbox.procore.deeds import add_files, add_item, edit_item
from sandbox.procore.observation_fields import read_fields
from sandbox.procore.observation_views import detail, row
from sandbox.procore.records import STATUSES
from sandbox.procore.uploads import check_attachable

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.records import Observation
    from sandbox.procore.world import Project


def list_items(call: Call) -> Response:
    """GET /rest/v1.0/observations/items: filtered, sorted, paged; `view=ids` gives bare ids."""
    project = enter_project(call, call.request.parameter("project_id"))
    require_level(call, project, "Read Only")
    items = observation_filters.ordered(call, observation_filters.chosen(call, project, recycled=False))
    view = call.request.parameter("view")
    if view == "ids":
        return paging.page(call, items, lambda item: item.id)
    if view in {"permissions", "web"}:
        return paging.page(call, items, lambda item: {**row(call, item), **_permissions(call, project, item)})
    return paging.page(call, items, lambda item: row(call, item))


def create(call: Call) -> Response:
    """POST /rest/v1.0/observations/items: 201 with the detail; nobody is e-mailed."""
    body, given = call.wrapped("observation")
    project = enter_project(call, body.get("project_id"))
    require_level(call, project, "Standard")
    for required in ("name", "type_id"):
        if given.get(required) in (None, ""):
            refuse(400, {required: ["can't be blank"]})
    author = _author(call, project, given)
    fields = _defaults(call, project) | read_fields(call, project, given)
    uploads = check_attachable(call, project, given)
    item = add_item(call, project, author, fields, uploads)
    return json_response(detail(call, item), 201)


def show(call: Call) -> Response:
    """GET /rest/v1.0/observations/items/{id}: the detail; what lies in the recycle bin is not found."""
    project = enter_project(call, call.request.parameter("project_id"))
    require_level(call, project, "Read Only")
    return json_response(detail(call, find(call, project, call.path_id("id"))))


def update(call: Call) -> Response:
    """PATCH /rest/v1.0/observations/items/{id}: only what is sent changes; a new status adds a log."""
    body, given = call.wrapped("observation")
    project = enter_project(call, body.get("project_id"))
    item = find(call, project, call.path_id("id"))
    require_edit(call, project, item)
    changes = read_fields(call, project, given)
    uploads = check_attachable(call, project, given)
    edit_item(call, item, changes)
    add_files(call, item, uploads)
    return json_response(detail(call, item))


def statuses(call: Call) -> Response:
    """GET /rest/v1.0/projects/{project_id}/observations/items/statuses: what the caller may set."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Read Only")
    raw_item = call.request.parameter("id")
    item = find(call, project, as_int(raw_item, "id")) if raw_item else None
    free = item is None or may_edit(call, project, item)
    allowed = [status for status in STATUSES if status != "draft" and (free or status == "ready_for_review")]
    return json_response([{"value": status, "label": STATUSES[status]} for status in allowed])


def find(call: Call, project: Project, item_id: int) -> Observation:
    """Return an item that is visible and not recycled; refuses 404."""
    item = call.state.observations.get(item_id)
    hidden = item is None or item.deleted_at is not None
    if item is None or hidden or not observation_filters.visible(call, project, item):
        refuse(404, ["The requested observation was not found."])
    return item


def may_edit(call: Call, project: Project, item: Observation) -> bool:
    """Tell whether the caller may edit an item: Admin any, Standard its own (Procore: Observations)."""
    held = level(call.caller, project)
    return at_least(held, "Admin") or (at_least(held, "Standard") and item.created_by_id == call.caller.id)


def require_edit(call: Call, project: Project, item: Observation) -> None:
    """Refuse 403 unless the caller may edit the item."""
    if not may_edit(call, project, item):
        refuse(403, ["You need Admin on the observations tool to edit another person's observation."])


def _author(call: Call, project: Project, given: dict[str, Any]) -> int:
    if given.get("created_by_id") is None:
        return call.caller.id
    require_level(call, project, "Admin")
    author = as_int(given["created_by_id"], "created_by_id")
    if author not in call.state.people:
        refuse(400, {"created_by_id": ["is not a person of this project"]})
    return author


def _defaults(call: Call, project: Project) -> dict[str, Any]:
    days = project.days_due_default
    due = None if days is None else times.day(call.now + days * 86_400)
    return {"due_date": due, "personal": project.private_by_default}


def _permissions(call: Call, project: Project, item: Observation) -> dict[str, Any]:
    return {"permissions": {"can_edit": may_edit(call, project, item)}}
