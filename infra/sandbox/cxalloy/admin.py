"""The sandbox's back door under /_sandbox: look into it, act as a person in CxAlloy, switch faults on."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sandbox.cxalloy import blobs, writes
from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.faults import Fault
from sandbox.cxalloy.page import page
from sandbox.cxalloy.settings import Settings
from sandbox.cxalloy.world import FileSpec
from sandbox.http import html_response, json_response

if TYPE_CHECKING:
    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import Issue
    from sandbox.http import Request, Response

PERSON = "person"


def answer(sandbox: CxAlloySandbox, request: Request) -> Response:
    """Answer the page at / and everything under /_sandbox."""
    if request.path == "/":
        return html_response(page(sandbox.world))
    try:
        return _route(sandbox, request, request.path.removeprefix("/_sandbox"))
    except ValidationError as error:
        return json_response({"error": error.errors(include_context=False, include_url=False)}, 422)
    except Refused as refused:
        return refused.response(as_200=False)


def _route(sandbox: CxAlloySandbox, request: Request, path: str) -> Response:
    if match := re.fullmatch(r"/files/([^/]+)/content", path):
        return blobs.stream(sandbox, _file(sandbox, match[1]))
    if request.method == "GET" and path in _LOOKS:
        return json_response(_LOOKS[path](sandbox))
    if path == "/faults" and request.method == "DELETE":
        sandbox.faults.clear()
        return json_response({"faults": 0})
    if request.method == "POST":
        body = writes.body_of(request) if request.body else {}
        return json_response(_act(sandbox, path, body))
    raise Refused(404, "Not found")


def _health(sandbox: CxAlloySandbox) -> dict[str, Any]:
    return {"status": "ok", "issues": len(sandbox.world.issues)}


def _state(sandbox: CxAlloySandbox) -> dict[str, Any]:
    return sandbox.world.shown()


def _journal(sandbox: CxAlloySandbox) -> dict[str, Any]:
    return {"calls": [asdict(c) for c in sandbox.calls], "effects": [asdict(e) for e in sandbox.effects]}


def _files(sandbox: CxAlloySandbox) -> list[dict[str, Any]]:
    """Return each file with its size and SHA-256, as proof for a copy."""
    shown = []
    for file in sandbox.world.files:
        size, digest = sandbox.files.measure(file)
        shown.append(
            {"file_id": file.id, "issue_id": file.issue_id, "name": file.name, "size": size, "sha256": digest}
        )  # fmt: skip
    return shown


def _faults(sandbox: CxAlloySandbox) -> list[dict[str, Any]]:
    return [fault.model_dump() for fault in sandbox.faults]


_LOOKS = {"/health": _health, "/state": _state, "/journal": _journal, "/files": _files, "/faults": _faults}


def _act(sandbox: CxAlloySandbox, path: str, body: dict[str, Any]) -> dict[str, Any]:
    if path == "/reset":
        sandbox.reset()
        return {"reset": True}
    if path == "/faults":
        sandbox.faults.append(Fault.model_validate(body))
        return {"faults": len(sandbox.faults)}
    if path == "/settings":
        sandbox.settings = Settings.model_validate(sandbox.settings.model_dump() | body)
        return sandbox.settings.model_dump()
    if match := re.fullmatch(r"/keys/([^/]+)", path):
        return _change_key(sandbox, match[1], body)
    if match := re.fullmatch(r"/issues/([^/]+)/([a-z]+)", path):
        return _edit(sandbox, match[1], match[2], body)
    raise Refused(404, "Not found")


def _change_key(sandbox: CxAlloySandbox, identifier: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set `mode`, `projects` or `active` of a key: this is how access is narrowed and lost."""
    key = next((key for key in sandbox.world.account.keys if key.identifier == identifier), None)
    if key is None:
        raise Refused(404, "No such key")
    for name in {"mode", "projects", "active"} & body.keys():
        setattr(key, name, body[name])
    return key.model_dump(exclude={"secret"})


def _edit(sandbox: CxAlloySandbox, issue_id: str, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """Do to an issue what a person could do in CxAlloy."""
    issue = sandbox.world.issue(issue_id)
    if issue is None:
        raise Refused(404, "No such issue")
    if verb == "status":
        writes.set_status(sandbox, issue, str(body.get("status_id", "")), PERSON)
    elif verb == "comments":
        author = str(body.get("created_name", "A person"))
        writes.add_comment(sandbox, issue, str(body.get("comment", "")), author, PERSON)
    elif verb == "files":
        _add_file(sandbox, FileSpec.model_validate({"id": sandbox.new_id(), "issue_id": issue_id, **body}))
    else:
        _show_or_hide(sandbox, issue, verb)
    return {"issue_id": issue_id, "done": verb}


def _add_file(sandbox: CxAlloySandbox, file: FileSpec) -> None:
    try:
        sandbox.files.chunks(file)
    except ValueError as error:
        # A maker that draws real documents has a least size for each kind.
        raise Refused(422, str(error)) from error
    writes.add_file(sandbox, file, PERSON)


def _show_or_hide(sandbox: CxAlloySandbox, issue: Issue, verb: str) -> None:
    changes = {
        "delete": ("deleted", True),
        "undo": ("deleted", False),
        "unpublish": ("published", False),
        "publish": ("published", True),
    }
    if verb not in changes:
        raise Refused(404, "Not found")
    name, value = changes[verb]
    setattr(issue, name, value)
    sandbox.note(f"issue {verb}", PERSON, issue.issue_id)


def _file(sandbox: CxAlloySandbox, file_id: str) -> FileSpec:
    file = sandbox.world.file(file_id)
    if file is None:
        raise Refused(404, "No such file")
    return file
