"""Whether a delete may go ahead now, or waits for a person: the brake on mass deletes at work (S16).

Its cursor's notes: `deletes`, the times of those that count; `tripped_at`; `approved`, the plan's hash and
those of its links that a worker had in hand when a person released it: all others carry the mark themselves.
The brake is on while any link is held: with the last one it lets go by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.agreement import brake
from plumbline.errors import Retry
from plumbline.issues.proving import undecided
from plumbline.stores.records import BRAKE, LinkState

if TYPE_CHECKING:
    from plumbline.issues.sync_context import Context
    from plumbline.stores.records import Cursor, Link

LEASE = 5.0
_STEP = "Look at the plan on the connection's page; approve exactly it, or dismiss it."


@dataclass(slots=True)
class Brake:
    """The brake of one connection."""

    context: Context

    def released(self, link: Link, what: str, *, empty: bool = False) -> bool:
        """Count this delete, unless it would be one too many and no person approved it.

        `empty`: the side that the delete comes from shows none of the other twins. What was released before a
        crash is not counted again.
        """
        if begun(link, what) or approved(link, what):
            return True
        cursor = self._lease()
        released, notes = self._counted(link, dict(cursor.notes), empty=empty)
        self.context.cursors.save(replace(cursor, notes=notes))
        if not released and not self._on(link, cursor.notes):
            said = "The brake on mass deletes is on: nothing more is deleted."
            self.context.tell(link, "brake", said, next_step=_STEP)
        return released

    def hold(self, link: Link, what: str) -> Link:
        """Let the delete wait for a person's approval."""
        said = f"Many deletes at once: the {what} is not deleted until a person approves the plan."
        self.context.tell(link, "held", said, next_step=_STEP)
        return replace(link, state=LinkState.HELD, pending=undecided(link) | {"delete": what})

    def let_go(self, link: Link) -> None:
        """A held link waits no more: its delete is done, or not called for any longer."""
        if link.state is not LinkState.HELD:
            return
        cursor = self._lease()
        notes = dict(cursor.notes)
        if self._others_held(link):
            approved = dict(notes.get("approved", {}))
            left = [one for one in approved.get("links", ()) if one != link.id]
            notes |= {"approved": {**approved, "links": left}} if approved else {}
        else:
            notes = {name: value for name, value in notes.items() if name not in ("tripped_at", "approved")}
        self.context.cursors.save(replace(cursor, notes=notes))

    def _lease(self) -> Cursor:
        now = self.context.carrying.now()
        name = self.context.connection.id
        cursor = self.context.cursors.lease(name, BRAKE, now=now, until=now + LEASE, only_due=False)
        if cursor is None:
            raise Retry("Another delete is being counted", after=2)
        return cursor

    def _counted(self, link: Link, notes: dict[str, Any], *, empty: bool) -> tuple[bool, dict[str, Any]]:
        if link.id in notes.get("approved", {}).get("links", ()):
            return True, notes
        now, sync = self.context.carrying.now(), self.context.settings.sync
        limits = brake.Limits(sync.brake_count, sync.brake_percent, sync.brake_seconds)
        deletes = brake.recent(notes.get("deletes", ()), limits, now=now)
        counts = self.context.carrying.links.counts(self.context.connection.id)
        linked = sum(counts.get(state, 0) for state in (LinkState.SYNCED, LinkState.HELD)) + len(deletes)
        missing = linked if empty else len(deletes) + self._others_held(link) + 1
        if self._on(link, notes) or brake.trips(deletes, limits, now=now, links=linked, missing=missing):
            return False, {**notes, "tripped_at": notes.get("tripped_at") or now}
        kept = {name: value for name, value in notes.items() if name not in ("tripped_at", "approved")}
        return True, {**kept, "deletes": [*deletes, now]}

    def _on(self, link: Link, notes: dict[str, Any]) -> bool:
        """Whether the brake holds something already: then whatever comes after waits as well."""
        return bool(notes.get("tripped_at")) and self._others_held(link) > 0

    def _others_held(self, link: Link) -> int:
        held = self.context.carrying.links.counts(self.context.connection.id).get(LinkState.HELD, 0)
        return held - (link.state is LinkState.HELD)


def approved(link: Link, what: str) -> bool:
    """Whether a person approved exactly this delete: it is marked on the held link itself."""
    return link.pending.get("delete") == what and bool(link.pending.get("approved"))


def begun(link: Link, what: str) -> bool:
    """Whether this delete was released, and its answer never came."""
    return link.pending.get("delete") == what and bool(link.pending.get("released_at"))
