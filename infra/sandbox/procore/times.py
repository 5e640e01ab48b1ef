"""Times as Procore writes them, from seconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime


def iso(seconds: float | None) -> str | None:
    """Return `2026-02-01T10:00:00Z`, or None for None."""
    return None if seconds is None else f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%SZ}"


def stamp(seconds: float) -> str:
    """Return a time with microseconds, as webhooks carry it: `2026-02-06T23:34:12.246562Z`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S.%fZ}"


def day(seconds: float) -> str:
    """Return the UTC day, such as `2026-02-01`."""
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"


def read_day(value: object) -> str | None:
    """Return the day of a date or date-time text, None when it is malformed.

    Procore stores a malformed date as null and says nothing (Procore: "Working with Dates and Times").
    """
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError:
        return None


def read_range(text: str) -> tuple[float, float]:
    """Return both ends of `start...end`, quotes allowed; raises ValueError unless both are ISO times.

    Source of the three dots: Procore "Filtering on List Actions".
    """
    start, dots, end = text.strip('"').partition("...")
    if not dots:
        raise ValueError("a range has three dots between two times")
    return _moment(start), _moment(end)


def _moment(text: str) -> float:
    moment = datetime.fromisoformat(re.sub(r"Z$", "+00:00", text.strip()))
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
