"""The activity log as people read it: filtered, page by page, and as CSV (S12)."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plumbline.stores.ports import ActivityLog
    from plumbline.stores.records import Activity

MOST_PAGES = 10
"""Pages of the store that one page of a rare filter may read."""

MOST_ROWS = 5000
"""Rows of one export; a Lambda's answer ends at 6 MB."""

COLUMNS = (
    "at", "outcome", "cause", "direction", "issue_id", "issue_number", "observation_id",
    "message", "next_step", "before", "after",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filter:
    """What to show: one issue, one outcome, a span of time (Unix seconds, 0: open), words in the message.

    `cause` is what set it off, `direction` where to it went; "" for all.
    """

    issue_id: str = ""
    outcome: str = ""
    since: float = 0.0
    until: float = 0.0
    words: str = ""
    cause: str = ""
    direction: str = ""

    def passes(self, entry: Activity) -> bool:
        """Say whether an entry is within the span, of the kind that is wanted, and holds the words."""
        in_time = entry.at >= self.since and (not self.until or entry.at <= self.until)
        of_kind = self.cause in ("", entry.cause) and self.direction in ("", entry.direction)
        return in_time and of_kind and self.words.casefold() in entry.message.casefold()


def read(
    log: ActivityLog, connection_id: str, wanted: Filter, *, limit: int, token: str
) -> tuple[tuple[Activity, ...], str]:
    """Return the newest entries that pass, at most `limit`, and the token of what is older.

    A page may be empty and still have a token: then the filter is rare, and asking on finds more.
    """
    for _ in range(MOST_PAGES):
        page = log.read(
            connection_id, issue_id=wanted.issue_id, outcome=wanted.outcome, limit=limit, token=token
        )
        token = "" if _is_past(page.items, wanted) else page.next_token
        found = tuple(entry for entry in page.items if wanted.passes(entry))
        if found or not token:
            return found, token
    return (), token


def export(log: ActivityLog, connection_id: str, wanted: Filter, token: str = "") -> tuple[str, str]:
    """Return entries as CSV text, 5,000 at most, and the token to go on from."""
    rows: list[Activity] = []
    while True:
        found, token = read(log, connection_id, wanted, limit=500, token=token)
        rows += found
        if not token or len(rows) >= MOST_ROWS:
            return to_csv(rows), token


def to_csv(entries: Iterable[Activity]) -> str:
    """Write entries as CSV with a header; times are ISO-8601 UTC."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for entry in entries:
        writer.writerow([iso(entry.at), *(cell(getattr(entry, name)) for name in COLUMNS[1:])])
    return text.getvalue()


def iso(seconds: float) -> str:
    """Write Unix seconds as ISO-8601 UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _is_past(entries: tuple[Activity, ...], wanted: Filter) -> bool:
    """Entries come newest first: after one before `since` all are."""
    return bool(entries) and entries[-1].at < wanted.since


def cell(value: object) -> str:
    """Write a value so that no spreadsheet takes it for a formula."""
    text = (
        "; ".join(f"{name}={inner}" for name, inner in value.items())
        if isinstance(value, dict)
        else str(value)
    )
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
