"""Brings the fields of one pair to agreement: plans, stores what it is about to do, writes, and proves (A12-A18).

The base moves only to what a side acknowledged or what was read back from it (INVARIANTS 15).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject, Retry
from plumbline.issues import hints, sync_fields, sync_plan, text
from plumbline.issues.copy_plan import PostComment
from plumbline.issues.sync_context import DIRECTION, last_received, seen
from plumbline.stores.records import Conflict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plumbline.agreement.merge import Decision, Side
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.lookups import Lookups
    from plumbline.issues.sync_context import Context, Task
    from plumbline.issues.sync_fields import Sides
    from plumbline.issues.sync_plan import Plan
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link

ROUNDS = 4
# Refusals that speak of the values sent; all others speak of the item, the credential or the connection.
OF_THE_VALUES = frozenset({"invalid", "refused", "malformed", "forbidden"})
LAG = 60.0
"""Seconds after which an answer that is older than our own write is no lagging copy any more."""


@dataclass(slots=True)
class Fields:
    """The fields of one connection's pairs."""

    context: Context
    lookups: Lookups
    wrote_to_tracker: bool = False

    def agree(self, link: Link, issue: Issue, observation: Observation, task: Task) -> tuple[Link, Issue]:
        """Merge and write until nothing is left to do; returns link and issue as they are then."""
        address = self.context.carrying.tracker.web_address(issue)
        picked = self._picked(link, task)
        for _ in range(ROUNDS):
            sides = sync_fields.read(issue, observation, link, self.context.settings, address)
            link = self._answered(link, sides)
            resolved, link = self.lookups.resolve(link, sides, issue)
            last = last_received(link, observation, task, self.context.carrying.now())
            plan = sync_plan.plan(
                sides, link, self.context.settings, resolved,
                last=last, remap=task.wants(hints.REMAP), picked=picked,
            )  # fmt: skip
            if plan.empty():
                return self._rested(link), issue
            link = self._conflicts(link, plan, sides)
            link = self._settle(link, plan, sides)
            if plan.procore or plan.asset_note:
                link, observation = self._at_procore(link, issue, plan, sides, observation, address)
            if plan.tracker:
                link, issue = self._at_tracker(link, issue, plan, sides)
            picked = self._finish_picked(picked, plan)
            if not (plan.procore or plan.tracker or picked):
                return link, issue
        raise Retry("People keep changing the pair; it goes on shortly", after=30)

    # ---- What was left unanswered, and what people picked ------------------------------------------------

    def _answered(self, link: Link, sides: Sides) -> Link:
        """Settle a write whose answer never came: where the side holds what we sent, it was ours."""
        for side in ("procore", "tracker"):
            wanted = link.pending.get(side)
            if not wanted:
                continue
            mine = sides.procore if side == "procore" else sides.tracker
            for name, (value, other) in wanted.items():
                known = sync_fields.base_of(link, name)
                if known is None or name not in mine or mine[name] == known.of(_side(side)):
                    continue
                if mine[name] == value or text.alike(mine[name], value):
                    pair = [other, mine[name]] if side == "procore" else [mine[name], other]
                    link = replace(link, base={**link.base, name: pair})
        return link

    def _rested(self, link: Link) -> Link:
        """Nothing to do: what was pending is answered by what is seen; no write where none was pending."""
        if not (link.pending.get("procore") or link.pending.get("tracker")):
            return link  # a proof that is no longer needed goes with the next write
        return self.context.save(replace(link, pending={}))

    def _picked(self, link: Link, task: Task) -> tuple[Conflict, ...]:
        if not task.wants(hints.PICKED):
            return ()
        found = self.context.carrying.links.conflicts(link.id)
        return tuple(one for one in found if one.state == "picked" and one.field != "deletion")

    def _finish_picked(self, picked: tuple[Conflict, ...], plan: Plan) -> tuple[Conflict, ...]:
        """Close the picked conflicts whose value is on both sides; those just restored take another round."""
        again = {one.field for one in plan.kind("restore")}
        for one in picked:
            if one.field not in again:
                self.context.carrying.links.put_conflict(replace(one, state="settled"))
        return tuple(one for one in picked if one.field in again)

    def lasted(self, link: Link, observation: Observation) -> Link:
        """Look whether our last write is in what Procore shows now; where it is not, plan it again.

        An `updated_at` before that of the write's own answer is a copy that lags behind, or a write that was
        acknowledged and had no effect.
        """
        if not observation.updated_at or observation.updated_at >= link.item_updated_at:
            return link
        if self.context.carrying.now() - link.item_updated_at < LAG:
            raise Retry("Procore still shows the observation as it was before our write", after=LAG / 4)
        base = {**link.base, **link.pending.get("proof", {})}
        return replace(link, base=base, pending={}, item_updated_at=observation.updated_at)

    # ---- Deciding ------------------------------------------------------------------------------------------

    def _conflicts(self, link: Link, plan: Plan, sides: Sides) -> Link:
        """Keep both values of every field that both sides changed, before anything is overwritten (A13)."""
        for one in plan.kind("conflict"):
            state, losing = ("kept", one.to) if one.to else ("open", None)
            values = {side: sync_plan.whole(one.field, side, sides) for side in ("tracker", "procore")}
            record = Conflict(
                id=f"{one.field}-{self.context.carrying.now():017.3f}" if one.to else f"{one.field}-open",
                connection_id=link.connection_id,
                link_id=link.id,
                field=one.field,
                at=self.context.carrying.now(),
                state=state,
                tracker=values["tracker"],
                procore=values["procore"],
                losing=losing or "",
                issue_number=link.issue_number,
                observation_number=link.observation_number,
            )
            if self._news(link, record):
                self.context.carrying.links.put_conflict(record)
                kept = "is kept in a conflict record" if losing else "waits for a person's choice"
                self.context.tell(
                    link, "conflict", f"Both sides changed {one.field}; the other value {kept}.",
                    before=values, next_step="Open the conflict to see both values, and pick one.",
                )  # fmt: skip
        return link

    def _news(self, link: Link, record: Conflict) -> bool:
        known = self.context.carrying.links.conflict(link.id, record.id)
        return known is None or (known.tracker, known.procore) != (record.tracker, record.procore)

    def _settle(self, link: Link, plan: Plan, sides: Sides) -> Link:
        """Move the base of what needs no write, and of a conflict that needs none."""
        names = [one.field for one in plan.kind("settle")]
        if not names:
            return link
        link = sync_plan.agreed(link, names, sides.tracker, sides.procore)
        return self.context.save(replace(link, pending={}))

    # ---- Writing to Procore ----------------------------------------------------------------------------------

    def _at_procore(
        self, link: Link, issue: Issue, plan: Plan, sides: Sides, observation: Observation, address: str
    ) -> tuple[Link, Observation]:
        decided = [one for one in plan.writes("procore")]
        if plan.asset_note:
            link = self._note_asset(link, plan, sides)
            decided = [one for one in decided if one.field != "asset" or "description" in plan.procore]
        if not plan.procore:
            return link, observation
        link = self._about_to(link, "procore", decided, sides)
        try:
            after, answer = self.context.carrying.procore.update(link.observation_id, plan.procore)
        except Reject as refusal:
            if refusal.code not in OF_THE_VALUES:
                raise
            if len(decided) == 1:
                return self._refused(link, "procore", decided[0], refusal, sides), observation
            for one in decided:  # which of them is at fault is seldom told: each goes alone
                alone = sync_plan.alone(one, sides, self.context.settings)
                link, observation = self._at_procore(link, issue, alone, sides, observation, address)
            return link, observation
        now = sync_fields.read(issue, after, link, self.context.settings, address)
        link = self._proven(link, "procore", decided, sides, sides.tracker, now.procore)
        return self.context.save(seen(link, after, answer.date)), after

    def _note_asset(self, link: Link, plan: Plan, sides: Sides) -> Link:
        """Tell a changed asset as a comment, where rewriting would flatten a formatted text (A24, A50)."""
        key = f"asset#{sync_fields.digest(plan.asset_note)}"
        step = PostComment(key, plan.asset_note, f"[CxAlloy asset changed]\n{plan.asset_note}")
        self.context.carrying.carry_out(link, step, "")
        link = sync_plan.agreed(link, ["asset"], sides.tracker, sides.procore)
        return self.context.save(link)

    # ---- Writing to the tracker ------------------------------------------------------------------------------

    def _at_tracker(self, link: Link, issue: Issue, plan: Plan, sides: Sides) -> tuple[Link, Issue]:
        carrying = self.context.carrying
        decided = plan.writes("tracker")
        link = self._about_to(link, "tracker", decided, sides)
        try:
            carrying.tracker.update_issue(self.context.tracker_project, issue.id, plan.tracker)
        except Reject as refusal:
            if refusal.code not in OF_THE_VALUES:
                raise
            if len(decided) == 1:
                return self._refused(link, "tracker", decided[0], refusal, sides), issue
            for one in decided:
                alone = sync_plan.alone(one, sides, self.context.settings)
                link, issue = self._at_tracker(link, issue, alone, sides)
            return link, issue
        after = carrying.read(link)
        if after is None:
            raise Retry("The issue cannot be seen right after it was written", after=15, counts=True)
        self.wrote_to_tracker = True
        now = sync_fields.tracker_natives(after, self.context.settings)
        link = self._proven(link, "tracker", decided, sides, now, sides.procore)
        return self.context.save(link), after

    # ---- What both have in common --------------------------------------------------------------------------------

    def _about_to(self, link: Link, side: Side, decided: Sequence[Decision], sides: Sides) -> Link:
        """Store what is about to be written and what it replaces, so that no crash leaves it unknown."""
        self.context.carrying.check_time()
        before = {one.field: sync_plan.whole(one.field, side, sides) for one in decided}
        after = {one.field: one.value if one.field != "description" else "" for one in decided}
        if "description" in after:
            other: Side = "tracker" if side == "procore" else "procore"
            after["description"] = sync_plan.whole("description", other, sides)
        self.context.keep_for_undo(link, f"write_{side}", before, after)
        others = sides.tracker if side == "procore" else sides.procore
        wanted = {one.field: [self._native(one, side), others[one.field]] for one in decided}
        link = self.context.count_write(link)
        return self.context.save(replace(link, pending={side: wanted}))

    def _native(self, one: Decision, side: Side) -> str | None:
        return sync_fields.native(one.field, side, one.value) if one.kind == "restore" else one.value

    def _proven(
        self,
        link: Link,
        side: Side,
        decided: Sequence[Decision],
        sides: Sides,
        tracker: sync_fields.Natives,
        procore: sync_fields.Natives,
    ) -> Link:
        """Move the base to what the side says it holds now; what it ignored is tried again, then remarked."""
        mine = procore if side == "procore" else tracker
        ignored = [one.field for one in decided if self._ignored(one, side, mine)]
        if ignored and link.tries < 2:
            said = f"{_NAMES[side]} took the write and shows no change of {', '.join(ignored)}"
            raise Retry(said, after=10, counts=True)
        names = [one.field for one in decided]
        remarks = {name: cause for name, cause in link.remarks.items() if name not in names}
        remarks |= {name: f"{_NAMES[side]} did not take the value." for name in ignored}
        # what was agreed before stays at hand until a later read proves that the write lasted
        proof = {name: link.base[name] for name in names if name in link.base} if side == "procore" else {}
        link = sync_plan.agreed(link, names, tracker, procore)
        self.context.tell(
            link, "updated", f"{', '.join(names)} carried over.", direction=DIRECTION[side],
            before={one.field: one.seen.of(side) for one in decided}, after={name: mine[name] for name in names},
        )  # fmt: skip
        return replace(link, pending={"proof": proof} if proof else {}, remarks=remarks)

    def _ignored(self, one: Decision, side: Side, mine: sync_fields.Natives) -> bool:
        return mine[one.field] == one.seen.of(side) != self._native(one, side)

    def _refused(self, link: Link, side: Side, one: Decision, refusal: Reject, sides: Sides) -> Link:
        """A side refuses a value: the item says so, counts as agreed as it stands, and syncs on (A18)."""
        link = sync_plan.agreed(link, [one.field], sides.tracker, sides.procore)
        self.context.tell(
            link, "refused", f"{_NAMES[side]} refuses {one.field}: {refusal.cause}",
            direction=DIRECTION[side], next_step=refusal.next_step,
        )  # fmt: skip
        remarks = {**link.remarks, one.field: refusal.cause}
        return self.context.save(replace(link, pending={}, remarks=remarks))


_NAMES = {"procore": "Procore", "tracker": "CxAlloy"}


def _side(word: str) -> Side:
    return "procore" if word == "procore" else "tracker"
