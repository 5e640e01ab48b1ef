"""All links of a connection, page by page; one as a worker holds it, or as it is to be tried anew."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.stores.ports import Stale
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.stores.ports import Links
    from plumbline.stores.records import Link


def every(links: Links, connection_id: str, *, state: str = "") -> Iterator[Link]:
    """Yield the links, of one state where one is named; a link that changes its state meanwhile may slip."""
    token = ""
    while True:
        page = links.of_connection(connection_id, state=state, limit=1000, token=token)
        yield from page.items
        token = page.next_token
        if not token:
            return


def current(links: Links, held: Link) -> Link:
    """A leased link as stored now: the engine may have saved more of it before it failed.

    Raises `Stale` when the lease ran out and another worker has it: the work is theirs now.
    """
    stored = links.get(held.id)
    if stored is None or stored.lease_until != held.lease_until:
        raise Stale(held.id)
    return stored


def revived(link: Link) -> Link:
    """The link with its work to be tried anew: parked before, or outside the filter.

    A pair that agreed once is synced however it was parked; all others still wait for their twin, or for the
    rest of a copy.
    """
    state = LinkState.SYNCED if link.base else LinkState.WAITING
    return replace(link, state=state, tries=0, cause="", next_step="")
