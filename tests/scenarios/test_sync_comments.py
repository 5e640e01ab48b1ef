"""Comments both ways, exactly once each, in order, with author and time (A16, A30-A32, A35)."""

from __future__ import annotations

import pytest
from tests.support import small
from tests.support.sync_house import Mail, SyncHouse, choose, synced
from tests.support.sync_pairs import issues

from plumbline.stores.records import LinkState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault

ITEM = "/rest/v1.0/observations/items/598134326000001"
LOGS = f"{ITEM}/response_logs"
PROJECT_LOGS = "/rest/v1.0/projects/598134325870420/observations/response_logs"
FIRST = "[Ana Souza, 2026-02-02 09:30 UTC, CxAlloy comment 9001]\nChecked at the panel."
SECOND = "[Ana Souza, 2026-02-03 10:00 UTC, CxAlloy comment 9002]\nSecond look: still at 20 Hz."


def texts(house: SyncHouse) -> list[str]:
    """What the issue's comments say, without the line that names author and time."""
    return [one.split("\n", 1)[-1] for one in house.comments_there()]


def bodies(house: SyncHouse) -> list[str]:
    """The same of the observation's."""
    return [one.split("\n", 1)[-1] for one in house.logs_there()]


def lose(house: SyncHouse, method: str, path: str, *, times: int = 1) -> None:
    """Procore does what it is asked and its answer never comes."""
    house.break_procore(Fault(method=method, path=path, kind="drop", when="after", times=times))


# ---- Exactly once, in order ------------------------------------------------------------------------------


def test_a30_comments_from_before_are_carried_over_oldest_first() -> None:
    assert synced().logs_there() == [FIRST, SECOND]


def test_a30_a_comment_of_the_tracker_costs_one_call_and_has_its_author_and_time() -> None:
    house = synced()
    house.say_in_tracker("Ready to retest.", person="Luis Prado")
    outcomes = house.answer()
    assert house.calls() == [f"POST {LOGS}"]
    assert outcomes == ["comment", "seen"]
    head, said = house.logs_there()[-1].split("\n")
    assert head.startswith("[Luis Prado, 2026-05-28 20:")
    assert head.endswith("UTC, CxAlloy comment 9003]")
    assert said == "Ready to retest."


def test_a30_a_comment_of_procore_costs_one_call_and_has_its_author_and_time() -> None:
    house = synced()
    number = house.say_in_procore("Will look tomorrow.")
    outcomes = house.webhooks()
    assert house.calls() == [f"GET {PROJECT_LOGS}"]
    assert outcomes == ["comment"]
    head, said = house.comments_there()[-1].split("\n")
    assert head.startswith("[Marcus Lindqvist, 2026-05-28 20:")
    assert head.endswith(f"UTC, Procore comment {number}]")
    assert said == "Will look tomorrow."


def test_a30_comments_of_both_sides_arrive_once_each_in_order_and_then_nothing_moves() -> None:
    house = synced()
    for number in range(3):
        house.say_in_tracker(f"tracker {number}")
        house.clock.sleep(1)
        house.say_in_procore(f"procore {number}")
        house.clock.sleep(1)
    house.answer()
    assert [one for one in texts(house) if one.startswith("procore")] == [
        "procore 0",
        "procore 1",
        "procore 2",
    ]
    assert [one for one in bodies(house) if one.startswith("tracker")] == [
        "tracker 0",
        "tracker 1",
        "tracker 2",
    ]
    assert len(house.comments_there()) == len(house.logs_there()) == 8
    house.mark()
    house.settle()
    assert house.writes() == []


def test_a16_the_authorizers_own_comment_travels_like_anyones() -> None:
    house = synced()
    house.say_in_procore("I was there.", by=house.priya)
    house.webhooks()
    assert house.comments_there()[-1].startswith("[Priya Raman, ")
    assert texts(house)[-1] == "I was there."


def test_a31_without_a_webhook_the_poll_finds_comments() -> None:
    house = synced(mail=Mail(lost=True))
    house.say_in_procore("No webhook told of this.")
    house.clock.sleep(3600)
    house.run(minutes=1, look=False)
    assert texts(house)[-1] == "No webhook told of this."


def test_a30_an_earlier_comment_whose_webhook_was_lost_still_comes_first() -> None:
    house = synced()
    house.run(minutes=2, look=True)
    house.say_in_procore("first")
    house.mail.lost = True
    house.webhooks()
    house.mail.lost = False
    house.clock.sleep(900)
    house.mark()
    house.say_in_procore("second")
    house.webhooks()
    assert texts(house)[-2:] == ["first", "second"]
    assert house.calls() == [f"GET {PROJECT_LOGS}"]


def test_a17_a_comments_webhook_told_twice_carries_it_once_and_costs_one_call() -> None:
    house = synced(mail=Mail(doubled=True))
    house.say_in_procore("Once, please.")
    outcomes = house.webhooks()
    assert outcomes == ["comment", "seen"]
    assert texts(house).count("Once, please.") == 1
    assert house.calls() == [f"GET {PROJECT_LOGS}"]


def test_a35_a_status_change_is_no_comment_and_told_twice_costs_no_second_look() -> None:
    house = synced(mail=Mail(doubled=True))
    before = house.comments_there()
    house.in_procore(status="closed")
    house.webhooks()
    assert house.comments_there() == before
    assert house.calls().count(f"GET {PROJECT_LOGS}") == 1


def test_a35_a_comment_that_comes_with_a_status_is_carried_over_as_both() -> None:
    house = synced()
    house.say_in_procore("Done.", status="closed")
    house.webhooks()
    assert texts(house)[-1] == "Done."
    assert house.issue().status_id == small.CLOSED


def test_comments_switched_off_stay_where_they_are() -> None:
    house = synced(choose(sync={"comments": False}))
    house.say_in_tracker("mine")
    house.say_in_procore("theirs")
    house.answer()
    house.settle()
    assert house.logs_there() == ["theirs"]
    assert texts(house)[-1] == "mine"


# ---- What people say that looks like ours ----------------------------------------------------------------


def test_a16_a_comment_that_quotes_one_of_ours_is_a_comment() -> None:
    house = synced()
    house.say_in_procore("Look at the belt.")
    house.webhooks()
    quoted = house.comments_there()[-1]
    house.say_in_tracker(quoted)
    house.answer()
    assert house.logs_there()[-1].endswith("Look at the belt.")
    assert "CxAlloy comment" in house.logs_there()[-1].split("\n")[0]
    house.say_in_procore(FIRST)
    house.webhooks()
    assert house.comments_there()[-1].endswith(FIRST)


def test_a30_long_and_odd_comments_arrive() -> None:
    house = synced()
    odd = "Zażółć 🙂 \u202b\u05e2\u05d1\u05e8\u05d9\u05ea\u202c"
    house.say_in_tracker(odd)
    house.say_in_tracker("x" * 70_000)
    house.answer()
    assert bodies(house)[-2] == odd
    assert len(house.logs_there()[-1]) == 60_000
    assert house.logs_there()[-1].endswith("(cut; the full text is in CxAlloy)")


# ---- Edits -----------------------------------------------------------------------------------------------


def edit_comment(house: SyncHouse, text: str) -> None:
    """A person edits the comment 9001 in the tracker."""
    comment = next(one for one in house.issue().comments if one.issuecomment_id == "9001")
    comment.comment = text


def test_a32_edits_are_not_synced_by_default() -> None:
    house = synced()
    edit_comment(house, "Checked at the fan.")
    house.answer()
    assert house.logs_there() == [FIRST, SECOND]


def test_a32_with_follow_up_each_edit_is_one_marked_comment_and_going_back_is_one_too() -> None:
    house = synced(choose(sync={"comment_edits": "follow_up"}))
    for said in ("Checked at the fan.", "Checked at the panel.", "Checked at the fan."):
        edit_comment(house, said)
        house.answer()
    head = "[Ana Souza, 2026-02-02 09:30 UTC, edit"
    assert house.logs_there()[2:] == [
        f"{head} 1, CxAlloy comment 9001]\nChecked at the fan.",
        f"{head} 2, CxAlloy comment 9001]\nChecked at the panel.",
        f"{head} 3, CxAlloy comment 9001]\nChecked at the fan.",
    ]
    house.mark()
    house.settle()
    assert house.writes() == []


def test_a32_a_follow_up_whose_answer_is_lost_is_found_and_not_posted_again() -> None:
    house = synced(choose(sync={"comment_edits": "follow_up"}))
    lose(house, "POST", LOGS)
    edit_comment(house, "Checked at the fan.")
    house.answer()
    edit_comment(house, "Checked at both.")
    house.settle()
    assert bodies(house)[2:] == ["Checked at the fan.", "Checked at both."]


# ---- Faults ----------------------------------------------------------------------------------------------


def test_a_comment_whose_answer_is_lost_is_found_and_not_posted_again() -> None:
    house = synced()
    lose(house, "POST", LOGS)
    house.say_in_tracker("Only once.")
    house.answer()
    house.settle()
    assert bodies(house).count("Only once.") == 1
    assert texts(house).count("Only once.") == 1


def test_a_comment_that_never_came_to_procore_is_posted_after_two_looks() -> None:
    house = synced()
    house.break_procore(Fault(method="POST", path=LOGS, kind="drop", when="before"))
    house.say_in_tracker("Only once.")
    house.answer()
    assert bodies(house).count("Only once.") == 0
    house.settle()
    assert bodies(house).count("Only once.") == 1


def test_a_comment_for_the_tracker_whose_answer_is_lost_is_found_and_not_written_again() -> None:
    house = synced()
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issuecomment_create", kind="drop", when="after"))
    house.say_in_procore("Only once.")
    house.webhooks()
    house.settle()
    assert texts(house).count("Only once.") == 1
    assert bodies(house).count("Only once.") == 1


def test_a_comment_that_procore_took_and_dropped_is_posted_again() -> None:
    house = synced()
    house.break_procore(Fault(method="POST", path=LOGS, kind="no_effect"))
    house.say_in_tracker("Do not drop this.")
    house.answer()
    assert bodies(house).count("Do not drop this.") == 0
    house.mark()
    house.run(minutes=5)
    assert house.writes() == []
    assert house.link().wants == ("shown#71000000004",)
    house.clock.sleep(7200)
    house.run(minutes=1)
    house.settle()
    assert bodies(house).count("Do not drop this.") == 1
    assert (house.link().wants, house.link().due_at) == ((), 0.0)


def test_the_proof_that_a_comment_is_there_costs_no_call_with_or_without_webhooks() -> None:
    for mail in (Mail(), Mail(lost=True)):
        house = synced(mail=mail)
        house.say_in_tracker("Here.")
        house.answer()
        house.clock.sleep(600)
        house.poll_comments("c1")
        assert (house.link().wants, house.link().due_at) == ((), 0.0)
        house.mark()
        house.clock.sleep(8000)
        house.sweep()
        assert house.sync() == []


def test_a_comment_is_carried_over_although_the_item_is_read_late() -> None:
    house = synced()
    stale = house.cxalloy.settings.model_copy(update={"stale_seconds": 20})
    house.cxalloy.settings = stale
    house.say_in_procore("Slow tracker.")
    house.webhooks()
    house.settle()
    assert texts(house).count("Slow tracker.") == 1


def test_a30_what_was_said_while_the_issue_was_away_comes_before_what_is_said_as_it_is_back() -> None:
    house = synced(choose(sync={"deletes": False}), world=small.world(issues(3), []))
    tracker_hands.unpublish(house.cxalloy, "Ana Souza", "1001")
    house.run(minutes=4)
    assert house.link().state is LinkState.GONE
    house.say_in_procore("While it was away.")
    house.run(minutes=2)
    house.clock.sleep(7200)
    house.poll_comments("c1")
    tracker_hands.publish(house.cxalloy, "Ana Souza", "1001")
    house.say_in_procore("As it is back.")
    house.webhooks()
    house.settle()
    assert texts(house)[-2:] == ["While it was away.", "As it is back."]


@pytest.mark.parametrize("kind", ["empty_list", "partial_page"])
def test_a30_a_comment_whose_answer_was_lost_is_not_posted_again_after_lists_that_lack_it(kind: str) -> None:
    house = synced()
    before = len(house.logs_there())
    lose(house, "POST", LOGS)
    house.break_procore(Fault(method="GET", path=PROJECT_LOGS, status=503, times=0))
    house.break_procore(Fault(method="GET", path=LOGS, kind=kind, times=2))
    house.say_in_tracker("Only once.")
    house.answer()
    house.run(minutes=20)
    house.procore.faults.clear()
    house.settle()
    assert len(house.logs_there()) == before + 1


def test_a30_a_comment_that_no_webhook_confirmed_is_not_posted_again_after_a_list_that_shows_nothing() -> (
    None
):
    house = synced(mail=Mail(lost=True))
    before = len(house.logs_there())
    house.say_in_tracker("Only once.")
    house.poll()
    house.sync()
    house.clock.sleep(7300)
    house.break_procore(Fault(method="GET", path=LOGS, kind="empty_list", times=1))
    house.sweep()
    house.sync()
    house.settle()
    assert len(house.logs_there()) == before + 1
