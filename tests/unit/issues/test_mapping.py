"""The maps between the two systems' values: defaults, findings, and the findings by brute force."""

from __future__ import annotations

from itertools import permutations, product
from typing import TYPE_CHECKING, Any

import pytest

from plumbline.connections.settings import IssueSettings, read
from plumbline.issues import mapping
from plumbline.issues.mapping import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plumbline.issues.mapping import Direction, Field

SETTINGS = read(
    {
        "initial_status_id": "3101",
        "default_type_id": "7001",
        "maps": {
            "status": {"to_procore": {"3103": "ready_for_review"}},
            "priority": {"to_procore": {"1": "High"}},
            "discipline": {"to_procore": {"10": "8001"}},
            "issue_type": {"to_procore": {"20": "7002"}},
        },
    }
)
NOTHING: dict[Field, dict[str, str]] = {"status": {}, "priority": {}, "discipline": {}, "issue_type": {}}


# Values


@pytest.mark.parametrize(
    ("field", "value", "there"),
    [
        ("status", "3103", "ready_for_review"),
        ("priority", "1", "High"),
        ("discipline", "10", "8001"),
        ("issue_type", "20", "7002"),
    ],
)
def test_a20_a_mapped_value_becomes_procores(field: Field, value: str, there: str) -> None:
    assert mapping.to_procore(SETTINGS, field, value) == there


@pytest.mark.parametrize(
    ("field", "there"),
    [("status", "initiated"), ("priority", "Low"), ("discipline", None), ("issue_type", "7001")],
)
def test_a21_an_unmapped_value_falls_back(field: Field, there: str | None) -> None:
    assert mapping.to_procore(SETTINGS, field, "99") == there


@pytest.mark.parametrize("nothing", [None, ""])
@pytest.mark.parametrize(
    ("field", "there"),
    [("status", "initiated"), ("priority", None), ("discipline", None), ("issue_type", "7001")],
)
def test_a21_a_value_that_the_issue_lacks_is_left_unset(
    field: Field, there: str | None, nothing: str | None
) -> None:
    assert mapping.to_procore(SETTINGS, field, nothing) == there


def test_a21_without_a_default_type_no_type_is_set() -> None:
    assert mapping.to_procore(IssueSettings(), "issue_type", "20") is None


@pytest.mark.parametrize(
    ("field", "direction", "value"),
    [
        ("status", "to_procore", "initiated"),
        ("priority", "to_procore", "Low"),
        ("discipline", "to_procore", ""),
        ("issue_type", "to_procore", "7001"),
        ("status", "to_tracker", "3101"),
        ("priority", "to_tracker", ""),
        ("discipline", "to_tracker", ""),
        ("issue_type", "to_tracker", ""),
    ],
)
def test_a21_every_field_has_its_default_in_each_direction(
    field: Field, direction: Direction, value: str
) -> None:
    assert mapping.default(SETTINGS, field, direction) == value


# Findings


def found(settings: dict[str, Any], field: Field, tracker: list[str], procore: list[str]) -> list[Finding]:
    """The findings on one field, the other three having no values and no maps."""
    left = NOTHING | {field: {value: f"name of {value}" for value in tracker}}
    right = NOTHING | {field: {value: f"name of {value}" for value in procore}}
    return list(
        mapping.check(read({"initial_status_id": "3101", "default_type_id": "7001", **settings}), left, right)
    )


def test_a20_empty_maps_over_empty_lists_have_no_findings() -> None:
    assert mapping.check(SETTINGS.model_copy(update={"maps": IssueSettings().maps}), NOTHING, NOTHING) == ()


@pytest.mark.parametrize(
    ("field", "procore", "there", "back"),
    [
        ("status", "closed", "initiated", "3101"),
        ("priority", "Low", "Low", ""),
        ("discipline", "8001", "", ""),
        ("issue_type", "7002", "7001", ""),
    ],
)
def test_a20_a_hole_is_told_with_the_default_that_will_apply(
    field: Field, procore: str, there: str, back: str
) -> None:
    assert found({}, field, ["10"], [procore]) == [
        Finding(field, "to_procore", "hole", ("10",), default=there),
        Finding(field, "to_tracker", "hole", (procore,), default=back),
    ]


def test_a20_values_that_share_a_target_are_told_as_one_group() -> None:
    maps = {
        "priority": {
            "to_procore": {"1": "High", "3": "High", "2": "Low"},
            "to_tracker": {"High": "1", "Low": "2"},
        }
    }

    assert found({"maps": maps}, "priority", ["1", "2", "3"], ["High", "Low"]) == [
        Finding("priority", "to_procore", "many_to_one", ("1", "3"), target="High"),
        Finding("priority", "to_procore", "bounce", ("3", "1"), target="High"),
    ]


def test_a22_a_pair_that_would_bounce_a_value_is_told_with_where_it_returns() -> None:
    maps = {
        "status": {"to_procore": {"1": "closed", "2": "draft"}, "to_tracker": {"closed": "2", "draft": "1"}}
    }

    assert found({"maps": maps}, "status", ["1", "2"], ["closed", "draft"]) == [
        Finding("status", "to_procore", "bounce", ("1", "2"), target="closed"),
        Finding("status", "to_procore", "bounce", ("2", "1"), target="draft"),
        Finding("status", "to_tracker", "bounce", ("closed", "draft"), target="2"),
        Finding("status", "to_tracker", "bounce", ("draft", "closed"), target="1"),
    ]


def test_a22_a_value_that_a_default_carries_over_bounces_too() -> None:
    maps = {"status": {"to_procore": {"1": "initiated"}, "to_tracker": {"initiated": "1"}}}

    findings = found({"maps": maps, "initial_status_id": "1"}, "status", ["1", "2"], ["initiated", "closed"])

    assert [one for one in findings if one.kind == "bounce"] == [
        Finding("status", "to_procore", "bounce", ("2", "1"), target="initiated"),
        Finding("status", "to_tracker", "bounce", ("closed", "initiated"), target="1"),
    ]


def test_a20_a_value_that_neither_list_has_is_told_as_unknown() -> None:
    maps = {
        "discipline": {
            "to_procore": {"10": "gone", "lost": "8001"},
            "to_tracker": {"8001": "10", "gone": "lost"},
        }
    }

    assert found({"maps": maps}, "discipline", ["10"], ["8001"]) == [
        Finding("discipline", "to_procore", "unknown", ("10",), target="gone"),
        Finding("discipline", "to_procore", "unknown", ("lost",), target="8001"),
        Finding("discipline", "to_tracker", "unknown", ("gone",), target="lost"),
        Finding("discipline", "to_procore", "bounce", ("10", "lost"), target="gone"),
        Finding("discipline", "to_procore", "bounce", ("lost", "10"), target="8001"),
        Finding("discipline", "to_tracker", "bounce", ("8001", "gone"), target="10"),
        Finding("discipline", "to_tracker", "bounce", ("gone", "8001"), target="lost"),
    ]


def test_a20_all_four_fields_are_checked_in_their_order() -> None:
    lists: dict[Field, dict[str, str]] = {field: {"9": "Nine"} for field in mapping.FIELDS}

    findings = mapping.check(IssueSettings(), lists, NOTHING)

    assert [(one.field, one.kind, one.default) for one in findings] == [
        ("status", "hole", "initiated"),
        ("priority", "hole", "Low"),
        ("discipline", "hole", ""),
        ("issue_type", "hole", ""),
    ]


def test_a20_findings_do_not_depend_on_the_order_of_a_map() -> None:
    pairs = [("10", "8001"), ("11", "8001"), ("12", "8002"), ("13", "8002")]
    answers = {
        tuple(found({"maps": {"discipline": {"to_procore": dict(order)}}}, "discipline", [], []))
        for order in permutations(pairs)
    }

    assert len(answers) == 1


# The findings by brute force


def maps_between(mine: str, other: str) -> Iterator[dict[str, str]]:
    """Every partial map from the letters of one side to those of the other."""
    for targets in product(["", *other], repeat=len(mine)):
        yield {value: target for value, target in zip(mine, targets, strict=True) if target}


def by_definition(
    there: Mapping[str, str], back: Mapping[str, str], left: str, right: str
) -> set[tuple[Any, ...]]:
    """What is to be found, from the words of the behaviour: over all pairs of values."""
    ways: list[tuple[str, Mapping[str, str], Mapping[str, str], str, str]] = [
        ("to_procore", there, back, left, right),
        ("to_tracker", back, there, right, left),
    ]
    expected: set[tuple[Any, ...]] = set()
    for way, go, come, mine, other in ways:
        steps, returns = set(go.items()), set(come.items())
        expected |= {(way, "hole", (a,), "") for a in mine if all(b != a for b, _ in steps)}
        expected |= {(way, "unknown", (a,), x) for a, x in steps if not (a in mine and x in other)}
        expected |= {
            (way, "many_to_one", tuple(sorted(a for a, y in steps if y == x)), x)
            for (a, x), (b, y) in product(steps, steps)
            if x == y and a != b
        }
        expected |= {
            (way, "bounce", (a, b), x) for (a, x), (y, b) in product(steps, returns) if x == y and a != b
        }
    return expected


def told(there: Mapping[str, str], back: Mapping[str, str], left: str, right: str) -> list[tuple[Any, ...]]:
    maps = {"discipline": {"to_procore": there, "to_tracker": back}}
    findings = found({"maps": maps}, "discipline", list(left), list(right))
    return [(one.direction, one.kind, one.values, one.target) for one in findings]


@pytest.mark.parametrize(("rows", "columns"), list(product(range(4), range(4))))
def test_a20_the_findings_are_those_of_the_definition_for_every_map_up_to_3_by_3(
    rows: int, columns: int
) -> None:
    left, right = "abc"[:rows], "xyz"[:columns]
    for there, back in product(maps_between(left, right), maps_between(right, left)):
        answer = told(there, back, left, right)

        assert set(answer) == by_definition(there, back, left, right)
        assert len(answer) == len(set(answer))


@pytest.mark.parametrize(("left", "right"), list(product(["", "a", "b", "ab"], ["", "x", "y", "xy"])))
def test_a20_the_findings_hold_where_maps_name_values_that_the_lists_lack(left: str, right: str) -> None:
    for there, back in product(maps_between("ab", "xy"), maps_between("xy", "ab")):
        assert set(told(there, back, left, right)) == by_definition(there, back, left, right)


def test_a22_maps_that_are_each_others_reverse_never_bounce() -> None:
    for order in permutations("xyz"):
        there = dict(zip("abc", order, strict=True))
        back = {target: value for value, target in there.items()}

        assert told(there, back, "abc", "xyz") == []
