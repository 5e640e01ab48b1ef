"""Hooks and triggers: who may keep them, what they may want, and how the v2.0 answers look."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.sandbox_procore.desk import Caller, Checked, Clock, caller, make_sandbox, service
from tests.unit.sandbox_procore.hooks import ADDRESS, BASE, hooked, receive

from sandbox.procore import Fault, ProcoreSandbox, SandboxSettings, demo_world
from sandbox.procore.demo import HARBOR_POINT, MARCUS, NORTHWIND, PRIYA, RIVERSIDE
from sandbox.procore.world import SeedHook

GIVEN = {"payload_version": "v2.0", "namespace": "plumbline", "destination_url": ADDRESS}
SECOND = {"destination_headers": {"Authorization": "Bearer second"}}


def test_a_hook_is_shown_with_text_ids_and_a_masked_secret(priya: Caller) -> None:
    hook = hooked(priya)

    assert priya.get(f"{BASE}/hooks/{hook}").json() == {
        "data": {
            "id": hook, "status": "active", "payload_version": "v2.0", "namespace": "plumbline",
            "destination_url": ADDRESS, "destination_headers": {"Authorization": "*****bcdef"},
            "trigger_count": 4, "company_id": str(NORTHWIND), "project_id": str(HARBOR_POINT),
            "created_at": "2026-09-21T14:13:20Z", "updated_at": "2026-09-21T14:13:20Z",
        }
    }  # fmt: skip


def test_a_list_has_ten_rows_a_page_and_counts_triggers_when_asked(priya: Caller) -> None:
    for n in range(12):
        priya.send("POST", f"{BASE}/hooks", GIVEN | {"namespace": f"app-{n}"})
    first = priya.get(f"{BASE}/hooks")

    assert (len(first.json()["data"]), first.header("Total"), first.header("Per-Page")) == (10, "12", "10")
    assert 'rel="next"' in (first.header("Link") or "")
    assert "trigger_count" not in first.json()["data"][0]
    (row,) = priya.get(f"{BASE}/hooks", namespace="app-3", include_trigger_count="true").json()["data"]
    assert (row["namespace"], row["trigger_count"]) == ("app-3", 0)
    assert len(priya.get(f"{BASE}/hooks", per_page=500).json()["data"]) == 12
    assert priya.get(f"{BASE}/hooks", payload_version="v4.0").json()["data"] == []


def test_a_patch_changes_what_is_sent_and_a_delete_takes_the_triggers_along(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    hook = hooked(priya)
    clock.now += 60
    changed = priya.send("PATCH", f"{BASE}/hooks/{hook}", SECOND).json()["data"]

    assert changed["destination_headers"] == {"Authorization": "*****econd"}
    assert (changed["destination_url"], changed["updated_at"]) == (ADDRESS, "2026-09-21T14:14:20Z")
    assert priya.send("DELETE", f"{BASE}/hooks/{hook}").status == 204
    assert priya.get(f"{BASE}/hooks/{hook}").status == 404
    assert sandbox.state.triggers == {}
    assert [one["namespace"] for one in sandbox.journal.effects("hook_deleted")] == ["plumbline"]


def test_triggers_are_listed_and_taken_back_one_by_one_or_in_bulk(priya: Caller) -> None:
    hook = hooked(priya)
    rows = priya.get(f"{BASE}/hooks/{hook}/triggers").json()["data"]

    assert rows[0] == {
        "id": rows[0]["id"], "webhook_hook_id": hook, "resource_name": "Observation Items",
        "event_type": "create", "company_id": str(NORTHWIND), "project_id": str(HARBOR_POINT),
    }  # fmt: skip
    one, *more = (row["id"] for row in rows)
    assert priya.send("DELETE", f"{BASE}/hooks/{hook}/triggers/{one}").status == 204
    assert priya.send("DELETE", f"{BASE}/hooks/{hook}/triggers/{one}").status == 404
    both = priya.send("DELETE", f"{BASE}/hooks/{hook}/triggers/bulk", [more[0], one])
    assert (both.status, both.json()) == (207, {"data": {"succeeded": [more[0]], "failed": [one]}})
    all_of = priya.send("DELETE", f"{BASE}/hooks/{hook}/triggers/bulk", more[1:])
    assert (all_of.status, all_of.json()) == (200, {"data": {"succeeded": more[1:]}})


def test_a_bulk_with_a_bad_trigger_makes_the_others_and_answers_207(sandbox: Checked, priya: Caller) -> None:
    hook = hooked(priya, wanted=())
    rows = [
        {"resource_name": "Observation Items", "event_type": "update"},
        {"resource_name": "Observation Item Response Logs", "event_type": "update"},
        {"resource_name": "Drawing Revisions", "event_type": "create"},
        {"resource_name": "Observation Items", "event_type": "update"},
        "create",
    ]
    answer = priya.send("POST", f"{BASE}/hooks/{hook}/triggers/bulk", rows)

    assert answer.status == 207
    assert [one["event_type"] for one in answer.json()["data"]["succeeded"]] == ["update"]
    assert [one["message"] for one in answer.json()["data"]["failed"]] == [
        "Observation Item Response Logs has no event update",
        "Drawing Revisions is not a resource of this scope",
        "has already been taken",
        "must be an object with resource_name and event_type",
    ]
    assert sandbox.problems.pop() == "body field [] is no object: 'create'"
    single = priya.send("POST", f"{BASE}/hooks/{hook}/triggers", rows[1])
    assert single.status == 400
    assert priya.send("POST", f"{BASE}/hooks/{hook}/triggers/bulk", {}).status == 400


def test_the_resources_are_those_of_the_scope_and_may_lack_some(sandbox: Checked, priya: Caller) -> None:
    def names(base: str = BASE) -> dict[str, list[str]]:
        rows = priya.get(f"{base}/resources", payload_version="v2.0", per_page=100).json()["data"]
        return {row["name"]: row["actions"] for row in rows}

    assert names()["Observation Item Response Logs"] == ["create"]
    assert names()["Observation Items"] == ["create", "update", "delete"]
    left_out = {"left_out_resources": ("Observation Item Response Logs",)}
    sandbox.settings = sandbox.settings.model_copy(update=left_out)
    assert "Observation Item Response Logs" not in names()
    assert names(f"/rest/v2.0/companies/{NORTHWIND}/webhooks")["Projects"] == ["create", "update"]
    assert priya.get(f"{BASE}/resources").status == 400
    assert priya.get(f"{BASE}/resources", payload_version="v1.0").status == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"payload_version": "v9.0"}, {"namespace": "Plumb line"}, {"namespace": None},
        {"destination_url": "http://hooks.example/1"}, {"destination_url": "https:///1"},
        {"destination_url": 5}, {"destination_headers": "Bearer"},
    ],
)  # fmt: skip
def test_a_malformed_hook_is_refused(priya: Caller, wrong: dict[str, Any]) -> None:
    answer = priya.send("POST", f"{BASE}/hooks", GIVEN | wrong)

    assert answer.status == 400
    assert list(answer.json()["errors"]) == list(wrong)
    assert priya.get(f"{BASE}/hooks").json()["data"] == []


def test_plain_http_is_for_this_machine_or_by_setting(sandbox: Checked, priya: Caller) -> None:
    plain = GIVEN | {"destination_url": "http://gateway.example/1"}

    assert (
        priya.send("POST", f"{BASE}/hooks", GIVEN | {"destination_url": "http://127.0.0.1:1/x"}).status == 201
    )
    assert priya.send("POST", f"{BASE}/hooks", plain).status == 400
    sandbox.settings = sandbox.settings.model_copy(update={"plain_http_destinations": True})
    assert priya.send("POST", f"{BASE}/hooks", plain).status == 201


def test_a_bad_status_or_filter_is_refused(priya: Caller) -> None:
    hook = hooked(priya)

    assert priya.send("PATCH", f"{BASE}/hooks/{hook}", {"status": "asleep"}).status == 400
    assert priya.get(f"{BASE}/hooks/{hook}/deliveries", **{"filter[status]": "delivered"}).status == 400


def test_a_person_needs_admin_on_the_admin_tool(sandbox: Checked, priya: Caller, marcus: Caller) -> None:
    hook = hooked(priya)

    assert marcus.get(f"{BASE}/hooks").status == 403
    assert marcus.send("DELETE", f"{BASE}/hooks/{hook}").status == 403
    assert marcus.get(f"/rest/v2.0/companies/{NORTHWIND}/webhooks/hooks").status == 403


def test_a_service_account_needs_standard_on_webhooks_api(sandbox: Checked) -> None:
    account = service(sandbox)

    assert account.get(f"{BASE}/hooks").status == 200
    assert account.get(f"/rest/v2.0/companies/{NORTHWIND}/webhooks/hooks").status == 200
    other = f"/rest/v2.0/companies/{NORTHWIND}/projects/{RIVERSIDE}/webhooks"
    assert account.get(f"{other}/hooks").status == 403
    person = next(one for one in sandbox.state.people.values() if one.service)
    (member,) = person.memberships
    bare = replace(member, projects={HARBOR_POINT: {"admin": "Admin"}})
    sandbox.state.people[person.id] = replace(person, memberships=(bare,))
    assert account.get(f"{BASE}/hooks").status == 403
    assert "webhooks_api" in account.get(f"{BASE}/hooks").json()["errors"][0]


def test_a_hook_of_another_project_or_scope_is_not_found(priya: Caller) -> None:
    hook = hooked(priya)
    other = f"/rest/v2.0/companies/{NORTHWIND}/projects/{RIVERSIDE}/webhooks"

    assert priya.get(f"{other}/hooks/{hook}").status == 404
    assert priya.get(f"/rest/v2.0/companies/{NORTHWIND}/webhooks/hooks/{hook}").status == 404


def test_a_second_hook_of_a_namespace_is_a_setting(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    assert priya.send("POST", f"{BASE}/hooks", GIVEN).status == 201
    sandbox.settings = sandbox.settings.model_copy(update={"one_hook_per_namespace": True})

    refused = priya.send("POST", f"{BASE}/hooks", GIVEN)
    assert (refused.status, refused.json()) == (400, {"errors": {"namespace": ["has already been taken"]}})
    assert priya.send("POST", f"{BASE}/hooks", GIVEN | {"namespace": "other"}).status == 201


def test_another_apps_hook_can_stand_there_and_hears_for_itself(clock: Clock) -> None:
    foreign = SeedHook(
        7, NORTHWIND, HARBOR_POINT, "siteline", "https://siteline.example/in",
        triggers=(("Observation Items", "create"),),
    )  # fmt: skip
    world = replace(demo_world(), hooks=(foreign,))
    sandbox = ProcoreSandbox(clock, SandboxSettings(), world)
    priya = caller(sandbox, PRIYA)
    hooked(priya)
    priya.observe()

    rows = priya.get(f"{BASE}/hooks").json()["data"]
    assert [(row["id"], row["namespace"]) for row in rows] == [
        ("7", "siteline"),
        (rows[1]["id"], "plumbline"),
    ]
    assert [row["namespace"] for row in priya.get(f"{BASE}/hooks", namespace="plumbline").json()["data"]] == [
        "plumbline"
    ]
    assert {one.url for one in sandbox.deliveries_due()} == {ADDRESS, "https://siteline.example/in"}


def test_a_disabled_hook_hears_nothing_and_what_waited_is_discarded(priya: Caller, sandbox: Checked) -> None:
    hook = hooked(priya)
    priya.observe()
    priya.send("PATCH", f"{BASE}/hooks/{hook}", {"status": "disabled"})
    priya.observe()

    assert receive(sandbox) == []
    rows = priya.get(f"{BASE}/hooks/{hook}/deliveries").json()["data"]
    assert [row["status"] for row in rows] == ["discarded"]
    priya.send("PATCH", f"{BASE}/hooks/{hook}", {"status": "active"})
    priya.observe()
    assert len(receive(sandbox)) == 1


def test_no_state_changes_when_a_hook_call_has_no_effect(clock: Clock) -> None:
    sandbox = make_sandbox(clock)
    priya = caller(sandbox, PRIYA)
    hook = hooked(priya)
    priya.observe(assignee_id=MARCUS)
    sandbox.faults += [Fault(method="PATCH", kind="no_effect"), Fault(method="DELETE", kind="no_effect")]
    moved = {"destination_url": "https://elsewhere.example/1"}
    assert priya.send("PATCH", f"{BASE}/hooks/{hook}", moved).json()["data"]["destination_url"].endswith("/1")
    assert priya.send("DELETE", f"{BASE}/hooks/{hook}").status == 204
    assert priya.get(f"{BASE}/hooks/{hook}").json()["data"]["destination_url"] == ADDRESS
    assert [one.url for one in sandbox.deliveries_due()] == [ADDRESS]
