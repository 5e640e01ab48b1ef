"""The way to the sandboxes: every call takes virtual time, and in bad times long enough to be given up."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import requests

from sandbox.direct import DirectAdapter

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from tests.simulation.scheduler import Scheduler

    from sandbox.http import Request, Response


@dataclass
class Traffic:
    """How slow calls are: the chance of a slow one, and how long such a one takes at most (seconds)."""

    slow: float = 0.0
    longest: float = 8.0


class Network(DirectAdapter):
    """Hands calls to the sandboxes; others run while a call is on its way there and back.

    `seen` is told of each call once the sandbox has acted.
    """

    def __init__(
        self,
        sandboxes: Mapping[str, Callable[[Request], Response]],
        scheduler: Scheduler,
        dice: random.Random,
        seen: Callable[[Request, Response], None],
    ) -> None:
        super().__init__(sandboxes, self._acted)
        self.traffic = Traffic()
        self._scheduler, self._dice, self._seen = scheduler, dice, seen

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Take the time there, act, take the time back; a caller's patience may end before that."""
        patience = _patience(kwargs.get("timeout"))
        there, back = self._trip()
        self._scheduler.sleep(there)
        answer, failure = self._asked(request)
        if isinstance(failure, requests.ReadTimeout):
            back = patience
        self._scheduler.sleep(min(back, patience))
        if back > patience:
            self._scheduler.upsets.append(self._scheduler())
            raise requests.ReadTimeout("no answer in time", request=request)
        if failure or answer is None:
            raise failure or requests.ConnectionError("no answer", request=request)
        return answer

    def _asked(
        self, request: requests.PreparedRequest
    ) -> tuple[requests.Response | None, requests.RequestException | None]:
        try:
            return super().send(request), None
        except requests.RequestException as failure:
            return None, failure

    def _trip(self) -> tuple[float, float]:
        whole = self._dice.uniform(0.05, 0.4)
        if self._dice.random() < self.traffic.slow:
            whole = self._dice.uniform(1.0, self.traffic.longest)
        there = whole * self._dice.uniform(0.3, 0.7)
        return there, whole - there

    def _acted(self, request: Request, response: Response) -> None:
        self._scheduler.note(f"{request.method} {request.path} {response.status} {response.transport}")
        self._seen(request, response)


def _patience(timeout: object) -> float:
    """The read timeout of a call, in seconds."""
    if isinstance(timeout, tuple):
        timeout = timeout[1]
    return float(timeout) if isinstance(timeout, int | float) else math.inf
