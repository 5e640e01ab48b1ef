"""One worker at a time for what a whole connection shares: its contacts and the locations of its assets."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from plumbline.errors import Retry
from plumbline.stores.ports import Stale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.issues.sync_context import Context

SECONDS = 30.0


@contextmanager
def alone(context: Context, name: str) -> Iterator[None]:
    """Hold the lease of this name. Raises `Retry` while another worker has it; a killed one's runs out."""
    now, connection_id = context.carrying.now(), context.connection.id
    held = context.cursors.lease(connection_id, name, now=now, until=now + SECONDS, only_due=False)
    if held is None:
        raise Retry("Another worker is making a contact or location of this connection", after=2)
    try:
        yield
    finally:
        try:
            context.cursors.save(held)
        except Stale:
            pass  # it took so long that another worker has it now
