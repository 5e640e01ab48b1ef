"""Webhooks v2.0: hooks, deliveries and resources of a project or a company (Procore REST: Webhooks)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sandbox.http import Response, json_response
from sandbox.procore import delivery, events, paging, times
from sandbox.procore.access import at_least, enter_project, level, membership, same_company
from sandbox.procore.call import refuse
from sandbox.procore.records import Hook
from sandbox.procore.signin import is_loopback

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.records import Delivery

_STATUS = {"succeeded": "delivered"}
"""Words of the filter that rows have another word for."""

_FILTERED = ("succeeded", "failed", "discarded", "enqueued", "retrying")


def hooks(call: Call) -> Response:
    """GET …/webhooks/hooks: the hooks of a project or company, other apps' too; `namespace` chooses one."""
    company_id, project_id = enter(call)
    namespace, version = (call.request.parameter(name) for name in ("namespace", "payload_version"))
    counted = call.request.parameter("include_trigger_count") == "true"
    rows = [
        hook
        for hook in call.state.hooks.values()
        if (hook.company_id, hook.project_id) == (company_id, project_id)
        and namespace in {None, hook.namespace}
        and version in {None, hook.payload_version}
    ]
    return paging.data_page(call, rows, lambda hook: _row(call, hook, counted=counted))


def create(call: Call) -> Response:
    """POST …/webhooks/hooks: 201 with the hook; it tells nothing until it has triggers."""
    company_id, project_id = enter(call)
    given = _read(call, required=True)
    if call.settings.one_hook_per_namespace and _taken(call, company_id, project_id, given["namespace"]):
        refuse(400, {"namespace": ["has already been taken"]})
    number = call.state.new_id("hook", 41_000_001)
    made = Hook(
        number, company_id, project_id, created_at=call.now, updated_at=call.now, app=call.app,
        **({"authorization": None} | given),
    )  # fmt: skip
    call.state.hooks[number] = made
    _note(call, "hook_created", made)
    return json_response({"data": _row(call, made)}, 201)


def show(call: Call) -> Response:
    """GET …/webhooks/hooks/{id}: one hook."""
    return json_response({"data": _row(call, find(call, "id"))})


def update(call: Call) -> Response:
    """PATCH …/webhooks/hooks/{id}: only what is sent changes; what waits goes where the hook now points."""
    hook = find(call, "id")
    given = _read(call, required=False)
    if "destination_url" in given:
        delivery.redirect(call.state, hook, given["destination_url"])
    for name, value in given.items():
        setattr(hook, name, value)
    if hook.status == "disabled":
        for one in delivery.drop(call.state, hook):
            one.status = "discarded"
    hook.updated_at = call.now
    _note(call, "hook_updated", hook, fields=sorted(given))
    return json_response({"data": _row(call, hook)})


def delete(call: Call) -> Response:
    """DELETE …/webhooks/hooks/{id}: gone with its triggers, 204."""
    remove(call, find(call, "id"))
    return Response(204)


def remove(call: Call, hook: Hook) -> None:
    """Take a hook away, with its triggers and all its deliveries."""
    state = call.state
    delivery.drop(state, hook)
    del state.hooks[hook.id]
    state.triggers = {number: one for number, one in state.triggers.items() if one.hook_id != hook.id}
    state.deliveries = {number: one for number, one in state.deliveries.items() if one.hook_id != hook.id}
    _note(call, "hook_deleted", hook)


def deliveries(call: Call) -> Response:
    """GET …/hooks/{hook_id}/deliveries: newest first; the filters have `filter`, not `filters`."""
    hook = find(call, "hook_id")
    status = call.request.parameter("filter[status]")
    if status is not None and status not in _FILTERED:
        refuse(400, [f"filter[status] takes {', '.join(_FILTERED)}."])
    rows = [
        one
        for one in call.state.deliveries.values()
        if one.hook_id == hook.id
        and status in {None, one.status, *(k for k, v in _STATUS.items() if v == one.status)}
        and _asked_for(call, one)
    ]
    oldest_first = call.request.parameter("sort") == "created_at"
    return paging.data_page(call, rows if oldest_first else rows[::-1], _delivery_row)


def resources(call: Call) -> Response:
    """GET …/webhooks/resources: what may be subscribed to, for one payload version."""
    _, project_id = enter(call)
    version = call.request.parameter("payload_version")
    if version not in events.VERSIONS:
        refuse(400, [f"payload_version takes {', '.join(events.VERSIONS)}."])
    rows = list(events.offered(call.settings, project=project_id is not None).items())
    return paging.data_page(call, rows, lambda row: _resource_row(row, version))


def enter(call: Call) -> tuple[int, int | None]:
    """Return company and project of a call that may manage webhooks; refuses 403 or 404.

    A person needs Admin on the Admin tool, a service account Standard on "Webhooks API" (Procore: Webhooks
    guide).
    """
    company = same_company(call, call.params["company_id"])
    project = enter_project(call, call.params["project_id"]) if "project_id" in call.params else None
    tool, needed = ("webhooks_api", "Standard") if call.caller.service else ("admin", "Admin")
    member = membership(call.caller, company.id)
    held = level(call.caller, project, tool) if project else _company_level(member, tool)
    if not at_least(held, needed):
        refuse(403, [f"You need {needed} on {tool} to manage webhooks."])
    return company.id, project.id if project else None


def find(call: Call, name: str) -> Hook:
    """Return the hook of a path parameter; refuses 404."""
    scope = enter(call)
    hook = call.state.hooks.get(call.path_id(name))
    if hook is None or (hook.company_id, hook.project_id) != scope:
        refuse(404, ["The requested webhook was not found."])
    return hook


def _company_level(member: Any, tool: str) -> str:
    return str(member.company_tools.get(tool, "None")) if member else "None"


def _taken(call: Call, company_id: int, project_id: int | None, namespace: str) -> bool:
    wanted = (company_id, project_id, namespace)
    return any((h.company_id, h.project_id, h.namespace) == wanted for h in call.state.hooks.values())


def _read(call: Call, *, required: bool) -> dict[str, Any]:
    body = call.body()
    readers = {
        "payload_version": _version, "namespace": _namespace, "destination_url": _destination,
    }  # fmt: skip
    given: dict[str, Any] = {
        name: read(call, body.get(name)) for name, read in readers.items() if required or name in body
    }
    if "destination_headers" in body:
        given["authorization"] = _authorization(body["destination_headers"])
    if "status" in body and not required:
        given["status"] = _status(body["status"])
    return given


def _version(_call: Call, value: object) -> str:
    if value not in events.VERSIONS:
        refuse(400, {"payload_version": [f"takes {', '.join(events.VERSIONS)}"]})
    return str(value)


def _namespace(_call: Call, value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"[a-z0-9-]+", value):
        refuse(400, {"namespace": ["takes lower-case letters, digits and minus signs"]})
    return value


def _destination(call: Call, value: object) -> str:
    plain = isinstance(value, str) and (call.settings.plain_http_destinations or is_loopback(value))
    schemes = {"https", "http"} if plain else {"https"}
    if not isinstance(value, str) or urlsplit(value).scheme not in schemes or not urlsplit(value).hostname:
        refuse(400, {"destination_url": ["must be an https address"]})
    return value


def _authorization(value: object) -> str | None:
    if value is not None and not isinstance(value, dict):
        refuse(400, {"destination_headers": ["must be an object"]})
    told = (value or {}).get("Authorization")
    return None if told is None else str(told)


def _status(value: object) -> str:
    if value not in {"active", "disabled"}:
        refuse(400, {"status": ["takes active or disabled"]})
    return str(value)


def _asked_for(call: Call, one: Delivery) -> bool:
    wanted = {name: call.request.parameter(f"filter[{name}]") for name in ("resource_name", "event_type")}
    day = times.day(one.event.at)
    return (
        wanted["resource_name"] in {None, one.event.resource}
        and wanted["event_type"] in {None, one.event.verb}
        and (call.request.parameter("filter[start]") or day) <= day
        and (call.request.parameter("filter[end]") or day) >= day
    )


def _row(call: Call, hook: Hook, *, counted: bool = True) -> dict[str, Any]:
    triggers = sum(one.hook_id == hook.id for one in call.state.triggers.values()) if counted else None
    secret = hook.authorization
    return {
        "id": str(hook.id), "status": hook.status, "payload_version": hook.payload_version,
        "namespace": hook.namespace, "destination_url": hook.destination_url,
        "destination_headers": {"Authorization": f"*****{secret[-5:]}"} if secret else {},
        **({} if triggers is None else {"trigger_count": triggers}),
        "company_id": str(hook.company_id),
        "project_id": None if hook.project_id is None else str(hook.project_id),
        "created_at": times.iso(hook.created_at), "updated_at": times.iso(hook.updated_at),
    }  # fmt: skip


def _delivery_row(one: Delivery) -> dict[str, Any]:
    payload = {name: str(value) if isinstance(value, int) else value for name, value in one.payload.items()}
    return {
        "id": str(one.id), "status": one.status, "payload": payload, "delivery_attempts": one.attempts,
    }  # fmt: skip


def _resource_row(row: tuple[str, tuple[str, tuple[str, ...]]], version: str) -> dict[str, Any]:
    name, (tool, actions) = row
    return {
        "category": "Core Tools", "tool": tool, "name": name, "payload_version": version,
        "actions": list(actions),
    }  # fmt: skip


def _note(call: Call, kind: str, hook: Hook, **more: Any) -> None:
    call.deed(
        kind, hook_id=hook.id, namespace=hook.namespace, company_id=hook.company_id,
        project_id=hook.project_id, **more,
    )  # fmt: skip
