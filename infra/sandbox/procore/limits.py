"""Procore's two rate-limit windows (Procore: "Rate Limiting")."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.http import json_response
from sandbox.procore.call import Refused
from sandbox.procore.records import Window

if TYPE_CHECKING:
    from sandbox.http import Response
    from sandbox.procore.call import Call
    from sandbox.procore.state import State

# The same sentence is used for both windows.
SURPASSED = "You have surpassed the max number of requests for an hour. Please wait until your limit resets."


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of one window; `resets_at` is in seconds since 1970."""

    limit: int
    remaining: int
    resets_at: float

    def headers(self) -> tuple[tuple[str, str], ...]:
        """Return the three headers every answer carries."""
        return (
            ("X-Rate-Limit-Limit", str(self.limit)),
            ("X-Rate-Limit-Remaining", str(self.remaining)),
            ("X-Rate-Limit-Reset", str(math.ceil(self.resets_at))),
        )


def spend(call: Call) -> None:
    """Take one call out of both windows of its token owner; refuses 429 when one of them is empty."""
    windows = _windows(call)
    exhausted = any(window.used >= limit for window, limit, _ in windows)
    if not exhausted:
        for window, _, _ in windows:
            window.used += 1
    call.allowance = min((_left(*window) for window in windows), key=_nearest_to_exhaustion)
    if exhausted:
        raise Refused(_too_many(call, call.allowance))


def allowances(state: State) -> list[tuple[str, int, float]]:
    """Return for each window in use whose it is and of what length, the calls used, and its start."""
    return [
        (" ".join(map(str, key)), window.used, window.started)
        for key, window in sorted(state.windows.items())
    ]


def _windows(call: Call) -> list[tuple[Window, int, int]]:
    settings = call.settings
    return [
        (_window(call, settings.hour_seconds), settings.rate_hour, settings.hour_seconds),
        (_window(call, settings.spike_seconds), settings.rate_spike, settings.spike_seconds),
    ]


def _window(call: Call, length: int) -> Window:
    company = call.request.headers.get("procore-company-id", "") if call.caller.service else ""
    key = (call.caller.id, company, length)
    window = call.state.windows.get(key)
    if window is None or call.now >= window.started + length:
        window = call.state.windows[key] = Window(call.now)
    return window


def _left(window: Window, limit: int, length: int) -> Allowance:
    return Allowance(limit, max(0, limit - window.used), window.started + length)


def _nearest_to_exhaustion(allowance: Allowance) -> tuple[float, float]:
    return allowance.remaining / allowance.limit, -allowance.resets_at


def _too_many(call: Call, allowance: Allowance) -> Response:
    wait = str(math.ceil(allowance.resets_at - call.now))
    headers = (("Retry-After", wait),) if call.settings.retry_after_on_429 else ()
    return json_response({"errors": SURPASSED}, 429, headers)
