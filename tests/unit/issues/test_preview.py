"""The totals of a preview, the time it takes, and the name of a plan (S11)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.connections.settings import IssueSettings
from plumbline.issues import preview
from plumbline.issues.preview import Change, Cost, Room, Row

ROW = Row("create", "procore", "New.", "", "1", "CI-1", "", "")
WIDE = Room(588, 588, 0.0)


def test_s11_totals_count_acts_by_side_and_what_they_cost() -> None:
    rows = (
        replace(ROW, cost=Cost(comments=2, files=1, calls=4, notifications=3)),
        replace(ROW, act="update", side="tracker", by_settings=True, cost=Cost(calls=1)),
        replace(ROW, act="unclear", side=""),
    )

    assert preview.totals(rows, WIDE) == {
        "by_settings": 1,
        "calls": 5,
        "comments": 2,
        "create_procore": 1,
        "files": 1,
        "notifications": 3,
        "seconds": 2,
        "unclear": 1,
        "update_tracker": 1,
    }


@pytest.mark.parametrize(
    ("calls", "room", "seconds"),
    [
        (0, WIDE, 0),
        (1, WIDE, 1),
        (25, WIDE, 10),
        (588, WIDE, 236),
        (589, Room(588, 588, 1800.0), 1801),
        (1176, Room(588, 588, 1800.0), 2036),
        (1177, Room(588, 588, 1800.0), 5401),
        (10, Room(0, 588, 60.0), 64),
        (588, Room(0, 588, 0.0), 236),
        (2, Room(0, 0, 0.0), 3601),
    ],
)
def test_s11_the_time_follows_the_room_of_this_hour_and_of_those_after(
    calls: int, room: Room, seconds: int
) -> None:
    assert preview.seconds(calls, room) == seconds


@given(st.integers(0, 5000), st.integers(0, 5000), st.integers(0, 600), st.floats(0, 3600))
def test_more_calls_never_take_less_time(first: int, more: int, left: int, renews_in: float) -> None:
    room = Room(left, 588, renews_in)

    assert preview.seconds(first, room) <= preview.seconds(first + more, room)


def test_s11_a_plan_is_named_by_its_rows_and_its_settings() -> None:
    named = preview.plan_hash([ROW], IssueSettings())

    assert named == preview.plan_hash([ROW], IssueSettings())
    assert len(named) == 64
    other = replace(ROW, changes=(Change("title", "", "x"),))
    assert preview.plan_hash([other], IssueSettings()) != named
    assert preview.plan_hash([ROW, ROW], IssueSettings()) != named
    assert preview.plan_hash([ROW], IssueSettings(poll_seconds=61)) != named
