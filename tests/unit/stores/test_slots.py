"""The arithmetic of call slots, from literal numbers and over random calls."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.stores import slots
from plumbline.stores.slots import Limits, Slots, Told

NOW = 1_780_000_000.0
LIMITS = Limits(hour=600, spike=25, spike_seconds=10.0)
HALF_USED = Slots(hour_used=300, hour_reset=NOW + 1800)


def wait(known: Slots, *, now: float = NOW, reserve: float = 0.0) -> float:
    return slots.wait(known, LIMITS, now=now, reserve=reserve)


# The hour


@pytest.mark.parametrize(("reserve", "cap"), [(0.0, 588), (0.2, 468), (1.0, 1)])
def test_two_in_a_hundred_calls_and_a_reserve_are_kept_back(reserve: float, cap: int) -> None:
    assert slots.hour_cap(Slots(), LIMITS, reserve) == cap


def test_a_learned_limit_counts_instead_of_the_given_one() -> None:
    assert slots.hour_cap(Slots(hour_limit=100), LIMITS, 0.0) == 98
    assert slots.spike_interval(Slots(spike_limit=10), LIMITS) == 2.0


@pytest.mark.parametrize(
    ("known", "seconds"),
    [
        (Slots(), 0.0),
        (HALF_USED, 0.0),
        (replace(HALF_USED, hour_used=588), 1800.001),
        (replace(HALF_USED, hour_used=588, hour_reset=NOW), 0.0),
        (Slots(closed_until=NOW + 7), 7.001),
        (Slots(closed_until=NOW), 0.0),
    ],
)
def test_a_call_waits_for_the_hour_or_until_it_is_opened_again(known: Slots, seconds: float) -> None:
    assert wait(known) == seconds


def test_a_reserve_makes_its_giver_wait_sooner() -> None:
    assert wait(replace(HALF_USED, hour_used=468)) == 0.0
    assert wait(replace(HALF_USED, hour_used=468), reserve=0.2) == 1800.001


def test_a_call_counts_in_the_running_hour_or_begins_one() -> None:
    assert slots.taken(HALF_USED, LIMITS, now=NOW) == Slots(301, NOW + 1800, 0, NOW + 0.8)
    assert slots.taken(Slots(), LIMITS, now=NOW) == Slots(1, NOW + 3600, 0, NOW + 0.8)


@pytest.mark.parametrize(
    ("known", "left"),
    [
        (Slots(), 588),
        (HALF_USED, 288),
        (replace(HALF_USED, hour_used=700), 0),
        (replace(HALF_USED, hour_reset=NOW), 588),
        (replace(HALF_USED, closed_until=NOW + 1), 0),
    ],
)
def test_room_is_what_the_hour_has_left(known: Slots, left: int) -> None:
    assert slots.room(known, LIMITS, now=NOW) == left


# The spike


def test_half_a_spike_may_come_at_once_and_the_rest_is_spread() -> None:
    known = Slots()
    for _ in range(12):
        assert wait(known) == 0.0
        known = slots.taken(known, LIMITS, now=NOW)

    assert wait(known) == 0.801
    assert wait(known, now=NOW + 0.801) == 0.0


@settings(deadline=None)
@given(st.lists(st.floats(0, 3), min_size=30, max_size=120))
def test_no_ten_seconds_hold_more_calls_than_the_spike_limit(pauses: list[float]) -> None:
    now, known, called = NOW, Slots(), []
    for pause in pauses:
        now += pause
        now += wait(known, now=now)
        known = slots.taken(known, LIMITS, now=now)
        called.append(now)

    assert max(sum(begin <= at < begin + 10 for at in called) for begin in called) <= 25


# What the headers say


@pytest.mark.parametrize(
    "told",
    [
        Told(0, 0, NOW + 60),
        Told(600, 300, NOW + 1800),
        Told(600, 298, NOW + 1800),
        Told(600, 599, NOW),
        Told(25, 20, NOW + 9),
    ],
)
def test_an_answer_that_says_nothing_new_is_not_worth_a_write(told: Told) -> None:
    assert slots.learned(HALF_USED, LIMITS, told, now=NOW) is None


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (Told(1200, 900, NOW + 1800), replace(HALF_USED, hour_limit=1200)),
        (Told(1200, 900, NOW), replace(HALF_USED, hour_limit=1200)),
        (Told(600, 297, NOW + 1800), replace(HALF_USED, hour_used=303)),
        (Told(600, 500, NOW + 3000), replace(HALF_USED, hour_used=100, hour_reset=NOW + 3000)),
        (Told(600, 500, NOW + 9000), replace(HALF_USED, hour_used=100, hour_reset=NOW + 3600)),
        (Told(600, 500, NOW + 900), replace(HALF_USED, hour_used=300, hour_reset=NOW + 900)),
        (Told(600, 100, NOW + 900), replace(HALF_USED, hour_used=500, hour_reset=NOW + 900)),
        (Told(600, 0, NOW + 1800), replace(HALF_USED, hour_used=600, closed_until=NOW + 1800)),
        (Told(600, -3, NOW + 1800), replace(HALF_USED, hour_used=600, closed_until=NOW + 1800)),
        (Told(50, 49, NOW + 10), replace(HALF_USED, spike_limit=50)),
        (Told(25, 0, NOW + 8), replace(HALF_USED, closed_until=NOW + 8)),
    ],
)
def test_what_the_headers_say_of_either_window_is_learned(told: Told, known: Slots) -> None:
    assert slots.learned(HALF_USED, LIMITS, told, now=NOW) == known


def test_an_hour_that_was_not_known_is_taken_from_the_headers() -> None:
    assert slots.learned(Slots(), LIMITS, Told(600, 590, NOW + 1200), now=NOW) == Slots(10, NOW + 1200)


def test_a_limit_that_is_used_up_closes_for_an_hour_at_most() -> None:
    known = slots.learned(Slots(), LIMITS, Told(600, 0, NOW + 86_400), now=NOW)

    assert known == Slots(600, NOW + 3600, closed_until=NOW + 3600)


def test_the_last_call_of_the_hour_is_noted_even_when_the_count_is_near() -> None:
    near = replace(HALF_USED, hour_used=599, closed_until=NOW + 2000)

    assert slots.learned(near, LIMITS, Told(600, 0, NOW + 1800), now=NOW) == replace(near, hour_used=600)
