"""How long live edits wait while 5,000 issues are carried over, against the same edits without that.

The real functions on virtual time: ten workers, 600 calls an hour and 25 in ten seconds, every call of a
vendor takes 0.05 to 0.4 seconds. A person changes a due date on either side; what is measured is the time
until the other side was written, as the sandboxes' own records have it. An edit in the tracker waits for its
poll, once a minute, in both runs.
"""

from __future__ import annotations

import random
import statistics
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.simulation import deployment
from tests.simulation.deployment import ORIGINS, Deployment
from tests.simulation.furnishing import CONNECTION, furnish
from tests.simulation.patching import patched
from tests.support import small

from sandbox.cxalloy import hands
from sandbox.procore.demo import PRIYA
from sandbox.procore.hands import Hands

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.cxalloy import CxAlloyWorld

HOUR = 3600.0
WORKERS = 10
CARRIED = 5_000
LIVE = 20
WINDOW, AFTER = HOUR, 300.0
FIRST_DAY = date(2026, 1, 1)
# Edits an hour; one at Procore costs a call there, one in the tracker two.
AN_HOUR = {"procore": 50, "tracker": 35}
ON, OFF = "10", "11"  # the disciplines of issues in sync, and of those that wait to be carried over


def measure(without: Run, during: Run) -> dict[str, Any]:
    """Median and 95th percentile in seconds by where the edit was made, with and without the backfill."""
    about = {"issues_carried_over": CARRIED, "workers": WORKERS, "edits_an_hour": dict(AN_HOUR)}
    return {**about, **_told(without, during)}


@dataclass
class Run:
    """What came of one window: seconds from each edit to its write, by side; None: not written in it."""

    waits: dict[str, list[float | None]]
    carried: int
    calls: int


def run(*, backfill: bool, seed: int = 1) -> Run:
    """Live through one window, beside a backfill or without one."""
    functions = {**deployment.FUNCTIONS_OF, "sync": (30.0, WORKERS)}
    with patched([(deployment, "FUNCTIONS_OF", functions)]):
        house = Deployment(seed, _world(), ORIGINS.model_copy(update={"plain_http_destinations": True}))
    with house.running():
        furnish(house, "sync", _settings((ON,)))
        while _linked(house) < LIVE:
            house.run(60.0)
        if backfill:
            _enable_all(house)
        house.run(60.0 * house.chance("start").uniform(2, 5))
        return _watched(house, seed)


def _watched(house: Deployment, seed: int) -> Run:
    began = house.scheduler()
    edits = _edits(seed)
    calls, linked = _calls(house), _linked(house)
    for edit in edits:
        house.scheduler.at(began + edit.at, edit.on(house))
    house.run(WINDOW + AFTER)
    waits: dict[str, list[float | None]] = {"procore": [], "tracker": []}
    arrived = _arrived(house)
    for edit in edits:
        there = arrived.get((edit.other(), edit.day.isoformat()))
        waits[edit.side].append(None if there is None else there - began - edit.at)
    return Run(waits, _linked(house) - linked, _calls(house) - calls)


@dataclass(frozen=True)
class Edit:
    """One change of a due date: `day` is no other edit's."""

    side: str
    at: float
    issue_id: str
    day: date

    def other(self) -> str:
        return "tracker" if self.side == "procore" else "procore"

    def on(self, house: Deployment) -> Callable[[], None]:
        """The act of the person."""

        def act() -> None:
            if self.side == "tracker":
                hands.edit(house.cxalloy, "Ana Souza", self.issue_id, due_date=self.day.strftime("%m/%d/%Y"))
                return
            link = house.stores["links"].by_issue(CONNECTION, self.issue_id)
            Hands(house.procore, PRIYA).edit(int(link.observation_id), due_date=self.day.isoformat())
            house.postman.look()

        return act


def _edits(seed: int) -> list[Edit]:
    dice = random.Random(f"edits:{seed}")
    edits: list[Edit] = []
    for side, an_hour in AN_HOUR.items():
        count = int(an_hour * WINDOW / HOUR)
        edits += [Edit(side, dice.uniform(0, WINDOW), "", FIRST_DAY) for _ in range(count)]
    edits.sort(key=lambda one: one.at)
    return [
        replace(one, issue_id=str(1001 + place % LIVE), day=FIRST_DAY + timedelta(days=place))
        for place, one in enumerate(edits)
    ]


def _arrived(house: Deployment) -> dict[tuple[str, str], float]:
    """When each due date was first written by us, by the system that it was written to."""
    found: dict[tuple[str, str], float] = {}
    for one in house.procore.journal.effects("observation_updated"):
        if one["app"] and "due_date" in one["changes"]:
            found.setdefault(("procore", str(one["changes"]["due_date"]["new"])), one["at"])
    for effect in house.cxalloy.effects:
        changes = effect.detail.get("changes", {})
        if not effect.by.startswith("person:") and "due_date" in changes:
            found.setdefault(("tracker", str(changes["due_date"]["new"])), effect.time)
    return found


def _calls(house: Deployment) -> int:
    return len(house.procore.journal.calls())


def _linked(house: Deployment) -> int:
    return int(house.stores["links"].counts(CONNECTION)["synced"])


def _enable_all(house: Deployment) -> None:
    """Enable again without the filter: all that was outside of it is carried over."""
    store = house.stores["connections"]
    held = store.get(CONNECTION)
    store.save(replace(held, settings=_settings(()), enabled_at=house.scheduler()))


def _settings(disciplines: tuple[str, ...]) -> dict[str, Any]:
    return {**small.SETTINGS, "filters": {"disciplines": disciplines}}


def _world() -> CxAlloyWorld:
    """So many issues of one discipline, each with a comment; the few live ones are of another."""
    live = [small.issue(str(1001 + n), discipline_id=ON, comments=[], due_date=None) for n in range(LIVE)]
    said = [small.comment("1", "Checked at the panel.", "02/02/2026 09:30:00 UTC")]
    carried = [small.issue(str(20_001 + n), discipline_id=OFF, comments=said) for n in range(CARRIED)]
    return small.world(live + carried, [])


def _told(without: Run, during: Run) -> dict[str, Any]:
    told: dict[str, Any] = {
        "carried_over_meanwhile": during.carried,
        "calls": {"without": without.calls, "with": during.calls},
    }
    for side in AN_HOUR:
        both = {"without": _summed(without.waits[side]), "with": _summed(during.waits[side])}
        told[f"edits_in_{side}"] = both | {"p95_ratio": _ratio(both)}
    everything = {
        "without": _summed([one for side in AN_HOUR for one in without.waits[side]]),
        "with": _summed([one for side in AN_HOUR for one in during.waits[side]]),
    }
    return told | {"all_edits": everything | {"p95_ratio": _ratio(everything)}}


def _summed(waits: list[float | None]) -> dict[str, Any]:
    done = sorted(one for one in waits if one is not None)
    cuts = statistics.quantiles(done, n=20, method="inclusive")
    return {
        "edits": len(waits),
        "unwritten": len(waits) - len(done),
        "median": round(statistics.median(done), 2),
        "p95": round(cuts[-1], 2),
        "longest": round(done[-1], 2),
    }


def _ratio(both: dict[str, dict[str, Any]]) -> float:
    return round(float(both["with"]["p95"]) / float(both["without"]["p95"]), 2)
