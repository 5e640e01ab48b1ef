"""Call slots in DynamoDB: one item for each key, no read before a write.

DynamoDB has no `max()` in expressions, so whether the hour runs and whether the burst is used are guessed
from what this process saw last. A wrong guess is refused, and the refusal brings the item: it holds the wait,
or the right guess.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.stores import slots
from plumbline.stores.items import Item, attributes, from_item
from plumbline.stores.slots import Limits, Slots, Told
from plumbline.stores.table import TRIES, Refused, Table, Write, assignment, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_KEPT = 2 * 86_400
"""Seconds after its last use until an item may go."""

_OPEN = "(attribute_not_exists(#closed_until) OR #closed_until <= :now)"
_HOUR_OVER = "(attribute_not_exists(#hour_reset) OR #hour_reset <= :now)"
_BURST_WHOLE = "(attribute_not_exists(#spike_due) OR #spike_due <= :now)"


class DynamoBudget:
    """The budget table; the limits hold for each key until the vendor's headers say otherwise."""

    def __init__(
        self,
        client: DynamoDBClient,
        table: str,
        *,
        hour_limit: int = 600,
        spike_limit: int = 25,
        spike_seconds: float = 10.0,
    ) -> None:
        self._table = Table(client, table)
        self._limits = Limits(hour_limit, spike_limit, spike_seconds)
        self._seen: dict[str, Slots] = {}

    def take(self, key: str, *, now: float, reserve: float = 0.0) -> float:
        seen = self._seen.get(key, Slots())
        for _ in range(TRIES):
            try:
                self._remember(key, self._table.write(_grant(key, seen, self._limits, now, reserve)))
            except Refused as refusal:
                seen = self._remember(key, refusal.item)
            else:
                return 0.0
            if pause := slots.wait(seen, self._limits, now=now, reserve=reserve):
                return pause
        return slots.spike_interval(seen, self._limits)

    def observe(self, key: str, *, now: float, limit: int, remaining: int, reset: float) -> None:
        told, seen = Told(limit, remaining, reset), self._seen.get(key) or self._read(key)
        for _ in range(TRIES):
            known = slots.learned(seen, self._limits, told, now=now)
            if known is None:
                return
            try:
                self._remember(key, self._table.write(_lesson(key, seen, known, now)))
            except Refused as refusal:
                seen = self._remember(key, refusal.item)
            else:
                return

    def close(self, key: str, *, until: float) -> None:
        later = "attribute_not_exists(#closed_until) OR #closed_until < :to_closed_until"
        change, values = assignment({"closed_until": until, "delete_after": int(until) + _KEPT})
        try:
            self._remember(key, self._table.write(Write("Update", _key(key), change, later, values)))
        except Refused as refusal:  # closed for longer already
            self._remember(key, refusal.item)

    def room(self, key: str, *, now: float) -> int:
        return slots.room(self._read(key), self._limits, now=now)

    def peek(self, key: str, *, now: float) -> tuple[int, int, float]:
        return slots.peek(self._read(key), self._limits, now=now)

    def _read(self, key: str) -> Slots:
        return self._remember(key, self._table.get(**_key(key)))

    def _remember(self, key: str, item: Item | None) -> Slots:
        self._seen[key] = from_item(Slots, item or {})
        return self._seen[key]


def _key(name: str) -> Item:
    return key(f"BUDGET#{name}", "SLOTS")


def _grant(name: str, seen: Slots, limits: Limits, now: float, reserve: float) -> Write:
    """Take a slot if what was seen still holds: the limits, a running hour, a burst in use."""
    values: Item = {":now": now, ":one": 1, ":kept": int(now) + _KEPT}
    conditions = [_OPEN, _as_seen("hour_limit", seen, values), _as_seen("spike_limit", seen, values)]
    if seen.hour_reset > now:
        conditions.append("#hour_reset > :now AND #hour_used < :cap")
        hour = "#hour_used = #hour_used + :one"
        values[":cap"] = slots.hour_cap(seen, limits, reserve)
    else:
        conditions.append(_HOUR_OVER)
        hour = "#hour_used = :one, #hour_reset = :hour_end"
        values[":hour_end"] = now + slots.HOUR
    interval = slots.spike_interval(seen, limits)
    if seen.spike_due > now:
        conditions.append("#spike_due > :now AND #spike_due <= :latest")
        spike = "#spike_due = #spike_due + :interval"
        values |= {":latest": now + slots.spike_lead(seen, limits), ":interval": interval}
    else:
        conditions.append(_BURST_WHOLE)
        spike = "#spike_due = :due"
        values[":due"] = now + interval
    change = f"SET {hour}, {spike}, #delete_after = :kept"
    return Write("Update", _key(name), change, " AND ".join(conditions), values)


def _lesson(name: str, seen: Slots, known: Slots, now: float) -> Write:
    """Store what an answer told, if the window it speaks of is still the stored one."""
    before = attributes(seen)
    changes = {field: value for field, value in attributes(known).items() if value != before[field]}
    change, values = assignment(changes | {"delete_after": int(now) + _KEPT})
    conditions = [_as_seen("hour_reset", seen, values)]
    if "closed_until" in changes:
        conditions.append("(attribute_not_exists(#closed_until) OR #closed_until < :to_closed_until)")
    if "hour_used" in changes and known.hour_reset <= seen.hour_reset:  # one window: never lowered
        conditions.append("(attribute_not_exists(#hour_used) OR #hour_used < :to_hour_used)")
    return Write("Update", _key(name), change, " AND ".join(conditions), values)


def _as_seen(field: str, seen: Slots, values: Item) -> str:
    """The condition that a number is the one that was seen; adds the value it needs."""
    value = getattr(seen, field)
    if not value:
        return f"attribute_not_exists(#{field})"
    values[f":seen_{field}"] = value
    return f"#{field} = :seen_{field}"
