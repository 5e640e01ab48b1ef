"""Comments and status history."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.sandbox_procore.desk import Caller, Checked, Clock, caller, make_sandbox

from sandbox.procore.demo import HARBOR_POINT, MARCUS, PRIYA, RIVERSIDE

PROJECT_LOGS = f"/rest/v1.0/projects/{HARBOR_POINT}/observations/response_logs"


@pytest.fixture
def item(priya: Caller) -> int:
    return int(priya.observe().json()["id"])


def logs_of(who: Caller, item: int, project: int = HARBOR_POINT, **query: Any) -> list[dict[str, Any]]:
    path = f"/rest/v1.0/observations/items/{item}/response_logs"
    rows: list[dict[str, Any]] = who.get(path, project_id=project, **query).json()
    return rows


def test_a_comment_is_kept_with_author_time_and_title_case_status(priya: Caller, item: int) -> None:
    answer = priya.comment(item, comment="Checked.\r\nStill wet \U0001f4a7")

    assert answer.status == 201
    row = answer.json()
    assert row["comment"] == "Checked.\r\nStill wet \U0001f4a7"
    assert (row["item_id"], row["status"], row["attachments"]) == (item, "Initiated", [])
    assert row["created_by"] == {"id": PRIYA, "name": "Priya Raman"}
    assert row["created_at"] == "2026-09-21T14:13:20Z"
    assert logs_of(priya, item) == [row]


def test_a_status_beside_the_comment_moves_the_item(priya: Caller, item: int) -> None:
    row = priya.comment(item, comment="Done", status="ready_for_review").json()

    assert row["status"] == "Ready For Review"
    assert priya.show(item).json()["status"] == "ready_for_review"
    assert len(logs_of(priya, item)) == 1


def test_a_status_inside_the_wrapper_is_ignored(sandbox: Checked, priya: Caller, item: int) -> None:
    priya.send(
        "POST",
        f"/rest/v1.0/observations/items/{item}/response_logs",
        {"project_id": HARBOR_POINT, "response_log": {"comment": "x", "status": "closed"}},
    )

    assert priya.show(item).json()["status"] == "initiated"
    assert sandbox.problems == ["unknown body field: response_log.status"]
    sandbox.problems.clear()


def test_logs_come_oldest_first_in_pages(priya: Caller, item: int, clock: Clock) -> None:
    for text in ("one", "two", "three"):
        priya.comment(item, comment=text)
        clock.now += 1

    assert [log["comment"] for log in logs_of(priya, item)] == ["one", "two", "three"]
    assert [log["comment"] for log in logs_of(priya, item, per_page=2, page=2)] == ["three"]
    assert "updated_at" not in logs_of(priya, item)[0]


def test_the_project_list_has_updated_at_and_its_filter(priya: Caller, item: int, clock: Clock) -> None:
    priya.comment(item, comment="early")
    clock.now += 100
    late = priya.comment(item, comment="late").json()["id"]

    rows = priya.get(PROJECT_LOGS).json()
    assert [(row["comment"], row["updated_at"]) for row in rows] == [
        ("early", "2026-09-21T14:13:20Z"),
        ("late", "2026-09-21T14:15:00Z"),
    ]
    assert rows[0]["created_by_name"] == "Priya Raman"
    since = {"filters[updated_at]": "2026-09-21T14:14:00Z...2026-09-22"}
    assert [row["id"] for row in priya.get(PROJECT_LOGS, **since).json()] == [late]
    assert [row["id"] for row in priya.get(PROJECT_LOGS, **{"filters[id]": late}).json()] == [late]


def test_seeded_comments_are_there(priya: Caller) -> None:
    assert [log["comment"] for log in logs_of(priya, 9001, RIVERSIDE)] == ["Plumber called for Tuesday."]


def test_a_log_needs_a_comment_a_status_or_a_file(priya: Caller, item: int) -> None:
    assert priya.comment(item).status == 400
    assert priya.comment(item, comment="").status == 400
    assert priya.comment(item, comment=5).status == 400
    assert priya.comment(item, status="closed").status == 201
    assert priya.comment(item, upload_ids=[priya.upload(b"x")]).json()["comment"] is None


def test_files_hang_on_a_log(priya: Caller, item: int) -> None:
    row = priya.comment(item, comment="See", upload_ids=[priya.upload(b"x", "plan é.pdf")]).json()

    assert row["attachments"][0]["filename"] == "plan é.pdf"
    assert logs_of(priya, item)[0]["attachments"] == row["attachments"]
    assert priya.show(item).json()["attachments"] == []


def test_a_comment_moves_the_items_time_unless_told(clock: Clock) -> None:
    for bumps, expected in ((True, "2026-09-21T14:14:20Z"), (False, "2026-09-21T14:13:20Z")):
        clock.now = 1_790_000_000.0
        priya = caller(make_sandbox(clock, log_bumps_item=bumps), PRIYA)
        item = int(priya.observe().json()["id"])
        clock.now += 60
        priya.comment(item, comment="x")
        assert priya.show(item).json()["updated_at"] == expected


def test_who_may_set_which_status(priya: Caller, marcus: Caller, item: int) -> None:
    assert marcus.comment(item, comment="Only words").status == 201
    assert marcus.comment(item, comment="x", status="closed").status == 403
    assert marcus.comment(item, comment="x", status="ready_for_review").status == 403
    priya.patch(item, assignee_ids=[MARCUS])
    assert marcus.comment(item, comment="x", status="ready_for_review").status == 201
    assert marcus.comment(item, comment="x", status="closed").status == 403
    assert priya.comment(item, comment="x", status="open").status == 400
    assert priya.comment(item, comment="x", status="draft").status == 422


def test_a_log_cannot_be_changed_or_deleted(priya: Caller, item: int) -> None:
    log = priya.comment(item, comment="x").json()["id"]
    path = f"/rest/v1.0/observations/items/{item}/response_logs/{log}"

    for method in ("PATCH", "DELETE"):
        assert priya.send(method, path, {}).status == 404


def test_the_distribution_list_is_told_of_comments_and_status_changes(
    sandbox: Checked, priya: Caller, item: int
) -> None:
    priya.comment(item, comment="to nobody")
    assert sandbox.state.emails == []
    priya.patch(item, distribution_member_ids=[MARCUS])
    priya.comment(item, comment="to Marcus")
    priya.patch(item, status="closed")

    assert [(email.kind, email.to) for email in sandbox.state.emails] == [
        ("response_log", ("marcus.lindqvist@northwind.example",)),
        ("status", ("marcus.lindqvist@northwind.example",)),
    ]


def test_logs_of_a_recycled_item_are_gone_from_the_lists(priya: Caller, item: int) -> None:
    priya.comment(item, comment="x")
    priya.send("DELETE", f"/rest/v1.0/projects/{HARBOR_POINT}/observations/items/{item}")

    assert priya.get(PROJECT_LOGS).json() == []
    assert priya.comment(item, comment="y").status == 404
