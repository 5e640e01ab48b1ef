"""Fields of pairs in sync, by the real worker, polls and webhooks against both sandboxes (A12-A26, A50)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from tests.support import small
from tests.support.sync_house import SYNCED, SyncHouse, choose, synced

from sandbox.cxalloy import Fault as TrackerFault
from sandbox.procore import Fault

ITEM = "/rest/v1.0/observations/items/598134326000001"
LOGS = f"{ITEM}/response_logs"
PROJECT_LOGS = "/rest/v1.0/projects/598134325870420/observations/response_logs"
UPLOADS = "/rest/v1.1/projects/598134325870420/uploads"
ADDRESS = "CxAlloy issue CI-1001: http://127.0.0.1:2/project/50/constructionissue/1001"
ASSET = "CxAlloy asset: AHU-3 (equipment)"
TEXT = "AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz."


def body(house: SyncHouse) -> str:
    """The description of the observation."""
    return str(house.report()["description"])


# ---- What a change costs ---------------------------------------------------------------------------------


def test_a12_a_change_in_procore_costs_one_call_there() -> None:
    house = synced()
    house.in_procore(due_date="2026-04-01")
    house.webhooks()
    assert house.issue().due_date == date(2026, 4, 1)
    assert house.calls() == [f"GET {ITEM}"]


def test_a12_a_change_in_the_tracker_costs_two_calls_at_procore() -> None:
    house = synced()
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.report()["priority"] == "Urgent"
    assert house.calls() == [f"GET {ITEM}", f"PATCH {ITEM}"]


def test_a16_a_status_that_we_set_costs_two_calls_and_its_two_webhooks_none() -> None:
    house = synced()
    house.in_tracker(status_id=small.CLOSED)
    outcomes = house.answer()
    assert house.report()["status"] == "closed"
    assert house.calls() == [f"GET {ITEM}", f"PATCH {ITEM}"]
    assert outcomes == ["updated", "seen", "seen"]


def test_a35_a_status_that_a_person_sets_costs_the_read_and_one_look_at_its_response_log() -> None:
    house = synced()
    house.in_procore(status="closed")
    outcomes = house.webhooks()
    assert house.issue().status_id == small.CLOSED
    assert house.calls() == [f"GET {PROJECT_LOGS}", f"GET {ITEM}"]
    assert outcomes == ["no_comment", "updated"]


def test_several_fields_changed_at_once_are_one_write() -> None:
    house = synced()
    house.in_tracker(priority_id="2", due_date=date(2026, 5, 1), description="Replaced.")
    house.answer()
    assert house.calls() == [f"GET {ITEM}", f"PATCH {ITEM}"]
    sent = next(one["body"] for one in house.procore.journal.calls() if one["method"] == "PATCH")
    assert sorted(sent["observation"]) == ["description", "due_date", "name", "priority"]


# ---- Every field, both ways ------------------------------------------------------------------------------


TO_PROCORE: list[tuple[str, dict[str, Any], str, Any]] = [
    ("status", {"status_id": small.CLOSED}, "status", "closed"),
    ("priority", {"priority_id": "2"}, "priority", "Urgent"),
    ("discipline", {"discipline_id": "11"}, "trade", "Electrical"),
    ("issue_type", {"issuetype_id": "21"}, "type", "Design Review Comment"),
    ("due_date", {"due_date": date(2026, 6, 30)}, "due_date", "2026-06-30"),
    ("no due_date", {"due_date": None}, "due_date", None),
]


@pytest.mark.parametrize(
    ("edit", "name", "value"), [one[1:] for one in TO_PROCORE], ids=[one[0] for one in TO_PROCORE]
)
def test_a12_a_field_changed_in_the_tracker_reaches_procore(
    edit: dict[str, Any], name: str, value: object
) -> None:
    house = synced(choose(tracker_calls={"absent_means": "empty"}))
    house.in_tracker(**edit)
    house.answer()
    assert house.report()[name] == value
    house.mark()
    house.settle()
    assert house.writes() == []


TO_TRACKER: list[tuple[str, dict[str, Any], str, Any]] = [
    ("status", {"status": "closed"}, "status_id", small.CLOSED),
    ("priority", {"priority": "Urgent"}, "priority_id", "2"),
    ("discipline", {"trade_id": 8002}, "discipline_id", "11"),
    ("issue_type", {"type_id": 7003}, "issuetype_id", "21"),
    ("due_date", {"due_date": "2026-06-30"}, "due_date", date(2026, 6, 30)),
    ("no due_date", {"due_date": None}, "due_date", None),
]


@pytest.mark.parametrize(
    ("edit", "name", "value"), [one[1:] for one in TO_TRACKER], ids=[one[0] for one in TO_TRACKER]
)
def test_a12_a_field_changed_in_procore_reaches_the_tracker(
    edit: dict[str, Any], name: str, value: object
) -> None:
    house = synced()
    house.in_procore(**edit)
    house.webhooks()
    assert getattr(house.issue(), name) == value
    house.mark()
    house.settle()
    assert house.writes() == []


def test_a12_a_description_changed_in_the_tracker_reaches_procore_with_our_lines_under_it() -> None:
    house = synced()
    house.in_tracker(description="Fan replaced.\n\nTested twice.")
    house.answer()
    assert body(house) == f"Fan replaced.\n\nTested twice.\n\n{ASSET}\n\n{ADDRESS}"
    assert house.report()["name"] == "CI-1001: Fan replaced."


def test_a12_a_description_changed_in_procore_reaches_the_tracker_without_our_lines() -> None:
    house = synced()
    house.in_procore(description=f"Fan replaced.\n\n{ASSET}\n\n{ADDRESS}")
    house.webhooks()
    assert house.issue().description == "Fan replaced."


# ---- Titles ----------------------------------------------------------------------------------------------


WITH_TITLE = choose(tracker_calls={"issue_title_field": "title"})


def titled(house: SyncHouse) -> None:
    house.cxalloy.settings = house.cxalloy.settings.model_copy(update={"title_field": "title"})
    house.issue().title = "Fan stuck"


def test_a12_a_title_travels_both_ways_where_the_tracker_has_one() -> None:
    house = synced(WITH_TITLE, change=titled)
    assert house.report()["name"] == "Fan stuck"
    house.in_tracker(title="Fan stuck at 20 Hz")
    house.answer()
    assert house.report()["name"] == "Fan stuck at 20 Hz"
    house.in_procore(name="Supply fan stuck")
    house.webhooks()
    assert house.issue().title == "Supply fan stuck"
    house.mark()
    house.settle()
    assert house.writes() == []


def test_a23_a_title_made_of_the_text_follows_it_until_a_person_gives_another() -> None:
    house = synced()
    house.in_procore(name="Our fan")
    house.webhooks()
    house.in_tracker(description="Fan replaced.")
    house.answer()
    assert house.report()["name"] == "Our fan"
    assert house.issue().name == "CI-1001"


# ---- Maps ------------------------------------------------------------------------------------------------


def test_a21_unmapped_statuses_and_priorities_fall_back_to_their_defaults() -> None:
    maps = {**SYNCED["maps"], "status": {}, "priority": {}}
    house = synced(choose(maps=maps))
    assert (house.report()["status"], house.report()["priority"]) == ("initiated", "Low")
    house.in_procore(status="closed")
    house.webhooks()
    assert house.issue().status_id == small.OPEN


def test_a21_what_has_neither_map_nor_default_is_left_as_it_was() -> None:
    house = synced(choose(maps={**SYNCED["maps"], "discipline": {"to_procore": {"10": "8001"}}}))
    house.in_tracker(discipline_id="11")
    house.answer()
    assert house.report()["trade"] == "HVAC"
    house.in_procore(trade_id=8003)
    house.webhooks()
    assert house.issue().discipline_id == "11"
    assert house.writes() == []


def test_a22_two_statuses_that_share_one_are_left_as_people_set_them() -> None:
    house = synced()
    house.in_tracker(status_id=small.SENT)
    house.answer()
    assert (house.issue().status_id, house.report()["status"]) == (small.SENT, "ready_for_review")
    house.settle()
    assert (house.issue().status_id, house.report()["status"]) == (small.SENT, "ready_for_review")
    assert house.writes() == []
    house.in_procore(status="initiated")
    house.webhooks()
    assert house.issue().status_id == small.OPEN


# ---- Text: formatting, our own lines, what vendors make of it --------------------------------------------


RICH = (
    f"<p>Fan <strong>replaced</strong>.</p><ul><li>Belt</li><li>Motor</li></ul><p>{ASSET}</p><p>{ADDRESS}</p>"
)


def test_a24_formatting_is_read_as_text_and_stays_while_only_the_asset_changes() -> None:
    house = synced()
    house.in_procore(description_rich_text=RICH)
    house.webhooks()
    assert "Belt" in house.issue().description
    assert "<" not in house.issue().description
    before = house.report()["description_rich_text"]
    house.in_tracker(asset_key=None)
    house.answer()
    assert house.report()["description_rich_text"] == before == RICH
    assert house.logs_there()[-1] == "[CxAlloy asset change 1]\nCxAlloy asset: none"
    house.mark()
    house.settle()
    assert house.writes() == []


def test_a24_bold_words_alone_are_no_edit() -> None:
    house = synced()
    bold = (
        f"<p><b>AHU-3</b> supply fan does not ramp.<br>VFD stays at 20 Hz.</p><p>{ASSET}</p><p>{ADDRESS}</p>"
    )
    house.in_procore(description_rich_text=bold)
    house.webhooks()
    assert house.issue().description == TEXT
    assert house.writes() == []


def test_a24_a_formatted_description_is_rewritten_when_the_text_changes_in_the_tracker() -> None:
    house = synced()
    house.in_procore(description_rich_text=RICH)
    house.webhooks()
    house.in_tracker(description="All done.")
    house.answer()
    assert body(house) == f"All done.\n\n{ASSET}\n\n{ADDRESS}"


def test_a50_an_asset_that_changes_back_and_forth_is_told_each_time_where_the_text_is_formatted() -> None:
    house = synced(choose(tracker_calls={"absent_means": "empty"}))
    house.in_procore(description_rich_text=RICH)
    house.webhooks()
    for asset in (None, "77", None):
        house.in_tracker(asset_key=asset)
        house.answer()
    assert house.logs_there()[-3:] == [
        "[CxAlloy asset change 1]\nCxAlloy asset: none",
        f"[CxAlloy asset change 2]\n{ASSET}",
        "[CxAlloy asset change 3]\nCxAlloy asset: none",
    ]


def test_a50_a_changed_asset_changes_its_line_and_nothing_else() -> None:
    house = synced()
    house.in_tracker(asset_key=None)
    house.answer()
    assert body(house) == f"{TEXT}\n\n{ADDRESS}"
    assert house.issue().description == TEXT


def test_a26_a_link_line_that_a_person_removed_is_not_put_back() -> None:
    house = synced()
    house.in_procore(description=f"{TEXT}\n\n{ASSET}")
    house.webhooks()
    assert house.issue().description == TEXT
    house.in_tracker(description="Fan replaced.")
    house.answer()
    assert body(house) == f"Fan replaced.\n\n{ASSET}"


def test_a23_a_text_too_long_for_procore_is_cut_there_and_never_carried_back() -> None:
    long = "word " * 15_000
    house = synced(world=small.world([small.issue("1001", description=long)], []))
    assert "(cut; the full text is in CxAlloy)" in body(house)
    house.in_procore(due_date="2026-06-30", description=body(house).replace("word", "Word", 1))
    house.webhooks()
    assert house.issue().description.strip() == long.strip()
    assert house.issue().due_date == date(2026, 6, 30)


def test_a12_what_the_tracker_stores_otherwise_than_we_wrote_is_no_edit() -> None:
    def normalising(house: SyncHouse) -> None:
        changes = {"trims_text": True, "breaks_as_crlf": True}
        house.cxalloy.settings = house.cxalloy.settings.model_copy(update=changes)

    house = synced(change=normalising)
    house.in_procore(description=f"  First.\n\nSecond.  \n\n{ADDRESS}")
    house.webhooks()
    assert house.issue().description == "First.\r\n\r\nSecond."
    house.mark()
    house.settle()
    assert house.writes() == []
    assert body(house) == f"  First.\n\nSecond.  \n\n{ADDRESS}"


def test_a12_line_ends_of_another_kind_are_no_edit() -> None:
    house = synced()
    house.in_tracker(description=TEXT.replace("\n", "\r\n"))
    house.answer()
    assert house.writes() == []


# ---- Refusals --------------------------------------------------------------------------------------------


def refuse_priority(house: SyncHouse, *, times: int = 0) -> None:
    refusal = '{"errors": {"priority": ["is not allowed here"]}}'
    house.break_procore(
        Fault(method="PATCH", path=ITEM, body_has='"priority"', status=422, body=refusal, times=times)
    )


def test_a18_one_refused_field_holds_up_no_other_and_the_item_says_why() -> None:
    house = synced()
    refuse_priority(house)
    house.in_tracker(priority_id="2", due_date=date(2026, 6, 30), description="New.")
    house.answer()
    assert (house.report()["due_date"], house.report()["priority"]) == ("2026-06-30", "High")
    assert body(house) == f"New.\n\n{ASSET}\n\n{ADDRESS}"
    assert list(house.link().remarks) == ["priority"]
    assert "is not allowed here" in house.link().remarks["priority"]
    assert len(house.told("refused")) == 1
    house.mark()
    house.settle()
    assert house.writes() == []


def test_a18_a_refused_value_is_tried_again_when_it_changes_and_then_the_item_says_nothing_more() -> None:
    house = synced()
    refuse_priority(house, times=2)
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.report()["priority"] == "High"
    house.procore.faults.clear()
    house.in_tracker(due_date=date(2026, 6, 30))
    house.answer()
    assert house.report()["priority"] == "High"
    house.in_tracker(priority_id=None)
    house.answer()
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.report()["priority"] == "Urgent"
    assert (house.link().remarks, house.link().refused) == ({}, {})


def test_a18_a_value_that_was_refused_is_kept_when_the_other_side_changes_too() -> None:
    house = synced()
    refuse_priority(house)
    house.in_tracker(priority_id="2")
    house.answer()
    house.in_procore(priority="Low")
    house.webhooks()
    kept = house.plain_links.conflicts(house.link().id)
    assert [(one.field, one.tracker, one.procore, one.state) for one in kept] == [
        ("priority", "2", "Low", "kept")
    ]


def test_a18_the_tracker_may_refuse_one_field_among_several() -> None:
    house = synced()
    house.cxalloy.faults.append(
        TrackerFault(path=r"/api/v1/issue_update", kind="status", status=422, body='{"error": "no"}', times=2)
    )
    house.in_procore(priority="Urgent", due_date="2026-06-30")
    house.webhooks()
    refused = set(house.link().remarks)
    assert len(refused) == 1
    assert (house.issue().priority_id == "2") != (house.issue().due_date == date(2026, 6, 30))


def test_invariants_11_a_key_that_an_answer_lacks_clears_nothing() -> None:
    house = synced()
    house.cxalloy.faults.append(
        TrackerFault(
            path="/api/v1/issue", kind="drift", drop=["priority_id", "description", "due_date"], times=0
        )
    )
    house.in_procore(trade_id=8002)
    house.webhooks()
    assert (house.report()["priority"], house.report()["due_date"]) == ("High", "2026-03-15")
    assert body(house).startswith(TEXT)
    assert house.issue().discipline_id == "11"
