"""All links of a connection, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
