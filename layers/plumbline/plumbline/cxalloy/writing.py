"""The bodies of calls about issues: which issue, which fields, what to list. Pure."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from plumbline.cxalloy.reading import US_DAY
from plumbline.errors import Reject

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plumbline.cxalloy.calls import CxAlloyCalls

_IDS = {"status_id", "priority_id", "discipline_id", "type_id", "asset_key", "assignee_key"}
WRITABLE = frozenset({*_IDS, "description", "due_date", "asset_type", "assignee_type", "title"})
"""The model's names of what can be written; `assignee_*` is `assignee`, `asset_*` is `asset`."""


def wire_fields(fields: Mapping[str, str | None], calls: CxAlloyCalls) -> dict[str, object]:
    """Return the body's part for fields named as in the model; None empties a field.

    `due_date` is an ISO day. Raises Reject for a day that is none and for a title where the tracker's calls
    name no field for one; KeyError for a name that cannot be written.
    """
    return {_name(name, calls): _value(name, value, calls) for name, value in fields.items()}


def wire_id(value: str, calls: CxAlloyCalls) -> str | int:
    """Return an id as it is sent: as text, or as a number where the calls say so and it is one."""
    return int(value) if calls.ids_as == "number" and value.isdecimal() else value


def issue_ids(project_id: str, issue_id: str, calls: CxAlloyCalls) -> dict[str, object]:
    """Return the part of a body that says which issue is meant."""
    return {
        calls.project_id_field: wire_id(project_id, calls),
        calls.issue_id_field: wire_id(issue_id, calls),
    }


def issue_query(
    project_id: str, only: str | None, calls: CxAlloyCalls, *, comments: bool, files: bool
) -> dict[str, object]:
    """Return the body that asks for a project's issues, without the page's number."""
    include = [calls.include_comments] if comments else []
    include += [calls.include_files] if files and calls.files_from == "include" else []
    asked: dict[str, object] = {
        "project_id": wire_id(project_id, calls),
        "perpage": calls.page_size,
        "include": include,
    }
    return asked | ({calls.issue_filter_field: wire_id(only, calls)} if only else {})


def _name(name: str, calls: CxAlloyCalls) -> str:
    if name not in WRITABLE:
        raise KeyError(name)
    field: str = getattr(calls, "issue_title_field" if name == "title" else f"{name}_field")
    if field:
        return field
    cause = "The title of an issue cannot be written: no field of CxAlloy TQ is named for it."
    step = "Name the field that holds it in the tracker's calls, or leave titles out of the sync."
    raise Reject("no_title_field", cause, step, field="tracker_calls.issue_title_field")


def _value(name: str, value: str | None, calls: CxAlloyCalls) -> str | int | None:
    if value is None:
        return "" if calls.clears_as == "empty" else None
    if name == "due_date":
        return _day(value, calls)
    return wire_id(value, calls) if name in _IDS else value


def _day(text: str, calls: CxAlloyCalls) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        cause = f"The due date {text[:40]!r} is no day."
        raise Reject("bad_date", cause, "Give it as YYYY-MM-DD.", field="due_date") from None
    return day.isoformat() if calls.dates_as == "iso" else day.strftime(US_DAY)
