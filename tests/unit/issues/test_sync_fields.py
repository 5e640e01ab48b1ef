"""Each side's native values, and what they become on the other side (A12, A20-A26, A40-A52)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.unit.issues import making, pairing

from plumbline.agreement.merge import Carried, Pair
from plumbline.cxalloy.model import Asset, Assignee
from plumbline.issues import carried, sync_fields, text
from plumbline.issues.carried import Resolved

if TYPE_CHECKING:
    from plumbline.procore.observations import Observation

ISSUE, ADDRESS = making.ISSUE, pairing.ADDRESS


def over(name: str, issue: object = None, **changes: object) -> Carried | None:
    given = changes.pop("link", pairing.link())
    chosen = changes.pop("settings", pairing.SETTINGS)
    resolved = changes.pop("resolved", Resolved())
    twin = changes.pop("twin", pairing.OBSERVATION)
    sides = pairing.sides(issue or ISSUE, twin, given, chosen)  # type: ignore[arg-type]
    return carried.over(name, sides, given, chosen, resolved)  # type: ignore[arg-type]


def back(name: str, twin: Observation, **changes: object) -> Carried | None:
    chosen = changes.pop("settings", pairing.SETTINGS)
    resolved = changes.pop("resolved", Resolved())
    return carried.back(name, pairing.sides(ISSUE, twin, chosen=chosen), chosen, resolved)  # type: ignore[arg-type]


# ---- Natives ---------------------------------------------------------------------------------------------


def test_both_sides_are_read_in_their_own_words() -> None:
    sides = pairing.sides()
    assert sides.tracker == {
        "title": "CI-12: AHU-3 supply fan does not ramp.",
        "description": "AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.",
        "status": "3103",
        "priority": "1",
        "discipline": "10",
        "issue_type": "20",
        "due_date": "2026-03-15",
        "asset": "CxAlloy asset: AHU-3 (equipment)",
    }
    assert sides.procore == {
        "title": "CI-12: AHU-3 supply fan does not ramp.",
        "description": "AHU-3 supply fan does not ramp. VFD stays at 20 Hz.",
        "status": "ready_for_review",
        "priority": "High",
        "discipline": "8001",
        "issue_type": "7002",
        "due_date": "2026-03-15",
        "asset": "CxAlloy asset: AHU-3 (equipment)",
    }
    assert (sides.issue_text, sides.formatted) == (ISSUE.description, False)


def test_what_is_empty_is_none_on_either_side() -> None:
    bare = making.issue(due_date=None, asset=None, priority_id=None)
    twin = pairing.observation(due_date=None, priority=None, description=None, location_id=None)
    sides = pairing.sides(bare, twin)
    assert (sides.tracker["due_date"], sides.tracker["asset"], sides.tracker["priority"]) == (
        None,
        None,
        None,
    )
    assert (sides.procore["due_date"], sides.procore["asset"], sides.procore["description"]) == (
        None,
        None,
        "",
    )


def test_a40_assignees_are_in_use_only_when_asked_for() -> None:
    chosen = pairing.settings(sync={"assignees": True})
    issue = making.issue(assignee=Assignee("role", "9", "CxA"))
    sides = pairing.sides(issue, pairing.observation(assignee_id="55"), chosen=chosen)
    assert (sides.tracker["assignee"], sides.procore["assignee"]) == ("role:9", "55")
    assert pairing.sides(chosen=chosen).tracker["assignee"] is None
    assert "assignee" not in sync_fields.fields_of(pairing.SETTINGS)


def test_a50_and_a51_an_asset_is_a_line_or_a_location_or_not_in_use() -> None:
    located = pairing.settings(sync={"assets_as_locations": True})
    sides = pairing.sides(twin=pairing.observation(location_id="31"), chosen=located)
    assert (sides.tracker["asset"], sides.procore["asset"]) == ("equipment:77", "31")
    assert pairing.sides(making.issue(asset=None), chosen=located).tracker["asset"] is None
    assert "asset" not in sync_fields.fields_of(pairing.settings(asset_in_description=False))


def test_a23_the_trackers_own_title_is_used_where_it_has_one() -> None:
    chosen = pairing.settings(tracker_calls={"issue_title_field": "title"})
    assert sync_fields.tracker_title(making.issue(title=" Fan\n stuck "), chosen) == "Fan stuck"
    assert sync_fields.tracker_title(making.issue(title="t" * 300), chosen) == "t" * 254 + "…"
    assert sync_fields.tracker_title(making.issue(title=None), chosen).startswith("CI-12: AHU-3")


def test_a_long_value_stands_in_the_base_as_its_hash() -> None:
    assert sync_fields.digest(None) is None
    assert sync_fields.digest("x" * 300) == "x" * 300
    assert sync_fields.digest("x" * 301) == f"sha256:{hashlib.sha256(b'x' * 301).hexdigest()}"


def test_a_whole_value_is_turned_into_what_a_side_would_show() -> None:
    assert sync_fields.native("status", "procore", "closed") == "closed"
    assert sync_fields.native("description", "tracker", " a\r\n b ") == "a\n b"
    assert sync_fields.native("description", "procore", " a\r\n b ") == "a b"
    assert sync_fields.native("description", "procore", None) == ""
    assert sync_fields.native("description", "tracker", None) == ""


@pytest.mark.parametrize(("missing", "expected"), [(frozenset({"priority"}), "1"), (frozenset(), None)])
def test_invariants_11_a_key_that_an_answer_lacks_counts_as_it_was_agreed(
    missing: frozenset[str], expected: str | None
) -> None:
    issue = making.issue(priority_id=None, missing=missing)
    assert pairing.sides(issue, of=pairing.agreed()).tracker["priority"] == expected


def test_invariants_11_without_a_base_there_is_nothing_to_go_by() -> None:
    issue = making.issue(priority_id=None, missing=frozenset({"priority"}))
    assert pairing.sides(issue).tracker["priority"] is None
    twin = pairing.observation(status=None, missing=frozenset({"status"}))
    assert pairing.sides(twin=twin, of=pairing.agreed()).procore["status"] == "ready_for_review"


def test_a24_a_formatted_description_is_read_from_its_formatting() -> None:
    rich = (
        f"<p>Fan <b>stuck</b></p><ul><li>Belt</li></ul><p>{pairing.ASSET_LINE}</p><p>{pairing.LINK_LINE}</p>"
    )
    twin = pairing.observation(rich_text=rich, description="Fan stuck Belt")
    sides = pairing.sides(twin=twin)
    assert sides.formatted
    assert sides.parts.body == "Fan stuck\n- Belt"
    assert (sides.parts.asset, sides.parts.link) == (pairing.ASSET_LINE, pairing.LINK_LINE)


def test_a24_without_a_plain_description_the_formatting_is_all_there_is() -> None:
    twin = pairing.observation(rich_text="<p>Fan</p>", description=None)
    assert pairing.sides(twin=twin).parts.body == "Fan"


def test_a50_a_former_asset_line_of_ours_is_no_text_of_people() -> None:
    old = "CxAlloy asset: AHU-2 (equipment)"
    known = pairing.link(base={"asset": [old, old], "asset_line": ["CxAlloy asset: AHU-1", None]})
    assert sync_fields.asset_lines(known) == (old, old, "CxAlloy asset: AHU-1")
    twin = pairing.observation(description=f"Fan\n\n{old}\n\n{pairing.LINK_LINE}")
    sides = pairing.sides(twin=twin, of=known)
    assert (sides.parts.body, sides.procore["asset"]) == ("Fan", old)


def test_s15_an_issue_is_kept_whole_for_an_undo_of_its_deletion() -> None:
    issue = making.issue(
        assignee=Assignee("role", "9", "CxA"), comments=(making.comment("1"),), files=(making.file("5"),)
    )
    kept = sync_fields.storable(issue)
    assert kept["description"] == ISSUE.description
    assert (kept["assignee_type"], kept["assignee_key"]) == ("role", "9")
    assert (kept["asset_type"], kept["asset_key"], kept["due_date"]) == ("equipment", "77", "2026-03-15")
    assert kept["comments"] == ["[Ana Souza, 2026-02-03 10:00 UTC, CxAlloy comment 1]\nChecked."]
    assert kept["files"] == ["trend.csv"]
    bare = sync_fields.storable(making.issue(asset=None, due_date=None))
    assert (bare["asset_type"], bare["asset_key"], bare["assignee_key"], bare["due_date"]) == (None,) * 4


# ---- The tracker's values at Procore ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("status", {"status_id": "3104"}, Carried("ready_for_review")),
        ("status", {"status_id": "9999"}, Carried("initiated")),
        ("priority", {"priority_id": "2"}, Carried("Urgent")),
        ("priority", {"priority_id": "9"}, Carried("Low")),
        ("priority", {"priority_id": None}, None),
        ("discipline", {"discipline_id": "9"}, None),
        ("discipline", {"discipline_id": None}, None),
        ("issue_type", {"type_id": "20"}, Carried("7002")),
        ("issue_type", {"type_id": "21"}, None),
        ("issue_type", {"type_id": None}, None),
        ("due_date", {"due_date": None}, Carried(None)),
        ("due_date", {"due_date": date(2027, 1, 2)}, Carried("2027-01-02")),
        ("description", {"description": " New.\n Text. "}, Carried("New. Text.")),
        ("asset", {"asset": None}, Carried(None)),
        ("asset", {"asset": Asset("space", "3", "Room 4")}, Carried("CxAlloy asset: Room 4 (space)")),
    ],
)
def test_a21_what_procore_is_to_hold_for_a_value_of_the_tracker(
    name: str, changes: dict[str, object], expected: Carried | None
) -> None:
    assert over(name, making.issue(**changes)) == expected


def test_a23_a_text_too_long_for_procore_is_compared_as_it_would_be_cut() -> None:
    long = making.issue(description="w " * 40_000)
    cut = text.fitted(text.Parts(long.description.strip(), pairing.ASSET_LINE, pairing.LINK_LINE)).body
    assert over("description", long) == Carried(sync_fields.digest(text.squeezed(cut)))


def test_a23_a_title_that_we_made_follows_until_a_person_gave_another() -> None:
    ours, theirs = Carried("CI-12: AHU-3 supply fan does not ramp."), pairing.observation(name="Our fan")
    assert over("title") == ours
    assert over("title", link=pairing.agreed()) == ours
    assert over("title", link=pairing.agreed(), twin=theirs) is None
    own = pairing.link(base={"title": [ours.value, "Our fan"]})
    assert over("title", link=own, twin=theirs) is None


def test_a23_a_title_that_procore_cut_is_still_ours() -> None:
    name = "CI-12: AHU-3 supply fan does not ramp above twenty hertz"
    known = pairing.link(base={"title": [name, name[:45]]})
    twin = pairing.observation(name=name[:45])
    assert over("title", link=known, twin=twin) == Carried("CI-12: AHU-3 supply fan does not ramp.")


def test_a12_a_title_of_its_own_is_carried_both_ways() -> None:
    chosen = pairing.settings(tracker_calls={"issue_title_field": "title"})
    assert over("title", making.issue(title="Fan"), settings=chosen) == Carried("Fan")
    assert back("title", pairing.observation(name="Stuck"), settings=chosen) == Carried("Stuck")
    assert back("title", pairing.observation(name="Stuck")) is None


ASSIGNED = pairing.settings(sync={"assignees": True})
LOCATED = pairing.settings(sync={"assets_as_locations": True})


def test_a40_an_assignee_is_what_was_looked_up_and_nobody_is_nobody() -> None:
    issue = making.issue(assignee=Assignee("person", "5", "Luis Prado"))
    assert over("assignee", issue, settings=ASSIGNED) is None
    assert over("assignee", issue, settings=ASSIGNED, resolved=Resolved({"person:5": "55"})) == Carried("55")
    assert over("assignee", settings=ASSIGNED) == Carried(None)
    twin = pairing.observation(assignee_id="55")
    assert back("assignee", twin, settings=ASSIGNED) is None
    assert back(
        "assignee", twin, settings=ASSIGNED, resolved=Resolved(assignee_back={"55": "role:9"})
    ) == Carried("role:9")
    assert back("assignee", pairing.OBSERVATION, settings=ASSIGNED) == Carried(None)


def test_a52_a_cleared_asset_clears_a_location_of_our_tree_and_no_other() -> None:
    bare, ours = making.issue(asset=None), Resolved(asset_back={"31": "equipment:77"})
    for location, expected in (("31", Carried(None)), ("99", None), (None, None)):
        twin = pairing.observation(location_id=location)
        assert over("asset", bare, settings=LOCATED, resolved=ours, twin=twin) == expected
    assert over("asset", settings=LOCATED, resolved=Resolved(asset_over={"equipment:77": "31"})) == Carried(
        "31"
    )


def test_a52_only_a_location_of_our_tree_is_an_asset() -> None:
    ours = Resolved(asset_back={"31": "equipment:77"})
    for location, expected in (("31", Carried("equipment:77")), ("99", None), (None, None)):
        twin = pairing.observation(location_id=location)
        assert back("asset", twin, settings=LOCATED, resolved=ours) == expected
    assert back("asset", pairing.OBSERVATION) is None


# ---- Procore's values in the tracker ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("status", {"status": "closed"}, Carried("3106")),
        ("status", {"status": "not_accepted"}, Carried("3101")),
        ("priority", {"priority": "Urgent"}, Carried("2")),
        ("priority", {"priority": "Medium"}, None),
        ("discipline", {"trade_id": "8009"}, None),
        ("discipline", {"trade_id": None}, None),
        ("issue_type", {"type_id": "7009"}, None),
        ("due_date", {"due_date": None}, Carried(None)),
        ("description", {"description": "New.\n\nText."}, Carried("New.\n\nText.")),
    ],
)
def test_a21_what_the_tracker_is_to_hold_for_a_value_of_procore(
    name: str, changes: dict[str, object], expected: Carried | None
) -> None:
    assert back(name, pairing.observation(**changes)) == expected


def test_a23_a_text_that_was_cut_on_its_way_is_never_carried_back() -> None:
    assert back("description", pairing.observation(description=f"Words{text.CUT}")) is None


def test_views_hold_the_rule_of_each_field_and_the_side_received_last() -> None:
    chosen = pairing.settings(sync={"rules": {"status": "ask"}})
    known = pairing.agreed(chosen)
    views = carried.views(pairing.sides(of=known, chosen=chosen), known, chosen, Resolved(), "tracker")
    rules = {one.field: one.rule for one in views}
    assert (rules["status"], rules["priority"]) == ("ask", "last")
    assert {one.last for one in views} == {"tracker"}
    assert next(one.base for one in views if one.field == "priority") == Pair("1", "High")
    assert [one.field for one in views] == list(sync_fields.fields_of(chosen))
    assert sync_fields.base_of(replace(known, base={}), "status") is None
