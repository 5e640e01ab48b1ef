"""Stores whose writes take time, so that workers meet between a read and a write."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.simulation.scheduler import Scheduler

READS = frozenset(
    {
        "backlog", "by_issue", "by_log", "by_observation", "conflict", "conflicts", "conflicts_of", "counts",
        "due", "enabled", "files", "get", "intents", "invitation", "member", "members", "of_connection",
        "of_tenant", "open", "peek", "read", "room", "seal", "tenant", "tenants_of", "token", "undo", "undos",
    }
)  # fmt: skip


class Shelf:
    """A store that pauses before each write; reads are at once and see what is there."""

    def __init__(self, store: Any, name: str, scheduler: Scheduler, dice: random.Random) -> None:
        self._store, self._name, self._scheduler, self._dice = store, name, scheduler, dice

    def __getattr__(self, verb: str) -> Any:
        act = getattr(self._store, verb)
        if verb not in READS and callable(act):
            act = self._slow(verb, act)
        setattr(self, verb, act)
        return act

    def _slow(self, verb: str, act: Callable[..., Any]) -> Callable[..., Any]:
        def write(*args: Any, **kwargs: Any) -> Any:
            self._scheduler.sleep(self._dice.uniform(0.002, 0.02) + self._frozen())
            self._scheduler.note(f"{self._name}.{verb}")
            return act(*args, **kwargs)

        return write

    def _frozen(self) -> float:
        """How long this worker stands still right here: longer than its lease, and unknown to itself."""
        task = self._scheduler.task
        if task is None or not task.freeze or task.pauses < task.freeze:
            return 0.0
        task.freeze = 0
        self._scheduler.note("stands still")
        self._scheduler.upsets.append(self._scheduler())
        return task.frozen_for
