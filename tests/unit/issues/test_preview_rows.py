"""What ongoing sync would do to one item (S11, S17, A5, A10-A19, A27)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from tests.unit.issues.making import address, comment, file, issue

from plumbline.connections.settings import IssueSettings, read
from plumbline.cxalloy.model import Asset, Assignee
from plumbline.issues import preview_rows
from plumbline.issues.preview import Change, Cost
from plumbline.issues.preview_rows import Pair
from plumbline.procore.observations import Observation
from plumbline.stores.records import Link, LinkState

SETTINGS = read(
    {
        "initial_status_id": "3101",
        "default_type_id": "7001",
        "maps": {
            "status": {
                "to_procore": {"3103": "ready_for_review", "3106": "closed"},
                "to_tracker": {"closed": "3106"},
            },
            "priority": {"to_procore": {"1": "High"}, "to_tracker": {"High": "1"}},
        },
    }
)
LINK = Link("l", "c", "1001", LinkState.SYNCED, "CI-12", observation_id="5", item_updated_at=100.0)
SEEN = Observation(
    id="5",
    number="12",
    name="CI-12: AHU-3 supply fan does not ramp.",
    description=(
        "AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.\n\nCxAlloy asset: AHU-3 (equipment)\n\n"
        f"CxAlloy issue CI-12: {address(1001)}"
    ),
    status="ready_for_review",
    priority="High",
    due_date=date(2026, 3, 15),
    trade_id=None,
    type_id="7001",
    created_at=50.0,
    updated_at=100.0,
)


def _twins(link: Link = LINK, there: Observation = SEEN, **changes: Any) -> Pair:
    return Pair(link, issue(**changes), there, address(1001))


def _agreed() -> Link:
    """The link of two that agree as they are."""
    return replace(LINK, base=preview_rows.base(_twins(), SETTINGS))


def _with(**changes: Any) -> IssueSettings:
    return SETTINGS.model_copy(update={"sync": SETTINGS.sync.model_copy(update=changes)})


def test_s11_twins_that_agree_have_no_row() -> None:
    assert preview_rows.updates(_twins(_agreed()), SETTINGS) == ()


def test_s11_an_edit_on_each_side_is_a_row_for_the_other() -> None:
    pair = _twins(_agreed(), replace(SEEN, priority="Low", due_date=None), status_id="3106")

    to_procore, to_tracker = preview_rows.updates(pair, SETTINGS)

    assert (to_procore.side, to_procore.changes, to_procore.cost) == (
        "procore",
        (Change("status", "ready_for_review", "closed"),),
        Cost(calls=2, notifications=1),
    )
    assert (to_tracker.side, to_tracker.cost) == ("tracker", Cost(calls=1))
    assert to_tracker.changes == (Change("due_date", "2026-03-15", ""),)


def test_s11_a_changed_text_is_shown_whole_on_both_sides() -> None:
    (row,) = preview_rows.updates(_twins(_agreed(), description="All is well."), SETTINGS)
    there = replace(SEEN, description=f"Mended.\n\nCxAlloy issue CI-12: {address(1001)}")
    back = preview_rows.updates(_twins(_agreed(), there), SETTINGS)

    changed = {change.field: (change.before, change.after) for change in row.changes}
    assert changed["description"] == ("AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.", "All is well.")
    told = {change.field: (change.before, change.after) for one in back for change in one.changes}
    assert told["description"] == ("AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.", "Mended.")


def test_s17_a_changed_map_is_a_row_of_its_own_that_waits_for_approval() -> None:
    maps = SETTINGS.maps.model_copy(
        update={"status": SETTINGS.maps.status.model_copy(update={"to_procore": {"3103": "not_accepted"}})}
    )
    changed = SETTINGS.model_copy(update={"maps": maps})

    (row,) = preview_rows.updates(_twins(_agreed()), changed)

    assert (row.by_settings, row.side) == (True, "procore")
    assert row.changes == (Change("status", "ready_for_review", "not_accepted"),)


def test_a10_a_new_observation_is_told_field_by_field_with_what_travels() -> None:
    bare = issue(comments=(comment("1"), comment("2")), files=(file("9"),), due_date=None)

    row = preview_rows.create(LINK, bare, address(1001), SETTINGS)

    assert (row.act, row.side, row.cost) == ("create", "procore", Cost(2, 1, 4, 2))
    assert [change.field for change in row.changes] == [
        "title",
        "description",
        "status",
        "priority",
        "issue_type",
    ]


def test_a27_an_email_is_a_notification_and_two_calls() -> None:
    mailed = SETTINGS.model_copy(update={"send_email": True})

    assert preview_rows.create(LINK, issue(), address(1001), mailed).cost == Cost(calls=3, notifications=1)


def test_what_is_switched_off_does_not_travel() -> None:
    told = issue(comments=(comment("1"),), files=(file("9"),))

    row = preview_rows.create(LINK, told, address(1001), _with(comments=False, files=False))

    assert row.cost == Cost(calls=1)


def test_a29_an_observation_born_in_procore_makes_an_issue() -> None:
    blank = Link("", "c", "", LinkState.WAITING)

    row = preview_rows.birth(blank, replace(SEEN, description=None))

    assert (row.act, row.side, row.issue_id, row.observation_id) == ("create", "tracker", "", "5")
    assert row.changes == (Change("title", "", "CI-12: AHU-3 supply fan does not ramp."),)


def test_a11_adopted_twins_are_told_with_what_differs() -> None:
    row = preview_rows.adopt(_twins(there=replace(SEEN, priority="Low")), "Same title.", SETTINGS)

    assert (row.act, row.side, row.reason) == ("adopt", "", "Same title.")
    assert row.changes == (Change("priority", "1", "Low"),)


def test_a11_the_base_of_adopted_twins_is_what_both_hold() -> None:
    base = preview_rows.base(_twins(there=replace(SEEN, priority="Low")), SETTINGS)

    assert base["priority"] == ["1", "Low"]
    assert base["status"] == ["3103", "ready_for_review"]
    assert base["asset"] == ["CxAlloy asset: AHU-3 (equipment)"] * 2
    assert "assignee" not in base


@pytest.mark.parametrize(
    ("sync", "updated_at", "act", "side"),
    [
        ({}, 100.0, "delete", "procore"),
        ({}, None, "delete", "procore"),
        ({}, 101.0, "unclear", ""),
        ({"gone_issue_changed": "delete"}, 101.0, "delete", "procore"),
        ({"deletes": False}, 100.0, "leave", ""),
    ],
)
def test_a19_a_gone_issue(sync: dict[str, Any], updated_at: float | None, act: str, side: str) -> None:
    there = replace(SEEN, updated_at=updated_at)

    row = preview_rows.gone_issue(LINK, there, _with(**sync))

    assert (row.act, row.side, row.issue_id, row.observation_number) == (act, side, "1001", "12")


@pytest.mark.parametrize(
    ("sync", "recycled", "act", "side"),
    [
        ({}, True, "unlink", ""),
        ({"observation_deleted": "delete_issue"}, True, "delete", "tracker"),
        ({"observation_deleted": "delete_issue", "deletes": False}, True, "unlink", ""),
        ({"observation_deleted": "delete_issue"}, False, "unclear", ""),
    ],
)
def test_a15_an_observation_that_is_not_listed(
    sync: dict[str, Any], recycled: bool, act: str, side: str
) -> None:
    row = preview_rows.gone_observation(LINK, issue(), _with(**sync), recycled=recycled)

    assert (row.act, row.side, row.observation_id) == (act, side, "5")


def test_rows_without_a_write_say_why() -> None:
    returned = preview_rows.returned(LINK, issue())
    left = preview_rows.out_of_filter(_twins())
    unclear = preview_rows.unclear(LINK, issue(), "Several match.")

    assert (returned.act, returned.side, returned.cost.calls) == ("restore", "procore", 2)
    assert (left.act, left.cost.calls) == ("leave", 0)
    assert (unclear.act, unclear.reason) == ("unclear", "Several match.")


def test_s11_an_edit_of_either_side_is_seen_and_the_time_of_a_look_is_not() -> None:
    pair = _twins()

    assert pair.seen == _twins(replace(LINK, observed_at=9.0)).seen
    assert pair.seen != _twins(comments=(comment("1"),)).seen
    assert pair.seen != _twins(there=replace(SEEN, updated_at=101.0)).seen


def test_long_texts_are_shown_by_their_beginning() -> None:
    row = preview_rows.create(LINK, issue(description="word " * 9_000), address(1001), SETTINGS)

    (change,) = [change for change in row.changes if change.field == "description"]
    assert len(change.after) == 1000
    assert change.after.endswith("…")


def test_s11_whom_and_what_an_issue_is_assigned_to_stands_in_the_preview_by_name() -> None:
    chosen = _with(assignees=True, assets_as_locations=True)
    new = issue(assignee=Assignee("person", "61", "Ana Souza"))
    row = preview_rows.create(LINK, new, address(1001), chosen)
    assert Change("assignee", "", "Ana Souza") in row.changes
    assert Change("asset", "", "CxAlloy Assets > Equipment > AHU-3") in row.changes
    there = replace(SEEN, description="AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.")
    agreed = replace(LINK, base=preview_rows.base(_twins(LINK, there), chosen))
    pair = _twins(agreed, there, assignee=Assignee("role", "81", ""), asset=Asset("zone", "4", "East"))
    (row,) = preview_rows.updates(pair, chosen)
    assert (row.side, row.changes) == (
        "procore",
        (Change("assignee", "", "81"), Change("asset", "", "CxAlloy Assets > Zones > East")),
    )


def test_s11_an_issue_without_assignee_and_asset_shows_none() -> None:
    chosen = _with(assignees=True, assets_as_locations=True)
    row = preview_rows.create(LINK, issue(assignee=None, asset=None), address(1001), chosen)
    assert {"assignee", "asset"}.isdisjoint(one.field for one in row.changes)
    pair = _twins(replace(LINK, base=preview_rows.base(_twins(), chosen)), assignee=None, asset=None)
    assert all(one.field != "assignee" for row in preview_rows.updates(pair, chosen) for one in row.changes)
