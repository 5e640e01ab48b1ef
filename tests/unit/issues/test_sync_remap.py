"""Accepted maps rewrite only what they explain in neither direction any more (S17, A22)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.issues import making, pairing

from plumbline.issues import carried, sync_plan
from plumbline.issues.carried import Resolved


def remapped(over: dict[str, str], back: dict[str, str], *, status: str, at_procore: str) -> dict[str, Any]:
    """What is written to Procore when these maps of the status are accepted for a pair at rest."""
    chosen = pairing.settings(maps={"status": {"to_procore": over, "to_tracker": back}})
    issue, twin = making.issue(status_id=status), pairing.observation(status=at_procore)
    sides = pairing.sides(issue, twin, chosen=chosen)
    link = pairing.link(base={name: [sides.tracker[name], sides.procore[name]] for name in sides.tracker})
    views = carried.views(sides, link, chosen, Resolved(), "procore")
    plan = sync_plan.plan(sides, link, chosen, Resolved(), last="procore", remap=True)
    assert [view.field for view in views if view.field == "status"] == ["status"]
    assert plan.tracker == {}
    return {name: value for name, value in plan.procore.items() if name == "status"}


@pytest.mark.parametrize(
    ("over", "back", "rewritten"),
    [
        ({"3103": "closed"}, {"initiated": "3101"}, {"status": "closed"}),
        ({"3103": "ready_for_review"}, {"initiated": "3101"}, {}),
        ({"3103": "closed"}, {"ready_for_review": "3103"}, {}),
        ({}, {"ready_for_review": "3103"}, {}),
        ({}, {}, {"status": "initiated"}),
    ],
)
def test_s17_a_pair_that_either_map_explains_is_not_rewritten(
    over: dict[str, str], back: dict[str, str], rewritten: dict[str, str]
) -> None:
    assert remapped(over, back, status="3103", at_procore="ready_for_review") == rewritten


def test_s17_that_a_default_leads_back_explains_nothing() -> None:
    assert remapped({"3101": "closed"}, {}, status="3101", at_procore="initiated") == {"status": "closed"}


def test_a22_a_status_that_shares_its_word_with_another_is_left_where_a_person_set_it() -> None:
    over = {"3103": "ready_for_review", "3104": "ready_for_review"}
    assert remapped(over, {"ready_for_review": "3103"}, status="3104", at_procore="ready_for_review") == {}
