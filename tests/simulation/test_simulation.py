"""A hundred seeds of the whole system, twenty crowds, and all that ever failed; `make test` takes a fifth.

What each finding means stands in `tests.simulation.checker`; the numbers in INVARIANTS of the design.
"""

from __future__ import annotations

import os

import pytest
from tests.simulation.run import of_name, of_seed
from tests.simulation.summary import failed_before, names_of

ALL = 100
SEEDS = int(os.environ.get("SIMULATION_SEEDS", ALL))
TWICE = SEEDS // 10
CROWDS = SEEDS // 5
FAILED = failed_before() if SEEDS >= ALL else ()
ONCE = dict.fromkeys([*names_of(range(TWICE, SEEDS)), *names_of(range(CROWDS), crowd=True), *FAILED])


@pytest.mark.parametrize("name", [name for name in ONCE if name not in names_of(range(TWICE))])
def test_after_a_storm_nothing_is_lost_doubled_wrongly_deleted_or_unagreed(name: str) -> None:
    assert [f"{one.kind}: {one.told}" for one in of_name(name).findings] == []


@pytest.mark.parametrize("seed", range(TWICE))
def test_the_same_seed_gives_the_same_run_byte_for_byte(seed: int) -> None:
    first, second = of_seed(seed), of_seed(seed)
    assert first.lines == second.lines
    assert [one.told for one in first.findings] == []


def test_the_storms_are_storms() -> None:
    outcomes = [of_seed(seed) for seed in (0, 1)]
    assert sum(one.done for one in outcomes) >= 350
    assert sum(one.struck for one in outcomes) >= 40
