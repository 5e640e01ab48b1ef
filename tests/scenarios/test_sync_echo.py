"""No echo, whoever edits and whatever becomes of the webhooks; answers that lie or never come (A16-A18)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small
from tests.support.sync_house import Mail, SyncHouse, choose, synced

from plumbline.issues import hints
from plumbline.issues.hints import ITEM as ITEMS
from plumbline.issues.hints import LOG, Hint
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.procore import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

ITEM = "/rest/v1.0/observations/items/598134326000001"
LOGS = f"{ITEM}/response_logs"
ERROR_BODY = '{"errors": "Something went wrong. Please try again."}'


def final(house: SyncHouse) -> dict[str, Any]:
    """What both sides hold, without ids and times."""
    report, issue = house.report(), house.issue()
    return {
        "procore": {
            name: report[name] for name in ("name", "description", "status", "priority", "trade", "due_date")
        },
        "tracker": {
            name: getattr(issue, name)
            for name in ("description", "status_id", "priority_id", "discipline_id", "due_date")
        },
        "comments": sorted(text.split("\n", 1)[-1] for text in house.comments_there()),
        "logs": sorted(text.split("\n", 1)[-1] for text in house.logs_there()),
        "conflicts": [one.field for one in house.plain_links.conflicts(house.link().id)],
    }


def a_day(house: SyncHouse) -> None:
    """People edit both sides, no field on both at once; the webhooks come in between."""
    house.in_procore(due_date="2026-06-30")
    house.say_in_procore("On it.")
    house.webhooks()
    house.in_tracker(priority_id="2")
    house.say_in_tracker("Thank you.")
    house.answer()
    house.in_procore(status="closed")
    house.in_tracker(discipline_id="11")
    house.answer()
    house.in_procore(status="ready_for_review", priority="High")
    house.webhooks()


WHOLE = synced()
a_day(WHOLE)
WHOLE.settle()

MAILS = {
    "lost": Mail(lost=True),
    "doubled": Mail(doubled=True),
    "shuffled 1": Mail(shuffled=1),
    "shuffled 2": Mail(shuffled=2),
    "doubled and shuffled": Mail(doubled=True, shuffled=3),
}


def test_the_undisturbed_day_ends_as_it_should() -> None:
    assert final(WHOLE)["tracker"] == {
        "description": "AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.",
        "status_id": small.READY,
        "priority_id": "1",
        "discipline_id": "11",
        "due_date": date(2026, 6, 30),
    }
    assert final(WHOLE)["procore"]["status"] == "ready_for_review"
    assert final(WHOLE)["comments"] == final(WHOLE)["logs"]
    assert final(WHOLE)["conflicts"] == []


@pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS)
def test_a17_lost_doubled_and_reordered_webhooks_make_no_difference(mail: Mail) -> None:
    house = synced(mail=mail)
    a_day(house)
    house.clock.sleep(3600)
    house.settle()
    assert final(house) == final(WHOLE)


def test_a17_webhooks_that_come_hours_late_make_no_difference() -> None:
    house = synced()
    late: list[Hint] = []
    told = house.mail.told
    house.mail.told = lambda hints: late.extend(told(hints)) or []  # type: ignore[func-returns-value,method-assign]
    a_day(house)
    house.clock.sleep(3600)
    house.settle()
    house.clock.sleep(4 * 3600)
    house.mark()
    house.hints.extend(late)
    outcomes = house.sync()
    assert final(house) == final(WHOLE)
    assert set(outcomes) <= {"seen", "no_comment"}
    assert house.writes() == []


def test_a16_the_authorizers_own_edits_are_synced_like_anyones() -> None:
    ends = []
    for by in ("priya", "marcus"):
        house = synced()
        hand = getattr(house, by)
        hand.edit(house.observation_id(), status="closed", due_date="2026-06-30")
        hand.comment(house.observation_id(), "Mine.")
        house.webhooks()
        house.settle()
        ends.append(final(house))
    assert ends[0] == ends[1]
    assert ends[0]["tracker"]["status_id"] == small.CLOSED


def test_a16_an_edit_by_another_app_in_the_authorizers_name_is_synced() -> None:
    house = synced()
    house.in_procore(due_date="2026-06-30")
    house.clock.sleep(10)
    house.deliver()
    (hint,) = house.hints
    house.hints.clear()
    house.handle(
        Hint("c1", "webhook", resource=ITEMS, resource_id=hint.resource_id, at=hint.at, application="x")
    )
    assert house.issue().due_date == date(2026, 6, 30)


def test_a16_an_edit_within_the_very_second_of_our_own_write_is_not_taken_for_it() -> None:
    house = synced()
    house.in_tracker(priority_id="2")
    house.clock.sleep(60)
    house.poll()
    hint = house.hints.popleft()
    house.handle(hint)
    house.in_procore(due_date="2026-06-30")
    house.webhooks()
    assert house.issue().due_date == date(2026, 6, 30)
    assert house.report()["priority"] == "Urgent"


def test_a16_our_own_writes_leave_the_poll_nothing_to_do() -> None:
    house = synced()
    house.in_procore(status="closed")
    house.say_in_procore("Done.")
    house.webhooks()
    house.mark()
    house.clock.sleep(60)
    house.poll()
    assert list(house.hints) == []
    assert house.sync() == []


def test_a16_what_a_person_puts_back_before_any_poll_saw_our_write_is_an_edit() -> None:
    house = synced()
    house.in_procore(priority="Urgent")
    house.webhooks()
    house.in_tracker(priority_id="1")
    house.answer()
    assert house.report()["priority"] == "Urgent"
    house.clock.sleep(600)
    house.sweep()
    house.sync()
    assert (house.issue().priority_id, house.report()["priority"]) == ("1", "High")
    assert (house.link().wants, house.link().due_at) == ((), 0.0)


def test_a16_so_it_is_when_that_poll_sees_a_comment_of_ours_beside_it() -> None:
    house = synced()
    house.in_procore(priority="Urgent")
    house.webhooks()
    house.in_tracker(priority_id="1")
    house.say_in_procore("Why?")
    house.webhooks()
    house.answer()
    assert (house.issue().priority_id, house.report()["priority"]) == ("1", "High")


def test_a16_a_poll_that_saw_our_write_is_the_proof_and_costs_no_call() -> None:
    house = synced()
    house.in_procore(priority="Urgent")
    house.webhooks()
    assert house.link().wants == (hints.SHOWN_ISSUE,)
    house.answer()
    assert (house.link().wants, house.link().due_at) == ((), 0.0)


def test_a16_a_value_that_goes_back_to_what_we_wrote_is_an_edit() -> None:
    house = synced()
    house.in_procore(priority="Urgent")
    house.webhooks()
    house.answer()
    house.in_tracker(priority_id="1")
    house.answer()
    assert house.report()["priority"] == "High"
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.report()["priority"] == "Urgent"


def test_a_log_of_an_item_that_is_not_linked_ends_with_one_call_and_no_work() -> None:
    house = synced()
    other = house.priya.create(598134325870420, name="Not ours", type_id=7001)
    house.priya.comment(other, "Hello?")
    assert house.webhooks() == ["not_linked", "not_linked"]
    assert len(house.calls()) == 1


def test_a_log_that_cannot_be_read_is_left_to_the_poll() -> None:
    house = synced()
    house.break_procore(Fault(method="GET", path=".*/observations/response_logs", status=503))
    house.say_in_procore("Later.")
    assert house.webhooks() == ["left_to_the_poll"]
    house.clock.sleep(3600)
    house.run(minutes=1)
    assert house.comments_there()[-1].endswith("Later.")


# ---- Answers that lie or never come ----------------------------------------------------------------------


FAULTS: dict[str, Callable[[SyncHouse], None]] = {
    "PATCH, no answer": lambda h: h.break_procore(
        Fault(method="PATCH", path=ITEM, kind="drop", when="after")
    ),
    "PATCH, never came": lambda h: h.break_procore(Fault(method="PATCH", path=ITEM, kind="drop")),
    "PATCH, half an answer": lambda h: h.break_procore(Fault(method="PATCH", path=ITEM, kind="cut")),
    "PATCH, 500 after its effect": lambda h: h.break_procore(Fault(method="PATCH", path=ITEM, when="after")),
    "PATCH, 200 and an error": lambda h: h.break_procore(
        Fault(method="PATCH", path=ITEM, status=200, body=ERROR_BODY)
    ),
    "PATCH, 200 without effect": lambda h: h.break_procore(
        Fault(method="PATCH", path=ITEM, kind="no_effect")
    ),
    "GET, stale": lambda h: h.break_procore(Fault(method="GET", path=ITEM, kind="stale", times=3)),
    "GET, 503": lambda h: h.break_procore(Fault(method="GET", path=ITEM, status=503)),
    "PATCH, 429": lambda h: h.break_procore(Fault(method="PATCH", path=ITEM, status=429)),
    "update, no answer": lambda h: h.cxalloy.faults.append(
        TrackerFault(path="/api/v1/issue_update", kind="drop", when="after")
    ),
    "update, never came": lambda h: h.cxalloy.faults.append(
        TrackerFault(path="/api/v1/issue_update", kind="drop")
    ),
    "update, 500 after its effect": lambda h: h.cxalloy.faults.append(
        TrackerFault(path="/api/v1/issue_update", when="after")
    ),
    "update, 200 and an error": lambda h: h.cxalloy.faults.append(
        TrackerFault(path="/api/v1/issue_update", status=200, body='{"error": "no luck"}')
    ),
    "update, 200 without effect": lambda h: h.cxalloy.faults.append(
        TrackerFault(path="/api/v1/issue_update", status=200, body="{}")
    ),
    "tracker lags": lambda h: setattr(
        h.cxalloy, "settings", h.cxalloy.settings.model_copy(update={"stale_seconds": 25})
    ),
}


@pytest.mark.parametrize("mail", [Mail(), Mail(lost=True)], ids=["told", "untold"])
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_invariants_15_no_answer_that_lies_or_never_comes_costs_a_value(
    fault: Callable[[SyncHouse], None], mail: Mail
) -> None:
    house = synced(mail=mail)
    fault(house)
    house.in_tracker(priority_id="2", description="New text.")
    house.in_procore(due_date="2026-06-30", status="closed")
    house.answer()
    house.clock.sleep(3600)
    house.settle()
    end = final(house)
    assert (end["tracker"]["priority_id"], end["procore"]["priority"]) == ("2", "Urgent")
    assert (end["tracker"]["due_date"], end["procore"]["due_date"]) == (date(2026, 6, 30), "2026-06-30")
    assert (end["tracker"]["status_id"], end["procore"]["status"]) == (small.CLOSED, "closed")
    assert end["tracker"]["description"] == "New text."
    assert end["procore"]["description"].startswith("New text.\n\nCxAlloy asset")
    assert end["conflicts"] == []
    assert house.link().state == "synced"
    house.mark()
    house.settle()
    assert house.writes() == []


def test_a_write_that_procore_dropped_is_a_conflict_when_a_comment_moved_the_item_on() -> None:
    house = synced()
    house.break_procore(Fault(method="PATCH", path=ITEM, kind="no_effect"))
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.report()["priority"] == "High"
    house.clock.sleep(600)
    house.say_in_procore("Any news?")
    house.clock.sleep(3600)
    house.settle()
    kept = [(one.field, one.tracker, one.procore) for one in house.plain_links.conflicts(house.link().id)]
    assert kept == [("priority", "2", "High")]
    assert (house.issue().priority_id, house.report()["priority"]) == ("2", "Urgent")


def test_a_former_value_that_a_person_puts_back_after_the_webhook_is_an_edit_without_conflict() -> None:
    house = synced()
    house.in_tracker(priority_id="2")
    house.answer()
    house.in_procore(priority="High")
    house.webhooks()
    assert (house.issue().priority_id, house.report()["priority"]) == ("1", "High")
    assert house.plain_links.conflicts(house.link().id) == []


def test_a_long_text_that_procore_cut_and_whose_answer_was_lost_is_not_carried_back() -> None:
    house = synced()
    long = "Many words follow here. " * 40
    house.break_procore(Fault(method="PATCH", path=ITEM, kind="drop", when="after"))
    house.in_tracker(description=long)
    house.answer()
    cut = house.procore.state.observations[house.observation_id()]
    cut.description = str(cut.description)[:500]
    cut.rich_text = f"<p>{cut.description}</p>"
    house.settle()
    assert house.issue().description == long
    assert house.plain_links.conflicts(house.link().id) == []


# ---- The last guards -------------------------------------------------------------------------------------


def test_the_cap_on_writes_an_hour_parks_the_pair_and_is_told_by_name() -> None:
    house = synced(choose(sync={"writes_an_hour": 3}))
    for turn in itertools.count():
        house.in_tracker(priority_id="21"[turn % 2])
        house.clock.sleep(60)
        house.poll()
        outcome = house.sync()
        if "write_cap" in outcome:
            break
    assert turn == 3
    assert house.link().state == "parked"
    assert house.link().cause == "This pair was written 3 times within an hour, which looks like a loop."
    house.clock.sleep(3600)
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.link().state == "synced"
    assert house.report()["priority"] == "Urgent"


def test_memory_lost_of_what_was_carried_over_doubles_nothing() -> None:
    house = synced(world=small.world())
    house.say_in_procore("From Procore.", files=[("photo.jpg", b"jpeg")])
    house.webhooks()
    house.settle()
    for intent in house.plain_links.intents(house.link().id):
        if intent.key.startswith(("comment#", "log#")):
            house.plain_links.drop_intent(intent.link_id, intent.key)
    before = final(house)
    house.plain_links.save(replace(house.link(), due_at=house.clock()))
    house.settle()
    assert final(house) == before


def test_a_hint_of_a_foreign_log_resource_is_no_work() -> None:
    house = synced()
    assert house.handle(Hint("c1", "webhook", resource="Projects", resource_id="1")) == "not_linked"
    assert (
        house.handle(Hint("c1", "webhook", resource=LOG, resource_id="1", at=house.clock())) == "not_linked"
    )
