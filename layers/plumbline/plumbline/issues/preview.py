"""What a preview says: rows, totals, the time it takes, and the name of exactly this plan (S11, A27).

Pure. `calls` counts Procore's only: its budget is the narrow one.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plumbline.connections.settings import IssueSettings

Act = Literal["create", "update", "adopt", "delete", "restore", "unlink", "leave", "unclear"]
Where = Literal["", "tracker", "procore"]

SPIKE_CALLS, SPIKE_SECONDS = 25, 10.0
"""What Procore allows at once, unless its headers say otherwise (Procore: "Rate Limiting")."""

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Change:
    """One field that would be written: what is there and what would be."""

    field: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What one row takes: comments and files that travel, calls, people told by Procore."""

    comments: int = 0
    files: int = 0
    calls: int = 0
    notifications: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """What would be done to one item, and on which side ("" where nothing is written).

    `by_settings`: it follows from changed maps alone, and only once a person has approved it (S17).
    `seen` names the content of both sides that this was decided on.
    """

    act: Act
    side: Where
    reason: str
    link_id: str
    issue_id: str
    issue_number: str
    observation_id: str
    observation_number: str
    changes: tuple[Change, ...] = ()
    by_settings: bool = False
    cost: Cost = Cost()
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """What Procore allows: calls left in this hour, calls an hour, seconds until the hour ends."""

    left: int
    hourly: int
    renews_in: float


def totals(rows: Sequence[Row], room: Room) -> dict[str, int]:
    """Count acts by side, comments, files, notifications, calls, and the seconds that those take.

    Names are "create_procore", "update_tracker" and so on; "adopt", "unclear" and the like have no side.
    """
    told = Counter("_".join(part for part in (row.act, row.side) if part) for row in rows)
    told["by_settings"] = sum(row.by_settings for row in rows)
    for name in ("comments", "files", "calls", "notifications"):
        told[name] = sum(getattr(row.cost, name) for row in rows)
    told["seconds"] = seconds(told["calls"], room)
    return dict(sorted(told.items()))


def seconds(calls: int, room: Room) -> int:
    """How long so many calls take at Procore's limits, about."""
    at_speed = calls * SPIKE_SECONDS / SPIKE_CALLS
    if calls <= room.left:
        return math.ceil(at_speed)
    hourly = max(1, room.hourly)
    further = calls - room.left
    full_hours = (further - 1) // hourly
    last = (further - full_hours * hourly) * SPIKE_SECONDS / SPIKE_CALLS
    return math.ceil(max(at_speed, room.renews_in + full_hours * HOUR + last))


def plan_hash(rows: Iterable[Row], settings: IssueSettings) -> str:
    """The name of exactly this plan under exactly these settings; SHA-256, hex."""
    told = [[asdict(row) for row in rows], settings.model_dump(mode="json", exclude={"alerts"})]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
