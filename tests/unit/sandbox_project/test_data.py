"""The demo project's data: how much there is, that it fits together, and that the hard cases are in it."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

import sandbox.project
from sandbox.project import load

DATA = load()
ISSUES: list[dict[str, Any]] = DATA["issues"]
HOSPITAL = [issue for issue in ISSUES if issue["project_id"] == "50110"]
STATUS = {row["id"]: row["name"] for row in DATA["statuses"]}
READY = [issue for issue in HOSPITAL if STATUS[issue["status_id"]] == "Ready for Procore"]
READY_IDS = {issue["issue_id"] for issue in READY}
READY_FILES = [file for file in DATA["files"] if file["issue_id"] in READY_IDS]
COMMENTS = [comment for issue in ISSUES for comment in issue["comments"]]
READY_COMMENTS = [comment for issue in READY for comment in issue["comments"]]
ID_KEYS = {
    "projects": "project_id",
    "statuses": "id",
    "priorities": "id",
    "disciplines": "id",
    "issue_types": "id",
    "people": "person_id",
    "companies": "company_id",
    "roles": "role_id",
    "assets": "asset_key",
    "issues": "issue_id",
    "files": "id",
}
RIGHT_TO_LEFT = re.compile(r"[\u0590-\u06ff]")
EMOJI = re.compile(r"[\U0001f300-\U0001faff]")


def ids(name: str) -> set[str]:
    return {row[ID_KEYS[name]] for row in DATA[name]}


def with_text(pattern: str) -> list[str]:
    return [issue["name"] for issue in READY if re.search(pattern, issue["description"])]


def test_the_file_has_exactly_the_agreed_parts() -> None:
    assert set(DATA) == {"account", *ID_KEYS}
    assert DATA["account"]["keys"] == [
        {
            "identifier": "demo-key-identifier",
            "secret": "not-a-secret-tracker-key",
            "mode": "read_write",
            "projects": None,
        }
    ]


def test_each_load_gives_a_copy_of_its_own() -> None:
    load()["issues"].clear()

    assert len(load()["issues"]) == 92


def test_three_projects_hold_72_and_12_and_8_issues() -> None:
    assert DATA["projects"] == [
        {"project_id": "50110", "name": "Harbor Point Medical Center - Commissioning"},
        {"project_id": "50220", "name": "Quarry Lane Surgery Center - Commissioning"},
        {"project_id": "50245", "name": "Lakeside Data Hall 2 - Commissioning"},
    ]
    assert Counter(issue["project_id"] for issue in ISSUES) == {"50110": 72, "50220": 12, "50245": 8}


def test_64_issues_wait_in_the_trigger_status_and_8_in_others() -> None:
    assert Counter(STATUS[issue["status_id"]] for issue in HOSPITAL) == {
        "Ready for Procore": 64,
        "Open": 2,
        "In Progress": 2,
        "Closed": 2,
        "Sent to Procore": 2,
    }


def test_the_waiting_issues_carry_165_comments_and_76_files() -> None:
    assert len(READY_COMMENTS) == 165
    assert len(READY_FILES) == 76


def test_most_issues_have_several_comments_and_some_have_none() -> None:
    counts = [len(issue["comments"]) for issue in READY]

    assert counts.count(0) == 3
    assert sum(count >= 2 for count in counts) == 54
    assert max(counts) == 6


def test_the_lists_have_one_initial_status_and_a_priority_no_map_covers() -> None:
    assert [row["name"] for row in DATA["statuses"] if row["initial"]] == ["Open"]
    assert list(STATUS.values()) == [
        "Open",
        "In Progress",
        "Ready for Procore",
        "Sent to Procore",
        "Ready for Retest",
        "Closed",
    ]
    names = {row["id"]: row["name"] for row in DATA["priorities"]}
    used = Counter(names[issue["priority_id"]] for issue in READY)
    assert set(used) == {"Critical", "High", "Medium", "Low", "Deferred to Warranty"}
    assert used["Deferred to Warranty"] == 1


def test_both_sections_and_every_trade_are_among_the_waiting_issues() -> None:
    names = {row["id"]: row["name"] for row in DATA["disciplines"]}

    assert Counter(issue["section"] for issue in READY) == {"construction": 57, "design": 7}
    assert {names.get(issue["discipline_id"]) for issue in READY} == {
        "HVAC",
        "Electrical",
        "Controls",
        "Fire & Life Safety",
        "Plumbing",
        "Test, Adjust & Balance",
        "Building Envelope",
        "Owner Training",
        None,
    }


@pytest.mark.parametrize("name", sorted(ID_KEYS))
def test_ids_are_unique_sorted_and_text(name: str) -> None:
    found = [row[ID_KEYS[name]] for row in DATA[name]]

    assert found == sorted(set(found))
    assert all(isinstance(one, str) for one in found)


def test_comment_ids_are_unique_and_each_issue_lists_its_comments_by_time() -> None:
    assert len({comment["issuecomment_id"] for comment in COMMENTS}) == 195
    for issue in ISSUES:
        moments = [comment["date_created"] for comment in issue["comments"]]
        assert moments == sorted(moments), issue["name"]


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("project_id", "projects"),
        ("status_id", "statuses"),
        ("priority_id", "priorities"),
        ("discipline_id", "disciplines"),
        ("issuetype_id", "issue_types"),
        ("asset_key", "assets"),
    ],
)
def test_what_an_issue_refers_to_is_there(field: str, name: str) -> None:
    may_be_none = field in {"discipline_id", "issuetype_id", "asset_key"}

    assert {issue[field] for issue in ISSUES} - ids(name) == ({None} if may_be_none else set())


def test_assignments_go_to_people_companies_roles_and_nobody() -> None:
    lists = {"person": ids("people"), "company": ids("companies"), "role": ids("roles")}
    for issue in ISSUES:
        kind, key = issue["assigned_type"], issue["assigned_key"]
        assert (key is None) if kind is None else (key in lists[kind]), issue["name"]
    assert {issue["assigned_type"] for issue in READY} == {"person", "company", "role", None}


def test_authors_of_issues_and_comments_are_people_of_the_account() -> None:
    names = {f"{person['first_name']} {person['last_name']}" for person in DATA["people"]}
    authors = {comment["created_name"] for comment in COMMENTS}

    assert {issue["created_by"] for issue in ISSUES} <= names
    assert authors <= names
    assert len(authors) == 20


def test_people_have_a_company_and_an_address_that_reaches_nobody() -> None:
    for person in DATA["people"]:
        assert person["company_id"] in ids("companies")
        assert re.fullmatch(r"[a-z.]+@([a-z-]+\.)?example\.(com|org)", person["email"]), person["email"]
    anywhere = re.findall(r"@[\w.-]+", json.dumps(DATA))
    assert len(anywhere) == len(DATA["people"])


def test_files_belong_to_issues_and_have_whole_sizes() -> None:
    assert {file["issue_id"] for file in DATA["files"]} <= ids("issues")
    assert {file["kind"] for file in DATA["files"]} == {"pdf", "jpeg", "png", "csv"}
    assert all(set(file) == {"id", "issue_id", "name", "kind", "size", "seed"} for file in DATA["files"])
    assert len({file["seed"] for file in DATA["files"]}) == len(DATA["files"])


def test_file_sizes_run_from_nothing_to_30_mib_within_110_mb() -> None:
    sizes = sorted(file["size"] for file in READY_FILES)

    assert sizes[0] == 0
    assert sizes[1] > 0
    assert sizes[-1] == 31_457_280
    assert sizes[-2] == 12_582_912
    assert sum(1_000_000 <= size <= 3_000_000 for size in sizes) == 4
    assert sum(5_000 <= size <= 330_000 for size in sizes) == 69
    assert sum(file["size"] for file in DATA["files"]) < 110_000_000


def test_file_names_hold_the_hard_cases() -> None:
    names = [file["name"] for file in READY_FILES]

    assert any("ü" in name for name in names)
    assert any('"' in name for name in names)
    assert any(EMOJI.search(name) for name in names)
    assert any(re.search(r"[\u0590-\u05ff]", name) for name in names)
    assert any(re.search(r"[\u0600-\u06ff]", name) for name in names)
    assert max(map(len, names)) == 200
    assert len(names) - len({(file["issue_id"], file["name"]) for file in READY_FILES}) == 1


def test_comments_hold_the_hard_cases() -> None:
    texts = [comment["comment"] for comment in READY_COMMENTS]
    doubles = Counter((c["created_name"], c["date_created"], c["comment"]) for c in READY_COMMENTS)

    assert texts.count("") == 1
    assert max(map(len, texts)) == 5000
    assert any("\n" in text and len(text) < 300 for text in texts)
    assert any(RIGHT_TO_LEFT.search(text) for text in texts)
    assert any(EMOJI.search(text) for text in texts)
    assert sorted(doubles.values())[-3:] == [1, 2, 2]


def test_descriptions_hold_the_hard_cases() -> None:
    texts = [issue["description"] for issue in READY]
    first_lines = Counter(text.splitlines()[0] for text in texts if text.strip())

    assert texts.count("") == 1
    assert texts.count("   ") == 1
    assert sum(len(text) > 20_000 for text in texts) == 1
    assert len(with_text(r"\r\n")) == 3
    assert len(with_text(r"[\u0590-\u05ff]")) == 1
    assert len(with_text(r"[\u0600-\u06ff]")) == 2
    assert len(with_text(EMOJI.pattern)) == 1
    assert with_text(r"<b>.*&amp;") == ["CI-0034"]
    assert with_text(r"(?m)^CxAlloy issue CI-0001: https://") == ["CI-0036"]
    assert first_lines.most_common(2) == [
        ("Nameplate data does not match submittal.", 3),
        ("AHU-3 supply fan VFD does not ramp above 38 Hz", 1),
    ]


def test_due_dates_are_days_or_one_of_three_kinds_of_nothing() -> None:
    kinds = Counter(str(issue.get("due_date", "missing"))[2:3] for issue in READY)

    assert {issue["due_date"] for issue in READY if "due_date" in issue} >= {"", None}
    assert sum("due_date" not in issue for issue in READY) == 1
    assert kinds["/"] == 53


def test_assets_of_three_types_are_on_most_issues() -> None:
    types = {asset["asset_key"]: asset["asset_type"] for asset in DATA["assets"]}
    seen = Counter(types.get(issue["asset_key"]) for issue in READY)

    assert set(seen) == {"equipment", "system", "space", None}
    assert seen[None] == 2


def test_the_project_for_ongoing_sync_is_small_and_has_one_of_everything() -> None:
    ongoing = [issue for issue in ISSUES if issue["project_id"] == "50220"]
    numbers = {issue["issue_id"] for issue in ongoing}
    assets = {asset["asset_key"] for asset in DATA["assets"] if asset.get("project_id") == "50220"}

    assert len(ongoing) == 12
    assert sum(len(issue["comments"]) for issue in ongoing) == 13
    assert len([file for file in DATA["files"] if file["issue_id"] in numbers]) == 8
    assert {issue["assigned_type"] for issue in ongoing} == {"person", "company", "role", None}
    assert {issue["section"] for issue in ongoing} == {"construction", "design"}
    assert {issue["asset_key"] for issue in ongoing} == {*assets, None}
    assert {issue["asset_key"] for issue in HOSPITAL}.isdisjoint(assets)
    assert "Ready for Procore" not in {STATUS[issue["status_id"]] for issue in ongoing}


def test_dates_are_written_as_the_tracker_writes_them() -> None:
    day, moment = r"\d\d/\d\d/2026", r"\d\d/\d\d/2026 \d\d:\d\d:\d\d UTC"

    assert all(re.fullmatch(day, issue["date_created"]) for issue in ISSUES)
    assert all(re.fullmatch(day, issue["due_date"]) for issue in ISSUES if issue.get("due_date"))
    assert all(re.fullmatch(moment, comment["date_created"]) for comment in COMMENTS)


def test_the_data_is_stored_so_that_a_person_can_read_its_changes() -> None:
    stored = Path(sandbox.project.__file__).with_name("commissioning.json").read_text(encoding="utf-8")

    assert stored == json.dumps(DATA, indent=1, ensure_ascii=False) + "\n"
