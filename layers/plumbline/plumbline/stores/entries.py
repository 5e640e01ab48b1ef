"""What the activity log does to an entry before it is kept, in DynamoDB and in memory alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.stores.items import Value
    from plumbline.stores.records import Activity

LONGEST_LOG_TEXT = 4000
"""Characters of one text in the log: it shows what happened, it is no store of values."""


def entry_id(at: float, place: int, maker: str) -> str:
    """An id that sorts by time (microseconds), then by the maker's own count."""
    return f"{round(at * 1e6):017d}-{place:07d}-{maker}"


def shortened(entry: Activity) -> Activity:
    """The entry with every long text cut: a log line must never make the work fail."""
    return replace(
        entry,
        message=_cut(entry.message),
        next_step=_cut(entry.next_step),
        before=_cut(entry.before),
        after=_cut(entry.after),
    )


def _cut(value: Value) -> Value:
    if isinstance(value, str):
        return value if len(value) <= LONGEST_LOG_TEXT else value[: LONGEST_LOG_TEXT - 1] + "…"
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    return [_cut(inner) for inner in value] if isinstance(value, list | tuple) else value
