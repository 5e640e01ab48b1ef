"""Random weather for a small house: what goes wrong, minute by minute, and then nothing does any more."""

from __future__ import annotations

import random
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from tests.support.house import Killed
from tests.support.sync_pairs import settle

from sandbox.cxalloy import Fault as TrackerFault
from sandbox.procore import Fault

if TYPE_CHECKING:
    from tests.support.sync_house import SyncHouse

Faults = tuple[dict[str, Any], ...]
PROCORE: Faults = (
    {"method": "PATCH", "path": r".*/items/\d+", "kind": "drop", "when": "after"},
    {"method": "PATCH", "path": r".*/items/\d+", "kind": "drop", "when": "before"},
    {"method": "PATCH", "path": r".*/items/\d+", "kind": "no_effect"},
    {"method": "PATCH", "path": r".*/items/\d+", "kind": "status", "status": 503, "when": "after"},
    {"method": "GET", "path": r".*/items/\d+", "kind": "status", "status": 503},
    {"method": "GET", "path": r".*/items/\d+", "kind": "stall"},
    {"method": "GET", "path": r".*/items/\d+", "kind": "stale", "stale_seconds": 60.0},
    {"method": "DELETE", "path": r".*/items/\d+", "kind": "drop", "when": "after"},
    {"path": r".*/(restore|recycle_bin).*", "kind": "drop", "when": "after"},
)
TRACKER: Faults = (
    {"path": ".*/issue_update", "kind": "drop", "when": "after"},
    {"path": ".*/issue_update", "kind": "drop", "when": "before"},
    {"path": ".*/issue_update", "kind": "status", "status": 200, "body": "{}"},
    {"path": ".*/issue", "kind": "status", "status": 503},
    {"path": ".*/issue_(create|delete)", "kind": "drop", "when": "after"},
)


class Storm:
    """One seed's weather over one house."""

    def __init__(self, seed: int, house: SyncHouse) -> None:
        self.dice = random.Random(seed)
        self.house = house
        self.house.clock.sleep(0.4)  # Procore tells whole seconds, and so is a little in the past

    def calm(self) -> None:
        """Nothing goes wrong any more."""
        house = self.house
        house.mail.lost = house.mail.doubled = False
        house.procore.faults.clear()
        house.cxalloy.faults.clear()
        house.fuse.at = 0
        house.clock.sleep(700)
        settle(house, minutes=20)
        house.settle()

    def minute(self) -> None:
        """Schedules and workers, once; a killed one's message is gone."""
        for act in (self.house.poll, self.house.sweep, self.house.sync):
            with suppress(Killed):
                act()
        self.house.clock.sleep(self.dice.choice([1, 7, 35, 61]))

    def break_something(self, procore: Faults = PROCORE, tracker: Faults = TRACKER) -> None:
        """Lose or double what webhooks tell, break up to two calls, and perhaps kill whoever comes by."""
        house, dice = self.house, self.dice
        house.mail.lost, house.mail.doubled = dice.random() < 0.4, dice.random() < 0.3
        for _ in range(dice.randint(0, 2)):
            nth = dice.randint(1, 2)
            if dice.random() < 0.5:
                house.procore.faults.append(Fault.model_validate({"nth": nth, **dice.choice(procore)}))
            else:
                house.cxalloy.faults.append(TrackerFault.model_validate({"nth": nth, **dice.choice(tracker)}))
        if dice.random() < 0.3:
            house.fuse.passed, house.fuse.at = 0, dice.randint(1, 25)
