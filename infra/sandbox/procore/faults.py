"""Faults that a test or a person switches on: what goes wrong, for which calls, how often."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

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
    `when`: "before" the call has its effect, or "after" it; it counts for "status" and "drop".
    """

    model_config = ConfigDict(extra="forbid")

    method: str = ".*"
    path: str = ".*"
    body_has: str = ""
    kind: Literal["status", "drop", "cut", "stall", "no_effect", "empty_list", "shift"] = "status"
    when: Literal["before", "after"] = "before"
    nth: int = Field(default=1, ge=1)
    times: int = Field(default=1, ge=0)
    status: int = 500
    headers: dict[str, str] = {}
    body: str | None = None
    stall_seconds: float = 1.0
    shift: int = 1
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
    if fault.kind in {"drop", "cut", "stall"}:
        return replace(response, transport=fault.kind, stall_seconds=fault.stall_seconds)
    return response


def _without_effect(call: Call, act: Callable[[Call], Response]) -> Response:
    # The handler works on a copy that nobody keeps.
    call.state = copy.deepcopy(call.state)
    response = answer_or_refusal(call, act)
    call.effects.clear()
    return response
