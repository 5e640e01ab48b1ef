from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from plumbline.procore.observations import (
    Attachment,
    NewObservation,
    Observation,
    ResponseLog,
    creation_body,
    observation_page,
    read_observation,
    read_response_log,
    response_log_body,
    update_body,
    updated_between,
)
from plumbline.procore.reading import Unreadable, day_of, id_of, id_within, mapping, moment_of, wire_id

DETAIL = {
    "id": 598134325870420,
    "number": "96",
    "name": "Missing firestop",
    "description": "North wall",
    "description_rich_text": "<p>North wall</p>",
    "status": "initiated",
    "priority": "High",
    "due_date": "2026-02-22",
    "created_at": "2026-02-01T10:00:00Z",
    "updated_at": "2026-02-02T09:00:00Z",
    "trade": {"id": 8001, "name": "HVAC"},
    "type": {"id": 9, "name": "Deficiency", "category_key": "quality"},
    "personal": True,
    "assignee": {"id": 29837, "name": "John Smith", "vendor": {"id": 2675, "name": "Brick and Morty"}},
    "assignees": [{"id": 29837, "name": "John Smith"}],
    "created_by": {"id": 47531, "name": "Jane Doe"},
    "location": {"id": 15504, "name": "Building A>Level 2>Room 210", "node_name": "Room 210"},
    "attachments": [{"id": 6181940361, "name": "p", "filename": "p.jpg", "url": "https://files.example/p"}],
}


def test_a2_a_new_observation_carries_its_fields_and_uploads() -> None:
    new = NewObservation(
        name="Leak",
        type_id="7001",
        description="At valve 3",
        status="initiated",
        priority="Low",
        due_date=date(2026, 3, 1),
        trade_id="8001",
        location_id="15",
        created_by_id="598134325871001",
        upload_ids=("01A", "01B"),
    )

    assert creation_body("42", new) == {
        "project_id": 42,
        "observation": {
            "name": "Leak",
            "type_id": 7001,
            "description": "At valve 3",
            "status": "initiated",
            "priority": "Low",
            "due_date": "2026-03-01",
            "trade_id": 8001,
            "location_id": 15,
            "created_by_id": 598134325871001,
            "upload_ids": ["01A", "01B"],
        },
    }


def test_a21_what_is_not_set_is_left_out_of_a_create() -> None:
    assert creation_body("42", NewObservation("Leak", "7001")) == {
        "project_id": 42,
        "observation": {"name": "Leak", "type_id": 7001},
    }


def test_an_empty_description_is_sent_as_such() -> None:
    assert (
        creation_body("42", NewObservation("Leak", "7001", description=""))["observation"]["description"]
        == ""
    )


def test_a12_an_update_carries_only_what_is_given() -> None:
    changes = {"name": "Leak", "type_id": "7001", "upload_ids": ("01A",), "due_date": "2026-03-01"}

    assert update_body("42", changes) == {
        "project_id": 42,
        "observation": {"name": "Leak", "type_id": 7001, "upload_ids": ["01A"], "due_date": "2026-03-01"},
    }


@pytest.mark.parametrize(
    "field", ["description", "priority", "due_date", "trade_id", "location_id", "assignee_id"]
)
def test_a12_none_clears_a_field(field: str) -> None:
    assert update_body("42", {field: None}) == {"project_id": 42, "observation": {field: None}}


def test_a_field_that_procore_would_ignore_is_never_sent() -> None:
    with pytest.raises(ValueError, match="knows no"):
        update_body("42", {"name": "Leak", "titel": "Leak"})


def test_a30_a_comment_leaves_the_status_alone() -> None:
    assert response_log_body("42", "Looked at") == {
        "project_id": 42,
        "response_log": {"comment": "Looked at"},
    }
    assert response_log_body("42", "See", ("01A",)) == {
        "project_id": 42,
        "response_log": {"comment": "See", "upload_ids": ["01A"]},
    }


def test_a_detail_is_read_with_ids_as_text_and_times_as_seconds() -> None:
    assert read_observation(DETAIL) == Observation(
        id="598134325870420",
        number="96",
        name="Missing firestop",
        description="North wall",
        status="initiated",
        priority="High",
        due_date=date(2026, 2, 22),
        trade_id="8001",
        type_id="9",
        created_at=1769940000.0,
        updated_at=1770022800.0,
        attachments=(Attachment("6181940361", "p.jpg", "https://files.example/p"),),
        rich_text="<p>North wall</p>",
        assignee_id="29837",
        location_id="15504",
        personal=True,
        created_by_id="47531",
    )


def test_a_list_row_with_nulls_and_a_detail_without_the_keys_read_alike() -> None:
    nulls = dict.fromkeys(("description", "status", "priority", "due_date", "trade", "type", "created_at",
                           "updated_at", "deleted_at", "attachments", "number", "name"))  # fmt: skip

    assert read_observation({"id": 1, **nulls}) == read_observation({"id": 1})
    assert read_observation({"id": 1}).trade_id is None


@pytest.mark.parametrize("row", [None, [], {}, {"id": None}, {"id": ""}])
def test_a_row_without_an_id_is_unreadable(row: Any) -> None:
    with pytest.raises(Unreadable):
        read_observation(row)


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("Initiated", "initiated"),
        ("Ready For Review", "ready_for_review"),
        ("Not Accepted", "not_accepted"),
        ("Closed", "closed"),
        ("Draft", "draft"),
        ("ready_for_review", "ready_for_review"),
        (None, None),
    ],
)
def test_the_status_of_a_response_log_is_brought_to_the_items_form(told: Any, status: str | None) -> None:
    assert read_response_log({"id": 1, "status": told}).status == status


def test_a_response_log_has_comment_author_and_files() -> None:
    row = {
        "id": 31,
        "item_id": 9,
        "status": "Initiated",
        "comment": "Done",
        "created_at": "2026-02-01T11:00:00+01:00",
        "created_by": {"id": 5, "name": "Jane Doe"},
        "attachments": [{"id": 7, "name": "a.pdf"}],
    }

    assert read_response_log(row) == ResponseLog(
        id="31",
        item_id="9",
        comment="Done",
        status="initiated",
        created_at=1769940000.0,
        author="Jane Doe",
        attachments=(Attachment("7", "a.pdf", ""),),
        author_id="5",
    )


def test_a31_a_row_of_the_projects_list_names_its_author_by_itself() -> None:
    row = {"id": 31, "item_id": 9, "comment": "Done", "created_by_name": "Jane Doe", "updated_at": "x"}

    log = read_response_log(row)

    assert (log.item_id, log.author, log.author_id) == ("9", "Jane Doe", None)


def test_a35_a_status_change_has_no_comment() -> None:
    log = read_response_log({"id": 31, "comment": None, "created_by": None})

    assert (log.comment, log.author, log.attachments) == (None, "", ())


def test_a_range_has_three_dots_and_both_ends_in_utc() -> None:
    assert updated_between(1769940000.9, 1769943599.1) == "2026-02-01T10:00:00Z...2026-02-01T11:00:00Z"


def test_single_values_are_read_or_none() -> None:
    assert (day_of("2026-02-22"), day_of("soon"), day_of(""), day_of(None)) == (
        date(2026, 2, 22),
        None,
        None,
        None,
    )
    assert (moment_of("2026-02-01T10:00:00"), moment_of("soon"), moment_of(None)) == (
        1769940000.0,
        None,
        None,
    )
    assert (id_of({"id": 7}), id_within({"id": 7}), id_within({}), id_within("x")) == ("7", "7", None, None)
    assert mapping({"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "sent"), [("598134325870420", 598134325870420), ("²", "²"), ("01F-x", "01F-x")]
)
def test_an_id_goes_out_as_a_number_where_it_is_one(text: str, sent: Any) -> None:
    assert wire_id(text) == sent


def test_a26_an_observations_page_is_within_its_project() -> None:
    assert observation_page("https://web.example", "2", "55") == (
        "https://web.example/2/project/observations/items/55"
    )
