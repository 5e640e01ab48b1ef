"""The brake on mass deletes, at its very bounds (S16)."""

from __future__ import annotations

import hashlib

import pytest

from plumbline.agreement.brake import Limits, plan_hash, recent, trips

LIMITS = Limits(count=10, percent=20, seconds=3600.0)


def deletes(count: int, at: float = 1000.0) -> tuple[float, ...]:
    return (at,) * count


def test_a_delete_counts_until_the_rolling_time_is_over() -> None:
    assert recent([400.0, 400.1, 4000.0], LIMITS, now=4000.0) == (400.1, 4000.0)


@pytest.mark.parametrize(
    ("before", "links", "brakes"),
    [(9, 10, False), (10, 10, True), (10, 54, True), (10, 55, False), (11, 59, True), (11, 60, False)],
)
def test_s16_more_than_ten_and_more_than_a_fifth_of_the_links_trip_it(
    before: int, links: int, *, brakes: bool
) -> None:
    assert trips(deletes(before), LIMITS, now=1000.0, links=links) is brakes


def test_s16_deletes_of_an_hour_ago_do_not_count() -> None:
    assert not trips(deletes(50), LIMITS, now=4600.0, links=50)


@pytest.mark.parametrize(
    ("links", "missing", "brakes"), [(1, 1, False), (2, 2, True), (2, 1, False), (3, 4, True)]
)
def test_s16_one_side_suddenly_empty_trips_however_few_the_links_are(
    links: int, missing: int, *, brakes: bool
) -> None:
    assert trips((), LIMITS, now=1000.0, links=links, missing=missing) is brakes


def test_s16_the_name_of_a_plan_is_the_hash_of_its_sorted_lines() -> None:
    named = plan_hash([("b", "issue"), ("a", "observation")])
    assert named == hashlib.sha256(b"a:observation\nb:issue").hexdigest()
    assert named == plan_hash([("a", "observation"), ("b", "issue")])
    assert named != plan_hash([("a", "observation")])
