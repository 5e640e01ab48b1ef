"""The arithmetic of call slots: two windows at once, pure.

The hour is a counter that ends at `hour_reset`. The spike is a generic cell rate algorithm: `spike_due` is
when the burst would be whole again; half of the limit may come at once and the other half is spread over the
window, so no window, wherever it begins, holds more than the limit.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

HOUR = 3600.0
SAFETY = 0.02
"""The share of the hour that is kept for the edges between our clock and theirs."""

SAME_RESET = 5.0
"""Two words about a reset that are nearer than this (seconds) speak of one window."""

ROUNDING = 1e-4
"""What a sum of some hundred times may be off (seconds): a float of our century holds 0.2 microseconds."""

TOLERANCE = 2
"""The server's count may be so much above ours before it is worth a write."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a vendor allows, until its headers say otherwise."""

    hour: int
    spike: int
    spike_seconds: float


@dataclass(frozen=True, slots=True)
class Slots:
    """What is known of one key: times are Unix seconds, a limit of 0 was not learned yet."""

    hour_used: int = 0
    hour_reset: float = 0.0
    hour_limit: int = 0
    spike_due: float = 0.0
    spike_limit: int = 0
    closed_until: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """What one answer's headers say: of which window, they leave open. `reset` is in Unix seconds."""

    limit: int
    remaining: int
    reset: float


def hour_cap(slots: Slots, limits: Limits, reserve: float) -> int:
    """How many calls of the hour may be used by whoever leaves this reserve; at least 1."""
    return max(1, math.floor((slots.hour_limit or limits.hour) * (1 - reserve - SAFETY) + 1e-9))


def spike_interval(slots: Slots, limits: Limits) -> float:
    """Seconds between two calls once the burst is used."""
    return 2 * limits.spike_seconds / (slots.spike_limit or limits.spike)


def spike_lead(slots: Slots, limits: Limits) -> float:
    """How far `spike_due` may lie ahead of a call (seconds): the burst less the call itself."""
    burst = max(1, (slots.spike_limit or limits.spike) // 2)
    return (burst - 1) * spike_interval(slots, limits) + ROUNDING


def wait(slots: Slots, limits: Limits, *, now: float, reserve: float) -> float:
    """Seconds until a slot is free: 0.0 when there is one now; rounded up to a millisecond and one more."""
    full = slots.hour_reset > now and slots.hour_used >= hour_cap(slots, limits, reserve)
    opens = max(
        slots.closed_until,
        slots.hour_reset if full else 0.0,
        slots.spike_due - spike_lead(slots, limits),
    )
    return math.ceil((opens - now) * 1000 + 1) / 1000 if opens > now else 0.0


def taken(slots: Slots, limits: Limits, *, now: float) -> Slots:
    """The slots after one more call at `now`."""
    running = slots.hour_reset > now
    return replace(
        slots,
        hour_used=slots.hour_used + 1 if running else 1,
        hour_reset=slots.hour_reset if running else now + HOUR,
        spike_due=max(slots.spike_due, now) + spike_interval(slots, limits),
    )


def learned(slots: Slots, limits: Limits, told: Told, *, now: float) -> Slots | None:
    """What one answer's headers add to what is known; None when it is nothing worth a write."""
    if told.limit <= 0:
        return None
    hears = _heard_of_spike if _speaks_of_spike(slots, limits, told, now) else _heard_of_hour
    known = hears(slots, limits, told, now)
    if told.remaining <= 0 and told.reset > max(now, known.closed_until):
        known = replace(known, closed_until=min(told.reset, now + HOUR))
    return None if known == slots else known


def _speaks_of_spike(slots: Slots, limits: Limits, told: Told, now: float) -> bool:
    """The headers name no window: a spike ends soon, and its limit is far below the hour's."""
    soon = told.reset - now <= limits.spike_seconds + SAME_RESET
    return soon and told.limit < (slots.hour_limit or limits.hour) / 2


def _heard_of_spike(slots: Slots, limits: Limits, told: Told, _now: float) -> Slots:
    same = told.limit == (slots.spike_limit or limits.spike)
    return slots if same else replace(slots, spike_limit=told.limit)


def _heard_of_hour(slots: Slots, limits: Limits, told: Told, now: float) -> Slots:
    same = told.limit == (slots.hour_limit or limits.hour)
    known = slots if same else replace(slots, hour_limit=told.limit)
    if told.reset <= now:  # an answer that came late, of a window that is over
        return known
    used, reset = told.limit - max(0, told.remaining), min(told.reset, now + HOUR)
    if slots.hour_reset <= now or reset > slots.hour_reset + SAME_RESET:
        return replace(known, hour_used=used, hour_reset=reset)
    if reset < slots.hour_reset - SAME_RESET:
        return replace(known, hour_used=max(used, slots.hour_used), hour_reset=reset)
    if used > slots.hour_used + TOLERANCE or (told.remaining <= 0 and used > slots.hour_used):
        return replace(known, hour_used=used)
    return known


def room(slots: Slots, limits: Limits, *, now: float) -> int:
    """How many calls of the hour are left."""
    used, cap, _ = peek(slots, limits, now=now)
    return 0 if slots.closed_until > now else max(0, cap - used)


def peek(slots: Slots, limits: Limits, *, now: float) -> tuple[int, int, float]:
    """Calls used in the hour, how many it allows, when it ends; a closed key shows its numbers too."""
    cap = hour_cap(slots, limits, 0.0)
    return (slots.hour_used, cap, slots.hour_reset) if slots.hour_reset > now else (0, cap, 0.0)
