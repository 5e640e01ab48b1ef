"""How Procore shows an observation: as a row of a list, and in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sandbox.procore import times
from sandbox.procore.lists import trade_row
from sandbox.procore.locations import location_of_item

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.records import Attachment, Observation


def row(call: Call, item: Observation) -> dict[str, Any]:
    """Return a list row: unset values are null; no attachments, no distribution list."""
    author = call.state.people[item.created_by_id]
    return {
        **_common(call, item),
        "assignee": _assignee(call, item.assignee_ids[-1]) if item.assignee_ids else None,
        "assignees": [{**_named(call, one), "current": True} for one in reversed(item.assignee_ids)],
        "created_by": {
            "id": author.id, "login": author.login, "name": author.name,
            "company_name": author.vendor_name or None,
        },
        "origin": None, "specification_section": None,
        "type": _type(call, item, {"id": call.state.types[item.type_id].category_id}),
    }  # fmt: skip


def detail(call: Call, item: Observation) -> dict[str, Any]:
    """Return all of an observation; unset keys are left out, or null where the settings say so."""
    kind = call.state.types[item.type_id]
    category = {"id": kind.category_id, "name": kind.category_key, "grouping": kind.grouping}
    whole = {
        **_common(call, item),
        "assignee": _assignee(call, item.assignee_ids[-1]) if item.assignee_ids else None,
        "assignees": [_assignee(call, one) for one in reversed(item.assignee_ids)],
        "created_by": _assignee(call, item.created_by_id),
        "distribution_members": [_member(call, one) for one in item.distribution_member_ids] or None,
        "type": _type(call, item, category),
        "attachments": attachment_rows(call, item.attachments),
        "drawing_revisions": [], "drawing_ids": [], "current_drawing_revision_ids": [],
    }  # fmt: skip
    if call.settings.detail_nulls:
        return whole
    return {key: value for key, value in whole.items() if value is not None}


def attachment_rows(call: Call, attachments: tuple[Attachment, ...]) -> list[dict[str, Any]]:
    """Return attachments with addresses that need the bearer token."""
    return [_attachment_row(call, one) for one in attachments]


def _common(call: Call, item: Observation) -> dict[str, Any]:
    trade = call.state.trades.get(item.trade_id or 0)
    location = call.state.locations.get(item.location_id or 0)
    return {
        "id": item.id, "number": item.number, "name": item.name, "description": item.description,
        "description_rich_text": item.rich_text, "status": item.status, "priority": item.priority,
        "due_date": item.due_date, "date_notified": item.date_notified, "personal": item.personal,
        "created_at": times.iso(item.created_at), "updated_at": times.iso(item.updated_at),
        "closed_at": times.iso(item.closed_at), "deleted_at": times.iso(item.deleted_at),
        "trade": trade_row(trade) if trade else None, "custom_fields": {},
        "location": location_of_item(call.state, location) if location else None,
    }  # fmt: skip


def _type(call: Call, item: Observation, category: dict[str, Any]) -> dict[str, Any]:
    kind = call.state.types[item.type_id]
    return {
        "id": kind.id, "name": kind.name, "category": kind.category, "category_key": kind.category_key,
        "category_id": kind.category_id, "active": kind.active, "company_active": kind.active,
        "observations_category": category,
    }  # fmt: skip


def _named(call: Call, person_id: int) -> dict[str, Any]:
    return {"id": person_id, "name": call.state.people[person_id].name}


def _member(call: Call, person_id: int) -> dict[str, Any]:
    return {**_named(call, person_id), "login": call.state.people[person_id].login}


def _assignee(call: Call, person_id: int) -> dict[str, Any]:
    person = call.state.people[person_id]
    named = _named(call, person_id)
    if person.vendor_id is None:
        return named
    return {**named, "vendor": {"id": person.vendor_id, "name": person.vendor_name}}


def _attachment_row(call: Call, attachment: Attachment) -> dict[str, Any]:
    url = f"{call.settings.api_origin}/attachments/{attachment.id}/{quote(attachment.name, safe='')}"
    return {
        "id": attachment.id, "name": attachment.name, "filename": attachment.name, "url": url,
        "thumbnail_url": url,
    }  # fmt: skip
