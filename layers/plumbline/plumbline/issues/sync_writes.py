"""Brings the fields of one pair to agreement: plans, stores what it will do, writes, and proves (A12-A18).

The base moves only to what a side acknowledged or what was read back from it (INVARIANTS 15). What a side
refuses leaves the base as it was, and is not tried again until one of the two values is another.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import EffectUnknown, Reject, Retry
from plumbline.issues import hints, proving, refusals, sync_effects, sync_fields, sync_plan, text
from plumbline.issues.sync_comments import asset_step
from plumbline.issues.sync_conflicts import Conflicts
from plumbline.issues.sync_context import last_received, seen
from plumbline.issues.sync_effects import Effects

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plumbline.agreement.merge import Decision
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.lookups import Lookups
    from plumbline.issues.sync_context import Context, Task
    from plumbline.issues.sync_fields import Natives, Sides
    from plumbline.issues.sync_plan import Plan
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link

ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Found:
    """One pair as it stands: link, issue and observation, and both sides' values."""

    link: Link
    issue: Issue
    observation: Observation
    sides: Sides


@dataclass(slots=True)
class Fields:
    """The fields of one pair during one pass."""

    context: Context
    lookups: Lookups
    effects: Effects = field(init=False)

    def __post_init__(self) -> None:
        self.effects = Effects(self.context)

    def agree(self, link: Link, issue: Issue, observation: Observation, task: Task) -> tuple[Link, Issue]:
        """Merge and write until nothing is left to do; returns link and issue as they are then."""
        conflicts = Conflicts(self.context)
        conflicts.look(link, task)
        read_at = self.context.carrying.now()
        now = self._read(link, issue, observation)
        link = proving.doubted(proving.answered(self.context, link, now.sides), now.sides)
        settled: dict[str, list[Any]] = {}
        for turn in range(ROUNDS):
            now = self._read(link, issue, observation)
            link = _unsettled(link, settled, now.sides)
            resolved, link = self.lookups.resolve(link, now.sides, issue, observation)
            now = replace(now, link=link)
            plan = sync_plan.plan(
                now.sides, link, self.context.settings, resolved,
                last=last_received(link, observation, self.context.carrying.now()),
                remap=task.wants(hints.REMAP), picked=conflicts.picked,
            )  # fmt: skip
            if plan.empty():
                conflicts.rest(link)
                return self._rested(now), issue
            if turn and self.context.carrying.now() - read_at > proving.AT_ONCE:
                raise Retry("The observation was read too long ago to be written to by what was read then")
            settled |= _settled_for_procore(link, plan)
            conflicts.keep(link, plan, now.sides)
            now = self._at_tracker(self._at_procore(self._settle(now, plan), plan), plan)
            conflicts.finish(plan, self.effects.refused)
            if now.observation is not observation:
                read_at = self.context.carrying.now()
            link, issue, observation = now.link, now.issue, now.observation
            if not (plan.procore or plan.tracker or plan.asset_note or conflicts.picked):
                return link, issue
        raise Retry("People keep changing the pair; it goes on shortly", after=30)

    def _read(self, link: Link, issue: Issue, observation: Observation) -> Found:
        address = self.context.carrying.tracker.web_address(issue)
        return Found(
            link, issue, observation,
            sync_fields.read(issue, observation, link, self.context.settings, address),
        )  # fmt: skip

    def _rested(self, now: Found) -> Link:
        """Nothing to do: what was pending is answered by what is seen; no write where none was pending."""
        link = refusals.without_old(now.link, now.sides)
        if link.refused == now.link.refused and not (
            link.pending.get("procore") or link.pending.get("tracker")
        ):
            return link  # a proof that is no longer needed goes with the next write
        return self.context.save(replace(link, pending=proving.pending(link)))

    def _settle(self, now: Found, plan: Plan) -> Found:
        """Move the base of what needs no write, and of a conflict that needs none."""
        names = [one.field for one in plan.kind("settle")]
        if not names:
            return now
        said = [name for name in names if name not in self.lookups.refused]
        link = sync_plan.agreed(refusals.cleared(now.link, said), names, now.sides.tracker, now.sides.procore)
        return replace(now, link=self.context.save(replace(link, pending=proving.pending(link))))

    # ---- Writing to Procore ------------------------------------------------------------------------------

    def _at_procore(self, now: Found, plan: Plan) -> Found:
        decided = list(plan.writes("procore"))
        if plan.asset_note or plan.procore:
            proving.fresh(self.context, now.observation)
        if plan.asset_note:
            now = replace(now, link=self._note_asset(now.link, now.sides))
            decided = [one for one in decided if one.field != "asset"]
        if not plan.procore:
            return now
        link = self.effects.about_to(now.link, now.sides, "procore", decided)
        try:
            after, answer = self.context.carrying.procore.update(link.observation_id, plan.procore)
        except Reject as refusal:
            if refusal.code not in refusals.OF_THE_VALUES:
                raise
            self.context.weigh(refusal)
            if len(decided) == 1:
                return replace(now, link=self.effects.refuse(link, "procore", decided[0], refusal))
            for one in decided:  # which of them is at fault is seldom told: each goes alone
                now = self._read(link, now.issue, now.observation)
                now = self._at_procore(now, sync_plan.alone(one, now.sides, self.context.settings))
                link = now.link
            return now
        self.context.unshown.add(hints.SHOWN)
        shown = self._read(link, now.issue, after)
        link = self.effects.proven(link, "procore", decided, now.sides.tracker, shown.sides.procore)
        return replace(now, link=self.context.save(seen(link, after, answer.date)), observation=after)

    def _note_asset(self, link: Link, sides: Sides) -> Link:
        """Tell a changed asset as a comment, where rewriting would flatten a formatted text (A24, A50)."""
        source = {"from": link.base["asset"][0], "to": sides.tracker["asset"]}
        known = [one for one in self.context.carrying.links.intents(link.id) if one.key.startswith("asset#")]
        known.sort(key=lambda one: int(one.key.partition("#")[2]))
        told = bool(known) and {name: known[-1].source.get(name) for name in source} == source
        count = len(known) if told else len(known) + 1
        self.context.post(link, asset_step(count, source))
        self.context.tell(link, "updated", "asset carried over, as a comment: the description is formatted.")
        return self.context.save(
            sync_plan.agreed(refusals.cleared(link, ["asset"]), ["asset"], sides.tracker, sides.procore)
        )

    # ---- Writing to the tracker --------------------------------------------------------------------------

    def _at_tracker(self, now: Found, plan: Plan) -> Found:
        if not plan.tracker:
            return now
        decided, unknown = list(plan.writes("tracker")), None
        link = self.effects.about_to(now.link, now.sides, "tracker", decided)
        sent_at = self.context.carrying.now()
        try:
            self.context.carrying.tracker.update_issue(
                self.context.tracker_project, now.issue.id, plan.tracker
            )
        except EffectUnknown as error:
            unknown = error  # looked for at once: later on, what stands there may be a person's
        except Reject as refusal:
            if refusal.code not in refusals.OF_THE_VALUES:
                raise
            if len(decided) == 1:
                return replace(now, link=self.effects.refuse(link, "tracker", decided[0], refusal))
            for one in decided:
                now = self._read(link, now.issue, now.observation)
                now = self._at_tracker(now, sync_plan.alone(one, now.sides, self.context.settings))
                link = now.link
            return now
        return self._read_back(replace(now, link=link), decided, plan, sent_at, unknown)

    def _read_back(
        self, now: Found, decided: list[Decision], plan: Plan, sent_at: float, unknown: EffectUnknown | None
    ) -> Found:
        """Look what the tracker made of a write that was sent at a time; `unknown`: its answer never came."""
        after = self.context.carrying.read(now.link)
        if after is None:
            raise Retry("The issue cannot be seen right after it was written", after=15, counts=True)
        shown = self._read(now.link, after, now.observation).sides.tracker
        # a key that the answer lacks is no proof against what was just acknowledged
        untold = () if unknown else after.missing
        told = {
            **shown,
            **{one.field: sync_effects.sent(one, "tracker") for one in decided if one.field in untold},
        }
        taken = {one.field: self._taken(one, told, after, plan) for one in decided}
        now = replace(now, link=proving.looked_at(now.link, after=self.context.carrying.now() - sent_at))
        if unknown and any(sync_effects.is_ignored(one, "tracker", taken) for one in decided):
            self.context.save(now.link)
            raise unknown
        link = self.effects.proven(now.link, "tracker", decided, {**told, **taken}, now.sides.procore)
        return replace(now, link=self.context.save(link), issue=after)

    def _taken(self, one: Decision, shown: Natives, after: Issue, plan: Plan) -> str | None:
        """What the tracker made of what we sent.

        Anything else is what a person made of it since, between our write and our read: no base, but an edit.
        """
        value, sent = shown[one.field], sync_effects.sent(one, "tracker")
        made, of = value, sent
        if one.field == "description":
            made, of = text.plain(after.description), plan.tracker["description"]
        its_own = one.field in ("title", "description") and text.stored_as(made, of)
        return value if its_own or value == one.seen.tracker else sent


def _settled_for_procore(link: Link, plan: Plan) -> dict[str, list[Any]]:
    """The bases of fields that Procore alone changed, to what the tracker has no value for."""
    known = {one.field: link.base[one.field] for one in plan.kind("settle") if one.field in link.base}
    seen = {one.field: one.seen for one in plan.decisions}
    return {name: base for name, base in known.items() if base[0] == seen[name].tracker}


def _unsettled(link: Link, settled: Mapping[str, list[Any]], sides: Sides) -> Link:
    """The link with the former base of what was settled in this pass, and the tracker changed meanwhile.

    The issue had been read before the observation: both sides changed the field, and either may be later.
    """
    moved = {name: base for name, base in settled.items() if sides.tracker[name] != link.base[name][0]}
    return replace(link, base={**link.base, **moved}) if moved else link
