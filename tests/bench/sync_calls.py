"""Procore calls for each kind of change in ongoing sync, against the least possible; counted by the sandbox.

Every change is measured alone, in a house of its own whose pair is at rest: the change, the webhooks that it
and our own writes lead to, and two and a half hours after it. What the comment poll and the inventory take
meanwhile is counted apart, for that is paid whether or not anything changed.
"""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support import small
from tests.support.sync_house import PROJECT, Mail, SyncHouse, choose

from plumbline.issues.hints import LOG
from sandbox.cxalloy import CxAlloyWorld, hands
from sandbox.procore.demo import MARCUS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Deed = Callable[[SyncHouse], object]

QUIET_MINUTES = 150
"""Past the two sweeps after which what was never shown is read once more."""

MARCUS_MAIL = "marcus.lindqvist@northwind.example"
OTHERS = [str(number) for number in range(2001, 2013)]
"""Other pairs: one deletion among so many is not one for the brake."""


def _nothing(_: SyncHouse) -> None:
    """Leave all as it is."""


@dataclass(frozen=True, slots=True)
class Change:
    """One kind: the least calls and what they are, what a person does, and what had to be there before."""

    name: str
    least: int
    floor: str
    act: Deed
    before: Deed = _nothing
    sync: dict[str, Any] = field(default_factory=dict)
    offers_logs: bool = True
    hooks_lost: bool = False


def measure() -> dict[str, Any]:
    """The calls of one change of each kind: what it cost, the least, and which calls those were."""
    return {change.name: _measured(change) for change in CHANGES}


def _measured(change: Change) -> dict[str, Any]:
    house = _at_rest(change)
    counted = Apart(house)
    house.mark()
    house.mail.lost = change.hooks_lost
    said = len(_outcomes(house))
    change.act(house)
    for _ in range(QUIET_MINUTES):
        counted.minute()
    made = Counter(_kind(call) for call in counted.of_changes())
    calls = sum(made.values())
    left = [link.id for link in house.plain_links.of_connection("c1").items if link.due_at or link.cause]
    return {
        "calls": calls,
        "least": change.least,
        "floor": change.floor,
        "made": dict(made),
        "above_the_floor": calls - change.least,
        "outcomes": _outcomes(house)[said:],
        "at_rest_after": not left,
    }


def _outcomes(house: SyncHouse) -> list[str]:
    return [one.outcome for one in reversed(house.activity.read("c1", limit=1000).items)]


def _at_rest(change: Change) -> SyncHouse:
    house = SyncHouse(_world(), choose(sync=change.sync), hooked=False, mail=Mail())
    if not change.offers_logs:
        house.procore.settings = house.procore.settings.model_copy(update={"left_out_resources": (LOG,)})
    house._keeper().repair(house._wanted(), now=house.clock())
    house.settle()
    while not all(one.observation_id for one in house.plain_links.of_connection("c1").items):
        house.settle()  # a backfill is fed a few at a time
    change.before(house)
    house.settle()
    house.clock.sleep(600)
    return house


def _world() -> CxAlloyWorld:
    """The small project, with a person that Procore knows too, a second asset and some other issues."""
    issues = [small.issue("1001"), *(small.issue(one, comments=[]) for one in OTHERS)]
    world = small.world(issues, files=[]).model_dump()
    person = {"person_id": "91", "first_name": "Marcus", "last_name": "Lindqvist", "email": MARCUS_MAIL}
    assets = [*world["assets"], {"asset_key": "78", "asset_type": "equipment", "asset_name": "AHU-4"}]
    return CxAlloyWorld.model_validate({**world, "people": [person], "assets": assets})


class Apart:
    """Runs a house by its schedules and tells the calls of its polls from those of changes."""

    def __init__(self, house: SyncHouse) -> None:
        self.house = house
        self.polled: dict[str, list[str]] = {"comment poll": [], "inventory": []}

    def minute(self) -> None:
        """What the schedules do in one minute, and all that follows."""
        house = self.house
        house.poll()
        with self._apart("comment poll"):
            house.poll_comments()
        with self._apart("inventory"):
            house.take_inventory()
        house.sweep()
        house.sync()
        house.clock.sleep(60)

    def of_changes(self) -> list[str]:
        """Procore's calls since the mark that no poll made."""
        left = Counter(self.house.calls())
        left.subtract(Counter(call for calls in self.polled.values() for call in calls))
        return list(left.elements())

    @contextmanager
    def _apart(self, name: str) -> Iterator[None]:
        before = len(self.house.calls())
        yield
        self.polled[name] += self.house.calls()[before:]


def _kind(call: str) -> str:
    """A call without the ids in it."""
    method, path = call.split(" ")
    return f"{method} " + "/".join("…" if part.isdigit() else part for part in path.split("/")[3:])


def _tracker_file(house: SyncHouse, *names: str, said: str = "") -> None:
    if said:
        house.say_in_tracker(said)
    for name in names:
        hands.add_file(house.cxalloy, "Ana Souza", "1001", name, size=2048, seed=len(name))


def _delete_there(house: SyncHouse) -> None:
    house.priya.delete(house.observation_id())


def _asset_and_back(house: SyncHouse) -> None:
    """Let both assets have their locations."""
    house.in_tracker(asset_key="78")
    house.settle()
    house.in_tracker(asset_key="77")


def _place(house: SyncHouse) -> int:
    """A location of our tree, made by the pair's own asset."""
    locations = house.procore.state.locations.values()
    return max(one.id for one in locations if one.project_id == int(PROJECT) and one.node_name == "AHU-4")


READ, BOTH = "the read", "the read, and the write"
LOCATED = {"assets_as_locations": True}
PEOPLE = {"assignees": True}

CHANGES = (
    Change("a field in Procore", 1, READ, lambda house: house.in_procore(priority="Urgent")),
    Change("a status in Procore", 1, READ, lambda house: house.in_procore(status="closed")),
    Change("three fields in Procore at once", 1, READ,
           lambda house: house.in_procore(priority="Urgent", due_date="2026-05-05", name="Fan")),
    Change("a field in CxAlloy", 2, BOTH, lambda house: house.in_tracker(description="The fan ramps.")),
    Change("a status in CxAlloy", 2, BOTH, lambda house: house.in_tracker(status_id=small.CLOSED)),
    Change("three fields in CxAlloy at once", 2, BOTH,
           lambda house: house.in_tracker(status_id=small.OPEN, due_date="04/01/2026", priority_id="2")),
    Change("a field in CxAlloy, no webhook arrives", 2, BOTH,
           lambda house: house.in_tracker(description="The fan ramps."), hooks_lost=True),
    Change("a field in Procore, no webhook arrives", 1, "the read, after the inventory told of it",
           lambda house: house.in_procore(priority="Urgent"), hooks_lost=True),
    Change("a comment in CxAlloy", 1, "the post", lambda house: house.say_in_tracker("Looked again.")),
    Change("a comment in Procore", 1, READ, lambda house: house.say_in_procore("Seen on site.")),
    Change("a comment in Procore, no webhook for comments", 1, "the read, after the poll told of it",
           lambda house: house.say_in_procore("Seen on site."), offers_logs=False),
    Change("a comment with a status in Procore", 2, "a read of each",
           lambda house: house.say_in_procore("Done.", status="closed")),
    Change("a comment with a file in Procore", 2, "the read, and the file",
           lambda house: house.say_in_procore("See there.", files=[("seen.jpg", b"1" * 3000)])),
    Change("a comment and a file in CxAlloy", 3, "the comment, the upload, its note",
           lambda house: _tracker_file(house, "seen.jpg", said="See there.")),
    Change("two files in CxAlloy", 3, "an upload each, and one note",
           lambda house: _tracker_file(house, "trend 1.csv", "trend 22.csv")),
    Change("a file in Procore", 2, "the read, and the file",
           lambda house: house.priya.attach(house.observation_id(), "seen.jpg", b"1" * 3000)),
    Change("an assignee in CxAlloy, known there", 2, BOTH,
           lambda house: house.in_tracker(assigned_key="91", assigned_type="person"), sync=PEOPLE),
    Change("an assignee in Procore, known here", 1, READ,
           lambda house: house.in_procore(assignee_id=MARCUS), sync=PEOPLE),
    Change("the same, of an assignee met before", 2, BOTH,
           lambda house: house.in_tracker(assigned_key="91", assigned_type="person"),
           before=lambda house: house.in_tracker(OTHERS[0], assigned_key="91", assigned_type="person"),
           sync=PEOPLE),
    Change("an assignee in Procore, met before", 1, READ,
           lambda house: house.in_procore(assignee_id=MARCUS),
           before=lambda house: house.in_procore(OTHERS[0], assignee_id=MARCUS), sync=PEOPLE),
    Change("an asset in CxAlloy, its location known", 2, BOTH,
           lambda house: house.in_tracker(asset_key="77"),
           before=lambda house: house.in_tracker(asset_key="78"), sync=LOCATED),
    Change("a location in Procore, of an asset known", 1, READ,
           lambda house: house.priya.set_location(house.observation_id(), _place(house)),
           before=_asset_and_back, sync=LOCATED),
    Change("an issue deleted", 2, "the read that nobody changed it, and the delete",
           lambda house: hands.delete(house.cxalloy, "Ana Souza", "1001")),
    Change("an issue's deletion undone", 2, "the look into the recycle bin, and the restore",
           lambda house: hands.undo_delete(house.cxalloy, "Ana Souza", "1001"),
           before=lambda house: hands.delete(house.cxalloy, "Ana Souza", "1001")),
    Change("an observation deleted", 1, "the look into the recycle bin, the only proof", _delete_there),
    Change("an observation restored, unlinked before", 0, "none: the pair stays unlinked",
           lambda house: house.priya.restore(house.observation_id()), before=_delete_there),
    Change("a new issue", 1, "the create, two comments with it",
           lambda house: hands.create(house.cxalloy, "Ana Souza", "50", description="A valve leaks.",
                                      section="construction", status_id=small.OPEN)),
    Change("nothing", 0, "none", _nothing),
)  # fmt: skip
