from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.procore.oauth import AppCredentials, Tokens
from plumbline.procore.oauth_client import OAuthClient

from .conftest import Clock, Reply, Server

if TYPE_CHECKING:
    from plumbline.procore.environments import Hosts

PAIR = {
    "access_token": "a2",
    "token_type": "bearer",
    "expires_in": 5400,
    "refresh_token": "r2",
    "created_at": 1,
}


@pytest.fixture
def oauth_client(hosts: Hosts, session: requests.Session, clock: Clock) -> OAuthClient:
    app = AppCredentials("client-1", "quiet-word")
    return OAuthClient(hosts, app, session=session, now=clock.now, timeout=(5.0, 5.0))


def test_s1_the_sign_in_address_is_that_of_the_environment(oauth_client: OAuthClient, server: Server) -> None:
    url = oauth_client.authorize_url(redirect_uri="https://p.example/cb", state="s")

    assert url == (
        f"{server.url}/oauth/authorize?response_type=code&client_id=client-1"
        "&redirect_uri=https%3A%2F%2Fp.example%2Fcb&state=s"
    )


def test_s1_a_code_is_exchanged_for_the_first_pair(oauth_client: OAuthClient, server: Server) -> None:
    server.replies = [Reply(200, PAIR)]

    assert oauth_client.exchange("c", "https://p.example/cb") == Tokens(
        "a2", "r2", expires_at=1_800_005_400.0, created_at=1_800_000_000.0
    )
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.headers["content-type"]) == (
        "POST",
        "/oauth/token",
        "application/json",
    )
    assert seen.json["grant_type"] == "authorization_code"
    assert "authorization" not in seen.headers


def test_a_refresh_and_a_service_account_ask_with_their_grants(
    oauth_client: OAuthClient, server: Server
) -> None:
    service = {name: PAIR[name] for name in ("access_token", "expires_in")}
    server.replies = [Reply(200, PAIR), Reply(200, service)]

    assert oauth_client.refresh("r1").refresh == "r2"
    assert oauth_client.client_credentials().refresh is None
    assert [seen.json["grant_type"] for seen in server.seen] == ["refresh_token", "client_credentials"]


def test_a_token_is_revoked_and_looked_up(oauth_client: OAuthClient, server: Server) -> None:
    server.replies = [Reply(200, {}), Reply(200, {"resource_owner_id": 5002, "expires_in_seconds": 100})]

    oauth_client.revoke("a1")

    assert oauth_client.token_info("a1")["resource_owner_id"] == 5002
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("POST", "/oauth/revoke"),
        ("GET", "/oauth/token/info"),
    ]
    assert server.seen[1].headers["authorization"] == "Bearer a1"


@pytest.mark.parametrize("body", [b"", b"[]", b"<p>"])
def test_an_odd_answer_about_a_token_is_asked_for_again(
    oauth_client: OAuthClient, server: Server, body: bytes
) -> None:
    server.replies = [Reply(200, body=body)]

    with pytest.raises(Retry):
        oauth_client.token_info("a1")


def test_a_used_code_is_refused(oauth_client: OAuthClient, server: Server) -> None:
    server.replies = [Reply(400, {"error": "invalid_grant", "error_description": "The code was used"})]

    with pytest.raises(Reject) as refused:
        oauth_client.exchange("c", "https://p.example/cb")

    assert (refused.value.code, refused.value.cause) == ("grant_refused", "The code was used")


def test_a_dead_token_cannot_be_looked_up(oauth_client: OAuthClient, server: Server) -> None:
    server.replies = [Reply(401, {"error": "invalid_token"})]

    with pytest.raises(NeedsAuthorization):
        oauth_client.token_info("a1")


@pytest.mark.parametrize(
    "reply",
    [Reply(500), Reply(drop=True), Reply(200, PAIR, cut=True), Reply(200, {}), Reply(200, body=b"<p>")],
)
def test_a_refresh_without_a_readable_answer_may_have_happened(
    oauth_client: OAuthClient, server: Server, reply: Reply
) -> None:
    server.replies = [reply]

    with pytest.raises(EffectUnknown):
        oauth_client.refresh("r1")

    assert len(server.seen) == 1


def test_a_look_up_whose_connection_breaks_changes_nothing(oauth_client: OAuthClient, server: Server) -> None:
    server.replies = [Reply(drop=True)]

    with pytest.raises(Retry) as broken:
        oauth_client.token_info("a1")

    assert type(broken.value) is Retry


def test_a_busy_sign_in_host_is_asked_again_later(oauth_client: OAuthClient, server: Server) -> None:
    server.replies = [Reply(429, headers={"Retry-After": "9"})]

    with pytest.raises(Retry) as busy:
        oauth_client.refresh("r1")

    assert busy.value.after == 9.0


def test_a_redirect_of_the_sign_in_host_is_not_followed(oauth_client: OAuthClient, server: Server) -> None:
    server.replies = [Reply(302, headers={"Location": "https://elsewhere.example/"})]

    with pytest.raises(Reject) as moved:
        oauth_client.refresh("r1")

    assert moved.value.code == "redirected"


def test_the_session_keeps_no_secret(
    oauth_client: OAuthClient, server: Server, session: requests.Session
) -> None:
    server.replies = [Reply(200, PAIR)]
    oauth_client.refresh("r1")

    assert dict(session.headers).keys() == dict(requests.Session().headers).keys()
