from __future__ import annotations

from typing import Any

import pytest

from plumbline.cxalloy.calls import CxAlloyCalls
from plumbline.cxalloy.writing import WRITABLE, issue_ids, issue_query, wire_fields, wire_id
from plumbline.errors import Reject

ALL: dict[str, str | None] = {
    "title": "Damper",
    "description": "stuck\nopen",
    "status_id": "3",
    "priority_id": "11",
    "discipline_id": "21",
    "type_id": "31",
    "due_date": "2026-07-01",
    "asset_key": "71",
    "asset_type": "equipment",
    "assignee_type": "person",
    "assignee_key": "41",
}


def test_a10_every_field_goes_out_under_its_own_name() -> None:
    assert ALL.keys() == WRITABLE
    assert wire_fields(ALL, CxAlloyCalls(issue_title_field="title")) == {
        "title": "Damper",
        "description": "stuck\nopen",
        "status_id": "3",
        "priority_id": "11",
        "discipline_id": "21",
        "issuetype_id": "31",
        "due_date": "07/01/2026",
        "asset_key": "71",
        "asset_type": "equipment",
        "assigned_type": "person",
        "assigned_key": "41",
    }


def test_only_the_fields_that_are_given_go_out_under_the_names_that_are_set() -> None:
    calls = CxAlloyCalls(description_field="text", type_id_field="kind_id", dates_as="iso")

    assert wire_fields({"description": "x", "type_id": "31", "due_date": "2026-07-01"}, calls) == {
        "text": "x",
        "kind_id": "31",
        "due_date": "2026-07-01",
    }


def test_ids_go_out_as_numbers_where_that_is_set_and_no_other_text_does() -> None:
    calls = CxAlloyCalls(ids_as="number")

    assert wire_fields({"status_id": "3", "assignee_key": "a-41", "description": "12"}, calls) == {
        "status_id": 3,
        "assigned_key": "a-41",
        "description": "12",
    }
    assert (wire_id("7", calls), wire_id("7", CxAlloyCalls())) == (7, "7")


@pytest.mark.parametrize(("clears_as", "sent"), [("empty", ""), ("null", None)])
def test_none_empties_a_field_as_it_is_set(clears_as: Any, sent: Any) -> None:
    calls = CxAlloyCalls(clears_as=clears_as)

    assert wire_fields({"due_date": None, "assignee_key": None}, calls) == {
        "due_date": sent,
        "assigned_key": sent,
    }


def test_a_title_without_a_field_for_it_is_refused_by_the_settings_name() -> None:
    with pytest.raises(Reject) as caught:
        wire_fields({"title": "Damper"}, CxAlloyCalls())

    assert (caught.value.code, caught.value.field) == ("no_title_field", "tracker_calls.issue_title_field")


def test_a_due_date_that_is_no_day_is_refused() -> None:
    with pytest.raises(Reject, match=r"'07/01/2026' is no day\. Give it as YYYY-MM-DD"):
        wire_fields({"due_date": "07/01/2026"}, CxAlloyCalls())


def test_a_name_that_cannot_be_written_is_a_mistake_of_ours() -> None:
    with pytest.raises(KeyError, match="created_by"):
        wire_fields({"created_by": "Ana"}, CxAlloyCalls())


def test_an_issue_is_named_by_project_and_id() -> None:
    calls = CxAlloyCalls(project_id_field="fk_project", issue_id_field="id", ids_as="number")

    assert issue_ids("7", "101", calls) == {"fk_project": 7, "id": 101}


def test_a_listing_asks_for_what_is_wanted_only() -> None:
    calls = CxAlloyCalls(page_size=50)

    assert issue_query("7", None, calls, comments=True, files=True) == {
        "project_id": "7", "perpage": 50, "include": ["comments", "files"]
    }  # fmt: skip
    assert issue_query("7", "101", calls, comments=False, files=False) == {
        "project_id": "7", "perpage": 50, "include": [], "issue_id": "101"
    }  # fmt: skip
    listed = CxAlloyCalls(files_from="list")
    assert issue_query("7", None, listed, comments=True, files=True)["include"] == ["comments"]
