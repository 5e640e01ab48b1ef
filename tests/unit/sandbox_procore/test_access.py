"""The company header, installation, projects, permissions."""

from __future__ import annotations

import pytest
from tests.unit.sandbox_procore.desk import Caller, Checked, Clock, caller, make_sandbox, service

from sandbox.procore.demo import (
    CASCADE,
    DANA,
    HARBOR_POINT,
    LAKESHORE,
    MARCUS,
    MERIDIAN,
    NORTHWIND,
    PRIYA,
    RIVERSIDE,
    SERVICE,
    SUMMIT,
)

PERMISSIONS = "/rest/v1.0/settings/permissions"
INSTALLS = "/rest/v1.0/app_installations"
REQUESTS = "/rest/v1.0/installation_requests"


def test_me_and_companies_need_no_company_header_from_a_person(sandbox: Checked) -> None:
    priya = caller(sandbox, PRIYA, company=None)

    assert priya.get("/rest/v1.0/me").json() == {"id": PRIYA, "login": "priya.raman@northwind.example"}
    assert [one["id"] for one in priya.get("/rest/v1.0/companies").json()] == [NORTHWIND, CASCADE, MERIDIAN]


def test_me_tells_the_name_when_a_company_is_named(priya: Caller) -> None:
    assert priya.get("/rest/v1.0/me", company_id=NORTHWIND).json()["name"] == "Priya Raman"
    assert Caller(priya.sandbox, priya.token, None).get("/rest/v1.0/me", company_id=NORTHWIND).status == 400


def test_everything_else_needs_the_company_header(sandbox: Checked) -> None:
    answer = caller(sandbox, PRIYA, company=None).get("/rest/v1.1/projects", company_id=NORTHWIND)

    assert answer.status == 400
    assert answer.json()["errors"][0].startswith("Missing Procore-Company-Id header!")


def test_the_status_of_a_missing_header_is_a_setting(clock: Clock) -> None:
    sandbox = make_sandbox(clock, missing_header_status=403)

    assert caller(sandbox, PRIYA, company=None).items().status == 403


def test_a_service_account_needs_the_header_everywhere(sandbox: Checked) -> None:
    assert service(sandbox, company=None).get("/rest/v1.0/me").status == 400
    assert service(sandbox, company=None).get("/rest/v1.0/companies").status == 400
    assert service(sandbox).get("/rest/v1.0/me").json()["id"] == SERVICE


def test_a_service_account_sees_the_companies_that_installed_the_app(sandbox: Checked) -> None:
    assert [one["name"] for one in service(sandbox).get("/rest/v1.0/companies").json()] == [
        "Northwind Builders"
    ]


def test_a_service_account_sees_its_permitted_projects_only(sandbox: Checked) -> None:
    robot = service(sandbox)

    rows = robot.get("/rest/v1.1/projects", company_id=NORTHWIND).json()
    assert [row["id"] for row in rows] == [HARBOR_POINT]
    assert robot.items(HARBOR_POINT).status == 200
    refused = robot.items(RIVERSIDE)
    assert refused.status == 403
    assert "permitted projects" in refused.json()["errors"][0]


def test_a_company_one_does_not_belong_to_is_refused(sandbox: Checked) -> None:
    assert caller(sandbox, MARCUS, company=CASCADE).get("/rest/v1.0/company_base_url").status == 403
    assert caller(sandbox, MARCUS, company=77).get("/rest/v1.0/company_base_url").status == 403


def test_a_company_id_beside_another_header_is_refused(priya: Caller) -> None:
    assert priya.get("/rest/v1.1/projects", company_id=MERIDIAN).status == 403
    assert priya.get("/rest/v1.1/projects").status == 400


def test_the_company_base_url_is_told(priya: Caller) -> None:
    assert priya.get("/rest/v1.0/company_base_url").json() == {
        "zone": "us01",
        "web_base_url": "http://api.procore.test",
    }


def test_without_user_installs_an_uninstalled_app_is_refused(sandbox: Checked) -> None:
    answer = caller(sandbox, PRIYA, company=CASCADE).get("/rest/v1.1/projects", company_id=CASCADE)

    assert answer.status == 403
    assert answer.json() == {"errors": ["Implicit Oauth Connections Are Not Allowed For This Company"]}


def test_with_user_installs_the_first_call_installs_the_app(sandbox: Checked) -> None:
    priya = caller(sandbox, PRIYA, company=MERIDIAN)
    assert priya.get(INSTALLS, company_id=MERIDIAN).json() == []

    rows = priya.get("/rest/v1.1/projects", company_id=MERIDIAN).json()
    assert [row["id"] for row in rows] == [LAKESHORE]
    assert priya.get(INSTALLS, company_id=MERIDIAN).json()[0]["status"] == "installed"
    assert [effect["company_id"] for effect in sandbox.journal.effects("app_installed")] == [MERIDIAN]


def test_a_service_account_installs_nothing(sandbox: Checked) -> None:
    answer = service(sandbox, company=MERIDIAN).get("/rest/v1.1/projects", company_id=MERIDIAN)

    assert answer.status == 403


def test_a_disconnected_app_is_refused(sandbox: Checked, priya: Caller) -> None:
    held = sandbox.state.installs[NORTHWIND]
    sandbox.state.installs[NORTHWIND] = type(held)(held.id, NORTHWIND, "uninstalled", held.installed_at)

    answer = priya.items()
    assert answer.status == 403
    assert answer.json() == {"errors": ["App is not connected to this company."]}
    assert priya.get(INSTALLS, company_id=NORTHWIND).json()[0]["status"] == "uninstalled"


def test_a_directory_admin_may_install_the_app(sandbox: Checked) -> None:
    priya = caller(sandbox, PRIYA, company=MERIDIAN)
    key = "00000000-0000-4000-8000-00000000abcd"
    body = {"company_id": MERIDIAN, "app_uid": key, "app_installation": {}}

    assert priya.send("POST", INSTALLS, body | {"app_uid": "other"}).status == 400
    assert priya.send("POST", INSTALLS, body).status == 201
    assert priya.send("POST", INSTALLS, body).status == 409
    assert priya.get("/rest/v1.1/projects", company_id=MERIDIAN).status == 200


def test_others_may_not_install_but_may_ask(sandbox: Checked) -> None:
    priya = caller(sandbox, PRIYA, company=CASCADE)
    body = {"company_id": CASCADE, "app_uid": "sandbox-client-id", "app_installation": {}}
    wish = {"company_id": CASCADE, "developer_app_id": "sandbox-client-id", "implicit": False, "notes": "Hi"}

    assert priya.send("POST", INSTALLS, body).status == 403
    made = priya.send("POST", REQUESTS, wish)
    assert made.status == 201
    assert priya.send("POST", REQUESTS, wish).status == 409
    assert priya.send("POST", REQUESTS, wish | {"developer_app_id": "x"}).status == 400
    query = {"company_id": CASCADE, "developer_app_id": "sandbox-client-id"}
    assert priya.get(REQUESTS, implicit="false", **query).json() == [{"id": made.json()["id"]}]
    assert priya.get(REQUESTS, implicit="true", **query).json() == []


def test_an_installation_may_be_asked_for_by_project(priya: Caller) -> None:
    assert priya.get(INSTALLS, project_id=HARBOR_POINT).json()[0]["app_uid"] == "sandbox-client-id"


def test_permissions_name_the_level_on_each_tool(sandbox: Checked) -> None:
    levels = {}
    for person in (PRIYA, MARCUS, DANA):
        tools = caller(sandbox, person).get(PERMISSIONS, project_id=HARBOR_POINT).json()["tools"]
        levels[person] = {tool["name"]: tool["user_access_level"]["name"] for tool in tools}

    assert levels[PRIYA]["observations"] == "Admin"
    assert levels[MARCUS]["observations"] == "Standard"
    assert levels[MARCUS]["admin"] == "Read Only"
    assert levels[DANA] == dict.fromkeys(levels[PRIYA], "None")


def test_permissions_in_the_company_name_the_directory(sandbox: Checked) -> None:
    tools = caller(sandbox, MARCUS).get(PERMISSIONS, company_id=NORTHWIND).json()["tools"]

    found = {tool["friendly_name"]: tool["user_access_level"] for tool in tools}
    assert found["Directory"] == {"id": 2, "name": "Read Only"}
    assert caller(sandbox, MARCUS).get(PERMISSIONS).status == 400


def test_a_project_that_is_not_visible_is_not_found(sandbox: Checked) -> None:
    assert caller(sandbox, MARCUS).items(200_100).status == 404
    assert caller(sandbox, PRIYA).items(SUMMIT).status == 404
    assert caller(sandbox, PRIYA).items(1).status == 404


def test_a_person_without_rights_on_the_tool_is_refused(sandbox: Checked) -> None:
    dana = caller(sandbox, DANA)

    assert dana.items().status == 403
    assert dana.observe().status == 403
    assert dana.items().json() == {"errors": ["You need Read Only on the observations tool of this project."]}


def test_read_only_sees_but_does_not_write(sandbox: Checked) -> None:
    marcus = caller(sandbox, MARCUS)

    assert marcus.items(RIVERSIDE).status == 200
    assert marcus.observe(RIVERSIDE, type_id=7004).status == 403
    assert marcus.comment(9001, RIVERSIDE, comment="x").status == 403
    assert marcus.patch(9001, RIVERSIDE, name="x").status == 403


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"/rest/v1.0/projects/{HARBOR_POINT}/observations/items"),
        ("POST", f"/rest/v1.0/projects/{HARBOR_POINT}/observations/items"),
        ("PUT", "/rest/v1.0/observations/items/1"),
        ("GET", "/rest/v1.0/observations/items/abc"),
        ("GET", "/restxv1.0/me"),
        ("GET", "/elsewhere"),
    ],
)
def test_what_is_not_documented_is_not_found(priya: Caller, method: str, path: str) -> None:
    answer = priya.send(method, path)

    assert answer.status == 404
    assert answer.json() == {"errors": ["There is no such path."]}


def test_every_answer_has_date_and_request_id(sandbox: Checked, priya: Caller) -> None:
    answers = [priya.get("/rest/v1.0/me"), Caller(sandbox, "x").get("/rest/v1.0/me"), priya.get("/nothing")]

    for answer in answers:
        assert answer.header("Date") == "Mon, 21 Sep 2026 14:13:20 GMT"
        assert (answer.header("x-request-id") or "").startswith("sandbox-")
    assert len({answer.header("x-request-id") for answer in answers}) == 3
