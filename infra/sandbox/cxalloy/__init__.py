"""A stand-in for CxAlloy TQ: a pure object, and an HTTP server around it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from sandbox import shell
from sandbox.cxalloy.faults import Fault
from sandbox.cxalloy.sandbox import CxAlloySandbox
from sandbox.cxalloy.settings import Settings
from sandbox.cxalloy.world import CxAlloyWorld

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CxAlloySandbox", "CxAlloyWorld", "Fault", "Settings", "serve"]


@contextlib.contextmanager
def serve(world: CxAlloyWorld, settings: Settings | None = None) -> Iterator[tuple[str, CxAlloySandbox]]:
    """Serve a world on a free port for the length of a `with`; yields the origin and the sandbox."""
    sandbox = CxAlloySandbox(time.time, world, settings=settings)
    with shell.serve(sandbox.handle) as origin:
        yield origin, sandbox
