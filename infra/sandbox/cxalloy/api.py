"""The calls of /api/v1: which path does what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.cxalloy import blobs, writes
from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.keys import may_see, need_write
from sandbox.cxalloy.records import file_record, issue_record, oddly, project_record
from sandbox.http import Response, json_response

if TYPE_CHECKING:
    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import CxAlloyWorld, FileSpec, Issue, Key
    from sandbox.http import Request

ASSET_TYPES = {"equipment", "building", "floor", "space", "system", "zone"}


def answer(sandbox: CxAlloySandbox, key: Key, request: Request, path: str) -> Response:
    """Answer a signed call; `path` is what follows /api/v1. Raises Refused."""
    if request.method == "POST" and path in writes.WRITES:
        need_write(key)
        return writes.WRITES[path](sandbox, key, request)
    if request.method == "POST" and path == "/issue":
        return _issues(sandbox, key, request)
    if request.method == "GET":
        return _get(sandbox, key, request, path)
    raise Refused(404, "Not found")


def _get(sandbox: CxAlloySandbox, key: Key, request: Request, path: str) -> Response:
    if path == "/project":
        seen = [p for p in sandbox.world.projects if may_see(key, p.project_id)]
        return json_response([project_record(p, sandbox.settings) for p in seen])
    if match := re.fullmatch(r"/project/([^/]+)", path):
        return _project(sandbox, key, match[1])
    if match := re.fullmatch(r"/file/([^/]+)/download", path):
        return _download(sandbox, key, request, match[1])
    if path == "/file":
        return _files(sandbox, key, request)
    return json_response(_people_and_assets(sandbox.world, path, sandbox))


def _project(sandbox: CxAlloySandbox, key: Key, project_id: str) -> Response:
    found = next((p for p in sandbox.world.projects if p.project_id == project_id), None)
    if found is None or not may_see(key, project_id):
        raise Refused(404, "Project not found")
    return json_response(project_record(found, sandbox.settings))


def _issues(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    asked = writes.body_of(request)
    project_id = need_project(sandbox, key, str(asked.get("project_id", "")))
    wanted = str(asked.get("issue_id", "")) if sandbox.settings.issue_filter == "honoured" else ""
    found = [
        issue
        for issue in sandbox.world.issues
        if issue.visible and issue.project_id == project_id and wanted in {"", issue.issue_id}
    ]
    page, shown = _page(found, asked, sandbox.settings.page_cap)
    include = {str(name) for name in asked.get("include") or []}
    records = [_issue(sandbox, issue, include, request) for issue in shown]
    if not sandbox.settings.envelope:
        return json_response(records)
    return json_response({"records": records, "total_count": len(found), "page": page})


def _issue(sandbox: CxAlloySandbox, issue: Issue, include: set[str], request: Request) -> dict[str, Any]:
    files = [
        _file(sandbox, file, issue.project_id, request) for file in sandbox.world.files_of(issue.issue_id)
    ]
    return issue_record(issue, sandbox.world, include, files, sandbox.settings)


def _files(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    project_id = need_project(sandbox, key, request.parameter("project_id") or "")
    of_issue = request.parameter("issue_id")
    shown = {i.issue_id for i in sandbox.world.issues if i.visible and i.project_id == project_id}
    found = [f for f in sandbox.world.files if f.issue_id in shown and of_issue in (None, f.issue_id)]
    _, page = _page(found, dict(request.query), sandbox.settings.page_cap)
    return json_response([_file(sandbox, file, project_id, request) for file in page])


def _file(sandbox: CxAlloySandbox, file: FileSpec, project_id: str, request: Request) -> dict[str, Any]:
    by_url = sandbox.settings.download == "url"
    url = blobs.signed_url(sandbox, file, _origin(sandbox, request)) if by_url else None
    return file_record(file, project_id, url)


def _download(sandbox: CxAlloySandbox, key: Key, request: Request, file_id: str) -> Response:
    file = sandbox.world.file(file_id)
    issue = sandbox.world.issue(file.issue_id) if file else None
    if file is None or issue is None or not issue.visible or not may_see(key, issue.project_id):
        raise Refused(404, "File not found")
    if sandbox.settings.download == "redirect":
        return Response(302, (("Location", blobs.signed_url(sandbox, file, _origin(sandbox, request))),))
    return blobs.stream(sandbox, file)


def _people_and_assets(world: CxAlloyWorld, path: str, sandbox: CxAlloySandbox) -> list[dict[str, Any]]:
    """Return one of the lists that come as a bare array."""
    kind = path.removeprefix("/")
    if kind == "person":
        return [person.model_dump() for person in world.people]
    if kind in {"company", "role"}:
        entries = world.companies if kind == "company" else world.roles
        return [oddly({f"{kind}_id": e.id, "name": e.name}, e.id, sandbox.settings) for e in entries]
    if kind in ASSET_TYPES:
        assets = [asset for asset in world.assets if asset.asset_type == kind]
        return [{f"{kind}_id": asset.asset_key, "name": asset.asset_name} for asset in assets]
    raise Refused(404, "Not found")


def need_project(sandbox: CxAlloySandbox, key: Key, project_id: str) -> str:
    """Return the project's id if the key reaches it; raises Refused 404 if not, as if it did not exist."""
    known = any(project.project_id == project_id for project in sandbox.world.projects)
    if not known or not may_see(key, project_id):
        raise Refused(404, "Project not found")
    return project_id


def _page(found: list[Any], asked: dict[str, Any], cap: int) -> tuple[int, list[Any]]:
    try:
        page, size = int(asked.get("page") or 1), min(int(asked.get("perpage") or cap), cap)
    except ValueError:
        raise Refused(400, "page and perpage are whole numbers") from None
    return page, found[(page - 1) * size : page * size]


def _origin(sandbox: CxAlloySandbox, request: Request) -> str:
    return sandbox.settings.file_origin or f"http://{request.headers.get('host', 'localhost')}"
