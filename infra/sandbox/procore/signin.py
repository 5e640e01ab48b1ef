"""The sign-in page: a person chooses whom to be, and is sent back with a code."""

from __future__ import annotations

import ipaddress
from html import escape
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import urlencode, urlsplit

from sandbox.http import Response, html_response
from sandbox.procore.call import Refused
from sandbox.procore.oauth import UNKNOWN_CLIENT
from sandbox.procore.records import Code
from sandbox.procore.style import document

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.settings import SandboxSettings
    from sandbox.procore.world import Person

_KEPT = ("response_type", "client_id", "redirect_uri", "state")


def authorize(call: Call) -> Response:
    """GET /oauth/authorize: the page with the choice of persons, or a page that says what is wrong."""
    redirect_uri = _checked(call)
    if call.request.parameter("response_type") != "code":
        return _back(call, redirect_uri, {"error": "unsupported_response_type"})
    people = [person for person in call.state.people.values() if person.login and not person.service]
    rows = "".join(_choice(call, person) for person in people)
    deny = _form(call, '<button name="deny" value="1">Deny access</button>')
    text = f"<p>The app asks to act in Procore as you, and will send you back to {escape(redirect_uri)}.</p>"
    page = document("Sign in to Procore (sandbox)", f"{text}<ul>{rows}</ul>{deny}")
    return html_response(page)


def decide(call: Call) -> Response:
    """GET /oauth/authorize/decide: send the person back with a code, or with `access_denied`."""
    redirect_uri = _checked(call)
    if call.request.parameter("deny"):
        return _back(call, redirect_uri, {"error": "access_denied"})
    chosen = call.request.parameter("person") or ""
    person = call.state.people.get(int(chosen)) if chosen.isdecimal() else None
    if person is None or person.service or person.contact:
        _stop(400, "No such person. Go back and choose one of the list.")
    code = call.state.secret("sandbox-code")
    call.state.codes[code] = Code(person.id, redirect_uri, call.now + call.settings.code_seconds)
    call.person = person
    return _back(call, redirect_uri, {"code": code})


def redirect_allowed(settings: SandboxSettings, uri: str) -> bool:
    """Tell whether a redirect URI is registered, letter by letter, or may pass as a loopback address."""
    return uri in settings.redirect_uris or (settings.any_loopback_redirect and is_loopback(uri))


def is_loopback(uri: str) -> bool:
    """Tell whether an http(s) address leads to this machine."""
    parts = urlsplit(uri)
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"}:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _checked(call: Call) -> str:
    if call.request.parameter("client_id") != call.settings.client_id:
        _stop(401, UNKNOWN_CLIENT)
    redirect_uri = call.request.parameter("redirect_uri") or ""
    if not redirect_allowed(call.settings, redirect_uri):
        _stop(400, "The requested redirect uri is malformed or does not match the registered ones.")
    return redirect_uri


def _back(call: Call, redirect_uri: str, answer: dict[str, str]) -> Response:
    state = call.request.parameter("state")
    query = urlencode({**answer, **({"state": state} if state is not None else {})})
    joint = "&" if urlsplit(redirect_uri).query else "?"
    return Response(302, (("Location", f"{redirect_uri}{joint}{query}"), ("Cache-Control", "no-store")))


def _choice(call: Call, person: Person) -> str:
    button = f'<button name="person" value="{person.id}">Sign in as {escape(person.name)}</button>'
    return f"<li>{_form(call, button)} {escape(person.login)}</li>"


def _form(call: Call, button: str) -> str:
    given = [(name, call.request.parameter(name)) for name in _KEPT]
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in given
        if value is not None
    )
    return f'<form action="/oauth/authorize/decide" method="get">{hidden}{button}</form>'


def _stop(status: int, reason: str) -> NoReturn:
    # A wrong client or address is never sent on: the page stays here (RFC 6749, 4.1.2.1).
    raise Refused(html_response(document("Sign-in failed", f"<p>{escape(reason)}</p>"), status))
