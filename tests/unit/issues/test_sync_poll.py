"""What a poll of the tracker tells of pairs that are kept in sync."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support import small
from tests.support.house import START
from tests.unit.issues.polling import SyncHouse

from plumbline.issues.hints import ISSUE_COMMENTS, ISSUE_FIELDS, ISSUE_FILES, Hint
from plumbline.issues.sweep import AGAIN
from plumbline.stores.records import Cursor, Intent, Link, LinkState
from sandbox.cxalloy import Fault, hands
from sandbox.cxalloy.world import FileSpec

MONTH = 30 * 86_400.0


def settled(*issue_ids: str, **settings: object) -> SyncHouse:
    """A house whose issues were all carried over, and whose last poll is a minute old."""
    house = SyncHouse(
        *(small.issue(one) for one in issue_ids or ("1001", "1002", "1003", "1004")), **settings
    )
    house.hear_tracker()
    house.settle()
    house.sent()
    house.clock.sleep(60)
    return house


def lose_memory(house: SyncHouse) -> None:
    house.snapshots.delete("c1")


# What is new


def test_a10_all_issues_of_the_chosen_kinds_are_linked_when_enabled_and_left_to_the_sweep() -> None:
    house = SyncHouse(
        small.issue("1001", status_id=small.OPEN),
        small.issue("1002", section="design"),
        small.issue("1003", status_id=small.CLOSED),
        sections=["construction"],
    )
    assert house.hear_tracker() == []
    links = house.plain_links.of_connection("c1").items
    assert sorted((one.issue_id, one.issue_number, one.state, one.backfill) for one in links) == [
        ("1001", "CI-1001", LinkState.WAITING, True),
        ("1003", "CI-1003", LinkState.WAITING, True),
    ]
    assert {one.due_at for one in links} == {START + MONTH}


def test_a10_a_new_issue_is_live_once_all_were_carried_over() -> None:
    house = settled("1001")
    new = hands.create(house.cxalloy, "Ana", "50", description="New one.", section="construction")
    hints = house.hear_tracker()
    link = house.of(new)
    assert (link.backfill, link.state, link.wants) == (False, LinkState.WAITING, ())
    assert link.due_at == START + 60 + AGAIN
    assert hints == [Hint("c1", "poll", link_id=link.id)]


def test_a10_a_backfill_of_very_many_issues_goes_on_with_the_next_poll(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("plumbline.issues.sync_poll.NEW_A_POLL", 2)
    house = SyncHouse(*(small.issue(one) for one in ("1001", "1002", "1003", "1004", "1005")))
    made = []
    for _ in range(3):
        house.hear_tracker()
        house.clock.sleep(60)
        made.append(len(house.plain_links.of_connection("c1").items))
    assert made == [2, 4, 5]
    assert all(one.backfill for one in house.plain_links.of_connection("c1").items)


def test_a10_enabling_again_carries_over_what_came_meanwhile_and_reads_no_link_that_is_known() -> None:
    house = settled("1001", "1002")
    stored = house.stored()
    house.connections.save(replace(stored, enabled_at=house.clock.time))
    new = hands.create(house.cxalloy, "Ana", "50", description="New one.", section="construction")
    assert house.hear_tracker() == []
    assert house.of(new).backfill
    assert house.of("1001").due_at == 0.0


def test_a16_an_issue_that_another_poll_linked_meanwhile_is_not_linked_twice() -> None:
    house = settled("1001")
    new = hands.create(house.cxalloy, "Ana", "50", description="New one.", section="construction")
    first, second = house.tracker_poll(), house.tracker_poll()
    first.run("poll")
    second.run("poll")
    assert len([one for one in house.plain_links.of_connection("c1").items if one.issue_id == new]) == 1


# What changed


def test_a12_a_change_of_a_field_is_told_with_its_facet_and_the_time_it_was_heard() -> None:
    house = settled()
    hands.edit(house.cxalloy, "Ana", "1001", description="The fan ramps now.")
    hints = house.hear_tracker()
    link = house.of("1001")
    assert hints == [Hint("c1", "poll", link_id=link.id, facets=(ISSUE_FIELDS,))]
    assert (link.heard_at, link.due_at, link.wants) == (START + 60, START + 60 + AGAIN, (ISSUE_FIELDS,))


def test_a30_a_comment_is_told_as_a_comment() -> None:
    house = settled()
    hands.comment(house.cxalloy, "Ana", "1002", "Replaced the belt.")
    assert [hint.facets for hint in house.hear_tracker()] == [(ISSUE_COMMENTS,)]


def test_a33_a_file_is_told_as_a_file() -> None:
    house = settled()
    house.cxalloy.world.files.append(FileSpec(id="777", issue_id="1002", name="trend.csv", size=10))
    assert [hint.facets for hint in house.hear_tracker()] == [(ISSUE_FILES,)]


def test_a30_comments_that_are_switched_off_are_not_told() -> None:
    house = settled("1001", sync={"comments": False, "files": False})
    hands.comment(house.cxalloy, "Ana", "1001", "Replaced the belt.")
    assert house.hear_tracker() == []
    assert house.of("1001").due_at == 0.0


def test_a12_what_a_link_waits_for_already_is_kept_beside_the_new() -> None:
    house = settled()
    house.put(house.of("1001"), due_at=START + 500, wants=("logs",))
    hands.edit(house.cxalloy, "Ana", "1001", description="The fan ramps now.")
    house.hear_tracker()
    assert house.of("1001").wants == ("logs", ISSUE_FIELDS)


def test_a12_a_link_that_waits_for_everything_goes_on_waiting_for_everything() -> None:
    house = settled()
    house.put(house.of("1001"), due_at=START + 500, wants=())
    hands.edit(house.cxalloy, "Ana", "1001", description="The fan ramps now.")
    house.hear_tracker()
    assert house.of("1001").wants == ()


def test_a17_nothing_changed_means_no_write_at_all() -> None:
    house = settled()
    before = house.snapshots.read("c1")
    assert house.writes_of(house.hear_tracker) == []
    assert house.snapshots.read("c1") == before


def test_a17_a_change_heard_while_a_worker_holds_the_pair_is_told_again() -> None:
    house = settled()
    link = house.plain_links.lease(house.of("1001").id, now=house.clock.time, until=house.clock.time + 90)
    assert link
    hands.edit(house.cxalloy, "Ana", "1001", description="The fan ramps now.")
    assert [hint.link_id for hint in house.hear_tracker()] == [link.id]
    assert house.of("1001").version == link.version
    house.clock.sleep(120)
    house.put(house.of("1001"), due_at=0.0, lease_until=0.0)
    assert [hint.facets for hint in house.hear_tracker()] == [(ISSUE_FIELDS,)]
    house.clock.sleep(60)
    assert house.hear_tracker() == []


def test_a17_hints_past_the_budgets_room_are_due_at_once_for_the_sweep() -> None:
    house = settled()
    house.room = 1
    for issue_id in ("1001", "1002"):
        hands.edit(house.cxalloy, "Ana", issue_id, description="Edited.")
    assert len(house.hear_tracker()) == 1
    assert sorted(house.of(one).due_at for one in ("1001", "1002")) == [START + 60, START + 60 + AGAIN]


def test_a17_live_edits_are_told_before_new_issues() -> None:
    house = settled("1005")
    house.room = 1
    house.cxalloy.world.issues.insert(
        0, type(house.cxalloy.world.issues[0]).model_validate(small.issue("1001"))
    )
    hands.edit(house.cxalloy, "Ana", "1005", description="Edited.")
    assert [hint.link_id for hint in house.hear_tracker()] == [house.of("1005").id]


def test_a10_an_edited_issue_of_a_backfill_becomes_live() -> None:
    house = SyncHouse(small.issue("1001"))
    house.hear_tracker()
    house.clock.sleep(60)
    hands.edit(house.cxalloy, "Ana", "1001", description="Edited.")
    assert len(house.hear_tracker()) == 1
    assert (house.of("1001").backfill, house.of("1001").due_at) == (False, START + 60 + AGAIN)


def test_a10_a_parked_pair_whose_issue_was_edited_is_tried_again() -> None:
    house = settled()
    house.put(house.of("1001"), state=LinkState.PARKED, tries=0, cause="No such type.", next_step="Mend.")
    assert house.hear_tracker() == []
    hands.edit(house.cxalloy, "Ana", "1001", description="Edited.")
    house.clock.sleep(60)
    assert len(house.hear_tracker()) == 1
    link = house.of("1001")
    assert (link.state, link.cause, link.next_step) == (LinkState.SYNCED, "", "")


def test_a10_an_unlinked_pair_stays_unlinked() -> None:
    house = settled()
    house.put(house.of("1001"), state=LinkState.UNLINKED)
    hands.edit(house.cxalloy, "Ana", "1001", description="Edited.")
    assert house.hear_tracker() == []
    assert (house.of("1001").state, house.of("1001").due_at) == (LinkState.UNLINKED, 0.0)


def test_a17_a_lost_memory_costs_hints_and_no_second_link() -> None:
    house = settled("1001", "1002")
    lose_memory(house)
    hints = house.hear_tracker()
    assert sorted(hint.facets for hint in hints) == [(ISSUE_FIELDS, ISSUE_COMMENTS, ISSUE_FILES)] * 2
    assert len(house.plain_links.of_connection("c1").items) == 2


def test_a17_a_lost_memory_writes_nothing_to_links_that_are_due_for_all() -> None:
    house = SyncHouse(small.issue("1001"))
    house.hear_tracker()
    lose_memory(house)
    house.clock.sleep(60)
    assert house.writes_of(house.hear_tracker) == []


# Filters


def test_a5_leaving_the_filter_stops_syncing_and_deletes_nothing() -> None:
    house = settled(filters={"statuses": [small.READY]})
    hands.edit(house.cxalloy, "Ana", "1001", status_id=small.CLOSED)
    assert house.hear_tracker() == []
    link = house.of("1001")
    assert (link.state, link.due_at, link.observation_id) == (LinkState.LEFT, 0.0, "91001")
    assert [outcome for outcome, _ in house.logged() if outcome == "left"] == ["left"]


def test_a5_coming_back_through_the_filter_goes_on_with_the_same_pair() -> None:
    house = settled(filters={"statuses": [small.READY]})
    hands.edit(house.cxalloy, "Ana", "1001", status_id=small.CLOSED)
    house.hear_tracker()
    house.clock.sleep(60)
    hands.edit(house.cxalloy, "Ana", "1001", status_id=small.READY)
    hints = house.hear_tracker()
    link = house.of("1001")
    assert (link.state, link.wants) == (LinkState.SYNCED, ())
    assert hints == [Hint("c1", "poll", link_id=link.id)]


def test_a5_one_that_left_before_it_had_a_twin_comes_back_waiting() -> None:
    house = SyncHouse(small.issue("1001"), filters={"statuses": [small.READY]})
    house.hear_tracker()
    states = []
    for status in (small.CLOSED, small.READY):
        house.clock.sleep(60)
        hands.edit(house.cxalloy, "Ana", "1001", status_id=status)
        house.hear_tracker()
        states.append(house.of("1001").state)
    assert states == [LinkState.LEFT, LinkState.WAITING]


def test_s17_a_changed_filter_touches_nothing_until_a_person_accepts_it() -> None:
    house = settled("1001", "1002", filters={"statuses": [small.READY]})
    hands.create(house.cxalloy, "Ana", "50", description="Out.", section="construction", status_id=small.OPEN)
    house.hear_tracker()
    house.choose(filters={"statuses": [small.OPEN]})
    house.clock.sleep(60)
    assert house.writes_of(house.hear_tracker) == []
    accepted = Cursor("c1", "previews", notes={"accepted": {"at": house.clock.time}})
    house.cursors.save(accepted)
    house.clock.sleep(60)
    house.hear_tracker()
    states = sorted(one.state for one in house.plain_links.of_connection("c1").items)
    assert states == [LinkState.LEFT, LinkState.LEFT, LinkState.WAITING]


def test_s17_an_issue_edited_after_a_filter_changed_follows_the_new_one() -> None:
    house = settled("1001", "1002")
    house.choose(filters={"statuses": [small.OPEN]})
    hands.edit(house.cxalloy, "Ana", "1001", description="Edited.")
    house.hear_tracker()
    assert [house.of(one).state for one in ("1001", "1002")] == [LinkState.LEFT, LinkState.SYNCED]


# Gone and back


def test_a19_an_issue_missing_from_two_complete_listings_a_minute_apart_is_gone() -> None:
    house = settled()
    hands.delete(house.cxalloy, "Ana", "1001")
    assert house.hear_tracker() == []
    assert house.of("1001").gone_since == 0.0
    house.clock.sleep(60)
    hints = house.hear_tracker()
    link = house.of("1001")
    assert hints == [Hint("c1", "poll", link_id=link.id, facets=(ISSUE_FIELDS,))]
    assert (link.gone_since, link.state) == (START + 120, LinkState.SYNCED)


def test_a19_it_is_told_once() -> None:
    house = settled()
    hands.delete(house.cxalloy, "Ana", "1001")
    told = []
    for _ in range(4):
        told.append(len(house.hear_tracker()))
        house.clock.sleep(60)
    assert told == [0, 1, 0, 0]


def test_a19_two_listings_less_than_a_minute_apart_prove_nothing() -> None:
    house = settled()
    hands.delete(house.cxalloy, "Ana", "1001")
    house.tracker_poll().run("poll")
    house.clock.sleep(59)
    house.tracker_poll().run("poll")
    assert house.of("1001").gone_since == 0.0


def test_a14_an_unpublished_issue_is_gone_and_a_published_one_is_back() -> None:
    house = settled()
    hands.unpublish(house.cxalloy, "Ana", "1001")
    house.hear_tracker()
    house.clock.sleep(60)
    house.hear_tracker()
    gone = house.put(house.of("1001"), state=LinkState.GONE, due_at=0.0)
    hands.publish(house.cxalloy, "Ana", "1001")
    house.clock.sleep(60)
    hints = house.hear_tracker()
    link = house.of("1001")
    assert hints == [Hint("c1", "poll", link_id=gone.id)]
    # until a worker has restored the observation, its place in the bin is our own doing
    assert (link.gone_since, link.state, link.heard_at) == (0.0, LinkState.SYNCED, START + 180)
    assert link.pending == {"back": START + 180}


def test_a19_an_issue_that_too_few_others_prove_gone_is_parked_once_and_told_again_when_listed() -> None:
    house = settled()
    for one in ("1001", "1002", "1003"):
        hands.delete(house.cxalloy, "Ana", one)
    house.hear_tracker()
    house.clock.sleep(60)
    assert house.hear_tracker() == []
    link = house.of("1001")
    assert (link.state, link.due_at, link.gone_since) == (LinkState.PARKED, 0.0, 0.0)
    house.clock.sleep(60)
    assert house.writes_of(house.hear_tracker) == []
    hands.undo_delete(house.cxalloy, "Ana", "1001")
    house.clock.sleep(60)
    assert link.id in [hint.link_id for hint in house.hear_tracker()]
    assert house.of("1001").state is LinkState.SYNCED


def test_a14_an_issue_back_before_it_was_proven_gone_is_told_to_nobody() -> None:
    house = settled()
    hands.delete(house.cxalloy, "Ana", "1001")
    house.hear_tracker()
    hands.undo_delete(house.cxalloy, "Ana", "1001")
    house.clock.sleep(60)
    assert house.writes_of(house.hear_tracker) == []
    hands.delete(house.cxalloy, "Ana", "1001")
    house.clock.sleep(60)
    assert house.hear_tracker() == []


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path=".*issue.*", kind="empty", times=0),
        Fault(path=".*issue.*", kind="cap", cap=1, times=0),
    ],
    ids=["empty", "cut off"],
)
def test_a19_a_listing_that_is_empty_or_cut_off_proves_nothing(fault: Fault) -> None:
    house = settled()
    house.cxalloy.faults.append(fault)
    for _ in range(3):
        house.hear_tracker()
        house.clock.sleep(120)
    assert fault.seen >= 3
    assert [house.of(one).gone_since for one in ("1001", "1002", "1003", "1004")] == [0.0] * 4
    house.cxalloy.faults.clear()
    house.clock.sleep(600)
    assert house.writes_of(house.hear_tracker) == []


def test_a19_too_few_others_that_answer_prove_nothing() -> None:
    house = settled()
    for issue_id in ("1001", "1002"):
        hands.delete(house.cxalloy, "Ana", issue_id)
    house.hear_tracker()
    house.clock.sleep(60)
    assert house.hear_tracker() == []


def test_a19_an_issue_that_cannot_be_read_is_not_gone() -> None:
    house = settled()
    fault = Fault(path=".*issue.*", kind="drift", drop=["status_id", "name", "section"], times=0)
    house.cxalloy.faults.append(fault)
    for _ in range(3):
        house.hear_tracker()
        house.clock.sleep(120)
    assert [house.of(one).gone_since for one in ("1001", "1002", "1003", "1004")] == [0.0] * 4


def test_a19_a_pair_that_left_the_filter_is_not_deleted_with_its_issue() -> None:
    house = settled(filters={"statuses": [small.READY]})
    hands.edit(house.cxalloy, "Ana", "1001", status_id=small.CLOSED)
    house.hear_tracker()
    hands.delete(house.cxalloy, "Ana", "1001")
    for _ in range(3):
        house.clock.sleep(60)
        assert house.hear_tracker() == []
    assert house.of("1001").gone_since == 0.0


def test_a19_a_pair_that_a_worker_holds_is_told_with_the_next_poll() -> None:
    house = settled()
    hands.delete(house.cxalloy, "Ana", "1001")
    house.hear_tracker()
    house.clock.sleep(60)
    house.plain_links.lease(house.of("1001").id, now=house.clock.time, until=house.clock.time + 30)
    house.hear_tracker()
    assert house.of("1001").gone_since == 0.0
    house.clock.sleep(60)
    house.hear_tracker()
    assert house.of("1001").gone_since == START + 180


def test_a19_a_lost_memory_does_not_forget_which_issues_were_linked() -> None:
    house = settled()
    hands.delete(house.cxalloy, "Ana", "1001")
    lose_memory(house)
    house.hear_tracker()
    house.clock.sleep(60)
    house.hear_tracker()
    assert house.of("1001").gone_since == START + 120


# What people are told


def test_a20_a_value_without_a_map_that_is_seen_later_raises_a_notice() -> None:
    house = settled("1001")
    hands.edit(house.cxalloy, "Ana", "1001", discipline_id="11")
    house.hear_tracker()
    assert house.logged()[-1] == (
        "notice",
        "CxAlloy has a new value in disciplines, 'Envelope', that no map covers.",
    )


# Births


def test_a29_an_issue_that_may_have_been_made_for_an_observation_is_not_linked_by_the_poll() -> None:
    house = settled("1001", sync={"births": {"types": ["7002"]}})
    birth = house.plain_links.create(
        Link("b1", "c1", "", LinkState.WAITING, observation_id="555", due_at=START)
    )
    house.plain_links.put_intent(Intent("b1", "issue", START))
    new = hands.create(house.cxalloy, "us", "50", description="Born.", section="construction")
    assert house.hear_tracker() == []
    assert house.plain_links.by_issue("c1", new) is None
    house.put(birth, issue_id=new, state=LinkState.SYNCED, due_at=0.0)
    house.clock.sleep(60)
    house.hear_tracker()
    assert house.of(new).id == "b1"
