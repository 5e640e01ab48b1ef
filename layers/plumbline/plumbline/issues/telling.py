"""How a poll tells the workers that a pair may have work: the link made due first, the hint after it.

What is due is found again by the sweep when its hint is lost. A link that a worker holds is hinted only: its
holder looks once more, and the poll does not count it as told, so that it tells it again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.issues.hints import Hint
from plumbline.issues.pairs import revived
from plumbline.issues.sweep import AGAIN
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.stores.ports import Links
    from plumbline.stores.records import Link

Facets = tuple[str, ...]


def asked(link: Link, facets: Facets, now: float) -> bool:
    """Whether the link is due for all of these facets already; none means all there are.

    What a worker holds may have been read by it before the change that is asked about.
    """
    if not link.due_at or link.lease_until > now:
        return False
    return not link.wants or bool(facets and set(facets) <= set(link.wants))


def wanting(link: Link, facets: Facets) -> Facets:
    """The facets that the link waits for, these added; empty for all."""
    if not link.due_at:
        return facets
    if not link.wants or not facets:
        return ()
    return (*link.wants, *(facet for facet in facets if facet not in link.wants))


@dataclass(slots=True)
class Teller:
    """Tells of the pairs of one connection.

    `room` is how many hints may go, `sent` how many went, `held` how many pairs a worker had right then.
    """

    links: Links
    send: Callable[[Hint], None]
    now: Callable[[], float]
    room: int
    sent: int = 0
    held: int = 0

    def tell(self, link: Link, facets: Facets, cause: str) -> bool:
        """Make the link due for the facets and hint; False when a worker has it right now."""
        now = self.now()
        if link.lease_until > now:
            self._hint(link, facets, cause)
            return self._held()
        if link.state is LinkState.PARKED:
            link, facets = revived(link), ()  # what it was parked over may lie in any facet
        due_at = now + AGAIN if self.room > 0 else now
        try:
            self.links.save(replace(link, wants=wanting(link, facets), due_at=due_at, updated_at=now))
        except Stale:
            return self._held()
        self._hint(link, facets, cause)
        return True

    def make(self, link: Link, cause: str, *, later: float = 0.0) -> bool:
        """Store a new link, due for all, and hint; with `later` it is left to the sweep, or due by then.

        False when its issue or its observation has a link already.
        """
        now = self.now()
        soon = now + AGAIN if self.room > 0 else now
        try:
            self.links.create(replace(link, due_at=now + later if later else soon, updated_at=now))
        except Taken:
            return False
        if not later:
            self._hint(link, (), cause)
        return True

    def _held(self) -> bool:
        self.held += 1
        return False

    def _hint(self, link: Link, facets: Facets, cause: str) -> None:
        if self.room > 0:
            self.room -= 1
            self.sent += 1
            self.send(Hint(link.connection_id, cause, link_id=link.id, facets=facets))
