"""The activity log, cursors and snapshots in memory."""

from __future__ import annotations

import hashlib
import itertools
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.stores import tokens
from plumbline.stores.entries import entry_id, shortened, sortable
from plumbline.stores.ports import Stale
from plumbline.stores.records import Activity, Cursor, Page
from plumbline.stores.texts import handed_out, kept

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence


class MemoryActivityLog:
    """Twin of `DynamoActivityLog`; entries stay."""

    def __init__(self) -> None:
        self._entries: list[Activity] = []
        self._places = itertools.count()

    @property
    def entries(self) -> Sequence[Activity]:
        """Everything that was added, in that order, for tests to look at."""
        return tuple(self._entries)

    def add(self, entry: Activity) -> None:
        entered = replace(entry, id=entry_id(entry.at, next(self._places), "memory"))
        self._entries.append(kept(shortened(entered)))

    def read(
        self, connection_id: str, *, issue_id: str = "", outcome: str = "", limit: int = 100, token: str = ""
    ) -> Page:
        same = {"in": connection_id} | ({"about": issue_id} if issue_id else {})
        after = tokens.decode(token, same=same, begins={"id": ""})
        found = [
            entry
            for entry in sorted(self._entries, key=lambda entry: entry.id, reverse=True)
            if entry.connection_id == connection_id
            and issue_id in ("", entry.issue_id)
            and outcome in ("", entry.outcome)
            and (after is None or entry.id < after["id"])
        ]
        last = same | {"id": found[limit - 1].id} if len(found) > limit else None
        return Page(tuple(found[:limit]), tokens.encode(last))

    def between(
        self, connection_id: str, *, since: float, until: float, outcomes: Collection[str]
    ) -> Iterator[Activity]:
        for entry in sorted(self._entries, key=lambda entry: entry.id, reverse=True):
            in_time = sortable(since) <= entry.id <= sortable(until)
            if in_time and entry.connection_id == connection_id and entry.outcome in outcomes:
                yield entry


class MemoryCursors:
    """Twin of `DynamoCursors`."""

    def __init__(self) -> None:
        self._cursors: dict[tuple[str, str], Cursor] = {}

    def get(self, connection_id: str, name: str) -> Cursor | None:
        stored = self._cursors.get((connection_id, name))
        return handed_out(stored) if stored else None

    def lease(
        self, connection_id: str, name: str, *, now: float, until: float, only_due: bool = True
    ) -> Cursor | None:
        stored = self._cursors.get((connection_id, name), Cursor(connection_id, name))
        if stored.lease_until > now or (only_due and stored.due_at > now):
            return None
        leased = replace(stored, lease_until=until, version=stored.version + 1)
        self._cursors[connection_id, name] = leased
        return handed_out(leased)

    def save(self, cursor: Cursor) -> Cursor:
        stored = self._cursors.get((cursor.connection_id, cursor.name))
        if (stored.version if stored else 0) != cursor.version:
            raise Stale
        saved = kept(replace(cursor, lease_until=0.0, version=cursor.version + 1))
        self._cursors[cursor.connection_id, cursor.name] = saved
        return handed_out(saved)

    def delete(self, connection_id: str) -> None:
        self._cursors = {place: one for place, one in self._cursors.items() if place[0] != connection_id}


class MemorySnapshots:
    """Twin of `S3Snapshots`."""

    def __init__(self) -> None:
        self._snapshots: dict[str, tuple[dict[str, str], str]] = {}

    def read(self, connection_id: str) -> tuple[dict[str, str], str]:
        hashes, etag = self._snapshots.get(connection_id, ({}, ""))
        return dict(hashes), etag

    def write(self, connection_id: str, hashes: dict[str, str], *, etag: str) -> str:
        if self._snapshots.get(connection_id, ({}, ""))[1] != etag:
            raise Stale
        new = hashlib.sha256(json.dumps(hashes, sort_keys=True).encode()).hexdigest()
        self._snapshots[connection_id] = dict(hashes), new
        return new

    def delete(self, connection_id: str) -> None:
        self._snapshots.pop(connection_id, None)
