"""Pairs come into being: made from an issue, born in Procore, adopted, linked by hand (A10-A11, A25-A29)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small, sync_pairs
from tests.support.sync_house import PROJECT, SyncHouse
from tests.support.sync_pairs import hands, live, number, rests, said, settle

from plumbline.connections import linking
from plumbline.connections import settings as connection_settings
from plumbline.issues.hints import RELINK, Hint
from plumbline.issues.preview_rows import Pair
from plumbline.procore import items
from plumbline.stores.records import Link, LinkState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault
from sandbox.procore.demo import HARBOR_POINT, MARCUS, PRIYA

if TYPE_CHECKING:
    from sandbox.cxalloy.world import Issue

ANA = "Ana Souza"
ITEMS = r"/rest/v1\.0/observations/items"


def fresh(
    count: int = 1, *, files: bool = False, top: dict[str, Any] | None = None, **sync: Any
) -> SyncHouse:
    """A house before its first poll."""
    given = [small.file("501", "1001", "trend.csv", 1200)] if files else []
    return SyncHouse(
        small.world(sync_pairs.issues(count), given), {**sync_pairs.settings(**sync), **(top or {})}
    )


def start(house: SyncHouse) -> None:
    """The first poll and the first pass."""
    house.poll()
    house.sweep()
    house.sync()


# ---- The observation of an issue ------------------------------


def test_a10_what_people_edit_between_a_create_and_its_adoption_travels_and_is_not_lost() -> None:
    house = fresh()
    house.procore.faults.append(Fault(method="POST", path=ITEMS, kind="drop", when="after"))
    start(house)
    mine = max(live(house))
    hands(house).edit(mine, priority="Medium", due_date="2026-06-01")
    house.in_tracker(status_id=small.CLOSED)
    settle(house, minutes=5)
    assert len(live(house)) == 1
    issue, there = house.issue(), house.observation()
    assert (there.status, there.priority, str(there.due_date)) == ("closed", "Medium", "2026-06-01")
    assert (issue.status_id, issue.priority_id, str(issue.due_date)) == (small.CLOSED, "2", "2026-06-01")
    assert rests(house)


def test_a10_an_observation_that_was_acknowledged_and_never_made_is_made_after_two_searches() -> None:
    house = fresh(files=True)
    house.procore.faults.append(Fault(method="POST", path=ITEMS, kind="no_effect"))
    start(house)
    assert live(house) == set()
    house.hints.append(Hint("c1", "sweep", link_id=house.link().id))
    sync_pairs.ask(house, "1001")
    settle(house, minutes=8)
    assert len(live(house)) == 1
    row = sync_pairs.row(house)
    assert [one["name"] for one in row["attachments"]] == ["trend.csv"]
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


@pytest.mark.parametrize("boundary", range(1, 9))
def test_a10_one_that_was_acknowledged_and_never_made_is_made_though_the_worker_was_killed(
    boundary: int,
) -> None:
    house = fresh(3)
    house.poll()
    house.sweep()
    house.procore.faults.append(Fault(method="POST", path=ITEMS, kind="no_effect"))
    house.fuse.passed, house.fuse.at = 0, boundary
    house.sync()
    house.fuse.at = 0
    settle(house, minutes=30)
    house.take_inventory("c1")
    settle(house, minutes=30)
    assert len(live(house)) == 3
    assert {house.link(one).state for one in sync_pairs.ids(3)} == {LinkState.SYNCED}
    assert rests(house)


@pytest.mark.parametrize("boundary", range(1, 9))
def test_a15_one_that_a_person_deletes_before_its_killed_maker_knows_of_it_is_not_made_again(
    boundary: int,
) -> None:
    house = fresh()
    house.poll()
    house.sweep()
    house.fuse.passed, house.fuse.at = 0, boundary
    house.sync()
    house.fuse.at = 0
    made = live(house)
    for one in made:
        hands(house).delete(one)
    settle(house, minutes=30)
    assert len(live(house)) == (0 if made else 1)
    assert house.link().state is (LinkState.UNLINKED if made else LinkState.SYNCED)
    assert house.issue().visible
    assert rests(house)


def test_a10_an_observation_that_was_never_made_is_noticed_by_its_first_comment() -> None:
    world = small.world([{**sync_pairs.issues(1)[0], "comments": small.issue("1001")["comments"]}], [])
    house = SyncHouse(world, sync_pairs.settings())
    house.procore.faults.append(Fault(method="POST", path=ITEMS, kind="no_effect"))
    start(house)
    settle(house, minutes=8)
    assert len(live(house)) == 1
    assert len(sync_pairs.row(house)["response_logs"]) == 2
    assert house.link().state is LinkState.SYNCED


def test_a10_a_create_whose_search_found_an_empty_list_is_looked_for_among_all_observations() -> None:
    house = fresh(2)
    house.procore.faults.append(Fault(method="POST", path=ITEMS, kind="drop", when="after", nth=2))
    house.procore.faults.append(
        Fault(method="GET", path=ITEMS, kind="empty_list", query_has="updated_at", times=0)
    )
    settle(house, minutes=8)
    assert len(live(house)) == 2
    assert {house.link(one).state for one in ("1001", "1002")} == {LinkState.SYNCED}


def test_a10_a_create_is_not_made_again_after_lists_that_hold_fewer_rows_than_they_say() -> None:
    house = fresh(4)
    house.procore.faults.append(Fault(method="POST", path=ITEMS, kind="drop", when="after", nth=4))
    house.procore.faults.append(Fault(method="GET", path=ITEMS, kind="partial_page", times=3))
    settle(house, minutes=20)
    assert len(live(house)) == 4
    assert {house.link(one).state for one in sync_pairs.ids(4)} == {LinkState.SYNCED}


def test_a10_an_observation_that_procore_hides_after_our_write_keeps_what_is_known_of_it() -> None:
    house = sync_pairs.house(2)
    hands(house).attach(number(house), "plan.pdf", b"")
    hands(house).edit(number(house), due_date="2026-06-01")
    settle(house)
    house.in_tracker(status_id=small.CLOSED)
    settle(house, minutes=1)
    house.plain_links.save(replace(house.link(), observed_at=house.link().item_updated_at))
    house.in_tracker(priority_id="2")
    house.procore.faults.append(Fault(path=rf"{ITEMS}.*|.*recycle_bin.*", status=404, times=4))
    settle(house, minutes=8)
    row = sync_pairs.row(house)
    assert [file.name for file in house.cxalloy.world.files] == ["plan.pdf"]
    assert [one["name"] for one in row["attachments"]] == ["plan.pdf"]
    assert [one for one in row["response_logs"] if one["comment"]] == []
    assert (row["status"], row["priority"]) == ("closed", "Medium")
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


def test_a10_what_a_pass_brought_over_is_known_though_it_was_cut_off_and_the_observation_is_hidden() -> None:
    house = fresh()
    start(house)
    for name in ("one.pdf", "two.pdf"):
        hands(house).attach(number(house), name, name.encode())
    hands(house).edit(number(house), due_date="2026-06-01")
    house.procore.faults.append(Fault(method="GET", path="/objects/.*", kind="cut", nth=2, times=0))
    settle(house, minutes=1)
    assert [file.name for file in house.cxalloy.world.files] == ["one.pdf"]
    house.procore.faults[:] = [Fault(path=rf"{ITEMS}.*|.*recycle_bin.*", status=404, times=2)]
    settle(house, minutes=10)
    assert [file.name for file in house.cxalloy.world.files] == ["one.pdf", "two.pdf"]
    assert sync_pairs.row(house)["response_logs"] == []
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


def test_a10_a_create_that_never_happened_carries_its_files_when_it_is_made_again() -> None:
    house = fresh(files=True)
    house.procore.faults.append(Fault(method="POST", path=ITEMS, kind="drop", when="before"))
    settle(house, minutes=6)
    assert [one["name"] for one in sync_pairs.row(house)["attachments"]] == ["trend.csv"]
    assert sync_pairs.row(house)["response_logs"] == []
    assert rests(house)


def test_a27_one_email_is_sent_where_the_settings_ask_for_it() -> None:
    house = fresh(top={"send_email": True})
    project = house.procore.state.projects[HARBOR_POINT]
    house.procore.state.projects[HARBOR_POINT] = replace(project, default_distribution=(PRIYA, MARCUS))
    settle(house)
    sent = [
        one for one in house.procore.state.emails if one.kind == "observation"
    ] or house.procore.state.emails
    assert len(sent) == 1
    house.in_tracker(priority_id="2")
    settle(house)
    assert len(house.procore.state.emails) == 1
    assert rests(house)


def test_a26_the_address_is_written_on_the_issue_once_and_does_not_travel() -> None:
    house = fresh(top={"write_address_back": True})
    settle(house)
    assert [one.comment for one in house.issue().comments] == [
        f"Procore observation #1: {house.hosts.web}/{PROJECT}/project/observations/items/{number(house)}"
    ]
    assert sync_pairs.row(house)["response_logs"] == []
    assert rests(house)


@pytest.mark.parametrize("path", ["/api/v1/issuecomment_create"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a26_an_address_whose_answer_was_lost_is_written_once(path: str, when: Any) -> None:
    house = fresh(top={"write_address_back": True})
    house.cxalloy.faults.append(TrackerFault(path=path, kind="drop", when=when))
    settle(house, minutes=6)
    assert len(house.issue().comments) == 1
    assert len(live(house)) == 1
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


def test_a27_an_email_that_procore_refuses_does_not_keep_the_pair_from_syncing() -> None:
    house = fresh(top={"send_email": True})
    house.procore.faults.append(
        Fault(method="POST", path=r".*send_email", kind="status", status=403, times=0)
    )
    project = house.procore.state.projects[HARBOR_POINT]
    house.procore.state.projects[HARBOR_POINT] = replace(project, default_distribution=(PRIYA,))
    settle(house)
    assert house.link().state is LinkState.SYNCED
    assert "email" in house.link().remarks
    house.in_tracker(priority_id="2")
    settle(house)
    assert house.observation().priority == "Medium"


def test_a25_an_observation_is_made_in_its_authors_name_where_that_is_a_user() -> None:
    world = small.world([{**one, "created_by": "marcus  lindqvist"} for one in sync_pairs.issues(1)], [])
    house = SyncHouse(world, {**sync_pairs.settings(), "in_authors_name": True})
    settle(house)
    assert sync_pairs.row(house)["created_by"] == "Marcus Lindqvist"
    assert rests(house)


# ---- An issue of an observation ------------------------------


def born(house: SyncHouse, **fields: Any) -> int:
    """An observation that Priya makes in Procore, of the chosen type."""
    given = {"name": "Handrail loose", "description": "At stair 2.", "type_id": 7004, "priority": "High"}
    return hands(house).create(HARBOR_POINT, **{**given, "status": "initiated", **fields})


def issues_made(house: SyncHouse) -> list[Issue]:
    return [one for one in house.cxalloy.world.issues if one.issue_id not in sync_pairs.ids(3)]


def nursery(**sync: Any) -> SyncHouse:
    return sync_pairs.house(3, **{"births": {"types": ["7004"]}, **sync})


def test_a29_observations_born_in_procore_make_no_issue_by_default() -> None:
    house = sync_pairs.house(3)
    born(house)
    settle(house)
    house.take_inventory("c1")
    settle(house)
    assert issues_made(house) == []


def test_a29_one_of_a_chosen_type_makes_an_issue_once_with_comments_and_files() -> None:
    house = nursery()
    mine = born(house)
    hands(house).comment(mine, "Please look today.", files=[("sketch.pdf", b"sketch")])
    hands(house).attach(mine, "stair.jpg", b"stair")
    settle(house)
    (made,) = issues_made(house)
    assert made.description == "Handrail loose\n\nAt stair 2."
    assert (made.status_id, made.priority_id) == (small.OPEN, "1")
    assert len(made.comments) == 1
    assert made.comments[0].comment.endswith("Please look today.")
    files = house.cxalloy.world.files_of(made.issue_id)
    assert sorted(one.name for one in files) == ["sketch.pdf", "stair.jpg"]
    assert said(house, "created")[-1] == f"Issue {made.name} was made from observation #4."
    house.take_inventory("c1")
    settle(house)
    assert len(issues_made(house)) == 1
    assert len(live(house)) == 4
    assert rests(house)


@pytest.mark.parametrize("births", [{"trades": ["8005"]}, {"locations": ["15003"]}])
def test_a29_trades_and_locations_choose_as_well(births: dict[str, Any]) -> None:
    house = nursery(births=births)
    born(house, trade_id=8005, location_id=15003)
    born(house, trade_id=8004, location_id=15002)
    settle(house)
    assert len(issues_made(house)) == 1


def test_a29_without_a_webhook_the_inventory_finds_it() -> None:
    house = nursery()
    house.mail.lost = True
    born(house)
    settle(house)
    assert issues_made(house) == []
    house.take_inventory("c1")
    settle(house)
    assert len(issues_made(house)) == 1


def test_a29_our_own_observations_make_no_issue() -> None:
    house = nursery(births={"types": ["7002"]})
    house.take_inventory("c1")
    settle(house)
    assert issues_made(house) == []


def test_a29_a_born_pair_syncs_in_both_directions() -> None:
    house = nursery()
    mine = born(house)
    settle(house)
    (made,) = issues_made(house)
    tracker_hands.edit(house.cxalloy, ANA, made.issue_id, status_id=small.CLOSED)
    settle(house)
    hands(house).edit(mine, priority="Medium")
    settle(house)
    assert house.procore.state.observations[mine].status == "closed"
    assert made.priority_id == "2"
    assert rests(house)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a29_an_issue_whose_create_was_not_answered_is_made_once(when: Any) -> None:
    house = nursery()
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue_create", kind="drop", when=when))
    mine = born(house)
    hands(house).comment(mine, "Please look today.")
    settle(house, minutes=8)
    (made,) = issues_made(house)
    assert len(made.comments) == 1
    assert len(live(house)) == 4
    assert rests(house)


@pytest.mark.parametrize(
    ("edit", "expected"),
    [({"priority_id": "2"}, "2"), ({"description": "Handrail loose\n\nAt stair 2, second floor."}, "1")],
)
def test_a29_what_people_edit_between_the_create_and_its_adoption_travels(
    edit: dict[str, str], expected: str
) -> None:
    house = nursery()
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue_create", kind="drop", when="after"))
    mine = born(house)
    house.sync()
    (made,) = issues_made(house)
    tracker_hands.edit(house.cxalloy, ANA, made.issue_id, **edit)
    hands(house).edit(mine, due_date="2026-07-01")
    settle(house, minutes=6)
    assert len(issues_made(house)) == 1
    there = house.procore.state.observations[mine]
    assert (made.priority_id, str(made.due_date)) == (expected, "2026-07-01")
    assert there.priority == ("Medium" if expected == "2" else "High")
    assert ("second floor" in (there.description or "")) is (expected == "1")
    assert rests(house)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a29_a_busy_answer_that_names_no_time_may_have_come_after_the_create(when: Any) -> None:
    house = nursery()
    busy = TrackerFault(path="/api/v1/issue_create", kind="status", status=503, when=when)
    house.cxalloy.faults.append(busy)
    born(house)
    settle(house, minutes=8)
    assert len(issues_made(house)) == 1
    assert len(live(house)) == 4
    assert rests(house)


def test_a29_what_people_write_into_an_empty_field_before_its_adoption_travels() -> None:
    house = nursery()
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue_create", kind="drop", when="after"))
    mine = born(house)
    house.sync()
    (made,) = issues_made(house)
    tracker_hands.edit(house.cxalloy, ANA, made.issue_id, due_date="07/14/2026")
    settle(house, minutes=6)
    assert str(house.procore.state.observations[mine].due_date) == "2026-07-14"
    assert rests(house)


@pytest.mark.parametrize("boundary", range(2, 13))  # before that the hint is lost with the worker
def test_a29_what_people_write_into_a_new_issue_after_its_maker_was_killed_travels(boundary: int) -> None:
    house = nursery()
    mine = born(house)
    house.fuse.passed, house.fuse.at = 0, boundary
    house.sync()
    house.fuse.at = 0
    for made in issues_made(house):
        tracker_hands.edit(house.cxalloy, ANA, made.issue_id, due_date="07/14/2026")
        tracker_hands.comment(house.cxalloy, ANA, made.issue_id, "Seen.")
    edited = len(issues_made(house))
    settle(house, minutes=15)
    assert len(issues_made(house)) == 1
    assert str(house.procore.state.observations[mine].due_date) == ("2026-07-14" if edited else "None")
    assert rests(house)


def test_a29_a_comment_that_fails_at_the_birth_is_brought_later() -> None:
    house = nursery()
    house.cxalloy.faults.append(
        TrackerFault(path="/api/v1/issuecomment_create", kind="status", status=503, times=2)
    )
    mine = born(house)
    hands(house).comment(mine, "Please look today.")
    settle(house, minutes=8)
    (made,) = issues_made(house)
    assert len(made.comments) == 1


def test_a29_one_that_is_deleted_before_its_issue_was_made_makes_none() -> None:
    house = nursery()
    mine = born(house)
    hands(house).delete(mine)
    settle(house)
    assert issues_made(house) == []


# ---- Adopted, and linked by hand ------------------------------


def link_by_hand(house: SyncHouse, issue_id: str, observation_id: int) -> None:
    """What the settings API does for two that a person, or an accepted preview, says are the same."""
    settings = connection_settings.read(house.connection.settings)
    tracker = house.tracker(settings)
    issue = next(one for page in tracker.issues("50") for one in page.issues if one.id == issue_id)
    observation, _ = items.observation(house.person, PROJECT, str(observation_id))
    blank = Link("new", "c1", issue_id, LinkState.WAITING)
    twins = linking.twins(Pair(blank, issue, observation, tracker.web_address(issue)), settings)
    link = linking.join(house.plain_links, house.connection, twins, now=house.clock())
    house.hints.append(Hint("c1", "manual", link_id=link.id, facets=(RELINK,)))


def existing(house: SyncHouse, **fields: Any) -> int:
    given = {"name": "Valve leaks", "description": "At the flange.", "type_id": 7004, "status": "initiated"}
    return hands(house).create(HARBOR_POINT, **{**given, **fields})


def with_comments() -> SyncHouse:
    """One issue with two comments and a file; nothing is linked yet."""
    given = [{**sync_pairs.issues(1)[0], "comments": small.issue("1001")["comments"]}]
    return SyncHouse(
        small.world(given, [small.file("501", "1001", "trend.csv", 1200)]), sync_pairs.settings()
    )


def test_a11_an_adopted_pair_is_taken_as_it_is_and_only_later_edits_travel() -> None:
    house = fresh()
    mine = existing(house, priority="Urgent")
    link_by_hand(house, "1001", mine)
    settle(house)
    assert house.link().state is LinkState.SYNCED
    assert house.link().base["priority"] == ["1", "Urgent"]
    assert house.observation().priority == "Urgent"
    assert house.issue().priority_id == "1"
    assert live(house) == {mine}
    house.in_tracker(status_id=small.CLOSED)
    settle(house)
    assert house.observation().status == "closed"
    hands(house).edit(mine, priority="Medium")
    settle(house)
    assert house.issue().priority_id == "2"
    assert rests(house)


def test_a11_what_an_adopted_pair_lacks_of_comments_and_files_is_brought_over() -> None:
    house = with_comments()
    mine = existing(house)
    hands(house).comment(mine, "Parts are ordered.", files=[("order.pdf", b"order")])
    hands(house).attach(mine, "photo.jpg", b"photo")
    link_by_hand(house, "1001", mine)
    settle(house)
    logs = [log.comment for log in house.procore.state.logs_of(mine) if log.comment]
    assert [
        sum(word in log for log in logs) for word in ("Checked at the panel.", "still at 20 Hz", "trend.csv")
    ] == [1] * 3
    assert [one.comment.endswith("Parts are ordered.") for one in house.issue().comments].count(True) == 1
    files = sorted(one.name for one in house.cxalloy.world.files_of("1001"))
    assert files == ["order.pdf", "photo.jpg", "trend.csv"]
    assert rests(house)


def test_a11_a_pair_of_ours_whose_memory_was_lost_is_recognised_by_its_marks() -> None:
    house = with_comments()
    settle(house)
    mine = number(house)
    hands(house).comment(mine, "Parts are ordered.")
    settle(house)
    tracker_hands.add_file(house.cxalloy, ANA, "1001", "late.txt", content=b"late")
    settle(house)
    before = sync_pairs.row(house)
    comments = [one.comment for one in house.issue().comments]
    house.plain_links.delete(house.link())
    link_by_hand(house, "1001", mine)
    settle(house, minutes=4)
    after = sync_pairs.row(house)
    assert [one["comment"] for one in after["response_logs"]] == [
        one["comment"] for one in before["response_logs"]
    ]
    assert [one.comment for one in house.issue().comments] == comments
    assert sorted(one.name for one in house.cxalloy.world.files_of("1001")) == ["late.txt", "trend.csv"]
    assert rests(house)


def test_a10_an_unlinked_pair_stays_apart_until_a_person_links_it_again() -> None:
    house = sync_pairs.house(3)
    mine = number(house)
    linking.unlink(house.plain_links, house.link(), now=house.clock())
    house.in_tracker(priority_id="2")
    hands(house).edit(mine, status="closed")
    settle(house)
    house.take_inventory("c1")
    settle(house)
    assert house.observation().priority == "High"
    assert house.issue().status_id == small.READY
    assert len(live(house)) == 3
    link_by_hand(house, "1001", mine)
    settle(house)
    assert house.link().state is LinkState.SYNCED
    assert house.observation().priority == "High"  # what differs then is agreed as it is
    hands(house).edit(mine, priority="Medium", status="initiated")
    settle(house)
    assert house.issue().status_id == small.OPEN
    assert rests(house)


def test_a10_an_issue_whose_observation_was_deleted_may_be_linked_to_another_by_hand() -> None:
    house = sync_pairs.house(3)
    hands(house).delete(number(house))
    settle(house)
    assert house.link().state is LinkState.UNLINKED
    other = existing(house)
    link_by_hand(house, "1001", other)
    settle(house)
    house.in_tracker(status_id=small.CLOSED)
    settle(house)
    assert house.procore.state.observations[other].status == "closed"
    assert rests(house)
