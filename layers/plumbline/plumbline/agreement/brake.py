"""The brake on mass deletes (S16): counted over a rolling time, whatever caused them. Pure."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Limits:
    """More than `count` deletes and more than `percent` of the links within `seconds` stop the rest."""

    count: int
    percent: int
    seconds: float


def recent(deletes: Iterable[float], limits: Limits, *, now: float) -> tuple[float, ...]:
    """The times of deletes that still count."""
    return tuple(at for at in deletes if at > now - limits.seconds)


def trips(deletes: Iterable[float], limits: Limits, *, now: float, links: int, missing: int = 0) -> bool:
    """Whether one more delete would be too many; `missing` of `links` are gone on one side.

    One side suddenly empty always trips, however few its links are: it looks like an outage.
    """
    if links > 1 and missing >= links:
        return True
    planned = len(recent(deletes, limits, now=now)) + 1
    return planned > limits.count and planned * 100 > limits.percent * links


def plan_hash(planned: Iterable[tuple[str, str]]) -> str:
    """The name of exactly these deletes, given as (link id, "observation" or "issue"); SHA-256, hex."""
    lines = sorted(f"{link_id}:{side}" for link_id, side in planned)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
