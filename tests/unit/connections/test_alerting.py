"""When an alert is due and what it says (S24), word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.unit.connections.making import a_connection

from plumbline.connections.alerting import Span, due, message, outcomes
from plumbline.stores.records import Activity

CONSOLE = "https://api.example/v1/console/index.html"


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NOON = at("2026-11-18T12:00")  # a Wednesday
SPAN = Span(at("2026-11-17T06:00"), at("2026-11-18T06:00"))
PARKED = Activity(
    "c",
    at("2026-11-17T10:30"),
    "parked",
    "poll",
    "Procore refused the type.",
    issue_id="i1",
    issue_number="CI-7",
    next_step="Choose another type.",
)


def test_s24_alerts_that_are_off_are_never_due() -> None:
    assert due("off", 0.0, NOON) is None


@pytest.mark.parametrize(
    ("when", "since", "until"),
    [
        ("at_once", "2026-11-18T11:54:30", "2026-11-18T11:59:30"),
        ("daily", "2026-11-17T06:00", "2026-11-18T06:00"),
        ("weekly", "2026-11-09T06:00", "2026-11-16T06:00"),
    ],
)
def test_s24_the_first_look_goes_back_as_far_as_one_mail_does(when: str, since: str, until: str) -> None:
    assert due(when, 0.0, NOON) == Span(at(since), at(until))  # type: ignore[arg-type]


def test_s24_at_once_means_one_mail_in_five_minutes_at_most() -> None:
    assert due("at_once", NOON - 330, NOON) == Span(NOON - 330, NOON - 30)
    assert due("at_once", NOON - 310, NOON) == Span(NOON - 310, NOON - 30)  # the schedule came early
    assert due("at_once", NOON - 299, NOON) is None


def test_s24_daily_means_once_after_six() -> None:
    six = at("2026-11-18T06:00")
    yesterday = six - 86_400

    assert due("daily", yesterday, six + 29) is None  # lines may still come in
    assert due("daily", yesterday, six + 30) == Span(yesterday, six)
    assert due("daily", six, six + 86_000) is None


def test_s24_weekly_means_once_after_six_on_monday() -> None:
    monday = at("2026-11-16T06:00")

    assert due("weekly", monday, monday + 6.9 * 86_400) is None
    assert due("weekly", monday, monday + 7.1 * 86_400) == Span(monday, monday + 7 * 86_400)


def test_s24_a_change_from_daily_to_weekly_waits_for_monday_and_leaves_nothing_out() -> None:
    wednesday, monday = at("2026-11-18T06:00"), at("2026-11-23T06:00")

    assert due("weekly", wednesday, NOON) is None
    assert due("weekly", wednesday, monday + 60) == Span(wednesday, monday)


def test_s24_what_is_older_than_two_weeks_is_not_told_any_more() -> None:
    assert due("at_once", 1.0, NOON) == Span(NOON - 30 - 14 * 86_400, NOON - 30)


def test_s24_the_kinds_stand_for_these_outcomes_of_the_log() -> None:
    assert outcomes(["held", "conflict"]) == {"brake", "held", "conflict"}
    assert outcomes(["parked", "failed", "needs_authorization"]) == {
        "parked",
        "failed",
        "needs_authorization",
    }


def test_s24_nothing_to_tell_is_no_mail() -> None:
    assert message(a_connection(), [], SPAN, CONSOLE) is None


def test_s24_a_mail_tells_each_item_with_cause_next_step_and_address() -> None:
    entries = [
        Activity(
            "c", at("2026-11-18T05:00"), "needs_authorization", "poll", "Revoked.", next_step="Sign in."
        ),
        replace(PARKED, at=at("2026-11-17T20:00")),
        PARKED,
        Activity("c", at("2026-11-17T09:00"), "failed", "sweep", "No\n answer.", observation_id="55"),
        Activity("c", at("2026-11-17T08:00"), "brake", "sweep", "The brake is on.", next_step="Look."),
    ]

    mail = message(a_connection(name="Hospital\n East"), entries, SPAN, CONSOLE)

    assert mail
    assert mail.subject == "Plumbline: 1 needs authorization, 1 held, 1 parked, 1 failed - Hospital East"
    assert mail.text == (
        "Hospital East, 2026-11-17 06:00 UTC to 2026-11-18 06:00 UTC\n\n"
        "Needs authorization (1)\n-----------------------\n\n"
        "The connection, 2026-11-18 05:00 UTC\n  Cause: Revoked.\n  Next step: Sign in.\n"
        f"  {CONSOLE}#/connections/c\n\n"
        "Held by the brake on mass deletes (1)\n-------------------------------------\n\n"
        "The connection, 2026-11-17 08:00 UTC\n  Cause: The brake is on.\n  Next step: Look.\n"
        f"  {CONSOLE}#/connections/c\n\n"
        "Parked (1)\n----------\n\n"
        "Issue CI-7, 2026-11-17 20:00 UTC, 2 times\n  Cause: Procore refused the type.\n"
        f"  Next step: Choose another type.\n  {CONSOLE}#/connections/c/items?issue=i1\n\n"
        "Failed (1)\n----------\n\n"
        f"Observation 55, 2026-11-17 09:00 UTC\n  Cause: No answer.\n  {CONSOLE}#/connections/c/items\n\n"
        f"The whole log: {CONSOLE}#/connections/c/log\n"
        f"Who is told of what, and when: {CONSOLE}#/connections/c/settings\n"
    )


def test_s24_a_mail_ends_at_fifty_lines_and_many_of_one_kind_hide_none_of_another() -> None:
    many = [replace(PARKED, issue_id=f"i{one}", issue_number="", at=NOON - one) for one in range(200)]
    few = [replace(PARKED, issue_id=f"x{one}", issue_number="", outcome="conflict") for one in range(3)]

    mail = message(a_connection(name=""), [*many, *few], SPAN, CONSOLE)

    assert mail
    assert mail.subject == "Plumbline: 200 parked, 3 conflict - c"
    assert mail.text.count("Cause: ") == 50
    assert "Issue i46," in mail.text
    assert "Issue i47," not in mail.text
    assert mail.text.count("and 153 more") == 1
    assert "Issue x2," in mail.text


def test_s24_a_mail_holds_nothing_of_an_items_text() -> None:
    told = replace(PARKED, before={"title": "Leaking valve"}, after={"title": "Valve"}, message="y" * 501)

    mail = message(a_connection(), [told], SPAN, CONSOLE)

    assert mail
    assert "alve" not in mail.text
    assert f"Cause: {'y' * 499}…\n" in mail.text
