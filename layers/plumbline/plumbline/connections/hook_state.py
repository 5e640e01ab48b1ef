"""What a connection's webhook should be, what was found of it, and that in words (S7). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from plumbline.connections.problems import Problem
from plumbline.issues.hints import ITEM, LOG
from plumbline.procore.hook_secret import authorization_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plumbline.procore.hooks import Hook, Pair

ITEMS: frozenset[Pair] = frozenset({(ITEM, "create"), (ITEM, "update"), (ITEM, "delete")})
LOGS: frozenset[Pair] = frozenset({(LOG, "create")})
_REPAIR = "Repair the webhook; that leaves all other webhooks alone."


@dataclass(frozen=True, slots=True)
class WantedHook:
    """The webhook of one connection. What is `needed` makes a fault, the rest is asked for where offered.

    `app` is what the namespaces of all our connections begin with, see `namespace_of`.
    """

    connection_id: str
    project_id: str
    namespace: str
    address: str
    master: bytes
    needed: frozenset[Pair] = ITEMS
    where_offered: frozenset[Pair] = LOGS
    app: str = ""

    def authorization(self, generation: int) -> str:
        """Return the secret that the webhook is to carry."""
        return authorization_value(self.master, self.connection_id, generation)

    def is_sibling(self, hook: Hook) -> bool:
        """Say whether a webhook that is not this connection's is that of another connection of ours."""
        return bool(self.app) and hook.namespace.startswith(f"{self.app}-")


def namespace_of(app: str, connection_id: str) -> str:
    """Return the namespace of a connection's webhook.

    One for each connection, for Procore may take one webhook a namespace and project only. Lower-case
    letters, digits and minus (Procore: "Webhooks" guide).
    """
    return re.sub(r"[^a-z0-9-]", "-", f"{app}-{connection_id}".lower())


@dataclass(frozen=True, slots=True)
class HookState:
    """What was found. `others` are webhooks of other apps and connections, told only where asked for.

    `doubles` are further webhooks of ours, `lacking` the triggers it should have and has not, `refusals`
    Procore's words on triggers it would not give. `discarded`: deliveries with events after the time that was
    asked about were given up. `refused`: Procore did not let us look.
    """

    hook: Hook | None = None
    wrong_address: bool = False
    wrong_secret: bool = False
    doubles: tuple[Hook, ...] = ()
    lacking: frozenset[Pair] = frozenset()
    refusals: tuple[str, ...] = ()
    offers_logs: bool = False
    failing: bool = False
    discarded: bool = False
    others: tuple[Hook, ...] = ()
    refused: Problem | None = None

    @property
    def faults(self) -> tuple[Problem, ...]:
        """All that is off, in words; empty when the webhook is as it should be."""
        return tuple(_faults(self))


def ours(listed: Iterable[Hook], wanted: WantedHook, known_id: str) -> tuple[Hook, ...]:
    """Return our webhooks among those listed, the best first.

    Ours is, in our own namespace, what points at our address, what we made, and what points at our path on
    another host: the address that this deployment had before.
    """
    mine = [
        hook
        for hook in listed
        if hook.namespace == wanted.namespace
        and (hook.id == known_id or urlsplit(hook.address).path == urlsplit(wanted.address).path)
    ]
    return tuple(sorted(mine, key=lambda hook: (hook.address != wanted.address, hook.id != known_id)))


def judged(found: tuple[Hook, ...], wanted: WantedHook, generation: int) -> HookState:
    """Compare the webhooks found (`ours`) with the one that is wanted; triggers are looked at elsewhere."""
    if not found:
        return HookState()
    hook, *doubles = found
    return HookState(
        hook,
        wrong_address=hook.address != wanted.address,
        wrong_secret=not wanted.authorization(generation).endswith(hook.secret_end),
        doubles=tuple(doubles),
    )


def lacking(wanted: WantedHook, held: frozenset[Pair], offered: frozenset[Pair]) -> frozenset[Pair]:
    """Return the triggers to ask for, and those needed that Procore does not offer."""
    return (wanted.needed | (wanted.where_offered & offered)) - held


def _faults(state: HookState) -> Iterator[Problem]:
    if state.refused:
        yield state.refused
        return
    if state.hook is None:
        yield _fault("Procore has no webhook for this connection.")
        return
    if state.wrong_address:
        yield _fault(f"The webhook points at {state.hook.address}.")
    if state.wrong_secret:
        yield _fault("The webhook carries another secret than this connection's.")
    if not state.hook.is_active:
        yield _fault(f"The webhook is {state.hook.status}.")
    if state.doubles:
        yield _fault("The webhook is there more than once, so that each event is told more than once.")
    if state.lacking:
        yield _fault(_missing(state))
    yield from _undelivered(state)


def _undelivered(state: HookState) -> Iterator[Problem]:
    if state.failing:
        step = "Procore tries again by itself; if this stays, repair the webhook and tell support."
        yield _fault("Procore could not deliver lately.", step)
    if state.discarded:
        step = "Nothing is lost: a full sweep finds what was not told."
        yield _fault("Procore gave up deliveries that had waited for 12 hours.", step)


def _missing(state: HookState) -> str:
    names = ", ".join(f"{resource}: {verb}" for resource, verb in sorted(state.lacking))
    words = f" Procore says: {'; '.join(state.refusals)}." if state.refusals else ""
    return f"The webhook does not tell of {names}.{words}"


def _fault(reason: str, next_step: str = _REPAIR) -> Problem:
    return Problem("webhook", reason, next_step)
