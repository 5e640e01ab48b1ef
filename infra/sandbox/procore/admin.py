"""The sandbox's own paths for tests and proofs; they are not rate limited and not in the journal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from sandbox.http import Request, Response, json_response
from sandbox.procore import acting
from sandbox.procore.events import EventFault
from sandbox.procore.faults import Fault
from sandbox.procore.report import state_as_json
from sandbox.procore.settings import SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procore.sandbox import ProcoreSandbox


def answer(sandbox: ProcoreSandbox, request: Request) -> Response:
    """Answer a call under /_sandbox/: health, journal, state, faults, settings, act, reset."""
    act = _PATHS.get((request.method, request.path.removeprefix("/_sandbox/")))
    if act is None:
        return json_response({"errors": ["There is no such path."]}, 404)
    try:
        return act(sandbox, request)
    except ValidationError as error:
        return json_response({"errors": error.errors(include_url=False, include_context=False)}, 400)
    except ValueError as error:
        return json_response({"errors": [str(error)]}, 400)


def _health(sandbox: ProcoreSandbox, _request: Request) -> Response:
    return json_response({"status": "ok", "time": sandbox.clock()})


def _journal(sandbox: ProcoreSandbox, request: Request) -> Response:
    entries = sandbox.journal.since(int(request.parameter("since") or 0))
    return json_response({"entries": entries, "last": len(sandbox.journal.entries)})


def _state(sandbox: ProcoreSandbox, _request: Request) -> Response:
    return json_response(state_as_json(sandbox.state))


def _faults(sandbox: ProcoreSandbox, _request: Request) -> Response:
    return json_response([fault.model_dump() for fault in sandbox.faults])


def _add_faults(sandbox: ProcoreSandbox, request: Request) -> Response:
    given: Any = request.json()
    faults = [Fault.model_validate(one) for one in (given if isinstance(given, list) else [given])]
    sandbox.faults.extend(faults)
    return json_response({"faults": len(sandbox.faults)}, 201)


def _clear_faults(sandbox: ProcoreSandbox, _request: Request) -> Response:
    sandbox.faults.clear()
    return Response(204)


def _event_faults(sandbox: ProcoreSandbox, _request: Request) -> Response:
    return json_response([fault.model_dump() for fault in sandbox.event_faults])


def _add_event_faults(sandbox: ProcoreSandbox, request: Request) -> Response:
    given: Any = request.json()
    listed = given if isinstance(given, list) else [given]
    sandbox.event_faults.extend([EventFault.model_validate(one) for one in listed])
    return json_response({"event_faults": len(sandbox.event_faults)}, 201)


def _clear_event_faults(sandbox: ProcoreSandbox, _request: Request) -> Response:
    sandbox.event_faults.clear()
    return Response(204)


def _act(sandbox: ProcoreSandbox, request: Request) -> Response:
    return json_response({"result": acting.act(sandbox, request.json())}, 201)


def _settings(sandbox: ProcoreSandbox, _request: Request) -> Response:
    return json_response(sandbox.settings.model_dump(exclude={"client_secret"}))


def _change_settings(sandbox: ProcoreSandbox, request: Request) -> Response:
    given = request.json()
    if not isinstance(given, dict):
        raise ValueError("send a JSON object of settings to change")  # noqa: TRY004 - answered as 400
    sandbox.settings = SandboxSettings.model_validate({**sandbox.settings.model_dump(), **given})
    return _settings(sandbox, request)


def _reset(sandbox: ProcoreSandbox, _request: Request) -> Response:
    sandbox.reset()
    return Response(204)


_PATHS: dict[tuple[str, str], Callable[[ProcoreSandbox, Request], Response]] = {
    ("GET", "health"): _health,
    ("GET", "journal"): _journal,
    ("GET", "state"): _state,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _add_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "event_faults"): _event_faults,
    ("POST", "event_faults"): _add_event_faults,
    ("DELETE", "event_faults"): _clear_event_faults,
    ("POST", "act"): _act,
    ("GET", "settings"): _settings,
    ("PATCH", "settings"): _change_settings,
    ("POST", "reset"): _reset,
}
