"""Puts the simulation in place of AWS, of the clock and of chance, and takes it away again."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING, Any

from plumbline import wiring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.simulation.scheduler import Scheduler


Change = tuple[Any, str, Any]
"""Where, which attribute, and what it becomes."""


@contextlib.contextmanager
def patched(changes: list[Change]) -> Iterator[None]:
    """Set attributes for the length of a `with`."""
    before = [(where, name, getattr(where, name)) for where, name, _ in changes]
    try:
        for where, name, value in changes:
            setattr(where, name, value)
        yield
    finally:
        for where, name, value in before:
            setattr(where, name, value)


@contextlib.contextmanager
def environment(variables: dict[str, str]) -> Iterator[None]:
    """Set environment variables for the length of a `with`."""
    before = {name: os.environ.get(name) for name in variables}
    try:
        os.environ.update(variables)
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def per_process(scheduler: Scheduler) -> list[tuple[Any, str, Any]]:
    """Changes that give each Lambda environment its own copy of whatever wiring makes once per process."""
    makers = [
        (where, name, made)
        for where in (wiring,)
        for name, made in vars(where).items()
        if hasattr(made, "cache_clear")
    ]
    return [(where, name, _own(scheduler, name, made.__wrapped__)) for where, name, made in makers]


def _own(scheduler: Scheduler, name: str, make: Callable[..., Any]) -> Callable[..., Any]:
    outside: dict[object, Any] = {}

    def made(*args: Any) -> Any:
        space: dict[Any, Any] = scheduler.task.space if scheduler.task else outside
        if (name, args) not in space:
            space[name, args] = make(*args)
        return space[name, args]

    return made
