"""The lists to choose from over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.functions.settings.joined import make_ready
from tests.functions.settings.worlds import CASCADE, HARBOR_POINT, MERIDIAN, NORTHWIND, PRIYA

from sandbox.procore import Fault

if TYPE_CHECKING:
    from tests.functions.settings.api import Api


@pytest.fixture
def tenant(api: Api) -> str:
    return api.tenant()


@pytest.fixture
def person(api: Api, tenant: str) -> str:
    return f"/tenants/{tenant}/authorizations/{api.connect_procore(tenant, PRIYA)}"


def test_s4_listing_companies_touches_none(api: Api, person: str) -> None:
    names = [one["name"] for one in api.good("GET", f"{person}/companies")["items"]]

    assert names == ["Northwind Builders", "Cascade Mechanical", "Meridian Commissioning Group"]
    assert api.procore.journal.effects("app_installed") == []
    assert all("procore-company-id" not in str(call).lower() for call in _rest_calls(api))


def test_s4_all_projects_are_listed_beyond_a_hundred(api: Api, person: str) -> None:
    listed = api.good("GET", f"{person}/companies/{NORTHWIND}/projects")

    assert len(listed["items"]) == 132
    assert listed["next_token"] == ""
    assert {"id": str(HARBOR_POINT), "name": "Harbor Point Medical Center", "kind": "NB-1001"} in listed[
        "items"
    ]


def test_s4_projects_are_searched_by_name(api: Api, person: str) -> None:
    listed = api.good("GET", f"{person}/companies/{NORTHWIND}/projects", query={"search": "harbor point"})

    assert [one["id"] for one in listed["items"]] == [str(HARBOR_POINT)]


def test_s4_only_the_chosen_company_is_touched(api: Api, person: str) -> None:
    api.good("GET", f"{person}/companies/{MERIDIAN}/projects")

    assert [one["company_id"] for one in api.procore.journal.effects("app_installed")] == [MERIDIAN]


def test_a_page_beyond_the_last_is_empty(api: Api, person: str) -> None:
    assert api.good("GET", f"{person}/companies/{NORTHWIND}/projects", query={"page": "2"})["items"] == []


def test_s5_a_company_without_the_app_gets_one_clear_answer(api: Api, person: str) -> None:
    path = f"{person}/companies/{CASCADE}/projects"

    refused = api.call("GET", path)

    assert refused.status == 422
    assert refused.error["code"] == "user_installs_off"
    assert refused.error["support_address"] == "help@example.test"
    install = refused.error["install"]
    assert (install["app_name"], install["check_again"]) == ("Plumbline", path)
    assert install["app_version_key"] == "00000000-0000-4000-8000-00000000abcd"
    assert len(install["ways"]) == 2


def test_s5_a_disconnected_app_is_told_with_the_tenants_own_support_address(
    api: Api, tenant: str, person: str
) -> None:
    api.good("PATCH", f"/tenants/{tenant}", {"support_address": "cx@example.test"})
    body = '{"errors": ["App is not connected to this company."]}'
    api.procore.faults.append(Fault(path="/rest/v1.1/projects", status=403, body=body))

    refused = api.call("GET", f"{person}/companies/{NORTHWIND}/projects")

    assert (refused.status, refused.error["code"]) == (422, "app_not_installed")
    assert refused.error["support_address"] == "cx@example.test"


def test_s5_installation_is_requested_once(api: Api, person: str) -> None:
    path = f"{person}/companies/{CASCADE}/installation-request"

    first = api.good("POST", path, {"notes": "For the hospital"})
    second = api.good("POST", path, {})

    assert (first, second) == ({"asked_before": False}, {"asked_before": True})
    assert len(api.procore.journal.effects("installation_requested")) == 1


def test_s5_a_refused_installation_request_says_why(api: Api, person: str) -> None:
    api.procore.faults.append(Fault(path="/rest/v1.0/installation_requests", status=403))

    refused = api.call("POST", f"{person}/companies/{CASCADE}/installation-request", {})

    assert (refused.status, refused.error["code"]) == (422, "forbidden")


def test_a_company_nobody_knows_is_refused(api: Api, person: str) -> None:
    refused = api.call("GET", f"{person}/companies/999/projects")

    assert 400 <= refused.status < 500
    assert refused.error["next_step"]


def test_a_dead_sign_in_asks_to_authorize_again(api: Api, person: str) -> None:
    api.procore.state.tokens.clear()
    api.procore.state.refreshes.clear()

    refused = api.call("GET", f"{person}/companies")

    assert (refused.status, refused.error["code"]) == (409, "needs_authorization")
    assert refused.error["next_step"].startswith("Authorize ")


def test_a_rate_limit_is_passed_on_with_its_wait(api: Api, person: str) -> None:
    fault = Fault(path="/rest/v1.0/companies", status=429, headers={"Retry-After": "17"}, times=0)
    api.procore.faults.append(fault)

    refused = api.call("GET", f"{person}/companies")

    assert (refused.status, refused.error["code"]) == (503, "try_again")
    assert int(refused.headers["retry-after"]) >= 17


def test_tracker_projects_are_listed(api: Api, tenant: str) -> None:
    listed = api.good("GET", f"/tenants/{tenant}/authorizations/{api.add_key(tenant)}/tracker-projects")

    assert listed["items"] == [
        {"id": "7", "name": "North Hospital", "kind": ""},
        {"id": "8", "name": "South Lab", "kind": ""},
    ]


def test_the_wrong_kind_of_authorization_lists_nothing(api: Api, tenant: str, person: str) -> None:
    key = f"/tenants/{tenant}/authorizations/{api.add_key(tenant)}"

    assert api.call("GET", f"{key}/companies").error["code"] == "wrong_kind"
    assert api.call("GET", f"{person}/tracker-projects").error["code"] == "wrong_kind"


def test_a20_procores_lists_are_read_live(api: Api, tenant: str) -> None:
    connection = make_ready(api, tenant)

    told = api.good("GET", f"{connection}/lists/procore")

    assert [one["id"] for one in told["statuses"]][:2] == ["initiated", "ready_for_review"]
    assert [one["id"] for one in told["priorities"]] == ["Low", "Medium", "High", "Urgent"]
    assert {"id": "7001", "name": "Commissioning Issue", "kind": "Commissioning"} in told["types"]
    assert "Legacy Punch" not in [one["name"] for one in told["types"]]
    assert {"id": "8001", "name": "HVAC", "kind": ""} in told["trades"]
    assert "Asbestos Abatement" not in [one["name"] for one in told["trades"]]


def test_a20_the_trackers_lists_are_learned_and_added_to_by_hand(api: Api, tenant: str) -> None:
    connection = make_ready(api, tenant)
    added = {"statuses": {"9": "Rejected"}, "disciplines": {"22": "Electrical"}}
    api.good("PATCH", connection, {"settings": {"added_values": added}})

    told = api.good("GET", f"{connection}/lists/tracker")

    assert [one["name"] for one in told["statuses"]] == ["Copied to GC", "Open", "Ready to copy", "Rejected"]
    assert [one["name"] for one in told["disciplines"]] == ["Electrical", "HVAC"]
    assert told["assets"] == [{"id": "71", "name": "AHU-1", "kind": "equipment"}]
    assert told["companies"] == [{"id": "51", "name": "Aire Ltd", "kind": ""}]
    assert told["added"]["statuses"] == {"9": "Rejected"}
    assert told["complete"] is True


def test_lists_of_a_connection_without_choices_are_refused(api: Api, tenant: str) -> None:
    draft = api.good("POST", f"/tenants/{tenant}/connections", {"name": "Empty"})["id"]

    refused = api.call("GET", f"/tenants/{tenant}/connections/{draft}/lists/procore")

    assert (refused.status, refused.error["field"]) == (409, "procore_authorization_id")


def _rest_calls(api: Api) -> list[dict[str, object]]:
    return api.procore.journal.calls()
