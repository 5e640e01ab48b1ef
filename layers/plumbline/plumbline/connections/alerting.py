"""What an alert says and when it is due (S24): lines of the activity log made into one plain e-mail. Pure.

Of an item it tells the number, what happened, why, and what to do: nothing that people wrote in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plumbline.connections.settings import AlertKind, AlertTime
    from plumbline.stores.records import Activity, Connection

AT_ONCE = 300.0
"""Seconds between two mails about one connection, at least."""

SETTLED = 30.0
"""Seconds until a line of the log is surely there: it is written a little after the time it bears."""

FURTHEST = 14 * 86_400.0
"""Seconds that are looked back at most: alerts that were off for long do not begin with all of that."""

MOST_LINES = 50
LONGEST = 500
"""Characters of one cause or next step."""

_EARLY = 30.0  # schedules come a little early or late
_DAY, _WEEK, _SIX = 86_400.0, 604_800.0, 21_600.0
_TIMES: dict[AlertTime, tuple[float, float]] = {
    "daily": (_DAY, _SIX),
    "weekly": (_WEEK, 4 * _DAY + _SIX),  # 5 January 1970 was a Monday
}
"""Seconds between two mails, and when the first one would have gone (06:00 UTC)."""

_OUTCOMES: dict[AlertKind, tuple[str, ...]] = {
    "parked": ("parked",),
    "failed": ("failed",),
    "needs_authorization": ("needs_authorization",),
    "held": ("brake", "held"),
    "conflict": ("conflict",),
}
_HEADINGS: dict[AlertKind, str] = {
    "needs_authorization": "Needs authorization",
    "held": "Held by the brake on mass deletes",
    "parked": "Parked",
    "failed": "Failed",
    "conflict": "Conflicts",
}


@dataclass(frozen=True, slots=True)
class Span:
    """From when on and until when (Unix seconds) the log is told of."""

    since: float
    until: float


@dataclass(frozen=True, slots=True)
class Told:
    """The newest of some equal entries, and how many there are."""

    entry: Activity
    times: int = 0


@dataclass(frozen=True, slots=True)
class Message:
    """One plain e-mail."""

    subject: str
    text: str


def due(when: AlertTime, told_until: float, now: float) -> Span | None:
    """Return what is to be told now, or None while nothing is due.

    `told_until` is 0 before the first look, which goes back as far as the times between two mails.
    """
    if when == "off":
        return None
    settled = now - SETTLED
    gap, first = _TIMES.get(when, (AT_ONCE, settled))
    until = settled - (settled - first) % gap
    if not told_until:
        return Span(until - gap, until)
    least = AT_ONCE - _EARLY if when == "at_once" else 0.0
    if until - told_until <= least:
        return None
    return Span(max(told_until, until - FURTHEST), until)


def outcomes(about: Iterable[AlertKind]) -> frozenset[str]:
    """Return the outcomes of the log that these kinds stand for."""
    return frozenset(outcome for kind in about for outcome in _OUTCOMES[kind])


def message(connection: Connection, entries: Iterable[Activity], span: Span, console: str) -> Message | None:
    """Write the mail about these entries, newest first; None when there is nothing to tell.

    `console` is the address of the console's page. What happened again to an item, for the same cause, is one
    line with its last time and how often.
    """
    groups = _grouped(entries)
    if not groups:
        return None
    name = " ".join(connection.name.split()) or connection.id
    page = f"{console}#/connections/{quote(connection.id)}"
    shown = _shares(groups)
    parts = [f"{name}, {_moment(span.since)} to {_moment(span.until)}"]
    parts += [_group(kind, told, shown[kind], page) for kind, told in groups.items()]
    parts.append(f"The whole log: {page}/log\nWho is told of what, and when: {page}/settings\n")
    counted = ", ".join(f"{len(told)} {kind.replace('_', ' ')}" for kind, told in groups.items())
    return Message(f"Plumbline: {counted} - {name}", "\n\n".join(parts))


def _grouped(entries: Iterable[Activity]) -> dict[AlertKind, list[Told]]:
    """The entries by kind, each that happened again once, with its last time."""
    found: dict[AlertKind, dict[tuple[str, str], Told]] = {kind: {} for kind in _HEADINGS}
    for entry in entries:
        of_kind, name = found[_kind(entry)], (entry.issue_id or entry.observation_id, entry.message)
        before = of_kind.get(name, Told(entry))
        of_kind[name] = replace(before, times=before.times + 1)
    return {kind: list(told.values()) for kind, told in found.items() if told}


def _kind(entry: Activity) -> AlertKind:
    return next(kind for kind, words in _OUTCOMES.items() if entry.outcome in words)


def _shares(groups: dict[AlertKind, list[Told]]) -> dict[AlertKind, int]:
    """How many lines of each kind are shown: fewest first, so that many of one hide none of another."""
    left, shares = MOST_LINES, {}
    for place, kind in enumerate(sorted(groups, key=lambda kind: len(groups[kind]))):
        shares[kind] = min(len(groups[kind]), left // (len(groups) - place))
        left -= shares[kind]
    return shares


def _group(kind: AlertKind, told: list[Told], shown: int, page: str) -> str:
    heading = f"{_HEADINGS[kind]} ({len(told)})"
    lines = [_line(one.entry, one.times, page) for one in told[:shown]]
    more = [f"and {len(told) - shown} more"] if len(told) > shown else []
    return "\n\n".join([f"{heading}\n{'-' * len(heading)}", *lines, *more])


def _line(entry: Activity, times: int, page: str) -> str:
    often = f", {times} times" if times > 1 else ""
    what, address = _item(entry)
    told = [f"{what}, {_moment(entry.at)}{often}", f"  Cause: {_short(entry.message)}"]
    if entry.next_step:
        told.append(f"  Next step: {_short(entry.next_step)}")
    return "\n".join([*told, f"  {page}{address}"])


def _item(entry: Activity) -> tuple[str, str]:
    """What a line is about, and where the console shows it."""
    if entry.issue_id:
        return f"Issue {entry.issue_number or entry.issue_id}", f"/items?issue={quote(entry.issue_id)}"
    if entry.observation_id:
        return f"Observation {entry.observation_id}", "/items"
    return "The connection", ""


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST else flat[: LONGEST - 1] + "…"


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
