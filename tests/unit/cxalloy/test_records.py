from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.sandbox_cxalloy.small_world import small_world

from plumbline.cxalloy.model import (
    Asset,
    Assignee,
    Comment,
    Issue,
    IssueFile,
    Project,
    Unreadable,
    Vocabulary,
    content_hash,
    facet_hashes,
    vocabulary,
)
from plumbline.cxalloy.records import read_file, read_issue, read_project
from sandbox.cxalloy.records import issue_record
from sandbox.cxalloy.settings import Settings

FULL: dict[str, Any] = {
    "issue_id": 101,
    "project_id": "7",
    "name": "CHK-1",
    "description": "Damper stuck\r\nSecond line",
    "section": "construction",
    "status_id": 2,
    "status": "Ready",
    "priority_id": "11",
    "priority": "High",
    "discipline_id": 21,
    "discipline": "HVAC",
    "issuetype_id": 31,
    "issuetype": "Deficiency",
    "due_date": "06/30/2026",
    "date_created": "05/01/2026",
    "created_by": "Ana",
    "asset_type": "equipment",
    "asset_key": 71,
    "asset_name": "AHU-1",
    "assigned_type": "person",
    "assigned_key": 41,
    "assigned_name": "Ana Díaz",
    "source_type": "checklist",
    "comments": [
        {
            "issuecomment_id": 202,
            "comment": "b",
            "created_name": "Bo",
            "date_created": "05/03/2026 09:30:00 UTC",
        },
        {
            "issuecomment_id": "201",
            "comment": "a",
            "created_name": "Ana",
            "date_created": "05/02/2026 08:00:00 UTC",
        },
    ],
    "files": [{"file_id": 301, "name": "photo.jpeg", "size": "200", "url": "https://files.example/x"}],
    "a_key_of_tomorrow": {"x": 1},
}
BARE = {"issue_id": "5", "project_id": "7"}


def read(record: Any) -> Any:
    return read_issue(record)


def comments_of(*raw: dict[str, Any]) -> list[str]:
    return [comment.text for comment in read({**BARE, "comments": list(raw)}).comments]


def test_a_full_record_is_read_into_the_model() -> None:
    assert read(FULL) == Issue(
        id="101",
        project_id="7",
        number="CHK-1",
        description="Damper stuck\r\nSecond line",
        section="construction",
        status_id="2",
        status="Ready",
        priority_id="11",
        priority="High",
        discipline_id="21",
        discipline="HVAC",
        type_id="31",
        type="Deficiency",
        due_date=date(2026, 6, 30),
        created_on=date(2026, 5, 1),
        created_by="Ana",
        asset=Asset("equipment", "71", "AHU-1"),
        assignee=Assignee("person", "41", "Ana Díaz"),
        source="checklist",
        comments=(
            Comment("201", "a", "Ana", datetime(2026, 5, 2, 8, tzinfo=UTC)),
            Comment("202", "b", "Bo", datetime(2026, 5, 3, 9, 30, tzinfo=UTC)),
        ),
        files=(IssueFile("301", "photo.jpeg", 200, "https://files.example/x"),),
    )


@pytest.mark.parametrize("empty", ["", None, "absent"])
def test_every_kind_of_empty_reads_alike(empty: Any) -> None:
    optional = [name for name in FULL if name not in {"issue_id", "project_id", "a_key_of_tomorrow"}]
    record = {**BARE} if empty == "absent" else {**BARE, **dict.fromkeys(optional, empty)}

    issue = read(record)

    assert replace(issue, missing=frozenset()) == replace(read(BARE), missing=frozenset())
    assert (issue.description, issue.section, issue.number) == ("", "construction", "")
    assert (issue.asset, issue.assignee, issue.due_date, issue.status_id) == (None, None, None, None)
    assert (issue.comments, issue.files) == ((), ())


def test_keys_that_an_answer_lacks_are_told() -> None:
    assert read(FULL).missing == frozenset()
    assert read({**FULL, "due_date": ""}).missing == frozenset()
    lacking = {name: value for name, value in FULL.items() if name not in {"due_date", "assigned_key"}}
    assert read(lacking).missing == {"due_date", "assignee"}


@pytest.mark.parametrize(
    ("record", "field", "title"),
    [
        ({"title": " Damper stuck "}, "title", "Damper stuck"),
        ({"title": 7}, "title", "7"),
        ({"title": ""}, "title", None),
        ({}, "title", None),
        ({"title": "Damper stuck"}, "", None),
    ],
)
def test_a_title_is_read_from_the_field_that_is_named(record: Any, field: str, title: str | None) -> None:
    issue: Any = read_issue({**BARE, **record}, field)

    assert issue.title == title


def test_the_misspelt_discipline_is_read() -> None:
    issue = read({**BARE, "disipline_id": 21, "disipline": "HVAC"})

    assert (issue.discipline_id, issue.discipline) == ("21", "HVAC")


@pytest.mark.parametrize(
    ("word", "section"),
    [("Design", "design"), ("designissue", "design"), ("", "construction"), ("other", "other")],
)
def test_a1_the_section_tells_design_from_construction(word: str, section: str) -> None:
    assert read({**BARE, "section": word}).section == section


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"due_date": "soon"}, "due_date: Value error, 'soon' is in no known date format"),
        ({"comments": [{"comment": "x"}]}, "comments.0.issuecomment_id: Field required"),
        ({"project_id": ""}, "project_id: Value should have at least 1 item after validation, not 0"),
        ({"description": []}, "description: Input should be a valid string"),
    ],
)
def test_an_odd_record_is_named_and_does_not_raise(change: dict[str, Any], cause: str) -> None:
    assert read({**BARE, **change}) == Unreadable("5", cause)


@pytest.mark.parametrize("record", ["text", None, {}, {"issue_id": ""}])
def test_a_record_without_an_id_is_unreadable(record: Any) -> None:
    assert read(record).issue_id is None


def test_a30_comments_of_one_second_are_ordered_by_id() -> None:
    raw = [
        {"issuecomment_id": i, "comment": str(i), "date_created": "05/02/2026 08:00:00 UTC"}
        for i in (10, 9, 11)
    ]

    assert comments_of(*raw) == ["9", "10", "11"]


def test_a30_comments_without_a_time_keep_the_order_they_came_in_turned_round() -> None:
    raw = [{"issuecomment_id": 1, "comment": "new"}, {"issuecomment_id": 2, "comment": "old"}]

    assert comments_of(*raw) == ["old", "new"]


def test_a30_comments_that_come_oldest_first_stay_so() -> None:
    first = {"issuecomment_id": 8, "comment": "old", "date_created": "05/02/2026 08:00:00 UTC"}
    second = {"issuecomment_id": 9, "comment": "new", "date_created": "05/02/2026 08:00:01 UTC"}

    assert comments_of(first, second) == ["old", "new"]


def test_an_asset_without_a_name_shows_its_key() -> None:
    assert read({**BARE, "asset_key": 71}).asset == Asset("", "71", "71")


@pytest.mark.parametrize(
    ("record", "file"),
    [
        ({"file_id": 1, "name": "a.pdf"}, IssueFile("1", "a.pdf", None, None)),
        ({"id": "1", "filename": "a.pdf", "file_size": 0}, IssueFile("1", "a.pdf", 0, None)),
        ({"id": "1", "name": "", "size": "", "download_url": ""}, IssueFile("1", "file-1", None, None)),
    ],
)
def test_a_file_is_read_under_the_likely_names(record: Any, file: IssueFile) -> None:
    assert read_file(record) == file


@pytest.mark.parametrize(
    ("record", "project"),
    [
        ({"project_id": 7, "name": "North"}, Project("7", "North", None)),
        ({"id": "7", "name": None, "read_only": True}, Project("7", "", True)),
    ],
)
def test_a_project_is_read(record: Any, project: Project) -> None:
    assert read_project(record) == project


def test_the_content_hash_ignores_the_files_address_and_order() -> None:
    one = {"file_id": 1, "name": "a", "size": 3, "url": "https://x.example/1"}
    two = {"file_id": 2, "name": "b"}
    other = {**one, "url": "https://x.example/2"}

    before = content_hash(read({**BARE, "files": [one, two]}))

    assert before == content_hash(read({**BARE, "files": [two, other]}))
    assert before != content_hash(read({**BARE, "files": [{**one, "size": 4}, two]}))


@pytest.mark.parametrize(
    "change",
    [{"description": "x"}, {"status_id": 9}, {"due_date": "01/02/2026"}, {"comments": FULL["comments"][:1]}],
)
def test_the_content_hash_tells_content_apart(change: dict[str, Any]) -> None:
    assert content_hash(read(FULL)) != content_hash(read({**FULL, **change}))


def test_each_facet_has_a_hash_of_its_own() -> None:
    before = facet_hashes(read(FULL))
    edited = facet_hashes(read({**FULL, "assigned_name": "Bo"}))
    commented = facet_hashes(read({**FULL, "comments": FULL["comments"][:1]}))
    filed = facet_hashes(read({**FULL, "files": [{**FULL["files"][0], "size": 201}]}))

    assert [len(part) for part in (before.fields, before.comments, before.files)] == [16, 16, 16]
    assert (edited.fields != before.fields, edited.comments, edited.files) == (
        True, before.comments, before.files
    )  # fmt: skip
    assert (commented.fields, commented.comments != before.comments, commented.files) == (
        before.fields, True, before.files
    )  # fmt: skip
    assert (filed.fields, filed.comments, filed.files != before.files) == (
        before.fields, before.comments, True
    )  # fmt: skip


@pytest.mark.parametrize("change", [{"url": "https://files.example/y"}, {"size": 200}])
def test_a_facet_hash_ignores_a_files_address(change: dict[str, Any]) -> None:
    same = {**FULL, "files": [{**FULL["files"][0], **change}]}

    assert facet_hashes(read(same)) == facet_hashes(read(FULL))


def test_a_title_counts_among_the_fields() -> None:
    one: Any = read_issue({**BARE, "title": "a"}, "title")
    two: Any = read_issue({**BARE, "title": "b"}, "title")

    assert facet_hashes(one).fields != facet_hashes(two).fields


@given(salt=st.integers(0, 10_000))
def test_the_content_hash_is_the_same_however_ids_and_empties_are_shown(salt: int) -> None:
    world = small_world()
    hashes = {
        content_hash(read(issue_record(issue, world, {"comments", "files"}, [], Settings(salt=n))))
        for issue in world.issues[:1]
        for n in (0, salt)
    }

    assert len(hashes) == 1


def test_a20_the_vocabulary_is_learned_from_issues() -> None:
    nameless = {**BARE, "status_id": 4, "priority_id": 11}

    learned = vocabulary([read(FULL), read(nameless), read(BARE)])

    assert learned == Vocabulary(
        {"2": "Ready", "4": "4"}, {"11": "High"}, {"21": "HVAC"}, {"31": "Deficiency"}
    )
