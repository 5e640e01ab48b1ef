"""Readers of the values in CxAlloy TQ's answers: lists in two shapes, three date formats, many empties.

Pure. Saved answers in public repositories show the formats; each reader also takes ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

US_DAY = "%m/%d/%Y"
# Comments carry "UTC"; status visits (the third) carry no zone and are taken as UTC like all others.
MOMENTS = ("%m/%d/%Y %H:%M:%S UTC", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S UTC")
NO_DAY = ("00/00/0000", "0000-00-00")


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list; `total` is None where the answer was a bare array."""

    records: tuple[object, ...]
    total: int | None


def blank_to_none(value: object) -> object:
    """Return None for every way of saying nothing: an absent key's None, "", blanks; else the value."""
    if isinstance(value, str):
        value = value.strip()
    return None if value in ("", None) else value


def read_date(value: object) -> date | None:
    """Return a day from MM/DD/YYYY, a moment or ISO 8601; None for empty; ValueError for anything else."""
    text = _text(value)
    if text is None:
        return None
    try:
        return datetime.strptime(text, US_DAY).replace(tzinfo=UTC).date()
    except ValueError:
        return _moment(text).date()


def read_moment(value: object) -> datetime | None:
    """Return an aware moment from any of the three formats or ISO 8601; ValueError for anything else."""
    text = _text(value)
    if text is None:
        return None
    try:
        return datetime.strptime(text, US_DAY).replace(tzinfo=UTC)
    except ValueError:
        return _moment(text)


def _text(value: object) -> str | None:
    value = blank_to_none(value)
    if value is None or (isinstance(value, str) and value.startswith(NO_DAY)):
        return None
    if not isinstance(value, str):
        raise ValueError(f"a date is text, not {type(value).__name__}")  # noqa: TRY004 - what pydantic catches
    return value


def _moment(text: str) -> datetime:
    for shape in MOMENTS:
        try:
            return datetime.strptime(text, shape).replace(tzinfo=UTC)
        except ValueError:
            continue
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is in no known date format") from None
    return read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC)


def read_listing(answer: object) -> Listing:
    """Return the records of an envelope {records, total_count, page} or of a bare array; else ValueError."""
    if isinstance(answer, list):
        return Listing(tuple(answer), None)
    if isinstance(answer, dict) and "records" in answer:
        records = answer["records"] or []
        if isinstance(records, list):
            return Listing(tuple(records), _count(answer.get("total_count")))
    raise ValueError("the answer is no list of records")


def _count(value: object) -> int | None:
    return int(value) if isinstance(value, int | str) and str(value).isdecimal() else None


def error_words(answer: object, *, message_is_error: bool = True) -> str | None:
    """Return what an answer of status 200 complains of, or None when it is no complaint."""
    if not isinstance(answer, dict) or "records" in answer:
        return None
    if answer.get("error"):
        return words(answer)
    told = message_is_error and answer.get("message") and not answer.get("success")
    only_told = not any(name.endswith("id") for name in answer)
    return words(answer) if told and only_told else None


def words(answer: object) -> str:
    """Return the sentence in an error body, cut to 300 characters; "" when it has none."""
    if not isinstance(answer, dict):
        return ""
    found = (answer.get(name) for name in ("error", "message", "errors"))
    told = next((value for value in found if value and value is not True), "")
    if isinstance(told, dict):
        told = told.get("message") or told
    return str(told)[:300]
