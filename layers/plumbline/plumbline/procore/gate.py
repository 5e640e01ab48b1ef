"""The gate that every call passes: one slot of the shared budget, and what each answer says about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.stores.ports import Budget


class Gate(Protocol):
    """What a client asks before a call and tells after it."""

    def take(self) -> float:
        """Take a slot: 0.0 when granted, else the seconds to wait before asking again."""
        ...

    def observe(self, limit: int, remaining: int, reset: float) -> None:
        """Learn from an answer's headers; `reset` is Unix seconds."""
        ...

    def close(self, until: float) -> None:
        """Let nobody pass before `until` (Unix seconds)."""
        ...


@dataclass(frozen=True, slots=True)
class BudgetGate:
    """The gate over one key of the shared budget: an authorizer and company.

    `reserve` is the share of the hour (0 to 1) that this kind of work leaves to others.
    """

    budget: Budget
    key: str
    now: Callable[[], float]
    reserve: float = 0.0

    def take(self) -> float:
        """Take a slot, or say how long to wait."""
        return self.budget.take(self.key, now=self.now(), reserve=self.reserve)

    def observe(self, limit: int, remaining: int, reset: float) -> None:
        """Pass on what an answer's headers say."""
        self.budget.observe(self.key, now=self.now(), limit=limit, remaining=remaining, reset=reset)

    def close(self, until: float) -> None:
        """Close the gate for everyone who shares the key."""
        self.budget.close(self.key, until=until)
