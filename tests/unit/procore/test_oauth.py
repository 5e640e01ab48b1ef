from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from plumbline.procore import oauth
from plumbline.procore.environments import hosts_of
from plumbline.procore.oauth import AppCredentials, Tokens
from plumbline.procore.reading import Unreadable

APP = AppCredentials("client-1", "quiet-word")


def test_s1_the_sign_in_address_carries_the_state_and_the_exact_redirect() -> None:
    url = oauth.authorize_url(
        hosts_of("production"), client_id="client-1", redirect_uri="https://p.example/cb?x=1", state="s&t"
    )
    parts = urlsplit(url)

    assert (parts.scheme, parts.netloc, parts.path) == ("https", "login.procore.com", "/oauth/authorize")
    assert parse_qsl(parts.query) == [
        ("response_type", "code"),
        ("client_id", "client-1"),
        ("redirect_uri", "https://p.example/cb?x=1"),
        ("state", "s&t"),
    ]


def test_s2_each_grant_has_its_body() -> None:
    assert oauth.code_body(APP, code="c", redirect_uri="https://p.example/cb") == {
        "grant_type": "authorization_code",
        "code": "c",
        "redirect_uri": "https://p.example/cb",
        "client_id": "client-1",
        "client_secret": "quiet-word",
    }
    assert oauth.refresh_body(APP, "r") == {
        "grant_type": "refresh_token",
        "refresh_token": "r",
        "client_id": "client-1",
        "client_secret": "quiet-word",
    }
    assert oauth.client_credentials_body(APP) == {
        "grant_type": "client_credentials",
        "client_id": "client-1",
        "client_secret": "quiet-word",
    }
    assert oauth.revoke_body(APP, "t") == {
        "token": "t",
        "client_id": "client-1",
        "client_secret": "quiet-word",
    }


def test_a_token_answer_lives_as_long_as_it_says_by_our_clock() -> None:
    data = {
        "access_token": "a",
        "token_type": "bearer",
        "expires_in": 5400,
        "refresh_token": "r",
        "created_at": 1,
    }

    assert oauth.read_tokens(data, asked_at=1000.0) == Tokens("a", "r", expires_at=6400.0, created_at=1000.0)


@pytest.mark.parametrize(
    ("expires_in", "expires_at"), [(None, 1900.0), (True, 1900.0), ("x", 1900.0), (60.5, 1060.5)]
)
def test_a_life_that_is_not_told_is_taken_as_short(expires_in: Any, expires_at: Any) -> None:
    tokens = oauth.read_tokens({"access_token": "a", "expires_in": expires_in}, asked_at=1000.0)

    assert (tokens.expires_at, tokens.refresh) == (expires_at, None)


@pytest.mark.parametrize("data", [None, [], {}, {"access_token": 7}])
def test_an_answer_without_a_token_is_unreadable(data: Any) -> None:
    with pytest.raises(Unreadable, match="access_token is missing"):
        oauth.read_tokens(data, asked_at=0.0)


@pytest.mark.parametrize("refresh", ["r", None])
def test_tokens_come_back_from_their_stored_form(refresh: Any) -> None:
    tokens = Tokens("a", refresh, expires_at=2.0, created_at=1.0)

    assert oauth.from_json(oauth.to_json(tokens)) == tokens


@pytest.mark.parametrize(
    ("life", "age", "due"),
    [(5400, 4799, False), (5400, 4801, True), (900, 449, False), (900, 451, True), (900, 2000, True)],
)
def test_a_token_is_due_ten_minutes_early_or_at_half_of_a_short_life(
    life: float, age: float, due: bool
) -> None:
    tokens = Tokens("a", None, expires_at=1000.0 + life, created_at=1000.0)

    assert tokens.is_due(1000.0 + age) is due
    assert tokens.left(1000.0 + age) == life - age


def test_no_secret_shows_in_a_repr() -> None:
    shown = f"{APP!r} {Tokens('access-1', 'refresh-1', 2.0, 1.0)!r}"

    assert shown == "AppCredentials(client_id='client-1') Tokens(expires_at=2.0, created_at=1.0)"
