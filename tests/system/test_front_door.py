"""The deployed API's door: who gets in, and what the way back from Procore says."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import requests
from tests.system.conftest import Stack, authorization

from sandbox.demo.api import Api
from sandbox.stack import deploy

if TYPE_CHECKING:
    from collections.abc import Mapping

pytestmark = pytest.mark.system


def outcome(answer: requests.Response) -> str:
    assert answer.status_code == 303
    return urlsplit(answer.headers["Location"]).query.removeprefix("outcome=")


def back_from_procore(
    stack: Stack, start: requests.Response, cookie: str, **choice: str
) -> requests.Response:
    """Decide on Procore's page, then follow it back with a cookie."""
    page = start.json()["authorize_url"].replace("/oauth/authorize", "/oauth/authorize/decide")
    answer = requests.get(page, params=choice, allow_redirects=False, timeout=30)
    return callback(stack, answer.headers["Location"], cookie)


def callback(stack: Stack, location: str, cookie: str) -> requests.Response:
    parts = urlsplit(location)
    path = parts.path.removeprefix(urlsplit(stack.api.address).path)
    return stack.api.call("GET", f"{path}?{parts.query}", headers={"Cookie": cookie} if cookie else {})


def start(stack: Stack, tenant: str) -> tuple[requests.Response, str]:
    answer = stack.api.call("POST", f"/tenants/{tenant}/authorizations/procore", {})
    return answer, answer.headers["Set-Cookie"].split(";", 1)[0]


PRIYA = "598134325871001"


def test_without_an_access_token_nobody_gets_in(stack: Stack) -> None:
    stranger = Api(stack.settings, stack.outputs["Address"])
    assert stranger.call("GET", "/tenants").status_code == 401
    stranger.token = "not-a-token"
    assert stranger.call("GET", "/tenants").status_code == 401


def test_an_id_token_is_no_access_token(stack: Stack) -> None:
    people = deploy.client(stack.settings, "cognito-idp")
    answer = people.initiate_auth(
        ClientId=stack.outputs["UserPoolClientId"],
        AuthFlow="USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "manager@example.com", "PASSWORD": "System-test-0123"},
    )
    stranger = Api(stack.settings, stack.outputs["Address"])
    stranger.token = answer["AuthenticationResult"]["IdToken"]
    assert stranger.call("GET", "/tenants").status_code in (401, 403)


def test_the_document_and_its_page_are_served_to_anyone(stack: Stack) -> None:
    stranger = Api(stack.settings, stack.outputs["Address"])
    document = stranger.ask("GET", "/openapi.json")
    assert document["openapi"].startswith("3.1")
    page = stranger.call("GET", "/docs")
    assert page.status_code == 200
    assert "swagger" in page.text.lower()


def test_s1_declining_changes_nothing_and_says_so(stack: Stack, tenant: str) -> None:
    before = stack.api.ask("GET", f"/tenants/{tenant}/authorizations")
    begun, cookie = start(stack, tenant)
    assert outcome(back_from_procore(stack, begun, cookie, deny="1")) == "denied"
    assert stack.api.ask("GET", f"/tenants/{tenant}/authorizations") == before


def test_s1_a_state_works_once_and_only_in_the_browser_that_began(stack: Stack, tenant: str) -> None:
    begun, cookie = start(stack, tenant)
    page = begun.json()["authorize_url"].replace("/oauth/authorize", "/oauth/authorize/decide")
    decided = requests.get(page, params={"person": PRIYA}, allow_redirects=False, timeout=30)
    location = decided.headers["Location"]
    assert outcome(callback(stack, location, "")) == "unknown"
    assert outcome(callback(stack, location, "__Host-plumbline_oauth=other")) == "unknown"
    assert outcome(callback(stack, location, cookie)) == "connected"
    assert outcome(callback(stack, location, cookie)) == "unknown"


def test_s1_the_result_page_says_what_happened_without_a_script(stack: Stack) -> None:
    page = stack.api.call("GET", "/oauth/result?outcome=unknown")
    assert "This sign-in cannot be used" in page.text
    assert "<script" not in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_s3_an_invited_person_connects_without_an_account_and_once(stack: Stack, tenant: str) -> None:
    made = stack.api.ask("POST", f"/tenants/{tenant}/invitations", {"note": "For the GC"})
    token = urlsplit(made["link"]).fragment.removeprefix("/invitation/")
    guest = Api(stack.settings, stack.outputs["Address"])
    begun = guest.call("POST", "/invitations/accept", {"token": token})
    cookie = begun.headers["Set-Cookie"].split(";", 1)[0]
    assert outcome(back_from_procore(stack, begun, cookie, person="5002")) == "connected"
    again = guest.call("POST", "/invitations/accept", {"token": token})
    assert again.status_code == 404
    labels = [one["label"] for one in stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"]]
    assert "marcus.lindqvist@northwind.example" in labels


def test_s2_the_service_account_sees_its_permitted_project(stack: Stack, tenant: str) -> None:
    made = stack.api.ask(
        "POST", f"/tenants/{tenant}/authorizations/service-account", {"company_id": "598134325870001"}
    )
    assert [project["name"] for project in made["projects"]] == ["Harbor Point Medical Center"]


def test_s18_another_tenant_sees_nothing(stack: Stack, tenant: str) -> None:
    other = Api(stack.settings, stack.outputs["Address"])
    other.sign_in(stack.settings, stack.outputs, "stranger@example.com", "System-test-0456")
    key = authorization(stack, tenant, "cxalloy_key")
    answers: Mapping[str, int] = {
        path: other.call("GET", path).status_code
        for path in (
            f"/tenants/{tenant}",
            f"/tenants/{tenant}/authorizations",
            f"/tenants/{tenant}/connections",
        )
    }
    assert set(answers.values()) == {404}
    assert other.call("POST", f"/tenants/{tenant}/authorizations/{key}/test").status_code == 404


def test_a_draft_is_made_read_and_deleted_through_the_deployed_api(stack: Stack, tenant: str) -> None:
    base = f"/tenants/{tenant}/connections"
    made = stack.api.ask("POST", base, {"name": "Soon gone", "approach": "copy"})
    assert stack.api.ask("GET", f"{base}/{made['id']}")["state"] == "draft"
    assert stack.api.call("DELETE", f"{base}/{made['id']}").status_code == 204
    assert stack.api.call("GET", f"{base}/{made['id']}").status_code == 404


def test_bad_input_names_field_reason_and_next_step(stack: Stack, tenant: str) -> None:
    answer = stack.api.call("POST", f"/tenants/{tenant}/connections", {"name": "x", "approach": "magic"})
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["field"] == "approach"
    assert error["cause"]
    assert error["next_step"]
