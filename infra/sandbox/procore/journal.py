"""The append-only list of what truly happened: every call, and every effect a call had."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procore import times
from sandbox.procore.forms import read_form

if TYPE_CHECKING:
    from sandbox.http import Request, Response
    from sandbox.procore.call import Call

# Query values that would let a reader act as somebody else.
_SECRET_QUERY = {"code", "state", "client_secret", "access_token", "X-Amz-Signature"}


class Journal:
    """Entries numbered from 1; an effect names the number of the call that had it.

    A call: `n, kind "call", surface "rest"|"oauth"|"storage", time, method, path, query, body, status,
    transport, fault, identity, company`. An effect: `n, kind, call, time`, and ids and hashes; what changes
    an observation has `by` (person id), `app` (client id; None for a person on Procore's own pages) and
    `changes` (field: `old`, `new`). `call` is None for what no call had. `at` is `time` in Unix seconds.
    """

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def record(self, surface: str, call: Call, response: Response) -> None:
        """Append a finished call and then its effects."""
        number = self._append({**_call_entry(surface, call), **_answer_entry(call, response)}, call.now)
        for effect in call.effects:
            self._append({**effect, "call": number}, call.now)

    def note(self, kind: str, now: float, **what: Any) -> None:
        """Append an effect that no call had."""
        self._append({"kind": kind, **what, "call": None}, now)

    def note_all(self, effects: list[dict[str, Any]], now: float) -> None:
        """Append effects of a person on Procore's own pages."""
        for effect in effects:
            self._append({**effect, "call": None}, now)

    def since(self, n: int) -> list[dict[str, Any]]:
        """Return the entries after number `n`."""
        return self.entries[max(n, 0) :]

    def calls(self, surface: str = "rest") -> list[dict[str, Any]]:
        """Return the calls of one surface."""
        return [e for e in self.entries if e["kind"] == "call" and e["surface"] == surface]

    def effects(self, kind: str) -> list[dict[str, Any]]:
        """Return the effects of one kind."""
        return [entry for entry in self.entries if entry["kind"] == kind]

    def _append(self, entry: dict[str, Any], now: float) -> int:
        number = len(self.entries) + 1
        self.entries.append({"n": number, "time": times.iso(now), "at": now, **entry})
        return number


def _call_entry(surface: str, call: Call) -> dict[str, Any]:
    request = call.request
    query = [[name, "…" if name in _SECRET_QUERY else value] for name, value in request.query]
    return {
        "kind": "call", "surface": surface, "method": request.method, "path": request.path, "query": query,
        "body": _body(request) if surface == "rest" else _grant(request) if surface == "oauth" else None,
    }  # fmt: skip


def _answer_entry(call: Call, response: Response) -> dict[str, Any]:
    person = call.person
    return {
        "status": response.status, "transport": response.transport,
        "fault": call.fault.kind if call.fault else None,
        "identity": {"id": person.id, "name": person.name} if person else None,
        "company": call.request.headers.get("procore-company-id"),
    }  # fmt: skip


def _body(request: Request) -> Any:
    try:
        return request.json()
    except ValueError:
        return None


def _grant(request: Request) -> dict[str, str] | None:
    # A token body holds secrets; which grant it asks for is all that may be kept.
    grant = read_form(request).get("grant_type")
    return {"grant_type": grant} if grant else None
