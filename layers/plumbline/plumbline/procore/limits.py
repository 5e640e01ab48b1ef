"""What Procore says about its rate limits in the headers of each answer.

Two windows run at once, an hour and a 10-second spike; the headers speak of the one nearer to its end.
Source: Procore, "Rate Limiting" and "Error Reference". Header names are expected in lower case.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Self

LONGEST_WAIT = 3600.0
"""No window is longer than an hour, so no wait that the headers ask for is taken to be longer (seconds)."""

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RateLimit:
    """One window as Procore reports it; `reset` is the Unix time at which it starts again."""

    limit: int
    remaining: int
    reset: float

    @classmethod
    def from_http(cls, headers: Headers) -> Self | None:
        """Read the three headers; None when one is missing or is no number."""
        limit, remaining, reset = (
            _number(headers.get(f"x-rate-limit-{word}", "")) for word in ("limit", "remaining", "reset")
        )
        if limit is None or remaining is None or reset is None:
            return None
        return cls(limit=int(limit), remaining=int(remaining), reset=reset)


def asked_wait(headers: Headers, now: float) -> float | None:
    """Return the seconds that `Retry-After` asks for (seconds or an HTTP date); None when it says nothing."""
    word = headers.get("retry-after", "").strip()
    seconds = _number(word)
    if seconds is None:
        moment = http_date(word)
        seconds = None if moment is None else moment - now
    return None if seconds is None else _bounded(seconds)


def retry_after(headers: Headers, now: float) -> float | None:
    """Return the seconds to wait after a 429: the larger of `Retry-After` and the window's reset."""
    window = RateLimit.from_http(headers)
    waits = [asked_wait(headers, now), None if window is None else _bounded(window.reset - now)]
    return max((wait for wait in waits if wait is not None), default=None)


def http_date(text: str) -> float | None:
    """Read an HTTP date into Unix seconds; None when it is no date."""
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    # "-0000" makes a date without a zone; HTTP knows UTC only
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _bounded(seconds: float) -> float:
    return min(max(seconds, 0.0), LONGEST_WAIT)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
