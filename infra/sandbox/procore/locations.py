"""Locations of a project: tiers by parent, named by their path (Procore REST: Locations)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore import paging, times
from sandbox.procore.access import enter_project, require_level
from sandbox.procore.call import as_int, refuse
from sandbox.procore.events import LOCATIONS, tell
from sandbox.procore.world import Location

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.state import State
    from sandbox.procore.world import Project

_SORTS = ("created_at", "name", "node_name", "parent_id", "updated_at")


def list_locations(call: Call) -> Response:
    """GET /rest/v1.0/projects/{project_id}/locations: a flat list, filtered, sorted, paged."""
    project = enter_project(call, call.params["project_id"])
    limits, sort = paging.time_range(call.request), call.request.parameter("sort")
    rows = [
        one
        for one in _of(call.state, project.id)
        if paging.within(one.updated_at, limits) and _asked_for(call, one)
    ]
    if sort is not None and sort not in _SORTS:
        refuse(400, [f"sort takes {', '.join(_SORTS)}."])
    if sort is not None:
        rows.sort(key=lambda one: str(location_row(call.state, one)[sort] or ""))
    return paging.page(call, rows, lambda one: location_row(call.state, one))


def create(call: Call) -> Response:
    """POST /rest/v1.0/projects/{project_id}/locations: one tier under a parent; needs Project Admin."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Admin", tool="admin")
    _, given = call.wrapped("location")
    name, parent = _name(given.get("node_name")), _parent(call, project, given.get("parent_id"))
    if _child(call.state, project.id, parent, name):
        refuse(400, {"node_name": ["has already been taken"]})
    return json_response(location_row(call.state, add(call, project, name, parent)), 201)


def find_or_create(call: Call) -> Response:
    """POST …/locations/find_or_create_by_path: the end of a path; 201 when a tier was made, else 200."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, call.settings.location_path_level, tool="admin")
    _, given = call.wrapped("location")
    path = given.get("path")
    if not isinstance(path, list) or not path:
        refuse(400, {"path": ["must be a list of names"]})
    before = len(call.state.locations)
    found = at_path(call, project, [_name(one) for one in path])
    status = 201 if len(call.state.locations) > before else 200
    return json_response(location_row(call.state, found), status)


def show(call: Call) -> Response:
    """GET …/locations/{location_id}: one location."""
    project = enter_project(call, call.params["project_id"])
    return json_response(location_row(call.state, _find(call, project)))


def update(call: Call) -> Response:
    """PATCH …/locations/{location_id}: another name or parent; needs Project Admin."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Admin", tool="admin")
    location = _find(call, project)
    _, given = call.wrapped("location")
    name = _name(given["node_name"]) if "node_name" in given else location.node_name
    parent = _parent(call, project, given["parent_id"]) if "parent_id" in given else location.parent_id
    if parent is not None and location in _line(call.state, call.state.locations[parent]):
        refuse(400, {"parent_id": ["is the location itself or lies under it"]})
    twin = _child(call.state, project.id, parent, name)
    if twin and twin.id != location.id:
        refuse(400, {"node_name": ["has already been taken"]})
    return json_response(location_row(call.state, change(call, location, name, parent)))


def at_path(call: Call, project: Project, path: list[str]) -> Location:
    """Return the location at the end of a path of names, making the tiers that are missing."""
    found: Location | None = None
    for name in path:
        parent = found.id if found else None
        found = _child(call.state, project.id, parent, name) or add(call, project, name, parent)
    if found is None:
        raise LookupError("a path has one name at least")
    return found


def add(call: Call, project: Project, name: str, parent: int | None) -> Location:
    """Make one tier."""
    number = call.state.new_id("location", 15_500_001)
    made = Location(number, project.id, name, parent, created_at=call.now, updated_at=call.now)
    call.state.locations[number] = made
    call.deed("location_created", location_id=number, project_id=project.id, node_name=name, parent_id=parent)
    tell(call, LOCATIONS, "create", number, project.id)
    return made


def change(call: Call, location: Location, name: str, parent: int | None) -> Location:
    """Give a tier another name or parent; its id stays."""
    changed = replace(location, node_name=name, parent_id=parent, updated_at=call.now)
    call.state.locations[location.id] = changed
    fields = {"node_name": (location.node_name, name), "parent_id": (location.parent_id, parent)}
    changes = {key: {"old": old, "new": new} for key, (old, new) in fields.items() if old != new}
    call.deed("location_updated", location_id=location.id, project_id=location.project_id, changes=changes)
    tell(call, LOCATIONS, "update", location.id, location.project_id)
    return changed


def location_row(state: State, location: Location) -> dict[str, Any]:
    """Return a location as the lists show it."""
    return {**location_of_item(state, location), "code": location.code or None}


def location_of_item(state: State, location: Location) -> dict[str, Any]:
    """Return a location as observations show it; its name is the path, tiers joined with `>`."""
    return {
        "id": location.id, "name": ">".join(one.node_name for one in _line(state, location)),
        "node_name": location.node_name, "parent_id": location.parent_id,
        "created_at": times.iso(location.created_at), "updated_at": times.iso(location.updated_at),
    }  # fmt: skip


def require_location(call: Call, project: Project, location_id: int) -> int:
    """Return the id of a location of the project; refuses 400 otherwise."""
    held = call.state.locations.get(location_id)
    if held is None or held.project_id != project.id:
        refuse(400, {"location_id": ["is not a location of this project"]})
    return location_id


def _of(state: State, project_id: int) -> list[Location]:
    return [one for one in state.locations.values() if one.project_id == project_id]


def _line(state: State, location: Location) -> list[Location]:
    """Return a location with all above it, the root first."""
    line = [location]
    while (parent := line[0].parent_id) is not None:
        line.insert(0, state.locations[parent])
    return line


def _child(state: State, project_id: int, parent: int | None, name: str) -> Location | None:
    wanted = (parent, name)
    return next((one for one in _of(state, project_id) if (one.parent_id, one.node_name) == wanted), None)


def _find(call: Call, project: Project) -> Location:
    held = call.state.locations.get(call.path_id("location_id"))
    if held is None or held.project_id != project.id:
        refuse(404, ["The requested location was not found."])
    return held


def _name(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        refuse(400, {"node_name": ["can't be blank"]})
    return value


def _parent(call: Call, project: Project, value: object) -> int | None:
    return None if value is None else require_location(call, project, as_int(value, "parent_id"))


def _asked_for(call: Call, one: Location) -> bool:
    request = call.request
    line = [above.id for above in _line(call.state, one)]
    ids, parents = paging.int_values(request, "id"), paging.int_values(request, "parent_id")
    under, above = (
        paging.int_values(request, "sublocations_for"),
        paging.int_values(request, "superlocations_for"),
    )
    search = " ".join(request.parameter(f"filters[{name}]") or "" for name in ("search", "search_with_code"))
    return (
        (not ids or one.id in ids)
        and (not parents or one.parent_id in parents)
        and (not under or any(root in line[:-1] for root in under))
        and (not above or any(one.id in _ids_above(call.state, leaf) for leaf in above))
        and search.strip().lower() in one.node_name.lower()
        and _in_depth(call, len(line) - 1)
    )


def _ids_above(state: State, leaf: int) -> list[int]:
    held = state.locations.get(leaf)
    return [one.id for one in _line(state, held)[:-1]] if held else []


def _in_depth(call: Call, depth: int) -> bool:
    text = call.request.parameter("filters[depth_range]")
    if text is None:
        return True
    ends = re.fullmatch(r"(\d+)\.\.\.(\d+)", text)
    if ends is None:
        refuse(400, ["filters[depth_range] takes two whole numbers with three dots between them."])
    return int(ends[1]) <= depth <= int(ends[2])
