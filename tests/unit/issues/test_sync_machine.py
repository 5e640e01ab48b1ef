"""People edit both sides while passes are cut short and answers are lost: at rest nothing they wrote is lost.

Two sides of plain values stand for the systems; each stores texts its own way. A pass plans with the real
planner and settles lost answers with the real rules; it may be ended after any store write and after any
write to a side.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.unit.issues import making, pairing

from plumbline.issues import proving, sync_fields, sync_plan, text
from plumbline.issues.carried import Resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plumbline.agreement.merge import Decision, Side
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_fields import Sides
    from plumbline.issues.sync_plan import Plan
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link

FIELDS = ("status", "priority", "due_date", "description")
LIMIT = 400
"""Characters of a description that Procore keeps of what an API call sends."""

HERE = {
    "status_id": "status",
    "priority_id": "priority",
    "due_date": "due_date",
    "description": "description",
}


class Ended(Exception):
    """The pass ended here."""


@dataclass
class World:
    """Both sides, the link, what was kept, and what each side's value is known to be worth.

    `delivered`: values of people that came to the other side, or stand for nothing there.
    """

    issue: Issue
    twin: Observation
    link: Link
    chosen: Any
    kept: set[tuple[str, str | None]] = field(default_factory=set)
    undo: str = ""
    delivered: set[tuple[str, Side, str | None]] = field(default_factory=set)
    people: set[tuple[str, Side, str | None]] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)

    def sides(self) -> Sides:
        return sync_fields.read(self.issue, self.twin, self.link, self.chosen, pairing.ADDRESS)

    def value(self, name: str, side: Side) -> str | None:
        both = self.sides()
        return (both.tracker if side == "tracker" else both.procore)[name]

    def overwrite(self, side: Side, changes: dict[str, Any]) -> None:
        """A write of ours: the side stores it its own way, and nothing of people's may be lost by it."""
        before = {name: self.value(name, side) for name in FIELDS}
        if side == "procore":
            self.twin = replace(self.twin, **_as_procore(changes))
        else:
            self.issue = replace(self.issue, **_as_tracker(changes))
        for name in FIELDS:
            old = before[name]
            if old == self.value(name, side) or (name, side, old) not in self.people:
                continue
            if (name, side, old) not in self.delivered and (name, old) not in self.kept:
                self.lost.append(f"{name} of {side}: {old!r}")


def _as_procore(changes: dict[str, Any]) -> dict[str, Any]:
    """Procore cuts a text that is too long and breaks its lines anew."""
    stored = dict(changes)
    if "description" in stored:
        body, _, lines = str(stored["description"]).partition("\n\nCxAlloy ")
        stored["description"] = body[:LIMIT].replace(". ", ".\n") + (f"\n\nCxAlloy {lines}" if lines else "")
    if "due_date" in stored:
        stored["due_date"] = date.fromisoformat(stored["due_date"]) if stored["due_date"] else None
    return {
        name: value
        for name, value in stored.items()
        if name in ("status", "priority", "due_date", "description")
    }


def _as_tracker(changes: dict[str, Any]) -> dict[str, Any]:
    """The tracker trims a text and ends its lines with CRLF."""
    stored = dict(changes)
    if "description" in stored:
        stored["description"] = str(stored["description"] or "").strip().replace("\n", "\r\n")
    if "due_date" in stored:
        stored["due_date"] = date.fromisoformat(stored["due_date"]) if stored["due_date"] else None
    return {name: value for name, value in stored.items() if name in HERE}


class Sync(RuleBasedStateMachine):
    """The rules: people edit, passes run whole or are cut short, an answer is lost, all comes to rest."""

    def __init__(self) -> None:
        super().__init__()
        self.dice = random.Random(7)
        self.count = 0
        chosen = pairing.settings(
            sync={"rules": {"status": "ask", "due_date": "procore"}}, asset_in_description=False
        )
        issue = making.issue(asset=None)
        twin = pairing.observation(description=f"{making.ISSUE.description}\n\n{pairing.LINK_LINE}")
        self.world = World(issue, twin, pairing.link(), chosen)
        both = self.world.sides()
        self.world.link = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)

    # ---- People ------------------------------------------------------------------------------------------

    def _words(self, length: int) -> str:
        self.count += 1
        return f"Text {self.count}. " + "More words. " * length

    def _edited(self, name: str, side: Side, before: str | None) -> None:
        """A person made it another value; one that was agreed on before counts as delivered.

        So does one that we wrote ourselves and had no answer for: nobody can tell the two apart afterwards.
        """
        mark = (name, side, self.world.value(name, side))
        if mark[2] == before:
            return
        self.world.people.discard((name, side, before))  # people replaced it themselves
        self.world.people.add(mark)
        known = sync_fields.base_of(self.world.link, name)
        unanswered = self.world.link.pending.get(side, {}).get(name, [None])[0]
        agreed = mark[2] == unanswered or (known is not None and known.of(side) == mark[2])
        (self.world.delivered.add if agreed else self.world.delivered.discard)(mark)

    @rule(status=st.sampled_from(["3101", "3103", "3104", "3106"]))
    def status_here(self, status: str) -> None:
        before = self.world.value("status", "tracker")
        self.world.issue = replace(self.world.issue, status_id=status)
        self._edited("status", "tracker", before)

    @rule(status=st.sampled_from(["initiated", "ready_for_review", "closed"]))
    def status_there(self, status: str) -> None:
        before = self.world.value("status", "procore")
        self.world.twin = replace(self.world.twin, status=status)
        self._edited("status", "procore", before)

    @rule(priority=st.sampled_from(["1", "2"]))
    def priority_here(self, priority: str) -> None:
        before = self.world.value("priority", "tracker")
        self.world.issue = replace(self.world.issue, priority_id=priority)
        self._edited("priority", "tracker", before)

    @rule(priority=st.sampled_from(["High", "Urgent"]))
    def priority_there(self, priority: str) -> None:
        before = self.world.value("priority", "procore")
        self.world.twin = replace(self.world.twin, priority=priority)
        self._edited("priority", "procore", before)

    @rule(day=st.none() | st.integers(1, 28).map(lambda day: date(2026, 7, day)))
    def day_here(self, day: date | None) -> None:
        before = self.world.value("due_date", "tracker")
        self.world.issue = replace(self.world.issue, due_date=day)
        self._edited("due_date", "tracker", before)

    @rule(day=st.none() | st.integers(1, 28).map(lambda day: date(2026, 8, day)))
    def day_there(self, day: date | None) -> None:
        before = self.world.value("due_date", "procore")
        self.world.twin = replace(self.world.twin, due_date=day)
        self._edited("due_date", "procore", before)

    @rule(length=st.sampled_from([0, 3, 60]))
    def text_here(self, length: int) -> None:
        before = self.world.value("description", "tracker")
        self.world.issue = replace(self.world.issue, description=self._words(length))
        self._edited("description", "tracker", before)

    @rule(length=st.sampled_from([0, 3]))
    def text_there(self, length: int) -> None:
        before = self.world.value("description", "procore")
        said = f"{self._words(length)}\n\n{pairing.LINK_LINE}"
        self.world.twin = replace(self.world.twin, description=said)
        self._edited("description", "procore", before)

    # ---- Passes ------------------------------------------------------------------------------------------

    @rule(last=st.sampled_from(["tracker", "procore"]), end=st.integers(1, 9))
    def a_pass_that_is_cut_short(self, last: Side, end: int) -> None:
        try:
            self._pass(last, end)
        except Ended:
            pass

    @rule(last=st.sampled_from(["tracker", "procore"]))
    def a_whole_pass(self, last: Side) -> None:
        self._pass(last, 0)

    @rule()
    def rest(self) -> None:
        """Nobody edits any more: within a few passes nothing is left to do but what a person must decide."""
        for _ in range(4):
            self._pass("procore", 0)
        plan = self._plan("procore")
        assert {one.kind for one in plan.decisions} <= {"rest", "conflict"}
        assert (dict(plan.procore), dict(plan.tracker)) == ({}, {})
        for one in plan.kind("conflict"):
            assert (one.field, one.seen.tracker) in self.world.kept
            assert (one.field, one.seen.procore) in self.world.kept

    @invariant()
    def nothing_that_a_person_wrote_is_lost(self) -> None:
        assert self.world.lost == []

    def _plan(self, last: Side) -> Plan:
        world = self.world
        return sync_plan.plan(world.sides(), world.link, world.chosen, Resolved(), last=last)

    def _pass(self, last: Side, end: int) -> None:
        """As `sync_writes.Fields` goes about it; `end` counts the store writes and the writes to a side."""
        world, steps = self.world, iter(range(1, 100))

        def passed() -> None:
            if next(steps) == end:
                raise Ended

        former = world.link.base
        world.link = proving.answered(self._context(), world.link, world.sides())
        self._found_agreed(former)
        for _ in range(4):
            plan, both = self._plan(last), world.sides()
            if plan.empty():
                world.link = replace(world.link, pending={})
                return
            for one in plan.kind("conflict"):
                world.kept |= {(one.field, one.seen.tracker), (one.field, one.seen.procore)}
                passed()
            self._settle(plan, both)
            passed()
            ways: tuple[tuple[Side, Any], ...] = (("procore", plan.procore), ("tracker", plan.tracker))
            for side, changes in ways:
                if changes:
                    self._write(side, dict(changes), plan, world.sides(), passed)

    def _found_agreed(self, former: Mapping[str, Any]) -> None:
        """What both sides hold as we meant to make it is delivered, whoever made it."""
        for name, (here, there) in self.world.link.base.items():
            if former.get(name) != [here, there]:
                self.world.delivered |= {(name, "tracker", here), (name, "procore", there)}

    def _settle(self, plan: Plan, both: Sides) -> None:
        names = [one.field for one in plan.kind("settle")]
        for one in plan.kind("settle"):
            self._delivered(one)
        self.world.link = sync_plan.agreed(self.world.link, names, both.tracker, both.procore)

    def _delivered(self, one: Decision) -> None:
        self.world.delivered |= {
            (one.field, "tracker", one.seen.tracker), (one.field, "procore", one.seen.procore)
        }  # fmt: skip

    def _write(self, side: Side, changes: dict[str, Any], plan: Plan, both: Sides, passed: Any) -> None:
        world, decided = self.world, plan.writes(side)
        others = both.tracker if side == "procore" else both.procore
        if "description" in changes:
            world.undo = both.issue_text if side == "procore" else both.parts.body
        wanted = {one.field: [one.value, others[one.field]] for one in decided}
        world.link = replace(world.link, pending={side: wanted})
        passed()
        world.overwrite(side, changes)
        source: Side = "tracker" if side == "procore" else "procore"
        world.delivered |= {(one.field, source, one.seen.of(source)) for one in decided}
        passed()  # the answer is lost
        now = world.sides()
        mine = now.procore if side == "procore" else now.tracker
        tracker, procore = (both.tracker, mine) if side == "procore" else (mine, both.procore)
        world.link = sync_plan.agreed(world.link, [one.field for one in decided], tracker, procore)
        world.link = replace(world.link, pending={})
        passed()

    def _context(self) -> Any:
        kept = SimpleNamespace(kind="write_procore", after={"description": self.world.undo})
        other = SimpleNamespace(kind="write_tracker", after={"description": self.world.undo})
        return SimpleNamespace(carrying=SimpleNamespace(links=SimpleNamespace(undos=lambda _: [kept, other])))


Sync.TestCase.settings = settings(deadline=None, max_examples=80, stateful_step_count=25)
TestSync = Sync.TestCase


def test_a_value_that_a_person_wrote_as_we_were_about_to_is_delivered() -> None:
    """A story that the machine found, and took for a loss."""
    story = Sync()
    story.priority_here(priority="2")
    story.a_pass_that_is_cut_short(end=2, last="tracker")
    story.priority_there(priority="Urgent")
    story.rest()
    story.priority_there(priority="High")
    story.rest()
    assert story.world.lost == []
    assert (story.world.value("priority", "tracker"), story.world.value("priority", "procore")) == (
        "1",
        "High",
    )


def test_a_text_that_procore_cut_counts_as_what_was_sent() -> None:
    """What the machine takes for granted of its Procore."""
    sent = f"{'Long words. ' * 60}\n\n{pairing.LINK_LINE}"
    stored = _as_procore({"description": sent})["description"]
    body = text.parts(stored, pairing.ADDRESS, ()).body
    assert len(body) <= LIMIT
    assert text.stored_as(body, text.parts(sent, pairing.ADDRESS, ()).body)
