"""The settings of a connection: defaults, what is refused and why, and their way through JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from pydantic import ValidationError

from plumbline.connections.settings import OBSERVATION_PRIORITIES, OBSERVATION_STATUSES, IssueSettings, read


def test_a1_a20_s23_an_empty_connection_has_the_defaults_of_the_behaviour_page() -> None:
    settings = read({})

    assert settings.model_dump(exclude={"tracker_calls"}) == {
        "sections": ("construction", "design"),
        "trigger_status_id": "",
        "done_status_id": "",
        "initial_status_id": "",
        "default_type_id": "",
        "maps": {
            "status": {"to_procore": {}, "to_tracker": {}},
            "priority": {"to_procore": {}, "to_tracker": {}},
            "discipline": {"to_procore": {}, "to_tracker": {}},
            "issue_type": {"to_procore": {}, "to_tracker": {}},
        },
        "filters": {
            "statuses": (),
            "priorities": (),
            "disciplines": (),
            "types": (),
            "assets": (),
            "companies": (),
        },
        "added_values": {"statuses": {}, "priorities": {}, "disciplines": {}, "types": {}},
        "title_template": "{number}: {summary}",
        "asset_in_description": True,
        "in_authors_name": False,
        "write_address_back": False,
        "send_email": False,
        "poll_seconds": 60,
        "park_after_tries": 5,
        "sync": {
            "rules": {},
            "comments": True,
            "comment_edits": "ignore",
            "comment_attachments": True,
            "files": True,
            "deletes": True,
            "observation_deleted": "unlink",
            "gone_issue_changed": "keep",
            "assignees": False,
            "assignee_template_id": "",
            "assets_as_locations": False,
            "births": {"types": (), "trades": (), "locations": ()},
            "brake_count": 10,
            "brake_percent": 20,
            "brake_seconds": 3600,
            "writes_an_hour": 20,
            "comment_poll_seconds": 120,
            "comment_poll_active_seconds": 60,
            "sweep_seconds": 3600,
            "inventory_seconds": 86_400,
            "undo_days": 30,
        },
        "alerts": {
            "when": "off",
            "recipients": (),
            "about": ("parked", "failed", "needs_authorization", "held", "conflict"),
        },
    }
    assert settings.tracker_calls.base_path == "/api/v1"


def test_s24_alerts_are_kept_as_given_and_an_address_counts_once() -> None:
    given = {"when": "daily", "recipients": ["ana@example.com", "o'b+x@site.example.com", "ana@example.com"]}

    assert read({"alerts": given}).alerts.model_dump(mode="json") == {
        "when": "daily",
        "recipients": ["ana@example.com", "o'b+x@site.example.com"],
        "about": ["parked", "failed", "needs_authorization", "held", "conflict"],
    }


@pytest.mark.parametrize(
    "address",
    [
        "ana",
        "ana@example",
        "@example.com",
        "ana@@example.com",
        "Ana <ana@example.com>",
        "ana@example.com, bo@example.com",
        "ana@example.com\nBcc: bo@example.com",
        "aña@example.com",
        f"ana@{'x.' * 126}com",
    ],
)
def test_s24_what_is_no_address_is_refused_at_its_place(address: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read({"alerts": {"recipients": ["bo@example.com", address]}})

    assert [error["loc"] for error in refused.value.errors()] == [("alerts", "recipients", 1)]
    assert "write it as name@example.com" in str(refused.value)


@pytest.mark.parametrize(
    ("alerts", "where"),
    [
        ({"when": "weekly"}, ("alerts", "recipients")),
        ({"when": "hourly"}, ("alerts", "when")),
        ({"about": []}, ("alerts", "about")),
        ({"about": ["copied"]}, ("alerts", "about", 0)),
        ({"recipients": [f"p{one}@example.com" for one in range(21)]}, ("alerts", "recipients")),
    ],
)
def test_s24_alerts_that_could_not_be_sent_are_refused(
    alerts: dict[str, Any], where: tuple[Any, ...]
) -> None:
    with pytest.raises(ValidationError) as refused:
        read({"alerts": alerts})

    assert [error["loc"] for error in refused.value.errors()] == [where]


def test_a20_procores_words_are_known() -> None:
    assert OBSERVATION_STATUSES == ("initiated", "ready_for_review", "not_accepted", "closed", "draft")
    assert OBSERVATION_PRIORITIES == ("Low", "Medium", "High", "Urgent")


def test_ids_that_come_as_numbers_are_kept_as_text() -> None:
    settings = read(
        {"trigger_status_id": 3103, "maps": {"discipline": {"to_procore": {"10": 598134325870420}}}}
    )

    assert settings.trigger_status_id == "3103"
    assert settings.maps.discipline.to_procore == {"10": "598134325870420"}


@pytest.mark.parametrize(
    "template",
    [
        "{number}: {summary}",
        "Cx {{{number}}}",
        "no fields",
        "{asset} {discipline} {type} {section}",
        "x" * 200,
    ],
)
def test_a23_a_template_of_known_names_is_taken(template: str) -> None:
    assert read({"title_template": template}).title_template == template


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (
            "{nummer}",
            "knows no ['nummer']; use ['asset', 'discipline', 'number', 'section', 'summary', 'type']",
        ),
        ("{}", "knows no ['']"),
        ("{0}", "knows no ['0']"),
        ("{number.real}", "knows no ['number.real']"),
        ("{summary[0]}", "knows no ['summary[0]']"),
        ("{number:>5}", "takes names only; widths and conversions are not known"),
        ("{number!r}", "takes names only; widths and conversions are not known"),
        ("{number:{section}}", "takes names only; widths and conversions are not known"),
        ("{number", "is not a template: expected '}' before end of string"),
        ("number}", "is not a template: Single '}' encountered in format string"),
    ],
)
def test_a23_a_template_that_could_not_be_filled_is_refused_with_the_reason(
    template: str, reason: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        read({"title_template": template})

    assert [error["loc"] for error in refused.value.errors()] == [("title_template",)]
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("stored", "where"),
    [
        ({"title_template": ""}, "title_template"),
        ({"title_template": "x" * 201}, "title_template"),
        ({"sections": []}, "sections"),
        ({"sections": ["site"]}, "sections.0"),
        ({"trigger_status_id": "9" * 65}, "trigger_status_id"),
        ({"maps": {"status": {"to_procore": {"1": "Closed"}}}}, "maps.status.to_procore.1"),
        ({"maps": {"status": {"to_tracker": {"open": "1"}}}}, "maps.status.to_tracker.open.[key]"),
        ({"maps": {"priority": {"to_procore": {"1": "high"}}}}, "maps.priority.to_procore.1"),
        ({"filters": {"colours": ["1"]}}, "filters.colours"),
        ({"added_values": {"statuses": {"1": "n" * 2001}}}, "added_values.statuses.1"),
        ({"poll_seconds": 29}, "poll_seconds"),
        ({"poll_seconds": 3601}, "poll_seconds"),
        ({"park_after_tries": 0}, "park_after_tries"),
        ({"park_after_tries": 21}, "park_after_tries"),
        ({"tracker_calls": {"base_path": "//elsewhere.example"}}, "tracker_calls.base_path"),
        ({"unheard_of": 1}, "unheard_of"),
    ],
)
def test_what_is_out_of_bounds_is_refused_at_its_place(stored: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(stored)

    assert [".".join(map(str, error["loc"])) for error in refused.value.errors()] == [where]


def test_a1_a_connection_without_any_kind_of_issue_is_told_what_to_choose() -> None:
    with pytest.raises(ValidationError, match="needs construction, design or both"):
        read({"sections": []})


@pytest.mark.parametrize(("name", "least", "most"), [("poll_seconds", 30, 3600), ("park_after_tries", 1, 20)])
def test_s23_the_bounds_themselves_are_taken(name: str, least: int, most: int) -> None:
    assert getattr(read({name: least}), name) == least
    assert getattr(read({name: most}), name) == most


def test_settings_cannot_be_changed_in_place() -> None:
    with pytest.raises(ValidationError):
        read({}).poll_seconds = 30  # type: ignore[misc]


IDS = st.text(max_size=64)
WORDS = st.text(max_size=40)
STATUSES, PRIORITIES = st.sampled_from(OBSERVATION_STATUSES), st.sampled_from(OBSERVATION_PRIORITIES)


def _map(there: st.SearchStrategy[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "to_procore": st.dictionaries(IDS, there, max_size=3),
            "to_tracker": st.dictionaries(there, IDS, max_size=3),
        },
    )


STORED = st.fixed_dictionaries(
    {},
    optional={
        "sections": st.lists(st.sampled_from(["construction", "design"]), min_size=1, max_size=2),
        "trigger_status_id": IDS,
        "done_status_id": IDS,
        "initial_status_id": IDS,
        "default_type_id": IDS,
        "maps": st.fixed_dictionaries(
            {},
            optional={
                "status": _map(STATUSES),
                "priority": _map(PRIORITIES),
                "discipline": _map(IDS),
                "issue_type": _map(IDS),
            },
        ),
        "filters": st.fixed_dictionaries({}, optional={"types": st.lists(IDS), "assets": st.lists(IDS)}),
        "added_values": st.fixed_dictionaries({}, optional={"statuses": st.dictionaries(IDS, WORDS)}),
        "title_template": st.sampled_from(["{number}", "{summary} ({type})", "é {asset}"]),
        "asset_in_description": st.booleans(),
        "in_authors_name": st.booleans(),
        "write_address_back": st.booleans(),
        "send_email": st.booleans(),
        "poll_seconds": st.integers(30, 3600),
        "park_after_tries": st.integers(1, 20),
        "tracker_calls": st.fixed_dictionaries({}, optional={"page_size": st.integers(1, 500)}),
    },
)  # fmt: skip


@hypothesis(deadline=None)
@given(STORED)
def test_settings_go_through_json_and_come_back_the_same(stored: dict[str, Any]) -> None:
    settings = read(stored)

    assert read(json.loads(settings.model_dump_json())) == settings
    assert read(json.loads(json.dumps(settings.model_dump(mode="json")))) == settings
    assert IssueSettings.model_validate_json(settings.model_dump_json(exclude_unset=True)) == settings
    for name, value in stored.items():
        assert json.loads(settings.model_dump_json(exclude_unset=True))[name] == value
