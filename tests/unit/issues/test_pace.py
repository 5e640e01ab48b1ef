"""How often comments are looked for (A31): literal shares of literal budgets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.connections.settings import SyncSettings
from plumbline.issues.pace import interval, inventory_calls, is_crowded

SYNC = SyncSettings()


def idle(connections: int, hour_cap: int = 600) -> float:
    return interval(connections, hour_cap, SYNC, active=False, offers_logs=False)


def test_a31_a_project_alone_is_looked_at_every_two_minutes() -> None:
    assert idle(1) == 120.0


def test_a31_and_every_minute_after_activity() -> None:
    assert interval(1, 600, SYNC, active=True, offers_logs=False) == 60.0


def test_a31_hourly_where_procore_tells_of_comments_by_itself() -> None:
    assert interval(1, 600, SYNC, active=True, offers_logs=True) == 3600.0


def test_s23_an_idle_inventory_takes_under_four_calls_an_hour() -> None:
    assert inventory_calls(SYNC) == pytest.approx(2 + 1 / 24 + 1.5)


@pytest.mark.parametrize(
    ("connections", "seconds"),
    [(1, 120.0), (2, 163.9), (4, 391.0), (8, 1270.6), (10, 2310.2), (11, 3288.6), (12, 3600)],
)
def test_a31_connections_that_share_an_authorizer_are_looked_at_less_often(
    connections: int, seconds: float
) -> None:
    assert idle(connections) == pytest.approx(seconds, rel=0.001)


def test_a31_activity_keeps_its_advantage_when_all_are_stretched() -> None:
    assert interval(8, 600, SYNC, active=True, offers_logs=False) == pytest.approx(idle(8) / 2)


def test_a31_never_later_than_an_hour() -> None:
    assert idle(500) == 3600.0
    assert interval(500, 600, SYNC, active=True, offers_logs=False) == 3600.0


def test_a31_past_the_bound_a_second_authorizer_is_asked_for() -> None:
    assert [is_crowded(count, 600, SYNC) for count in (1, 10, 11, 12)] == [False, False, False, True]
    assert not is_crowded(12, 3600, SYNC)


@given(st.integers(1, 200), st.integers(60, 20_000))
def test_a31_all_idle_connections_of_one_authorizer_take_a_tenth_at_most(
    connections: int, hour_cap: int
) -> None:
    if is_crowded(connections, hour_cap, SYNC):
        return
    calls = connections * (inventory_calls(SYNC) + 3600.0 / idle(connections, hour_cap))
    assert calls <= hour_cap * 0.1 + 1e-6
