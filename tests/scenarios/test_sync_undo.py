"""Undo of what sync deleted or overwrote: the former state comes back, once, and nothing loops (S15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small, sync_pairs
from tests.support.sync_pairs import (
    ask,
    deletes,
    hands,
    live,
    mutations,
    number,
    outcomes,
    rests,
    said,
    settle,
)

from plumbline.connections import undoing
from plumbline.issues.hints import SHOWN_ISSUE, UNDO, Hint
from plumbline.stores.records import LinkState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault

if TYPE_CHECKING:
    from tests.support.sync_house import SyncHouse

ANA = "Ana Souza"


def undo(house: SyncHouse, kind: str, issue_id: str = "1001") -> None:
    """Ask for the newest undo of a kind, as the settings API does."""
    link = house.link(issue_id)
    newest = [one for one in house.plain_links.undos(link.id) if one.kind == kind][-1]
    undoing.ask(house.plain_links, newest, now=house.clock())
    ask(house, issue_id, UNDO)
    settle(house, minutes=4)


def asked(house: SyncHouse, issue_id: str = "1001") -> list[bool]:
    return [
        bool(one.asked_at) and not one.undone_at for one in house.plain_links.undos(house.link(issue_id).id)
    ]


# ---- An overwrite of Procore ------------------------------


def test_s15_an_overwrite_of_procore_is_undone_there_and_the_issue_follows() -> None:
    house = sync_pairs.house(3)
    house.in_tracker(priority_id="2", description="Another text altogether.")
    settle(house)
    assert house.observation().priority == "Medium"
    undo(house, "write_procore")
    assert house.observation().priority == "High"
    assert "Valve 1001 leaks." in (house.observation().description or "")
    assert house.issue().priority_id == "1"
    assert house.issue().description == "Valve 1001 leaks.\nAt the flange."
    assert said(house, "undone") == ["Undone: the observation has its former values back."]
    assert rests(house)


def test_s15_a_description_that_is_undone_keeps_its_link_and_asset_lines() -> None:
    house = sync_pairs.house(3)
    before = house.observation().description
    house.in_tracker(description="Another text altogether.")
    settle(house)
    undo(house, "write_procore")
    assert house.observation().description == before


def test_s15_an_overwrite_of_the_tracker_is_undone_there_and_the_observation_follows() -> None:
    house = sync_pairs.house(3)
    hands(house).edit(number(house), priority="Medium", status="closed", due_date="2026-05-01")
    settle(house)
    assert house.issue().status_id == small.CLOSED
    undo(house, "write_tracker")
    issue = house.issue()
    assert (issue.priority_id, issue.status_id, str(issue.due_date)) == ("1", small.READY, "2026-03-15")
    there = house.observation()
    assert (there.priority, there.status, str(there.due_date)) == ("High", "ready_for_review", "2026-03-15")
    assert rests(house)


def test_s15_a_value_that_was_empty_before_is_emptied_again() -> None:
    world = small.world([{**one, "due_date": None} for one in sync_pairs.issues(3)], [])
    house = sync_pairs.house(world=world)
    house.in_tracker(due_date="05/01/2026")
    settle(house)
    assert str(house.observation().due_date) == "2026-05-01"
    undo(house, "write_procore")
    assert house.observation().due_date is None
    assert house.issue().due_date is None
    assert rests(house)


def test_s15_what_was_changed_since_is_refused_and_the_item_syncs_on() -> None:
    house = sync_pairs.house(3)
    house.in_tracker(priority_id="2")
    settle(house)
    house.in_tracker(priority_id="1")
    settle(house)
    link = house.link()
    first = next(one for one in house.plain_links.undos(link.id) if one.kind == "write_procore")
    hands(house).edit(number(house), priority="Urgent")
    settle(house)
    undoing.ask(house.plain_links, first, now=house.clock())
    ask(house, "1001", UNDO)
    settle(house)
    assert house.observation().priority == "Urgent"
    assert said(house, "refused")[-1] == "Not undone: Every value of that change was changed again since."
    assert house.link().state is LinkState.SYNCED
    assert not any(asked(house))
    house.in_tracker(status_id=small.CLOSED)
    settle(house)
    assert house.observation().status == "closed"
    assert rests(house)


def test_s15_only_the_values_nobody_touched_since_are_put_back() -> None:
    house = sync_pairs.house(3)
    house.in_tracker(priority_id="2", status_id=small.CLOSED)
    settle(house)
    hands(house).edit(number(house), status="initiated")
    settle(house)
    undo(house, "write_procore")
    assert house.observation().priority == "High"
    assert house.observation().status == "initiated"
    assert house.issue().status_id == small.OPEN
    assert rests(house)


@pytest.mark.parametrize("field", ["priority", "description"])
def test_s15_an_overwrite_that_procore_has_not_shown_yet_is_undone_all_the_same(field: str) -> None:
    """Our own putting back is no sign that Procore dropped the write, nor a person's edit (INVARIANTS 15)."""
    house = sync_pairs.house(3)
    before = house.issue()
    house.mail.lost = True  # so nothing shows the write before the undo is asked for
    house.in_tracker(**{"priority_id": "2"} if field == "priority" else {"description": "Another text."})
    house.poll()
    house.sync()
    assert house.link().pending.get("proof")
    undo(house, "write_procore")
    assert house.observation().priority == "High"
    assert "Valve 1001 leaks." in (house.observation().description or "")
    assert (house.issue().priority_id, house.issue().description) == (before.priority_id, before.description)
    assert "conflict" not in outcomes(house)
    assert rests(house)


def test_s15_an_overwrite_whose_answer_never_came_is_undone_all_the_same() -> None:
    house = sync_pairs.house(3)
    lost = Fault(method="PATCH", path=r".*/items/\d+", kind="drop", when="after")
    unread = Fault(method="GET", path=r".*/items/\d+", kind="status", status=503, nth=2)
    house.procore.faults += [lost, unread]
    house.in_tracker(priority_id="2")
    house.poll()
    house.sync()
    assert house.observation().priority == "Medium"
    assert house.link().pending.get("procore")
    undo(house, "write_procore")
    assert house.observation().priority == "High"
    assert house.issue().priority_id == "1"
    assert rests(house)


def test_s15_an_overwrite_of_the_tracker_whose_answer_never_came_is_undone_all_the_same() -> None:
    house = sync_pairs.house(3)
    lost = TrackerFault(path=".*/issue_update", kind="drop", when="after")
    unread = TrackerFault(path=".*/issue", status=503, nth=2)
    house.cxalloy.faults += [lost, unread]
    hands(house).edit(number(house), priority="Medium")
    house.sync()
    assert house.issue().priority_id == "2"
    assert house.link().pending.get("tracker")
    undo(house, "write_tracker")
    assert house.issue().priority_id == "1"
    assert house.observation().priority == "High"
    assert rests(house)


def test_s15_an_undo_whose_answer_was_lost_is_done_once() -> None:
    house = sync_pairs.house(3)
    house.in_tracker(priority_id="2")
    settle(house)
    house.procore.faults.append(Fault(method="PATCH", path=r".*/items/\d+", kind="drop", when="after"))
    undo(house, "write_procore")
    assert house.observation().priority == "High"
    assert house.issue().priority_id == "1"
    assert not any(asked(house))
    assert said(house, "undone") == ["Undone: the observation has its former values back."]
    assert rests(house)


def test_s15_an_undo_that_procore_takes_without_effect_is_tried_again() -> None:
    house = sync_pairs.house(3)
    house.in_tracker(priority_id="2")
    settle(house)
    house.procore.faults.append(Fault(method="PATCH", path=r".*/items/\d+", kind="no_effect"))
    undo(house, "write_procore")
    assert house.observation().priority == "High"
    assert rests(house)


def test_s15_an_undo_that_the_vendor_refuses_is_told_and_may_be_asked_for_again() -> None:
    house = sync_pairs.house(3)
    house.in_tracker(priority_id="2")
    settle(house)
    refusal = Fault(
        method="PATCH", path=r".*/items/\d+", kind="status", status=422, body='{"errors": ["locked"]}'
    )
    house.procore.faults.append(refusal)
    undo(house, "write_procore")
    assert house.observation().priority == "Medium"
    assert said(house, "refused") == ["Not undone: locked"]
    undo(house, "write_procore")
    assert house.observation().priority == "High"
    assert rests(house)


def test_s15_an_undo_of_an_undo_brings_the_later_values_back() -> None:
    house = sync_pairs.house(3)
    house.in_tracker(priority_id="2")
    settle(house)
    undo(house, "write_procore")
    assert house.issue().priority_id == "1"
    undo(house, "write_tracker")  # that the issue followed was an overwrite as well
    assert house.issue().priority_id == "2"
    assert house.observation().priority == "Medium"
    assert rests(house)


def test_s15_an_undo_asked_for_while_a_worker_dies_outlives_what_the_poll_shows() -> None:
    house = sync_pairs.house(3)
    house.in_procore(priority="Medium")
    house.webhooks()
    assert house.issue().priority_id == "2"
    link, now = house.link(), house.clock()
    assert SHOWN_ISSUE in link.wants  # the poll has not seen our write yet
    house.plain_links.lease(link.id, now=now, until=now + 30)
    undoing.ask(house.plain_links, house.plain_links.undos(link.id)[-1], now=now)
    ask(house, "1001", UNDO)
    house.hints.clear()  # with the worker that had it
    house.clock.sleep(60)
    settle(house, minutes=15)
    assert (house.issue().priority_id, house.observation().priority) == ("1", "High")


def test_s15_two_undos_asked_for_together_are_both_carried_out() -> None:
    house = sync_pairs.house(3)
    house.in_tracker(priority_id="2")
    settle(house)
    house.in_tracker(status_id=small.CLOSED)
    settle(house)
    for one in house.plain_links.undos(house.link().id):
        undoing.ask(house.plain_links, one, now=house.clock())
    ask(house, "1001", UNDO)
    settle(house)
    assert (house.observation().priority, house.observation().status) == ("High", "ready_for_review")
    assert (house.issue().priority_id, house.issue().status_id) == ("1", small.READY)
    assert rests(house)


# ---- A deleted observation ------------------------------


def test_s15_a_deleted_observation_comes_back_with_its_id_and_is_not_deleted_again() -> None:
    house = sync_pairs.house(5)
    mine = number(house)
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    settle(house)
    assert mine not in live(house)
    undo(house, "delete_observation")
    assert mine in live(house)
    assert house.link().state is LinkState.UNLINKED  # its issue is gone: the two are twins no longer
    assert len(deletes(house)) == 1
    assert rests(house)
    assert mine in live(house)


def test_s15_a_deleted_observation_that_a_person_restored_already_is_left_alone() -> None:
    house = sync_pairs.house(5)
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    settle(house)
    hands(house).restore(number(house))
    undo(house, "delete_observation")
    assert number(house) in live(house)
    assert not any(asked(house))


def test_s15_a_recycle_bin_that_lags_behind_the_delete_is_looked_into_again() -> None:
    house = sync_pairs.house(5)
    mine = number(house)
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    settle(house)
    house.procore.faults.append(
        Fault(method="GET", path=r".*/recycle_bin/.*", kind="stale", stale_seconds=3600.0)
    )
    undo(house, "delete_observation")
    assert mine in live(house)
    assert said(house, "refused") == []


def test_s15_an_undo_when_the_issue_is_back_joins_the_two_again() -> None:
    house = sync_pairs.house(5)
    mine = number(house)
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    settle(house)
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    undo(house, "delete_observation")
    assert mine in live(house)
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


def test_s15_an_observation_that_was_purged_is_told_and_not_tried_for_ever() -> None:
    house = sync_pairs.house(5)
    mine = number(house)
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    settle(house)
    del house.procore.state.observations[mine]
    undo(house, "delete_observation")
    assert said(house, "refused") == [
        "Not undone: The observation is neither in the project nor in Procore's recycle bin."
    ]
    assert house.link().state is LinkState.GONE
    assert rests(house)


# ---- A deleted issue ------------------------------


def world() -> Any:
    """Four issues; the first with two comments and a file."""
    given = sync_pairs.issues(4)
    given[0]["comments"] = [
        small.comment("9001", "Checked at the panel.", "02/02/2026 09:30:00 UTC"),
        small.comment("9002", "Still leaks.", "02/03/2026 10:00:00 UTC"),
    ]
    return small.world(given, [small.file("501", "1001", "trend.csv", 1200)])


def deleted_issue() -> SyncHouse:
    """An issue with comments and files of both sides, deleted by us because its observation was."""
    house = sync_pairs.house(world=world(), observation_deleted="delete_issue")
    hands(house).comment(number(house), "Parts are ordered.", files=[("order.pdf", b"order")])
    hands(house).attach(number(house), "photo.jpg", b"photo")
    house.hints.append(Hint("c1", "sweep", link_id=house.link().id))
    sync_pairs.ask(house, "1001")
    tracker_hands.add_file(house.cxalloy, ANA, "1001", "late.txt", content=b"late")
    settle(house)
    hands(house).delete(number(house))
    settle(house)
    assert not house.issue().visible
    house.mark()
    return house


def made_again(house: SyncHouse) -> Any:
    """The issue that took the place of 1001."""
    found = [one for one in house.cxalloy.world.issues if one.issue_id not in sync_pairs.ids(4)]
    assert len(found) == 1
    return found[0]


def test_s15_a_deleted_issue_is_made_again_with_comments_and_files_and_the_link_moves() -> None:
    house = deleted_issue()
    mine = number(house)
    undo(house, "delete_issue")
    again = made_again(house)
    assert mine in live(house)
    assert again.description == "Valve 1001 leaks.\nAt the flange."
    assert (again.status_id, again.priority_id, again.asset_key) == (small.READY, "1", "77")
    assert [one.comment.rpartition("\n")[2] for one in again.comments] == [
        "Checked at the panel.", "Still leaks.", "Parts are ordered.",
    ]  # fmt: skip
    files = house.cxalloy.world.files_of(again.issue_id)
    assert sorted(one.name for one in files) == ["late.txt", "order.pdf", "photo.jpg", "trend.csv"]
    assert house.link(again.issue_id).observation_id == str(mine)
    assert house.link(again.issue_id).state is LinkState.SYNCED
    assert len(house.procore.state.observations) == 4 + 2
    assert len(house.procore.state.logs_of(mine)) == 4  # two comments, ours with the late file, the person's
    assert rests(house)


def test_s15_the_observation_of_an_issue_made_again_leads_to_the_new_one() -> None:
    house = deleted_issue()
    undo(house, "delete_issue")
    again = made_again(house)
    there = house.observation(again.issue_id).description or ""
    assert there.count("CxAlloy issue ") == 1
    assert there.endswith(f"/constructionissue/{again.issue_id}")
    assert "CxAlloy" not in again.description


def test_s15_an_issue_made_again_syncs_on_in_both_directions() -> None:
    house = deleted_issue()
    undo(house, "delete_issue")
    again = made_again(house)
    tracker_hands.edit(house.cxalloy, ANA, again.issue_id, priority_id="2")
    tracker_hands.comment(house.cxalloy, ANA, again.issue_id, "Fixed now.")
    settle(house)
    hands(house).edit(number(house, again.issue_id), status="closed")
    settle(house)
    assert house.observation(again.issue_id).priority == "Medium"
    assert again.status_id == small.CLOSED
    logs = house.procore.state.logs_of(number(house, again.issue_id))
    assert [log.comment.endswith("Fixed now.") for log in logs if log.comment].count(True) == 1
    assert rests(house)


def test_s15_what_people_edited_at_procore_before_they_deleted_it_reaches_the_issue_made_again() -> None:
    house = sync_pairs.house(world=world(), observation_deleted="delete_issue")
    hands(house).edit(number(house), priority="Medium")
    hands(house).delete(number(house))
    settle(house)
    undo(house, "delete_issue")
    again = made_again(house)
    assert again.priority_id == "2"
    assert rests(house)


def test_s15_an_issue_that_a_person_restored_in_cxalloy_is_not_made_again() -> None:
    house = deleted_issue()
    mine = number(house)
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    undo(house, "delete_issue")
    assert [one.issue_id for one in house.cxalloy.world.issues] == sync_pairs.ids(4)
    assert mine in live(house)
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


@pytest.mark.parametrize(
    "path", ["/api/v1/issue_create", "/api/v1/issuecomment_create", "/api/v1/file_create"]
)
def test_s15_an_issue_made_again_with_a_lost_answer_is_made_once(path: str) -> None:
    house = deleted_issue()
    house.cxalloy.faults.append(TrackerFault(path=path, kind="drop", when="after"))
    undo(house, "delete_issue")
    settle(house, minutes=6)
    again = made_again(house)
    assert len(again.comments) == 3
    assert len(house.cxalloy.world.files_of(again.issue_id)) == 4
    assert len(house.procore.state.observations) == 4 + 2
    assert rests(house)


def test_s15_an_undo_that_was_carried_out_is_not_carried_out_again() -> None:
    house = deleted_issue()
    undo(house, "delete_issue")
    again = made_again(house)
    before = mutations(house)
    ask(house, again.issue_id, UNDO)
    settle(house)
    assert mutations(house) == before
    assert outcomes(house).count("undone") == 1
