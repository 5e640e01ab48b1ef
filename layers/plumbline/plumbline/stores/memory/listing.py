"""Sorted names by collection, as an index of a table has them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from typing import TYPE_CHECKING

from plumbline.stores import tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAST = chr(0x10FFFF)
"""Sorts behind every character that a name has."""


class Listing:
    """Names in order; a page costs as much as it shows, however many there are."""

    def __init__(self) -> None:
        self._names: defaultdict[str, list[str]] = defaultdict(list)

    def move(self, collection: str, before: str, after: str) -> None:
        """Take one name out and put another in; "" is none."""
        names = self._names[collection]
        if before == after:
            return
        if before:
            del names[bisect_left(names, before)]
        if after:
            insort(names, after)

    def count(self, collection: str, begins: str) -> int:
        """How many names begin so."""
        start, end = self._range(collection, begins)
        return end - start

    def page(self, collection: str, begins: str, *, limit: int, token: str) -> tuple[Sequence[str], str]:
        """The names of one page and the next token. Raises `Reject` (code "bad_token")."""
        after = tokens.decode(token, same={"in": collection}, begins={"as": begins})
        names = self._names[collection]
        start, end = self._range(collection, begins)
        if after:
            start = bisect_right(names, after["as"])
        shown = names[start : min(start + limit, end)]
        last = {"in": collection, "as": shown[-1]} if start + limit < end else None
        return shown, tokens.encode(last)

    def _range(self, collection: str, begins: str) -> tuple[int, int]:
        names = self._names[collection]
        return bisect_left(names, begins), bisect_left(names, begins + _LAST)
