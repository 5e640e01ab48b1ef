"""Random storms, then calm: whatever broke, each issue ends with one observation, whole, and nothing doubled.

A seed decides everything: the issues, the faults of both systems, where workers are killed, which hints are
lost, doubled and shuffled, what people add meanwhile. The proof reads the sandboxes' own records only.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from tests.support import small
from tests.support.house import House, Killed

from plumbline.connections.items import retry_failed
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import writes
from sandbox.cxalloy.world import FileSpec
from sandbox.procore import Fault
from sandbox.procore.demo import MARCUS

SEEDS = 120
ROUNDS = 14
SEGMENT_ABOVE = 5 * 1024 * 1024
PROCORE_PATHS = (
    r"/rest/v1\.0/observations/items",
    r"/rest/v1\.0/observations/items/\d+/response_logs",
    r"/rest/v1\.1/projects/\d+/uploads.*",
    r"/uploads.*",
    r"/oauth/token",
    r".*",
)
TRACKER_PATHS = ("/api/v1/issue", "/api/v1/issue_update", r"/api/v1/file/\d+/download", ".*")
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "drop", "when": "after"},
    {"kind": "drop", "when": "before"},
    {"kind": "stall"},
    {"kind": "cut"},
    {"kind": "status", "status": 500, "when": "after"},
    {"kind": "status", "status": 502, "when": "before"},
    {"kind": "status", "status": 503, "when": "before"},
    {"kind": "status", "status": 429, "when": "before"},
    {"kind": "status", "status": 422, "when": "before"},
)


class Storm:
    """One seed's run."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        numbers = [str(1001 + n) for n in range(self.dice.randint(2, 6))]
        issues = [small.issue(number, comments=self._comments(number)) for number in numbers]
        files = [file for number in numbers for file in self._files(number)]
        self.house = House(small.world(issues, files), small.SETTINGS, segment_above=SEGMENT_ABOVE)
        self.struck = 0

    def _comments(self, number: str) -> list[dict[str, Any]]:
        return [
            small.comment(f"{number}{n}", f"Comment {n} of {number}", "02/02/2026 09:30:00 UTC")
            for n in range(self.dice.randint(0, 3))
        ]

    def _files(self, number: str) -> list[dict[str, Any]]:
        sizes = [0, 900, 70_000, 6 * 1024 * 1024]
        chosen = self.dice.sample(sizes, self.dice.randint(0, 3))
        return [small.file(f"{number}{50 + n}", number, f"f{n}.bin", size) for n, size in enumerate(chosen)]

    def blow(self) -> None:
        """The storm: rounds of schedules and workers, with everything that can go wrong."""
        for _ in range(ROUNDS):
            self._break_something()
            self._somebody_adds()
            self._guarded(self.house.poll)
            self._guarded(self.house.sweep)
            self._disturb_the_queue()
            self.house.work()
            self.house.fuse.at = 0
            self.house.clock.sleep(self.dice.choice([20, 60, 130, 400]))

    def calm(self) -> None:
        """Faults end, the token is renewed, what was parked is retried: then everything must end."""
        house = self.house
        self.struck = sum(fault.seen >= fault.nth for fault in house.procore.faults)
        self.struck += sum(fault.seen >= fault.nth for fault in house.cxalloy.faults)
        house.procore.faults.clear()
        house.cxalloy.faults.clear()
        for held in house.authorizations.of_tenant("tenant"):
            house.authorizations.put(replace(held, valid=True, cause=""))
        house.keeper.keep("p1", house.sign_in(MARCUS))
        person = house.authorizations.get("p1")
        assert person
        house.authorizations.put(replace(person, subject=str(MARCUS)))
        house.clock.sleep(700)
        retry_failed(house.plain_links, "c1", now=house.clock(), hint=lambda _link: None)
        house.run_until_calm(minutes=240)

    def _break_something(self) -> None:
        for _ in range(self.dice.randint(0, 2)):
            fault = {"nth": self.dice.randint(1, 4), **self.dice.choice(KINDS)}
            if self.dice.random() < 0.6:
                self.house.procore.faults.append(
                    Fault.model_validate({"path": self.dice.choice(PROCORE_PATHS), **fault})
                )
            else:
                self.house.cxalloy.faults.append(
                    TrackerFault.model_validate({"path": self.dice.choice(TRACKER_PATHS), **fault})
                )
        if self.dice.random() < 0.5:
            self.house.fuse.passed, self.house.fuse.at = 0, self.dice.randint(1, 60)

    def _somebody_adds(self) -> None:
        """A person writes while the issue still waits: what is there before the done status must go over."""
        issue = self.dice.choice(self.house.cxalloy.world.issues)
        if issue.status_id != small.READY or self.dice.random() < 0.6:
            return
        if self.dice.random() < 0.5:
            writes.add_comment(self.house.cxalloy, issue, "Added meanwhile", "Bo Chen", "person")
        else:
            spec = small.file(self.house.cxalloy.new_id(), issue.issue_id, "meanwhile.bin", 1500)
            writes.add_file(self.house.cxalloy, FileSpec.model_validate(spec), "person")

    def _disturb_the_queue(self) -> None:
        hints = list(self.house.queue)
        self.dice.shuffle(hints)
        self.house.queue.clear()
        for hint in hints:
            self.house.queue.extend([hint] * self.dice.choice([0, 1, 1, 1, 2]))

    def _guarded(self, act: Any) -> None:
        try:
            act()
        except Killed:
            self.house.fuse.at = 0


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a3_after_any_storm_each_issue_has_one_whole_observation(seed: int) -> None:
    storm = Storm(seed)
    storm.blow()
    storm.calm()
    house = storm.house
    by_issue: dict[str, list[dict[str, Any]]] = {}
    for one in house.observations():
        by_issue.setdefault(one["description"].rsplit("/", 1)[-1], []).append(one)
    for issue in house.cxalloy.world.issues:
        (twin,) = by_issue.pop(issue.issue_id)
        _check_comments(issue, twin)
        _check_files(house, issue.issue_id, twin)
        assert issue.status_id == small.SENT
    assert by_issue == {}


def _check_comments(issue: Any, twin: dict[str, Any]) -> None:
    heads = [log["comment"].split("\n", 1)[0] for log in twin["response_logs"] if log["comment"]]
    there = Counter(head.rsplit("CxAlloy comment ", 1)[1].rstrip("]") for head in heads if "comment" in head)
    assert there == Counter(comment.issuecomment_id for comment in issue.comments)


def _check_files(house: House, issue_id: str, twin: dict[str, Any]) -> None:
    attached = [*twin["attachments"], *(file for log in twin["response_logs"] for file in log["attachments"])]
    there = Counter((one["name"], one["size"], one["sha256"]) for one in attached)
    here = Counter(
        (file.name, *house.cxalloy.files.measure(file)) for file in house.cxalloy.world.files_of(issue_id)
    )
    assert there == here


def test_the_storms_are_storms() -> None:
    struck = []
    for seed in range(10):
        storm = Storm(seed)
        storm.blow()
        storm.calm()
        struck.append(storm.struck)
    assert sum(struck) >= 30
