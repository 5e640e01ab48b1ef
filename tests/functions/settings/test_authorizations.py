"""Credentials over the API: sign-in, service account, CxAlloy keys."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.functions.settings.api import CXALLOY_SECRET, Api
from tests.functions.settings.worlds import CASCADE, MARCUS, NORTHWIND, PRIYA

from plumbline.connections.sign_in import bound
from plumbline.stores.records import ConnectionState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.procore import Fault


def _all(tenant: str) -> str:
    return f"/tenants/{tenant}/authorizations"


def test_s1_connecting_answers_procores_page_and_binds_this_browser(api: Api) -> None:
    tenant = api.tenant()

    begun = api.call("POST", f"{_all(tenant)}/procore", {})

    query = parse_qs(urlsplit(begun.json["authorize_url"]).query)
    name, _, attributes = begun.headers["set-cookie"].partition("; ")
    assert begun.status == 201
    assert begun.json["authorize_url"].startswith(f"{api.procore_origin}/oauth/authorize?")
    assert query["redirect_uri"] == ["http://api.localhost:4566/v1/oauth/callback"]
    assert name.startswith("__Host-plumbline_oauth=")
    assert attributes == "Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600"
    assert begun.headers["cache-control"] == "no-store"


def test_s1_neither_the_state_nor_the_cookie_is_stored(api: Api) -> None:
    tenant = api.tenant()

    begun = api.call("POST", f"{_all(tenant)}/procore", {})

    state = parse_qs(urlsplit(begun.json["authorize_url"]).query)["state"][0]
    cookie = begun.headers["set-cookie"].partition(";")[0].partition("=")[2]
    stored = api.stores.authorizations.take_state(bound(state, cookie), now=0.0)
    assert stored is not None
    assert state not in repr(stored)
    assert cookie not in repr(stored)
    assert stored.tenant_id == tenant


def test_s1_the_sign_in_ends_as_an_authorization(api: Api) -> None:
    tenant = api.tenant()

    authorization = api.connect_procore(tenant, PRIYA)

    (listed,) = api.good("GET", _all(tenant))["items"]
    assert listed["id"] == authorization
    assert (listed["kind"], listed["valid"]) == ("procore_person", True)
    assert listed["label"] == "priya.raman@northwind.example"


def test_s9_another_person_may_renew_an_authorization(api: Api) -> None:
    tenant = api.tenant()
    authorization = api.connect_procore(tenant, PRIYA)

    begun = api.call("POST", f"{_all(tenant)}/procore", {"authorization_id": authorization})

    assert api.sign_in(begun, MARCUS) == "connected"
    (listed,) = api.good("GET", _all(tenant))["items"]
    assert (listed["id"], listed["label"]) == (authorization, "marcus.lindqvist@northwind.example")


def test_s9_a_key_is_not_renewed_by_a_sign_in(api: Api) -> None:
    tenant = api.tenant()

    refused = api.call("POST", f"{_all(tenant)}/procore", {"authorization_id": api.add_key(tenant)})

    assert refused.status == 422
    assert refused.error["code"] == "wrong_kind"


def test_s2_the_service_account_connects_with_its_permitted_projects(api: Api) -> None:
    tenant = api.tenant()

    made = api.good("POST", f"{_all(tenant)}/service-account", {"company_id": str(NORTHWIND)})

    assert [project["name"] for project in made["projects"]] == ["Harbor Point Medical Center"]
    assert made["authorization"]["kind"] == "procore_service_account"
    assert made["authorization"]["subject"] == "598134325870001"


def test_s2_a_company_without_the_app_is_refused_with_what_to_install(api: Api) -> None:
    tenant = api.tenant()

    refused = api.call("POST", f"{_all(tenant)}/service-account", {"company_id": str(CASCADE)})

    assert refused.status == 422
    assert refused.error["code"] == "app_not_installed"
    assert refused.error["install"]["app_version_key"] == "00000000-0000-4000-8000-00000000abcd"
    assert api.good("GET", _all(tenant))["items"] == []


def test_s2_a_service_account_without_permitted_projects_is_refused(api: Api) -> None:
    tenant = api.tenant()
    api.procore.faults.append(Fault(path="/rest/v1.1/projects", kind="empty_list"))

    refused = api.call("POST", f"{_all(tenant)}/service-account", {"company_id": str(NORTHWIND)})

    assert refused.status == 422
    assert refused.error["code"] == "no_permitted_projects"
    assert "Permitted Projects" in refused.error["next_step"]
    assert api.good("GET", _all(tenant))["items"] == []


def test_s20_a_key_is_stored_and_its_secret_never_shown(api: Api) -> None:
    tenant = api.tenant()

    key = api.add_key(tenant)

    (listed,) = api.good("GET", _all(tenant))["items"]
    assert (listed["kind"], listed["label"], listed["host"]) == (
        "cxalloy_key",
        "demo-key",
        api.cxalloy_origin,
    )
    sealed = api.stores.authorizations.token(key)
    assert sealed is not None
    assert CXALLOY_SECRET.encode() not in sealed.blob
    assert not any(CXALLOY_SECRET in answer for answer in api.seen)


@pytest.mark.parametrize(
    "host",
    ["http://tq.example.com", "https://", "https://a.example/path", "ftp://x", "https://u:p@a.example"],
)
def test_s22_a_host_without_tls_or_with_more_than_a_name_is_refused(api: Api, host: str) -> None:
    body = {"host": host, "identifier": "k", "secret": CXALLOY_SECRET}

    refused = api.call("POST", f"{_all(api.tenant())}/cxalloy", body)

    assert refused.status == 422
    assert refused.error["field"] == "host"


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:9001", "https://10.0.0.8", "https://169.254.169.254", "http://localhost"]
)
def test_s22_in_the_cloud_no_key_leads_to_inner_addresses(
    api: Api, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOOPBACK_ALLOWED", "no")

    refused = api.call(
        "POST", f"{_all(api.tenant())}/cxalloy", {"host": host, "identifier": "k", "secret": "s"}
    )

    assert refused.status == 422
    assert refused.error["code"] == "bad_host"


def test_s20_the_test_says_projects_and_read_write(api: Api) -> None:
    tenant = api.tenant()

    told = api.good("POST", f"{_all(tenant)}/{api.add_key(tenant)}/test")

    assert told["reachable"] is True
    assert told["access"] == "read_write"
    assert [project["name"] for project in told["projects"]] == ["North Hospital", "South Lab"]
    assert told["cause"] == ""


def test_s20_the_test_says_that_a_key_may_only_read(api: Api) -> None:
    tenant = api.tenant()

    told = api.good("POST", f"{_all(tenant)}/{api.add_key(tenant, 'reader')}/test")

    assert told["access"] == "read_only"
    assert told["next_step"] == "Make the key read-write in CxAlloy, or give another one."


def test_s20_the_test_says_that_a_key_reaches_nothing(api: Api) -> None:
    tenant = api.tenant()

    told = api.good("POST", f"{_all(tenant)}/{api.add_key(tenant, 'nothing')}/test")

    assert told["projects"] == []
    assert told["cause"] == "The key reaches no project."


def test_s20_the_test_of_a_wrong_key_names_the_cause(api: Api) -> None:
    tenant = api.tenant()

    told = api.good("POST", f"{_all(tenant)}/{api.add_key(tenant, 'unknown')}/test")

    assert told["reachable"] is True
    assert "refused the key" in told["cause"]


def test_s20_the_test_of_a_host_that_is_not_there_says_so(api: Api) -> None:
    tenant = api.tenant()
    body = {"host": "http://127.0.0.1:1", "identifier": "k", "secret": "s"}
    key = api.good("POST", f"{_all(tenant)}/cxalloy", body)["id"]

    told = api.good("POST", f"{_all(tenant)}/{key}/test")

    assert told["reachable"] is False
    assert "cannot be reached" in told["cause"]


def test_the_test_of_a_sign_in_says_who_and_which_companies(api: Api) -> None:
    tenant = api.tenant()

    told = api.good("POST", f"{_all(tenant)}/{api.connect_procore(tenant, PRIYA)}/test")

    assert told["login"] == "priya.raman@northwind.example"
    assert "Northwind Builders" in [company["name"] for company in told["companies"]]


@pytest.mark.parametrize("side", ["procore", "cxalloy"])
def test_s9_a_credential_that_works_again_is_valid_again(api: Api, side: str) -> None:
    tenant = api.tenant()
    held = api.connect_procore(tenant, PRIYA) if side == "procore" else api.add_key(tenant)
    stored = api.stores.authorizations.get(held)
    assert stored is not None
    api.stores.authorizations.put(replace(stored, valid=False, cause="Refused yesterday."))

    api.good("POST", f"{_all(tenant)}/{held}/test")

    (listed,) = api.good("GET", _all(tenant))["items"]
    assert (listed["valid"], listed["cause"]) == (True, "")


def test_s9_a_key_that_is_still_refused_stays_invalid(api: Api) -> None:
    tenant = api.tenant()
    held = api.stores.authorizations.get(api.add_key(tenant, "unknown"))
    assert held is not None
    api.stores.authorizations.put(replace(held, valid=False, cause="Refused."))

    api.good("POST", f"{_all(tenant)}/{held.id}/test")

    assert [one["valid"] for one in api.good("GET", _all(tenant))["items"]] == [False]


def test_s20_the_test_of_an_odd_answer_names_the_cause(api: Api) -> None:
    tenant = api.tenant()
    api.cxalloy.faults.append(TrackerFault(path="/api/v1/project", status=404))

    told = api.good("POST", f"{_all(tenant)}/{api.add_key(tenant)}/test")

    assert (told["reachable"], told["projects"]) == (True, [])
    assert "does not know" in told["cause"]


def test_s2_another_refusal_of_procore_is_passed_on(api: Api) -> None:
    tenant = api.tenant()
    api.procore.faults.append(Fault(path="/rest/v1.0/companies", status=406))

    refused = api.call("POST", f"{_all(tenant)}/service-account", {"company_id": str(NORTHWIND)})

    assert (refused.status, refused.error["code"]) == (422, "not_acceptable")


def test_s20_a_replaced_key_works_at_once(api: Api) -> None:
    tenant = api.tenant()
    key = api.add_key(tenant, "unknown")

    api.good("PUT", f"{_all(tenant)}/{key}/key", {"identifier": "demo-key", "secret": CXALLOY_SECRET})

    assert api.good("POST", f"{_all(tenant)}/{key}/test")["access"] == "read_write"


def test_s20_only_the_secret_of_a_key_may_be_replaced(api: Api) -> None:
    tenant = api.tenant()
    body = {"host": api.cxalloy_origin, "identifier": "demo-key", "secret": "wrong"}
    key = api.good("POST", f"{_all(tenant)}/cxalloy", body)["id"]

    api.good("PUT", f"{_all(tenant)}/{key}/key", {"secret": CXALLOY_SECRET})

    assert api.good("POST", f"{_all(tenant)}/{key}/test")["cause"] == ""


def test_a_sign_in_has_no_key_to_replace(api: Api) -> None:
    tenant = api.tenant()
    person = api.connect_procore(tenant, PRIYA)

    refused = api.call("PUT", f"{_all(tenant)}/{person}/key", {"secret": "x"})

    assert (refused.status, refused.error["code"]) == (422, "wrong_kind")


def test_deleting_a_sign_in_revokes_it_at_procore(api: Api) -> None:
    tenant = api.tenant()
    person = api.connect_procore(tenant, PRIYA)

    assert api.call("DELETE", f"{_all(tenant)}/{person}").status == 204

    assert len(api.procore.journal.effects("token_revoked")) >= 1
    assert api.good("GET", _all(tenant))["items"] == []
    assert api.stores.authorizations.token(person) is None


def test_deleting_waits_while_procore_cannot_revoke(api: Api) -> None:
    tenant = api.tenant()
    person = api.connect_procore(tenant, PRIYA)
    api.procore.faults.append(Fault(path="/oauth/revoke", status=503))

    refused = api.call("DELETE", f"{_all(tenant)}/{person}")

    assert refused.status == 503
    assert refused.headers["retry-after"] == "5"
    assert [one["id"] for one in api.good("GET", _all(tenant))["items"]] == [person]


def test_an_authorization_in_use_is_not_deleted_until_its_connection_is_disabled(api: Api) -> None:
    tenant = api.tenant()
    key = api.add_key(tenant)
    body = {"name": "Hospital", "tracker_authorization_id": key}
    connection = api.good("POST", f"/tenants/{tenant}/connections", body)["id"]

    refused = api.call("DELETE", f"{_all(tenant)}/{key}")
    _set_state(api, connection, ConnectionState.DISABLED)

    assert (refused.status, refused.error["code"]) == (409, "in_use")
    assert "'Hospital'" in refused.error["cause"]
    assert api.call("DELETE", f"{_all(tenant)}/{key}").status == 204


def _set_state(api: Api, connection_id: str, state: ConnectionState) -> None:
    stored = api.stores.connections.get(connection_id)
    assert stored is not None
    api.stores.connections.save(replace(stored, state=state))
