from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.sandbox_cxalloy.small_world import NOW, by_hand, get, held, post, signed, small_sandbox

from sandbox.cxalloy import CxAlloySandbox, CxAlloyWorld
from sandbox.http import Request


def issue(sandbox: CxAlloySandbox, issue_id: str = "101", *include: str) -> Any:
    answer = post(sandbox, "/issue", {"project_id": "7", "issue_id": issue_id, "include": list(include)})
    (record,) = answer.json()["records"]
    return record


def test_a_call_without_a_signature_is_refused() -> None:
    answer = small_sandbox().handle(Request("GET", "/api/v1/project"))

    assert (answer.status, answer.json()) == (401, {"error": "Unknown or inactive API key"})


def test_a_body_changed_after_signing_is_refused() -> None:
    request = replace(signed("POST", "/issue", b'{"project_id":"7"}'), body=b'{"project_id":"8"}')

    answer = small_sandbox().handle(request)

    assert (answer.status, answer.json()) == (401, {"error": "Signature does not match"})


def test_the_same_json_in_other_bytes_is_refused() -> None:
    request = replace(signed("POST", "/issue", b'{"project_id":"7"}'), body=b'{"project_id": "7"}')

    assert small_sandbox().handle(request).status == 401


@pytest.mark.parametrize("timestamp", ["1779999699", "1780000301", "", "now"])
def test_a_timestamp_far_from_the_clock_is_refused(timestamp: str) -> None:
    answer = small_sandbox().handle(signed("GET", "/project", timestamp=timestamp))

    assert answer.json() == {"error": "Timestamp is missing or too far from the server's clock"}


def test_the_project_list_is_a_bare_array() -> None:
    records = get(small_sandbox(odd_values=False), "/project").json()

    assert [record["project_id"] for record in records] == ["7", "8"]


def test_a_key_of_one_project_sees_no_other() -> None:
    sandbox = small_sandbox()

    assert [record["name"] for record in get(sandbox, "/project", key="north-only").json()] == [
        "North Hospital"
    ]
    assert get(sandbox, "/project/8", key="north-only").status == 404
    assert post(sandbox, "/issue", {"project_id": "8"}, key="north-only").status == 404
    move = {"project_id": "8", "issue_id": "104", "status_id": "3"}
    assert post(sandbox, "/issue_update", move, key="north-only").status == 404
    assert held(sandbox, "104").status_id == "2"


def test_an_issue_list_is_an_envelope_with_its_total() -> None:
    answer = post(small_sandbox(), "/issue", {"project_id": 7, "page": 2, "perpage": 2}).json()

    assert (answer["total_count"], answer["page"], len(answer["records"])) == (3, 2, 1)


def test_the_envelope_can_be_switched_to_a_bare_array() -> None:
    assert len(post(small_sandbox(envelope=False), "/issue", {"project_id": 7}).json()) == 3


def test_a_page_holds_at_most_500_records() -> None:
    many = [{"issue_id": i, "project_id": 7, "name": f"N-{i}", "status_id": 1} for i in range(1, 502)]
    world = {
        "projects": [{"project_id": 7, "name": "P"}],
        "statuses": [{"id": 1, "name": "Open"}],
        "issues": many,
    }
    keyed = small_sandbox().world.account.model_dump()
    sandbox = CxAlloySandbox(lambda: NOW, CxAlloyWorld.model_validate({**world, "account": keyed}))

    first = post(sandbox, "/issue", {"project_id": 7, "perpage": 5000}).json()
    second = post(sandbox, "/issue", {"project_id": 7, "perpage": 5000, "page": 2}).json()

    assert (len(first["records"]), len(second["records"]), first["total_count"]) == (500, 1, 501)


def test_an_issue_record_holds_names_next_to_ids_and_us_dates() -> None:
    record = issue(small_sandbox(odd_values=False))

    assert (record["status_id"], record["status"]) == ("2", "Ready to copy")
    assert (record["asset_name"], record["assigned_name"]) == ("AHU-1", "Ana Díaz")
    assert (record["due_date"], record["date_created"]) == ("06/30/2026", "05/01/2026")
    assert "updated_at" not in record
    assert "comments" not in record


def test_comments_come_newest_first_with_their_own_date_format() -> None:
    comments = issue(small_sandbox(odd_values=False), "101", "comments")["comments"]

    assert [comment["comment"] for comment in comments] == ["second", "first"]
    assert comments[0]["date_created"] == "05/03/2026 09:30:00 UTC"
    assert comments[0]["fk_issue"] == "101"


def test_status_visits_come_in_the_third_date_format_joined_by_line_feeds() -> None:
    sandbox = small_sandbox()
    for status in ("3", "2", "3"):
        by_hand(sandbox, "/issues/101/status", {"status_id": status})

    visits = issue(sandbox, "101", "extended_status")["extended_status"]

    assert visits["copied_(gc)_date"] == "2026-05-28 20:26:40\n2026-05-28 20:26:40"
    assert visits["ready_to_copy_person"] == "person:A person"


def test_ids_are_mixed_and_empties_come_in_three_kinds() -> None:
    kinds, empties = set(), set()
    for salt in range(12):
        record = issue(small_sandbox(salt=salt), "102")
        kinds.add(type(record["issue_id"]).__name__)
        empties.add(repr(record.get("asset_key", "absent")))

    assert kinds == {"str", "int"}
    assert empties == {"''", "None", "'absent'"}


def test_an_id_with_a_leading_zero_stays_text() -> None:
    sandbox = small_sandbox()
    sandbox.world.issues[0].asset_key = "071"
    sandbox.world.assets[0].asset_key = "071"

    assert {issue(sandbox)["asset_key"] for sandbox.settings in [sandbox.settings]} == {"071"}


def test_the_issue_filter_can_be_ignored() -> None:
    answer = post(small_sandbox(issue_filter="ignored"), "/issue", {"project_id": 7, "issue_id": "101"})

    assert len(answer.json()["records"]) == 3


def test_an_update_sets_the_status_and_writes_the_effect_down() -> None:
    sandbox = small_sandbox()

    answer = post(sandbox, "/issue_update", {"project_id": 7, "issue_id": 101, "status_id": 3})

    assert answer.status == 200
    assert held(sandbox, "101").status_id == "3"
    (effect,) = sandbox.effects
    assert (effect.what, effect.by, effect.detail) == (
        "issue changed",
        "demo-key",
        {"changes": {"status_id": {"old": "2", "new": "3"}}, "sent": {"status_id": 3}},
    )
    assert effect.at == "2026-05-28T20:26:40Z"


def test_an_update_can_change_other_fields() -> None:
    sandbox = small_sandbox()
    body = {
        "project_id": 7,
        "issue_id": 103,
        "description": "new",
        "priority_id": 11,
        "due_date": "07/01/2026",
    }

    post(sandbox, "/issue_update", body)

    changed = held(sandbox, "103")
    assert (changed.description, changed.priority_id, str(changed.due_date)) == ("new", "11", "2026-07-01")


def test_an_unknown_status_is_refused_and_changes_nothing() -> None:
    sandbox = small_sandbox()

    answer = post(sandbox, "/issue_update", {"project_id": 7, "issue_id": 101, "status_id": 99})

    assert (answer.status, answer.json()) == (422, {"error": "Unknown status 99"})
    assert held(sandbox, "101").status_id == "2"


def test_a_refusal_can_come_as_a_200() -> None:
    answer = post(small_sandbox(errors_as_200=True), "/issue_update", {"project_id": 7, "issue_id": "nope"})

    assert (answer.status, answer.json()) == (200, {"error": "Issue not found", "message": "Issue not found"})


def test_a_read_only_key_writes_nothing() -> None:
    sandbox = small_sandbox()

    move = {"project_id": 7, "issue_id": 101, "status_id": 3}
    answers = [post(sandbox, path, move, key="reader").status for path in ("/issue_update", "/issue_delete")]

    assert answers == [403, 403]
    assert sandbox.effects == []


def test_a_created_issue_starts_in_the_initial_status() -> None:
    sandbox = small_sandbox()

    made = post(sandbox, "/issue_create", {"project_id": 7, "description": "new one"}).json()

    assert (held(sandbox, made["issue_id"]).status_id, made["name"]) == ("1", "ISS-4")


def test_a_comment_is_added_and_an_empty_one_refused() -> None:
    sandbox = small_sandbox()
    target = {"project_id": 7, "issue_id": 103}

    made = post(sandbox, "/issuecomment_create", {**target, "comment": "Привет"}).json()

    assert made == {"issuecomment_id": held(sandbox, "103").comments[0].issuecomment_id}
    assert held(sandbox, "103").comments[0].comment == "Привет"
    assert post(sandbox, "/issuecomment_create", {**target, "comment": ""}).status == 422


def test_an_undone_deletion_brings_the_issue_back_with_its_id() -> None:
    sandbox = small_sandbox()
    post(sandbox, "/issue_delete", {"project_id": 7, "issue_id": 103})
    gone = post(sandbox, "/issue", {"project_id": 7}).json()["total_count"]

    by_hand(sandbox, "/issues/103/undo")

    assert gone == 2
    assert str(issue(sandbox, "103")["issue_id"]) == "103"


def test_an_unpublished_issue_is_not_seen_and_its_files_neither() -> None:
    sandbox = small_sandbox()

    by_hand(sandbox, "/issues/101/unpublish")

    assert post(sandbox, "/issue", {"project_id": 7}).json()["total_count"] == 2
    assert get(sandbox, "/file", project_id="7").json() == []
    assert get(sandbox, "/file/301/download").status == 404
    by_hand(sandbox, "/issues/101/publish")
    assert get(sandbox, "/file/301/download").status == 200


def test_a_key_can_lose_access() -> None:
    sandbox = small_sandbox()

    by_hand(sandbox, "/keys/demo-key", {"projects": ["8"]})
    assert post(sandbox, "/issue", {"project_id": 7}).status == 404
    by_hand(sandbox, "/keys/demo-key", {"active": False})
    assert get(sandbox, "/project").status == 401


def test_the_hour_of_a_key_ends_with_429_and_begins_anew() -> None:
    sandbox = small_sandbox(hourly_limit=2)
    clock = [NOW]
    sandbox.clock = lambda: clock[0]

    statuses = [get(sandbox, "/project").status for _ in range(3)]
    refused = get(sandbox, "/project")
    other_key = get(sandbox, "/project", key="reader").status
    clock[0] += 2000

    assert statuses == [200, 200, 429]
    assert refused.header("retry-after") == "2000"
    assert other_key == 200
    assert sandbox.handle(signed("GET", "/project", timestamp="1780002000")).status == 200


def test_people_companies_roles_and_assets_come_as_bare_arrays() -> None:
    sandbox = small_sandbox(odd_values=False)

    assert get(sandbox, "/person").json()[0]["email"] == "ana@example.com"
    assert get(sandbox, "/company").json() == [{"company_id": "51", "name": "Aire Ltd"}]
    assert get(sandbox, "/role").json() == [{"role_id": "61", "name": "Cx agent"}]
    assert get(sandbox, "/equipment").json() == [{"equipment_id": "71", "name": "AHU-1"}]


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("POST", "/nothing"), ("PUT", "/issue")])
def test_an_unknown_call_is_not_found(method: str, path: str) -> None:
    assert small_sandbox().handle(signed(method, path)).status == 404


@pytest.mark.parametrize("body", [b"", b"[]", b"{"])
def test_a_body_that_is_no_object_is_refused(body: Any) -> None:
    assert small_sandbox().handle(signed("POST", "/issue", body)).status == 400


def test_page_numbers_that_are_none_are_refused() -> None:
    assert post(small_sandbox(), "/issue", {"project_id": 7, "page": "two"}).status == 400


def test_nothing_is_created_in_a_project_out_of_reach() -> None:
    sandbox = small_sandbox()

    assert post(sandbox, "/issue_create", {"project_id": 8}, key="north-only").status == 404
    assert post(sandbox, "/issue_create", {"project_id": 7, "status_id": 99}).status == 422
    assert len(sandbox.world.issues) == 4


def test_the_oldest_comments_can_come_first() -> None:
    comments = issue(small_sandbox(comments_order="oldest_first"), "101", "comments")["comments"]

    assert [comment["comment"] for comment in comments] == ["first", "second"]
