"""Faults that a test or a person switches on: what goes wrong, for which calls, how often."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.http import Response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.http import Request


class Fault(BaseModel):
    """One fault: from the `nth` matching call on, `times` times (0: for ever).

    `kind`: "status" answers `status` and `body` (200 too: an effect that did not happen, or an error body
    in a success); "drop" closes the connection without an answer; "cut" sends half the answer; "stall"
    answers after `stall_seconds` of a socket; "slow" lets `stall_seconds` of the sandbox's own clock pass.
    `when`: "before" the call has its effect, or "after" it.

    Lists go wrong too: "shift" begins a page `shift` entries later (earlier, if negative), "cap" puts at
    most `cap` on a page, "empty" answers a list without entries. "drift" changes the records of an answer:
    `drop` takes keys away, `retype` turns text into numbers and numbers into text, `put` sets keys.
    """

    model_config = ConfigDict(extra="forbid")

    method: str = ".*"
    path: str = ".*"
    kind: Literal["status", "drop", "cut", "stall", "slow", "shift", "cap", "empty", "drift"] = "status"
    when: Literal["before", "after"] = "before"
    nth: int = Field(default=1, ge=1)
    times: int = Field(default=1, ge=0)
    status: int = 500
    headers: dict[str, str] = {}
    body: str = '{"error": "Internal error"}'
    stall_seconds: float = 1.0
    shift: int = 0
    cap: int = Field(default=0, ge=0)
    drop: list[str] = []
    retype: list[str] = []
    put: dict[str, Any] = {}
    seen: int = 0

    def strikes(self, request: Request) -> bool:
        """Count the call if it matches, and tell whether the fault hits it."""
        if not (re.fullmatch(self.method, request.method) and re.fullmatch(self.path, request.path)):
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)

    def apply(
        self, request: Request, act: Callable[[Request], Response], sleep: Callable[[float], None]
    ) -> Response:
        """Return what the caller gets; `act` is left out when the fault comes before the effect."""
        if self.kind == "slow" and self.when == "before":
            sleep(self.stall_seconds)
        # Apart from these two kinds the answer is a real one, so the call always has its effect.
        acts = self.when == "after" or self.kind not in {"status", "drop"}
        response = act(request) if acts else Response()
        if self.kind == "slow" and self.when == "after":
            sleep(self.stall_seconds)
        if self.kind == "status":
            return Response(self.status, tuple(self.headers.items()), self.body.encode())
        if self.kind in {"empty", "drift"}:
            return self._bent(response)
        if self.kind in {"drop", "cut", "stall"}:
            return replace(response, transport=self.kind, stall_seconds=self.stall_seconds)
        return response

    def _bent(self, response: Response) -> Response:
        """Return a JSON answer with its records emptied or changed; any other answer as it is."""
        if response.status != 200 or response.header("Content-Type") != "application/json":
            return response
        value = response.json()
        enveloped = isinstance(value, dict) and "records" in value
        records = value["records"] if enveloped else value
        if self.kind == "empty":
            records = []
        elif isinstance(records, list):
            records = [self._drifted(record) for record in records]
        changed = {**value, "records": records} if enveloped else records
        if enveloped and self.kind == "empty":
            changed["total_count"] = 0
        return json_response(changed)

    def _drifted(self, record: dict[str, Any]) -> dict[str, Any]:
        turned = {name: _other_type(record[name]) for name in self.retype if name in record}
        return {name: v for name, v in {**record, **turned, **self.put}.items() if name not in self.drop}


def _other_type(value: Any) -> Any:
    if isinstance(value, str):
        return int(value) if value.isdecimal() else len(value)
    return str(value)


def first_striking(faults: list[Fault], request: Request) -> Fault | None:
    """Return the first fault that hits this call; all that match count it."""
    hits = [fault for fault in faults if fault.strikes(request)]
    return hits[0] if hits else None
