"""OAuth 2.0: codes, access tokens and one-use refresh tokens (Procore: "OAuth 2.0 Endpoints")."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any, NoReturn

from sandbox.http import Response, json_response
from sandbox.procore.access import identify
from sandbox.procore.call import Refused
from sandbox.procore.forms import read_form
from sandbox.procore.records import Token

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.procore.call import Call

# Doorkeeper's own sentences, shortened; the exact JSON that Procore sends is not public.
INVALID_GRANT = (
    "The provided authorization grant is invalid, expired, revoked, does not match the redirection URI used "
    "in the authorization request, or was issued to another client."
)
UNKNOWN_CLIENT = (
    "Client authentication failed due to unknown client, no client authentication included, or unsupported "
    "authentication method."
)


def token(call: Call) -> Response:
    """POST /oauth/token: give an access token for a code, a refresh token or the app's own credentials."""
    form = read_form(call.request)
    grants: dict[str, Callable[[Call, dict[str, str]], Response]] = {
        "authorization_code": _by_code,
        "refresh_token": _by_refresh,
        "client_credentials": _by_credentials,
    }
    _check_client(call, form)
    grant = grants.get(form.get("grant_type", ""))
    if grant is None:
        raise Refused(_error(400, "unsupported_grant_type", "The authorization grant type is not supported."))
    return grant(call, form)


def revoke(call: Call) -> Response:
    """POST /oauth/revoke: end an access token and its refresh token; 200 even for an unknown token."""
    form = read_form(call.request)
    _check_client(call, form)
    ended = form.get("token", "")
    for access, one in list(call.state.tokens.items()):
        if ended in {access, one.refresh}:
            del call.state.tokens[access]
            call.state.refreshes.pop(one.refresh or "", None)
            call.effect("token_revoked", person_id=one.person_id)
    if person := call.state.refreshes.pop(ended, None):
        call.effect("token_revoked", person_id=person)
    return json_response({})


def token_info(call: Call) -> Response:
    """GET /oauth/token/info: whose token this is and how long it lasts."""
    identify(call)
    held = call.state.tokens[call.request.headers["authorization"].partition(" ")[2]]
    return json_response({
        "resource_owner_id": held.person_id,
        "scopes": [],
        "expires_in_seconds": int(held.expires_at - call.now),
        "application": {"uid": call.settings.client_id},
        "created_at": int(held.created_at),
    })  # fmt: skip


def _by_code(call: Call, form: dict[str, str]) -> Response:
    code = call.state.codes.pop(form.get("code", ""), None)
    if code is None or call.now >= code.expires_at or form.get("redirect_uri") != code.redirect_uri:
        _invalid_grant(call)
    return _issue(call, code.person_id)


def _by_refresh(call: Call, form: dict[str, str]) -> Response:
    # Any refresh call ends the old token, whether or not its answer arrives.
    given = form.get("refresh_token", "")
    person_id = call.state.refreshes.pop(given, None)
    if person_id is None:
        _invalid_grant(call)
    if call.settings.refresh_revokes_access:
        for access in [key for key, one in call.state.tokens.items() if one.refresh == given]:
            del call.state.tokens[access]
    return _issue(call, person_id)


def _by_credentials(call: Call, _form: dict[str, str]) -> Response:
    service = next((person for person in call.state.people.values() if person.service), None)
    if service is None:
        raise Refused(_error(401, "unauthorized_client", "This app has no service account."))
    return _issue(call, service.id, refreshable=False)


def _issue(call: Call, person_id: int, *, refreshable: bool = True) -> Response:
    state, lifetime = call.state, call.settings.access_token_seconds
    access = state.secret("sandbox-access")
    refresh = state.secret("sandbox-refresh") if refreshable else None
    state.tokens[access] = Token(person_id, call.now, call.now + lifetime, refresh)
    call.person = state.people[person_id]
    answer: dict[str, Any] = {"access_token": access, "token_type": "bearer", "expires_in": lifetime}
    if refresh:
        state.refreshes[refresh] = person_id
        answer["refresh_token"] = refresh
    call.effect("token_issued", person_id=person_id)
    return json_response({**answer, "created_at": int(call.now)}, headers=(("Cache-Control", "no-store"),))


def _check_client(call: Call, form: dict[str, str]) -> None:
    known = hmac.compare_digest(form.get("client_id", "").encode(), call.settings.client_id.encode())
    proven = hmac.compare_digest(form.get("client_secret", "").encode(), call.settings.client_secret.encode())
    if not (known and proven):
        raise Refused(_error(401, "invalid_client", UNKNOWN_CLIENT))


def _invalid_grant(call: Call) -> NoReturn:
    raise Refused(_error(call.settings.invalid_grant_status, "invalid_grant", INVALID_GRANT))


def _error(status: int, error: str, description: str) -> Response:
    return json_response({"error": error, "error_description": description}, status)
