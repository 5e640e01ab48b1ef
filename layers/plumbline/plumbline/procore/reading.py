"""Reads single values out of Procore's JSON: ids as text, days, moments as Unix seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any


class Unreadable(ValueError):
    """An answer that is not what Procore documents; the text names what is missing, never a value."""


def mapping(data: object) -> dict[str, Any]:
    """Return the data as the JSON object it should be. Raises `Unreadable`."""
    if not isinstance(data, dict):
        raise Unreadable("an object is missing")
    return data


def id_of(row: object) -> str:
    """Return the row's id as text. Raises `Unreadable`."""
    if not isinstance(row, dict) or row.get("id") in (None, ""):
        raise Unreadable("a row has no id")
    return str(row["id"])


def id_within(part: object) -> str | None:
    """Return the id of a part such as `trade`; None when the part is not set or left out."""
    return id_of(part) if isinstance(part, dict) and part.get("id") else None


def wire_id(text: str) -> int | str:
    """Return an id as Procore's v1 bodies want it: a number, where it is one."""
    return int(text) if text.isascii() and text.isdecimal() else text


def day_of(text: str | None) -> date | None:
    """Read `2026-02-22`; None for nothing and for what is no day."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def moment_of(text: str | None) -> float | None:
    """Read an ISO time; None for nothing and for what is no time. Without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    if moment is None:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def iso_of(seconds: float) -> str:
    """Write Unix seconds as Procore's filters take them, to the second."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
