"""The calls of /api/v1: which path does what."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sandbox.cxalloy import blobs, lists
from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.keys import may_see, need_project, need_write
from sandbox.cxalloy.past import Seen
from sandbox.cxalloy.records import file_record, issue_record, project_record
from sandbox.cxalloy.write_calls import WRITES, body_of
from sandbox.http import Response, json_response

if TYPE_CHECKING:
    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import FileSpec, Key
    from sandbox.http import Request


def answer(sandbox: CxAlloySandbox, key: Key, request: Request, path: str) -> Response:
    """Answer a signed call; `path` is what follows /api/v1. Raises Refused."""
    if request.method == "POST" and path in WRITES:
        need_write(key)
        return WRITES[path](sandbox, key, request)
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
    return lists.answer(sandbox, key, request, path.removeprefix("/"))


def _project(sandbox: CxAlloySandbox, key: Key, project_id: str) -> Response:
    need_project(sandbox, key, project_id)
    found = next(p for p in sandbox.world.projects if p.project_id == project_id)
    return json_response(project_record(found, sandbox.settings))


def _issues(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    asked = body_of(request)
    project_id = need_project(sandbox, key, str(asked.get("project_id", "")))
    wanted = str(asked.get("issue_id", "")) if sandbox.settings.issue_filter == "honoured" else ""
    found = _seen(sandbox, project_id, wanted)
    page, shown = lists.page_of(sandbox, found, asked)
    include = {str(name) for name in asked.get("include") or []}
    records = [_issue(sandbox, one, include, request) for one in shown]
    if not sandbox.settings.envelope:
        return json_response(records)
    return json_response({"records": records, "total_count": len(found), "page": page})


def _seen(sandbox: CxAlloySandbox, project_id: str, wanted: str = "") -> list[Seen]:
    """Return the project's issues that a reader sees now, which may lag; `wanted` narrows it to one."""
    world, lag = sandbox.world, sandbox.settings.stale_seconds
    issues = world.issues_of(project_id)
    if wanted:
        one = world.issue(wanted)
        issues = [one] if one and one.project_id == project_id else []
    if not lag:
        return [Seen(issue, world.files_of(issue.issue_id)) for issue in issues if issue.visible]
    then = sandbox.clock() - lag
    seen = (sandbox.past.then(Seen(i, world.files_of(i.issue_id)), then) for i in issues)
    return [one for one in seen if one and one.issue.visible]


def _issue(sandbox: CxAlloySandbox, seen: Seen, include: set[str], request: Request) -> dict[str, Any]:
    shown = seen.files if "files" in include else []
    files = [_file(sandbox, file, seen.issue.project_id, request) for file in shown]
    return issue_record(seen.issue, sandbox.world, include, files, sandbox.settings)


def _files(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    project_id = need_project(sandbox, key, request.parameter("project_id") or "")
    seen = _seen(sandbox, project_id, request.parameter("issue_id") or "")
    found = sorted((file for one in seen for file in one.files), key=_age)
    _, page = lists.page_of(sandbox, found, dict(request.query))
    return json_response([_file(sandbox, file, project_id, request) for file in page])


def _age(file: FileSpec) -> tuple[int, str]:
    return len(file.id), file.id


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


def _origin(sandbox: CxAlloySandbox, request: Request) -> str:
    return sandbox.settings.file_origin or f"http://{request.headers.get('host', 'localhost')}"
