from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plumbline.errors import Reject
from plumbline.stores.activity import DynamoActivityLog
from plumbline.stores.records import Activity

from .conftest import client

if TYPE_CHECKING:
    from plumbline.stores.ports import ActivityLog
    from plumbline.stores.records import Page

COPIED = Activity("c1", 1000.5, "copied", "poll", "Copied M-7.", issue_id="i1", issue_number="M-7")


def fill(activity: ActivityLog) -> None:
    for number in range(7):
        outcome = "failed" if number % 3 == 0 else "copied"
        activity.add(
            Activity("c1", 1000.0 + number, outcome, "poll", f"m{number}", issue_id=f"i{number % 2}")
        )
    activity.add(Activity("c2", 2000.0, "copied", "poll", "elsewhere", issue_id="i1"))


def messages(page: Page) -> list[str]:
    return [entry.message for entry in page.items]


def test_an_entry_comes_back_whole_with_an_id(activity: ActivityLog) -> None:
    entry = replace(COPIED, before={"status": "Open", "tags": ["ä"]}, after={"status": None, "share": 0.5})

    activity.add(entry)

    (stored,) = activity.read("c1").items
    assert stored == replace(entry, id=stored.id)
    assert stored.id != ""


def test_the_newest_entry_comes_first(activity: ActivityLog) -> None:
    fill(activity)
    activity.add(Activity("c1", 1000.25, "copied", "poll", "late to be written"))

    assert messages(activity.read("c1"))[-2:] == ["late to be written", "m0"]
    assert messages(activity.read("c1"))[:2] == ["m6", "m5"]
    assert messages(activity.read("c9")) == []


def test_entries_of_one_moment_keep_their_order(activity: ActivityLog) -> None:
    for number in range(12):
        activity.add(replace(COPIED, message=str(number)))

    assert messages(activity.read("c1", limit=3)) == ["11", "10", "9"]


def test_the_log_comes_in_pages(activity: ActivityLog) -> None:
    fill(activity)

    first = activity.read("c1", limit=3)
    second = activity.read("c1", limit=3, token=first.next_token)
    third = activity.read("c1", limit=3, token=second.next_token)

    assert [messages(page) for page in (first, second, third)] == [
        ["m6", "m5", "m4"],
        ["m3", "m2", "m1"],
        ["m0"],
    ]
    assert third.next_token == ""


def test_the_log_of_one_issue_comes_in_pages(activity: ActivityLog) -> None:
    fill(activity)

    first = activity.read("c1", issue_id="i1", limit=2)
    last = activity.read("c1", issue_id="i1", limit=2, token=first.next_token)

    assert [messages(page) for page in (first, last)] == [["m5", "m3"], ["m1"]]
    assert last.next_token == ""


def test_the_log_of_one_outcome_comes_in_pages(activity: ActivityLog) -> None:
    fill(activity)

    first = activity.read("c1", outcome="failed", limit=2)
    last = activity.read("c1", outcome="failed", limit=2, token=first.next_token)

    assert [messages(page) for page in (first, last)] == [["m6", "m3"], ["m0"]]
    assert last.next_token == ""
    assert messages(activity.read("c1", issue_id="i1", outcome="failed")) == ["m3"]
    assert messages(activity.read("c1", outcome="unheard of")) == []


def test_s24_entries_of_some_outcomes_between_two_times_come_newest_first(activity: ActivityLog) -> None:
    fill(activity)
    activity.add(Activity("c1", 1003.0, "parked", "poll", "parked at the same time"))

    def told(since: float, until: float, *outcomes: str) -> list[str]:
        return [one.message for one in activity.between("c1", since=since, until=until, outcomes=outcomes)]

    assert told(1000.0, 1006.0, "failed", "parked") == ["parked at the same time", "m3", "m0"]
    assert told(1003.0, 1003.1, "failed") == ["m3"]
    assert told(1000.1, 1003.0, "failed") == []
    assert told(0.0, 3000.0, "copied") == ["m5", "m4", "m2", "m1"]
    assert told(0.0, 3000.0, "unheard of") == []


@pytest.mark.parametrize("token", ["nonsense", "eyJzayI6ICIifQ=="])
def test_a_token_that_is_none_of_ours_is_refused(activity: ActivityLog, token: str) -> None:
    with pytest.raises(Reject) as refusal:
        activity.read("c1", token=token)

    assert (refusal.value.code, refusal.value.field) == ("bad_token", "token")


def test_a_token_of_another_connection_or_issue_is_refused(activity: ActivityLog) -> None:
    fill(activity)
    token = activity.read("c1", limit=1).next_token
    of_issue = activity.read("c1", issue_id="i1", limit=1).next_token

    for connection_id, issue_id, wrong in (
        ("c2", "", token),
        ("c1", "i1", token),
        ("c1", "", of_issue),
        ("c1", "i0", of_issue),
    ):
        with pytest.raises(Reject, match="not one of this listing"):
            activity.read(connection_id, issue_id=issue_id, token=wrong)


def test_long_texts_are_cut_and_never_stop_the_work(activity: ActivityLog) -> None:
    activity.add(replace(COPIED, message="ü" * 40_000, after={"description": {"text": "x" * 40_000}}))

    (stored,) = activity.read("c1").items
    assert stored.message == "ü" * 3999 + "…"
    assert stored.after == {"description": {"text": "x" * 3999 + "…"}}


@pytest.mark.usefixtures("aws")
def test_s23_entries_are_kept_90_days_or_as_set() -> None:
    DynamoActivityLog(client("dynamodb"), "activity").add(COPIED)
    DynamoActivityLog(client("dynamodb"), "activity", days=7).add(COPIED)

    stored = client("dynamodb").scan(TableName="activity")["Items"]
    assert sorted(int(item["delete_after"]["N"]) for item in stored) == [
        1000 + 7 * 86_400,
        1000 + 90 * 86_400,
    ]


@pytest.mark.usefixtures("aws")
def test_two_workers_in_one_moment_do_not_overwrite_each_other() -> None:
    for _ in range(2):
        DynamoActivityLog(client("dynamodb"), "activity").add(COPIED)

    assert len(DynamoActivityLog(client("dynamodb"), "activity").read("c1").items) == 2


@pytest.mark.usefixtures("aws")
def test_a_rare_outcome_in_a_long_log_ends_early_with_a_token() -> None:
    log = DynamoActivityLog(client("dynamodb"), "activity")
    log.add(replace(COPIED, at=1.0, outcome="parked"))
    for number in range(50):
        log.add(replace(COPIED, at=100.0 + number))

    first = log.read("c1", outcome="parked", limit=1)
    second = log.read("c1", outcome="parked", limit=1, token=first.next_token)

    assert first.items == ()
    assert [entry.outcome for entry in second.items] == ["parked"]
    assert second.next_token == ""
