"""No value is lost where it is doubtful what became of our write, or how old an answer is (A13-A15)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.support import small, sync_pairs
from tests.support.sync_house import Mail, SyncHouse, choose, synced
from tests.support.sync_pairs import number

from plumbline.cxalloy.client import CxAlloyClient
from plumbline.issues import proving
from plumbline.issues.sync_fields import Sides
from plumbline.issues.text import Parts
from plumbline.stores.records import LinkState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault

if TYPE_CHECKING:
    import pytest

ITEM = "/rest/v1.0/observations/items/598134326000001"
UPDATE = "/api/v1/issue_update"
ANA = "Ana Souza"


def kept(house: SyncHouse) -> list[tuple[str, str, str]]:
    """The conflict records: field, the tracker's value and Procore's."""
    found = house.plain_links.conflicts(house.link().id)
    return [(one.field, one.tracker, one.procore) for one in found]


def priorities(house: SyncHouse) -> tuple[Any, Any]:
    """What both sides hold."""
    return house.issue().priority_id, house.report()["priority"]


# ---- A pair that is not shown for a while ----------------------------------------------------------------


def test_a15_a_pair_that_was_updated_just_before_a_404_keeps_what_was_agreed() -> None:
    house = synced()
    house.in_tracker(priority_id="2")
    house.answer()
    mine = house.observation_id()
    assert house.link().observed_at == house.link().item_updated_at
    house.break_procore(Fault(method="GET", path=ITEM, status=404))
    house.in_procore(priority="High")
    house.webhooks()
    assert (house.link().observation_id, house.link().base["priority"]) == (str(mine), ["2", "Urgent"])
    house.settle()
    assert priorities(house) == ("1", "High")


def test_a14_a_write_that_was_not_read_back_is_still_known_when_the_issue_comes_back() -> None:
    house = sync_pairs.house(5)
    house.cxalloy.faults.append(TrackerFault(path=UPDATE, kind="drop", when="after"))
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue", nth=2))
    house.in_procore(priority="Medium")
    house.webhooks()
    assert house.issue().priority_id == "2"
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    sync_pairs.settle(house)
    assert house.link().state is LinkState.GONE
    house.in_procore(priority="High")
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    sync_pairs.settle(house)
    assert priorities(house) == ("1", "High")
    assert house.link().pending == {}


# ---- Copies that lag behind ------------------------------------------------------------------------------


def test_a13_an_answer_older_than_the_change_that_was_told_of_is_asked_for_again_before_a_write() -> None:
    house = synced()
    house.in_tracker(due_date=date(2026, 7, 1))
    house.in_procore(due_date="2026-06-30")
    house.break_procore(Fault(method="GET", path=ITEM, kind="stale", times=2))
    house.webhooks()
    assert house.report()["due_date"] == "2026-06-30"
    house.settle()
    assert kept(house) == [("due_date", "2026-07-01", "2026-06-30")]
    assert house.report()["due_date"] == str(house.issue().due_date)


def test_a14_a_change_that_procore_told_of_and_does_not_show_yet_beats_a_delete() -> None:
    house = sync_pairs.house(5)
    house.in_procore(priority="Medium")
    house.break_procore(Fault(method="GET", path=rf".*/items/{number(house)}", kind="stale", times=2))
    house.plain_links.save(replace(house.link(), gone_since=house.clock()))
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    house.webhooks()
    sync_pairs.settle(house)
    assert sync_pairs.deletes(house) == []
    assert [one[0] for one in kept(house)] == ["deletion"]


# ---- Writes of which nobody said what became of them -----------------------------------------------------


def test_a_write_to_the_tracker_that_nobody_answered_is_looked_for_at_once() -> None:
    house = synced()
    house.cxalloy.faults.append(TrackerFault(path=UPDATE, kind="drop", when="after"))
    house.in_procore(priority="Urgent")
    house.webhooks()
    assert house.link().base["priority"] == ["2", "Urgent"]
    house.in_tracker(priority_id="1")
    house.clock.sleep(600)
    house.settle()
    assert priorities(house) == ("1", "High")
    assert kept(house) == []


def test_a_value_put_back_after_an_unanswered_write_to_the_tracker_is_kept() -> None:
    house = synced()
    house.cxalloy.faults.append(TrackerFault(path=UPDATE, kind="drop", when="after"))
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue", nth=2))
    house.in_procore(priority="Urgent")
    house.webhooks()
    assert house.issue().priority_id == "2"
    house.in_tracker(priority_id="1")
    house.settle()
    assert priorities(house) == ("2", "Urgent")
    assert kept(house) == [("priority", "1", "Urgent")]


def test_a_value_put_back_after_an_unanswered_write_to_procore_is_kept() -> None:
    house = synced(mail=Mail(lost=True))
    house.break_procore(Fault(method="PATCH", path=ITEM, kind="drop", when="after"))
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.report()["priority"] == "Urgent"
    house.in_procore(priority="High")
    house.settle()
    assert priorities(house) == ("2", "Urgent")
    assert kept(house) == [("priority", "2", "High")]


def test_a_value_put_back_before_a_slow_read_of_what_we_wrote_is_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house, update = synced(), CxAlloyClient.update_issue

    def slowly(self: CxAlloyClient, project_id: str, issue_id: str, fields: Any) -> None:
        update(self, project_id, issue_id, fields)
        monkeypatch.setattr(CxAlloyClient, "update_issue", update)
        house.clock.sleep(20)
        house.in_tracker(priority_id="1")

    monkeypatch.setattr(CxAlloyClient, "update_issue", slowly)
    house.in_procore(priority="Urgent")
    house.webhooks()
    assert house.issue().priority_id == "1"
    house.settle()
    assert priorities(house) == ("2", "Urgent")
    assert kept(house) == [("priority", "1", "Urgent")]


def test_what_says_nothing_to_procore_is_not_agreed_with_what_was_read_before_a_slow_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    house, update = synced(), CxAlloyClient.update_issue
    house.in_tracker(status_id=small.READY)
    house.settle()

    def slowly(self: CxAlloyClient, project_id: str, issue_id: str, fields: Any) -> None:
        update(self, project_id, issue_id, fields)
        monkeypatch.setattr(CxAlloyClient, "update_issue", update)
        house.clock.sleep(20)
        house.in_procore(status="closed")
        house.clock.sleep(5)
        house.in_tracker(status_id=small.SENT)

    monkeypatch.setattr(CxAlloyClient, "update_issue", slowly)
    house.in_procore(priority="Urgent")
    house.webhooks()
    house.settle()
    assert kept(house) == [("status", small.SENT, "closed")]


def test_what_a_person_wrote_like_a_write_that_never_arrived_is_kept_when_the_issue_moved_on() -> None:
    house = synced(mail=Mail(lost=True))
    house.break_procore(Fault(method="PATCH", path=ITEM, kind="drop", when="before"))
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.report()["priority"] == "High"
    house.in_tracker(priority_id="1")
    house.in_procore(priority="Urgent")
    house.settle()
    assert priorities(house) == ("1", "High")
    assert kept(house) == [("priority", "1", "Urgent")]


def test_a_value_that_goes_back_to_what_an_unanswered_write_left_unsure_is_kept_later_on_too() -> None:
    house = synced(choose(sync={"rules": {"due_date": "ask"}}), mail=Mail(lost=True))
    before = house.report()["due_date"]
    house.break_procore(Fault(method="PATCH", path=ITEM, kind="drop", when="after"))
    house.in_tracker(due_date=date(2026, 7, 1))
    house.answer()
    assert house.report()["due_date"] == "2026-07-01"
    house.in_procore(due_date="2026-08-01")
    house.settle()
    house.in_tracker(priority_id="2")
    house.settle()
    assert kept(house) == [("due_date", "2026-07-01", "2026-08-01")]
    house.in_procore(due_date=before)
    house.settle()
    assert ("due_date", "2026-07-01", before or "") in kept(house)


def test_an_edit_over_a_write_that_procore_dropped_keeps_the_value_that_never_got_there() -> None:
    house = synced()
    house.break_procore(Fault(method="PATCH", path=ITEM, kind="no_effect"))
    house.in_tracker(due_date=date(2026, 7, 1))
    house.answer()
    house.in_procore(due_date="2026-06-30")
    house.settle()
    assert (str(house.issue().due_date), house.report()["due_date"]) == ("2026-06-30", "2026-06-30")
    assert kept(house) == [("due_date", "2026-07-01", "2026-06-30")]


def test_a_write_that_procore_drops_twice_is_still_no_edit_of_a_person() -> None:
    house = synced(choose(sync={"rules": {"priority": "tracker"}}))
    house.break_procore(Fault(method="PATCH", path=ITEM, kind="no_effect", times=2))
    house.in_tracker(priority_id="2")
    house.answer()
    for _ in range(2):
        house.say_in_procore("Any news?")
        house.clock.sleep(7300)
        house.run(minutes=3)
    house.settle()
    assert priorities(house) == ("2", "Urgent")


def test_two_values_put_back_after_our_write_are_both_changed() -> None:
    house = synced()
    link = replace(
        house.link(),
        base={"status": ["3101", "initiated"]},
        pending={"proof": {"status": ["3106", "ready_for_review"]}},
    )
    natives = Sides(
        {"status": "3106"}, {"status": "ready_for_review"}, "", Parts("", "", ""), formatted=False
    )
    seen = proving.doubted(link, natives)
    tracker, procore = seen.base["status"]
    assert tracker not in ("3106", "3101")
    assert procore not in ("ready_for_review", "initiated")
    assert seen.pending == {}


def test_the_webhook_of_our_own_comment_is_no_proof_of_a_write_within_its_second() -> None:
    house = synced()
    house.procore.settings = house.procore.settings.model_copy(update={"log_fires_update": True})
    house.break_procore(Fault(method="PATCH", path=ITEM, kind="no_effect"))
    house.in_tracker(priority_id="2")
    house.say_in_tracker("Looked again.")
    house.answer()
    house.webhooks()
    assert house.link().pending["proof"] == {"priority": ["1", "High"]}
    house.settle()
    assert priorities(house) == ("2", "Urgent")
