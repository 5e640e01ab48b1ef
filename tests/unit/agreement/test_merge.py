"""The three-way merge of one field: every rule, and what holds for any values (A12, A13, A22)."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.agreement.merge import OTHER, Carried, Decision, Pair, Rule, Side, View, agrees, merge

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUES = st.none() | st.sampled_from(["a", "b", "c", "x", "y", "z"])
PAIRS = st.builds(Pair, VALUES, VALUES)
CARRIED = st.none() | st.builds(Carried, VALUES)
RULES = st.sampled_from(get_args(Rule))
SIDES = st.sampled_from(get_args(Side))
VIEWS = st.builds(View, st.just("status"), st.none() | PAIRS, PAIRS, CARRIED, CARRIED, RULES, SIDES)


def view(base: Pair | None, seen: Pair, rule: Rule = "last", last: Side = "procore") -> View:
    """A field whose values are the same words on both sides."""
    return View("status", base, seen, Carried(seen.tracker), Carried(seen.procore), rule, last)


# ---- Literal cases ---------------------------------------------------------------------------------------


def test_a40_a_field_never_agreed_on_is_taken_as_it_is() -> None:
    assert merge(view(None, Pair("a", "x"))) == Decision("status", "settle", Pair("a", "x"))


def test_what_did_not_change_rests() -> None:
    assert merge(view(Pair("a", "x"), Pair("a", "x"))) == Decision("status", "rest", Pair("a", "x"))


def test_a12_the_side_that_changed_is_carried_to_the_other() -> None:
    tracker = merge(view(Pair("a", "a"), Pair("b", "a")))
    assert tracker == Decision("status", "write", Pair("b", "a"), "procore", "b")
    procore = merge(view(Pair("a", "a"), Pair("a", "b")))
    assert procore == Decision("status", "write", Pair("a", "b"), "tracker", "b")


def test_a12_clearing_a_value_is_carried_too() -> None:
    assert merge(view(Pair("a", "a"), Pair(None, "a"))) == Decision(
        "status", "write", Pair(None, "a"), "procore"
    )


def test_a_change_to_what_the_other_side_has_already_is_agreed_without_a_write() -> None:
    assert merge(view(Pair("a", "b"), Pair("b", "b"))).kind == "settle"


def test_a21_what_cannot_be_carried_is_agreed_as_it_stands() -> None:
    unmapped = replace(view(Pair("a", "a"), Pair("b", "a")), over=None)
    assert merge(unmapped) == Decision("status", "settle", Pair("b", "a"))


@pytest.mark.parametrize(
    ("rule", "last", "to", "value"),
    [
        ("last", "procore", "tracker", "c"),
        ("last", "tracker", "procore", "b"),
        ("procore", "tracker", "tracker", "c"),
        ("tracker", "procore", "procore", "b"),
    ],
)
def test_a13_of_two_changes_the_rule_names_the_winner(rule: Rule, last: Side, to: Side, value: str) -> None:
    decided = merge(view(Pair("a", "a"), Pair("b", "c"), rule, last))
    assert decided == Decision("status", "conflict", Pair("b", "c"), to, value)


def test_a13_with_ask_a_person_decides() -> None:
    assert merge(view(Pair("a", "a"), Pair("b", "c"), "ask")) == Decision(
        "status", "conflict", Pair("b", "c")
    )


def test_a13_equal_changes_are_agreed_by_either_directions_map() -> None:
    both = View("status", Pair("a", "x"), Pair("b", "y"), Carried("y"), Carried("c"))
    assert merge(both).kind == "settle"
    assert merge(replace(both, over=Carried("z"), back=Carried("b"))).kind == "settle"
    assert not agrees(replace(both, over=None, back=None))


def test_a13_what_cannot_be_carried_cannot_win_and_is_kept() -> None:
    stuck = replace(view(Pair("a", "a"), Pair("b", "c"), "tracker"), over=None)
    assert merge(stuck) == Decision("status", "conflict", Pair("b", "c"), "tracker", "c")
    both = replace(stuck, back=None)
    assert merge(both) == Decision("status", "settle", Pair("b", "c"))


def test_a13_with_ask_a_field_that_neither_side_can_carry_is_no_conflict() -> None:
    stuck = replace(view(Pair("a", "a"), Pair("b", "c"), "ask"), over=None, back=None)
    assert merge(stuck).kind == "settle"


def test_the_two_sides_are_each_others_other() -> None:
    assert OTHER == {"tracker": "procore", "procore": "tracker"}
    assert Pair("a", "x").of("tracker") == "a"
    assert Pair("a", "x").of("procore") == "x"


# ---- What always holds -----------------------------------------------------------------------------------


@settings(deadline=None)
@given(VIEWS)
def test_a_decision_is_the_same_each_time_and_knows_what_it_saw(one: View) -> None:
    assert merge(one) == merge(one)
    assert merge(one).seen == one.seen
    assert merge(one).field == "status"


@settings(deadline=None)
@given(VIEWS)
def test_s17_a_field_without_a_base_is_never_written(one: View) -> None:
    assert merge(replace(one, base=None)).to is None


@settings(deadline=None)
@given(VIEWS)
def test_a_value_that_did_not_change_is_never_carried_over(one: View) -> None:
    decided = merge(one)
    if decided.to and one.base:
        source = OTHER[decided.to]
        assert one.seen.of(source) != one.base.of(source)


@settings(deadline=None)
@given(VIEWS)
def test_what_is_written_is_what_the_other_side_says_and_never_what_is_there(one: View) -> None:
    decided = merge(one)
    if decided.to:
        carried = one.carried(OTHER[decided.to])
        assert carried is not None
        assert decided.value == carried.value != one.seen.of(decided.to)


@settings(deadline=None)
@given(VIEWS)
def test_a13_a_change_that_is_overwritten_is_a_conflict_that_names_both_values(one: View) -> None:
    decided = merge(one)
    if decided.to and one.base and one.seen.of(decided.to) != one.base.of(decided.to):
        assert decided.kind == "conflict"


@settings(deadline=None)
@given(VIEWS)
def test_silence_once_settled_a_pair_rests(one: View) -> None:
    decided = merge(one)
    if decided.kind == "settle":
        assert merge(replace(one, base=one.seen)).kind == "rest"
    if decided.to == "tracker":
        assert (
            merge(replace(one, base=(now := Pair(decided.value, one.seen.procore)), seen=now)).kind == "rest"
        )
    if decided.to == "procore":
        assert (
            merge(replace(one, base=(now := Pair(one.seen.tracker, decided.value)), seen=now)).kind == "rest"
        )


# ---- No bounce, for all maps (INVARIANTS 20, A22) --------------------------------------------------------


def carried(table: Mapping[str, str | None], value: str) -> Carried | None:
    found = table.get(value)
    return Carried(found) if found else None


def run_to_rest(
    base: Pair, seen: Pair, there: Mapping[str, str | None], back: Mapping[str, str | None]
) -> tuple[Pair, list[Decision]]:
    """Merge, write, and merge again until it rests; returns what is there then and all that was decided."""
    decided: list[Decision] = []
    for _ in range(5):
        one = merge(
            View(
                "status", base, seen,
                carried(there, seen.tracker or ""), carried(back, seen.procore or ""),
            )
        )  # fmt: skip
        decided.append(one)
        if one.kind == "rest":
            return seen, decided
        if one.to == "procore":
            seen = Pair(seen.tracker, one.value)
        if one.to == "tracker":
            seen = Pair(one.value, seen.procore)
        base = seen
    raise AssertionError(f"no rest after {decided}")


def assert_no_bounce(there: Mapping[str, str | None], back: Mapping[str, str | None]) -> None:
    """From any pair at rest, one edit on one side stays as it was set, and costs at most one write."""
    for tracker, procore in itertools.product(there, back):
        at_rest = Pair(tracker, procore)
        for value in there:
            end, decided = run_to_rest(at_rest, Pair(value, procore), there, back)
            assert end.tracker == value
            assert sum(one.to is not None for one in decided) <= 1
        for value in back:
            end, decided = run_to_rest(at_rest, Pair(tracker, value), there, back)
            assert end.procore == value
            assert sum(one.to is not None for one in decided) <= 1


def tables(mine: str, others: str) -> list[dict[str, str | None]]:
    """Every map from these values to those, holes among them."""
    choices = [None, *others]
    return [dict(zip(mine, chosen, strict=True)) for chosen in itertools.product(choices, repeat=len(mine))]


@pytest.mark.parametrize(
    ("mine", "theirs"), [("a", "x"), ("ab", "x"), ("a", "xy"), ("ab", "xy"), ("abc", "xy")]
)
def test_a22_no_map_however_it_is_made_bounces_a_value(mine: str, theirs: str) -> None:
    for there, back in itertools.product(tables(mine, theirs), tables(theirs, mine)):
        assert_no_bounce(there, back)


def test_a22_no_map_of_three_by_three_bounces_a_value() -> None:
    for there, back in itertools.product(tables("abc", "xyz"), tables("xyz", "abc")):
        assert_no_bounce(there, back)


FOURS = st.fixed_dictionaries({name: st.none() | st.sampled_from("wxyz") for name in "abcd"})
BACKS = st.fixed_dictionaries({name: st.none() | st.sampled_from("abcd") for name in "wxyz"})


@settings(deadline=None)
@given(FOURS, BACKS)
def test_a22_no_map_of_four_by_four_bounces_a_value(
    there: dict[str, str | None], back: dict[str, str | None]
) -> None:
    assert_no_bounce(there, back)
