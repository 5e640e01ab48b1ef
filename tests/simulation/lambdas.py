"""A model of Lambda: environments that are kept warm, one event each at a time, ended by force in the end.

An environment has its own copy of the handler's module and its own caches, as in a process of its own.
"""

from __future__ import annotations

import contextlib
import functools
import json
import traceback
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.functions.wired import load
from tests.simulation.scheduler import FOREVER, Killed, Task

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from types import ModuleType

    from tests.simulation.queues import Message, Queue
    from tests.simulation.scheduler import Scheduler


@functools.cache
def module(function: str, number: int) -> ModuleType:
    """The handler of one environment; loaded once for all runs, for it keeps nothing between events."""
    return load(function)


@dataclass
class Dangers:
    """The chances that an invocation is killed, or stands still, after up to `within` pauses.

    One that stands still is not ended by its time limit: it is what a lease must hold against.
    """

    killed: float = 0.0
    frozen: float = 0.0
    within: int = 40
    frozen_for: float = 100.0


class Context:
    """What Lambda tells a handler about its invocation."""

    memory_limit_in_mb = 1024
    aws_request_id = "00000000-0000-4000-8000-000000000002"

    def __init__(self, function: str, deadline: float, now: Callable[[], float]) -> None:
        self.function_name = function
        self.invoked_function_arn = f"arn:aws:lambda:eu-west-1:000000000000:function:{function}"
        self._deadline, self._now = deadline, now

    def get_remaining_time_in_millis(self) -> int:
        """How long the function may still run."""
        return max(0, int((self._deadline - self._now()) * 1000))


@dataclass(eq=False)
class Environment:
    """One warm environment of a function."""

    number: int
    busy: bool = False
    space: dict[Any, Any] = field(default_factory=dict)


class Function:
    """One function of the deployment, with as many environments as may run at once."""

    def __init__(
        self,
        name: str,
        scheduler: Scheduler,
        dice: random.Random,
        *,
        timeout: float,
        at_once: int,
        dangers: Dangers,
    ) -> None:
        self.name = name
        self.invoked = self.killed = 0
        self.raised: list[str] = []
        self._scheduler, self._dice = scheduler, dice
        self._timeout, self._dangers = timeout, dangers
        self._environments = [Environment(number) for number in range(at_once)]

    def invoke(self, event: dict[str, Any], then: Callable[[Any], None] = lambda _answer: None) -> bool:
        """Start on an event if an environment is free; `then` gets the answer, None after a failure."""
        free = next((one for one in self._environments if not one.busy), None)
        if free is None:
            return False
        free.busy = True
        self.invoked += 1
        task = Task(f"{self.name}#{self.invoked}", free.space, deadline=self._scheduler() + self._timeout)
        context = Context(self.name, task.deadline, self._scheduler)
        self._endanger(task)
        self._scheduler.spawn(task, lambda: self._run(free, event, context, then))
        return True

    def serve(self, queue: Queue) -> None:
        """Be the worker of a queue: one message an event, deleted unless it is reported as failed."""
        queue.take = lambda message: self.invoke(
            _sqs_event(message), lambda answer: self._settle(queue, message, answer)
        )

    def _endanger(self, task: Task) -> None:
        dangers, within = self._dangers, self._dice.randint(1, self._dangers.within)
        if self._dice.random() < dangers.killed:
            task.fuse = within
        elif self._dice.random() < dangers.frozen:
            task.freeze, task.frozen_for, task.deadline = within, dangers.frozen_for, FOREVER

    def _run(
        self, on: Environment, event: dict[str, Any], context: Context, then: Callable[[Any], None]
    ) -> None:
        answer = None
        with contextlib.ExitStack() as stack:
            stack.push(lambda _kind, error, _trace: self._ended(on, error))
            code = module(self.name, on.number)
            answer = code.handler(event, context)
            self._note_failures(getattr(code, "processor", None))
        on.busy = False
        self._scheduler.at(self._scheduler(), lambda: then(answer))

    def _ended(self, on: Environment, error: BaseException | None) -> bool:
        """Whatever ended the invocation ends here, as at the edge of a process."""
        if isinstance(error, Killed):
            self.killed += 1
            self._scheduler.upsets.append(self._scheduler())
            on.space.clear()
        elif isinstance(error, Exception):
            self.raised.append(_told(error))
        elif error is not None:
            return False  # the simulation itself is over
        return True

    def _note_failures(self, processor: Any) -> None:
        """What the batch processor caught and reported as a failed message."""
        for _kind, error, _trace in processor.exceptions if processor else ():
            self.raised.append(_told(error))

    def _settle(self, queue: Queue, message: Message, answer: Any) -> None:
        if answer is not None and not answer.get("batchItemFailures"):
            queue.delete(message)
        queue.offer()


def _told(error: BaseException) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({where.filename.rsplit('/', 1)[-1]}:{where.lineno})"


def _sqs_event(message: Message) -> dict[str, Any]:
    record = {
        "messageId": message.id,
        "receiptHandle": f"{message.id}/{message.receives}",
        "body": message.body,
        "attributes": {"ApproximateReceiveCount": str(message.receives + 1)},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-west-1:000000000000:queue",
        "awsRegion": "eu-west-1",
    }
    return json.loads(json.dumps({"Records": [record]}))  # type: ignore[no-any-return]
