"""Sign-in, codes, tokens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from tests.unit.sandbox_procore.desk import (
    CALLBACK,
    Caller,
    Checked,
    Clock,
    caller,
    code_for,
    make_sandbox,
    sign_in,
    token_call,
)

from sandbox.http import Request, Response
from sandbox.procore.demo import DANA, MARCUS, PRIYA, SERVICE

if TYPE_CHECKING:
    from sandbox.procore import ProcoreSandbox

ASKED = {
    "response_type": "code",
    "client_id": "sandbox-client-id",
    "redirect_uri": CALLBACK,
    "state": "a&b",
}


def authorize(sandbox: ProcoreSandbox, page: str = "", **changed: str) -> Response:
    query = tuple((ASKED | changed).items())
    return sandbox.handle(Request("GET", f"/oauth/authorize{page}", query))


def sent_to(response: Response) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(response.header("Location") or "").query))


def revoke(sandbox: ProcoreSandbox, token: str, secret: str = "not-a-secret-client") -> Response:
    body = urlencode({"token": token, "client_id": "sandbox-client-id", "client_secret": secret})
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return sandbox.handle(Request("POST", "/oauth/revoke", (), headers, body.encode()))


def test_the_sign_in_page_offers_each_person_and_not_the_service_account(sandbox: Checked) -> None:
    page = authorize(sandbox).body.decode()

    assert f'name="person" value="{PRIYA}"' in page
    assert f'name="person" value="{DANA}"' in page
    assert f'value="{SERVICE}"' not in page
    assert 'name="state" value="a&amp;b"' in page
    assert 'name="deny"' in page
    assert "<script" not in page


def test_choosing_a_person_sends_back_a_code_and_the_state(sandbox: Checked) -> None:
    answer = authorize(sandbox, "/decide", person=str(MARCUS))

    assert answer.status == 302
    assert (answer.header("Location") or "").startswith(f"{CALLBACK}?code=sandbox-code-")
    assert sent_to(answer)["state"] == "a&b"


def test_denying_sends_back_access_denied_and_the_state(sandbox: Checked) -> None:
    assert sent_to(authorize(sandbox, "/decide", deny="1")) == {"error": "access_denied", "state": "a&b"}


def test_another_response_type_is_sent_back_as_an_error(sandbox: Checked) -> None:
    answer = authorize(sandbox, response_type="token")

    assert sent_to(answer) == {"error": "unsupported_response_type", "state": "a&b"}


@pytest.mark.parametrize("page", ["", "/decide"])
def test_an_unknown_client_is_told_so_and_not_sent_on(sandbox: Checked, page: str) -> None:
    answer = authorize(sandbox, page, client_id="other", person=str(PRIYA))

    assert answer.status == 401
    assert answer.header("Location") is None
    assert b"unknown client" in answer.body


@pytest.mark.parametrize(
    "uri",
    [
        "https://elsewhere.example/callback",
        "http://localhost.example/callback",
        "ftp://localhost/callback",
        "http://10.0.0.1/callback",
        "",
    ],
)
def test_an_unregistered_redirect_uri_is_refused(sandbox: Checked, uri: str) -> None:
    assert authorize(sandbox, redirect_uri=uri).status == 400


@pytest.mark.parametrize(
    "uri",
    ["http://localhost:8080/x", "http://[::1]/x", "http://abc.execute-api.localhost:4566/prod/callback"],
)
def test_loopback_redirect_uris_may_pass(sandbox: Checked, uri: str) -> None:
    assert authorize(sandbox, redirect_uri=uri).status == 200


def test_a_registered_redirect_uri_matches_letter_by_letter(clock: Clock) -> None:
    uri = "https://plumbline.example/callback"
    sandbox = make_sandbox(clock, redirect_uris=(uri,), any_loopback_redirect=False)

    assert authorize(sandbox, redirect_uri=uri).status == 200
    assert authorize(sandbox, redirect_uri=uri + "/").status == 400
    assert authorize(sandbox, redirect_uri=CALLBACK).status == 400


def test_an_unknown_person_cannot_be_chosen(sandbox: Checked) -> None:
    assert authorize(sandbox, "/decide", person="1").status == 400
    assert authorize(sandbox, "/decide", person=str(SERVICE)).status == 400
    assert authorize(sandbox, "/decide").status == 400


def test_a_code_gives_an_access_and_a_refresh_token(sandbox: Checked) -> None:
    answer = sign_in(sandbox, PRIYA)

    assert answer["token_type"] == "bearer"
    assert answer["expires_in"] == 5400
    assert answer["created_at"] == 1_790_000_000
    assert answer["access_token"].startswith("sandbox-access-")
    assert answer["refresh_token"].startswith("sandbox-refresh-")


def test_a_code_works_once(sandbox: Checked) -> None:
    code = code_for(sandbox, PRIYA)
    given = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}

    assert token_call(sandbox, **given).status == 200
    again = token_call(sandbox, **given)
    assert again.status == 400
    assert again.json()["error"] == "invalid_grant"


def test_a_code_ends_after_ten_minutes(sandbox: Checked, clock: Clock) -> None:
    early, late = code_for(sandbox, PRIYA), code_for(sandbox, PRIYA)
    given = {"grant_type": "authorization_code", "redirect_uri": CALLBACK}

    clock.now += 599
    assert token_call(sandbox, code=early, **given).status == 200
    clock.now += 1
    assert token_call(sandbox, code=late, **given).status == 400


def test_a_code_is_bound_to_its_redirect_uri(sandbox: Checked) -> None:
    code = code_for(sandbox, PRIYA)

    other = token_call(sandbox, grant_type="authorization_code", code=code, redirect_uri=CALLBACK + "2")
    assert other.json()["error"] == "invalid_grant"


def test_a_wrong_secret_is_an_unknown_client(sandbox: Checked) -> None:
    answer = token_call(sandbox, grant_type="client_credentials", client_secret="wrong")

    assert answer.status == 401
    assert answer.json()["error"] == "invalid_client"
    assert "unknown client" in answer.json()["error_description"]


def test_an_unknown_grant_is_refused(sandbox: Checked) -> None:
    body = json.dumps({
        "client_id": "sandbox-client-id", "client_secret": "not-a-secret-client", "grant_type": "password",
    })  # fmt: skip
    request = Request("POST", "/oauth/token", (), {"content-type": "application/json"}, body.encode())

    assert sandbox.handle(request).json()["error"] == "unsupported_grant_type"


def test_the_token_call_takes_a_form_too(sandbox: Checked) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "sandbox-client-id",
        "client_secret": "not-a-secret-client",
    }
    headers = {"content-type": "application/x-www-form-urlencoded"}
    request = Request("POST", "/oauth/token", (), headers, urlencode(form).encode())

    assert sandbox.handle(request).status == 200


def test_a_refresh_gives_a_new_pair(sandbox: Checked) -> None:
    first = sign_in(sandbox, PRIYA)
    second = token_call(sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"]).json()

    assert second["refresh_token"] != first["refresh_token"]
    assert Caller(sandbox, second["access_token"]).get("/rest/v1.0/me").json()["id"] == PRIYA


def test_a_used_refresh_token_is_refused(sandbox: Checked) -> None:
    token = sign_in(sandbox, PRIYA)["refresh_token"]

    assert token_call(sandbox, grant_type="refresh_token", refresh_token=token).status == 200
    again = token_call(sandbox, grant_type="refresh_token", refresh_token=token)
    assert again.status == 400
    assert again.json()["error"] == "invalid_grant"


def test_a_refresh_leaves_the_old_access_token_alone_unless_told(clock: Clock) -> None:
    for revokes, status in ((False, 200), (True, 401)):
        sandbox = make_sandbox(clock, refresh_revokes_access=revokes)
        pair = sign_in(sandbox, PRIYA)
        token_call(sandbox, grant_type="refresh_token", refresh_token=pair["refresh_token"])
        assert Caller(sandbox, pair["access_token"]).get("/rest/v1.0/me").status == status


def test_client_credentials_give_no_refresh_token(sandbox: Checked) -> None:
    answer = token_call(sandbox, grant_type="client_credentials").json()

    assert sorted(answer) == ["access_token", "created_at", "expires_in", "token_type"]


def test_an_access_token_ends_with_its_time(sandbox: Checked, clock: Clock) -> None:
    priya = caller(sandbox, PRIYA)

    clock.now += 5399
    assert priya.get("/rest/v1.0/me").status == 200
    clock.now += 1
    answer = priya.get("/rest/v1.0/me")
    assert answer.status == 401
    assert answer.json() == {"error": "invalid_token", "error_description": "The access token expired"}
    assert "invalid_token" in (answer.header("WWW-Authenticate") or "")


def test_an_unknown_access_token_is_invalid(sandbox: Checked) -> None:
    answer = Caller(sandbox, "nothing").get("/rest/v1.0/me")

    assert answer.status == 401
    assert answer.json()["error_description"] == "The access token is invalid"


def test_token_info_tells_whose_and_how_long(sandbox: Checked, clock: Clock) -> None:
    priya = caller(sandbox, PRIYA)
    clock.now += 400

    assert priya.get("/oauth/token/info").json() == {
        "resource_owner_id": PRIYA,
        "scopes": [],
        "expires_in_seconds": 5000,
        "application": {"uid": "sandbox-client-id"},
        "created_at": 1_790_000_000,
    }
    assert Caller(sandbox, "nothing").get("/oauth/token/info").status == 401


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_one_token_ends_both(sandbox: Checked, which: str) -> None:
    pair = sign_in(sandbox, PRIYA)

    assert revoke(sandbox, pair[which]).status == 200
    assert Caller(sandbox, pair["access_token"]).get("/rest/v1.0/me").status == 401
    again = token_call(sandbox, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert again.status == 400


def test_revoking_an_unknown_token_is_no_error(sandbox: Checked) -> None:
    assert revoke(sandbox, "nothing").status == 200
    assert revoke(sandbox, "nothing", secret="wrong").status == 401


def test_the_status_of_a_dead_grant_is_a_setting(clock: Clock) -> None:
    sandbox = make_sandbox(clock, invalid_grant_status=401)

    assert token_call(sandbox, grant_type="refresh_token", refresh_token="used").status == 401


def test_tokens_are_the_same_in_each_run_and_new_after_a_reset(clock: Clock) -> None:
    one, two = make_sandbox(clock), make_sandbox(clock)
    first = sign_in(one, PRIYA)["access_token"]

    assert sign_in(two, PRIYA)["access_token"] == first
    one.reset()
    assert sign_in(one, PRIYA)["access_token"] != first
    assert Caller(one, first).get("/rest/v1.0/me").status == 401


def test_an_unknown_oauth_path_is_not_found(sandbox: Checked) -> None:
    assert sandbox.handle(Request("GET", "/oauth/applications")).status == 404
