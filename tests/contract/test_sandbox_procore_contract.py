"""The sandbox Procore speaks as documented, and the check of that has teeth."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.procore_contract import ALLOWED, check_exchange, check_request, find_endpoint
from tests.unit.sandbox_procore.desk import (
    Caller,
    Checked,
    Clock,
    caller,
    make_sandbox,
    put_segment,
    sign_in,
    token_call,
)

from sandbox.procore.demo import CASCADE, HARBOR_POINT, MARCUS, MERIDIAN, NORTHWIND, PRIYA
from sandbox.procore.rest import OAUTH_ROUTES, ROUTES

if TYPE_CHECKING:
    from sandbox.http import Request, Response

ITEMS = "/rest/v1.0/observations/items"
PROJECT = f"/rest/v1.0/projects/{HARBOR_POINT}"
UPLOADS = f"/rest/v1.1/projects/{HARBOR_POINT}/uploads"
DOCUMENTED = [route for route in ROUTES if route.path.startswith("/rest/")]


class Noting(Checked):
    """Remembers which routes gave a success."""

    seen: set[tuple[str, str]]

    def handle(self, request: Request) -> Response:
        response = super().handle(request)
        endpoint = find_endpoint(request.method, request.path)
        if endpoint and response.status < 400:
            self.seen.add((request.method, endpoint["path"]))
        return response


@pytest.fixture(scope="module")
def toured() -> Noting:
    """A sandbox after one call, at least, of everything it offers."""
    sandbox = make_sandbox(Clock())
    sandbox.__class__ = Noting
    noting: Noting = sandbox  # type: ignore[assignment]
    noting.seen = set()
    _tour_oauth(noting)
    priya = caller(noting, PRIYA)
    _tour_company(noting, priya)
    _tour_observations(priya)
    _tour_uploads(priya)
    _tour_places_and_people(priya)
    for scope in (f"companies/{NORTHWIND}", f"companies/{NORTHWIND}/projects/{HARBOR_POINT}"):
        _tour_webhooks(priya, f"/rest/v2.0/{scope}/webhooks")
    return noting


def _tour_oauth(sandbox: Checked) -> None:
    pair = sign_in(sandbox, PRIYA)
    token_call(sandbox, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    token_call(sandbox, grant_type="client_credentials")
    token_call(sandbox, grant_type="refresh_token", refresh_token="used")
    priya = Caller(sandbox, pair["access_token"])
    priya.get("/oauth/token/info")
    asked = "response_type=code&client_id=sandbox-client-id&redirect_uri=http://localhost/x&state=s"
    priya.send("GET", f"/oauth/authorize?{asked}")
    keys = {"client_id": "sandbox-client-id", "client_secret": "not-a-secret-client"}
    priya.send("POST", "/oauth/revoke", keys | {"token": pair["access_token"]})


def _tour_company(sandbox: Checked, priya: Caller) -> None:
    priya.get("/rest/v1.0/me", company_id=NORTHWIND)
    priya.get("/rest/v1.0/companies", page=1, per_page=10)
    priya.get("/rest/v1.1/projects", company_id=NORTHWIND)
    priya.get("/rest/v1.1/projects", company_id=NORTHWIND, view="ids")
    priya.get(PROJECT, company_id=NORTHWIND)
    priya.get("/rest/v1.0/company_base_url")
    priya.get(f"{PROJECT}/users", view="compact", sort="name", **{"filters[search]": "a"})
    priya.get(f"{PROJECT}/users", view="normal")
    priya.get("/rest/v1.0/settings/permissions", project_id=HARBOR_POINT)
    priya.get("/rest/v1.0/settings/permissions", company_id=NORTHWIND)
    priya.get("/rest/v1.0/observations/types", project_id=HARBOR_POINT)
    priya.get("/rest/v1.0/observations/types", company_id=NORTHWIND)
    priya.get(f"{PROJECT}/observation_types", **{"filters[active]": "true"})
    priya.get(f"/rest/v1.0/companies/{NORTHWIND}/observation_types")
    priya.get(f"/rest/v1.0/companies/{NORTHWIND}/trades", **{"filters[active]": "true"})
    priya.get("/rest/v1.0/app_installations", company_id=NORTHWIND)
    elsewhere = caller(sandbox, PRIYA, company=MERIDIAN)
    body = {"company_id": MERIDIAN, "app_uid": "sandbox-client-id", "app_installation": {}}
    elsewhere.send("POST", "/rest/v1.0/app_installations", body)
    asking = caller(sandbox, PRIYA, company=CASCADE)
    wish = {"company_id": CASCADE, "developer_app_id": "sandbox-client-id", "implicit": False}
    asking.send("POST", "/rest/v1.0/installation_requests", wish)
    asking.get("/rest/v1.0/installation_requests", **{**wish, "implicit": "false"})
    asking.get("/rest/v1.1/projects", company_id=CASCADE)


def _tour_observations(priya: Caller) -> None:
    given = {
        "description": "x", "priority": "High", "status": "initiated", "due_date": "2026-10-01",
        "trade_id": 8001, "assignee_id": MARCUS, "distribution_member_ids": [MARCUS], "personal": False,
    }  # fmt: skip
    item = priya.observe(**given, upload_ids=[priya.upload(b"x")]).json()["id"]
    priya.show(item)
    priya.patch(item, status="closed")
    filters = {"filters[status]": "3", "filters[updated_at]": "2026-01-01...2027-01-01"}
    priya.items(view="normal", sort="-created_at", **filters)
    priya.items(view="permissions")
    priya.items(view="ids")
    priya.comment(item, comment="x", status="initiated", upload_ids=[priya.upload(b"y")])
    priya.get(f"{ITEMS}/{item}/response_logs", project_id=HARBOR_POINT)
    priya.get(f"{PROJECT}/observations/response_logs", **{"filters[updated_at]": "2026-01-01...2027-01-01"})
    priya.get(f"{PROJECT}/observations/items/statuses", id=item)
    project = priya.sandbox.state.projects[HARBOR_POINT]
    priya.sandbox.state.projects[HARBOR_POINT] = replace(project, default_distribution=(MARCUS,))
    priya.get("/rest/v1.0/observations/default_distribution", project_id=HARBOR_POINT)
    body = {"subject": "s", "body": "b", "distribution_ids": [MARCUS], "cc_distribution_ids": [PRIYA]}
    priya.send("POST", f"{ITEMS}/{item}/send_email?project_id={HARBOR_POINT}", body)
    priya.send("DELETE", f"{PROJECT}/observations/items/{item}")
    priya.get(f"{PROJECT}/recycle_bin/observations/items", **{"filters[status]": "0"})
    priya.get(f"{PROJECT}/recycle_bin/observations/items/{item}")
    priya.send("PATCH", f"{PROJECT}/recycle_bin/observations/items/{item}/restore")


def _tour_uploads(priya: Caller) -> None:
    row = {"size": 3, "sha256": hashlib.sha256(b"abc").hexdigest(), "md5": "kAFQmDzST7DWlj99KOF/cg=="}
    made = priya.new_upload(response_filename="a", response_content_type="text/plain", segments=[row])
    etag = put_segment(priya.sandbox, made["segments"][0], b"abc").header("ETag")
    told = {"etag": etag, "size": row["size"], "sha256": row["sha256"]}
    priya.send("PATCH", f"{UPLOADS}/{made['uuid']}", {"segments": [told]})
    priya.get(f"{UPLOADS}/{made['uuid']}")


def _tour_places_and_people(priya: Caller) -> None:
    places = f"{PROJECT}/locations"
    priya.get(places, sort="name", **{"filters[parent_id]": "15001", "filters[depth_range]": "0...1"})
    made = priya.send("POST", places, {"location": {"node_name": "Roof"}}).json()["id"]
    for _ in range(2):
        path = {"location": {"path": ["Roof", "Stair"]}}
        priya.send("POST", f"{places}/find_or_create_by_path", path)
    priya.get(f"{places}/{made}")
    priya.send("PATCH", f"{places}/{made}", {"location": {"node_name": "Top"}})
    item = priya.observe(location_id=made).json()["id"]
    priya.items(**{"filters[location_id]": str(made)})
    contact = priya.send("POST", f"{PROJECT}/people", {"person": {"last_name": "CxAlloy : Role : Owner"}})
    priya.send("PATCH", f"{PROJECT}/people/{contact.json()['id']}", {"person": {"last_name": "Owner"}})
    given = {"user_id": contact.json()["id"], "permission_template_id": 77}
    template = {"permission_template_assignments": given}
    priya.send("PATCH", f"{PROJECT}/permission_template_assignments", template)
    priya.get(f"{PROJECT}/people", **{"filters[reference_users_only]": "true", "filters[search]": "own"})
    priya.get("/rest/v1.0/observations/assignees", project_id=HARBOR_POINT)
    priya.patch(item, assignee_id=contact.json()["id"], location_id=None)
    priya.show(item)


def _tour_webhooks(priya: Caller, base: str) -> None:
    resource = "Observation Items" if "projects" in base else "Trades"
    given = {
        "payload_version": "v2.0", "namespace": "plumbline", "destination_url": "https://hooks.example/1",
        "destination_headers": {"Authorization": "Bearer one"},
    }  # fmt: skip
    priya.get(f"{base}/resources", payload_version="v2.0")
    hook = f"{base}/hooks/{priya.send('POST', f'{base}/hooks', given).json()['data']['id']}"
    priya.get(f"{base}/hooks", namespace="plumbline", include_trigger_count="true", per_page=10)
    priya.get(hook)
    wanted = [{"resource_name": resource, "event_type": verb} for verb in ("create", "delete")]
    one = priya.send("POST", f"{hook}/triggers", wanted[0]).json()["data"]["id"]
    more = priya.send("POST", f"{hook}/triggers/bulk", wanted[1:]).json()["data"][0]["id"]
    priya.send("POST", f"{hook}/triggers/bulk", wanted)
    priya.get(f"{hook}/triggers")
    priya.observe()
    priya.sandbox.deliveries_due()
    priya.get(f"{hook}/deliveries", **{"filter[status]": "enqueued", "filter[start]": "2026-01-01"})
    priya.send("DELETE", f"{hook}/triggers/{one}")
    priya.send("DELETE", f"{hook}/triggers/bulk", [more])
    priya.send("DELETE", f"{hook}/triggers/bulk", [more])
    priya.send("PATCH", hook, {"status": "disabled"})
    priya.send("DELETE", hook)


def test_every_answer_is_a_documented_one(toured: Noting) -> None:
    assert toured.problems == []


@pytest.mark.parametrize("route", DOCUMENTED, ids=lambda route: f"{route.method} {route.path}")
def test_every_route_is_documented_and_was_called(toured: Noting, route: Any) -> None:
    documented = {(method, _shape(path)) for method, path in toured.seen}

    assert (route.method, _shape(route.path)) in documented


def _shape(path: str) -> str:
    return "/".join("{}" if step.startswith("{") else step for step in path.split("/"))


def test_the_oauth_routes_are_documented() -> None:
    own = [route.path for route in OAUTH_ROUTES if find_endpoint(route.method, route.path) is None]

    assert own == ["/oauth/authorize/decide"]


LIST = ("GET", ITEMS)
PROJECT_QUERY = [("project_id", "1")]
NEW = {"project_id": 1, "observation": {"name": "x", "type_id": 2}}


def test_an_unknown_path_is_reported() -> None:
    assert check_exchange("GET", f"{PROJECT}/observations/items", [], None, 200, []) == [
        f"unknown path: GET {PROJECT}/observations/items"
    ]
    assert check_exchange("PUT", ITEMS, [], None, 200, None) == [f"unknown path: PUT {ITEMS}"]
    assert check_request("GET", f"{ITEMS}/abc", [], None) == [f"unknown path: GET {ITEMS}/abc"]


def test_an_unknown_or_missing_query_name_is_reported() -> None:
    assert check_exchange(*LIST, [*PROJECT_QUERY, ("since", "1")], None, 200, []) == [
        "unknown query name: since"
    ]
    assert check_exchange(*LIST, [], None, 200, []) == ["missing query name: project_id"]
    assert check_exchange(*LIST, [*PROJECT_QUERY, ("filters[id][]", "5")], None, 200, []) == []


def test_a_query_value_outside_its_list_is_reported() -> None:
    query = [*PROJECT_QUERY, ("filters[priority]", "Low,high")]

    assert check_exchange(*LIST, query, None, 200, []) == [
        "filters[priority] has a value that is not listed: 'high'"
    ]
    assert check_exchange(*LIST, [*PROJECT_QUERY, ("filters[status][]", "3")], None, 200, []) == []


def test_an_unknown_or_missing_body_field_is_reported() -> None:
    def problems(body: Any) -> list[str]:
        return check_request("POST", ITEMS, [], body)

    assert problems(NEW) == []
    assert problems({**NEW, "observation": {**NEW["observation"], "colour": 1}}) == [  # type: ignore[dict-item]
        "unknown body field: observation.colour"
    ]
    assert problems({"project_id": 1, "observation": {"type_id": 2}}) == [
        "missing body field: observation.name"
    ]
    assert problems({"project_id": 1}) == ["missing body field: observation"]
    assert problems(None) == ["missing body field: project_id", "missing body field: observation"]


def test_a_required_field_within_a_list_is_reported() -> None:
    body = {"response_filename": "a", "segments": [{"size": 1}, {"size": 1, "sha256": "x"}]}

    assert check_request("POST", UPLOADS, [], body) == ["missing body field: segments[].sha256"]


def test_a_wrong_type_or_value_in_the_body_is_reported() -> None:
    body = {"project_id": "1", "observation": {"name": "x", "type_id": True, "priority": "high"}}

    assert check_request("POST", ITEMS, [], body) == [
        "body field project_id is no integer: '1'",
        "body field observation.type_id is no integer: True",
        "observation.priority has a value that is not listed: 'high'",
    ]


def test_a_custom_field_is_known_by_its_number() -> None:
    body = {"project_id": 1, "observation": {"name": "x", "type_id": 2, "custom_field_598": "v"}}

    assert check_request("POST", ITEMS, [], body) == []


def test_an_unknown_answer_field_is_reported() -> None:
    answer = [{"id": 1, "colour": "red", "created_by": {"id": 1, "shoe": 9}}]

    assert check_exchange(*LIST, PROJECT_QUERY, None, 200, answer) == [
        "unknown answer field: [].colour",
        "unknown answer field: [].created_by.shoe",
    ]


def test_an_answer_field_without_a_documented_type_is_reported() -> None:
    answer = [{"origin": {"payload": {"incident_id": 1}}}]

    assert check_exchange(*LIST, PROJECT_QUERY, None, 200, answer) == [
        "answer field without a documented type: [].origin.payload.incident_id"
    ]


def test_an_undocumented_status_or_error_body_is_reported() -> None:
    assert check_exchange(*LIST, PROJECT_QUERY, None, 202, []) == ["undocumented status: 202"]
    assert check_exchange(*LIST, [], None, 418, {"errors": "x"}) == ["undocumented status: 418"]
    assert check_exchange(*LIST, [], None, 404, {"fault": "x"}) == [
        f"undocumented error body of {ITEMS}: {{'fault': 'x'}}"
    ]
    assert check_exchange(*LIST, [], None, 404, {"errors": ["x"]}) == []


def test_a_path_with_a_name_wins_over_one_with_a_number() -> None:
    endpoint = find_endpoint("GET", f"{ITEMS}/next_available_number")

    assert endpoint is not None
    assert endpoint["path"] == f"{ITEMS}/next_available_number"


def test_every_allowance_names_its_source() -> None:
    assert all(one.source.startswith("Procore") for one in ALLOWED)
    assert {one.part for one in ALLOWED} <= {"query", "body", "answer", "status", "enum", "optional"}
