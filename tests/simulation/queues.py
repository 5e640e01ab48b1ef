"""A model of a standard SQS queue with the pollers that Lambda puts before it.

At least once, in no order: a message that was received stays hidden for the visibility timeout and comes
again unless it was deleted; now and then it is handed out twice at once; after `max_receives` it goes to the
dead letters. Source of the rules: Amazon SQS, "standard queues" and "visibility timeout".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.simulation.scheduler import Scheduler


@dataclass(eq=False)
class Message:
    """One message; it may be received once `visible_at` has come."""

    id: str
    body: str
    sent_at: float
    visible_at: float
    receives: int = 0


@dataclass
class Habits:
    """How badly the queue behaves now: chances from 0 to 1, and the longest delay of a message in seconds."""

    lost: float = 0.0
    doubled: float = 0.0
    late: float = 0.0
    longest_delay: float = 0.0


@dataclass(eq=False)
class Queue:
    """One queue; `take` is offered a message and says whether a worker was free to take it."""

    name: str
    scheduler: Scheduler
    dice: random.Random
    visibility: float
    max_receives: int = 5
    habits: Habits = field(default_factory=Habits)
    take: Callable[[Message], bool] = lambda _message: False
    dead: list[Message] = field(default_factory=list)
    sent: int = 0
    _waiting: list[Message] = field(default_factory=list)

    def send(self, body: str) -> None:
        """Put a message on the queue; it is seen a moment later, in bad times much later or never."""
        self.sent += 1
        self.scheduler.note(f"{self.name} < {body}")
        if self.dice.random() < self.habits.lost:
            return
        delay = self.dice.uniform(0.01, 0.3)
        if self.dice.random() < self.habits.late:
            delay = self.dice.uniform(1.0, self.habits.longest_delay)
        now = self.scheduler()
        self._waiting.append(Message(f"{self.name}-{self.sent}", body, now, now + delay))
        self.scheduler.at(now + delay, self.offer)

    def backlog(self) -> int:
        """How many messages wait to be received."""
        return sum(message.visible_at <= self.scheduler() for message in self._waiting)

    def offer(self) -> None:
        """Hand out what can be seen, in any order, as long as workers are free."""
        while seen := [one for one in self._waiting if one.visible_at <= self.scheduler()]:
            message = self.dice.choice(seen)
            if message.receives >= self.max_receives:
                self._waiting.remove(message)
                self.dead.append(message)
                continue
            if not self.take(message):
                return
            self._received(message)

    def delete(self, message: Message) -> None:
        """The worker is done with it."""
        if message in self._waiting:
            self._waiting.remove(message)

    def put_off(self, receipt: str, seconds: float) -> None:
        """Let a received message be seen again after so many seconds."""
        for message in self._waiting:
            if receipt.rsplit("/", 1)[0] == message.id:
                message.visible_at = self.scheduler() + seconds
                self.scheduler.at(message.visible_at, self.offer)

    def _received(self, message: Message) -> None:
        message.receives += 1
        hidden = 0.05 if self.dice.random() < self.habits.doubled else self.visibility
        message.visible_at = self.scheduler() + hidden
        self.scheduler.at(message.visible_at, self.offer)
