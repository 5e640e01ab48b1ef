"""Makes a failing run short: leaves out deeds and strikes as long as it fails in the same way."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation.checker import identifying
from tests.simulation.run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.simulation.plan import Plan
    from tests.simulation.run import Outcome

SECONDS = 90.0
LINES = 60


def shortest(outcome: Outcome, *, seconds: float = SECONDS, live: Callable[[Plan], Outcome] = run) -> Outcome:
    """The same failure with as few deeds and strikes as can be found in that time (of this machine)."""
    wanted, until = identifying(outcome.findings), time.monotonic() + seconds
    best = outcome
    for part in ("strikes", "deeds", "strikes", "deeds"):
        size = max(1, len(getattr(best.plan, part)) // 2)
        while size and time.monotonic() < until:
            best, size = _leave_out(best, part, size, wanted, until, live)
    return best


def _leave_out(
    best: Outcome, part: str, size: int, wanted: set[str], until: float, live: Callable[[Plan], Outcome]
) -> tuple[Outcome, int]:
    """Try without each stretch of `size`; halve the size when no stretch can go."""
    place, shorter = 0, False
    while place < len(getattr(best.plan, part)) and time.monotonic() < until:
        held: Sequence[Any] = getattr(best.plan, part)
        changes: dict[str, Any] = {part: (*held[:place], *held[place + size :])}
        tried = live(replace(best.plan, **changes))
        if wanted & identifying(tried.findings):
            best, shorter = tried, True
        else:
            place += size
    return best, size if shorter and size > 1 else size // 2


def told(outcome: Outcome) -> str:
    """A failing run as a text to read: the plan, what is wrong, and the run's last lines about it."""
    plan = outcome.plan
    acts = sorted([*plan.deeds, *plan.strikes], key=lambda one: one.at)
    found = [f"  {one.kind}: {one.told}" for one in outcome.findings]
    return "\n".join(
        [
            f"seed {plan.seed}: {len(found)} findings",
            *found[:20],
            "the story:",
            *(f"  {one.told()}" for one in acts[:LINES]),
        ]
    )
