"""One worker at a time for what a whole connection shares: its contacts and the locations of its assets."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from plumbline.errors import Retry
from plumbline.stores.ports import Stale

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.issues.sync_context import Context
    from plumbline.stores.records import Cursor

SECONDS = 30.0
PAUSE = 0.3
PAUSES = 33
"""Ten seconds: a contact takes one or two to make, and a worker that gives up reads its pair afresh."""


@contextmanager
def alone(context: Context, name: str) -> Iterator[None]:
    """Hold the lease of this name, waiting a little for another worker that has it.

    Raises `Retry` when that takes too long; the lease of a killed worker runs out.
    """
    held = _lease(context, name)
    for _ in range(PAUSES):
        if held:
            break
        context.carrying.check_time()
        context.pause(PAUSE)
        held = _lease(context, name)
    if held is None:
        raise Retry("Another worker is making a contact or location of this connection", after=2)
    try:
        yield
    finally:
        try:
            context.cursors.save(held)
        except Stale:
            pass  # it took so long that another worker has it now


def _lease(context: Context, name: str) -> Cursor | None:
    now = context.carrying.now()
    return context.cursors.lease(context.connection.id, name, now=now, until=now + SECONDS, only_due=False)
