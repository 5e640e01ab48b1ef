"""The filters and the order of observation lists (Procore REST: List Observation Items)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.procore import paging
from sandbox.procore.access import at_least, level
from sandbox.procore.call import refuse
from sandbox.procore.records import PRIORITIES, STATUSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procore.call import Call
    from sandbox.procore.records import Observation
    from sandbox.procore.world import Project

_ORDERS: dict[str, Callable[[Observation], tuple[object, ...]]] = {
    "number": lambda item: (int(item.number), item.id),
    "created_at": lambda item: (item.created_at, item.id),
    "name": lambda item: (item.name, item.id),
    "due_date": lambda item: (item.due_date or "", item.id),
}


def visible(call: Call, project: Project, item: Observation) -> bool:
    """Tell whether the caller may see an item of the project; personal ones are for few."""
    if item.project_id != project.id:
        return False
    involved = {item.created_by_id, *item.assignee_ids, *item.distribution_member_ids}
    return (
        not item.personal
        or call.caller.id in involved
        or at_least(level(call.caller, project), "Admin")
    )  # fmt: skip


def chosen(call: Call, project: Project, *, recycled: bool) -> list[Observation]:
    """Return the items of a project that pass the call's filters; refuses 400 for a malformed filter."""
    wanted = _filters(call)
    limits = paging.time_range(call.request)
    return [
        item
        for item in call.state.observations.values()
        if (item.deleted_at is not None) == recycled
        and visible(call, project, item)
        and paging.within(item.updated_at, limits)
        and all(accepts(item) for accepts in wanted)
    ]


def ordered(call: Call, items: list[Observation]) -> list[Observation]:
    """Return the items in the order of `sort`, by number unless told; refuses 400 for others."""
    sort = call.request.parameter("sort") or "number"
    order = _ORDERS.get(sort.removeprefix("-"))
    if order is None:
        refuse(400, [f"sort takes {', '.join(_ORDERS)}, each with or without a minus sign."])
    return sorted(items, key=order, reverse=sort.startswith("-"))


def _filters(call: Call) -> list[Callable[[Observation], bool]]:
    request = call.request
    statuses = [_status(number) for number in paging.int_values(request, "status")]
    priorities = paging.values(request, "priority")
    if not set(priorities) <= set(PRIORITIES):
        refuse(400, ["filters[priority] takes Low, Medium, High and Urgent."])
    search = (request.parameter("filters[search]") or "").lower()
    return [
        lambda item: not statuses or item.status in statuses,
        lambda item: not priorities or item.priority in priorities,
        lambda item: search in f"{item.number} {item.name} {item.description or ''}".lower(),
        *_by_ids(call),
    ]


def _by_ids(call: Call) -> list[Callable[[Observation], bool]]:
    request = call.request
    ids, types = paging.int_values(request, "id"), paging.int_values(request, "type_id")
    authors, trades = paging.int_values(request, "created_by_id"), paging.int_values(request, "trade_ids")
    locations = paging.int_values(request, "location_id")
    assignees = set(paging.int_values(request, "assignee_id"))
    return [
        lambda item: not ids or item.id in ids,
        lambda item: not types or item.type_id in types,
        lambda item: not authors or item.created_by_id in authors,
        lambda item: not trades or item.trade_id in trades,
        lambda item: not locations or item.location_id in locations,
        lambda item: not assignees or bool(assignees & set(item.assignee_ids)),
    ]


def _status(number: int) -> str:
    if number >= len(STATUSES):
        refuse(400, ["filters[status] takes whole numbers from 0 to 4."])
    return list(STATUSES)[number]
