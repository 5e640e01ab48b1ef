from __future__ import annotations

from typing import Any

import pytest

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.procore.errors import decipher, decipher_oauth

NOW = 1_800_000_000.0
TEXT_429 = b'{"errors":"You have surpassed the max number of requests for an hour."}'


def deciphered(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None, *, wrote: bool = False
) -> Exception:
    return decipher(status, headers or {}, body, now=NOW, wrote=wrote, authorization_id="auth-1")


def oauth_deciphered(
    status: int, body: bytes = b"", headers: dict[str, str] | None = None, *, wrote: bool = True
) -> Exception:
    return decipher_oauth(status, headers or {}, body, now=NOW, wrote=wrote)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (403, b'{"errors":["App is not connected to this company."]}', "app_not_installed"),
        (403, b'{"errors":"APP IS NOT CONNECTED TO THIS COMPANY"}', "app_not_installed"),
        (401, b'{"message":"App is not connected to this company"}', "app_not_installed"),
        (
            403,
            b'{"errors":["Implicit Oauth Connections Are Not Allowed For This Company"]}',
            "user_installs_off",
        ),
        (401, b"implicit OAuth connections are not allowed for this company", "user_installs_off"),
        (400, b'{"errors":"Missing Procore-Company-Id header! See the docs."}', "missing_company_header"),
        (400, b'{"errors":{"name":["has already been taken"]}}', "invalid"),
        (403, b'{"errors":["You do not have permission."]}', "forbidden"),
        (404, b'{"errors":"Not found"}', "not_found"),
        (406, b"", "not_acceptable"),
        (408, b"", "too_much_asked"),
        (409, b'{"errors":{"base":["taken"]},"error_type":"x","file":{}}', "conflict"),
        (410, b"", "gone"),
        (422, b'{"errors":{"assignees":["may not"]}}', "invalid"),
        (302, b"", "redirected"),
        (418, b"", "refused"),
    ],
)
def test_s5_each_refusal_has_its_code_words_and_next_step(status: int, body: bytes, code: str) -> None:
    error = deciphered(status, body)

    assert isinstance(error, Reject)
    assert error.code == code
    assert error.cause
    assert error.next_step.endswith(".")


def test_a_refusal_speaks_procores_words_and_names_the_field() -> None:
    error = deciphered(422, b'{"errors":{"assignees":["may not be assigned"]}}')

    assert isinstance(error, Reject)
    assert (error.cause, error.field) == ("assignees: may not be assigned", "assignees")


def test_s5_a_missing_installation_says_who_must_do_what() -> None:
    error = deciphered(403, b'{"errors":["App is not connected to this company."]}')

    assert str(error) == (
        "App is not connected to this company. Ask a Procore company admin to install the app "
        "(App Management, Install App), then check again."
    )


def test_s9_a_refused_token_needs_authorization_and_names_which() -> None:
    error = deciphered(401, b'{"error":"invalid_token","error_description":"The access token is invalid"}')

    assert isinstance(error, NeedsAuthorization)
    assert (error.authorization_id, error.cause) == ("auth-1", "The access token is invalid")


def test_a_401_without_words_still_has_a_cause() -> None:
    error = deciphered(401)

    assert isinstance(error, NeedsAuthorization)
    assert error.cause == "Procore does not accept the token."


@pytest.mark.parametrize("wrote", [False, True])
@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, 60.0),
        ({"retry-after": "4"}, 4.0),
        (
            {"x-rate-limit-limit": "25", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1800000009"},
            9.0,
        ),
        ({"retry-after": "0"}, 1.0),
    ],
)
def test_a_429_is_tried_again_when_procore_says(headers: dict[str, str], after: float, wrote: bool) -> None:
    error = deciphered(429, TEXT_429, headers, wrote=wrote)

    assert type(error) is Retry
    assert error.after == after
    assert "You have surpassed the max number" in error.reason


@pytest.mark.parametrize(
    ("status", "headers", "wrote", "kind", "after"),
    [
        (500, {}, False, Retry, 0.0),
        (500, {}, True, EffectUnknown, 0.0),
        (502, {}, True, EffectUnknown, 0.0),
        (504, {"retry-after": "5"}, True, EffectUnknown, 5.0),
        (503, {"retry-after": "5"}, True, Retry, 5.0),
        (503, {"retry-after": "5"}, False, Retry, 5.0),
        (503, {}, True, EffectUnknown, 0.0),
        (503, {}, False, Retry, 0.0),
        (408, {}, True, EffectUnknown, 0.0),
    ],
)
def test_a_failure_of_procores_leaves_the_effect_of_a_write_unknown(
    status: int, headers: dict[str, str], wrote: bool, kind: Any, after: float
) -> None:
    error = deciphered(status, b"<html><title>Sorry</title></html>", headers, wrote=wrote)

    assert type(error) is kind
    assert isinstance(error, Retry)
    assert (error.reason, error.after) == (f"Procore failed with {status}: Sorry", after)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, b'{"error":"invalid_grant","error_description":"The provided authorization grant is invalid"}',
         "grant_refused"),
        (401, b'{"error":"invalid_grant"}', "grant_refused"),
        (401, b"The refresh token is invalid", "grant_refused"),
        (401, b'{"error":"invalid_client","error_description":"Client authentication failed"}',
         "app_refused"),
        (400, b"Client authentication failed", "app_refused"),
        (403, b'{"error":"invalid_client"}', "app_refused"),
        (401, b'{"error":"unauthorized_client","error_description":"This app has no service account."}',
         "app_refused"),
        (400, b'{"error":"invalid_request"}', "invalid"),
    ],
)  # fmt: skip
def test_the_sign_in_hosts_refusals_have_their_codes(status: int, body: bytes, code: str) -> None:
    error = oauth_deciphered(status, body)

    assert isinstance(error, Reject)
    assert error.code == code


def test_a_sign_in_host_that_fails_is_tried_again() -> None:
    assert type(oauth_deciphered(500)) is EffectUnknown
    assert type(oauth_deciphered(500, wrote=False)) is Retry


def test_a_grant_word_in_a_server_failure_is_no_refusal() -> None:
    assert type(oauth_deciphered(500, b"invalid_grant")) is EffectUnknown


def test_an_install_word_in_a_server_failure_is_no_refusal() -> None:
    assert type(deciphered(500, b"App is not connected to this company", wrote=True)) is EffectUnknown
