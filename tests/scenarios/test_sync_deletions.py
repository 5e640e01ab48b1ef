"""Deletions in both directions: what is proof, what is kept, and what comes back (A14, A15, A19)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small, sync_pairs
from tests.support.house import Killed
from tests.support.sync_house import SyncHouse
from tests.support.sync_pairs import deletes, hands, live, number, outcomes, rests, said, settle

from plumbline.connections import conflicts
from plumbline.connections.items import retry_failed
from plumbline.issues import hints
from plumbline.issues.hints import Hint
from plumbline.issues.procore_side import ProcoreSide
from plumbline.stores.records import LinkState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault
from sandbox.procore.demo import HARBOR_POINT, PRIYA

if TYPE_CHECKING:
    from collections.abc import Callable

ANA = "Ana Souza"


def gone_and_settled(house: SyncHouse, issue_id: str = "1001") -> None:
    tracker_hands.delete(house.cxalloy, ANA, issue_id)
    settle(house)


def set_sync(house: SyncHouse, **sync: Any) -> None:
    """Change settings as the settings page does."""
    now = house.connections.get("c1")
    assert now
    given = {**now.settings, "sync": {**now.settings["sync"], **sync}}
    house.connections.save(replace(now, settings=given))


# ---- A14: the issue is deleted or unpublished, and comes back ------------------------------


@pytest.mark.parametrize("act", [tracker_hands.delete, tracker_hands.unpublish])
def test_a14_an_issue_that_is_deleted_or_unpublished_takes_its_observation_to_the_recycle_bin(
    act: Callable[..., str],
) -> None:
    house = sync_pairs.house(5)
    mine = number(house)
    act(house.cxalloy, ANA, "1001")
    settle(house)
    assert sync_pairs.in_bin(house, mine)
    assert len(live(house)) == 4
    assert house.link().state is LinkState.GONE
    assert said(house, "deleted") == ["The issue is gone; its observation is in Procore's recycle bin."]
    assert rests(house)


@pytest.mark.parametrize(
    ("away", "again"),
    [
        (tracker_hands.delete, tracker_hands.undo_delete),
        (tracker_hands.unpublish, tracker_hands.publish),
    ],
)
def test_a14_published_or_restored_again_the_same_observation_comes_back(
    away: Callable[..., str], again: Callable[..., str]
) -> None:
    house = sync_pairs.house(5)
    mine = number(house)
    away(house.cxalloy, ANA, "1001")
    settle(house)
    again(house.cxalloy, ANA, "1001")
    settle(house)
    assert number(house) == mine
    assert mine in live(house)
    assert len(house.procore.state.observations) == 5 + 2  # no new one; two are another project's
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


def test_a14_a_restore_that_had_no_effect_is_no_deletion_by_a_person() -> None:
    house = sync_pairs.house(5, observation_deleted="delete_issue")
    gone_and_settled(house)
    house.procore.faults.append(Fault(path=".*/restore", method="PATCH", kind="no_effect"))
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    settle(house)
    assert number(house) in live(house)
    assert house.link().state is LinkState.SYNCED
    assert house.issue().visible
    assert rests(house)


def test_a14_a_pair_parked_on_its_way_back_still_brings_the_same_observation_back() -> None:
    house = sync_pairs.house(5)
    gone_and_settled(house)
    mine = number(house)
    house.procore.faults.append(Fault(path=rf".*/items/{mine}", method="GET", status=403))
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    settle(house)
    assert house.link().state is LinkState.PARKED
    assert mine not in live(house)
    retry_failed(house.links, "c1", now=house.clock(), hint=lambda _: None)
    settle(house)
    assert mine in live(house)
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


def test_a14_an_issue_that_comes_back_changed_carries_its_change_to_the_same_observation() -> None:
    house = sync_pairs.house(5)
    mine = number(house)
    gone_and_settled(house)
    issue = house.cxalloy.world.issue("1001")
    assert issue
    issue.priority_id = "2"
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    settle(house)
    assert number(house) == mine
    assert house.observation().priority == "Medium"


def test_a14_an_issue_gone_before_it_had_an_observation_makes_none() -> None:
    house = SyncHouse(small.world(sync_pairs.issues(5), []), sync_pairs.settings())
    house.poll()
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    settle(house, minutes=4)
    assert house.link().state is LinkState.GONE
    assert len(live(house)) == 4
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    settle(house)
    assert len(live(house)) == 5


def test_a14_an_observation_whose_create_was_never_answered_goes_with_its_issue() -> None:
    house = SyncHouse(small.world(sync_pairs.issues(5), []), sync_pairs.settings())
    create = Fault(
        method="POST", path=r".*/observations/items", body_has="Valve 1001", kind="drop", when="after"
    )
    house.procore.faults.append(create)
    house.poll()
    house.sweep()
    house.sync()
    assert len(live(house)) == 5
    gone_and_settled(house)
    settle(house)
    assert len(live(house)) == 4
    assert house.link().state is LinkState.GONE


# ---- A19: what counts as gone ------------------------------


def test_a19_one_listing_without_the_issue_proves_nothing() -> None:
    house = sync_pairs.house(5)
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    house.poll()
    house.sync()
    assert deletes(house) == []
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    settle(house)
    assert deletes(house) == []


def test_a19_two_listings_less_than_a_minute_apart_prove_nothing() -> None:
    house = sync_pairs.house(5)
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    house.poll()
    cursor = house.cursors.get("c1", "tracker")
    assert cursor
    house.clock.sleep(58)
    house.cursors.save(replace(cursor, due_at=0.0))
    house.poll()
    house.sync()
    assert deletes(house) == []
    assert house.link().gone_since == 0.0
    house.clock.sleep(60)
    house.poll()
    house.sync()
    assert len(deletes(house)) == 1


def test_a19_where_fewer_than_three_others_answer_nothing_is_gone() -> None:
    house = sync_pairs.house(5)
    for issue_id in ("1001", "1002", "1003"):
        tracker_hands.delete(house.cxalloy, ANA, issue_id)
    settle(house, minutes=5)
    assert deletes(house) == []
    assert len(live(house)) == 5


def test_a19_an_issue_that_too_few_others_prove_gone_says_so_on_its_item() -> None:
    house = sync_pairs.house(5)
    for issue_id in ("1001", "1002", "1003"):
        tracker_hands.delete(house.cxalloy, ANA, issue_id)
    settle(house, minutes=5)
    link = house.link()
    assert (link.state, link.cause) == (
        LinkState.PARKED,
        "CxAlloy does not list the issue, and fewer than 3 other linked issues answer: that proves no "
        "deletion, so nothing is deleted.",
    )
    assert link.next_step.startswith("If the issue is gone for good, delete its observation in Procore")
    assert outcomes(house).count("parked") == 3
    assert rests(house)


def test_a19_an_issue_that_is_listed_again_goes_on_by_itself() -> None:
    house = sync_pairs.house(5)
    for issue_id in ("1001", "1002", "1003"):
        tracker_hands.delete(house.cxalloy, ANA, issue_id)
    settle(house, minutes=5)
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    settle(house)
    assert house.link().state is LinkState.SYNCED
    assert (house.link().cause, house.link().next_step) == ("", "")
    # three others answer now: the rest is proven gone
    assert [house.link(one).state for one in ("1002", "1003")] == [LinkState.GONE, LinkState.GONE]
    assert len(deletes(house)) == 2


def changed_and_gone(**sync: Any) -> SyncHouse:
    """The observation was changed while its issue was going, so that the change was never carried over."""
    house = sync_pairs.house(5, **sync)
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    hands(house).edit(number(house), priority="Urgent")
    settle(house, minutes=4)
    return house


def test_a19_an_observation_changed_since_is_kept_and_a_conflict_shown() -> None:
    house = changed_and_gone()
    assert number(house) in live(house)
    assert house.observation().priority == "Urgent"
    conflict = house.plain_links.conflict(house.link().id, "deletion")
    assert conflict
    assert (conflict.state, conflict.field) == ("open", "deletion")
    assert house.link().state is LinkState.GONE
    assert rests(house)


def test_a19_a_change_heard_of_while_the_issue_is_hidden_for_a_moment_is_not_forgotten() -> None:
    house = sync_pairs.house(5)
    tracker_hands.unpublish(house.cxalloy, ANA, "1001")
    hands(house).edit(number(house), priority="Medium")
    house.sync()
    tracker_hands.publish(house.cxalloy, ANA, "1001")
    settle(house)
    assert house.issue().priority_id == "2"
    assert deletes(house) == []


def test_a19_a_person_may_pick_that_the_kept_observation_is_deleted_too() -> None:
    house = changed_and_gone()
    mine = number(house)
    assert mine in live(house)
    kept = house.plain_links.conflict(house.link().id, "deletion")
    assert kept
    conflicts.pick(house.plain_links, kept, "tracker")
    sync_pairs.ask(house, "1001", hints.PICKED)
    settle(house)
    assert mine not in live(house)
    settled = house.plain_links.conflict(house.link().id, "deletion")
    assert settled
    assert settled.state == "settled"
    assert rests(house)


def test_a19_a_person_may_pick_that_the_observation_stays() -> None:
    house = changed_and_gone()
    kept = house.plain_links.conflict(house.link().id, "deletion")
    assert kept
    conflicts.pick(house.plain_links, kept, "procore")
    sync_pairs.ask(house, "1001", hints.PICKED)
    settle(house)
    assert number(house) in live(house)
    settled = house.plain_links.conflict(house.link().id, "deletion")
    assert settled
    assert settled.state == "settled"
    assert deletes(house) == []


def test_a19_an_issue_that_comes_back_to_its_kept_observation_takes_the_change() -> None:
    house = changed_and_gone()
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    settle(house)
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


def test_a19_an_observation_that_a_person_restores_after_our_unanswered_delete_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house, recycle = sync_pairs.house(5), ProcoreSide.recycle

    def killed(self: ProcoreSide, observation_id: str) -> None:
        recycle(self, observation_id)
        monkeypatch.setattr(ProcoreSide, "recycle", recycle)
        house.clock.sleep(5)
        hands(house).restore(number(house))
        raise Killed

    monkeypatch.setattr(ProcoreSide, "recycle", killed)
    gone_and_settled(house)
    assert number(house) in live(house)
    kept = house.plain_links.conflict(house.link().id, "deletion")
    assert kept
    assert kept.state == "open"


def test_a19_with_the_setting_delete_a_changed_observation_goes_all_the_same() -> None:
    house = changed_and_gone(gone_issue_changed="delete")
    assert number(house) not in live(house)
    assert house.plain_links.conflict(house.link().id, "deletion") is None


def test_a19_our_own_write_whose_answer_was_lost_is_no_change_by_a_person() -> None:
    house = sync_pairs.house(5)
    lost = Fault(method="PATCH", path=r".*/items/\d+", kind="drop", when="after")
    house.procore.faults.append(lost)
    house.in_tracker(priority_id="2")
    house.poll()
    house.sync()
    assert lost.seen == 1
    gone_and_settled(house)
    assert number(house) not in live(house)


def test_a14_what_was_said_while_the_issue_was_away_comes_though_its_return_is_cut_off() -> None:
    house = sync_pairs.house(5, deletes=False)
    gone_and_settled(house)
    assert house.link().state is LinkState.GONE
    hands(house).comment(number(house), "Said meanwhile.")
    settle(house)
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    house.procore.faults.append(Fault(method="GET", path=r".*/items/\d+/response_logs", status=500, times=4))
    house.in_procore(priority="Low")
    house.webhooks()
    settle(house, minutes=6)
    assert any("Said meanwhile." in one for one in house.comments_there())
    assert rests(house)


# ---- A15: the observation is deleted ------------------------------


def test_a15_a_deleted_observation_leaves_the_issue_by_default() -> None:
    house = sync_pairs.house(5)
    hands(house).delete(number(house))
    settle(house)
    assert house.link().state is LinkState.UNLINKED
    assert house.issue().visible
    assert said(house, "unlinked") == [
        "The observation was deleted in Procore; the issue stays, without a twin."
    ]
    house.in_tracker(priority_id="2")
    settle(house)
    assert len(live(house)) == 4
    assert rests(house)


def test_a15_a_deletion_that_procore_told_of_costs_one_look_into_the_recycle_bin() -> None:
    house = sync_pairs.house(5)
    mine, before = number(house), len(house.rest_calls())
    hands(house).delete(mine)
    house.sync()
    assert [call.partition("/recycle_bin/")[2] for call in house.rest_calls()[before:]] == [
        f"observations/items/{mine}"
    ]
    assert house.link().state is LinkState.UNLINKED


def test_a15_with_the_setting_the_issue_is_deleted_too() -> None:
    house = sync_pairs.house(5, observation_deleted="delete_issue")
    hands(house).delete(number(house))
    settle(house)
    assert not house.issue().visible
    assert house.link().state is LinkState.GONE
    assert [one.kind for one in house.plain_links.undos(house.link().id)] == ["delete_issue"]
    assert rests(house)


def test_a15_an_issue_changed_since_is_not_deleted() -> None:
    house = sync_pairs.house(5, observation_deleted="delete_issue")
    house.in_tracker(priority_id="2")
    hands(house).delete(number(house))
    house.sync()
    assert house.issue().visible
    assert house.link().state is LinkState.UNLINKED
    assert outcomes(house)[-1] == "kept"


def missing_observation(house: SyncHouse, status: int) -> None:
    mine = house.link().observation_id
    house.procore.faults.append(
        Fault(method="GET", path=rf".*/items/{mine}", kind="status", status=status, times=0)
    )
    house.hints.append(
        Hint(
            "c1",
            "webhook",
            resource="Observation Items",
            resource_id=mine,
            verb="delete",
            at=house.clock() + 60,
        )
    )


@pytest.mark.parametrize("setting", ["unlink", "delete_issue"])
@pytest.mark.parametrize("status", [404, 403, 500])
def test_a15_an_answer_of_not_found_or_forbidden_is_no_proof(status: int, setting: str) -> None:
    house = sync_pairs.house(5, observation_deleted=setting)
    missing_observation(house, status)
    settle(house, minutes=3)
    assert house.issue().visible
    assert deletes(house) == []
    assert house.link().state is not LinkState.UNLINKED
    house.procore.faults.clear()
    assert number(house) in live(house)


def test_a15_an_observation_restored_in_procore_before_we_looked_is_no_deletion() -> None:
    house = sync_pairs.house(5, observation_deleted="delete_issue")
    hands(house).delete(number(house))
    hands(house).restore(number(house))
    settle(house)
    assert house.issue().visible
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


def test_a15_an_issue_that_we_deleted_and_a_person_restores_brings_the_observation_back() -> None:
    house = sync_pairs.house(5, observation_deleted="delete_issue")
    mine = number(house)
    hands(house).delete(mine)
    settle(house)
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    settle(house, minutes=4)
    assert mine in live(house)
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


# ---- Both at once ------------------------------


def test_a14_both_deleted_is_agreed_without_a_delete_of_ours() -> None:
    house = sync_pairs.house(5)
    hands(house).delete(number(house))
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    settle(house, minutes=4)
    assert deletes(house) == []
    assert house.link().state in (LinkState.GONE, LinkState.UNLINKED)
    assert rests(house)


def test_a15_an_observation_deleted_while_its_issue_is_edited_keeps_the_edit() -> None:
    house = sync_pairs.house(5, observation_deleted="delete_issue")
    hands(house).delete(number(house))
    house.in_tracker(description="Written at the very same time.")
    settle(house)
    assert house.issue().description == "Written at the very same time."
    assert house.issue().visible


# ---- What is no proof at all ------------------------------


def no_keys(house: SyncHouse) -> None:
    house.cxalloy.world.account.keys[0].projects = []


def key_off(house: SyncHouse) -> None:
    house.cxalloy.world.account.keys[0].active = False


def empty_list(house: SyncHouse) -> None:
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue", kind="empty", times=0))


def short_pages(house: SyncHouse) -> None:
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue", kind="shift", shift=2, times=0))


def cut_answers(house: SyncHouse) -> None:
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue", kind="cut", times=0))


def all_unpublished(house: SyncHouse) -> None:
    for issue in house.cxalloy.world.issues:
        issue.published = False


def forbidden_tool(house: SyncHouse) -> None:
    hands(house).set_level(PRIYA, HARBOR_POINT, "None")


def no_observations_listed(house: SyncHouse) -> None:
    house.procore.faults.append(Fault(method="GET", tool="observations", kind="empty_list", times=0))


@pytest.mark.parametrize(
    "trouble",
    [
        no_keys,
        key_off,
        empty_list,
        short_pages,
        cut_answers,
        all_unpublished,
        forbidden_tool,
        no_observations_listed,
    ],
)
@pytest.mark.parametrize("setting", ["unlink", "delete_issue"])
def test_a19_lost_access_empty_lists_and_broken_pages_delete_nothing(
    trouble: Callable[[SyncHouse], None], setting: str
) -> None:
    house = sync_pairs.house(6, observation_deleted=setting)
    trouble(house)
    for link in house.plain_links.of_connection("c1").items:
        house.hints.append(
            Hint(
                "c1", "webhook", resource="Observation Items", resource_id=link.observation_id, verb="update"
            )
        )
    settle(house, minutes=6)
    assert deletes(house) == []
    assert len(live(house)) == 6
    assert all(not issue.deleted for issue in house.cxalloy.world.issues)
    assert LinkState.UNLINKED not in {link.state for link in house.plain_links.of_connection("c1").items}


def test_with_deletes_off_nothing_is_deleted_on_either_side() -> None:
    house = sync_pairs.house(6, deletes=False, observation_deleted="delete_issue")
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    hands(house).delete(number(house, "1002"))
    settle(house, minutes=4)
    assert deletes(house) == []
    assert number(house) in live(house)
    assert house.issue("1002").visible
    assert said(house, "kept") == ["The issue is gone; deletions are not synced, so its observation stays."]
    assert rests(house)


def test_deletes_that_are_switched_on_later_do_not_delete_what_was_kept() -> None:
    house = sync_pairs.house(6, deletes=False)
    gone_and_settled(house)
    set_sync(house, deletes=True)
    settle(house, minutes=4)
    assert deletes(house) == []
    assert number(house) in live(house)


def test_leaving_the_filter_deletes_nothing() -> None:
    house = sync_pairs.house(6)
    now = house.connections.get("c1")
    assert now
    given = {**now.settings, "filters": {"statuses": [small.READY]}}
    house.connections.save(replace(now, settings=given))
    house.in_tracker(status_id=small.CLOSED)
    settle(house, minutes=4)
    assert house.link().state is LinkState.LEFT
    assert deletes(house) == []
