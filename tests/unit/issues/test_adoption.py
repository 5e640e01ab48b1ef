"""Which issues and observations are proposed as pairs (A11)."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.issues.making import address, issue

from plumbline.cxalloy.model import Asset, Issue
from plumbline.issues import text
from plumbline.issues.adoption import BY_KEY, BY_TEXT, Proposal, propose
from plumbline.procore.observations import Observation

TEMPLATE = "{number}: {summary}"
TEXT = "AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz."


def page(one: Issue) -> str:
    return address(one.id)


def observation(id_: str, name: str = "CI-12: AHU-3 supply fan does not ramp.", **fields: Any) -> Observation:
    unset = ("status", "priority", "due_date", "trade_id", "type_id", "created_at", "updated_at")
    given: dict[str, Any] = {**dict.fromkeys(unset), "description": TEXT, "number": id_, **fields}
    return Observation(id=id_, name=name, **given)


def proposed(issues: list[Issue], observations: list[Observation]) -> Proposal:
    return propose(issues, observations, page, TEMPLATE)


def pairs(told: Proposal) -> list[tuple[str, str, str]]:
    return [(one.issue.id, one.observation.id, one.reason) for one in told.pairs]


def unclear(told: Proposal) -> list[tuple[str, list[str], str]]:
    return [(one.issue.id, [row.id for row in one.observations], one.reason) for one in told.unclear]


def linked(one: Issue) -> str:
    return text.description(one, page(one), with_asset=True)


def test_a11_the_link_line_makes_a_pair_whatever_else_was_edited() -> None:
    one = issue()
    told = proposed([one], [observation("7", "Renamed", description=f"Edited.\n\n{linked(one)}")])
    assert pairs(told) == [("1001", "7", BY_KEY)]
    assert told.unclear == ()


def test_a11_the_same_title_and_description_make_a_pair_where_nothing_else_matches() -> None:
    assert pairs(proposed([issue()], [observation("7"), observation("8", "Other")])) == [
        ("1001", "7", BY_TEXT)
    ]


def test_a11_a_title_as_people_write_it_matches_too() -> None:
    assert pairs(proposed([issue()], [observation("7", "AHU-3 supply fan does not ramp.")])) == [
        ("1001", "7", BY_TEXT)
    ]


def test_a11_case_and_white_space_make_no_difference() -> None:
    loud = observation(
        "7", "ci-12:  AHU-3 SUPPLY fan does not ramp.", description=TEXT.replace("\n", "\r\n  ")
    )
    assert pairs(proposed([issue()], [loud])) == [("1001", "7", BY_TEXT)]


def test_a50_the_asset_line_makes_no_difference() -> None:
    one = issue(asset=Asset("equipment", "77", "AHU-3"))
    row = observation("7", description=f"{TEXT}\n\nCxAlloy asset: AHU-3 (equipment)")
    assert pairs(proposed([one], [row])) == [("1001", "7", BY_TEXT)]


def test_a11_the_same_title_with_another_description_is_no_pair() -> None:
    assert proposed([issue()], [observation("7", description="Other.")]) == Proposal((), ())


def test_a11_several_observations_with_one_link_line_are_left_for_a_person() -> None:
    one = issue()
    told = proposed([one], [observation(id_, description=linked(one)) for id_ in ("7", "8")])
    assert unclear(told) == [("1001", ["7", "8"], "Several observations match: #7, #8.")]
    assert told.pairs == ()


def test_a11_several_observations_with_one_text_are_left_for_a_person() -> None:
    told = proposed([issue()], [observation(str(number)) for number in range(1, 8)])
    assert unclear(told) == [
        (
            "1001",
            ["1", "2", "3", "4", "5", "6", "7"],
            "Several observations match: #1, #2, #3, #4, #5 and 2 more.",
        )
    ]


def test_a11_one_observation_that_two_issues_match_is_left_for_a_person() -> None:
    told = proposed([issue(), issue(id="1002")], [observation("7", number="")])
    assert unclear(told) == [
        ("1001", ["7"], "Observation #7 matches other issues too: CI-12."),
        ("1002", ["7"], "Observation #7 matches other issues too: CI-12."),
    ]


def test_a11_an_observation_of_another_issue_is_no_candidate() -> None:
    other = issue(id="5")
    assert proposed([issue()], [observation("7", description=linked(other))]) == Proposal((), ())


def test_a11_the_link_line_goes_before_equal_text() -> None:
    first, second = issue(), issue(id="1002")
    told = proposed([first, second], [observation("7", description=linked(first)), observation("8")])
    assert pairs(told) == [("1001", "7", BY_KEY), ("1002", "8", BY_TEXT)]


def test_a23_an_issue_without_any_text_matches_by_its_number_only() -> None:
    bare = issue(description="", number="CI-12")
    assert pairs(proposed([bare], [observation("7", "CI-12", description=None)])) == [("1001", "7", BY_TEXT)]
    assert proposed([bare], [observation("7", "", description="")]) == Proposal((), ())


ISSUES = st.lists(
    st.builds(
        lambda id_, number, body: issue(id=id_, number=number, description=body, asset=None),
        st.integers(1, 40).map(str),
        st.sampled_from(["CI-1", "CI-2", ""]),
        st.sampled_from(["", "Leak.", "Leak at the pump.", "Fan.\nNoisy."]),
    ),
    unique_by=lambda one: one.id,
    max_size=8,
)
DESCRIPTIONS = st.sampled_from(["", "Leak.", "Leak at the pump.", "Fan.\nNoisy."]) | st.integers(1, 40).map(
    lambda id_: f"Leak.\n\nCxAlloy issue CI-{id_}: {address(id_)}"
)
OBSERVATIONS = st.lists(
    st.builds(
        lambda id_, name, body: observation(id_, name, description=body),
        st.integers(1, 40).map(str),
        st.sampled_from(["CI-1: Leak.", "Leak.", "CI-2: Fan.", "CI-1", ""]),
        DESCRIPTIONS,
    ),
    unique_by=lambda one: one.id,
    max_size=8,
)


@given(ISSUES, OBSERVATIONS)
def test_a11_nothing_is_in_two_pairs_and_no_pair_is_unclear(
    issues: list[Issue], observations: list[Observation]
) -> None:
    told = proposed(issues, observations)
    paired = [one.issue.id for one in told.pairs]
    rows = [one.observation.id for one in told.pairs]
    assert len(set(paired)) == len(paired)
    assert len(set(rows)) == len(rows)
    assert not set(paired) & {one.issue.id for one in told.unclear}
    assert not set(rows) & {row.id for one in told.unclear for row in one.observations}


@given(ISSUES, OBSERVATIONS, st.randoms())
def test_a11_the_order_in_which_they_are_listed_makes_no_difference(
    issues: list[Issue], observations: list[Observation], dice: Any
) -> None:
    told = proposed(issues, observations)
    shuffled = proposed(dice.sample(issues, len(issues)), dice.sample(observations, len(observations)))
    assert sorted(pairs(told)) == sorted(pairs(shuffled))
    assert {one.issue.id for one in told.unclear} == {one.issue.id for one in shuffled.unclear}


@given(ISSUES, OBSERVATIONS)
def test_a11_every_pair_has_a_key_or_equal_text(issues: list[Issue], observations: list[Observation]) -> None:
    for one in proposed(issues, observations).pairs:
        if one.reason == BY_KEY:
            assert text.carries_key(one.observation.description, page(one.issue))
        else:
            assert text.squeezed(one.observation.description or "") == text.squeezed(one.issue.description)


@given(ISSUES, OBSERVATIONS)
def test_a11_every_issue_with_a_candidate_is_in_a_pair_or_unclear(
    issues: list[Issue], observations: list[Observation]
) -> None:
    told = proposed(issues, observations)
    named = {one.issue.id for one in told.pairs} | {one.issue.id for one in told.unclear}
    for one in issues:
        if any(text.carries_key(row.description, page(one)) for row in observations):
            assert one.id in named
