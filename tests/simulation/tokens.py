"""Whether a refusal of a refresh token was our own doing: each token is judged by its own life."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.http import Request, Response

MARGIN = 60.0
"""Seconds by which what went wrong may come before the call that it spoilt."""


@dataclass
class Tokens:
    """The refresh tokens of one run. `upsets` are the times when something went wrong, shared with others.

    A token works once. It is refused rightly where the answer to its first use was lost, or it was revoked:
    then something went wrong since it was used first, or since it was given. That another sign-in got a
    token of its own meanwhile says nothing about this one.
    """

    upsets: list[float]
    lost: list[str] = field(default_factory=list)
    _given: dict[str, float] = field(default_factory=dict)
    _used: dict[str, float] = field(default_factory=dict)

    def note(self, request: Request, response: Response, now: float, *, wrong: bool) -> None:
        """Note one call of the sign-in and what came of it; `wrong`: a fault struck it."""
        token = json.loads(request.body).get("refresh_token", "")
        since = self._used.get(token, self._given.get(token, 0.0))
        if wrong or response.status < 300:
            self._used.setdefault(token, now)
        if wrong:
            self.upsets.append(now)
        elif response.status < 300:
            self._given[_refresh_token(response)] = now
        elif token and response.status in {400, 401} and not any(at >= since - MARGIN for at in self.upsets):
            self.lost.append(f"{now:.1f} a refresh was refused, and nothing had gone wrong")


def _refresh_token(response: Response) -> str:
    return str(json.loads(response.body).get("refresh_token", "")) if response.body else ""
