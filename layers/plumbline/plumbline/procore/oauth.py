"""The OAuth words of Procore's sign-in host, without I/O.

Source: Procore, "OAuth 2.0 Endpoints", "Authorization Code Grant", "Client Credentials". Secrets never show
in a `repr`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from plumbline.procore.reading import Unreadable

if TYPE_CHECKING:
    from plumbline.procore.environments import Hosts

EARLY = 600.0
"""A token is renewed when it has less than this left (seconds), or less than half of a shorter life."""

_UNTOLD_LIFE = 900.0  # the shortest life Procore has ever documented


@dataclass(frozen=True, slots=True)
class AppCredentials:
    """The app's own client id and secret, valid in one environment."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Tokens:
    """An access token and, for a person, the refresh token that works once. Times are Unix seconds."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: float
    created_at: float

    def left(self, now: float) -> float:
        """Return the seconds it still works."""
        return self.expires_at - now

    def is_due(self, now: float) -> bool:
        """Say whether it is time to renew it, so that no long job dies with its token."""
        return self.left(now) < min(EARLY, (self.expires_at - self.created_at) / 2)


def authorize_url(hosts: Hosts, *, client_id: str, redirect_uri: str, state: str) -> str:
    """Return the address of Procore's sign-in page."""
    query = {"response_type": "code", "client_id": client_id, "redirect_uri": redirect_uri, "state": state}
    return f"{hosts.login}/oauth/authorize?{urlencode(query)}"


def code_body(app: AppCredentials, *, code: str, redirect_uri: str) -> dict[str, str]:
    """Ask for the first pair with the code of a sign-in (single use, 10 minutes)."""
    return {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, **_known(app)}


def refresh_body(app: AppCredentials, refresh: str) -> dict[str, str]:
    """Ask for a new pair; this kills the refresh token even if the answer is lost."""
    return {"grant_type": "refresh_token", "refresh_token": refresh, **_known(app)}


def client_credentials_body(app: AppCredentials) -> dict[str, str]:
    """Ask for a token of the app's own service account; there is no refresh token with it."""
    return {"grant_type": "client_credentials", **_known(app)}


def revoke_body(app: AppCredentials, token: str) -> dict[str, str]:
    """Revoke an access token and its refresh token; Procore answers 200 for dead tokens too."""
    return {"token": token, **_known(app)}


def read_tokens(data: object, *, asked_at: float) -> Tokens:
    """Read a token answer; its life counts from when we asked, by our own clock. Raises `Unreadable`."""
    if not isinstance(data, dict) or not isinstance(data.get("access_token"), str):
        raise Unreadable("access_token is missing in the token answer")
    refresh = data.get("refresh_token")
    return Tokens(
        access=data["access_token"],
        refresh=refresh if isinstance(refresh, str) else None,
        expires_at=asked_at + _life(data.get("expires_in")),
        created_at=asked_at,
    )


def to_json(tokens: Tokens) -> bytes:
    """Return the form that is sealed and stored."""
    return json.dumps(asdict(tokens)).encode()


def from_json(stored: bytes) -> Tokens:
    """Read what `to_json` wrote."""
    return Tokens(**json.loads(stored))


def _known(app: AppCredentials) -> dict[str, str]:
    return {"client_id": app.client_id, "client_secret": app.client_secret}


def _life(expires_in: object) -> float:
    if isinstance(expires_in, int | float) and not isinstance(expires_in, bool):
        return float(expires_in)
    return _UNTOLD_LIFE
