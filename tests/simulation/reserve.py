"""The share of the budget kept for live work, taken away: one project of a few pairs never needs it.

So the world is that of `make bench`: 5,000 issues are carried over while people edit others. It fails when
those edits wait, at the 95th percentile, more than three times as long as without any of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench import live_edits
from tests.simulation.patching import patched

from plumbline import wiring_work
from plumbline.issues import backfill, sweep

if TYPE_CHECKING:
    from tests.simulation.patching import Change

WHAT = "budget reserve"
BOUND = 3.0
SEEDS = range(1, 4)


def gone() -> list[Change]:
    """A backfill takes all calls that there are, with as many items under way as the queue holds."""
    return [
        (wiring_work, "FOR_LIVE_WORK", 0.0),
        (backfill, "LIVE_SHARE", 0.0),
        (backfill, "OUTSTANDING", sweep.QUEUE_FULL),
    ]


def ratios(seed: int) -> tuple[float, float]:
    """How much longer live edits wait beside a backfill: with the reserve, and without it (p95)."""
    without = live_edits.run(backfill=False, seed=seed)
    with_reserve = live_edits.measure(without, live_edits.run(backfill=True, seed=seed))
    with patched(gone()):
        without_reserve = live_edits.measure(without, live_edits.run(backfill=True, seed=seed))
    worst = [
        max(float(one[f"edits_in_{side}"]["p95_ratio"]) for side in live_edits.AN_HOUR)
        for one in (with_reserve, without_reserve)
    ]
    return worst[0], worst[1]


def row() -> str:
    """The line of the table of guards."""
    about = f"| {WHAT} | kept for live work during a backfill |"
    for seed in SEEDS:
        kept, taken = ratios(seed)
        if kept <= BOUND < taken:
            found = f"live edits wait {taken} times as long as without a backfill, with it {kept} times (p95)"
            return f"{about} {seed} | {found} |"
    return f"{about} none of {len(SEEDS)} | - |"
