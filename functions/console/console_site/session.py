"""`/session`: sign in, stay signed in over a reload, sign out.

The refresh token is a cookie that no script reads and that only these calls use; the access token is told in
the answer and lives in the page's memory. Only the console's own pages may call: Origin is checked.
"""

from __future__ import annotations

import re
from typing import Any

from console_site import answers
from console_site.asked import json_object, text
from plumbline import wiring
from plumbline.errors import Reject, Retry
from plumbline.gateway import cookie, header
from plumbline.people import ANSWERS, Challenge, SignedIn, signed_out

COOKIE = "__Host-plumbline_session"
KEPT_SECONDS = 7 * 86_400  # as long as Cognito's refresh token; infra/access.yaml
_ATTRIBUTES = "Path=/; Secure; HttpOnly; SameSite=Strict"
_CLEARED = f"{COOKIE}=; {_ATTRIBUTES}; Max-Age=0"
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,3900}")


def answer(event: dict[str, Any]) -> dict[str, Any]:
    """Answer a call of the console's own pages. Raises `Reject` and `Retry`."""
    _own_page(event)
    method = event["httpMethod"]
    if method == "POST":
        return _sign_in(json_object(event))
    return _stay(event) if method == "PUT" else _sign_out(event)


def _own_page(event: dict[str, Any]) -> None:
    """Refuse what another site makes a browser send; browsers name the origin at every such call."""
    own = "/".join(wiring.public_address().split("/", 3)[:3])
    if header(event, "origin") != own or header(event, "sec-fetch-site") not in ("", "same-origin"):
        step = "Sign in on the console's own page."
        raise Reject("wrong_origin", "This comes from another site.", step, field="Origin", status=403)


def _sign_in(body: dict[str, Any]) -> dict[str, Any]:
    name = text(body, "challenge", 40, needed=False)
    if not name:
        email, password = text(body, "email", 320), text(body, "password", 256)
        return _told(wiring.people().sign_in(email, password))
    if name not in ANSWERS:
        step = f"Answer one of {', '.join(ANSWERS)}."
        raise Reject("invalid", "There is no such challenge.", step, field="challenge")
    given = text(body, ANSWERS[name][0], 256)
    return _told(wiring.people().answer(name, text(body, "session", 4096), given))


def _told(outcome: SignedIn | Challenge) -> dict[str, Any]:
    if isinstance(outcome, Challenge):
        return answers.told(200, {"challenge": outcome.name, "session": outcome.session})
    body = {
        "access_token": outcome.access_token,
        "expires_in": outcome.expires_in,
        "email": outcome.email,
    }
    return answers.told(200, body, **_cookie(outcome.refresh_token))


def _cookie(token: str) -> dict[str, str]:
    """The header that hands out a refresh token; none where the browser keeps the one it has."""
    return {"Set_Cookie": f"{COOKIE}={token}; {_ATTRIBUTES}; Max-Age={KEPT_SECONDS}"} if token else {}


def _stay(event: dict[str, Any]) -> dict[str, Any]:
    """A refusal takes the cookie away, so that it is not tried again; a service that is down does not.

    Whoever has no cookie was not signed in: that is no refusal, and no error in the browser's console.
    """
    if not cookie(event, COOKIE):
        return answers.answer(204)
    try:
        return _told(wiring.people().refresh(_token(event)))
    except Reject as refusal:
        return answers.refused(refusal, Set_Cookie=_CLEARED)


def _sign_out(event: dict[str, Any]) -> dict[str, Any]:
    """The browser forgets the token in any case, also where Cognito no longer knows it or is down."""
    try:
        wiring.people().sign_out(_token(event))
    except (Reject, Retry):
        pass  # nobody holds it any more; it ends by itself
    return answers.answer(204, Set_Cookie=_CLEARED)


def _token(event: dict[str, Any]) -> str:
    token = cookie(event, COOKIE)
    if not _TOKEN.fullmatch(token):
        raise signed_out()
    return token
