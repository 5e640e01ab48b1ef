"""The sandbox's back door under /_sandbox: look into it, act as a person in CxAlloy, switch faults on."""

from __future__ import annotations

import inspect
import re
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sandbox.cxalloy import blobs, hands
from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.faults import Fault
from sandbox.cxalloy.page import page
from sandbox.cxalloy.settings import Settings
from sandbox.cxalloy.write_calls import body_of
from sandbox.http import html_response, json_response

if TYPE_CHECKING:
    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import FileSpec
    from sandbox.http import Request, Response

PERSON = "A person"


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
        body = body_of(request) if request.body else {}
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
    if path == "/act":
        return {"done": body.get("do"), "id": _done(sandbox, body)}
    if match := re.fullmatch(r"/issues/([^/]+)/([a-z]+)", path):
        return _edit(sandbox, match[1], match[2], body)
    raise Refused(404, "Not found")


def _done(sandbox: CxAlloySandbox, body: dict[str, Any]) -> str:
    """Do what a named person does, {"do": "edit", "person": NAME, ...}; returns the id it is about."""
    given = {name: value for name, value in body.items() if name != "do"}
    act = hands.ACTS.get(str(body.get("do")))
    if act is None:
        raise Refused(404, f"No such act; there are {', '.join(hands.ACTS)}")
    try:
        call = inspect.signature(act).bind(sandbox, **given)
    except TypeError as error:
        raise Refused(422, str(error)) from None
    return act(*call.args, **call.kwargs)


def _change_key(sandbox: CxAlloySandbox, identifier: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set `mode`, `projects` or `active` of a key: this is how access is narrowed and lost."""
    key = next((key for key in sandbox.world.account.keys if key.identifier == identifier), None)
    if key is None:
        raise Refused(404, "No such key")
    for name in {"mode", "projects", "active"} & body.keys():
        setattr(key, name, body[name])
    return key.model_dump(exclude={"secret"})


def _edit(sandbox: CxAlloySandbox, issue_id: str, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """Do to an issue what a person could do in CxAlloy, without saying who it is."""
    if sandbox.world.issue(issue_id) is None:
        raise Refused(404, "No such issue")
    if verb == "status":
        hands.edit(sandbox, PERSON, issue_id, status_id=str(body.get("status_id", "")))
    elif verb == "comments":
        hands.comment(sandbox, str(body.get("created_name", PERSON)), issue_id, str(body.get("comment", "")))
    elif verb == "files":
        made = {name: body[name] for name in ("name", "size", "kind", "seed") if name in body}
        hands.add_file(sandbox, PERSON, issue_id, **made)
    elif verb in SHOWING:
        SHOWING[verb](sandbox, PERSON, issue_id)
    else:
        raise Refused(404, "Not found")
    return {"issue_id": issue_id, "done": verb}


SHOWING = {
    "delete": hands.delete,
    "undo": hands.undo_delete,
    "unpublish": hands.unpublish,
    "publish": hands.publish,
}


def _file(sandbox: CxAlloySandbox, file_id: str) -> FileSpec:
    file = sandbox.world.file(file_id)
    if file is None:
        raise Refused(404, "No such file")
    return file
