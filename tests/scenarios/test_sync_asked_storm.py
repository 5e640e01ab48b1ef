"""Random storms around one undo or one picked conflict (A13, S15): what was asked for stands on both sides.

Nobody edits since. A seed decides which side was overwritten and in what, which answers and webhooks are
lost, where the worker is killed, and how soon a person asks. What is compared are the sandboxes' own records.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.support import small, sync_pairs
from tests.support.storm import Storm
from tests.support.sync_pairs import ask, hands, live, number, outcomes, rests, row

from plumbline.connections import conflicts, undoing
from plumbline.issues.hints import PICKED, UNDO
from sandbox.cxalloy import hands as tracker_hands

SEEDS = 100
FIELDS = ("priority", "status", "due_date", "description")
HERE = {
    "priority_id": "2", "status_id": small.CLOSED, "due_date": "05/01/2026", "description": "Another text.",
}  # fmt: skip
THERE = {"priority": "Medium", "status": "closed", "due_date": "2026-05-01"}
SIDES: tuple[conflicts.Side, ...] = ("tracker", "procore")
CLASH: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "status": ({"status_id": small.CLOSED}, {"status": "not_accepted"}),
    "due_date": ({"due_date": "05/01/2026"}, {"due_date": "2026-06-01"}),
}


class Asked(Storm):
    """One seed's run: an edit on one side, its way over, and the undo of what that overwrote."""

    def __init__(self, seed: int, pairs: int = 1, **sync: Any) -> None:
        super().__init__(seed, sync_pairs.house(pairs, **sync))
        self.to = self.dice.choice(["procore", "tracker"])

    def values(self) -> tuple[object, ...]:
        """What both sides hold of the fields."""
        issue, there = self.house.issue(), row(self.house)
        mine = (issue.priority_id, issue.status_id, str(issue.due_date), issue.description)
        return (*mine, *(there[name] for name in FIELDS))

    def overwrite(self) -> None:
        """A person edits one side, and workers carry that over as well as they can."""
        count = self.dice.randint(1, 3)
        self.break_something()
        if self.to == "procore":
            self.house.in_tracker(**dict(self.dice.sample(sorted(HERE.items()), count)))
        else:
            self._there(**dict(self.dice.sample(sorted(THERE.items()), count)))
        for _ in range(self.dice.randint(1, 3)):
            self.minute()

    def delete(self, side: str) -> None:
        """A person deletes one twin; its deletion is proven and carried over as well as can be."""
        self.break_something()
        if side == "tracker":
            tracker_hands.delete(self.house.cxalloy, "Ana Souza", "1001")
        else:
            hands(self.house).delete(number(self.house))
        for _ in range(self.dice.randint(4, 9)):
            self.minute()

    def undo(self, kind: str) -> bool:
        """A person asks for the newest one of a kind to be undone, if the page offers one."""
        kept = self.house.plain_links.undos(self.house.link().id)
        offered = [one for one in kept if one.kind == kind]
        if not offered:
            return False
        self.break_something()
        undoing.ask(self.house.plain_links, offered[-1], now=self.house.clock())
        ask(self.house, "1001", UNDO)
        for _ in range(self.dice.randint(1, 3)):
            self.minute()
        return True

    def clash(self, name: str) -> None:
        """People change a field on both sides, in either order."""
        self.break_something()
        edits = [(self.house.in_tracker, CLASH[name][0]), (self._there, CLASH[name][1])]
        self.dice.shuffle(edits)
        for edit, values in edits:
            edit(**values)
            self.house.clock.sleep(self.dice.choice([0.3, 2, 70]))
        for _ in range(self.dice.randint(1, 4)):
            self.minute()

    def pick(self) -> str:
        """A person picks a side of a conflict, if one is shown; returns what Procore then is to hold."""
        kept = self.house.plain_links.conflicts(self.house.link().id)
        shown = [one for one in kept if one.state != "settled"]
        if not shown:
            return ""
        one, side = shown[-1], self.dice.choice(SIDES)
        self.break_something()
        conflicts.pick(self.house.plain_links, one, side)
        ask(self.house, "1001", PICKED)
        for _ in range(self.dice.randint(1, 3)):
            self.minute()
        return sync_pairs.STATUSES.get(one.tracker, one.tracker) if side == "tracker" else one.procore

    def _there(self, **fields: Any) -> None:
        hands(self.house).edit(number(self.house), **fields)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_s15_whatever_breaks_an_undo_puts_the_former_values_back_on_both_sides(seed: int) -> None:
    storm = Asked(seed)
    before = storm.values()
    storm.overwrite()
    asked = storm.undo(f"write_{storm.to}")
    storm.calm()
    if asked:
        assert storm.values() == before
        assert 1 <= outcomes(storm.house).count("undone") <= 2  # a kill right after the line tells it again
    else:  # nothing was overwritten yet, so there was nothing to undo
        assert storm.values() != before
    assert rests(storm.house)


@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_s15_whatever_breaks_an_undone_delete_of_an_observation_brings_it_back_for_good(seed: int) -> None:
    storm = Asked(seed, pairs=5)
    mine = number(storm.house)
    storm.delete("tracker")
    asked = storm.undo("delete_observation")
    storm.calm()
    assert (mine in live(storm.house)) == asked
    assert len(live(storm.house)) == 4 + asked
    assert rests(storm.house)


@pytest.mark.parametrize("seed", range(SEEDS // 2))
def test_s15_whatever_breaks_an_undone_delete_of_an_issue_makes_it_again_once(seed: int) -> None:
    storm = Asked(seed, pairs=5, observation_deleted="delete_issue")
    mine = number(storm.house)
    storm.delete("procore")
    asked = storm.undo("delete_issue")
    storm.calm()
    issues = [one for one in storm.house.cxalloy.world.issues if one.visible]
    assert len(issues) == 4 + asked
    assert (mine in live(storm.house)) == asked
    assert len(live(storm.house)) == 4 + asked
    assert rests(storm.house)


@pytest.mark.parametrize("rule", ["last", "ask"])
@pytest.mark.parametrize("field", sorted(CLASH))
@pytest.mark.parametrize("seed", range(SEEDS // 4))
def test_a13_whatever_breaks_a_picked_value_stands_on_both_sides(seed: int, field: str, rule: str) -> None:
    storm = Asked(seed, rules={field: rule})
    storm.clash(field)
    picked = storm.pick()
    storm.calm()
    issue, there = storm.house.issue(), row(storm.house)
    here = sync_pairs.STATUSES[issue.status_id] if field == "status" else str(issue.due_date)
    kept = storm.house.plain_links.conflicts(storm.house.link().id)
    if picked:
        assert (here, there[field]) == (picked, picked)
        assert {one.state for one in kept if one.picked} == {"settled"}
    elif rule == "last":  # the storm hid the conflict, or one edit came before the other was made
        assert here == there[field]
    else:
        assert here == there[field] or [one.state for one in kept] == ["open"]
    assert rests(storm.house)
