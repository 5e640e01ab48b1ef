"""Faults that a test or a person switches on: what goes wrong, for which calls, how often."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.http import Request, Response
from sandbox.procore.call import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procore.call import Call


class Fault(BaseModel):
    """One fault: from the `nth` matching call on, `times` times (0: for ever).

    `method`, `path` and `body_has` are regular expressions; the first two match the whole, the last any part.
    `kind`: "status" answers `status`, `headers` and `body`; "drop" closes the connection without an answer;
    "cut" sends half the answer; "stall" answers after `stall_seconds`; "no_effect" answers like a success but
    changes nothing; "empty_list" answers 200 with no rows; "shift" moves a list by `shift` rows before it is
    paged, as if so many earlier rows had gone (above 0: rows are skipped) or come (below 0: rows repeat).
    "partial_page" gives half the rows of the page; "stale" answers a GET with observations, logs and
    locations as they were `stale_seconds` ago; "drift" changes the JSON that is answered, at every `key`:
    `drift` "new_key" adds it to each object with an id, "missing_key" takes it out, "wrong_type" makes a
    number a text and a text of digits a number, "unknown_value" puts a word nobody has heard of.
    "status" with `status` 200 is a success with an error body. `query_has` is searched in the decoded query,
    `tool` hits the calls of one tool only.
    `when`: "before" the call has its effect, or "after" it; it counts for "status" and "drop".
    """

    model_config = ConfigDict(extra="forbid")

    method: str = ".*"
    path: str = ".*"
    body_has: str = ""
    query_has: str = ""
    tool: Literal["", "observations", "directory", "admin"] = ""
    kind: Literal[
        "status", "drop", "cut", "stall", "no_effect", "empty_list", "shift", "partial_page", "stale", "drift"
    ] = "status"
    when: Literal["before", "after"] = "before"
    nth: int = Field(default=1, ge=1)
    times: int = Field(default=1, ge=0)
    status: int = 500
    headers: dict[str, str] = {}
    body: str | None = None
    stall_seconds: float = 1.0
    shift: int = 1
    stale_seconds: float = 30.0
    drift: Literal["new_key", "missing_key", "wrong_type", "unknown_value"] = "new_key"
    key: str = "novelty"
    seen: int = 0

    def strikes(self, request: Request) -> bool:
        """Count the call if it matches, and tell whether the fault hits it."""
        if not self._matches(request):
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)

    def _matches(self, request: Request) -> bool:
        return bool(
            re.fullmatch(self.method, request.method)
            and re.fullmatch(self.path, request.path)
            and re.search(_TOOLS[self.tool], request.path)
            and re.search(self.query_has, "&".join(f"{name}={value}" for name, value in request.query))
            and re.search(self.body_has.encode(), request.body)
        )

    def answer(self) -> Response:
        """Return the error answer of kind "status"; a gateway's 502 is HTML, a 503 has Retry-After."""
        if self.body is not None:
            kind = "text/html" if self.body.startswith("<") else "application/json"
        elif self.status == 502:
            return self._with("text/html", "<html><body><h1>502 Bad Gateway</h1></body></html>")
        else:
            kind = "application/json"
        return self._with(kind, self.body if self.body is not None else _BODIES.get(self.status, _ANY))

    def _with(self, kind: str, body: str) -> Response:
        headers = {"Content-Type": kind, **_HEADERS.get(self.status, {}), **self.headers}
        return Response(self.status, tuple(headers.items()), body.encode())


_TOOLS = {
    "": "",
    "observations": r"/(observations|observation_types)(/|$)",
    "directory": r"/(users|people)(/|$)",
    "admin": r"/(webhooks|locations)(/|$)",
}
_ANY = json.dumps({"errors": "Something went wrong. Please try again."})
_BODIES = {
    401: json.dumps({"error": "invalid_token", "error_description": "The access token is invalid"}),
    403: json.dumps({"errors": ["You do not have permission to perform this action."]}),
    429: json.dumps({"errors": "You have surpassed the max number of requests for an hour."}),
}
_HEADERS = {503: {"Retry-After": "5"}}


def take(faults: list[Fault], request: Request) -> Fault | None:
    """Return the first fault that hits this call; all that match count it."""
    hits = [fault for fault in faults if fault.strikes(request)]
    return hits[0] if hits else None


def suffer(call: Call, fault: Fault, act: Callable[[Call], Response]) -> Response:
    """Answer a call that a fault hits; `act` is left out when the fault comes before the effect."""
    call.fault = fault
    if fault.kind in {"status", "drop"} and fault.when == "before":
        return _struck(fault, Response())
    if fault.kind == "no_effect":
        return _without_effect(call, act)
    if fault.kind == "stale" and call.request.method == "GET":
        call.state = call.state.as_of(call.now - fault.stale_seconds)
    return _struck(fault, answer_or_refusal(call, act))


def answer_or_refusal(call: Call, act: Callable[[Call], Response]) -> Response:
    """Return what `act` answers, a refusal being an answer too."""
    try:
        return act(call)
    except Refused as refused:
        return refused.response


def _struck(fault: Fault, response: Response) -> Response:
    if fault.kind == "status":
        return fault.answer()
    if fault.kind == "drift":
        return _drifted(fault, response)
    if fault.kind in {"drop", "cut", "stall"}:
        return replace(response, transport=fault.kind, stall_seconds=fault.stall_seconds)
    return response


def _drifted(fault: Fault, response: Response) -> Response:
    if response.status >= 400 or "json" not in (response.header("Content-Type") or ""):
        return response
    return replace(response, body=json.dumps(_drift(fault, response.json()), ensure_ascii=False).encode())


def _drift(fault: Fault, value: Any) -> Any:
    if isinstance(value, list):
        return [_drift(fault, one) for one in value]
    if not isinstance(value, dict):
        return value
    inner = {name: _drift(fault, one) for name, one in value.items()}
    if fault.drift == "new_key":
        return {**inner, fault.key: "unheard_of"} if "id" in inner else inner
    if fault.key not in inner:
        return inner
    changed = {name: one for name, one in inner.items() if name != fault.key}
    return (
        changed if fault.drift == "missing_key" else {**changed, fault.key: _other(fault, inner[fault.key])}
    )


def _other(fault: Fault, value: Any) -> Any:
    if fault.drift == "unknown_value":
        return "unheard_of"
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return int(value) if isinstance(value, str) and value.isdecimal() else value


def _without_effect(call: Call, act: Callable[[Call], Response]) -> Response:
    # The handler works on a copy that nobody keeps.
    call.state = call.state.fork()
    response = answer_or_refusal(call, act)
    call.effects.clear()
    call.events.clear()
    return response
