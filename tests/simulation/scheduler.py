"""Workers that take turns on a virtual clock: one thread of control, and every turn decided by the clock.

Each worker is a thread, but only the one that holds the baton runs. It hands the baton on when it pauses, to
whatever is next in virtual time; two things at one time go in the order they were asked for. So the same
seed gives the same run, whatever the machine does.
"""

from __future__ import annotations

import heapq
import threading
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

FOREVER = float("inf")


class Killed(BaseException):
    """The worker's process ended here, without any handler being run."""


class _Closed(BaseException):
    """The simulation is over: threads that still wait end."""


@dataclass(eq=False)
class Task:
    """One worker at work. `deadline` ends it by force, as does its `fuse`th pause (0: never).

    `space` is whatever belongs to the worker's process: caches of a Lambda environment. With `freeze` the
    task stands still for `frozen_for` seconds at its next store write after so many pauses.
    """

    name: str
    space: dict[Any, Any] = field(default_factory=dict)
    deadline: float = FOREVER
    fuse: int = 0
    pauses: int = 0
    freeze: int = 0
    frozen_for: float = 0.0


@dataclass(eq=False)
class _Runner:
    """A thread that runs one task after another; `baton` is free while the thread may go on."""

    baton: threading.Lock
    task: Task | None = None
    act: Callable[[], None] | None = None


def _taken_lock() -> threading.Lock:
    lock = threading.Lock()
    lock.acquire()
    return lock


class Scheduler:
    """The clock and the order of all that happens. Calling it gives the time in Unix seconds."""

    def __init__(self, start: float) -> None:
        self.time = start
        self.trace: list[str] = []
        self.upsets: list[float] = []
        self._events: list[tuple[float, int, _Runner | Callable[[], None]]] = []
        self._asked = 0
        self._main = _Runner(_taken_lock())
        self._current = self._main
        self._idle: list[_Runner] = []
        self._runners: list[_Runner] = []
        self._failure: BaseException | None = None
        self._closed = False

    def __call__(self) -> float:
        return self.time

    @property
    def task(self) -> Task | None:
        """The task that runs now; None outside of all."""
        return self._current.task

    def note(self, what: str) -> None:
        """Add a line to the trace: the time, who, and what."""
        who = self._current.task.name if self._current.task else "-"
        self.trace.append(f"{self.time:.3f} {who} {what}")

    def at(self, time: float, act: Callable[[], None]) -> None:
        """Have something done at a time, at once and without a pause in it."""
        self._asked += 1
        heapq.heappush(self._events, (max(time, self.time), self._asked, act))

    def spawn(self, task: Task, act: Callable[[], None]) -> None:
        """Start a task; it begins when the present one pauses."""
        runner = self._idle.pop() if self._idle else self._new_runner()
        runner.task, runner.act = task, act
        self._push(self.time, runner)

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass, and others run. Raises `Killed` where this task's end has come."""
        runner = self._current
        if runner is self._main:
            self.run(self.time + seconds)
            return
        task = runner.task
        assert task
        self._push(min(self.time + max(seconds, 0.0), max(task.deadline, self.time)), runner)
        self._hand_on(runner)
        self._end_by_force(task)

    def run(self, until: float) -> None:
        """Let everything happen up to a time. Raises what a task or an act raised unforeseen."""
        self._push(until, self._main)
        self._hand_on(self._main)
        if self._failure:
            failure, self._failure = self._failure, None
            raise failure

    def close(self) -> None:
        """End every thread."""
        self._closed = True
        for runner in self._runners:
            runner.baton.release()

    def _end_by_force(self, task: Task) -> None:
        task.pauses += 1
        if self.time >= task.deadline:
            self.note("ended: its time is up")
            raise Killed(task.name)
        if task.fuse and task.pauses >= task.fuse:
            task.fuse = 0
            self.note("killed")
            raise Killed(task.name)

    def _push(self, time: float, runner: _Runner) -> None:
        self._asked += 1
        heapq.heappush(self._events, (time, self._asked, runner))

    def _hand_on(self, giver: _Runner) -> None:
        """Give the baton to whoever is next, and wait for it."""
        taker = self._next()
        if taker is not giver:
            taker.baton.release()
            giver.baton.acquire()
            if self._closed:
                raise _Closed

    def _next(self) -> _Runner:
        while True:
            self.time, _, what = heapq.heappop(self._events)
            if isinstance(what, _Runner):
                self._current = what
                return what
            self._current = self._main
            with ExitStack() as stack:
                stack.push(self._caught)
                what()
            if self._failure:
                return self._main

    def _caught(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        """Keep what nobody foresaw; it is raised again where the run was asked for."""
        if isinstance(error, _Closed):
            return False
        if error is not None and not isinstance(error, Killed):
            self._failure = self._failure or error
        return True

    def _new_runner(self) -> _Runner:
        runner = _Runner(_taken_lock())
        self._runners.append(runner)
        threading.Thread(target=self._live, args=(runner,), daemon=True).start()
        return runner

    def _live(self, runner: _Runner) -> None:
        try:
            runner.baton.acquire()
            while not self._closed:
                taker = self._do(runner)
                taker.baton.release()
                runner.baton.acquire()
        except _Closed:
            return

    def _do(self, runner: _Runner) -> _Runner:
        """Run the task to its end; returns who has the baton next."""
        assert runner.act
        with ExitStack() as stack:
            stack.push(self._caught)
            runner.act()
        runner.task = runner.act = None
        self._idle.append(runner)
        if self._failure:
            self._current = self._main
            return self._main
        return self._next()
