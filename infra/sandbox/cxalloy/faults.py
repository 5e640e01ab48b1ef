"""Faults that a test or a person switches on: what goes wrong, for which calls, how often."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.http import Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.http import Request


class Fault(BaseModel):
    """One fault: from the `nth` matching call on, `times` times (0: for ever).

    `kind`: "status" answers `status` and `body`; "drop" closes the connection without an answer;
    "cut" sends half the answer; "stall" answers after `stall_seconds`. `when`: "before" the call has its
    effect, or "after" it.
    """

    model_config = ConfigDict(extra="forbid")

    method: str = ".*"
    path: str = ".*"
    kind: Literal["status", "drop", "cut", "stall"] = "status"
    when: Literal["before", "after"] = "before"
    nth: int = Field(default=1, ge=1)
    times: int = Field(default=1, ge=0)
    status: int = 500
    headers: dict[str, str] = {}
    body: str = '{"error": "Internal error"}'
    stall_seconds: float = 1.0
    seen: int = 0

    def strikes(self, request: Request) -> bool:
        """Count the call if it matches, and tell whether the fault hits it."""
        if not (re.fullmatch(self.method, request.method) and re.fullmatch(self.path, request.path)):
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)

    def apply(self, request: Request, act: Callable[[Request], Response]) -> Response:
        """Return what the caller gets; `act` is left out when the fault comes before the effect."""
        # A stalled or cut answer is a real answer, so the call always has its effect.
        acts = self.when == "after" or self.kind in {"stall", "cut"}
        response = act(request) if acts else Response()
        if self.kind == "status":
            return Response(self.status, tuple(self.headers.items()), self.body.encode())
        return replace(response, transport=self.kind, stall_seconds=self.stall_seconds)


def first_striking(faults: list[Fault], request: Request) -> Fault | None:
    """Return the first fault that hits this call; all that match count it."""
    hits = [fault for fault in faults if fault.strikes(request)]
    return hits[0] if hits else None
