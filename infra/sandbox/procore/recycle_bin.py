"""The recycle bin of observations: what was deleted can be seen and brought back with its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.http import Response, json_response
from sandbox.procore import paging
from sandbox.procore.access import enter_project, require_level
from sandbox.procore.call import refuse
from sandbox.procore.deeds import bring_back, recycle
from sandbox.procore.observation_filters import chosen, ordered
from sandbox.procore.observation_views import detail, row
from sandbox.procore.observations import find

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.records import Observation
    from sandbox.procore.world import Project


def delete(call: Call) -> Response:
    """DELETE /rest/v1.0/projects/{project_id}/observations/items/{id}: into the bin, 204; needs Admin."""
    project = _project(call)
    item = find(call, project, call.path_id("id"))
    recycle(call, item)
    return Response(204)


def list_recycled(call: Call) -> Response:
    """GET /rest/v1.0/projects/{project_id}/recycle_bin/observations/items: rows as in the list."""
    project = _project(call)
    items = ordered(call, chosen(call, project, recycled=True))
    return paging.page(call, items, lambda item: row(call, item))


def show_recycled(call: Call) -> Response:
    """GET …/recycle_bin/observations/items/{id}: one recycled item; 404 for one that is not in the bin."""
    return json_response(detail(call, _recycled(call, _project(call))))


def restore(call: Call) -> Response:
    """PATCH …/recycle_bin/observations/items/{id}/restore: back in the list, same id."""
    item = _recycled(call, _project(call))
    bring_back(call, item)
    return json_response(detail(call, item))


def _project(call: Call) -> Project:
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Admin")
    return project


def _recycled(call: Call, project: Project) -> Observation:
    item = call.state.observations.get(call.path_id("id"))
    if item is None or item.project_id != project.id or item.deleted_at is None:
        refuse(404, ["The requested observation is not in the recycle bin."])
    return item
