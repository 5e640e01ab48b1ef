"""One-time copy: each behaviour from both systems' own records."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.support import small
from tests.support.house import House, Killed

from plumbline.stores.records import ConnectionState, LinkState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import writes
from sandbox.cxalloy.world import FileSpec
from sandbox.procore import Fault
from sandbox.procore.demo import MARCUS


def house_with(*issues: dict[str, Any], **settings: Any) -> House:
    return House(small.world(list(issues), []), {**small.SETTINGS, **settings})


def outcomes(house: House) -> list[str]:
    """The activity log, oldest first."""
    return [entry.outcome for entry in reversed(house.activity.read("c1").items)]


def set_status(house: House, issue_id: str, status_id: str) -> None:
    issue = house.cxalloy.world.issue(issue_id)
    assert issue
    writes.set_status(house.cxalloy, issue, status_id, "person")


def test_a2_files_come_first_then_the_observation_then_comments_oldest_first_then_the_status() -> None:
    house = House(small.world(), small.SETTINGS)
    house.run_until_calm()
    tail = [call.rsplit("/", 1)[-1] for call in house.rest_calls()]
    assert tail == ["uploads", "uploads", "items", "response_logs", "response_logs"]
    logs = [log["comment"].split("\n")[1] for log in house.observations()[0]["response_logs"]]
    assert logs == ["Checked at the panel.", "Second look: still at 20 Hz."]
    assert house.status_of("1001") == small.SENT


def test_a2_comments_carry_author_and_time_in_their_text() -> None:
    house = House(small.world(), small.SETTINGS)
    house.run_until_calm()
    first = house.observations()[0]["response_logs"][0]["comment"]
    assert first.startswith("[Ana Souza, 2026-02-02 09:30 UTC, ")


def test_a1_only_issues_of_the_chosen_kinds_in_the_trigger_status_are_copied() -> None:
    house = house_with(
        small.issue("1001"),
        small.issue("1002", section="design"),
        small.issue("1003", status_id=small.OPEN),
        sections=["construction"],
    )
    house.run_until_calm()
    assert [one["name"][:7] for one in house.observations()] == ["CI-1001"]


@pytest.mark.parametrize(
    ("field", "values", "copied"),
    [
        ("priorities", ["2"], ["CI-1002"]),
        ("disciplines", ["10"], ["CI-1001"]),
        ("types", ["21"], ["CI-1002"]),
        ("assets", ["77"], ["CI-1001"]),
        ("statuses", [small.READY], ["CI-1001", "CI-1002"]),
        ("companies", ["5"], []),
    ],
)
def test_a5_filters_choose_what_is_copied(field: str, values: list[str], copied: list[str]) -> None:
    other = small.issue("1002", priority_id="2", discipline_id="11", issuetype_id="21", asset_key=None)
    house = house_with(small.issue("1001"), other, filters={field: values})
    house.run_until_calm()
    assert sorted(one["name"][:7] for one in house.observations()) == copied


def test_a2_a_status_that_a_person_set_meanwhile_is_kept() -> None:
    house = house_with(small.issue("1001"))
    path = r"/rest/v1\.0/observations/items/\d+/response_logs"
    house.procore.faults.append(Fault(method="POST", path=path, kind="status", status=503))
    house.poll()
    house.work()
    set_status(house, "1001", small.CLOSED)
    house.run_until_calm()
    assert house.status_of("1001") == small.CLOSED
    assert len(house.observations()[0]["response_logs"]) == 2
    assert "kept" in house.activity.read("c1").items[0].message


def test_a4_after_the_copy_nothing_of_the_issue_is_synced() -> None:
    house = house_with(small.issue("1001"))
    house.run_until_calm()
    issue = house.cxalloy.world.issue("1001")
    assert issue
    writes.add_comment(house.cxalloy, issue, "Later thought", "Ana Souza", "person")
    set_status(house, "1001", small.CLOSED)
    calls = len(house.rest_calls())
    for _ in range(3):
        house.clock.sleep(60)
        house.poll()
        house.sweep()
        house.work()
    assert len(house.rest_calls()) == calls
    assert house.status_of("1001") == small.CLOSED


def test_a4_setting_the_trigger_status_again_copies_nothing_twice() -> None:
    house = house_with(small.issue("1001"))
    house.run_until_calm()
    set_status(house, "1001", small.READY)
    house.clock.sleep(60)
    house.run_until_calm()
    assert len(house.observations()) == 1
    assert house.status_of("1001") == small.SENT
    assert outcomes(house) == ["copied", "already_copied"]
    assert house.activity.read("c1").items[0].message == "Already copied as #1; the done status is set again."


def test_a4_the_trigger_status_set_again_between_two_polls_is_seen_too() -> None:
    house = house_with(small.issue("1001"))
    house.poll()
    house.work()
    set_status(house, "1001", small.READY)
    house.clock.sleep(60)
    house.run_until_calm()
    assert house.status_of("1001") == small.SENT
    assert len(house.observations()) == 1


def test_a2_comments_and_files_added_during_the_copy_are_brought_over() -> None:
    house = house_with(small.issue("1001"))
    added: list[int] = []

    def add_once(request: Any, response: Any) -> None:
        if request.path == "/rest/v1.0/observations/items" and not added:
            added.append(1)
            issue = house.cxalloy.world.issue("1001")
            assert issue
            writes.add_comment(house.cxalloy, issue, "Just now", "Bo Chen", "person")
            late = FileSpec.model_validate(small.file("777", "1001", "late photo.jpg", 900))
            writes.add_file(house.cxalloy, late, "person")

    house.session.adapters["http://"]._after = add_once  # type: ignore[attr-defined]
    house.run_until_calm()
    twin = house.observations()[0]
    assert [log["comment"].split("\n")[1] for log in twin["response_logs"]] == [
        "Checked at the panel.",
        "Second look: still at 20 Hz.",
        "late photo.jpg",
        "Just now",
    ]
    assert [len(log["attachments"]) for log in twin["response_logs"]] == [0, 0, 1, 0]
    assert house.status_of("1001") == small.SENT


def test_a33_an_empty_file_and_one_in_segments_arrive_with_their_hash() -> None:
    files = [small.file("501", "1001", "empty.csv", 0), small.file("502", "1001", "scan.pdf", 11_000_000)]
    house = House(small.world(files=files), small.SETTINGS, segment_above=6_000_000)
    house.run_until_calm()
    here = {file.name: house.cxalloy.files.measure(file) for file in house.cxalloy.world.files}
    there = {one["name"]: (one["size"], one["sha256"]) for one in house.observations()[0]["attachments"]}
    assert there == here


def test_a21_values_without_a_map_get_their_defaults() -> None:
    odd = small.issue("1001", priority_id="2", discipline_id="11", issuetype_id="21")
    house = house_with(odd, maps={})
    house.run_until_calm()
    twin = house.observations()[0]
    assert (twin["status"], twin["priority"], twin["trade"], twin["type"]) == (
        "initiated",
        "Low",
        None,
        "Commissioning Issue",
    )


def test_a20_a_value_seen_later_without_a_map_raises_a_notice() -> None:
    house = house_with(small.issue("1001"))
    house.run_until_calm()
    issue = house.cxalloy.world.issue("1001")
    assert issue
    issue.priority_id = "2"
    house.clock.sleep(60)
    house.poll()
    assert outcomes(house)[-1] == "notice"
    assert "'Odd'" in house.activity.read("c1").items[0].message


def test_a27_no_mail_is_sent_of_copied_observations() -> None:
    house = House(small.world(), small.SETTINGS)
    house.run_until_calm()
    assert [mail for mail in house.procore.state.emails if mail.kind == "observation"] == []
    assert not any("send" in call for call in house.rest_calls())


def test_a50_the_asset_is_one_marked_line_and_can_be_left_out() -> None:
    house = house_with(small.issue("1001"))
    house.run_until_calm()
    assert "\n\nCxAlloy asset: AHU-3 (equipment)\n\n" in house.observations()[0]["description"]
    without = house_with(small.issue("1001"), asset_in_description=False)
    without.run_until_calm()
    assert "AHU-3 (" not in without.observations()[0]["description"]


def test_s14_a_permanently_failing_issue_is_parked_with_its_cause_and_delays_no_other() -> None:
    house = house_with(small.issue("1001"), small.issue("1002"))
    body = '{"errors":{"name":["is too long"]}}'
    house.procore.faults.append(
        Fault(
            method="POST",
            path=r"/rest/v1\.0/observations/items",
            body_has="CI-1001",
            kind="status",
            status=422,
            body=body,
            times=0,
        )
    )
    house.run_until_calm()
    assert [one["name"][:7] for one in house.observations()] == ["CI-1002"]
    parked = house.plain_links.by_issue("c1", "1001")
    assert parked
    assert parked.state is LinkState.PARKED
    assert "is too long" in parked.cause
    assert parked.next_step
    assert house.status_of("1001") == small.READY


def test_s23_an_item_whose_writes_keep_failing_is_parked_after_five_tries() -> None:
    house = house_with(small.issue("1001"))
    house.procore.faults.append(
        Fault(method="POST", path=r"/rest/v1\.0/observations/items", kind="status", status=500, times=0)
    )
    house.run_until_calm(minutes=180)
    parked = house.plain_links.by_issue("c1", "1001")
    assert parked
    assert parked.state is LinkState.PARKED
    assert parked.cause.startswith("Tried 5 times. Last: ")


def test_s14_an_edit_of_a_parked_issue_tries_it_again() -> None:
    house = house_with(small.issue("1001"))
    house.procore.faults.append(
        Fault(method="POST", path=r"/rest/v1\.0/observations/items", kind="status", status=422)
    )
    house.run_until_calm()
    assert outcomes(house) == ["parked"]
    issue = house.cxalloy.world.issue("1001")
    assert issue
    issue.description = "Shorter."
    house.clock.sleep(60)
    house.run_until_calm()
    assert outcomes(house) == ["parked", "copied"]


def test_s9_a_revoked_token_makes_work_wait_and_it_goes_on_after_signing_in_again() -> None:
    house = house_with(small.issue("1001"))
    house.oauth.revoke(house.keeper.access("p1"))
    house.poll()
    house.work()
    person = house.authorizations.get("p1")
    assert person
    assert person.valid is False
    assert outcomes(house) == ["needs_authorization"]
    assert house.observations() == []
    house.keeper.keep("p1", house.sign_in(MARCUS))
    house.authorizations.put(replace(person, valid=True, cause="", subject=str(MARCUS)))
    house.clock.sleep(300)
    house.run_until_calm()
    assert [one["created_by"] for one in house.observations()] == ["Marcus Lindqvist"]


def test_s9_uploads_of_the_former_person_are_made_again_by_the_new_one() -> None:
    house = House(small.world(), small.SETTINGS)
    house.procore.faults.append(
        Fault(method="POST", path=r"/rest/v1\.0/observations/items", kind="status", status=503)
    )
    house.poll()
    house.work()
    person = house.authorizations.get("p1")
    assert person
    house.keeper.keep("p1", house.sign_in(MARCUS))
    house.authorizations.put(replace(person, subject=str(MARCUS)))
    house.clock.sleep(300)
    house.run_until_calm()
    assert [len(one["attachments"]) for one in house.observations()] == [2]
    assert len([call for call in house.rest_calls() if call.endswith("/uploads")]) == 4


def test_s25_a_paused_connection_waits_and_loses_nothing() -> None:
    house = house_with(small.issue("1001"))
    house.poll()
    stored = house.connections.get("c1")
    assert stored
    paused = house.connections.save(replace(stored, state=ConnectionState.PAUSED))
    assert house.work() == ["waiting_for_people"]
    house.clock.sleep(600)
    house.sweep()
    assert house.work() == []
    house.connections.save(replace(paused, state=ConnectionState.ENABLED))
    house.clock.sleep(600)
    house.run_until_calm()
    assert len(house.observations()) == 1


def test_s5_an_app_that_is_not_installed_holds_the_connection_and_parks_nothing() -> None:
    house = house_with(small.issue("1001"), small.issue("1002"))
    body = '{"errors":["App is not connected to this company."]}'
    house.procore.faults.append(
        Fault(
            method="POST",
            path=r"/rest/v1\.0/observations/items",
            kind="status",
            status=403,
            body=body,
            times=2,
        )
    )
    house.poll()
    house.work()
    stored = house.connections.get("c1")
    assert stored
    assert "not connected" in stored.cause
    assert outcomes(house) == ["failed"]
    house.clock.sleep(600)
    house.run_until_calm()
    assert len(house.observations()) == 2


def test_waiting_for_the_budget_is_no_failure_and_ends_by_itself() -> None:
    issues = [small.issue(str(number)) for number in range(1001, 1031)]
    house = house_with(*issues)
    house.procore.settings = house.procore.settings.model_copy(update={"rate_hour": 40, "rate_spike": 25})
    house.budget._hour_limit = 40  # type: ignore[attr-defined]
    house.run_until_calm(minutes=60 * 5)
    assert len(house.observations()) == 30
    assert [call for call in house.procore.journal.calls() if call["status"] == 429] == []
    assert outcomes(house) == ["copied"] * 30
    assert all(link.tries == 0 for link in house.plain_links.of_connection("c1").items)


def test_two_polls_and_doubled_hints_at_once_make_one_observation() -> None:
    house = house_with(small.issue("1001"))
    house.poll()
    house.queue.extend(list(house.queue) * 3)
    house.work()
    house.run_until_calm()
    assert len(house.observations()) == 1


def test_an_issue_that_goes_away_before_its_copy_is_left_alone() -> None:
    house = house_with(small.issue("1001"), small.issue("1002"))
    house.poll()
    issue = house.cxalloy.world.issue("1001")
    assert issue
    issue.deleted = True
    house.work()
    house.run_until_calm()
    assert [one["name"][:7] for one in house.observations()] == ["CI-1002"]


def test_an_issue_that_goes_away_half_way_is_parked_with_a_next_step() -> None:
    house = house_with(small.issue("1001"))
    path = r"/rest/v1\.0/observations/items/\d+/response_logs"
    house.procore.faults.append(Fault(method="POST", path=path, kind="status", status=503))
    house.poll()
    house.work()
    issue = house.cxalloy.world.issue("1001")
    assert issue
    issue.deleted = True
    house.run_until_calm()
    parked = house.plain_links.by_issue("c1", "1001")
    assert parked
    assert (parked.state, bool(parked.next_step)) == (LinkState.PARKED, True)


def test_a_key_that_was_taken_away_stops_the_connection_and_deletes_nothing() -> None:
    house = house_with(small.issue("1001"))
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue", kind="status", status=403))
    house.poll()
    key = house.authorizations.get("t1")
    assert key
    assert key.valid is False
    assert outcomes(house) == ["needs_authorization"]


def test_s23_texts_of_every_kind_are_copied_and_never_fail_an_item() -> None:
    texts = [
        "",
        "   ",
        "x" * 70_000,
        "a\r\nb",
        "<b>bold</b> & co",
        "تسريب في المضخة",
        "🔥 alarm",
        "tab\there\x00end",
    ]
    issues = [
        small.issue(
            str(1001 + n), description=text, comments=[small.comment(f"{n}", text, "02/02/2026 09:30:00 UTC")]
        )
        for n, text in enumerate(texts)
    ]
    house = house_with(*issues)
    house.run_until_calm()
    twins = {one["name"][:7]: one for one in house.observations()}
    assert len(twins) == 8
    assert twins["CI-1001"]["name"] == "CI-1001"
    assert twins["CI-1004"]["description"].startswith("a\nb\n\n")
    assert len(twins["CI-1003"]["description"]) <= 60_000
    assert twins["CI-1006"]["description"].startswith("تسريب في المضخة")
    assert outcomes(house) == ["copied"] * 8


def test_an_issue_that_left_the_trigger_status_is_copied_when_it_comes_back() -> None:
    house = house_with(small.issue("1001"))
    house.poll()
    set_status(house, "1001", small.OPEN)
    assert house.work() == ["not_wanted"]
    assert house.plain_links.counts("c1")["left"] == 1
    set_status(house, "1001", small.READY)
    house.clock.sleep(60)
    house.run_until_calm()
    assert len(house.observations()) == 1
    assert house.status_of("1001") == small.SENT


def test_a4_a_copy_asked_for_again_by_hand_makes_a_new_observation_beside_the_deleted_one() -> None:
    house = house_with(small.issue("1001"))
    house.run_until_calm()
    first = house.plain_links.by_issue("c1", "1001")
    assert first
    house.procore.state.observations[int(first.observation_id)].deleted_at = house.clock()
    again = replace(
        first,
        state=LinkState.WAITING,
        observation_id="",
        former_observation_ids=(first.observation_id,),
        generation=2,
        due_at=house.clock(),
    )
    house.plain_links.save(again)
    house.plain_links.drop_intents(first.id)
    house.plain_links.drop_files(first.id)
    house.run_until_calm()
    assert [one["deleted"] for one in house.observations()] == [True, False]
    assert [len(one["response_logs"]) for one in house.observations()] == [2, 2]
    assert house.status_of("1001") == small.SENT


def test_s14_an_item_at_which_the_worker_is_always_killed_is_parked_and_not_tried_for_ever() -> None:
    house = house_with(small.issue("1001"))
    for _ in range(12):
        house.fuse.passed, house.fuse.at = 0, 4
        try:
            house.poll()
        except Killed:
            pass
        house.sweep()
        house.work()
        house.clock.sleep(130)
    house.fuse.at = 0
    house.run_until_calm()
    link = house.plain_links.by_issue("c1", "1001")
    assert link
    assert link.state is LinkState.PARKED
    assert link.cause.startswith("The worker was ended several times")


def test_the_sweep_adds_nothing_to_a_queue_that_is_full_and_feeds_it_as_it_empties() -> None:
    house = house_with(*[small.issue(str(number)) for number in range(1001, 1131)])
    house.poll()
    assert len(house.queue) == 100
    house.clock.sleep(400)
    house.sweep()
    assert len(house.queue) == 100
    for _ in range(60):
        house.queue.pop()
    house.sweep()
    assert len(house.queue) == 100


@pytest.mark.parametrize("when", ["after", "before"])
def test_a3_an_authorizer_who_may_not_see_the_recycle_bin_still_settles_a_lost_create(when: str) -> None:
    house = house_with(small.issue("1001"))
    house.keeper.keep("p1", house.sign_in(MARCUS))
    path = r"/rest/v1\.0/observations/items"
    house.procore.faults.append(
        Fault.model_validate({"method": "POST", "path": path, "kind": "drop", "when": when})
    )
    house.run_until_calm()
    assert [one["created_by"] for one in house.observations()] == ["Marcus Lindqvist"]
    assert house.status_of("1001") == small.SENT


def test_s13_a_poll_that_could_not_look_does_not_say_that_it_did() -> None:
    house = house_with(small.issue("1001"))
    key = house.authorizations.get("t1")
    assert key
    house.authorizations.put(replace(key, valid=False, cause="taken away"))
    assert house.poll() == {"polled": 0, "hints": 0, "failed": 0}
    cursor = house.cursors.get("c1", "tracker")
    assert cursor
    assert cursor.polled_at == 0


def test_a_doubled_hint_that_comes_after_the_end_costs_no_call_at_all() -> None:
    house = house_with(small.issue("1001"))
    house.poll()
    hint = house.queue[0]
    house.work()
    before = len(house.cxalloy.calls), len(house.rest_calls())
    house.queue.append(hint)
    assert house.work() == ["not_due"]
    assert (len(house.cxalloy.calls), len(house.rest_calls())) == before
