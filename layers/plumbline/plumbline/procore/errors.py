"""Turns what Procore answers on failure into one error of the short tree.

Sources: Procore, "Error Reference", "RESTful API Concepts", "Rate Limiting", "Troubleshooting". A 404 means
missing or not visible and is never a proof of deletion.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.procore.limits import asked_wait, retry_after
from plumbline.procore.wording import Words, words_of

if TYPE_CHECKING:
    from plumbline.procore.limits import Headers

UNTOLD_WAIT = 60.0
"""Seconds to wait after a 429 that names no time: long enough to outlive the 10-second window."""

_LEAST_WAIT = 1.0

APP_NOT_INSTALLED = "app_not_installed"
USER_INSTALLS_OFF = "user_installs_off"
MISSING_COMPANY_HEADER = "missing_company_header"

Failure = Retry | Reject | NeedsAuthorization


class _Refusal(NamedTuple):
    code: str
    cause: str  # used where Procore says nothing itself
    next_step: str


_INSTALL = "Ask a Procore company admin to install the app (App Management, Install App), then check again."
_BY_WORDS = (
    (("is not connected to this company",), _Refusal(APP_NOT_INSTALLED, "", _INSTALL)),
    (("implicit", "not allowed"), _Refusal(USER_INSTALLS_OFF, "", _INSTALL)),
    (
        ("missing procore-company-id header",),
        _Refusal(MISSING_COMPANY_HEADER, "", "Choose the Procore company of this connection."),
    ),
)
_BY_STATUS = {
    400: _Refusal("invalid", "Procore does not accept the input.", "Correct the named input and try again."),
    403: _Refusal(
        "forbidden",
        "Procore does not allow this to the connected user.",
        "Check the user's permission for the tool, that the tool is enabled in the project, and, for a "
        "service account, that the project is among its permitted projects.",
    ),
    404: _Refusal(
        "not_found",
        "Procore does not have this, or does not show it to the connected user.",
        "Check in Procore that it exists and that the connected user may see it.",
    ),
    406: _Refusal(
        "not_acceptable", "Procore does not know a field or the content type.", "Report this to support."
    ),
    408: _Refusal("too_much_asked", "The question was too big for Procore.", "Narrow it and try again."),
    409: _Refusal(
        "conflict",
        "Procore holds something that stands against this.",
        "Look at it in Procore and try again.",
    ),
    410: _Refusal("gone", "It has expired at Procore.", "Start it again from the beginning."),
    422: _Refusal("invalid", "Procore does not accept the input.", "Correct the named input and try again."),
}
_REDIRECTED = _Refusal(
    "redirected", "Procore's address has moved.", "Check the environment that this connection names."
)
_OTHER = _Refusal("refused", "Procore refused the call.", "Look at Procore's words and try again.")


def decipher(
    status: int, headers: Headers, body: bytes, *, now: float, wrote: bool, authorization_id: str = ""
) -> Failure:
    """Return the error that an answer outside 2xx stands for; header names in lower case.

    `wrote` says that the call was meant to change something: then a failure on Procore's side leaves the
    effect unknown.
    """
    words = words_of(body)
    if status == 429:  # noqa: PLR2004 - HTTP statuses are best read as themselves
        return _limited(headers, now, words)
    if status >= 500 or (status == 408 and wrote):  # noqa: PLR2004
        return _unavailable(status, headers, now, words, wrote=wrote)
    refusal = _by_words(words.text)
    if refusal is None and status == 401:  # noqa: PLR2004
        return NeedsAuthorization(authorization_id, words.text or "Procore does not accept the token.")
    return _reject(refusal or _by_status(status), words)


def decipher_oauth(status: int, headers: Headers, body: bytes, *, now: float, wrote: bool) -> Failure:
    """Return the error that an answer of the sign-in host stands for.

    `grant_refused`: the code or refresh token is used, expired or revoked. `app_refused`: client id and
    secret do not belong to this environment. Procore: "Error Reference" for the sentences; the codes are
    those of RFC 6749.
    """
    words = words_of(body)
    said = f"{words.code} {words.text}".lower()
    if status in (400, 401, 403) and _is_about_the_app(said):
        step = "Check the app's client id and secret, and that they belong to this Procore environment."
        return _reject(_Refusal("app_refused", "Procore does not know this app.", step), words)
    if status in (400, 401) and _is_about_the_grant(said):
        step = "Connect to Procore again."
        return _reject(_Refusal("grant_refused", "Procore does not accept the sign-in.", step), words)
    return decipher(status, headers, body, now=now, wrote=wrote)


def _is_about_the_app(said: str) -> bool:
    return any(
        word in said for word in ("invalid_client", "unauthorized_client", "client authentication failed")
    )


def _is_about_the_grant(said: str) -> bool:
    return any(word in said for word in ("invalid_grant", "authorization grant", "refresh token is invalid"))


def _by_words(text: str) -> _Refusal | None:
    said = text.lower()
    return next((refusal for parts, refusal in _BY_WORDS if all(part in said for part in parts)), None)


def _by_status(status: int) -> _Refusal:
    if status < 400:  # noqa: PLR2004
        return _REDIRECTED
    return _BY_STATUS.get(status, _OTHER)


def _reject(refusal: _Refusal, words: Words) -> Reject:
    return Reject(refusal.code, words.text or refusal.cause, refusal.next_step, field=words.field)


def _limited(headers: Headers, now: float, words: Words) -> Retry:
    told = retry_after(headers, now)
    wait = UNTOLD_WAIT if told is None else max(told, _LEAST_WAIT)
    return Retry(f"Procore's rate limit is used up: {words.text or 'no words'}", after=wait)


def _unavailable(status: int, headers: Headers, now: float, words: Words, *, wrote: bool) -> Retry:
    """A 503 that says when to come back is a refusal at the door; any other may have come after the act."""
    told = asked_wait(headers, now)
    reason = f"Procore failed with {status}: {words.text or 'no words'}"
    turned_away = status == 503 and told is not None  # noqa: PLR2004
    kind = EffectUnknown if wrote and not turned_away else Retry
    return kind(reason, after=told or 0.0)
