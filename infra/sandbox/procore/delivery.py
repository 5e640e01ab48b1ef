"""Webhooks on their way: one queue for each destination, with pauses, retries and the flush after 12 hours.

Source: Procore "Webhooks" guide: an answer 2xx within 5 seconds; a failure pauses the destination and is
retried after 1 second, then 2, 4 … up to an hour; after 12 hours what waits is discarded; a success resumes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.procore import times
from sandbox.procore.records import Endpoint

if TYPE_CHECKING:
    from sandbox.procore.journal import Journal
    from sandbox.procore.records import Delivery, Hook
    from sandbox.procore.settings import SandboxSettings
    from sandbox.procore.state import State


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One POST to be made now; its outcome goes to `delivered`."""

    hook_id: str
    delivery_id: str
    url: str
    headers: dict[str, str]
    body: bytes


class Dispatch:
    """The queues of a state at one time."""

    def __init__(self, state: State, settings: SandboxSettings, journal: Journal, now: float) -> None:
        self._state, self._settings, self._journal, self._now = state, settings, journal, now

    def due(self) -> list[Outgoing]:
        """Return what is to be sent now, one for each destination at most; each is then on its way."""
        self.settle()
        heads = [head for endpoint in list(self._state.endpoints.values()) if (head := self._head(endpoint))]
        return [self._outgoing(one) for one in heads]

    def delivered(self, delivery_id: int, status: int | None) -> None:
        """Take the outcome of a POST: its HTTP status, or None for a timeout or no connection.

        One that took longer than 5 seconds was given up meanwhile, and its outcome is not heard.
        """
        self.settle()
        delivery = self._state.deliveries.get(delivery_id)
        endpoint = self._endpoint(delivery) if delivery else None
        if delivery is None or endpoint is None or endpoint.flying != delivery_id:
            return
        if status is not None and 200 <= status < 300:
            self._succeed(endpoint, delivery, status)
        else:
            self._fail(endpoint, delivery, status)

    def next_at(self) -> float | None:
        """Return when there is next something to do, in Unix seconds, which may have passed; None: never."""
        times_ = [self._next_of(one) for one in list(self._state.endpoints.values()) if one.waiting]
        return min(times_, default=None)

    def settle(self) -> None:
        """Give up POSTs that were never answered, and discard what has waited for 12 hours."""
        for endpoint in list(self._state.endpoints.values()):
            if (
                endpoint.flying is not None
                and self._now > endpoint.flown_at + self._settings.delivery_seconds
            ):
                self._fail(endpoint, self._state.deliveries[endpoint.flying], None)
            since = endpoint.failing_since
            if since is not None and self._now >= since + self._settings.flush_seconds:
                self._flush(endpoint)

    def _head(self, endpoint: Endpoint) -> Delivery | None:
        if endpoint.flying is not None or self._now < endpoint.resumes_at or not endpoint.waiting:
            return None
        head = min(endpoint.waiting.values(), key=_order)
        if head.due_at > self._now:
            return None
        endpoint.flying, endpoint.flown_at = head.id, self._now
        return head

    def _outgoing(self, delivery: Delivery) -> Outgoing:
        hook = self._state.hooks[delivery.hook_id]
        headers = {"Content-Type": "application/json"}
        if hook.authorization is not None:
            headers["Authorization"] = hook.authorization
        body = json.dumps(delivery.payload).encode()
        return Outgoing(str(hook.id), str(delivery.id), hook.destination_url, headers, body)

    def _endpoint(self, delivery: Delivery) -> Endpoint | None:
        return self._state.endpoints.get(self._state.hooks[delivery.hook_id].destination_url)

    def _next_of(self, endpoint: Endpoint) -> float:
        if endpoint.flying is not None:
            return endpoint.flown_at + self._settings.delivery_seconds
        return max(endpoint.resumes_at, min(one.due_at for one in endpoint.waiting.values()))

    def _succeed(self, endpoint: Endpoint, delivery: Delivery, status: int) -> None:
        self._note("delivered", delivery, status)
        delivery.status = "delivered"
        del endpoint.waiting[delivery.id]
        endpoint.flying, endpoint.failures, endpoint.failing_since, endpoint.resumes_at = None, 0, None, 0

    def _fail(self, endpoint: Endpoint, delivery: Delivery, status: int | None) -> None:
        self._note("delivery_failed", delivery, status)
        delivery.status = "retrying"
        if endpoint.failing_since is None:
            endpoint.failing_since = endpoint.flown_at
        longest, shortest = self._settings.longest_pause_seconds, self._settings.shortest_pause_seconds
        pause = min(longest, shortest * 2.0 ** min(endpoint.failures, 60))
        endpoint.failures += 1
        endpoint.flying, endpoint.resumes_at = None, self._now + pause

    def _flush(self, endpoint: Endpoint) -> None:
        for delivery in endpoint.waiting.values():
            delivery.status = "discarded"
            self._journal.note(
                "delivery_discarded", self._now, delivery_id=delivery.id, hook_id=delivery.hook_id
            )
        endpoint.waiting.clear()
        endpoint.flying, endpoint.failures, endpoint.failing_since, endpoint.resumes_at = None, 0, None, 0

    def _note(self, kind: str, delivery: Delivery, status: int | None) -> None:
        error = None if status is not None else "no answer in time"
        attempt = {"created_at": times.stamp(self._now), "response_status": status, "response_error": error}
        delivery.attempts.append(attempt)
        self._journal.note(kind, self._now, delivery_id=delivery.id, hook_id=delivery.hook_id, status=status)


def redirect(state: State, hook: Hook, destination_url: str) -> None:
    """Send what waits for a hook to another address from now on."""
    new = state.endpoints.setdefault(destination_url, Endpoint())
    for number, delivery in _take_out(state, hook).items():
        new.waiting[number] = delivery
    hook.destination_url = destination_url


def drop(state: State, hook: Hook) -> list[Delivery]:
    """Take all that waits for a hook out of its queue, and return it."""
    return list(_take_out(state, hook).values())


def _take_out(state: State, hook: Hook) -> dict[int, Delivery]:
    endpoint = state.endpoints.get(hook.destination_url, Endpoint())
    taken = {number: one for number, one in endpoint.waiting.items() if one.hook_id == hook.id}
    for number in taken:
        del endpoint.waiting[number]
    if endpoint.flying in taken:
        endpoint.flying = None
    return taken


def _order(delivery: Delivery) -> tuple[float, int]:
    return delivery.due_at, delivery.id
