"""Finds entries of a growing list by a key, without going through the list each time."""

from __future__ import annotations

from collections.abc import Callable  # noqa: TC003 - part of a dataclass's fields
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Entry = TypeVar("Entry")


@dataclass(slots=True)
class Index(Generic[Entry]):
    """Groups of a list's entries by a key that never changes.

    The list may be appended to, emptied or replaced by whoever holds it; all indexes compare equal, so that
    two worlds are equal when their lists are.
    """

    key: Callable[[Entry], str] = field(compare=False)
    _groups: dict[str, list[Entry]] = field(default_factory=dict, compare=False)
    _of: list[Entry] | None = field(default=None, compare=False)
    _count: int = field(default=0, compare=False)

    def all(self, entries: list[Entry], wanted: str) -> list[Entry]:
        """Return the entries of that key in the list's order; not to be changed."""
        if self._of is not entries or self._count > len(entries):
            self._groups, self._of, self._count = {}, entries, 0
        if self._count < len(entries):
            for entry in entries[self._count :]:
                self._groups.setdefault(self.key(entry), []).append(entry)
            self._count = len(entries)
        return self._groups.get(wanted, [])

    def first(self, entries: list[Entry], wanted: str) -> Entry | None:
        """Return the first entry of that key."""
        return next(iter(self.all(entries, wanted)), None)
