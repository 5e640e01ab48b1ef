"""Observations: create, show, update, who may."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.sandbox_procore.desk import JSON, Caller, Checked, Clock, caller, make_sandbox, service

from sandbox.http import Request
from sandbox.procore.demo import DANA, HARBOR_POINT, MARCUS, PRIYA, RIVERSIDE, SERVICE

ITEMS = "/rest/v1.0/observations/items"


def made(who: Caller, **fields: Any) -> int:
    answer = who.observe(**fields)
    assert answer.status == 201, answer.body
    return int(answer.json()["id"])


def test_a_new_observation_has_the_defaults_of_procore(priya: Caller) -> None:
    whole = priya.observe().json()

    assert whole["id"] == 598134326000001
    assert whole["number"] == "1"
    assert whole["status"] == "initiated"
    assert whole["personal"] is False
    assert whole["created_at"] == whole["updated_at"] == "2026-09-21T14:13:20Z"
    assert whole["created_by"]["id"] == PRIYA
    assert whole["attachments"] == []


def test_all_fields_of_a_create_are_kept(priya: Caller) -> None:
    whole = priya.observe(
        description="Line one\nline two\n\n<b> & done",
        status="ready_for_review",
        priority="Urgent",
        due_date="2026-10-01",
        trade_id=8003,
        assignee_id=MARCUS,
        distribution_member_ids=[PRIYA, MARCUS],
        personal=True,
        number=77,
        type_id=7004,
    ).json()

    assert whole["description"] == "Line one\nline two\n\n<b> & done"
    assert whole["description_rich_text"] == "<p>Line one<br>line two</p><p>&lt;b&gt; &amp; done</p>"
    assert (whole["status"], whole["priority"]) == ("ready_for_review", "Urgent")
    assert (whole["due_date"], whole["number"], whole["personal"]) == ("2026-10-01", "77", True)
    assert whole["trade"]["name"] == "Building Automation & Controls"
    assert whole["assignee"]["id"] == MARCUS
    assert [one["id"] for one in whole["assignees"]] == [MARCUS]
    assert whole["distribution_members"][0]["login"] == "priya.raman@northwind.example"
    assert whole["type"]["observations_category"] == {"id": 12, "name": "quality", "grouping": "quality"}


def test_the_detail_leaves_out_what_is_not_set(priya: Caller) -> None:
    whole = priya.show(made(priya)).json()

    absent = {"assignee", "trade", "location", "due_date", "closed_at", "distribution_members", "priority"}
    assert absent.isdisjoint(whole)


def test_a_setting_makes_the_detail_send_nulls(clock: Clock) -> None:
    whole = caller(make_sandbox(clock, detail_nulls=True), PRIYA).observe().json()

    assert whole["trade"] is None
    assert whole["due_date"] is None


def test_ids_are_numbers_beyond_32_bits(priya: Caller) -> None:
    item = made(priya)

    assert item > 2**32
    assert priya.show(item).json()["id"] == item


def test_numbers_count_per_project(priya: Caller) -> None:
    assert [priya.observe().json()["number"] for _ in range(2)] == ["1", "2"]
    assert priya.observe(RIVERSIDE).json()["number"] == "3"


def test_the_wrapper_is_required(priya: Caller) -> None:
    answer = priya.send("POST", ITEMS, {"project_id": HARBOR_POINT, "name": "x", "type_id": 7001})

    assert answer.status == 400
    assert answer.json() == {"errors": ["param is missing or the value is empty: observation"]}


def test_the_project_belongs_in_the_body(priya: Caller) -> None:
    body = {"observation": {"name": "x", "type_id": 7001}}

    assert priya.send("POST", f"{ITEMS}?project_id={HARBOR_POINT}", body).status == 400


def test_a_body_that_is_no_json_object_is_refused(sandbox: Checked, priya: Caller) -> None:
    def post(headers: dict[str, str], body: bytes) -> int:
        company = {"authorization": f"Bearer {priya.token}", "procore-company-id": str(priya.company)}
        return sandbox.handle(Request("POST", ITEMS, (), company | headers, body)).status

    assert post(JSON, b"{") == 400
    assert post(JSON, b"[]") == 400
    assert post({"content-type": "text/plain"}, b"{}") == 406


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": 5}, "name"),
        ({"type_id": None}, "type_id"),
        ({"type_id": 1}, "type_id"),
        ({"type_id": 7050}, "type_id"),
        ({"type_id": 7070}, "type_id"),
        ({"type_id": 7090}, "type_id"),
        ({"status": "open"}, "status"),
        ({"status": "Closed"}, "status"),
        ({"priority": "high"}, "priority"),
        ({"description": 5}, "description"),
        ({"trade_id": 8090}, "trade_id"),
        ({"assignee_id": MARCUS, "assignee_ids": [MARCUS]}, "assignee_ids"),
        ({"assignee_ids": MARCUS}, "assignee_ids"),
        ({"distribution_member_ids": [1]}, "distribution_members"),
        ({"upload_ids": ["nothing"]}, "upload_ids"),
        ({"upload_ids": "nothing"}, "upload_ids"),
        ({"created_by_id": 1}, "created_by_id"),
    ],
)
def test_a_bad_field_is_refused_by_name_and_nothing_is_made(
    sandbox: Checked, priya: Caller, fields: dict[str, Any], field: str
) -> None:
    answer = priya.observe(**fields)

    assert answer.status == 400
    assert list(answer.json()["errors"]) == [field]
    assert priya.items().json() == []
    assert sandbox.journal.effects("observation_created") == []


def test_draft_breaks_a_business_rule(priya: Caller) -> None:
    assert priya.observe(status="draft").status == 422


def test_an_inactive_type_may_not_be_used_elsewhere_either(priya: Caller) -> None:
    assert priya.observe(RIVERSIDE, type_id=7070).status == 201
    assert priya.observe(RIVERSIDE, type_id=7060).status == 400


def test_unknown_keys_are_ignored_without_a_word(sandbox: Checked, priya: Caller) -> None:
    answer = priya.observe(custom_fields={"a": 1}, colour="red")

    assert answer.status == 201
    assert "colour" not in answer.json()
    assert sandbox.problems[-1] == "unknown body field: observation.colour"
    sandbox.problems.clear()


@pytest.mark.parametrize(
    ("given", "kept"),
    [("soon", None), ("31/12/2026", None), (5, None), ("2026-12-31T10:00:00Z", "2026-12-31"), (None, None)],
)
def test_a_malformed_due_date_is_stored_as_null(
    sandbox: Checked, priya: Caller, given: Any, kept: str | None
) -> None:
    answer = priya.observe(due_date=given)

    assert answer.status == 201
    assert answer.json().get("due_date") == kept
    # A number is no documented date, and the check says so.
    sandbox.problems.clear()


def test_length_limits_are_settings(clock: Clock) -> None:
    priya = caller(make_sandbox(clock, name_limit=5, text_limit=6), PRIYA)

    assert priya.observe(name="12345", description="123456").status == 201
    assert priya.observe(name="123456").status == 400
    assert priya.observe(name="1", description="1234567").status == 400
    assert priya.comment(598134326000001, comment="1234567").status == 400


def test_only_an_admin_names_another_author(priya: Caller, marcus: Caller) -> None:
    assert priya.observe(created_by_id=MARCUS).json()["created_by"]["id"] == MARCUS
    assert marcus.observe(created_by_id=PRIYA).status == 403


@pytest.mark.parametrize("person", [DANA, SERVICE, 1])
def test_an_assignee_must_be_assignable(priya: Caller, person: int) -> None:
    assert priya.observe(assignee_ids=[person]).status == 403


def test_an_update_changes_what_is_sent_and_no_more(priya: Caller, clock: Clock) -> None:
    item = made(priya, description="Old", priority="Low")
    clock.now += 60
    whole = priya.patch(item, priority="High").json()

    assert (whole["priority"], whole["description"]) == ("High", "Old")
    assert (whole["created_at"], whole["updated_at"]) == ("2026-09-21T14:13:20Z", "2026-09-21T14:14:20Z")


def test_an_update_that_changes_nothing_leaves_the_time(priya: Caller, clock: Clock) -> None:
    item = made(priya, priority="Low")
    clock.now += 60

    assert (
        priya.patch(item, priority="Low", status="initiated").json()["updated_at"] == "2026-09-21T14:13:20Z"
    )


def test_null_clears_what_can_be_empty(priya: Caller) -> None:
    item = made(priya, priority="Low", due_date="2026-12-01", trade_id=8001, assignee_id=MARCUS)
    whole = priya.patch(
        item, priority=None, due_date=None, trade_id=None, assignee_id=None, description=None
    ).json()

    assert {"priority", "due_date", "trade", "assignee", "description"}.isdisjoint(whole)


def test_a_status_change_adds_a_log_without_a_comment(priya: Caller) -> None:
    item = made(priya)
    priya.patch(item, status="closed")
    logs = priya.get(f"{ITEMS}/{item}/response_logs", project_id=HARBOR_POINT).json()

    assert [(log["status"], log["comment"]) for log in logs] == [("Closed", None)]
    assert priya.show(item).json()["closed_at"] == "2026-09-21T14:13:20Z"
    assert "closed_at" not in priya.patch(item, status="not_accepted").json()


def test_a_standard_person_edits_the_own_items_only(priya: Caller, marcus: Caller) -> None:
    own, other = made(marcus), made(priya)

    assert marcus.patch(own, name="Mine").status == 200
    assert marcus.patch(other, name="Not mine").status == 403
    assert priya.patch(own, name="Admin may").status == 200


def test_a_personal_item_is_seen_by_those_involved(sandbox: Checked, priya: Caller, marcus: Caller) -> None:
    hidden = made(priya, personal=True)
    shared = made(priya, personal=True, assignee_ids=[MARCUS])

    assert marcus.show(hidden).status == 404
    assert marcus.show(shared).status == 200
    assert [row["id"] for row in marcus.items().json()] == [shared]
    assert len(service(sandbox).items().json()) == 2


def test_an_unknown_item_is_not_found(priya: Caller) -> None:
    item = made(priya)

    assert priya.show(1).status == 404
    assert priya.show(item, RIVERSIDE).status == 404
    assert priya.patch(1, name="x").status == 404


def test_the_statuses_follow_the_rights(priya: Caller, marcus: Caller) -> None:
    path = f"/rest/v1.0/projects/{HARBOR_POINT}/observations/items/statuses"
    item = made(priya)

    assert priya.get(path).json()[1] == {"value": "ready_for_review", "label": "Ready For Review"}
    assert len(priya.get(path, id=item).json()) == 4
    assert [one["value"] for one in marcus.get(path, id=item).json()] == ["ready_for_review"]


def test_an_email_is_sent_for_one_observation(sandbox: Checked, priya: Caller) -> None:
    item = made(priya)
    target = f"{ITEMS}/{item}/send_email?project_id={HARBOR_POINT}"

    assert sandbox.state.emails == []
    assert priya.send("POST", target, {"subject": "Look", "distribution_ids": [MARCUS]}).status == 200
    assert [(email.to, email.subject) for email in sandbox.state.emails] == [
        (("marcus.lindqvist@northwind.example",), "Look")
    ]
    assert priya.show(item).json()["date_notified"] == "2026-09-21"
    assert priya.send("POST", target, {"subject": "To nobody"}).status == 400
    assert priya.send("POST", target, {"distribution_ids": [1]}).status == 400
    missing = f"{ITEMS}/1/send_email?project_id={HARBOR_POINT}"
    assert priya.send("POST", missing, {"distribution_ids": [MARCUS]}).status == 404


DISTRIBUTION = f"/rest/v1.0/observations/default_distribution?project_id={HARBOR_POINT}"


def test_the_default_distribution_is_what_the_project_names(sandbox: Checked, priya: Caller) -> None:
    assert priya.send("GET", DISTRIBUTION).json() == []

    project = sandbox.state.projects[HARBOR_POINT]
    sandbox.state.projects[HARBOR_POINT] = replace(project, default_distribution=(MARCUS, DANA))

    assert priya.send("GET", DISTRIBUTION).json() == [
        {"id": MARCUS, "login": "marcus.lindqvist@northwind.example", "name": "Marcus Lindqvist"},
        {"id": DANA, "login": "dana.whitfield@northwind.example", "name": "Dana Whitfield"},
    ]
    assert [row["id"] for row in priya.send("GET", f"{DISTRIBUTION}&per_page=1&page=2").json()] == [DANA]


def test_the_default_distribution_is_for_those_who_may_read_observations(
    sandbox: Checked, priya: Caller
) -> None:
    assert caller(sandbox, DANA).send("GET", DISTRIBUTION).status == 403
    assert priya.get("/rest/v1.0/observations/default_distribution", project_id=1).status == 404
