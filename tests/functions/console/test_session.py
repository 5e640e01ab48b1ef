"""`/session`: who gets a token, where it goes, and what is never told."""

from __future__ import annotations

import base64
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ConnectTimeoutError
from tests.functions.console.desk import (
    ACCESS,
    EMAIL,
    ORIGIN,
    PASSWORD,
    REFRESH,
    SESSION,
    SUB,
    Desk,
    challenge,
    error_of,
    refusal,
    tokens,
)
from tests.infra.stack import EVERYTHING

from plumbline import wiring

if TYPE_CHECKING:
    from types import ModuleType

CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
COOKIE = f"__Host-plumbline_session={REFRESH}"
HANDED_OUT = f"{COOKIE}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=604800"
CLEARED = "__Host-plumbline_session=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"
NEW_PASSWORD = {"challenge": "NEW_PASSWORD_REQUIRED", "session": f"{SUB} {SESSION}"}
CODE = {"challenge": "SOFTWARE_TOKEN_MFA", "session": f"{SUB} {SESSION}"}


def test_who_signs_in_is_told_an_access_token_and_gets_the_refresh_token_as_a_cookie(desk: Desk) -> None:
    desk.cognito.answers = [tokens(RefreshToken=REFRESH)]

    answer = desk.session("POST", CREDENTIALS)

    assert answer["statusCode"] == 200
    assert json.loads(answer["body"]) == {"access_token": ACCESS, "expires_in": 3600, "email": EMAIL}
    assert answer["headers"]["Set-Cookie"] == HANDED_OUT
    assert answer["headers"]["Cache-Control"] == "no-store"
    assert desk.cognito.asked == [
        (
            "initiate_auth",
            {
                "ClientId": "client-of-the-console",
                "AuthFlow": "USER_PASSWORD_AUTH",
                "AuthParameters": {"USERNAME": EMAIL, "PASSWORD": PASSWORD},
            },
        )
    ]


@pytest.mark.parametrize("name", ["NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA"])
def test_a_challenge_is_told_with_a_session_and_without_a_cookie(desk: Desk, name: str) -> None:
    desk.cognito.answers = [challenge(name)]

    answer = desk.session("POST", CREDENTIALS)

    assert json.loads(answer["body"]) == {"challenge": name, "session": f"{SUB} {SESSION}"}
    assert "Set-Cookie" not in answer["headers"]


@pytest.mark.parametrize(
    ("body", "responses"),
    [
        ({**NEW_PASSWORD, "new_password": PASSWORD}, {"USERNAME": SUB, "NEW_PASSWORD": PASSWORD}),
        ({**CODE, "code": "123456"}, {"USERNAME": SUB, "SOFTWARE_TOKEN_MFA_CODE": "123456"}),
    ],
)
def test_a_challenge_is_answered_under_the_name_that_cognito_gave_the_person(
    desk: Desk, body: dict[str, str], responses: dict[str, str]
) -> None:
    desk.cognito.answers = [tokens(RefreshToken=REFRESH)]

    answer = desk.session("POST", {"email": EMAIL, **body})

    assert (answer["statusCode"], answer["headers"]["Set-Cookie"]) == (200, HANDED_OUT)
    assert desk.cognito.asked == [
        (
            "respond_to_auth_challenge",
            {
                "ClientId": "client-of-the-console",
                "ChallengeName": body["challenge"],
                "Session": SESSION,
                "ChallengeResponses": responses,
            },
        )
    ]


def test_a_new_password_may_be_followed_by_a_code(desk: Desk) -> None:
    desk.cognito.answers = [challenge("SOFTWARE_TOKEN_MFA")]

    answer = desk.session("POST", {**NEW_PASSWORD, "new_password": PASSWORD})

    assert json.loads(answer["body"])["challenge"] == "SOFTWARE_TOKEN_MFA"


@pytest.mark.parametrize(
    ("body", "code", "answered"),
    [
        (CREDENTIALS, "NotAuthorizedException", (401, "wrong_sign_in", "password")),
        (CREDENTIALS, "UserNotFoundException", (401, "wrong_sign_in", "password")),
        (CREDENTIALS, "InvalidParameterException", (401, "wrong_sign_in", "password")),
        (CREDENTIALS, "PasswordResetRequiredException", (403, "password_reset", "password")),
        (NEW_PASSWORD, "InvalidPasswordException", (422, "weak_password", "new_password")),
        (NEW_PASSWORD, "PasswordHistoryPolicyViolationException", (422, "used_password", "new_password")),
        (NEW_PASSWORD, "NotAuthorizedException", (401, "sign_in_ended", "session")),
        (CODE, "CodeMismatchException", (422, "wrong_code", "code")),
        (CODE, "ExpiredCodeException", (401, "sign_in_ended", "session")),
        (CREDENTIALS, "TooManyRequestsException", (503, "try_again", "request")),
    ],
)
def test_a_refusal_of_cognito_is_told_in_our_own_words(
    desk: Desk, body: dict[str, str], code: str, answered: tuple[int, str, str]
) -> None:
    desk.cognito.answers = [refusal(code)]

    answer = desk.session("POST", {**body, "new_password": "x", "code": "1"})

    error = error_of(answer)
    assert (answer["statusCode"], error["code"], error["field"]) == answered
    assert set(error) == {"code", "cause", "next_step", "field", "problems", "support_address"}
    assert error["problems"] == [
        {"field": error["field"], "reason": error["cause"], "next_step": error["next_step"]}
    ]
    assert error["support_address"] == "help@example.test"
    assert "\n" not in answer["body"]
    assert "Set-Cookie" not in answer["headers"]


def test_the_rules_for_a_new_password_are_those_of_the_user_pool() -> None:
    policy = EVERYTHING["People"]["Properties"]["Policies"]["PasswordPolicy"]

    assert policy["MinimumLength"] == 14
    assert [policy[f"Require{one}"] for one in ("Lowercase", "Uppercase", "Numbers", "Symbols")] == [True] * 4


def test_a_challenge_that_the_console_does_not_know_is_refused(desk: Desk) -> None:
    desk.cognito.answers = [challenge("SMS_MFA")]

    answer = desk.session("POST", CREDENTIALS)

    assert (answer["statusCode"], error_of(answer)["code"]) == (403, "unknown_challenge")


def test_a_service_that_does_not_answer_is_said_to_be_tried_again(desk: Desk) -> None:
    desk.cognito.answers = [ConnectTimeoutError(endpoint_url=ORIGIN)] * 2

    signing_in, staying = desk.session("POST", CREDENTIALS), desk.session("PUT", cookie=COOKIE)

    for answer in (signing_in, staying):
        assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "10")
        assert "Set-Cookie" not in answer["headers"]


# Staying, leaving


def test_a_reload_gets_a_fresh_access_token_and_keeps_its_cookie(desk: Desk) -> None:
    desk.cognito.answers = [tokens(), tokens()]

    for _ in range(2):
        answer = desk.session("PUT", cookie=f"theme=dark; {COOKIE}")
        assert json.loads(answer["body"])["access_token"] == ACCESS
        assert "Set-Cookie" not in answer["headers"]
    assert [asked["AuthParameters"] for _, asked in desk.cognito.asked] == [{"REFRESH_TOKEN": REFRESH}] * 2


def test_a_refresh_token_that_cognito_exchanges_replaces_the_cookie(desk: Desk) -> None:
    desk.cognito.answers = [tokens(RefreshToken=f"{REFRESH}-2")]

    answer = desk.session("PUT", cookie=COOKIE)

    assert answer["headers"]["Set-Cookie"].startswith(f"{COOKIE}-2; ")


@pytest.mark.parametrize("answer", [refusal("NotAuthorizedException"), challenge("SOFTWARE_TOKEN_MFA")])
def test_a_session_that_has_ended_loses_its_cookie(desk: Desk, answer: Any) -> None:
    desk.cognito.answers = [answer]

    told = desk.session("PUT", cookie=COOKIE)

    assert (told["statusCode"], error_of(told)["code"]) == (401, "not_signed_in")
    assert told["headers"]["Set-Cookie"] == CLEARED


@pytest.mark.parametrize(
    ("cookie", "status"),
    [
        ("", 204),
        ("other=1", 204),
        ("__Host-plumbline_session=", 204),
        (f'"{COOKIE}"', 204),
        (f"{COOKIE} odd\x7f", 401),
    ],
)
def test_without_a_usable_cookie_nobody_is_signed_in_and_cognito_is_not_asked(
    desk: Desk, cookie: str, status: int
) -> None:
    assert desk.session("PUT", cookie=cookie)["statusCode"] == status
    assert desk.session("DELETE", cookie=cookie)["statusCode"] == 204
    assert desk.cognito.asked == []


@pytest.mark.parametrize(
    "outcome", [{}, refusal("UnsupportedTokenTypeException"), refusal("ThrottlingException")]
)
def test_signing_out_revokes_the_token_and_forgets_the_cookie_in_any_case(desk: Desk, outcome: Any) -> None:
    desk.cognito.answers = [outcome]

    answer = desk.session("DELETE", cookie=COOKIE)

    assert (answer["statusCode"], answer["body"], answer["headers"]["Set-Cookie"]) == (204, "", CLEARED)
    assert desk.cognito.asked == [("revoke_token", {"Token": REFRESH, "ClientId": "client-of-the-console"})]


def test_the_cookie_lasts_as_long_as_the_refresh_token() -> None:
    client = EVERYTHING["ConsoleClient"]["Properties"]

    assert (client["RefreshTokenValidity"], client["TokenValidityUnits"]["RefreshToken"]) == (7, "days")
    assert client["EnableTokenRevocation"] is True
    assert HANDED_OUT.endswith("Max-Age=604800")


# Who may call


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
@pytest.mark.parametrize(
    "origin",
    [
        None,
        "",
        "null",
        "https://evil.example",
        f"{ORIGIN}.evil.example",
        "http://api.example.test",
        f"{ORIGIN}/",
    ],
)
def test_a_call_that_another_site_made_is_refused(desk: Desk, method: str, origin: str | None) -> None:
    answer = desk.session(method, CREDENTIALS, origin=origin, cookie=COOKIE)

    assert (answer["statusCode"], error_of(answer)["code"]) == (403, "wrong_origin")
    assert "Set-Cookie" not in answer["headers"]
    assert desk.cognito.asked == []


def test_a_call_from_a_neighbour_of_the_same_site_is_refused(desk: Desk) -> None:
    answer = desk.session("PUT", cookie=COOKIE, headers={"Sec-Fetch-Site": "same-site"})

    assert answer["statusCode"] == 403


def test_no_answer_lets_another_site_read_it(desk: Desk) -> None:
    desk.cognito.answers = [tokens(RefreshToken=REFRESH)]

    answer = desk.session("POST", CREDENTIALS)

    assert [name for name in answer["headers"] if name.lower().startswith("access-control")] == []


# What may be sent


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "email"),
        ({"email": EMAIL}, "password"),
        ({"email": 5, "password": PASSWORD}, "email"),
        ({"email": EMAIL, "password": ["x"]}, "password"),
        ({"email": EMAIL, "password": "x" * 257}, "password"),
        ({"email": EMAIL, "password": " "}, "password"),
        ({**CREDENTIALS, "challenge": "SMS_MFA"}, "challenge"),
        ({"challenge": 1}, "challenge"),
        ({"challenge": "SOFTWARE_TOKEN_MFA", "session": "x"}, "code"),
        ({"challenge": "NEW_PASSWORD_REQUIRED", "new_password": "x"}, "session"),
        ([], "body"),
        ("text", "body"),
    ],
)
def test_a_body_that_lacks_something_names_the_field(desk: Desk, body: object, field: str) -> None:
    answer = desk.session("POST", body)

    assert (answer["statusCode"], error_of(answer)["field"]) == (422, field)
    assert desk.cognito.asked == []


@pytest.mark.parametrize(
    ("raw", "kind", "status"),
    [
        ("{", "application/json", 400),
        ('{"email": "\\ud800"}', "application/json", 400),
        ("[" * 5000, "application/json", 400),
        ("", "application/json", 400),
        ("email=a", "application/x-www-form-urlencoded", 415),
        (json.dumps(CREDENTIALS), "text/plain", 415),
        (json.dumps({**CREDENTIALS, "more": "x" * 8192}), "application/json", 413),
        ("x" * 20_000, "text/plain", 413),
    ],
)
def test_odd_bodies_are_refused(desk: Desk, raw: str, kind: str, status: int) -> None:
    answer = desk.session("POST", raw_body=raw, headers={"Content-Type": kind})

    assert answer["statusCode"] == status
    assert error_of(answer)["next_step"]


def test_a_body_that_the_gateway_encoded_is_read(console: ModuleType, desk: Desk) -> None:
    desk.cognito.answers = [tokens(RefreshToken=REFRESH)]
    encoded = base64.b64encode(json.dumps(CREDENTIALS).encode()).decode()
    whole = console.handler

    def as_binary(event: dict[str, Any], context: object) -> Any:
        return whole({**event, "isBase64Encoded": True}, context)

    answer = Desk(as_binary, desk.cognito).session("POST", raw_body=encoded)

    assert answer["statusCode"] == 200


# What is never told


def test_no_log_line_and_no_refusal_holds_a_token_password_or_person(
    desk: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    outcomes: list[Any] = [refusal("NotAuthorizedException"), refusal("Unheard"), challenge("SMS_MFA")]
    for outcome in outcomes:
        desk.cognito.answers = [outcome] * 4
        refused = [
            desk.session("POST", CREDENTIALS),
            desk.session("POST", {**CODE, "code": "271828"}),
            desk.session("PUT", cookie=COOKIE),
        ]
        desk.session("DELETE", cookie=COOKIE)
        assert min(one["statusCode"] for one in refused) >= 400
    refusals = "".join(desk.seen)
    desk.cognito.answers = [tokens(RefreshToken=REFRESH)]
    desk.session("POST", CREDENTIALS)

    logged = "\n".join(f"{one.getMessage()} {vars(one)}" for one in caplog.records) + "".join(
        capfd.readouterr()
    )
    told = f"{refusals}{logged}"
    assert len(caplog.records) >= 13
    assert [one for one in (PASSWORD, ACCESS, REFRESH, SESSION, EMAIL, SUB, "271828") if one in told] == []


def test_cognito_is_called_without_a_signature(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("USER_POOL_CLIENT", "client-of-the-console")
    wiring.people.cache_clear()
    try:
        people = wiring.people()
        request = _sent(people.client)
    finally:
        wiring.people.cache_clear()

    assert people.client_id == "client-of-the-console"
    assert "Authorization" not in request.headers
    assert request.url == "https://cognito-idp.eu-west-1.amazonaws.com/"


def _sent(client: Any) -> Any:
    """The request that a call would send; nothing leaves the machine."""
    caught: list[Any] = []

    class Stopped(Exception):
        pass

    def stop(request: Any, **_more: Any) -> None:
        caught.append(request)
        raise Stopped

    client.meta.events.register("before-send.cognito-idp.*", stop)
    with pytest.raises(Stopped):
        client.initiate_auth(ClientId="x", AuthFlow="USER_PASSWORD_AUTH", AuthParameters={"USERNAME": "x"})
    return caught[0]
