"""Call slots in memory, on the arithmetic that DynamoDB's conditions spell out."""

from __future__ import annotations

from dataclasses import replace

from plumbline.stores import slots
from plumbline.stores.slots import Limits, Slots, Told


class MemoryBudget:
    """Twin of `DynamoBudget`."""

    def __init__(self, *, hour_limit: int = 600, spike_limit: int = 25, spike_seconds: float = 10.0) -> None:
        self._limits = Limits(hour_limit, spike_limit, spike_seconds)
        self._slots: dict[str, Slots] = {}

    def take(self, key: str, *, now: float, reserve: float = 0.0) -> float:
        seen = self._slots.get(key, Slots())
        pause = slots.wait(seen, self._limits, now=now, reserve=reserve)
        if not pause:
            self._slots[key] = slots.taken(seen, self._limits, now=now)
        return pause

    def observe(self, key: str, *, now: float, limit: int, remaining: int, reset: float) -> None:
        seen = self._slots.get(key, Slots())
        known = slots.learned(seen, self._limits, Told(limit, remaining, reset), now=now)
        self._slots[key] = known or seen

    def close(self, key: str, *, until: float) -> None:
        seen = self._slots.get(key, Slots())
        self._slots[key] = replace(seen, closed_until=max(until, seen.closed_until))

    def room(self, key: str, *, now: float) -> int:
        return slots.room(self._slots.get(key, Slots()), self._limits, now=now)

    def peek(self, key: str, *, now: float) -> tuple[int, int, float]:
        return slots.peek(self._slots.get(key, Slots()), self._limits, now=now)
