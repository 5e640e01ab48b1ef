"""Turns what CxAlloy TQ answered into a value or one of the named errors. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from plumbline.cxalloy.reading import error_words, words
from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMITED_SECONDS = 60.0
BROKEN_SECONDS = 30.0
LONGEST_WAIT = 3600.0
CHECK_KEY = "Check in CxAlloy TQ that the key is active and has this project and right, or give another key."


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer as it came; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Asked:
    """What the answer is to: which call, whether it changes anything, whose key, when (Unix seconds)."""

    call: str
    writes: bool
    authorization_id: str
    now: float
    message_is_error: bool = True


def value_of(answer: Answer, asked: Asked) -> object:
    """Return the JSON value of an answer, None for an empty one to a write; raises a named error."""
    refuse_status(answer, asked)
    if asked.writes and not answer.body.strip():
        return None
    try:
        value: object = json.loads(answer.body)
    except ValueError:
        raise unclear(asked, "answered with something that is not JSON") from None
    if told := error_words(value, message_is_error=asked.message_is_error):
        raise Reject(
            "refused", f"CxAlloy TQ refused {asked.call}: {told}", "Correct what it names, then retry."
        )
    return value


def refuse_status(answer: Answer, asked: Asked) -> None:
    """Raise the named error that a status stands for; a success returns."""
    status = answer.status
    if status in {401, 403}:
        # A clock that is off fails the same way, so the server's words are kept.
        cause = f"CxAlloy TQ refused the key for {asked.call} ({status}: {_words(answer)})."
        raise NeedsAuthorization(asked.authorization_id, f"{cause} {CHECK_KEY}")
    if _turned_away(answer, asked):
        raise Retry(f"CxAlloy TQ is busy ({status})", after=retry_after(answer.headers, asked.now))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        raise unclear(asked, f"failed with status {status}")
    if status == HTTPStatus.NOT_FOUND:
        cause = f"CxAlloy TQ does not know what {asked.call} asks for: {_words(answer)}"
        raise Reject("not_found", cause, "Check that it still exists and that the key reaches its project.")
    if status >= HTTPStatus.BAD_REQUEST:
        cause = f"CxAlloy TQ refused {asked.call} ({status}): {_words(answer)}"
        raise Reject("refused", cause, "Correct what it names, then retry.")
    if status >= HTTPStatus.MULTIPLE_CHOICES:
        cause = f"CxAlloy TQ sends {asked.call} elsewhere ({status})."
        raise Reject("redirected", cause, "Give the host that your account opens at.", field="host")


def _turned_away(answer: Answer, asked: Asked) -> bool:
    """Whether a busy server did nothing: a 503 that names no time may come from a gateway after a write."""
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return not asked.writes or bool(answer.headers.get("retry-after"))
    return answer.status == HTTPStatus.TOO_MANY_REQUESTS


def unclear(asked: Asked, what: str) -> Retry:
    """Return the error for a call without a readable answer: for a write its effect is unknown."""
    reason = f"CxAlloy TQ {what} on {asked.call}"
    return (EffectUnknown if asked.writes else Retry)(reason, after=BROKEN_SECONDS)


def retry_after(headers: Mapping[str, str], now: float) -> float:
    """Return the seconds that Retry-After asks for (a number or a date), 60 without it, an hour at most."""
    told = headers.get("retry-after", "").strip()
    if told.isdecimal():
        return min(max(float(told), 1.0), LONGEST_WAIT)
    try:
        wait = parsedate_to_datetime(told).timestamp() - now
    except ValueError:
        return LIMITED_SECONDS
    return min(max(wait, 1.0), LONGEST_WAIT)


def _words(answer: Answer) -> str:
    try:
        return words(json.loads(answer.body)) or "no reason given"
    except ValueError:
        return "no reason given"
