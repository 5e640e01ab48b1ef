from __future__ import annotations

from typing import Any

import pytest
from tests.unit.sandbox_cxalloy.small_world import NOW, get, held, post, small_sandbox

from sandbox.cxalloy import hands
from sandbox.cxalloy.answers import Refused

EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
ABC_SHA256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def told(sandbox: Any) -> list[tuple[str, str, dict[str, Any]]]:
    return [(effect.what, effect.by, effect.detail) for effect in sandbox.effects]


def test_a_person_makes_an_issue() -> None:
    sandbox = small_sandbox()

    made = hands.create(sandbox, "Ana", "7", description="Wet floor", due_date="2026-07-01", priority_id=11)

    issue = held(sandbox, made)
    assert (issue.name, issue.created_by, issue.status_id) == ("ISS-4", "Ana", "1")
    assert told(sandbox) == [
        (
            "issue created",
            "person:Ana",
            {
                "project_id": "7",
                "changes": {
                    "status_id": {"old": None, "new": "1"},
                    "description": {"old": None, "new": "Wet floor"},
                    "due_date": {"old": None, "new": "2026-07-01"},
                    "priority_id": {"old": None, "new": "11"},
                },
            },
        )
    ]


def test_an_edit_is_noted_with_old_and_new_values_and_its_time() -> None:
    sandbox = small_sandbox()

    hands.edit(sandbox, "Bo", "101", status_id="3", due_date=None, assigned_type="role", assigned_key="61")

    assert sandbox.effects[0].time == NOW
    assert told(sandbox)[0][2]["changes"] == {
        "status_id": {"old": "2", "new": "3"},
        "due_date": {"old": "2026-06-30", "new": None},
        "assigned_type": {"old": "person", "new": "role"},
        "assigned_key": {"old": "41", "new": "61"},
    }
    assert held(sandbox, "101").status_log[0].person == "person:Bo"


def test_a_write_that_changes_nothing_is_noted_as_one() -> None:
    sandbox = small_sandbox()

    post(sandbox, "/issue_update", {"project_id": 7, "issue_id": 101, "status_id": 2})

    assert told(sandbox) == [("issue changed", "demo-key", {"changes": {}, "sent": {"status_id": 2}})]
    assert held(sandbox, "101").status_log == []


def test_a_comment_is_noted_whole() -> None:
    sandbox = small_sandbox(trims_text=True)

    made = hands.comment(sandbox, "Cy", "103", "looks\ngood ")

    assert told(sandbox) == [
        (
            "comment added",
            "person:Cy",
            {"issuecomment_id": made, "comment": "looks\ngood", "created_name": "Cy"},
        )
    ]


def test_a_file_is_noted_with_its_size_and_digest() -> None:
    sandbox = small_sandbox()

    first = hands.add_file(sandbox, "Cy", "103", "a.txt", content=b"abc")
    second = hands.add_file(sandbox, "Cy", "103", "b.bin", size=0)

    assert [detail for _, _, detail in told(sandbox)] == [
        {"file_id": first, "name": "a.txt", "size": 3, "sha256": ABC_SHA256},
        {"file_id": second, "name": "b.bin", "size": 0, "sha256": EMPTY_SHA256},
    ]
    assert get(sandbox, f"/file/{first}/download").content() == b"abc"


def test_what_a_call_adds_is_noted_alike() -> None:
    sandbox = small_sandbox()

    made = post(sandbox, "/issuecomment_create", {"project_id": 7, "issue_id": 103, "comment": "hi"}).json()

    assert told(sandbox) == [
        (
            "comment added",
            "demo-key",
            {"issuecomment_id": made["issuecomment_id"], "comment": "hi", "created_name": "API"},
        )
    ]


def test_deleting_and_hiding_are_noted_once_each() -> None:
    sandbox = small_sandbox()

    for act in (
        hands.delete,
        hands.delete,
        hands.undo_delete,
        hands.unpublish,
        hands.publish,
        hands.publish,
    ):
        assert act(sandbox, "Ana", "103") == "103"

    assert [(what, detail["changes"]) for what, _, detail in told(sandbox)] == [
        ("issue deleted", {"deleted": {"old": False, "new": True}}),
        ("deletion undone", {"deleted": {"old": True, "new": False}}),
        ("issue unpublished", {"published": {"old": True, "new": False}}),
        ("issue published", {"published": {"old": False, "new": True}}),
    ]
    assert held(sandbox, "103").visible


def test_a_renamed_asset_shows_on_its_issues() -> None:
    sandbox = small_sandbox(odd_values=False)

    hands.rename_asset(sandbox, "Ana", "71", "AHU-1A")

    (record,) = post(sandbox, "/issue", {"project_id": 7, "issue_id": 101}).json()["records"]
    assert record["asset_name"] == "AHU-1A"
    assert told(sandbox) == [
        (
            "asset renamed",
            "person:Ana",
            {"asset_key": "71", "changes": {"asset_name": {"old": "AHU-1", "new": "AHU-1A"}}},
        )
    ]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"colour": "red"}, "An issue has no field colour"),
        ({"description": 5}, "description is text"),
        ({"due_date": "soon"}, "due_date soon is no date"),
        ({"status_id": ""}, "Unknown status None"),
        ({"section": "roof"}, "Unknown section roof"),
        ({"discipline_id": "9"}, "Unknown discipline_id 9"),
        ({"issuetype_id": "9"}, "Unknown issuetype_id 9"),
        ({"asset_key": "9"}, "Unknown asset 9"),
        ({"assigned_type": "team", "assigned_key": "41"}, "Unknown team 41"),
        ({"assigned_type": "company"}, "Unknown company 41"),
    ],
)
def test_a_value_that_does_not_exist_is_refused(fields: dict[str, Any], words: str) -> None:
    sandbox = small_sandbox()

    with pytest.raises(Refused) as caught:
        hands.edit(sandbox, "Ana", "101", **fields)

    assert caught.value.message == words
    assert sandbox.effects == []


def test_an_asset_of_another_type_is_refused() -> None:
    sandbox = small_sandbox()
    body = {"project_id": 7, "issue_id": 103, "asset_key": "71", "asset_type": "space"}

    assert post(sandbox, "/issue_update", body).status == 422
    assert post(sandbox, "/issue_update", {**body, "asset_type": "equipment"}).status == 200


def test_an_assignment_is_emptied_as_a_whole_and_never_half_made() -> None:
    sandbox = small_sandbox()

    hands.edit(sandbox, "Ana", "101", assigned_key="")

    issue = held(sandbox, "101")
    assert (issue.assigned_type, issue.assigned_key) == (None, None)
    with pytest.raises(Refused, match="assigned_key is missing"):
        hands.edit(sandbox, "Ana", "101", assigned_type="person")


def test_a_deleted_issue_can_be_neither_changed_nor_commented_on() -> None:
    sandbox = small_sandbox()
    hands.delete(sandbox, "Ana", "103")

    with pytest.raises(Refused, match="deleted"):
        hands.edit(sandbox, "Ana", "103", description="x")
    with pytest.raises(Refused, match="deleted"):
        hands.comment(sandbox, "Ana", "103", "x")


@pytest.mark.parametrize(
    ("settings", "stored"),
    [
        ({}, "a\nb \n"),
        ({"trims_text": True}, "a\nb"),
        ({"breaks_as_crlf": True}, "a\r\nb \r\n"),
    ],
)
def test_a_text_is_stored_as_the_setting_says(settings: dict[str, Any], stored: str) -> None:
    sandbox = small_sandbox(**settings)

    hands.edit(sandbox, "Ana", "101", description="a\nb \n")

    assert held(sandbox, "101").description == stored


def test_a_title_is_taken_only_where_issues_have_one() -> None:
    plain, titled = small_sandbox(odd_values=False), small_sandbox(odd_values=False, title_field="subject")
    body = {"project_id": 7, "issue_id": 101, "subject": "Leak", "title": "ignored"}

    for sandbox in (plain, titled):
        post(sandbox, "/issue_update", body)

    assert held(plain, "101").title == ""
    (record,) = post(titled, "/issue", {"project_id": 7, "issue_id": 101}).json()["records"]
    assert record["subject"] == "Leak"
