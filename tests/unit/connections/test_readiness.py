"""What stands in the way of enabling (A1, A20, S6)."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.connections.making import a_connection, both

from plumbline.connections import readiness
from plumbline.connections.problems import Problem, Problems
from plumbline.connections.settings import Filters, IssueSettings
from plumbline.issues.mapping import Field, Finding
from plumbline.procore.permissions import Check

RIGHT = IssueSettings(trigger_status_id="2", done_status_id="3", default_type_id="9")
TRACKER: dict[Field, dict[str, str]] = {
    "status": {"2": "Ready", "3": "Done"},
    "priority": {},
    "discipline": {},
    "issue_type": {},
}
PROCORE: dict[Field, dict[str, str]] = {
    "status": {},
    "priority": {},
    "discipline": {},
    "issue_type": {"9": "Commissioning"},
}


def _fields(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.field for problem in problems]


def test_right_choices_settings_and_values_are_no_problem() -> None:
    assert readiness.choice_problems(a_connection(), both()) == ()
    assert readiness.settings_problems(RIGHT) == ()
    assert readiness.value_problems(RIGHT, TRACKER, PROCORE) == ()


def test_each_missing_choice_is_named() -> None:
    empty = a_connection(project_id="", tracker_project_id="")

    assert _fields(readiness.choice_problems(empty, both())) == ["project_id", "tracker_project_id"]


def test_a_deleted_and_a_dead_authorization_are_named() -> None:
    dead = {"t": replace(both()["t"], valid=False, cause="Key revoked.")}

    gone, refused = readiness.choice_problems(a_connection(), dead)

    assert (gone.field, gone.reason) == ("procore_authorization_id", "This authorization was deleted.")
    assert (refused.field, refused.reason) == ("tracker_authorization_id", "Key revoked.")


def test_a_dead_authorization_without_a_cause_still_has_a_reason() -> None:
    held = both()

    (refused,) = readiness.choice_problems(a_connection(), {**held, "p": replace(held["p"], valid=False)})

    assert refused.reason == "The credential works no longer."


def test_a1_settings_name_each_hole() -> None:
    assert _fields(readiness.settings_problems(IssueSettings())) == [
        "settings.trigger_status_id",
        "settings.done_status_id",
        "settings.default_type_id",
    ]


def test_a1_the_done_status_must_differ_from_the_trigger() -> None:
    (same,) = readiness.settings_problems(RIGHT.model_copy(update={"done_status_id": "2"}))

    assert same == Problem(
        "settings.done_status_id",
        "Trigger status and done status are the same.",
        "Choose two different statuses.",
    )


def test_a5_a_filter_that_keeps_the_trigger_out_is_a_problem() -> None:
    shut = RIGHT.model_copy(update={"filters": Filters(statuses=("1",))})
    open_ = RIGHT.model_copy(update={"filters": Filters(statuses=("1", "2"))})

    assert _fields(readiness.settings_problems(shut)) == ["settings.filters.statuses"]
    assert readiness.settings_problems(open_) == ()


def test_unknown_statuses_and_types_are_named_and_empty_ones_are_not() -> None:
    wrong = RIGHT.model_copy(update={"initial_status_id": "8", "default_type_id": "7"})

    assert _fields(readiness.value_problems(wrong, TRACKER, PROCORE)) == [
        "settings.initial_status_id",
        "settings.default_type_id",
    ]
    assert readiness.value_problems(IssueSettings(), TRACKER, PROCORE) == ()


def test_a20_only_unknown_values_of_maps_forbid_enabling() -> None:
    found = (
        Finding("status", "to_procore", "hole", ("1",), default="initiated"),
        Finding("discipline", "to_procore", "unknown", ("21",), target="8"),
    )

    (problem,) = readiness.map_problems(found)

    assert problem.field == "settings.maps.discipline.to_procore.21"
    assert problem.reason == "The map joins 21 to 8, and one of them is not in its list."


def test_s6_a_failed_permission_says_what_to_ask_for() -> None:
    passed = Check("observations", "Standard", "Admin", passed=True, ask="", more="")
    failed = Check("observations", "Standard", "Read Only", passed=False, ask="Ask for Standard.", more="")

    assert readiness.permission_problems((passed, failed)) == (
        Problem(
            "procore_authorization_id",
            "observations needs the level Standard; the connected user has: Read Only.",
            "Ask for Standard.",
        ),
    )


def test_several_problems_are_one_refusal_that_speaks_of_the_first() -> None:
    both_problems = (Problem("a", "A.", "Do a."), Problem("b", "B.", "Do b."))

    refused = Problems("not_ready", both_problems)

    assert (refused.field, refused.cause, refused.next_step, refused.status) == ("a", "A.", "Do a.", 422)
    assert refused.problems == both_problems


SYNC = IssueSettings(initial_status_id="1", default_type_id="9")


def test_a10_ongoing_sync_needs_an_initial_status_and_a_default_type_and_no_trigger() -> None:
    assert readiness.settings_problems(SYNC, "sync") == ()
    assert _fields(readiness.settings_problems(IssueSettings(), "sync")) == [
        "settings.initial_status_id",
        "settings.default_type_id",
    ]


def test_ongoing_sync_does_not_look_at_the_statuses_of_a_copy() -> None:
    imported = SYNC.model_copy(update={"trigger_status_id": "77", "initial_status_id": "2"})

    assert readiness.value_problems(imported, TRACKER, PROCORE, "sync") == ()
    assert _fields(readiness.value_problems(SYNC, TRACKER, PROCORE, "sync")) == ["settings.initial_status_id"]


def test_settings_of_ongoing_sync_that_contradict_each_other_are_named() -> None:
    sync = SYNC.sync.model_copy(update={"comment_poll_active_seconds": 121, "assignee_template_id": "5"})

    found = readiness.settings_problems(SYNC.model_copy(update={"sync": sync}), "sync")

    assert _fields(found) == [
        "settings.sync.comment_poll_active_seconds",
        "settings.sync.assignee_template_id",
    ]
    assert found[0].next_step == "Choose at most 120, as comment_poll_seconds, or raise that one."


def test_a29_types_and_trades_that_procore_lacks_are_named() -> None:
    births = SYNC.sync.births.model_copy(update={"types": ("9", "8"), "trades": ("5",), "locations": ("x",)})
    sync = SYNC.sync.model_copy(update={"births": births})
    chosen = SYNC.model_copy(update={"sync": sync, "initial_status_id": "2"})

    found = readiness.value_problems(chosen, TRACKER, PROCORE, "sync")

    assert [(one.field, one.reason) for one in found] == [
        ("settings.sync.births.types", "Procore lists no type 8."),
        ("settings.sync.births.trades", "Procore lists no trade 5."),
    ]
