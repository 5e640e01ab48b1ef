"""What is done to a record before it is kept, in DynamoDB and in memory alike."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.stores.items import Value
    from plumbline.stores.records import Activity, Conflict, Undo

LONGEST_LOG_TEXT = 4000
"""Characters of one text in the log: it shows what happened, it is no store of values."""


def sortable(at: float) -> str:
    """A time as text that sorts like it (microseconds)."""
    return f"{round(at * 1e6):017d}"


def entry_id(at: float, place: int, maker: str) -> str:
    """An id that sorts by time, then by the maker's own count."""
    return f"{sortable(at)}-{place:07d}-{maker}"


def conflicts_place(connection_id: str) -> str:
    """Where a connection's conflicts are listed, apart from its links."""
    return f"{connection_id}#conflicts"


def conflict_place(conflict: Conflict) -> str:
    """Where a conflict stands among its connection's: by state, then time."""
    return f"{conflict.state}#{sortable(conflict.at)}#{conflict.id}#{conflict.link_id}"


def in_whole_seconds(undo: Undo) -> Undo:
    """The undo with a time to live as DynamoDB reads it (DynamoDB: "Time to Live", seconds of Unix time)."""
    return replace(undo, delete_after=float(math.ceil(undo.delete_after)))


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
