"""What a write to either side has in common: remembered before it, proven or remarked after it (A18, S15).

What a side refuses leaves the base as it was, and is not tried again until one of the two values is another.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plumbline.agreement.merge import OTHER
from plumbline.errors import Retry
from plumbline.issues import proving, refusals, sync_fields, sync_plan
from plumbline.issues.sync_context import DIRECTION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plumbline.agreement.merge import Decision, Side
    from plumbline.errors import Reject
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_fields import Natives, Sides
    from plumbline.stores.records import Link

PATIENCE = 2  # times that a value a side does not take is tried again before it is left to people
UNTAKEN = "untaken"
"""In `pending`: how often a side took the write and showed no change; `tries` count other failures too."""

NAMES: dict[str, str] = {"procore": "Procore", "tracker": "CxAlloy"}


@dataclass(frozen=True, slots=True)
class Effects:
    """The writes of one pass; `refused` are the fields that a side did not take in it."""

    context: Context
    refused: set[str] = field(default_factory=set)

    def about_to(self, link: Link, sides: Sides, side: Side, decided: Sequence[Decision]) -> Link:
        """Store what is about to be written and what it replaces, so that no crash leaves it unknown."""
        self.context.carrying.check_time()
        before = {one.field: sync_plan.whole(one.field, side, sides) for one in decided}
        after = {
            one.field: one.value
            if one.field != "description" or one.kind == "restore"
            else sync_plan.whole("description", OTHER[side], sides)
            for one in decided
        }
        others = sides.tracker if side == "procore" else sides.procore
        wanted = {one.field: [sent(one, side), others[one.field]] for one in decided}
        link = self.context.count_write(link)
        doubt = {"doubt": ["tracker"]} if side == "tracker" else {}
        tried = {UNTAKEN: link.pending[UNTAKEN]} if UNTAKEN in link.pending else {}
        meant = proving.pending(link) | tried | {side: wanted} | doubt
        link = self.context.save(replace(link, pending=meant))
        # After it: whoever asks for this undo finds it pending, should the write never be made.
        self.context.keep_for_undo(link, f"write_{side}", before, after)
        return link

    def proven(
        self, link: Link, side: Side, decided: Sequence[Decision], tracker: Natives, procore: Natives
    ) -> Link:
        """Move the base to what the side says it holds now; what it ignored is tried again, then remarked.

        Raises `Retry` for the first.
        """
        mine = procore if side == "procore" else tracker
        ignored = [one for one in decided if is_ignored(one, side, mine)]
        if ignored:
            self._once_more(link, side, ignored)
        names = [one.field for one in decided if one not in ignored]
        proof = proving.pending(link).get("proof", {}) | {
            one.field: [link.base[one.field][0], one.seen.procore]
            for one in decided
            if side == "procore" and one.field in names and one.field in link.base
        }
        link = sync_plan.agreed(refusals.cleared(link, names), names, tracker, procore)
        if names:
            self.context.tell(
                link, "updated", f"{', '.join(names)} carried over.", direction=DIRECTION[side],
                before={one.field: one.seen.of(side) for one in decided if one.field in names},
                after={name: mine[name] for name in names},
            )  # fmt: skip
        for one in ignored:
            link = self._remark(link, one, f"{NAMES[side]} did not take the value.")
        return replace(link, pending=proving.pending(link) | ({"proof": proof} if proof else {}))

    def _once_more(self, link: Link, side: Side, ignored: Sequence[Decision]) -> None:
        untaken = link.pending.get(UNTAKEN, 0)
        if untaken >= PATIENCE:
            return
        # looked at: there is no doubt about it
        self.context.save(replace(link, pending=link.pending | {UNTAKEN: untaken + 1}))
        fields = ", ".join(one.field for one in ignored)
        raise Retry(f"{NAMES[side]} took the write and shows no change of {fields}", after=10, counts=True)

    def refuse(self, link: Link, side: Side, one: Decision, refusal: Reject) -> Link:
        """A side refuses a value: the item says so and why, and everything else syncs on (A18)."""
        if link.remarks.get(one.field) != refusal.cause:
            self.context.tell(
                link, "refused", f"{NAMES[side]} refuses {one.field}: {refusal.cause}",
                direction=DIRECTION[side], next_step=refusal.next_step,
            )  # fmt: skip
        link = self._remark(link, one, refusal.cause)
        return self.context.save(replace(link, pending=proving.pending(link)))

    def _remark(self, link: Link, one: Decision, cause: str) -> Link:
        self.refused.add(one.field)
        return refusals.noted(link, one.field, [one.seen.tracker, one.seen.procore], cause)


def sent(one: Decision, side: Side) -> str | None:
    """What a decision writes, as the side's natives hold it."""
    return sync_fields.native(one.field, side, one.value) if one.kind == "restore" else one.value


def is_ignored(one: Decision, side: Side, mine: Natives) -> bool:
    """Whether a side still shows what was there before a write of something else."""
    return mine[one.field] == one.seen.of(side) != sent(one, side)
