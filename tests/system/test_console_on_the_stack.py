"""The deployed console's door: its page, and a session from sign-in to sign-out, as a browser keeps it."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from sandbox.demo.api import Api
from sandbox.stack import deploy

if TYPE_CHECKING:
    import requests
    from tests.system.conftest import Stack

pytestmark = pytest.mark.system

COOKIE = "__Host-plumbline_session"
OLD, NEW = "Canary-first-0123", "Canary-second-0456"


@pytest.fixture(scope="module")
def browser(stack: Stack) -> Api:
    """Somebody who has not signed in."""
    return Api(stack.settings, stack.outputs["Address"])


@pytest.fixture
def person(stack: Stack) -> str:
    """A new person with a password that they must change."""
    email = f"person-{secrets.token_hex(4)}@example.com"
    deploy.client(stack.settings, "cognito-idp").admin_create_user(
        UserPoolId=stack.outputs["UserPoolId"],
        Username=email,
        TemporaryPassword=OLD,
        MessageAction="SUPPRESS",
        UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
    )
    return email


def session(browser: Api, method: str, body: Any = None, cookie: str = "", origin: str = "") -> Any:
    headers = {"Origin": origin or browser.origin} | ({"Cookie": cookie} if cookie else {})
    return browser.call(method, "/session", body, headers=headers)


def cookie_of(answer: requests.Response) -> str:
    pair, _, attributes = answer.headers["Set-Cookie"].partition("; ")
    assert attributes.startswith("Path=/; Secure; HttpOnly; SameSite=Strict")
    return pair


def test_the_console_s_address_leads_to_its_page_and_to_all_of_its_parts(stack: Stack, browser: Api) -> None:
    begin = browser.call("GET", "/console")
    page = browser.call("GET", urlsplit(stack.outputs["Console"]).path.removeprefix("/v1"))
    parts = re.findall(r'(?:src|href)="(v-[^"]+)"', page.text)

    assert (begin.status_code, begin.headers["Location"]) == (302, "console/index.html")
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; ")
    assert len(parts) >= 2
    for part in parts:
        answer = browser.call("GET", f"/console/{part}")
        assert answer.status_code == 200, part
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    tag = {"If-None-Match": page.headers["ETag"]}
    assert browser.call("GET", "/console/index.html", headers=tag).status_code == 304
    assert browser.call("GET", "/console/no-such-page").json()["error"]["code"] == "not_found"


def test_a_person_changes_the_first_password_stays_over_a_reload_and_leaves(
    stack: Stack, browser: Api, person: str
) -> None:
    asked = session(browser, "POST", {"email": person, "password": OLD}).json()
    assert asked.pop("challenge") == "NEW_PASSWORD_REQUIRED"

    answer = {"challenge": "NEW_PASSWORD_REQUIRED", **asked, "new_password": NEW}
    signed_in = session(browser, "POST", answer)
    cookie = cookie_of(signed_in)
    again = session(browser, "PUT", cookie=cookie)
    api = Api(stack.settings, stack.outputs["Address"])
    api.token = again.json()["access_token"]

    assert signed_in.json()["email"] == person
    assert "Set-Cookie" not in again.headers
    assert api.ask("GET", "/tenants") == {"items": [], "next_token": ""}
    left = session(browser, "DELETE", cookie=cookie)
    assert (left.status_code, cookie_of(left)) == (204, f"{COOKIE}=")
    assert session(browser, "PUT", cookie=cookie).status_code == 401
    assert session(browser, "PUT").status_code == 204


def test_a_wrong_password_and_an_unknown_person_are_told_the_same(browser: Api, person: str) -> None:
    wrong = session(browser, "POST", {"email": person, "password": NEW})
    unknown = session(browser, "POST", {"email": "nobody@example.com", "password": NEW})

    assert (wrong.status_code, wrong.json()["error"]["code"]) == (401, "wrong_sign_in")
    assert (wrong.status_code, wrong.text) == (unknown.status_code, unknown.text)


def test_another_site_cannot_sign_anybody_in_or_out(browser: Api, person: str) -> None:
    given = {"email": person, "password": OLD}

    for method in ("POST", "PUT", "DELETE"):
        refused = session(browser, method, given, cookie=f"{COOKIE}=x", origin="https://evil.example")
        assert (refused.status_code, refused.json()["error"]["code"]) == (403, "wrong_origin")


def test_the_console_s_log_holds_no_password_token_or_person(stack: Stack, browser: Api, person: str) -> None:
    session(browser, "POST", {"email": person, "password": OLD})

    text = stack.log_text("Console")
    assert "request answered" in text
    assert [one for one in ("Canary-", "eyJ", person, "@example.com", "AccessDenied") if one in text] == []
