"""Sync killed at any of its steps ends, after the retry, exactly like one that was not (INVARIANTS 13 to 15).

Boundaries are found by a run that is not killed: after each call to either system had its effect, and after
each write of a store. Then one run for each boundary, killed there once; and around the creates, pairs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small, sync_pairs
from tests.support.house import Killed
from tests.support.sync_house import SyncHouse
from tests.support.sync_pairs import hands, number

from plumbline.connections import undoing
from plumbline.issues.hints import UNDO
from plumbline.stores.records import LinkState
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore.demo import HARBOR_POINT
from sandbox.procore.report import state_as_json

if TYPE_CHECKING:
    from collections.abc import Callable

ANA = "Ana Souza"
MINUTES = 4
PATIENCE = 12  # rounds within which all must be at rest after a kill


def nothing(_: SyncHouse) -> None:
    """Nothing is done by hand."""


@dataclass(frozen=True)
class Story:
    """What was there, what happened before, and what is killed; `others` are issues that only stand by."""

    act: Callable[[SyncHouse], None]
    before: tuple[Callable[[SyncHouse], None], ...] = ()
    others: int = 0
    rich: bool = False
    sync: dict[str, Any] = field(default_factory=dict)
    fresh: bool = False  # nothing is linked before


def one_round(house: SyncHouse) -> None:
    """A minute as the schedules have it; what is killed leaves its lease to run out."""
    for act in (house.poll, house.poll_comments, house.sweep, house.sync):
        try:
            act()
        except Killed:
            house.clock.sleep(300)
    house.clock.sleep(61)


def calm(house: SyncHouse) -> bool:
    return not house.hints and not house.plain_links.due(now=house.clock.time + 10_000_000, limit=1)


def run(house: SyncHouse) -> None:
    """Until all is at rest, and then once more with everything looked at."""
    for _ in range(MINUTES):
        one_round(house)
    for _ in range(PATIENCE):
        if calm(house):
            break
        one_round(house)
    house.take_inventory("c1")
    for _ in range(PATIENCE):
        one_round(house)
        if calm(house):
            return
    raise AssertionError("still work due")


def final(house: SyncHouse) -> dict[str, Any]:
    """What both sandboxes hold at the end, without ids and times, which differ between runs."""
    rows = [
        row for row in state_as_json(house.procore.state)["observations"] if row["project_id"] == HARBOR_POINT
    ]
    kept = (
        "name",
        "description",
        "status",
        "priority",
        "type",
        "trade",
        "due_date",
        "deleted",
        "assignees",
        "location",
    )
    shown = [
        {name: row[name] for name in kept} | {"files": _files(row["attachments"]), "logs": _logs(row)}
        for row in rows
    ]
    world = house.cxalloy.world
    issues = [
        {
            **one.model_dump(
                include={"description", "status_id", "priority_id", "asset_key", "assigned_key", "deleted"}
            ),
            "comments": [comment.comment for comment in one.comments],
            "files": sorted((file.name, file.size) for file in world.files_of(one.issue_id)),
        }
        for one in world.issues
    ]
    places = sorted(one.node_name for one in house.procore.state.locations.values())
    people = sorted(one.name for one in house.procore.state.people.values())
    return {
        "observations": sorted(shown, key=lambda row: str(row["name"])),
        "issues": issues,
        "places": places,
        "people": people,
    }


def _files(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return sorted((row["name"], row["size"], row["sha256"]) for row in rows)


def _logs(row: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(log["comment"], _files(log["attachments"])) for log in row["response_logs"]]


# ---- The stories ------------------------------


def edit_the_issue(house: SyncHouse) -> None:
    house.in_tracker(priority_id="2", description="Another text altogether.", status_id=small.CLOSED)


def edit_the_observation(house: SyncHouse) -> None:
    hands(house).edit(number(house), priority="Medium", status="initiated", due_date="2026-06-01")


def edit_both(house: SyncHouse) -> None:
    house.in_tracker(priority_id="2")
    hands(house).edit(number(house), priority="Urgent", status="closed")


def comment_on_the_issue(house: SyncHouse) -> None:
    tracker_hands.comment(house.cxalloy, ANA, "1001", "First.")
    tracker_hands.comment(house.cxalloy, ANA, "1001", "Second.")


def comment_on_the_observation(house: SyncHouse) -> None:
    hands(house).comment(number(house), "Looked at.")
    hands(house).comment(number(house), "With a sketch.", files=[("sketch.pdf", b"sketch")])


def file_on_the_issue(house: SyncHouse) -> None:
    tracker_hands.add_file(house.cxalloy, ANA, "1001", "late.txt", content=b"late")
    tracker_hands.add_file(house.cxalloy, ANA, "1001", "later.txt", content=b"later")


def file_on_the_observation(house: SyncHouse) -> None:
    hands(house).attach(number(house), "photo.jpg", b"photo")
    hands(house).edit(number(house), priority="Medium")


def delete_the_issue(house: SyncHouse) -> None:
    tracker_hands.delete(house.cxalloy, ANA, "1001")


def bring_the_issue_back(house: SyncHouse) -> None:
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")


def delete_the_observation(house: SyncHouse) -> None:
    hands(house).delete(number(house))


def undo(house: SyncHouse) -> None:
    """Ask for the newest undo of the first pair."""
    link = house.link()
    undoing.ask(house.plain_links, house.plain_links.undos(link.id)[-1], now=house.clock())
    sync_pairs.ask(house, "1001", UNDO)


def be_born(house: SyncHouse) -> None:
    mine = hands(house).create(HARBOR_POINT, name="Handrail loose", type_id=7004, status="initiated")
    hands(house).comment(mine, "Please look today.", files=[("sketch.pdf", b"sketch")])
    hands(house).attach(mine, "stair.jpg", b"stair")


STORIES: dict[str, Story] = {
    "creation": Story(nothing, rich=True, fresh=True),
    "creation-with-contact-and-location": Story(
        nothing, fresh=True, sync={"assignees": True, "assets_as_locations": True}
    ),
    "edit-in-tracker": Story(edit_the_issue),
    "edit-in-procore": Story(edit_the_observation),
    "edit-on-both": Story(edit_both, sync={"rules": {"priority": "procore"}}),
    "comments-in-tracker": Story(comment_on_the_issue),
    "comments-in-procore": Story(comment_on_the_observation),
    "files-in-tracker": Story(file_on_the_issue),
    "file-in-procore": Story(file_on_the_observation),
    "issue-deleted": Story(delete_the_issue, others=3),
    "issue-restored": Story(bring_the_issue_back, (delete_the_issue,), others=3),
    "observation-deleted": Story(
        delete_the_observation, others=1, sync={"observation_deleted": "delete_issue"}
    ),
    "observation-deleted-unlink": Story(delete_the_observation, others=1),
    "undo-of-a-write-to-procore": Story(undo, (edit_the_issue,)),
    "undo-of-a-write-to-the-tracker": Story(undo, (edit_the_observation,)),
    "undo-of-a-deleted-observation": Story(undo, (delete_the_issue,), others=3),
    "undo-of-a-deleted-issue": Story(
        undo, (delete_the_observation,), others=1, rich=True, sync={"observation_deleted": "delete_issue"}
    ),
    "birth": Story(be_born, sync={"births": {"types": ["7004"]}}),
}


def built(story: Story) -> SyncHouse:
    given = sync_pairs.issues(1 + story.others)
    given[0] |= {"comments": small.issue("1001")["comments"]} if story.rich else {}
    given[0] |= {"assigned_type": "company", "assigned_key": "71"} if story.sync.get("assignees") else {}
    files = [small.file("501", "1001", "trend.csv", 1200), small.file("502", "1001", "panel.jpg", 7000)]
    world = small.world(given, files if story.rich else [])
    if story.sync.get("assignees"):
        world = type(world).model_validate(
            {**world.model_dump(exclude={"account"}), "account": world.account.model_dump(),
             "companies": [{"id": "71", "name": "Acme Controls"}]}
        )  # fmt: skip
    house = SyncHouse(world, sync_pairs.settings(**story.sync))
    if not story.fresh:
        sync_pairs.settle(house)
    for act in story.before:
        act(house)
        sync_pairs.settle(house, minutes=4)
    house.fuse.passed = 0
    house.fuse.trace.clear()
    return house


def undisturbed(story: Story) -> SyncHouse:
    house = built(story)
    story.act(house)
    for _ in range(MINUTES):
        one_round(house)
    house.boundaries = len(house.fuse.trace)  # type: ignore[attr-defined]
    run(house)
    return house


WHOLE = {name: undisturbed(story) for name, story in STORIES.items()}
BOUNDARIES = [(name, at) for name, house in WHOLE.items() for at in range(1, house.boundaries + 1)]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("name", "at"), BOUNDARIES, ids=[f"{name}-{at}" for name, at in BOUNDARIES])
def test_a_pass_killed_here_ends_like_one_that_was_not(name: str, at: int) -> None:
    house = built(STORIES[name])
    STORIES[name].act(house)
    house.fuse.at = at
    run(house)
    assert house.fuse.passed >= at, "the boundary was never reached"
    assert final(house) == final(WHOLE[name]), WHOLE[name].fuse.trace[at - 1]
    assert LinkState.PARKED not in {link.state for link in house.plain_links.of_connection("c1").items}


def creates(name: str) -> list[int]:
    """The boundaries of one story around what must happen once: an intent stored, an object made."""
    made = ("links.put_intent", "POST /rest/v1.0/observations/items", "/issue_create", "_create", "/people")
    trace = WHOLE[name].fuse.trace[: WHOLE[name].boundaries]  # type: ignore[attr-defined]
    return [at for at, what in enumerate(trace, start=1) if what.startswith(made) or what.endswith(made)]


CREATED = (
    "creation",
    "creation-with-contact-and-location",
    "comments-in-procore",
    "birth",
    "undo-of-a-deleted-issue",
)
PAIRS = [(name, at, then) for name in CREATED for at in creates(name) for then in (1, 2, 4)]


@pytest.mark.parametrize(
    ("name", "at", "then"), PAIRS, ids=[f"{name}-{at}+{then}" for name, at, then in PAIRS]
)
def test_a_pass_killed_twice_around_its_creates_still_makes_one_of_each(
    name: str, at: int, then: int
) -> None:
    house = built(STORIES[name])
    STORIES[name].act(house)
    house.fuse.at = at
    while house.fuse.passed < at:
        one_round(house)
    house.fuse.at = house.fuse.passed + then
    run(house)
    assert house.fuse.passed >= house.fuse.at
    assert final(house) == final(WHOLE[name]), WHOLE[name].fuse.trace[at - 1]
