from __future__ import annotations

import json
from typing import Any

import pytest

from plumbline.cxalloy.answers import Answer, Asked, retry_after, value_of
from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry

NOW = 1_780_000_000.0
READ = Asked("POST /issue", writes=False, authorization_id="auth-1", now=NOW)
WRITE = Asked("POST /issue_update", writes=True, authorization_id="auth-1", now=NOW)


def answer(status: int, body: Any = b"{}", **headers: str) -> Answer:
    return Answer(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def refusal(status: int, body: Any = b"{}", asked: Asked = READ, **headers: str) -> Any:
    with pytest.raises((Retry, Reject, NeedsAuthorization)) as caught:
        value_of(answer(status, body, **headers), asked)
    return caught.value


def test_a_json_answer_is_its_value() -> None:
    assert value_of(answer(200, [{"a": 1}]), READ) == [{"a": 1}]
    assert value_of(answer(201, {"issue_id": 5}), WRITE) == {"issue_id": 5}


def test_an_empty_answer_is_a_success_of_a_write_only() -> None:
    assert value_of(answer(204, b""), WRITE) is None
    assert type(refusal(200, b"")) is Retry


@pytest.mark.parametrize("status", [401, 403])
@pytest.mark.parametrize("asked", [READ, WRITE])
def test_a_refused_key_stops_its_authorization_only(status: int, asked: Asked) -> None:
    error = refusal(status, {"error": "Signature does not match"}, asked)

    assert isinstance(error, NeedsAuthorization)
    assert error.authorization_id == "auth-1"
    assert "Signature does not match" in error.cause
    assert "Check in CxAlloy TQ that the key is active" in error.cause


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("asked", [READ, WRITE])
def test_a_busy_server_is_asked_again_when_it_says(status: int, asked: Asked) -> None:
    error = refusal(status, b"<html>", asked, **{"retry-after": "17"})

    assert type(error) is Retry
    assert error.after == 17


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("5", 5),
        ("0", 1),
        ("86400", 3600),
        ("", 60),
        ("soon", 60),
        ("Thu, 28 May 2026 20:27:00 GMT", 20),
        ("Thu, 28 May 2026 20:00:00 GMT", 1),
    ],
)
def test_retry_after_is_read_in_both_forms_and_bounded(told: Any, seconds: float) -> None:
    assert retry_after({"retry-after": told} if told else {}, NOW) == seconds


@pytest.mark.parametrize("status", [408, 500, 502, 503, 504])
def test_the_effect_of_a_write_that_failed_is_unknown(status: int) -> None:
    """A 503 too, where it does not say when to come back: it may be a gateway's, after the write."""
    assert type(refusal(status)) is Retry
    assert type(refusal(status, asked=WRITE)) is EffectUnknown
    assert refusal(status, asked=WRITE).after == 30


def test_an_answer_that_is_not_json_is_no_answer() -> None:
    assert type(refusal(200, b"<html>Sign in</html>")) is Retry
    assert type(refusal(200, b"<html>Sign in</html>", WRITE)) is EffectUnknown


def test_a_200_with_an_error_body_is_a_refusal_in_its_own_words() -> None:
    error = refusal(200, {"error": "Status is not allowed"}, WRITE)

    assert isinstance(error, Reject)
    assert error.code == "refused"
    assert error.cause == "CxAlloy TQ refused POST /issue_update: Status is not allowed"


def test_a_404_is_named_so() -> None:
    error = refusal(404, {"message": "Issue not found"})

    assert (error.code, "Issue not found" in error.cause) == ("not_found", True)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]"])
def test_a_refusal_without_words_says_so(body: Any) -> None:
    assert refusal(422, body).cause == "CxAlloy TQ refused POST /issue (422): no reason given"


def test_a_redirect_names_the_host_as_the_field_at_fault() -> None:
    error = refusal(302, b"")

    assert (error.code, error.field) == ("redirected", "host")
