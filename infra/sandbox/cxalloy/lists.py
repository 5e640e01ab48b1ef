"""People, companies, roles and assets, which come as bare arrays; and the pages of every list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.keys import need_project
from sandbox.cxalloy.records import oddly
from sandbox.http import json_response

if TYPE_CHECKING:
    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import Key
    from sandbox.http import Request, Response

ASSET_TYPES = {"equipment", "building", "floor", "space", "system", "zone"}
Entry = TypeVar("Entry")


def answer(sandbox: CxAlloySandbox, key: Key, request: Request, kind: str) -> Response:
    """Answer one of the lists; raises Refused 404 for a kind that is none."""
    project_id = request.parameter("project_id")
    if project_id is not None:
        need_project(sandbox, key, project_id)
    records = _records(sandbox, kind, project_id)
    _, page = page_of(sandbox, records, dict(request.query))
    return json_response([oddly(one, str(one[f"{kind}_id"]), sandbox.settings) for one in page])


def page_of(sandbox: CxAlloySandbox, found: list[Entry], asked: dict[str, Any]) -> tuple[int, list[Entry]]:
    """Return the number and the entries of the page that was asked for, shifted where a fault says so."""
    cap = sandbox.bend.cap if sandbox.bend and sandbox.bend.cap else sandbox.settings.page_cap
    try:
        page, size = int(asked.get("page") or 1), min(int(asked.get("perpage") or cap), cap)
    except ValueError:
        raise Refused(400, "page and perpage are whole numbers") from None
    shift = sandbox.bend.shift if sandbox.bend else 0
    start = max((page - 1) * size + shift, 0)
    return page, found[start : start + size]


def _records(sandbox: CxAlloySandbox, kind: str, project_id: str | None) -> list[dict[str, Any]]:
    world = sandbox.world
    if kind == "person":
        return [{**person.model_dump(), "name": person.name} for person in world.people]
    if kind in {"company", "role"}:
        entries = world.companies if kind == "company" else world.roles
        return [{f"{kind}_id": entry.id, "name": entry.name} for entry in entries]
    if kind not in ASSET_TYPES:
        raise Refused(404, "Not found")
    return [
        {f"{kind}_id": asset.asset_key, "name": asset.asset_name}
        for asset in world.assets
        if asset.asset_type == kind and project_id in (None, asset.project_id or project_id)
    ]
