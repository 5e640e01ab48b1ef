"""The maps between the tracker's values and Procore's, their defaults and their checks (A20, A21).

Pure. "Value" is a native value of one side: an id in the tracker; at Procore a status or priority word, or
the id of a trade or observation type.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plumbline.connections.settings import IssueSettings

Field = Literal["status", "priority", "discipline", "issue_type"]
Direction = Literal["to_procore", "to_tracker"]
FIELDS: tuple[Field, ...] = ("status", "priority", "discipline", "issue_type")

UNMAPPED_STATUS = "initiated"
UNMAPPED_PRIORITY = "Low"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a manager should know about a map before enabling.

    `kind` is "hole" (no map: `default` applies, empty means "left unset"), "many_to_one" (`values` share
    `target`), "bounce" (a value set on one side and carried over, by the map or its default, would come back
    as another: `values` is the value, then what it returns as) or "unknown" (the map names a value that the
    other list lacks).
    Only "unknown" forbids enabling.
    """

    field: Field
    direction: Direction
    kind: Literal["hole", "many_to_one", "bounce", "unknown"]
    values: tuple[str, ...]
    target: str = ""
    default: str = ""


def _table(settings: IssueSettings, field: Field, direction: Direction) -> Mapping[str, str]:
    table: Mapping[str, str] = getattr(getattr(settings.maps, field), direction)
    return table


def default(settings: IssueSettings, field: Field, direction: Direction) -> str:
    """The value that applies where no map exists; "" means that nothing is set (A21)."""
    if direction == "to_tracker":
        return settings.initial_status_id if field == "status" else ""
    return {
        "status": UNMAPPED_STATUS,
        "priority": UNMAPPED_PRIORITY,
        "discipline": "",
        "issue_type": settings.default_type_id,
    }[field]


def to_procore(settings: IssueSettings, field: Field, value: str | None) -> str | None:
    """Procore's value for a tracker value; None where nothing is to be set.

    A value that the tracker left empty is not unmapped: an issue without a priority gets none here.
    """
    if not value and field in ("priority", "discipline"):
        return None
    return (
        _table(settings, field, "to_procore").get(value or "", default(settings, field, "to_procore")) or None
    )


def to_tracker(settings: IssueSettings, field: Field, value: str | None) -> str | None:
    """The tracker's value for a value of Procore's; None where nothing is to be set."""
    table = _table(settings, field, "to_tracker")
    return table.get(value or "", default(settings, field, "to_tracker")) or None


def check(
    settings: IssueSettings,
    tracker: Mapping[Field, Mapping[str, str]],
    procore: Mapping[Field, Mapping[str, str]],
) -> tuple[Finding, ...]:
    """All findings on the maps, given both sides' lists (value to name) per field."""
    found: list[Finding] = []
    for field in FIELDS:
        there = _table(settings, field, "to_procore")
        back = _table(settings, field, "to_tracker")
        ways: tuple[tuple[Direction, Mapping[str, str], Mapping[str, str], Mapping[str, str]], ...] = (
            ("to_procore", there, tracker[field], procore[field]),
            ("to_tracker", back, procore[field], tracker[field]),
        )
        for direction, table, mine, other in ways:
            found += _holes(settings, field, direction, table, mine)
            found += _unknown(field, direction, table, mine, other)
            found += _many_to_one(field, direction, table)
        over = _with_default(settings, field, "to_procore", there, tracker[field])
        home = _with_default(settings, field, "to_tracker", back, procore[field])
        found += _bounces(field, "to_procore", over, home)
        found += _bounces(field, "to_tracker", home, over)
    return tuple(found)


def _holes(
    settings: IssueSettings,
    field: Field,
    direction: Direction,
    table: Mapping[str, str],
    mine: Mapping[str, str],
) -> list[Finding]:
    fallback = default(settings, field, direction)
    return [
        Finding(field, direction, "hole", (value,), default=fallback)
        for value in sorted(mine)
        if value not in table
    ]


def _unknown(
    field: Field,
    direction: Direction,
    table: Mapping[str, str],
    mine: Mapping[str, str],
    other: Mapping[str, str],
) -> list[Finding]:
    return [
        Finding(field, direction, "unknown", (value,), target=target)
        for value, target in sorted(table.items())
        if value not in mine or target not in other
    ]


def _many_to_one(field: Field, direction: Direction, table: Mapping[str, str]) -> list[Finding]:
    groups: dict[str, list[str]] = {}
    for value, target in sorted(table.items()):
        groups.setdefault(target, []).append(value)
    return [
        Finding(field, direction, "many_to_one", tuple(values), target=target)
        for target, values in groups.items()
        if len(values) > 1
    ]


def _with_default(
    settings: IssueSettings,
    field: Field,
    direction: Direction,
    table: Mapping[str, str],
    mine: Mapping[str, str],
) -> dict[str, str]:
    """What each value of a list becomes: by the map, else by the default where there is one."""
    fallback = default(settings, field, direction)
    return dict.fromkeys(mine, fallback) | dict(table) if fallback else dict(table)


def _bounces(
    field: Field, direction: Direction, there: Mapping[str, str], back: Mapping[str, str]
) -> list[Finding]:
    return [
        Finding(field, direction, "bounce", (value, back[target]), target=target)
        for value, target in sorted(there.items())
        if target in back and back[target] != value
    ]
