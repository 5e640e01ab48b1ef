"""Reads the `observation` object of a create or update into values that can be stored.

Unknown keys are ignored without a word, and a malformed due date is stored as null, as in Procore
("Working with Dates and Times"). A null clears a field that can be empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procore import times
from sandbox.procore.call import as_int, refuse
from sandbox.procore.lists import require_type
from sandbox.procore.locations import require_location
from sandbox.procore.people import assignable
from sandbox.procore.records import PRIORITIES, STATUSES
from sandbox.procore.state import rich_text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procore.call import Call
    from sandbox.procore.world import Project


def read_fields(call: Call, project: Project, given: dict[str, Any]) -> dict[str, Any]:
    """Return the stored values that a body asks for; refuses 400, 403 (assignee) or 422 (status)."""
    if "assignee_id" in given and "assignee_ids" in given:
        refuse(400, {"assignee_ids": ["cannot be given together with assignee_id"]})
    changes: dict[str, Any] = {}
    for name, read in _READERS.items():
        if name in given:
            changes |= read(call, project, given[name])
    return changes


def read_status(value: object) -> str:
    """Return a status that may be set; refuses 400 for an unknown one and 422 for `draft`."""
    if not isinstance(value, str) or value not in STATUSES:
        refuse(400, {"status": ["is not included in the list"]})
    if value == "draft":
        # `draft` exists only where a workflow governs the item (Procore REST: Observation Items).
        refuse(422, {"status": ["draft cannot be set without a workflow"]})
    return value


def _name(call: Call, _project: Project, value: object) -> dict[str, Any]:
    if not isinstance(value, str) or not value.strip():
        refuse(400, {"name": ["can't be blank"]})
    return {"name": _fitting("name", value, call.settings.name_limit)}


def _description(call: Call, _project: Project, value: object) -> dict[str, Any]:
    if value is not None and not isinstance(value, str):
        refuse(400, {"description": ["must be a text"]})
    text = _fitting("description", value, call.settings.text_limit) if value else value
    return {"description": text, "rich_text": rich_text_of(text)}


def _status(_call: Call, _project: Project, value: object) -> dict[str, Any]:
    return {"status": read_status(value)}


def _priority(_call: Call, _project: Project, value: object) -> dict[str, Any]:
    if value is not None and value not in PRIORITIES:
        refuse(400, {"priority": ["is not included in the list"]})
    return {"priority": value}


def _due_date(_call: Call, _project: Project, value: object) -> dict[str, Any]:
    return {"due_date": times.read_day(value)}


def _type(call: Call, project: Project, value: object) -> dict[str, Any]:
    return {"type_id": require_type(call, project, as_int(value, "type_id"))}


def _trade(call: Call, project: Project, value: object) -> dict[str, Any]:
    if value is None:
        return {"trade_id": None}
    trade = call.state.trades.get(as_int(value, "trade_id"))
    if trade is None or trade.company_id != project.company_id:
        refuse(400, {"trade_id": ["is not a trade of this company"]})
    return {"trade_id": trade.id}


def _location(call: Call, project: Project, value: object) -> dict[str, Any]:
    if value is None:
        return {"location_id": None}
    return {"location_id": require_location(call, project, as_int(value, "location_id"))}


def _number(_call: Call, _project: Project, value: object) -> dict[str, Any]:
    return {"number": str(as_int(value, "number"))}


def _personal(_call: Call, _project: Project, value: object) -> dict[str, Any]:
    return {"personal": bool(value)}


def _assignee(call: Call, project: Project, value: object) -> dict[str, Any]:
    return _assignees(call, project, [] if value is None else [value])


def _assignees(call: Call, project: Project, value: object) -> dict[str, Any]:
    ids = _ids(value, "assignee_ids")
    for one in ids:
        person = call.state.people.get(one)
        if person is None or not assignable(call, project, person):
            refuse(403, {"assignees": ["is not among the assignees of this project"]})
    return {"assignee_ids": ids}


def _distribution(call: Call, _project: Project, value: object) -> dict[str, Any]:
    ids = _ids(value, "distribution_member_ids")
    if any(one not in call.state.people for one in ids):
        refuse(400, {"distribution_members": ["is not a person of this project"]})
    return {"distribution_member_ids": ids}


def _ids(value: object, name: str) -> tuple[int, ...]:
    if not isinstance(value, list):
        refuse(400, {name: ["must be a list of ids"]})
    return tuple(as_int(one, name) for one in value)


def _fitting(name: str, text: str, limit: int | None) -> str:
    if limit is not None and len(text) > limit:
        refuse(400, {name: [f"is too long (maximum is {limit} characters)"]})
    return text


_READERS: dict[str, Callable[[Call, Project, Any], dict[str, Any]]] = {
    "name": _name,
    "description": _description,
    "status": _status,
    "priority": _priority,
    "due_date": _due_date,
    "type_id": _type,
    "trade_id": _trade,
    "location_id": _location,
    "number": _number,
    "personal": _personal,
    "assignee_id": _assignee,
    "assignee_ids": _assignees,
    "distribution_member_ids": _distribution,
}
