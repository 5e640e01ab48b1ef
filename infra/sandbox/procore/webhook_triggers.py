"""Triggers of a webhook: what it wants to hear of, one by one or in bulk (Procore REST: Webhooks)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore import events, paging
from sandbox.procore.call import refuse
from sandbox.procore.records import Trigger
from sandbox.procore.webhooks import find

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.records import Hook


def triggers(call: Call) -> Response:
    """GET …/hooks/{hook_id}/triggers: what the hook wants to hear of."""
    hook = find(call, "hook_id")
    rows = [one for one in call.state.triggers.values() if one.hook_id == hook.id]
    return paging.data_page(call, rows, lambda one: _row(hook, one))


def create(call: Call) -> Response:
    """POST …/hooks/{hook_id}/triggers: 201; refuses 400 for a resource or event that is not offered."""
    hook = find(call, "hook_id")
    given = call.body()
    if reason := _reason(call, hook, given):
        refuse(400, {"resource_name": [reason]})
    return json_response({"data": _row(hook, _add(call, hook, given))}, 201)


def create_all(call: Call) -> Response:
    """POST …/triggers/bulk: 201 with all rows, or 207 with both lists when some were refused."""
    hook = find(call, "hook_id")
    made, failed = [], []
    for given in call.rows():
        if reason := _reason(call, hook, given):
            failed.append({"trigger": given, "message": reason})
        else:
            made.append(_row(hook, _add(call, hook, given)))
    if failed:
        return json_response({"data": {"succeeded": made, "failed": failed}}, 207)
    return json_response({"data": made}, 201)


def delete(call: Call) -> Response:
    """DELETE …/triggers/{id}: 204."""
    hook = find(call, "hook_id")
    if not _remove(call, hook, call.path_id("id")):
        refuse(404, ["The requested trigger was not found."])
    return Response(204)


def delete_all(call: Call) -> Response:
    """DELETE …/triggers/bulk: 200 with the ids that went, or 207 when some were not there."""
    hook = find(call, "hook_id")
    asked = [str(one) for one in call.rows()]
    gone = [one for one in asked if one.isdecimal() and _remove(call, hook, int(one))]
    failed = [one for one in asked if one not in gone]
    told = {"succeeded": gone, **({"failed": failed} if failed else {})}
    return json_response({"data": told}, 207 if failed else 200)


def _reason(call: Call, hook: Hook, given: Any) -> str | None:
    """Return why a trigger may not be made, None when it may."""
    if not isinstance(given, dict):
        return "must be an object with resource_name and event_type"
    name, verb = given.get("resource_name"), given.get("event_type")
    listed = events.offered(call.settings, project=hook.project_id is not None)
    if not isinstance(name, str) or name not in listed:
        return f"{name} is not a resource of this scope"
    if verb not in listed[name][1]:
        return f"{name} has no event {verb}"
    held = {
        (one.resource_name, one.event_type) for one in call.state.triggers.values() if one.hook_id == hook.id
    }
    return "has already been taken" if (name, verb) in held else None


def _add(call: Call, hook: Hook, given: dict[str, Any]) -> Trigger:
    number = call.state.new_id("trigger", 51_001)
    made = Trigger(number, hook.id, given["resource_name"], given["event_type"])
    call.state.triggers[number] = made
    _note(call, "trigger_created", hook, made)
    return made


def _remove(call: Call, hook: Hook, number: int) -> bool:
    held = call.state.triggers.get(number)
    if held is None or held.hook_id != hook.id:
        return False
    del call.state.triggers[number]
    _note(call, "trigger_deleted", hook, held)
    return True


def _note(call: Call, kind: str, hook: Hook, trigger: Trigger) -> None:
    call.deed(
        kind, trigger_id=trigger.id, hook_id=hook.id, namespace=hook.namespace,
        resource=trigger.resource_name, verb=trigger.event_type,
    )  # fmt: skip


def _row(hook: Hook, trigger: Trigger) -> dict[str, Any]:
    return {
        "id": str(trigger.id), "webhook_hook_id": str(hook.id), "resource_name": trigger.resource_name,
        "event_type": trigger.event_type, "company_id": str(hook.company_id),
        "project_id": None if hook.project_id is None else str(hook.project_id),
    }  # fmt: skip
