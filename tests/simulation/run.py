"""One seed, from the storm to the silence after it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.simulation import worlds
from tests.simulation.checker import Checker
from tests.simulation.crowds import crowd_of
from tests.simulation.deployment import ORIGINS, START, Deployment
from tests.simulation.furnishing import furnish, look_after, release
from tests.simulation.history import History, fingerprint
from tests.simulation.patching import Change, patched
from tests.simulation.people import People
from tests.simulation.plan import Plan, plan_of
from tests.simulation.weather import Weather

from sandbox.procore.demo import HARBOR_POINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.findings import Finding, Report
    from tests.simulation.plan import Deed

SWEEP = 900.0
FULL = 3600.0
"""Seconds between two sweeps and two full inventories (the connection's settings)."""


@dataclass
class Outcome:
    """What came of one plan."""

    plan: Plan
    report: Report
    trace: str
    lines: list[str] = field(default_factory=list)
    done: int = 0
    struck: int = 0
    calls: int = 0
    dead: int = 0
    virtual: float = 0.0

    @property
    def findings(self) -> list[Finding]:
        """All that must not be."""
        return self.report.findings


def run(plan: Plan, without: Callable[[Deployment], list[Change]] = lambda _house: []) -> Outcome:
    """Live through a plan; `without` says for a deployment what is to be taken out of the product."""
    dice = random.Random(f"world:{plan.seed}")
    settings = worlds.connection_settings(dice)
    house = Deployment(
        plan.seed,
        worlds.tracker_world(dice, plan.pairs),
        worlds.procore_settings(dice, ORIGINS),
        worlds.cxalloy_settings(dice, settings["tracker_calls"]),
    )
    with house.running(), patched(without(house)):
        return _live(house, plan, settings)


def _live(house: Deployment, plan: Plan, settings: dict[str, Any]) -> Outcome:
    history = History(house, frozenset({str(HARBOR_POINT), "50"}))
    people, weather = People(house, history, "50"), Weather(house, history)
    furnish(house, "sync", settings)
    for deed in plan.deeds:
        house.scheduler.at(START + deed.at, partial(_do, people, house, deed))
    for strike in plan.strikes:
        house.scheduler.at(START + strike.at, partial(weather.strike, strike))
    look_after(house)
    house.scheduler.run(START + plan.storm)
    struck = weather.struck()
    stormy = house.scheduler()
    weather.calm()
    checker = _rest(house, history, settings)
    checker.brake(stormy)
    return Outcome(
        plan, checker.report, fingerprint(house.scheduler.trace), house.scheduler.trace, len(people.done),
        struck, history.calls, sum(len(queue.dead) for queue in house.queues.values()),
        house.scheduler() - START,
    )  # fmt: skip


def _do(people: People, house: Deployment, deed: Deed) -> None:
    people.act(deed)
    house.postman.look()


def _rest(house: Deployment, history: History, settings: dict[str, Any]) -> Checker:
    """Two full inventories after the storm all must agree; after three more sweeps nothing may be written."""
    for _ in range(2):
        house.run(FULL)
        house.offstage(lambda: release(house))
    house.run(FULL / 4)
    checker = Checker(house, history, settings)
    checker.at_rest()
    since = house.scheduler()
    house.run(3 * SWEEP + 120)
    checker.silence(since)
    return checker


def of_seed(seed: int, *, crowd: bool = False) -> Outcome:
    """Live through what a seed stands for; `crowd`: of the plans in which workers meet."""
    return run(crowd_of(seed) if crowd else plan_of(seed))


def of_name(name: str) -> Outcome:
    """Live through a plan by its name: a seed, or "crowd" and a seed."""
    kind, _, seed = name.rpartition(" ")
    return of_seed(int(seed), crowd=kind == "crowd")
