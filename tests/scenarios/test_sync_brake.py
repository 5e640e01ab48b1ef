"""The brake on mass deletes: its boundaries, and a person's word on exactly one plan (S16)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support import sync_pairs
from tests.support.sync_pairs import deletes, hands, live, number, outcomes, rests, settle

from plumbline.connections import braking
from plumbline.issues.hints import Hint
from plumbline.stores.records import BRAKE, LinkState
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault

if TYPE_CHECKING:
    from tests.support.sync_house import SyncHouse

ANA = "Ana Souza"


def vanish(house: SyncHouse, issue_ids: list[str]) -> None:
    for issue_id in issue_ids:
        tracker_hands.delete(house.cxalloy, ANA, issue_id)
    settle(house)


def appear(house: SyncHouse, issue_ids: list[str]) -> None:
    for issue_id in issue_ids:
        tracker_hands.undo_delete(house.cxalloy, ANA, issue_id)
    settle(house)


def held(house: SyncHouse) -> list[str]:
    return sorted(
        link.issue_id for link in house.plain_links.of_connection("c1", state="held", limit=100).items
    )


def plan(house: SyncHouse) -> braking.Held:
    return braking.plan(house.plain_links, house.cursors, "c1")


def approve(house: SyncHouse) -> None:
    braking.approve(
        house.plain_links, house.cursors, "c1", plan(house).hash, now=house.clock(),
        hint=lambda link: house.hints.append(Hint("c1", "manual", link_id=link.id)),
    )  # fmt: skip
    settle(house)


def dismiss(house: SyncHouse) -> None:
    braking.dismiss(house.plain_links, house.cursors, "c1", plan(house).hash, now=house.clock())
    settle(house)


# ---- Boundaries ------------------------------


def test_s16_ten_deletes_go_through() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(10))
    assert len(deletes(house)) == 10
    assert held(house) == []


def test_s16_the_eleventh_delete_waits_for_a_person() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(11))
    assert len(deletes(house)) == 10
    assert len(held(house)) == 1
    assert outcomes(house).count("brake") == 1
    assert plan(house).tripped_at > 0
    assert rests(house)


def test_s16_eleven_of_many_are_less_than_the_percentage_and_go_through() -> None:
    house = sync_pairs.house(55)
    vanish(house, sync_pairs.ids(11))
    assert len(deletes(house)) == 11  # 11 of 55 is 20 %, not more
    assert held(house) == []


def test_s16_eleven_of_fewer_are_more_than_the_percentage() -> None:
    house = sync_pairs.house(54)
    vanish(house, sync_pairs.ids(11))
    assert len(deletes(house)) == 10
    assert len(held(house)) == 1


def test_s16_the_settings_move_the_boundaries() -> None:
    house = sync_pairs.house(12, brake_count=2, brake_percent=0)
    vanish(house, sync_pairs.ids(4))
    assert len(deletes(house)) == 2
    assert len(held(house)) == 2


def test_s16_deletes_of_an_hour_ago_count_no_more() -> None:
    house = sync_pairs.house(40)
    vanish(house, sync_pairs.ids(10))
    house.clock.sleep(3601)
    vanish(house, sync_pairs.ids(20)[10:])
    assert len(deletes(house)) == 20
    assert held(house) == []


def test_s16_single_deletes_one_after_the_other_count_together() -> None:
    house = sync_pairs.house(20)
    for issue_id in sync_pairs.ids(12):
        vanish(house, [issue_id])
    assert len(deletes(house)) == 10
    assert len(held(house)) == 2


def test_s16_single_hints_of_webhooks_count_too() -> None:
    house = sync_pairs.house(20, observation_deleted="delete_issue")
    for issue_id in sync_pairs.ids(12):
        hands(house).delete(number(house, issue_id))
        house.sync()
    gone = [issue for issue in house.cxalloy.world.issues if issue.deleted]
    assert len(gone) == 10
    assert held(house) == ["1011", "1012"]


def test_s16_deletes_on_both_sides_are_counted_together() -> None:
    house = sync_pairs.house(20, observation_deleted="delete_issue")
    vanish(house, sync_pairs.ids(6))
    for issue_id in sync_pairs.ids(12)[6:]:
        hands(house).delete(number(house, issue_id))
    settle(house)
    assert len(deletes(house)) == 10
    assert len(held(house)) == 2


def test_s16_a_delete_that_was_cut_off_is_counted_once() -> None:
    house = sync_pairs.house(20)
    house.procore.faults.append(Fault(method="DELETE", kind="drop", when="before", times=1))
    vanish(house, sync_pairs.ids(10))
    settle(house)
    assert len(live(house)) == 10
    cursor = house.cursors.get("c1", BRAKE)
    assert cursor
    assert len(cursor.notes["deletes"]) == 10
    undos = [
        one
        for link in house.plain_links.of_connection("c1").items
        for one in house.plain_links.undos(link.id)
    ]
    assert len(undos) == 10


# ---- One side suddenly empty ------------------------------


def test_s16_when_all_observations_are_gone_at_once_no_issue_is_deleted() -> None:
    house = sync_pairs.house(5, observation_deleted="delete_issue")
    for issue_id in sync_pairs.ids(5):
        hands(house).delete(number(house, issue_id))
    settle(house)
    assert deletes(house) == []
    assert len(held(house)) == 5
    assert all(issue.visible for issue in house.cxalloy.world.issues)


def test_s16_the_last_pair_of_a_connection_is_never_deleted_in_the_same_hour() -> None:
    house = sync_pairs.house(3, observation_deleted="delete_issue")
    for issue_id in sync_pairs.ids(3):
        hands(house).delete(number(house, issue_id))
        settle(house)
    assert len(deletes(house)) == 2
    assert held(house) == ["1003"]


def test_s16_the_only_pair_may_go() -> None:
    house = sync_pairs.house(1, observation_deleted="delete_issue")
    hands(house).delete(number(house))
    settle(house)
    assert len(deletes(house)) == 1


# ---- What a person decides ------------------------------


def test_s16_an_approved_plan_is_carried_out_exactly_and_lets_the_brake_go() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(14))
    assert len(held(house)) == 4
    approve(house)
    assert len(deletes(house)) == 14
    assert held(house) == []
    assert plan(house) == braking.Held(0.0, (), plan(house).hash, approved=False)
    assert rests(house)


def test_s16_after_an_approved_plan_single_deletes_go_through_again_an_hour_later() -> None:
    house = sync_pairs.house(30)
    vanish(house, sync_pairs.ids(12))
    approve(house)
    house.clock.sleep(3601)
    vanish(house, ["1020"])
    assert len(deletes(house)) == 13
    assert held(house) == []


def test_s16_approval_of_one_plan_does_not_release_another() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(12))
    first = plan(house)
    vanish(house, ["1013"])
    assert plan(house).hash != first.hash
    with pytest.raises(braking.PlanChanged):
        braking.approve(
            house.plain_links, house.cursors, "c1", first.hash, now=house.clock(), hint=lambda _: None
        )
    assert len(deletes(house)) == 10


def test_s16_what_comes_after_the_approval_waits_for_its_own() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(12))
    tracker_hands.delete(house.cxalloy, ANA, "1013")
    approve(house)
    assert len(deletes(house)) == 12
    assert held(house) == ["1013"]
    assert not plan(house).approved


def test_s16_a_pair_of_a_carried_out_plan_that_goes_again_is_counted_anew() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(12))
    late = held(house)
    approve(house)
    appear(house, late)
    vanish(house, late)
    assert len(deletes(house)) == 12
    assert held(house) == late


def test_s16_a_dismissed_plan_deletes_nothing_and_parts_the_pairs() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(12))
    waiting = held(house)
    dismiss(house)
    assert len(deletes(house)) == 10
    assert {house.link(one).state for one in waiting} == {LinkState.UNLINKED}
    assert {number(house, one) for one in waiting} <= live(house)
    assert plan(house).tripped_at == 0.0
    assert rests(house)


def test_s16_issues_that_come_back_leave_the_plan_and_let_the_brake_go() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(12))
    waiting = held(house)
    appear(house, waiting)
    assert held(house) == []
    assert {house.link(one).state for one in waiting} == {LinkState.SYNCED}
    assert plan(house).tripped_at == 0.0
    assert {number(house, one) for one in waiting} <= live(house)


def test_s16_observations_that_come_back_leave_the_plan_and_stay_in_sync() -> None:
    house = sync_pairs.house(5, observation_deleted="delete_issue")
    for issue_id in sync_pairs.ids(5):
        hands(house).delete(number(house, issue_id))
    settle(house)
    for issue_id in sync_pairs.ids(5):
        hands(house).restore(number(house, issue_id))
        hands(house).edit(number(house, issue_id), priority="Medium")
    settle(house)
    assert held(house) == []
    assert [issue.priority_id for issue in house.cxalloy.world.issues] == ["2"] * 5
    assert plan(house).tripped_at == 0.0


def test_s16_an_observation_edited_while_its_delete_is_held_is_kept_after_the_approval() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(12))
    first, second = held(house)
    house.procore.state.observations[number(house, first)].priority = "Urgent"
    approve(house)
    assert len(deletes(house)) == 11
    assert number(house, first) in live(house)
    assert number(house, second) not in live(house)
    assert plan(house).tripped_at == 0.0


def test_s16_a_held_pair_that_cannot_be_read_for_a_while_is_not_released_by_its_retry() -> None:
    house = sync_pairs.house(20)
    vanish(house, sync_pairs.ids(12))
    waiting = held(house)
    trouble = Fault(method="GET", path=r".*/observations/items/\d+", kind="status", status=403, times=2)
    house.procore.faults.append(trouble)
    for issue_id in waiting:
        house.hints.append(
            Hint("c1", "webhook", resource="Observation Items", resource_id=str(number(house, issue_id)))
        )
    settle(house)
    for issue_id in waiting:
        sync_pairs.ask(house, issue_id)
    settle(house)
    assert len(deletes(house)) == 10
