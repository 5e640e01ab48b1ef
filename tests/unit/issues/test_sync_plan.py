"""The plan of one pair: only what changed is written, nothing is lost, at rest nothing is done (A12-A26)."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.issues import making, pairing

from plumbline.agreement.merge import Decision, Pair
from plumbline.connections.settings import SYNC_FIELDS
from plumbline.cxalloy.model import Asset, Assignee
from plumbline.issues import sync_fields, sync_plan, text
from plumbline.issues.carried import Resolved
from plumbline.stores.records import Conflict

if TYPE_CHECKING:
    from plumbline.issues.sync_plan import Plan

RICH = f"<p>Fan <b>stuck</b></p><p>{pairing.ASSET_LINE}</p><p>{pairing.LINK_LINE}</p>"


def conflict(field: str, picked: str, tracker: str = "", procore: str = "") -> Conflict:
    return Conflict("x", "c1", "l1", field, 1.0, "picked", tracker=tracker, procore=procore, picked=picked)


def written(plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """What goes to Procore and to the tracker."""
    return dict(plan.procore), dict(plan.tracker)


# ---- Literal plans ---------------------------------------------------------------------------------------


def test_a_pair_at_rest_needs_nothing() -> None:
    plan = pairing.plan()
    assert plan.empty()
    assert written(plan) == ({}, {})
    assert {one.kind for one in plan.decisions} == {"rest"}


def test_s17_a_pair_without_a_base_is_taken_as_it_is() -> None:
    plan = pairing.plan(making.issue(status_id="3101"), of=pairing.link())
    assert written(plan) == ({}, {})
    assert {one.kind for one in plan.decisions} == {"settle"}


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"status_id": "3101"}, {"status": "initiated"}),
        ({"priority_id": "2"}, {"priority": "Urgent"}),
        ({"due_date": None}, {"due_date": None}),
        ({"asset": None}, {"description": f"{pairing.TEXT}\n\n{pairing.LINK_LINE}"}),
        (
            {"asset": Asset("space", "3", "Room 4")},
            {"description": f"{pairing.TEXT}\n\nCxAlloy asset: Room 4 (space)\n\n{pairing.LINK_LINE}"},
        ),
        (
            {"description": "Replaced."},
            {
                "name": "CI-12: Replaced.",
                "description": f"Replaced.\n\n{pairing.ASSET_LINE}\n\n{pairing.LINK_LINE}",
            },
        ),
    ],
)
def test_a12_a_change_of_the_tracker_sends_only_what_changed(
    changes: dict[str, Any], sent: dict[str, Any]
) -> None:
    assert written(pairing.plan(making.issue(**changes))) == (sent, {})


@pytest.mark.parametrize(
    ("changes", "sent"),
    [
        ({"status": "closed"}, {"status_id": "3106"}),
        ({"priority": "Urgent"}, {"priority_id": "2"}),
        ({"due_date": date(2027, 1, 2)}, {"due_date": "2027-01-02"}),
        ({"name": "Other"}, {}),
        (
            {"description": f"New.\n\n{pairing.ASSET_LINE}\n\n{pairing.LINK_LINE}"},
            {"description": "New."},
        ),
        ({"description": f"{pairing.TEXT}\n\n{pairing.ASSET_LINE}"}, {}),
    ],
)
def test_a12_a_change_of_procore_sends_only_what_changed(
    changes: dict[str, Any], sent: dict[str, Any]
) -> None:
    assert written(pairing.plan(twin=pairing.observation(**changes))) == ({}, sent)


def test_a51_a_location_that_changes_with_the_text_is_no_line_of_it() -> None:
    chosen = pairing.settings(sync={"assets_as_locations": True})
    unlined = pairing.observation(description=f"{pairing.TEXT}\n\n{pairing.LINK_LINE}", location_id="31")
    both = pairing.sides(twin=unlined, chosen=chosen)
    known = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)
    issue = making.issue(description="Replaced.", asset=Asset("space", "3", "Room 4"))
    resolved = Resolved(asset_over={"space:3": "32"}, asset_back={"31": "equipment:77"})
    assert written(pairing.plan(issue, unlined, known, chosen, resolved)) == (
        {
            "name": "CI-12: Replaced.",
            "description": f"Replaced.\n\n{pairing.LINK_LINE}",
            "location_id": "32",
        },
        {},
    )


def test_a40_and_a51_an_assignee_and_a_location_go_by_their_ids() -> None:
    chosen = pairing.settings(sync={"assignees": True, "assets_as_locations": True})
    unlined = pairing.observation(description=f"{pairing.TEXT}\n\n{pairing.LINK_LINE}")
    both = pairing.sides(twin=unlined, chosen=chosen)
    known = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)
    resolved = Resolved(
        {"role:9": "55"}, {"56": "person:5"}, {"space:3": "32"}, {"31": "equipment:77", "33": "space:4"}
    )
    issue = making.issue(assignee=Assignee("role", "9", "CxA"), asset=Asset("space", "3", "Room 4"))
    assert written(pairing.plan(issue, unlined, known, chosen, resolved)) == (
        {"assignee_id": "55", "location_id": "32"}, {},
    )  # fmt: skip
    twin = replace(unlined, assignee_id="56", location_id="33")
    assert written(pairing.plan(twin=twin, of=known, chosen=chosen, resolved=resolved)) == (
        {},
        {"assignee_type": "person", "assignee_key": "5", "asset_type": "space", "asset_key": "4"},
    )
    base = {**known.base, "assignee": ["role:9", "55"]}
    nobody = pairing.plan(
        making.issue(assignee=Assignee("role", "9", "CxA")), unlined,
        replace(known, base=base), chosen, resolved,
    )  # fmt: skip
    assert nobody.tracker == {"assignee_type": None, "assignee_key": None}


def test_a51_a_location_that_changes_with_the_text_is_no_line_of_the_description() -> None:
    chosen = pairing.settings(sync={"assets_as_locations": True})
    unlined = pairing.observation(description=f"{pairing.TEXT}\n\n{pairing.LINK_LINE}")
    both = pairing.sides(twin=unlined, chosen=chosen)
    known = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)
    issue = making.issue(description="All new.", asset=Asset("space", "3", "Room 4"))
    plan = pairing.plan(issue, unlined, known, chosen, Resolved(asset_over={"space:3": "32"}))
    assert plan.procore == {
        "name": "CI-12: All new.",
        "location_id": "32",
        "description": f"All new.\n\n{pairing.LINK_LINE}",
    }


def test_a24_a_changed_asset_beside_a_formatted_text_is_a_note_and_no_write() -> None:
    twin = pairing.observation(rich_text=RICH, description="Fan stuck")
    both = pairing.sides(twin=twin)
    known = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)
    bare = making.issue(asset=None)
    plan = pairing.plan(bare, twin, known)
    assert (written(plan), plan.asset_note) == (({}, {}), "CxAlloy asset: none")
    other = pairing.plan(making.issue(asset=Asset("space", "3", "Room 4")), twin, known)
    assert other.asset_note == "CxAlloy asset: Room 4 (space)"
    both_changed = pairing.plan(making.issue(asset=None, description="All new."), twin, known)
    assert both_changed.asset_note == ""
    assert both_changed.procore["description"] == f"All new.\n\n{pairing.LINK_LINE}"


def test_a50_an_asset_that_goes_back_is_told_again_beside_a_formatted_text() -> None:
    twin = pairing.observation(rich_text=RICH, description="Fan stuck")
    line = pairing.ASSET_LINE
    told = pairing.agreed(base={**pairing.agreed().base, "asset": [None, line]})
    assert pairing.plan(twin=twin, of=told).asset_note == line
    removed = pairing.agreed(base={**pairing.agreed().base, "asset": [None, None]})
    assert pairing.plan(twin=twin, of=removed).asset_note == ""
    same = pairing.agreed(base={**pairing.agreed().base, "asset": [line, None]})
    assert pairing.plan(twin=twin, of=same).asset_note == ""


def test_a26_a_link_line_that_a_person_removed_is_not_put_back() -> None:
    twin = pairing.observation(description=f"{pairing.TEXT}\n\n{pairing.ASSET_LINE}")
    plan = pairing.plan(making.issue(description="New."), twin)
    assert plan.procore["description"] == f"New.\n\n{pairing.ASSET_LINE}"


def test_s17_accepted_maps_count_as_an_edit_of_the_trackers_mapped_values() -> None:
    maps = {**pairing.MAPS, "status": {"to_procore": {"3103": "closed"}}}
    chosen = pairing.settings(maps=maps)
    assert pairing.plan(chosen=chosen, of=pairing.agreed()).empty()
    assert written(pairing.plan(chosen=chosen, of=pairing.agreed(), remap=True)) == ({"status": "closed"}, {})


def test_s17_a_remap_writes_nothing_that_the_maps_explain_that_is_unmapped_or_that_people_changed() -> None:
    assert written(pairing.plan(remap=True)) == ({}, {})
    holes = pairing.settings(maps={})
    assert "trade_id" not in pairing.plan(chosen=holes, of=pairing.agreed(), remap=True).procore
    twin = pairing.observation(status="closed")
    assert written(pairing.plan(twin=twin, remap=True))[1] == {"status_id": "3106"}
    assert written(pairing.plan(of=pairing.link(), remap=True)) == ({}, {})


def test_a18_what_a_side_refused_is_not_tried_again_until_a_value_is_another() -> None:
    issue = making.issue(priority_id="2")
    refused = pairing.agreed(refused={"priority": ["2", "High"]})
    assert pairing.plan(issue, of=refused).empty()
    assert written(pairing.plan(making.issue(priority_id="9"), of=refused)) == ({"priority": "Low"}, {})
    both = pairing.plan(issue, pairing.observation(priority="Low"), refused)
    assert [one.kind for one in both.decisions if one.field == "priority"] == ["conflict"]


def test_a13_a_write_over_what_may_be_an_answer_to_ours_keeps_both_values() -> None:
    doubtful = pairing.agreed(pending={"doubtful": ["priority"]})
    plan = pairing.plan(making.issue(priority_id="2", status_id="3101"), of=doubtful)
    kinds = {one.field: one.kind for one in plan.decisions if one.kind != "rest"}
    assert kinds == {"priority": "conflict", "status": "write"}
    assert written(plan) == ({"priority": "Urgent", "status": "initiated"}, {})


# ---- Picks and restores ----------------------------------------------------------------------------------


def test_a13_a_pick_of_what_stands_is_carried_over() -> None:
    issue, twin = making.issue(priority_id="2"), pairing.observation(priority="High")
    plan = pairing.plan(issue, twin, picked=[conflict("priority", "tracker", "2", "High")])
    assert written(plan) == ({"priority": "Urgent"}, {})
    other = pairing.plan(issue, twin, picked=[conflict("priority", "procore", "2", "High")])
    assert written(other) == ({}, {"priority_id": "1"})


def test_a13_a_pick_of_what_was_overwritten_is_put_back_first() -> None:
    plan = pairing.plan(picked=[conflict("priority", "tracker", "2", "High")])
    assert plan.kind("restore") == (Decision("priority", "restore", Pair("1", "High"), "tracker", "2"),)
    assert written(plan) == ({}, {"priority_id": "2"})
    assert not plan.empty()
    empty = pairing.plan(picked=[conflict("due_date", "procore", "2026-03-15", "")])
    assert written(empty) == ({"due_date": None}, {})


def test_a13_a_pick_that_both_sides_have_already_is_agreed() -> None:
    plan = pairing.plan(picked=[conflict("priority", "tracker", "1", "High")])
    assert (plan.kind("settle")[0].field, written(plan)) == ("priority", ({}, {}))
    unmapped = pairing.plan(
        making.issue(discipline_id="99"), picked=[conflict("discipline", "tracker", "99", "8001")]
    )
    assert written(unmapped) == ({}, {})


def test_a13_a_picked_description_is_put_back_whole() -> None:
    long = "Long text. " * 100
    plan = pairing.plan(picked=[conflict("description", "procore", "mine", long)])
    assert plan.procore["description"] == f"{long}\n\n{pairing.ASSET_LINE}\n\n{pairing.LINK_LINE}"
    back = pairing.plan(picked=[conflict("description", "tracker", long, "theirs")])
    assert back.tracker["description"] == long
    none = sync_plan.alone(
        sync_plan.restore("description", "tracker", None, Pair("a", "a")), pairing.sides(), pairing.SETTINGS
    )
    assert none.tracker == {"description": ""}


def test_a_plan_can_be_made_of_some_decisions_only() -> None:
    seen = pairing.sides(making.issue(priority_id="2", status_id="3101"))
    known = pairing.agreed()
    plan = sync_plan.plan(seen, known, pairing.SETTINGS, Resolved(), last="procore")
    one = next(decision for decision in plan.decisions if decision.field == "status")
    assert sync_plan.alone(one, seen, pairing.SETTINGS).procore == {"status": "initiated"}
    assert sync_plan.together(plan.writes("procore"), seen, pairing.SETTINGS).procore == plan.procore
    assert sync_plan.pair(seen, "priority") == Pair("2", "High")


def test_a_whole_value_is_never_a_fingerprint() -> None:
    long = "Long text. " * 100
    seen = pairing.sides(making.issue(description=long), pairing.observation(description=long))
    assert seen.tracker["description"] == sync_fields.digest(long.strip())
    assert sync_plan.whole("description", "tracker", seen) == long.strip()
    assert sync_plan.whole("description", "procore", seen) == long.strip()
    assert sync_plan.whole("status", "tracker", seen) == "3103"
    assert sync_plan.whole("status", "procore", seen) == "ready_for_review"
    assert sync_plan.whole("due_date", "procore", replace(seen, procore={"due_date": None})) == ""


# ---- What always holds -----------------------------------------------------------------------------------


WORDS = st.text(max_size=40) | st.sampled_from(["Fan", "Fan stuck", "Fan\nstuck", "w " * 400])
ISSUES = st.builds(
    making.issue,
    description=WORDS,
    status_id=st.sampled_from(["3101", "3103", "3104", "3106", None]),
    priority_id=st.sampled_from(["1", "2", "9", None]),
    discipline_id=st.sampled_from(["10", "11", None]),
    type_id=st.sampled_from(["20", "21", None]),
    due_date=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 5)),
    asset=st.none() | st.builds(Asset, st.just("space"), st.just("3"), st.sampled_from(["Room 4", "Room 5"])),
    missing=st.frozensets(st.sampled_from(["priority", "description", "due_date"])),
)
TWINS = st.builds(
    pairing.observation,
    name=st.sampled_from(["CI-12: Fan", "Ours", ""]),
    description=WORDS.map(lambda said: f"{said}\n\n{pairing.ASSET_LINE}\n\n{pairing.LINK_LINE}")
    | st.none()
    | WORDS,
    rich_text=st.none() | st.just(RICH),
    status=st.sampled_from(["initiated", "ready_for_review", "closed", "not_accepted"]),
    priority=st.sampled_from(["High", "Urgent", "Low", None]),
    trade_id=st.sampled_from(["8001", "8002", None]),
    type_id=st.sampled_from(["7002", "7003"]),
    due_date=st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 5)),
)
RULES = st.dictionaries(st.sampled_from(SYNC_FIELDS), st.sampled_from(["last", "procore", "tracker", "ask"]))
LASTS = st.sampled_from(["tracker", "procore"])


def said(plan: Plan) -> str:
    return json.dumps(asdict(replace(plan, procore=dict(plan.procore), tracker=dict(plan.tracker))))


@settings(deadline=None)
@given(st.tuples(ISSUES, TWINS), ISSUES, TWINS, RULES, LASTS)
def test_invariants_18_the_same_is_planned_of_the_same_byte_for_byte(
    before: Any, issue: Any, twin: Any, rules: Any, last: Any
) -> None:
    chosen = pairing.settings(sync={"rules": rules})
    was, twin_was = before
    both = pairing.sides(was, twin_was, chosen=chosen)
    known = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)
    one = pairing.plan(issue, twin, known, chosen, last=last)
    assert said(one) == said(pairing.plan(issue, twin, known, chosen, last=last))


@settings(deadline=None)
@given(ISSUES, TWINS)
def test_invariants_2_what_is_agreed_rests(issue: Any, twin: Any) -> None:
    both = pairing.sides(issue, twin)
    known = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)
    assert pairing.plan(issue, twin, known).empty()


@settings(deadline=None)
@given(ISSUES, TWINS)
def test_s17_a_base_that_is_missing_never_leads_to_a_write(issue: Any, twin: Any) -> None:
    plan = pairing.plan(issue, twin, pairing.link())
    assert (written(plan), plan.asset_note) == (({}, {}), "")


SENT_AS = {
    "status": "status", "priority": "priority", "due_date": "due_date", "discipline": "trade_id",
    "issue_type": "type_id", "title": "name", "description": "description", "asset": "description",
}  # fmt: skip


@settings(deadline=None)
@given(ISSUES, TWINS, ISSUES, TWINS, LASTS)
def test_a12_only_fields_that_changed_are_written(
    was: Any, twin_was: Any, issue: Any, twin: Any, last: Any
) -> None:
    both = pairing.sides(was, twin_was)
    known = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)
    seen = pairing.sides(issue, twin, known)
    plan = pairing.plan(issue, twin, known, last=last)
    changed = {name for name in seen.tracker if seen.tracker[name] != known.base[name][0]}
    assert set(plan.procore) <= {SENT_AS[name] for name in changed}
    back = {name for name in seen.procore if seen.procore[name] != known.base[name][1]}
    names = {
        "status": "status_id",
        "priority": "priority_id",
        "discipline": "discipline_id",
        "issue_type": "type_id",
    }
    assert set(plan.tracker) <= {names.get(name, name) for name in back}


@settings(deadline=None)
@given(ISSUES, TWINS, ISSUES, TWINS, LASTS)
def test_a13_of_two_changes_both_values_are_in_the_decision_before_one_is_overwritten(
    was: Any, twin_was: Any, issue: Any, twin: Any, last: Any
) -> None:
    both = pairing.sides(was, twin_was)
    known = sync_plan.agreed(pairing.link(), both.tracker, both.tracker, both.procore)
    seen = pairing.sides(issue, twin, known)
    for one in pairing.plan(issue, twin, known, last=last).decisions:
        mine, theirs = known.base[one.field]
        if one.to and (seen.tracker[one.field] != mine) and (seen.procore[one.field] != theirs):
            assert one.kind == "conflict"
            assert one.seen == Pair(seen.tracker[one.field], seen.procore[one.field])


EDITS_HERE: dict[str, dict[str, Any]] = {
    "status": {"status_id": "3101"},
    "priority": {"priority_id": "2"},
    "due_date": {"due_date": None},
    "description": {"description": "New."},
    "asset": {"asset": None},
    "discipline": {"discipline_id": None},
}
EDITS_THERE: dict[str, dict[str, Any]] = {
    "status": {"status": "closed"},
    "priority": {"priority": "Urgent"},
    "due_date": {"due_date": date(2027, 1, 2)},
    "description": {"description": f"Theirs.\n\n{pairing.ASSET_LINE}\n\n{pairing.LINK_LINE}"},
    "title": {"name": "Theirs"},
}


@pytest.mark.parametrize(
    ("here", "there"), [(one, other) for one in EDITS_HERE for other in EDITS_THERE if one != other]
)
def test_invariants_8_edits_of_different_fields_both_survive_without_a_conflict(
    here: str, there: str
) -> None:
    mine, theirs = making.issue(**EDITS_HERE[here]), pairing.observation(**EDITS_THERE[there])
    plan = pairing.plan(mine, theirs)
    assert plan.kind("conflict") == ()
    wanted = dict(pairing.plan(mine).procore)
    if there == "title":
        wanted.pop("name", None)  # the title that a person gave stays
    assert set(plan.procore) == set(wanted)
    assert set(plan.tracker) == set(pairing.plan(twin=theirs).tracker)


@settings(deadline=None)
@given(st.text(max_size=500), st.text(max_size=500))
def test_a12_a_cut_text_is_told_from_one_that_a_person_wrote_on(shown: str, more: str) -> None:
    assert text.stored_as(shown, shown)
    assert text.stored_as(f"  {shown}\r\n", shown)
    grown = f"{shown} and {more}."
    assert not text.stored_as(grown, shown)


def test_a12_a_text_counts_as_cut_from_two_hundred_characters_on() -> None:
    sent = "word " * 100
    assert text.stored_as(sent[:200], sent) is (len(text.squeezed(sent[:200])) >= 200)
    assert text.stored_as(sent[:204] + "…", sent)
    assert not text.stored_as("word", sent)
    assert text.stored_as("word word", sent, shortest=5)
    assert text.stored_as(None, "")
    assert text.alike(sent, sent[:204])
    assert text.alike(sent[:204], sent)


def test_a13_what_is_agreed_is_in_doubt_no_longer() -> None:
    both = pairing.sides()
    unsure = pairing.link(pending={"doubtful": ["priority", "status"], "proof": {"title": ["a", "b"]}})
    known = sync_plan.agreed(unsure, ["priority"], both.tracker, both.procore)
    assert known.pending == {"doubtful": ["status"], "proof": {"title": ["a", "b"]}}
    assert sync_plan.agreed(known, ["status"], both.tracker, both.procore).pending == {
        "proof": {"title": ["a", "b"]}
    }
