"""Carries Procore's webhooks to the function that receives them, as events of API Gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.functions.events import api_event

from sandbox.procore.demo import PRIYA
from sandbox.procore.events import EventFault
from sandbox.procore.hands import Hands

if TYPE_CHECKING:
    import random

    from tests.simulation.lambdas import Function
    from tests.simulation.scheduler import Scheduler

    from sandbox.procore import ProcoreSandbox
    from sandbox.procore.delivery import Outgoing

HOOKS = "/hooks/procore/"
UNREACHED = 5.0


class Postman:
    """Delivers what is due; while not `receiving`, our address answers nobody."""

    def __init__(
        self, procore: ProcoreSandbox, receipt: Function | None, scheduler: Scheduler, dice: random.Random
    ) -> None:
        self.receiving = True
        self._procore, self._receipt, self._scheduler, self._dice = procore, receipt, scheduler, dice
        self._awake_at = 0.0

    def look(self) -> None:
        """Send what is due now, and look again when there is next something to do."""
        for one in self._procore.deliveries_due():
            self._scheduler.at(self._scheduler() + self._dice.uniform(0.05, 0.4), self._sending(one))
        next_at = self._procore.next_delivery_at()
        if next_at is None or self._scheduler() < self._awake_at <= next_at:
            return
        self._awake_at = max(next_at, self._scheduler() + 0.01)
        self._scheduler.at(self._awake_at, self.look)

    def fault(self, **what: Any) -> None:
        """Lose, double or delay some events from now on."""
        self._procore.event_faults.append(EventFault.model_validate(what))

    def delete_hooks(self) -> int:
        """An admin removes every webhook of the project; returns how many there were."""
        held = list(self._procore.state.hooks)
        for hook_id in held:
            Hands(self._procore, PRIYA).delete_hook(hook_id)
        return len(held)

    def _sending(self, one: Outgoing) -> Any:
        def send() -> None:
            event = _event(one)
            sent = (
                self.receiving
                and self._receipt
                and self._receipt.invoke(
                    event, lambda answer: self._answered(one, answer["statusCode"] if answer else 502)
                )
            )
            if not sent:
                later = self._scheduler() + (0.1 if self.receiving else UNREACHED)
                self._scheduler.at(later, lambda: self._answered(one, 503 if self.receiving else None))

        return send

    def _answered(self, one: Outgoing, status: int | None) -> None:
        self._scheduler.note(f"webhook {one.delivery_id} answered {status}")
        self._procore.delivered(one.delivery_id, status)
        self.look()


def _event(one: Outgoing) -> dict[str, Any]:
    connection_id = one.url.rsplit(HOOKS, 1)[-1]
    event = api_event("POST", HOOKS + connection_id, raw_body=one.body.decode(), headers=dict(one.headers))
    return {**event, "pathParameters": {"connection_id": connection_id}}
