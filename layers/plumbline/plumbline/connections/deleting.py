"""Forgetting all that was remembered for a deleted connection, in bounded steps; content stays (S8).

The connection itself goes first, which frees its two projects at once. What a crash leaves behind is never
worked on: workers, polls and sweep drop whatever has no connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.connections import previews

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.stores.ports import Connections, Cursors, Links, Snapshots, Work
    from plumbline.stores.records import Connection

PAGE = 25


@dataclass(frozen=True, slots=True)
class Memory:
    """The stores that hold something of a connection."""

    connections: Connections
    links: Links
    cursors: Cursors
    snapshots: Snapshots
    work: Work

    def delete(self, connection: Connection, *, time_left: Callable[[], float]) -> bool:
        """Delete a connection and as much of its memory as there is time for; False when links are left.

        Raises `Stale` when the connection changed.
        """
        self.connections.delete(connection)
        self.snapshots.delete(connection.id)
        previews.forget(self.cursors, self.work, connection.id)
        self.cursors.delete(connection.id)
        for holder in ("people", "places"):  # contacts and locations made for the connection
            self.links.drop_intents(f"{holder}:{connection.id}")
        return self.forget_links(connection.id, time_left=time_left)

    def forget_links(self, connection_id: str, *, time_left: Callable[[], float]) -> bool:
        """Delete links until none is left or the time (seconds) is up; says whether none is left."""
        while time_left() > 0:
            page = self.links.of_connection(connection_id, limit=PAGE)
            if not page.items:
                return True
            for link in page.items:
                self.links.delete(link)
        return not self.links.of_connection(connection_id, limit=1).items
