"""What no webhook told: observations that changed, went, came back or were born, and its own health (A17).

At rest it writes nothing but its own cursor. What it finds is only hinted: the worker reads afresh, and takes
nothing but the recycle bin for the proof of a deletion (A15).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import Reject, Retry
from plumbline.issues import born, proving
from plumbline.issues.hints import OBSERVATION, SHOWN
from plumbline.issues.pace import HOOK_SECONDS
from plumbline.issues.pairs import every
from plumbline.issues.procore_side import CLOCK_MARGIN
from plumbline.issues.telling import Teller, asked
from plumbline.procore import items
from plumbline.stores.records import Activity, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plumbline.connections.hook_state import HookState, WantedHook
    from plumbline.connections.hooks import HookKeeper
    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.hints import Hint
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.observations import Observation
    from plumbline.stores.ports import ActivityLog, Links
    from plumbline.stores.records import Connection, Cursor, Link

# A row may show up in a list a while after its time, and the two clocks differ.
OVERLAP = 300.0
MINUTE = 60.0
FOLLOWED = (LinkState.WAITING, LinkState.SYNCED, LinkState.PARKED, LinkState.HELD, LinkState.GONE)
# Of these an observation that is not listed is news: the others are gone by our hand, or wait for a person.
EXPECTED = (LinkState.WAITING, LinkState.SYNCED)


@dataclass(frozen=True, slots=True)
class Swept:
    """The cursor as far as all is told, hints sent, and whether the webhook may have missed something."""

    cursor: Cursor
    hints: int
    missed: bool


@dataclass(frozen=True, slots=True)
class Inventory:
    """One connection's inventory at Procore; `send` puts a hint on the queue, `room` says how many at most.

    Its cursor's notes: `since`, up to when changes are told; `full_at` and `hook_at`, when all ids and the
    webhook were looked at; `hook`, what was not in order with it; `next_at`, when it is to be due.
    """

    connection: Connection
    settings: IssueSettings
    procore: ProcoreClient
    hooks: HookKeeper
    hook: WantedHook
    links: Links
    activity: ActivityLog
    send: Callable[[Hint], None]
    room: Callable[[], int]
    now: Callable[[], float]

    def run(self, cursor: Cursor, cause: str) -> Swept:
        """Look at everything that is due, and hint. Raises what the clients raise.

        A person who asks for it gets a full one: then it runs earlier than it was to be due.
        """
        began, notes = self.now(), cursor.notes
        since = float(notes.get("since") or self.connection.enabled_at or began)
        early = cause == "manual" or cursor.due_at < notes.get("next_at", 0.0) - MINUTE
        missed, looked = False, dict[str, Any]()
        if early or notes.get("hook") or _turn(self.connection.id, notes.get("hook_at", 0.0), began):
            missed, looked = self._look_at_hook(since, notes.get("hook", ""))
        full = missed or early or began - notes.get("full_at", 0.0) >= self.settings.sync.inventory_seconds
        teller = Teller(self.links, self.send, self.now, self.room())
        shown_to = notes.get("shown_to", since)
        shown = self._changed(shown_to, teller)
        self._recycled(since, teller)
        if full:
            self._all(teller)
        full_at = began if full else notes.get("full_at", 0.0)
        # what a worker held is looked at with the next sweep once more
        # a list that shows nothing proves nothing: the next one begins where it began
        moved = {"since": began, "shown_to": began if shown else shown_to, "full_at": full_at}
        told = {"since": since, "shown_to": shown_to} if teller.held else moved
        notes = {**notes, **looked, **told, "next_at": began + self.settings.sync.sweep_seconds}
        return Swept(replace(cursor, polled_at=began, notes=notes), teller.sent, missed)

    def _look_at_hook(self, since: float, former: str) -> tuple[bool, dict[str, Any]]:
        """Repair the webhook and log what is news of it.

        Returns whether something may have been missed, and what to remember: a webhook that is not in order
        is looked at again with the next sweep.
        """
        try:
            state = self.hooks.check(self.hook, now=self.now(), since=since)
        except Retry:  # the items are looked at all the same
            return False, {}
        words = " ".join(fault.reason for fault in state.faults)
        if words and words != former:
            self._log("notice", words, "Everything is looked at once, so nothing is lost.")
        if _is_off(state):
            self._repair(news=words != former)
        missed = state.discarded or (_is_off(state) and words != former)
        return missed, {"hook_at": self.now(), "hook": words}

    def _repair(self, *, news: bool) -> None:
        try:
            self.hooks.repair(self.hook, now=self.now())
        except Reject as refusal:
            if news:
                self._log("failed", f"The webhook stays off: {refusal.cause}", refusal.next_step)
        except Retry:
            pass  # looked at again with the next sweep

    def _changed(self, since: float, teller: Teller) -> bool:
        """Tell of the observations that were updated; returns whether the list showed any."""
        start, end, shown = since - OVERLAP, self.now() + CLOCK_MARGIN, False
        for row in items.observations_updated(self.procore, self.connection.project_id, start, end):
            shown = True
            self._row(row, teller)
        return shown

    def _row(self, row: Observation, teller: Teller) -> None:
        link = self.links.by_observation(self.connection.id, row.id)
        if link is None:
            self._birth(row, teller)
        elif _is_news(row, link):
            self._tell(link, teller)
        elif row.updated_at == link.item_updated_at and proving.shows(link, row, self.settings):
            proving.confirm(self.links, link, SHOWN, now=self.now())

    def _birth(self, row: Observation, teller: Teller) -> None:
        """Link an observation that is to make an issue; those from before the enabling are left alone."""
        new = (row.created_at or 0.0) >= self.connection.enabled_at
        if new and born.wanted(row, self.settings):
            teller.make(born.link_for(self.connection.id, row), "sweep")

    def _recycled(self, since: float, teller: Teller) -> None:
        """Tell of the pairs whose observation was deleted since.

        The whole recycle bin is listed: that a delete counts as an update is not said by Procore's reference.
        """
        for row in self._bin():
            if (row.deleted_at or since) < since - OVERLAP:
                continue
            link = self.links.by_observation(self.connection.id, row.id)
            if link and link.observation_id == row.id and link.state in (*EXPECTED, LinkState.PARKED):
                self._tell(link, teller)

    def _bin(self) -> Iterator[Observation]:
        """What lies in the recycle bin; nothing for an authorizer below Admin on Observations."""
        try:
            yield from items.recycled_observations(self.procore, self.connection.project_id)
        except Reject as refusal:
            if refusal.code != "forbidden":
                raise

    def _all(self, teller: Teller) -> None:
        """Compare all ids with the links; an empty list proves nothing."""
        listed = set(items.observation_ids(self.procore, self.connection.project_id))
        odd = [link for link in every(self.links, self.connection.id) if _is_odd(link, listed)]
        if odd and not listed:
            message = "Procore lists no observation at all, though some are linked; nothing follows from it."
            self._log("notice", message, "Check what the connected user may see in the project.")
            return
        for link in odd:
            self._tell(link, teller)

    def _tell(self, link: Link, teller: Teller) -> None:
        if not asked(link, (OBSERVATION,), self.now()):
            teller.tell(link, (OBSERVATION,), "sweep")

    def _log(self, outcome: str, message: str, next_step: str) -> None:
        self.activity.add(
            Activity(
                self.connection.id, self.now(), outcome, "sweep", message, direction="", next_step=next_step
            )
        )


def _is_news(row: Observation, link: Link) -> bool:
    """Whether a link's observation was updated after what we know of it."""
    mine = link.observation_id == row.id and link.state in FOLLOWED
    return mine and (row.updated_at or 0.0) > link.item_updated_at


def _is_odd(link: Link, listed: set[str]) -> bool:
    """Whether a link expects an observation that is not listed, or one is back that had gone."""
    if not link.observation_id:
        return False
    there = link.observation_id in listed
    return (link.state in EXPECTED and not there) or (link.state is LinkState.GONE and there)


def _is_off(state: HookState) -> bool:
    """Whether the webhook is not as it should be, in a way that a repair may mend."""
    active = state.hook is not None and state.hook.is_active
    wrong = state.wrong_address or state.wrong_secret or state.doubles or state.lacking
    return not state.refused and (not active or bool(wrong))


def _turn(connection_id: str, looked_at: float, now: float) -> bool:
    """Whether the time to look at a webhook has come since it was looked at.

    It comes every `HOOK_SECONDS`, for each connection at a moment of its own: those that were made together
    would take their calls in the same hour.
    """
    own = int(hashlib.sha256(connection_id.encode()).hexdigest(), 16) % int(HOOK_SECONDS)
    return (now + own) // HOOK_SECONDS > (looked_at + own) // HOOK_SECONDS
