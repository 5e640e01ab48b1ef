from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plumbline.stores import memory
from plumbline.stores.budget import DynamoBudget

from .conftest import client

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.stores.ports import Budget

    Make = Callable[..., Budget]

START = 1_700_000_000.25
KEYS = (f"key-{number}" for number in itertools.count())

# Each call on moto costs milliseconds; the twins share the arithmetic, and a test below compares them.
some = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
many = settings(max_examples=300, deadline=None)
gaps = st.lists(
    st.one_of(st.just(0.0), st.floats(0, 2), st.floats(0, 30), st.floats(0, 4000)), min_size=1, max_size=60
)


@pytest.fixture
def make(backend: str) -> Make:
    """Makes a worker's budget; all workers of a test share what is stored."""
    if backend == "dynamodb":
        return lambda **limits: DynamoBudget(client("dynamodb"), "budget", **limits)
    shared: dict[str, Budget] = {}
    return lambda **limits: shared.setdefault(str(limits), memory.MemoryBudget(**limits))


def drain(budget: Budget, key: str, *, now: float, reserve: float = 0.0) -> int:
    """Take slots in one moment until one is refused, and count them."""
    return next(count for count in itertools.count() if budget.take(key, now=now, reserve=reserve))


def test_half_of_the_spike_may_come_at_once_and_the_rest_spread_over_the_window(make: Make) -> None:
    budget = make(spike_limit=10, spike_seconds=10.0)
    assert [budget.take("k", now=START) for _ in range(5)] == [0.0] * 5

    assert budget.take("k", now=START) == pytest.approx(2.0, abs=0.01)
    assert budget.take("k", now=START + 1.99) > 0.0
    assert budget.take("k", now=START + 2.01) == 0.0
    assert budget.take("k", now=START + 2.01) == pytest.approx(1.99, abs=0.02)


def test_the_defaults_are_procore_s_25_in_10_seconds(make: Make) -> None:
    assert drain(make(), "k", now=START) == 12


def test_keys_do_not_share_slots(make: Make) -> None:
    budget = make(spike_limit=2)
    assert budget.take("k1", now=START) == 0.0

    assert budget.take("k1", now=START) > 0.0
    assert budget.take("k2", now=START) == 0.0


def test_the_hour_keeps_2_in_100_aside_and_opens_when_it_ends(make: Make) -> None:
    budget = make(hour_limit=100, spike_limit=1000)

    assert drain(budget, "k", now=START) == 98
    assert budget.take("k", now=START + 600) == pytest.approx(3000.0, abs=0.01)
    assert budget.take("k", now=START + 3600.01) == 0.0
    assert budget.room("k", now=START + 3601) == 97


def test_a_reserve_is_left_for_others(make: Make) -> None:
    budget = make(hour_limit=100, spike_limit=1000)

    assert drain(budget, "k", now=START, reserve=0.3) == 68
    assert drain(budget, "k", now=START) == 30


def test_even_a_full_reserve_lets_one_call_an_hour_through(make: Make) -> None:
    budget = make(hour_limit=100)

    assert budget.take("k", now=START, reserve=1.0) == 0.0
    assert budget.take("k", now=START, reserve=1.0) == pytest.approx(3600.0, abs=0.01)


def test_a_look_at_the_hour_takes_no_slot(make: Make) -> None:
    budget = make(hour_limit=600)
    assert budget.peek("k", now=START) == (0, 588, 0.0)

    budget.take("k", now=START)
    budget.take("k", now=START + 5)

    assert budget.peek("k", now=START + 10) == (2, 588, START + 3600)
    budget.close("k", until=START + 60)
    assert budget.peek("k", now=START + 10) == (2, 588, START + 3600)
    assert budget.room("k", now=START + 10) == 0
    budget.observe("k", now=START + 20, limit=3600, remaining=3000, reset=START + 1800)
    assert budget.peek("k", now=START + 20) == (600, 3528, START + 1800)
    assert budget.peek("k", now=START + 1801) == (0, 3528, 0.0)


def test_room_counts_what_the_hour_has_left(make: Make) -> None:
    budget = make(hour_limit=600)
    assert budget.room("k", now=START) == 588
    for _ in range(3):
        budget.take("k", now=START)

    assert budget.room("k", now=START + 10) == 585
    assert budget.room("k", now=START + 3601) == 588


def test_closing_shuts_the_gate_for_every_worker(make: Make) -> None:
    one, other = make(), make()
    assert other.take("k", now=START) == 0.0

    one.close("k", until=START + 60)
    one.close("k", until=START + 30)

    assert other.take("k", now=START + 31) == pytest.approx(29.0, abs=0.01)
    assert other.room("k", now=START + 31) == 0
    assert other.take("k", now=START + 60.0) == 0.0


def test_a_gate_can_be_closed_before_its_first_call(make: Make) -> None:
    budget = make()
    budget.close("k", until=START + 5)

    assert budget.take("k", now=START) == pytest.approx(5.0, abs=0.01)
    assert budget.take("k", now=START + 5.01) == 0.0


def test_headers_of_the_hour_teach_its_limit_count_and_end(make: Make) -> None:
    budget = make()
    budget.take("k", now=START)

    budget.observe("k", now=START, limit=3600, remaining=3000, reset=START + 1800)

    assert budget.room("k", now=START) == 3528 - 600
    assert budget.room("k", now=START + 1799) == 3528 - 600
    assert budget.room("k", now=START + 1801) == 3528


def test_what_one_worker_learned_counts_for_all(make: Make) -> None:
    one, other = make(), make()
    other.take("k", now=START)
    one.observe("k", now=START, limit=3600, remaining=3000, reset=START + 1800)
    one.observe("k", now=START, limit=100, remaining=90, reset=START + 8)

    assert other.take("k", now=START) == 0.0
    assert drain(other, "k", now=START) == 45  # the first call cost as much as four do now


def test_headers_of_the_spike_teach_its_limit_and_leave_the_hour_alone(make: Make) -> None:
    budget = make()
    budget.observe("k", now=START, limit=100, remaining=90, reset=START + 8)

    assert drain(budget, "k", now=START) == 50
    assert budget.room("k", now=START) == 538


def test_the_last_seconds_of_the_hour_are_not_taken_for_a_spike(make: Make) -> None:
    budget = make(spike_limit=1000)
    budget.observe("k", now=START, limit=600, remaining=300, reset=START + 5)

    assert budget.room("k", now=START) == 288
    assert budget.room("k", now=START + 5.1) == 588


def test_nothing_remaining_closes_until_the_reset(make: Make) -> None:
    one, other = make(), make()
    one.observe("k", now=START, limit=25, remaining=0, reset=START + 7)

    assert other.take("k", now=START) == pytest.approx(7.0, abs=0.01)
    assert other.take("k", now=START + 7.01) == 0.0


def test_an_answer_that_comes_late_never_lowers_the_count(make: Make) -> None:
    budget = make()
    budget.observe("k", now=START, limit=600, remaining=100, reset=START + 1800)
    budget.observe("k", now=START, limit=600, remaining=110, reset=START + 1800)
    budget.observe("k", now=START, limit=600, remaining=130, reset=START + 1801)

    assert budget.room("k", now=START) == 88


def test_an_answer_of_a_window_that_is_over_changes_no_count(make: Make) -> None:
    budget = make()
    budget.observe("k", now=START, limit=600, remaining=500, reset=START + 1800)

    budget.observe("k", now=START, limit=600, remaining=0, reset=START - 60)

    assert budget.room("k", now=START) == 488


def test_the_server_s_next_hour_begins_with_its_own_count(make: Make) -> None:
    budget = make()
    budget.observe("k", now=START, limit=600, remaining=100, reset=START + 60)

    budget.observe("k", now=START + 61, limit=600, remaining=599, reset=START + 3660)

    assert budget.room("k", now=START + 62) == 587


def test_headers_without_sense_change_nothing(make: Make) -> None:
    budget = make()
    budget.observe("k", now=START, limit=0, remaining=0, reset=START + 1800)
    budget.observe("k", now=START, limit=-5, remaining=3, reset=0.0)

    assert budget.room("k", now=START) == 588
    assert budget.take("k", now=START) == 0.0


def test_a_reset_far_away_is_taken_for_an_hour_at_most(make: Make) -> None:
    budget = make()
    budget.observe("k", now=START, limit=600, remaining=0, reset=START + 1_000_000)

    assert budget.take("k", now=START) == pytest.approx(3600.0, abs=0.01)


@some
@given(gaps=gaps, hour=st.integers(2, 40), spike=st.integers(1, 12))
def test_no_window_of_either_kind_holds_more_than_its_limit(
    make: Make, gaps: list[float], hour: int, spike: int
) -> None:
    never_more_than_the_limits(make(hour_limit=hour, spike_limit=spike), gaps, hour, spike)


@many
@given(gaps=gaps, hour=st.integers(2, 40), spike=st.integers(1, 12))
def test_no_window_holds_more_than_its_limit_in_many_more_cases(
    gaps: list[float], hour: int, spike: int
) -> None:
    never_more_than_the_limits(memory.MemoryBudget(hour_limit=hour, spike_limit=spike), gaps, hour, spike)


def never_more_than_the_limits(budget: Budget, gaps: list[float], hour: int, spike: int) -> None:
    key = next(KEYS)
    arrivals = [START + passed for passed in itertools.accumulate(gaps)]
    granted = [now for now in arrivals if budget.take(key, now=now) == 0.0]

    for first in granted:
        assert sum(first <= now <= first + 10.0 for now in granted) <= spike
    window = granted[0]
    for now in granted:
        window = now if now >= window + 3600 else window
        assert sum(window <= other < window + 3600 for other in granted) <= hour


@some
@given(gaps=gaps, reserve=st.sampled_from([0.0, 0.3, 0.9]), closed=st.floats(0, 100))
def test_waiting_as_told_opens_the_gate(make: Make, gaps: list[float], reserve: float, closed: float) -> None:
    budget, key, now = make(hour_limit=20, spike_limit=6), next(KEYS), START
    budget.close(key, until=START + closed)

    for gap in gaps:
        now += gap
        if wait := budget.take(key, now=now, reserve=reserve):
            now += wait
            assert budget.take(key, now=now, reserve=reserve) == 0.0


@some
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["take", "take", "take", "reserved", "hour", "spike", "close"]),
            st.floats(0, 20) | st.floats(0, 2000),
            st.integers(0, 30),
        ),
        max_size=40,
    )
)
@pytest.mark.usefixtures("aws")
def test_the_twins_answer_alike(steps: list[tuple[str, float, int]]) -> None:
    workers = [DynamoBudget(client("dynamodb"), "budget", hour_limit=30, spike_limit=6) for _ in range(3)]
    twin, key, now = memory.MemoryBudget(hour_limit=30, spike_limit=6), next(KEYS), START

    for turn, (step, gap, number) in enumerate(steps):
        now += gap
        for budget in (workers[turn % 3], twin):
            if step == "hour":
                budget.observe(key, now=now, limit=40, remaining=number, reset=now + 100 * number)
            elif step == "spike":
                budget.observe(key, now=now, limit=8, remaining=number % 8, reset=now + number % 10)
            elif step == "close":
                budget.close(key, until=now + number)
        share = 0.5 if step == "reserved" else 0.0
        told = twin.take(key, now=now, reserve=share)
        assert workers[turn % 3].take(key, now=now, reserve=share) == pytest.approx(told, abs=0.01)
        assert workers[(turn + 1) % 3].room(key, now=now) == twin.room(key, now=now)


@settings(max_examples=50, deadline=None)
@given(
    calls=st.lists(st.tuples(st.floats(0, 60), st.integers(0, 3)), min_size=210, max_size=300),
    begun=st.floats(0, 3599),
    used=st.integers(0, 150),
)
def test_answers_out_of_order_never_take_us_over_the_server_s_hour(
    calls: list[tuple[float, int]], begun: float, used: int
) -> None:
    """The server counts its own fixed hours, others used some of the first, answers come up to 3 late."""
    budget, now = memory.MemoryBudget(hour_limit=600, spike_limit=10_000), START
    reset, remaining = START + 3600 - begun, 200 - used
    answers: list[tuple[int, int, float]] = []

    for turn, (gap, late) in enumerate(calls):
        now += gap
        for answer in [answer for answer in answers if answer[0] <= turn]:
            answers.remove(answer)
            budget.observe("k", now=now, limit=200, remaining=answer[1], reset=answer[2])
        if budget.take("k", now=now):
            continue
        if now >= reset:
            reset, remaining = reset + 3600 * (1 + (now - reset) // 3600), 200
        remaining -= 1
        assert remaining >= 0
        answers.append((turn + 1 + late, remaining, reset))
