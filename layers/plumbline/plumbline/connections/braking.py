"""The plan that the mass-delete brake holds back, and what a person decides about it (S16).

A plan is approved or dismissed by its hash, so exactly as it was seen: a plan that grew or shrank meanwhile
has another one, and is shown anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.agreement.brake import plan_hash
from plumbline.connections.items import must_be_free
from plumbline.connections.linking import parted
from plumbline.errors import Reject
from plumbline.issues.holding import approved
from plumbline.issues.pairs import every
from plumbline.stores.ports import Stale
from plumbline.stores.records import BRAKE, Cursor, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.stores.ports import Cursors, Links
    from plumbline.stores.records import Link

DISMISSED = "A person dismissed the deletion of its twin."
LINK_AGAIN = "Link it again by hand if it shall follow."


@dataclass(frozen=True, slots=True)
class Held:
    """The deletes that wait: items with the side that would lose its twin, and the name of exactly these.

    `tripped_at` is Unix seconds, 0 while the brake is off; `approved` says that a person released this plan.
    """

    tripped_at: float
    links: tuple[Link, ...]
    hash: str
    approved: bool


class PlanChanged(Reject):
    """The plan is not the one that was decided on; `plan` is the one that holds now."""

    def __init__(self, plan: Held) -> None:
        super().__init__(
            "plan_changed",
            "The planned deletes are not the ones that you saw.",
            "Look at the plan in this answer, then decide on that one.",
            field="hash",
            status=409,
        )
        self.plan = plan


def side(link: Link) -> str:
    """Say what a held item would lose: its "observation" or its "issue"."""
    return str(link.pending.get("delete", ""))


def plan(links: Links, cursors: Cursors, connection_id: str) -> Held:
    """Read what the brake holds back."""
    held = tuple(every(links, connection_id, state=LinkState.HELD))
    cursor = cursors.get(connection_id, BRAKE)
    notes = cursor.notes if cursor else {}
    name = plan_hash((link.id, side(link)) for link in held)
    in_hand = notes.get("approved", {}).get("links", ())
    released = bool(held) and all(approved(link, side(link)) or link.id in in_hand for link in held)
    return Held(float(notes.get("tripped_at", 0.0)), held, name, released)


def approve(
    links: Links, cursors: Cursors, connection_id: str, seen: str, *, now: float, hint: Callable[[Link], None]
) -> Held:
    """Release exactly the plan with this hash. Raises `PlanChanged`, and `Stale` when the brake moved.

    Each link carries its own approval, so that no record grows with the plan; the cursor names only those
    that a worker has in hand. Cut off half way, the rest of the plan is approved again.
    """
    held = _exactly(links, cursors, connection_id, seen)
    in_hand = []
    for link in held.links:
        if link.lease_until > now:
            in_hand.append(link.id)
            continue
        try:
            links.save(replace(link, due_at=now, pending={**link.pending, "approved": held.hash}))
        except Stale:
            in_hand.append(link.id)
    cursor = cursors.get(connection_id, BRAKE) or Cursor(connection_id, BRAKE)
    cursors.save(replace(cursor, notes={**cursor.notes, "approved": {"hash": held.hash, "links": in_hand}}))
    for link in held.links:
        hint(link)
    return replace(held, approved=True)


def dismiss(links: Links, cursors: Cursors, connection_id: str, seen: str, *, now: float) -> Held:
    """Delete nothing: the plan's items are twins no longer, all content stays.

    The brake is let go last: a crash before that leaves a shorter plan, which can be dismissed again. Raises
    `PlanChanged`, `Stale`, and `Reject` while a worker has one of the items in hand.
    """
    held = _exactly(links, cursors, connection_id, seen)
    for link in held.links:
        must_be_free(link, now=now)
    for link in held.links:
        links.save(parted(link, DISMISSED, LINK_AGAIN, now=now))
    cursor = cursors.get(connection_id, BRAKE)
    if cursor:
        kept = {name: value for name, value in cursor.notes.items() if name not in ("tripped_at", "approved")}
        cursors.save(replace(cursor, notes=kept))
    return held


def _exactly(links: Links, cursors: Cursors, connection_id: str, seen: str) -> Held:
    held = plan(links, cursors, connection_id)
    if held.hash != seen or not held.links:
        raise PlanChanged(held)
    return held
