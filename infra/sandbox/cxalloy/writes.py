"""The calls that change the world: create, update and delete an issue, comment on it, add a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.files import form_parts
from sandbox.cxalloy.keys import may_see
from sandbox.cxalloy.world import Comment, FileSpec, Issue, StatusChange
from sandbox.http import json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import Key
    from sandbox.http import Request, Response

WRITABLE = {
    "description", "section", "status_id", "priority_id", "discipline_id", "issuetype_id", "due_date",
    "asset_key", "assigned_type", "assigned_key",
}  # fmt: skip


def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object a call carries; raises Refused 400."""
    try:
        body = request.json()
    except ValueError:
        raise Refused(400, "Body is not JSON") from None
    if not isinstance(body, dict):
        raise Refused(400, "Body is not an object")
    return body


def _issue_create(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    body = body_of(request)
    project_id = str(body.get("project_id", ""))
    if not may_see(key, project_id) or all(p.project_id != project_id for p in sandbox.world.projects):
        raise Refused(404, "Project not found")
    fields = _fields(sandbox, body)
    fields.setdefault("status_id", sandbox.world.initial_status())
    issue_id = sandbox.new_id()
    name = f"ISS-{len(sandbox.world.issues) + 1}"
    issue = Issue(
        issue_id=issue_id, project_id=project_id, name=name, date_created=sandbox.now().date(), **fields
    )  # fmt: skip
    sandbox.world.issues.append(issue)
    sandbox.note("issue created", key.identifier, issue_id)
    return json_response({"issue_id": issue_id, "name": name})


def _issue_update(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    body = body_of(request)
    issue = _issue_for(sandbox, key, str(body.get("project_id", "")), str(body.get("issue_id", "")))
    fields = _fields(sandbox, body)
    if "status_id" in fields:
        set_status(sandbox, issue, fields.pop("status_id"), key.identifier)
    for name, value in fields.items():
        setattr(issue, name, value)
    if fields:
        sandbox.note("issue changed", key.identifier, issue.issue_id, fields=sorted(fields))
    return json_response({"issue_id": issue.issue_id})


def _issue_delete(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    body = body_of(request)
    issue = _issue_for(sandbox, key, str(body.get("project_id", "")), str(body.get("issue_id", "")))
    issue.deleted = True
    sandbox.note("issue deleted", key.identifier, issue.issue_id)
    return json_response({"issue_id": issue.issue_id})


def _comment_create(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    body = body_of(request)
    issue = _issue_for(sandbox, key, str(body.get("project_id", "")), str(body.get("issue_id", "")))
    text = body.get("comment")
    if not isinstance(text, str) or not text:
        raise Refused(422, "comment may not be empty")
    comment = add_comment(sandbox, issue, text, "API", key.identifier)
    return json_response({"issuecomment_id": comment.issuecomment_id})


def _file_create(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    parts = form_parts(request.headers.get("content-type", ""), request.body)
    values = {name: content.decode() for name, (file_name, content) in parts.items() if file_name is None}
    issue = _issue_for(sandbox, key, values.get("project_id", ""), values.get("issue_id", ""))
    file_name, content = parts.get("file", (None, b""))
    if not file_name:
        raise Refused(422, "file is missing")
    file = FileSpec(
        id=sandbox.new_id(), issue_id=issue.issue_id, name=file_name, kind="blob", size=len(content)
    )
    sandbox.files.keep(file.id, content)
    add_file(sandbox, file, key.identifier)
    return json_response({"file_id": file.id})


WRITES: dict[str, Callable[[CxAlloySandbox, Key, Request], Response]] = {
    "/issue_create": _issue_create,
    "/issue_update": _issue_update,
    "/issue_delete": _issue_delete,
    "/issuecomment_create": _comment_create,
    "/file_create": _file_create,
}


def set_status(sandbox: CxAlloySandbox, issue: Issue, status_id: str, by: str) -> None:
    """Move an issue to a status; raises Refused 422 for one that does not exist."""
    if all(status.id != status_id for status in sandbox.world.statuses):
        raise Refused(422, f"Unknown status {status_id}")
    before, issue.status_id = issue.status_id, status_id
    issue.status_log.append(StatusChange(status_id=status_id, at=sandbox.now(), person=by))
    sandbox.note("status set", by, issue.issue_id, before=before, after=status_id)


def add_comment(sandbox: CxAlloySandbox, issue: Issue, text: str, author: str, by: str) -> Comment:
    """Add a comment to an issue and return it."""
    comment = Comment(
        issuecomment_id=sandbox.new_id(), comment=text, created_name=author, date_created=sandbox.now()
    )  # fmt: skip
    issue.comments.append(comment)
    sandbox.note("comment added", by, issue.issue_id, issuecomment_id=comment.issuecomment_id)
    return comment


def add_file(sandbox: CxAlloySandbox, file: FileSpec, by: str) -> None:
    """Add a file, whose bytes are known or made, to its issue."""
    sandbox.world.files.append(file)
    sandbox.note("file added", by, file.issue_id, file_id=file.id)


def _issue_for(sandbox: CxAlloySandbox, key: Key, project_id: str, issue_id: str) -> Issue:
    issue = sandbox.world.issue(issue_id)
    reachable = issue and issue.visible and issue.project_id == project_id and may_see(key, project_id)
    if issue is None or not reachable:
        raise Refused(404, "Issue not found")
    return issue


def _fields(sandbox: CxAlloySandbox, body: dict[str, Any]) -> dict[str, Any]:
    fields = {name: value for name, value in body.items() if name in WRITABLE}
    fields |= {n: str(v) for n, v in fields.items() if n.endswith(("_id", "_key")) and v is not None}
    if fields.get("status_id", "") not in {"", *(status.id for status in sandbox.world.statuses)}:
        raise Refused(422, f"Unknown status {fields['status_id']}")
    return fields
