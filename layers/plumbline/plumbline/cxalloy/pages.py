"""Whether a listing that was read page by page is all of it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.cxalloy.reading import Listing


class PageCount:
    """Counts the pages of one listing as they come.

    The server's total ends it where there is one, so that a smaller cap on its side loses nothing; else a
    short page does. An empty page always ends it.
    """

    def __init__(self, page_size: int) -> None:
        self._page_size = page_size
        self._seen: set[str] = set()
        self._records = 0
        self._totals: set[int | None] = set()
        self.pages = 0
        self.ended = False

    def add(self, listing: Listing) -> None:
        """Count one page."""
        self.pages += 1
        self._records += len(listing.records)
        self._seen.update(_identity(record) for record in listing.records)
        self._totals.add(listing.total)
        self.ended = not listing.records or self._reached(listing)

    def _reached(self, listing: Listing) -> bool:
        if listing.total is None:
            return len(listing.records) < self._page_size
        return self._records >= listing.total

    @property
    def complete(self) -> bool | None:
        """None while pages are missing; then whether each record came once and the totals agree."""
        if not self.ended:
            return None
        (total, *others) = self._totals
        once = len(self._seen) == self._records
        return once and not others and total in (None, self._records)


def _identity(record: object) -> str:
    if isinstance(record, dict) and record.get("issue_id"):
        return str(record["issue_id"])
    return repr(record)
