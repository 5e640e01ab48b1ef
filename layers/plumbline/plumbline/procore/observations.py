"""Observations and their response logs: the bodies we send and the rows we read, without I/O.

Source: Procore, REST reference v1.0, "Observations: Items" and "Item Response Logs". Ids are text here,
times Unix seconds. The detail leaves out what is not set, the list sends null: both read as None.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plumbline.procore.reading import day_of, id_of, id_within, iso_of, mapping, moment_of, wire_id

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

IDS = frozenset({"type_id", "trade_id", "location_id", "assignee_id"})
CHANGEABLE = IDS | {"name", "description", "status", "priority", "due_date", "upload_ids"}
"""The fields of Procore that an update of ours may carry."""


@dataclass(frozen=True, slots=True)
class NewObservation:
    """An observation to create. None means "not set": it is left out, so that Procore's default applies."""

    name: str
    type_id: str
    description: str | None = None
    status: str | None = None
    priority: str | None = None
    due_date: date | None = None
    trade_id: str | None = None
    location_id: str | None = None
    assignee_id: str | None = None
    created_by_id: str | None = None
    upload_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file on an observation or comment; `url` is short-lived and never stored."""

    id: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class Observation:
    """An observation as listed or in detail; only the detail has `attachments`.

    `rich_text` is the description as HTML, `description` the same as plain text. `personal`: only its people
    and admins see it.
    """

    id: str
    number: str
    name: str
    description: str | None
    status: str | None
    priority: str | None
    due_date: date | None
    trade_id: str | None
    type_id: str | None
    created_at: float | None
    updated_at: float | None
    deleted_at: float | None = None
    missing: frozenset[str] = frozenset()  # keys that are never empty, and that the answer lacks all the same
    attachments: tuple[Attachment, ...] = ()
    rich_text: str | None = None
    assignee_id: str | None = None
    location_id: str | None = None
    personal: bool = False
    created_by_id: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseLog:
    """A comment or status change. No comment: a status change only. `status` is in the item's own form."""

    id: str
    item_id: str
    comment: str | None
    status: str | None
    created_at: float | None
    author: str
    attachments: tuple[Attachment, ...] = ()
    author_id: str | None = None


def is_comment(log: ResponseLog) -> bool:
    """Whether a response log is more than the record of a change of status (A35)."""
    return bool((log.comment or "").strip() or log.attachments)


def creation_body(project_id: str, new: NewObservation) -> dict[str, Any]:
    """Return the JSON body of a create."""
    fields = {
        "name": new.name,
        "type_id": wire_id(new.type_id),
        "description": new.description,
        "status": new.status,
        "priority": new.priority,
        "due_date": new.due_date.isoformat() if new.due_date else None,
        "trade_id": _wire_id_or_none(new.trade_id),
        "location_id": _wire_id_or_none(new.location_id),
        "assignee_id": _wire_id_or_none(new.assignee_id),
        "created_by_id": _wire_id_or_none(new.created_by_id),
        "upload_ids": list(new.upload_ids) or None,
    }
    given = {name: value for name, value in fields.items() if value is not None}
    return {"project_id": wire_id(project_id), "observation": given}


def update_body(project_id: str, changes: Mapping[str, object]) -> dict[str, Any]:
    """Return the JSON body of an update: only what is given is sent, and None clears.

    Keys are Procore's field names, `due_date` is ISO text. A name that is not one raises `ValueError`, for
    Procore would ignore it without a word.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise ValueError(f"an update of an observation knows no {sorted(unknown)}")
    return {
        "project_id": wire_id(project_id),
        "observation": {name: _on_wire(name, value) for name, value in changes.items()},
    }


def response_log_body(project_id: str, comment: str, upload_ids: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the JSON body of a comment; it leaves the observation's status alone."""
    uploads = {"upload_ids": list(upload_ids)} if upload_ids else {}
    return {"project_id": wire_id(project_id), "response_log": {"comment": comment, **uploads}}


# What every observation has: an answer that lacks it says nothing, it does not clear it.
_ALWAYS = {"title": "name", "status": "status", "issue_type": "type"}


def read_observation(row: object) -> Observation:
    """Read one row of a list, or a detail. Raises `Unreadable`."""
    row = mapping(row)
    return Observation(
        id=id_of(row),
        number=str(row.get("number") or ""),
        name=str(row.get("name") or ""),
        description=row.get("description"),
        status=_status(row.get("status")),
        priority=row.get("priority"),
        due_date=day_of(row.get("due_date")),
        trade_id=id_within(row.get("trade")),
        type_id=id_within(row.get("type")),
        created_at=moment_of(row.get("created_at")),
        updated_at=moment_of(row.get("updated_at")),
        deleted_at=moment_of(row.get("deleted_at")),
        missing=frozenset(name for name, key in _ALWAYS.items() if row.get(key) is None),
        attachments=_attachments(row.get("attachments")),
        rich_text=row.get("description_rich_text"),
        assignee_id=id_within(row.get("assignee")),
        location_id=id_within(row.get("location")),
        personal=bool(row.get("personal")),
        created_by_id=id_within(row.get("created_by")),
    )


def read_response_log(row: object) -> ResponseLog:
    """Read one response log, of an item's list or the project's. Raises `Unreadable`."""
    row = mapping(row)
    return ResponseLog(
        id=id_of(row),
        item_id=str(row.get("item_id") or ""),
        comment=row.get("comment"),
        status=_status(row.get("status")),
        created_at=moment_of(row.get("created_at")),
        author=_author(row),
        attachments=_attachments(row.get("attachments")),
        author_id=id_within(row.get("created_by")),
    )


def observation_page(web: str, project_id: str, observation_id: str) -> str:
    """Return the address of an observation's page, for people; no public source confirms its form."""
    return f"{web}/{project_id}/project/observations/items/{observation_id}"


def updated_between(start: float, end: float) -> str:
    """Return the range for `filters[updated_at]`, in whole seconds: three dots, and both ends are needed."""
    return f"{iso_of(start)}...{iso_of(math.ceil(end))}"


def _wire_id_or_none(text: str | None) -> int | str | None:
    return None if text is None else wire_id(text)


def _on_wire(name: str, value: object) -> object:
    if name in IDS and isinstance(value, str):
        return wire_id(value)
    return list(value) if isinstance(value, tuple) else value


def _author(row: Mapping[str, Any]) -> str:
    """Return the name that the log was written under; the project's list also has it by itself."""
    author = row.get("created_by")
    name = author.get("name") if isinstance(author, dict) else None
    return str(name or row.get("created_by_name") or "")


def _attachments(rows: object) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            id=id_of(row),
            name=str(row.get("filename") or row.get("name") or ""),
            url=str(row.get("url") or ""),
        )
        for row in map(mapping, rows if isinstance(rows, list) else ())
    )


def _status(text: str | None) -> str | None:
    """Bring "Ready For Review" of the logs and "ready_for_review" of the items to the latter form."""
    return None if text is None else text.strip().lower().replace(" ", "_")
