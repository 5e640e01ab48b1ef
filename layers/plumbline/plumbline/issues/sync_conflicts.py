"""Conflicts of one pair: both values kept before one is overwritten, carried over when picked (A13)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plumbline.issues import hints, sync_plan
from plumbline.stores.records import Conflict

if TYPE_CHECKING:
    from plumbline.agreement.merge import Decision
    from plumbline.issues.sync_context import Context, Task
    from plumbline.issues.sync_fields import Sides
    from plumbline.issues.sync_plan import Plan
    from plumbline.stores.records import Link

DELETION = "deletion"
"""The field of a conflict that is about the pair as a whole."""


@dataclass(slots=True)
class Conflicts:
    """The conflicts of one link during one pass; `picked` are those that wait to be carried out."""

    context: Context
    picked: tuple[Conflict, ...] = field(default=())

    def look(self, link: Link, task: Task) -> None:
        """Find what people picked, if the task says that they did."""
        if task.wants(hints.PICKED):
            found = self.context.carrying.links.conflicts(link.id)
            self.picked = tuple(one for one in found if one.state == "picked" and one.field != DELETION)

    def keep(self, link: Link, plan: Plan, sides: Sides) -> None:
        """Keep both values of what both sides changed; close what a person need not decide any more."""
        for one in plan.decisions:
            if one.kind == "conflict":
                self._keep(link, one, sides)
            if one.kind in ("settle", "write") or (one.kind == "conflict" and one.to):
                self._close(link, one.field)

    def rest(self, link: Link) -> None:
        """Close what waits for a choice though both sides hold again what they had agreed on."""
        for name, rule in self.context.settings.sync.rules.items():
            if rule == "ask":
                self._close(link, name)

    def finish(self, plan: Plan, refused: set[str]) -> None:
        """Close the picks whose value is on both sides; those just restored take another round.

        A pick that its side refuses goes back to the person, who sees why on the item.
        """
        again = {one.field for one in plan.kind("restore")} - refused
        for one in self.picked:
            if one.field in refused:
                state = "open" if one.id == _open_id(one.field) else "kept"
                self._put(replace(one, state=state, picked=""))
            elif one.field not in again:
                self._put(replace(one, state="settled"))
        self.picked = tuple(one for one in self.picked if one.field in again)

    def _keep(self, link: Link, one: Decision, sides: Sides) -> None:
        values = {
            "tracker": sync_plan.whole(one.field, "tracker", sides),
            "procore": sync_plan.whole(one.field, "procore", sides),
        }
        record = Conflict(
            id=_kept_id(link, one) if one.to else _open_id(one.field),
            connection_id=link.connection_id,
            link_id=link.id,
            field=one.field,
            at=self.context.carrying.now(),
            state="kept" if one.to else "open",
            tracker=values["tracker"],
            procore=values["procore"],
            losing=one.to or "",
            issue_number=link.issue_number,
            observation_number=link.observation_number,
        )
        if not self._is_news(record):
            return
        self._put(record)
        kept = "is kept in a conflict record" if one.to else "waits for a person's choice"
        self.context.tell(
            link, "conflict", f"Both sides changed {one.field}; the other value {kept}.",
            before=values, next_step="Open the conflict to see both values, and pick one.",
        )  # fmt: skip

    def _is_news(self, record: Conflict) -> bool:
        known = self.context.carrying.links.conflict(record.link_id, record.id)
        if known is None or known.state == "settled":
            return True
        return (known.tracker, known.procore) != (record.tracker, record.procore)

    def _close(self, link: Link, name: str) -> None:
        known = self.context.carrying.links.conflict(link.id, _open_id(name))
        waits = {one.id for one in self.picked}
        if known and known.state != "settled" and known.id not in waits:
            self._put(replace(known, state="settled"))

    def _put(self, conflict: Conflict) -> None:
        self.context.carrying.links.put_conflict(conflict)


def _open_id(name: str) -> str:
    """A field waits for one choice at a time."""
    return f"{name}-open"


def _kept_id(link: Link, one: Decision) -> str:
    """The same for the same edits, so that a pass that was cut short keeps them once."""
    said = json.dumps([link.base.get(one.field), one.seen.tracker, one.seen.procore])
    return f"{one.field}-{hashlib.sha256(said.encode()).hexdigest()[:16]}"
