"""Makes a failing run short: leaves out deeds and strikes as long as it fails in the same way."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.simulation.findings import kinds
from tests.simulation.run import run

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tests.simulation.plan import Deed, Plan, Strike
    from tests.simulation.run import Outcome

SECONDS = 90.0
LINES = 60


def shortest(outcome: Outcome, *, seconds: float = SECONDS, live: Callable[[Plan], Outcome] = run) -> Outcome:
    """The same failure with as few deeds and strikes as can be found in that time (of this machine)."""
    search = _Search(outcome, kinds(outcome.findings), time.monotonic() + seconds, live)
    for part in ("strikes", "deeds", "strikes", "deeds"):
        size = max(1, len(getattr(search.best.plan, part)) // 2)
        while size and search.has_time():
            size = size if search.leave_out(part, size) and size > 1 else size // 2
    return search.best


@dataclass
class _Search:
    """The shortest run so far that fails in one of the `wanted` ways; it ends at a time of this machine."""

    best: Outcome
    wanted: set[str]
    until: float
    live: Callable[[Plan], Outcome]

    def has_time(self) -> bool:
        return time.monotonic() < self.until

    def leave_out(self, part: str, size: int) -> bool:
        """Try without each stretch of `size`; says whether any could go."""
        place, shorter = 0, False
        while place < len(getattr(self.best.plan, part)) and self.has_time():
            held: Sequence[Any] = getattr(self.best.plan, part)
            changes: dict[str, Any] = {part: (*held[:place], *held[place + size :])}
            tried = self.live(replace(self.best.plan, **changes))
            if self.wanted & kinds(tried.findings):
                self.best, shorter = tried, True
            else:
                place += size
        return shorter


def told(outcome: Outcome) -> str:
    """A failing run as a text to read: the plan, what is wrong, and the run's last lines about it."""
    plan = outcome.plan
    happened: list[Deed | Strike] = [*plan.deeds, *plan.strikes]
    acts = sorted(happened, key=lambda one: one.at)
    found = [f"  {one.kind}: {one.told}" for one in outcome.findings]
    return "\n".join(
        [
            f"seed {plan.name}: {len(found)} findings",
            *found[:20],
            "the story:",
            *(f"  {one.told()}" for one in acts[:LINES]),
        ]
    )
