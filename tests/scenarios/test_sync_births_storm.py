"""Random storms around births (A10, A29): each issue gets one observation, each chosen observation one issue.

People comment and edit on both sides while the twin is being made. What is compared are the sandboxes' own
records.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from tests.support import small, sync_pairs
from tests.support.storm import PROCORE, TRACKER, Storm
from tests.support.sync_house import SyncHouse
from tests.support.sync_pairs import hands, live, rests

from sandbox.cxalloy import hands as tracker_hands
from sandbox.demo.stage import own_text
from sandbox.procore.demo import HARBOR_POINT
from sandbox.procore.report import state_as_json

SEEDS = 60
ANA = "Ana Souza"
ITEMS = r"/rest/v1\.0/observations/items"
AT_PROCORE = (
    *PROCORE,
    {"method": "POST", "path": ITEMS, "kind": "drop", "when": "after"},
    {"method": "POST", "path": ITEMS, "kind": "drop", "when": "before"},
    {"method": "POST", "path": ITEMS, "kind": "no_effect"},
    {"method": "POST", "path": rf"{ITEMS}/\d+/response_logs", "kind": "drop", "when": "after"},
    {"method": "GET", "path": ITEMS, "kind": "empty_list"},
    {"method": "GET", "path": ITEMS, "kind": "partial_page"},
    {"method": "GET", "path": ITEMS, "kind": "status", "status": 503},
)
AT_TRACKER = (
    *TRACKER,
    {"path": ".*/issue_create", "kind": "drop", "when": "before"},
    {"path": ".*/issue_create", "kind": "status", "status": 503, "when": "after"},
    {"path": ".*/issuecomment_create", "kind": "drop", "when": "after"},
    {"path": ".*/issuecomment_create", "kind": "status", "status": 503},
)


class Born(Storm):
    """One seed's run: issues that are there, observations that are made, people at both of them."""

    def __init__(self, seed: int) -> None:
        # New issues lack the keys of what is empty. Were that no word on them, a write that was acknowledged
        # and had no effect could not be told from one that had (docs/decisions.md, "An absent key").
        says = {"tracker_calls": {"absent_means": "empty"}}
        settings = sync_pairs.settings(births={"types": ["7004"]}) | says
        super().__init__(seed, SyncHouse(small.world(sync_pairs.issues(3), []), settings))
        self.made: list[int] = []
        self.said: list[str] = []

    def blow(self) -> None:
        """People make observations, comment and edit; workers make the twins as well as they can."""
        for _ in range(self.dice.randint(2, 5)):
            self.break_something(AT_PROCORE, AT_TRACKER)
            if len(self.made) < 3 and self.dice.random() < 0.7:
                self._observation()
            self._somebody_acts()
            self.minute()

    def _observation(self) -> None:
        name = f"Born {len(self.made)}"
        given: dict[str, Any] = {"description": f"Text of {name}.", "type_id": 7004, "priority": "High"}
        self.made.append(
            hands(self.house).create(HARBOR_POINT, **{**given, "name": name, "status": "initiated"})
        )

    def _somebody_acts(self) -> None:
        text = f"Said {len(self.said)}."
        if self.made and self.dice.random() < 0.5:
            mine = self.dice.choice(self.made)
            if self.dice.random() < 0.5:
                hands(self.house).comment(mine, text)
                self.said.append(text)
            else:
                hands(self.house).edit(mine, due_date=f"2026-06-{self.dice.randint(10, 28)}")
        if self.dice.random() < 0.5:
            issue = self.dice.choice(self.house.cxalloy.world.issues)
            if self.dice.random() < 0.5:
                tracker_hands.comment(self.house.cxalloy, ANA, issue.issue_id, text + " Here.")
                self.said.append(text + " Here.")
            else:
                day = f"07/{self.dice.randint(10, 28)}/2026"
                tracker_hands.edit(self.house.cxalloy, ANA, issue.issue_id, due_date=day)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a10_a29_whatever_breaks_each_one_that_is_born_gets_one_twin(seed: int) -> None:
    storm = Born(seed)
    storm.blow()
    storm.calm()
    house = storm.house
    house.take_inventory("c1")
    house.settle()
    rows = {row["id"]: row for row in state_as_json(house.procore.state)["observations"]}
    issues = {one.issue_id: one for one in house.cxalloy.world.issues}
    assert len(issues) == len(live(house)) == 3 + len(storm.made)
    links = house.plain_links.of_connection("c1", limit=100).items
    assert {(one.issue_id in issues, int(one.observation_id) in rows) for one in links} == {(True, True)}
    assert len(links) == len(issues)
    for link in links:
        issue, twin = issues[link.issue_id], rows[int(link.observation_id)]
        assert str(issue.due_date) == str(twin["due_date"])
        assert issue.description.split() == own_text(twin).split() or int(link.observation_id) in storm.made
    here = [one.comment for issue in issues.values() for one in issue.comments]
    there = [one["comment"] or "" for row in rows.values() for one in row["response_logs"]]
    assert _said(here, storm.said) == _said(there, storm.said) == Counter(storm.said)
    assert rests(house)


def _said(comments: list[str], said: list[str]) -> Counter[str]:
    """What people said, as it ends each comment: marks of ours stand before it."""
    return Counter(line for text in comments for line in text.splitlines() if line in said)
