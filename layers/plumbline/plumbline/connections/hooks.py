"""Keeps a connection's webhook (S7): looked for, repaired, removed.

Webhooks of other apps and other connections are never touched. Every step looks before it acts, so that one
that was cut short is simply made again: a create whose answer was lost is found in the list and adopted.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.connections.hook_state import HookState, judged, lacking, ours
from plumbline.connections.problems import Problem
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues.hints import LOG
from plumbline.procore import hooks
from plumbline.stores.ports import Stale
from plumbline.stores.records import HOOK, Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.connections.hook_state import WantedHook
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.hooks import Hook, Pair
    from plumbline.stores.ports import Cursors

LEASE = 60.0
"""Seconds that one repair or removal keeps others out; its few calls take less."""

Notes = dict[str, Any]
"""What is remembered of a webhook: hook_id, generation, offers_logs, checked_at, cause."""


@dataclass(frozen=True, slots=True)
class HookKeeper:
    """Looks after webhooks; `client` speaks for the connection's authorizer."""

    client: ProcoreClient
    cursors: Cursors

    def check(
        self,
        wanted: WantedHook,
        *,
        now: float,
        since: float,
        show_others: bool = False,
        thorough: bool = True,
    ) -> HookState:
        """Look at the webhook, in 5 calls; 1 more where it tells of no comments, 1 more for `others`.

        Not `thorough`, in 2 calls: that it is there and right, and that none of its events was discarded. Its
        triggers are then taken to be as they were last seen.

        `since` is when the last complete look at all items began (Unix seconds): of what was discarded, only
        later events were missed. Raises `Retry`, `NeedsAuthorization`; a refusal of Procore is a finding.
        """
        cursor = self.cursors.get(wanted.connection_id, HOOK) or Cursor(wanted.connection_id, HOOK)
        try:
            looked = self._looked_at if thorough else self._glanced_at
            state = looked(wanted, cursor.notes, now=now, since=since)
            if show_others:
                state = replace(state, others=self._others(wanted, state))
        except Reject as refusal:
            state = HookState(refused=Problem("webhook", refusal.cause, refusal.next_step))
        if cursor.lease_until <= now:  # else a repair is under way and writes down what it leaves behind
            self._save(cursor, _notes(cursor.notes, state, now))
        return state

    def repair(self, wanted: WantedHook, *, now: float, renew_secret: bool = False) -> HookState:
        """Make the webhook what it should be, and return it without a look at its deliveries.

        `renew_secret` gives it the secret of the next generation. Raises `Reject` with Procore's own words,
        `Retry` while another repair runs, `EffectUnknown`, `NeedsAuthorization`.
        """
        with self._held(wanted, now) as notes:
            generation = notes.get("generation", 1) + renew_secret
            found = self._ours(wanted, notes)
            for double in found[1:]:
                self._delete(wanted, double)
            hook = self._right(wanted, found[:1], generation, renew=renew_secret)
            state = self._with_triggers(wanted, hook)
            notes.update(_notes(notes, state, now), generation=generation)
        return state

    def remove(self, wanted: WantedHook, *, now: float) -> None:
        """Delete our webhook with its triggers; none there is fine. Raises as `repair` does."""
        with self._held(wanted, now) as notes:
            for hook in self._ours(wanted, notes):
                self._delete(wanted, hook)
            notes.update(hook_id="", offers_logs=False, checked_at=now, cause="")

    def _looked_at(self, wanted: WantedHook, notes: Notes, *, now: float, since: float) -> HookState:
        state = judged(self._ours(wanted, notes), wanted, notes.get("generation", 1))
        if state.hook is None:
            return state
        held = self._held_triggers(wanted, state.hook)
        missing = wanted.needed | wanted.where_offered
        offered = hooks.resources(self.client, wanted.project_id) if missing - held else held
        failing = any(self._went(wanted, state.hook, status, now, since) for status in ("retrying", "failed"))
        return replace(
            state,
            lacking=lacking(wanted, held, offered),
            offers_logs=(LOG, "create") in held,
            failing=failing,
            discarded=self._went(wanted, state.hook, "discarded", now, since),
        )

    def _glanced_at(self, wanted: WantedHook, notes: Notes, *, now: float, since: float) -> HookState:
        state = judged(self._ours(wanted, notes), wanted, notes.get("generation", 1))
        if state.hook is None:
            return state
        return replace(
            state,
            offers_logs=bool(notes.get("offers_logs")),
            discarded=self._went(wanted, state.hook, "discarded", now, since),
        )

    def _ours(self, wanted: WantedHook, notes: Notes) -> tuple[Hook, ...]:
        listed = hooks.hooks(self.client, wanted.project_id, wanted.namespace)
        return ours(listed, wanted, notes.get("hook_id", ""))

    def _others(self, wanted: WantedHook, state: HookState) -> tuple[Hook, ...]:
        mine = {hook.id for hook in (state.hook, *state.doubles) if hook}
        return tuple(hook for hook in hooks.hooks(self.client, wanted.project_id) if hook.id not in mine)

    def _held_triggers(self, wanted: WantedHook, hook: Hook) -> frozenset[Pair]:
        found = hooks.triggers(self.client, wanted.project_id, hook.id)
        return frozenset((trigger.resource, trigger.verb) for trigger in found)

    def _went(self, wanted: WantedHook, hook: Hook, status: str, now: float, since: float) -> bool:
        """Say whether a delivery with an event after `since` went so; one without a time counts."""
        found = hooks.deliveries(self.client, wanted.project_id, hook.id, status=status, start=since, end=now)
        return any(delivery.at is None or delivery.at > since for delivery in found)

    def _right(self, wanted: WantedHook, found: tuple[Hook, ...], generation: int, *, renew: bool) -> Hook:
        """Return the webhook active and with our address and secret, made or changed where it is not."""
        authorization = wanted.authorization(generation)
        state = judged(found, wanted, generation)
        if state.hook is None:
            return hooks.create(
                self.client,
                wanted.project_id,
                namespace=wanted.namespace,
                address=wanted.address,
                authorization=authorization,
            )
        if not (renew or state.faults or not state.hook.secret_end):
            return state.hook
        return hooks.change(
            self.client,
            wanted.project_id,
            state.hook.id,
            address=wanted.address,
            authorization=authorization,
        )

    def _with_triggers(self, wanted: WantedHook, hook: Hook) -> HookState:
        """Ask for the triggers that lack and are offered; what Procore refuses stays lacking."""
        held = self._held_triggers(wanted, hook)
        offered = hooks.resources(self.client, wanted.project_id)
        missing = lacking(wanted, held, offered)
        added = hooks.Added(frozenset())
        if asked := missing & offered:
            added = hooks.add_triggers(self.client, wanted.project_id, hook.id, sorted(asked))
        held |= added.taken
        return HookState(
            hook,
            lacking=missing - held,
            refusals=added.refusals,
            offers_logs=(LOG, "create") in held,
        )

    def _delete(self, wanted: WantedHook, hook: Hook) -> None:
        try:
            hooks.delete(self.client, wanted.project_id, hook.id)
        except Reject as refusal:
            if refusal.code != "not_found":  # gone already is what was wanted
                raise

    @contextlib.contextmanager
    def _held(self, wanted: WantedHook, now: float) -> Iterator[Notes]:
        """Keep others out and write down what becomes of the notes, or why it failed."""
        cursor = self.cursors.lease(wanted.connection_id, HOOK, now=now, until=now + LEASE, only_due=False)
        if cursor is None:
            raise Retry("This webhook is being repaired right now", after=LEASE)
        notes: Notes = dict(cursor.notes)
        try:
            yield notes
        except (Reject, Retry, NeedsAuthorization) as error:
            self._save(cursor, cursor.notes | {"cause": str(error)})
            raise
        self._save(cursor, notes)

    def _save(self, cursor: Cursor, notes: Notes) -> None:
        with contextlib.suppress(Stale):  # someone has looked in between, and knows better
            self.cursors.save(replace(cursor, notes=notes))


def _notes(former: Notes, state: HookState, now: float) -> Notes:
    """Return what is remembered; a webhook that could not be looked at is remembered as it was."""
    told = {"checked_at": now, "cause": " ".join(fault.reason for fault in state.faults)}
    if state.refused:
        return former | told
    return former | told | {"hook_id": state.hook.id if state.hook else "", "offers_logs": state.offers_logs}
