"""What a whole connection shares is worked on by one at a time, and waited for a little."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from plumbline.errors import Retry
from plumbline.issues.alone import PAUSE, PAUSES, SECONDS, alone
from plumbline.stores.memory import MemoryCursors

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = 1000.0


def worker(cursors: MemoryCursors, clock: list[float], pause: Callable[[float], None]) -> Any:
    carrying = SimpleNamespace(now=lambda: clock[0], check_time=lambda: None)
    return SimpleNamespace(
        carrying=carrying, connection=SimpleNamespace(id="c1"), cursors=cursors, pause=pause
    )


def test_a41_a_worker_waits_until_another_has_made_the_contact() -> None:
    cursors, clock = MemoryCursors(), [NOW]
    first = alone(worker(cursors, clock, lambda _: None), "people:c1")
    first.__enter__()
    waited: list[float] = []

    def pause(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == 3:
            first.__exit__(None, None, None)

    with alone(worker(cursors, clock, pause), "people:c1"):
        assert waited == [PAUSE] * 3


def test_a41_a_worker_that_waited_long_gives_up_and_comes_again() -> None:
    cursors, clock = MemoryCursors(), [NOW]
    waited: list[float] = []
    with (
        alone(worker(cursors, clock, lambda _: None), "people:c1"),
        pytest.raises(Retry, match="Another worker"),
        alone(worker(cursors, clock, waited.append), "people:c1"),
    ):
        pass
    assert waited == [PAUSE] * PAUSES
    with alone(worker(cursors, clock, waited.append), "people:c1"):
        assert len(waited) == PAUSES


def test_a41_the_lease_of_a_killed_worker_runs_out() -> None:
    cursors, clock = MemoryCursors(), [NOW]
    alone(worker(cursors, clock, lambda _: None), "people:c1").__enter__()
    clock[0] = NOW + SECONDS + 1
    waited: list[float] = []
    with alone(worker(cursors, clock, waited.append), "people:c1"):
        assert waited == []
