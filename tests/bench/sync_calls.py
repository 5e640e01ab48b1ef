"""Procore calls for each kind of change in ongoing sync, against the least possible; counted by the sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support import small
from tests.support.sync_house import PROJECT, SyncHouse

from plumbline.procore import items
from sandbox.cxalloy import hands

if TYPE_CHECKING:
    from collections.abc import Callable

STATUSES = {small.OPEN: "initiated", small.READY: "ready_for_review", small.CLOSED: "closed"}
SETTINGS: dict[str, Any] = {
    **small.SETTINGS,
    "maps": {
        **small.SETTINGS["maps"],
        "status": {"to_procore": STATUSES, "to_tracker": {word: id_ for id_, word in STATUSES.items()}},
    },
}


def measure() -> dict[str, Any]:
    """The calls of one change of each kind: the change itself, its webhooks, and three quiet minutes after."""
    house = SyncHouse(small.world(files=[]), SETTINGS)
    house.run(minutes=6)
    told: dict[str, Any] = {}
    for name, (least, act) in _changes(house).items():
        house.clock.sleep(600)
        house.mark()
        act()
        people = len(house.calls())
        house.run(minutes=3)
        told[name] = {"calls": len(house.calls()) - people, "least": least, "made": house.calls()[people:]}
    house.mark()
    house.run(minutes=10)
    told["ten quiet minutes, without the comment poll"] = {"calls": len(house.calls()), "least": 0}
    return told


def _changes(house: SyncHouse) -> dict[str, tuple[int, Callable[[], object]]]:
    """Each change with its floor: a read for Procore's, a read and a write for the tracker's, a post a comment."""
    observation = house.link().observation_id
    return {
        "a field in Procore": (1, lambda: house.in_procore(priority="Low")),
        "a status in Procore": (1, lambda: house.in_procore(status="closed")),
        "a field in CxAlloy": (2, lambda: house.in_tracker(description="The fan ramps now.")),
        "two fields in CxAlloy at once": (
            2,
            lambda: house.in_tracker(status_id=small.OPEN, due_date="04/01/2026"),
        ),
        "a comment in CxAlloy": (
            1,
            lambda: hands.comment(house.cxalloy, "Ana Souza", "1001", "Looked again."),
        ),
        "a comment in Procore": (
            1,
            lambda: items.create_response_log(house.person, PROJECT, observation, "Seen on site."),
        ),
        "two files in CxAlloy": (
            3,
            lambda: [
                hands.add_file(house.cxalloy, "Ana Souza", "1001", name, size=2048, seed=7)
                for name in ("trend 1.csv", "trend 2.csv")
            ],
        ),
    }
