"""Calls about a project's locations, a tree that Procore lists flat (Procore: REST reference, Locations)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.procore.reading import Unreadable, id_of, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.procore.client import ProcoreClient


@dataclass(frozen=True, slots=True)
class Location:
    """One node: `name` is its whole path joined with ">", which a node's own name may hold as well.

    So paths are told apart by `parent_id` (None for a root) and `node_name`, never by `name`.
    """

    id: str
    name: str
    node_name: str
    parent_id: str | None


def locations(client: ProcoreClient, project_id: str) -> Iterator[Location]:
    """Yield all locations of the project, oldest first, so that a new one never shifts a page."""
    return client.rows(_path(project_id), read_location, {"sort": "created_at"})


def find_or_create(client: ProcoreClient, project_id: str, path: tuple[str, ...]) -> Location:
    """Return the location at a path of node names, made with all that lack above it. Raises `EffectUnknown`.

    Asking again changes nothing, so an unknown effect is settled by the same call.
    """
    body = {"location": {"path": list(path)}}
    return client.request("POST", f"{_path(project_id)}/find_or_create_by_path", json=body).read(
        read_location
    )


def rename(client: ProcoreClient, project_id: str, location_id: str, node_name: str) -> Location:
    """Give a node another name; its place and what lies under it stay. Raises `EffectUnknown`."""
    body = {"location": {"node_name": node_name}}
    return client.request("PATCH", f"{_path(project_id)}/{location_id}", json=body).read(read_location)


def read_location(row: object) -> Location:
    """Read one location. Raises `Unreadable`."""
    row = mapping(row)
    if not isinstance(row.get("node_name"), str):
        raise Unreadable("a location has no node_name")
    parent = row.get("parent_id")
    return Location(id_of(row), str(row.get("name") or ""), row["node_name"], str(parent) if parent else None)


def _path(project_id: str) -> str:
    return f"/rest/v1.0/projects/{project_id}/locations"
