"""Which values the fields of an issue take, for a call and for a person alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.world import read_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.settings import Settings
    from sandbox.cxalloy.world import CxAlloyWorld, Issue

LISTS = {"priority_id": "priorities", "discipline_id": "disciplines", "issuetype_id": "issue_types"}
TEXTS = {"description", "title"}
KEYS = {"asset_key", "assigned_type", "assigned_key"}
WRITABLE = {"section", "status_id", "due_date", *LISTS, *TEXTS, *KEYS}


def accepted(sandbox: CxAlloySandbox, given: Mapping[str, Any], issue: Issue | None) -> dict[str, Any]:
    """Return the fields to store of what was given; other names are let through unseen.

    Raises Refused 422 for a value that does not exist; `issue` is what an assignment adds to.
    """
    world = sandbox.world
    fields = {
        name: _value(name, value, sandbox.settings) for name, value in given.items() if name in WRITABLE
    }
    _check_lists(world, fields)
    asset_key = fields.get("asset_key")
    asset = world.asset(asset_key) if asset_key else None
    if asset_key and (asset is None or given.get("asset_type") not in (None, "", asset.asset_type)):
        raise Refused(422, f"Unknown asset {asset_key}")
    _check_assignment(world, fields, issue)
    return fields


def stored_text(text: str, settings: Settings) -> str:
    """Return a text as it is kept, which need not be what was sent."""
    text = text.rstrip() if settings.trims_text else text
    return text.replace("\r\n", "\n").replace("\n", "\r\n") if settings.breaks_as_crlf else text


def _value(name: str, value: Any, settings: Settings) -> Any:
    if name in TEXTS:
        if value is not None and not isinstance(value, str):
            raise Refused(422, f"{name} is text")
        return stored_text(value or "", settings)
    if name == "due_date":
        try:
            return read_day(value)
        except ValueError:
            raise Refused(422, f"due_date {value} is no date") from None
    return None if value in (None, "") else str(value)


def _check_lists(world: CxAlloyWorld, fields: dict[str, Any]) -> None:
    if "status_id" in fields and all(s.id != fields["status_id"] for s in world.statuses):
        raise Refused(422, f"Unknown status {fields['status_id']}")
    if fields.get("section", "design") not in {"construction", "design"}:
        raise Refused(422, f"Unknown section {fields['section']}")
    for name, entries in LISTS.items():
        wanted = fields.get(name)
        if wanted is not None and all(entry.id != wanted for entry in getattr(world, entries)):
            raise Refused(422, f"Unknown {name} {wanted}")


def _check_assignment(world: CxAlloyWorld, fields: dict[str, Any], issue: Issue | None) -> None:
    """An assignment is a type and a key that belong together; an empty key empties both."""
    if not {"assigned_type", "assigned_key"} & fields.keys():
        return
    kind = fields.get("assigned_type", issue.assigned_type if issue else None)
    key = fields.get("assigned_key", issue.assigned_key if issue else None)
    if kind is None or key is None:
        if kind and "assigned_key" not in fields:
            raise Refused(422, "assigned_key is missing")
        fields |= {"assigned_type": None, "assigned_key": None}
    elif world.assignable(kind, key) is None:
        raise Refused(422, f"Unknown {kind} {key}")
