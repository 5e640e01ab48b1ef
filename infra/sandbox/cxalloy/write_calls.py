"""The calls that write: create, update and delete an issue, comment on it, add a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.cxalloy import writes
from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.fields import accepted
from sandbox.cxalloy.files import form_parts
from sandbox.cxalloy.keys import need_project
from sandbox.cxalloy.world import FileSpec, Issue
from sandbox.http import json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import Key
    from sandbox.http import Request, Response

NAMED = {"project_id", "issue_id"}


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
    body = _titled(sandbox, body_of(request))
    project_id = need_project(sandbox, key, str(body.get("project_id", "")))
    fields = accepted(sandbox, body, None)
    issue = writes.create(sandbox, project_id, fields, "API", key.identifier)
    return json_response({"issue_id": issue.issue_id, "name": issue.name})


def _issue_update(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    body = _titled(sandbox, body_of(request))
    issue = _issue_for(sandbox, key, body)
    fields = accepted(sandbox, body, issue)
    if fields:
        sent = {name: value for name, value in body.items() if name not in NAMED}
        writes.edit(sandbox, issue, fields, key.identifier, sent)
    return json_response({"issue_id": issue.issue_id})


def _issue_delete(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    issue = _issue_for(sandbox, key, body_of(request))
    writes.show(sandbox, issue, "issue deleted", key.identifier, deleted=True)
    return json_response({"issue_id": issue.issue_id})


def _comment_create(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    body = body_of(request)
    issue = _issue_for(sandbox, key, body)
    text = body.get("comment")
    if not isinstance(text, str) or not text:
        raise Refused(422, "comment may not be empty")
    comment = writes.add_comment(sandbox, issue, text, "API", key.identifier)
    return json_response({"issuecomment_id": comment.issuecomment_id})


def _file_create(sandbox: CxAlloySandbox, key: Key, request: Request) -> Response:
    parts = form_parts(request.headers.get("content-type", ""), request.body)
    values = {name: content.decode() for name, (file_name, content) in parts.items() if file_name is None}
    issue = _issue_for(sandbox, key, values)
    file_name, content = parts.get("file", (None, b""))
    if not file_name:
        raise Refused(422, "file is missing")
    file = FileSpec(
        id=sandbox.new_id(), issue_id=issue.issue_id, name=file_name, kind="blob", size=len(content)
    )
    sandbox.files.keep(file.id, content)
    writes.add_file(sandbox, file, key.identifier)
    return json_response({"file_id": file.id})


WRITES: dict[str, Callable[[CxAlloySandbox, Key, Request], Response]] = {
    "/issue_create": _issue_create,
    "/issue_update": _issue_update,
    "/issue_delete": _issue_delete,
    "/issuecomment_create": _comment_create,
    "/file_create": _file_create,
}


def _titled(sandbox: CxAlloySandbox, body: dict[str, Any]) -> dict[str, Any]:
    """Return the body with the title under the model's name, left out where issues have none."""
    field = sandbox.settings.title_field
    rest = {name: value for name, value in body.items() if name not in {"title", field}}
    return {**rest, "title": body[field]} if field and field in body else rest


def _issue_for(sandbox: CxAlloySandbox, key: Key, named: dict[str, Any]) -> Issue:
    project_id = need_project(sandbox, key, str(named.get("project_id", "")))
    issue = sandbox.world.issue(str(named.get("issue_id", "")))
    if issue is None or not issue.visible or issue.project_id != project_id:
        raise Refused(404, "Issue not found")
    return issue
