"""Starting Procore's sign-in (S1, S9) and inviting someone to do it (S3).

Neither the state, the browser's key nor an invitation's token is stored: only their SHA-256, so that a
copy of the table opens nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.procore import oauth
from plumbline.stores.records import Invitation, OAuthState

if TYPE_CHECKING:
    from plumbline.procore.environments import Hosts
    from plumbline.stores.ports import Authorizations

STATE_SECONDS = 600
COOKIE = "__Host-plumbline_oauth"
_DAY = 86_400.0


@dataclass(frozen=True, slots=True)
class App:
    """The Procore app of this deployment, and where its sign-ins come back to."""

    environment: str
    hosts: Hosts
    client_id: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """Whose sign-in it is to be."""

    tenant_id: str
    created_by: str
    authorization_id: str = ""
    invitation_hash: str = ""


@dataclass(frozen=True, slots=True)
class Started:
    """Procore's sign-in page, until when it may be used (Unix seconds), and the browser's key."""

    authorize_url: str
    expires_at: float
    browser_key: str = field(repr=False)

    @property
    def cookie(self) -> str:
        """The Set-Cookie value that binds the attempt to this browser."""
        return f"{COOKIE}={self.browser_key}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={STATE_SECONDS}"


def digest(text: str) -> str:
    """SHA-256 in hex: what is stored of a state, a browser's key or an invitation's token."""
    return hashlib.sha256(text.encode()).hexdigest()


def bound(state: str, browser_key: str) -> str:
    """What a state is stored under: only the browser that began the sign-in can name it."""
    return digest(f"{state}.{browser_key}")


def start(store: Authorizations, app: App, attempt: Attempt, *, now: float) -> Started:
    """Remember a one-use state for ten minutes and answer Procore's sign-in page."""
    state, browser_key = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    store.put_state(
        OAuthState(
            state_hash=bound(state, browser_key),
            tenant_id=attempt.tenant_id,
            environment=app.environment,
            created_by=attempt.created_by,
            expires_at=now + STATE_SECONDS,
            authorization_id=attempt.authorization_id,
            invitation_hash=attempt.invitation_hash,
        )
    )
    address = oauth.authorize_url(
        app.hosts, client_id=app.client_id, redirect_uri=app.redirect_uri, state=state
    )
    return Started(address, now + STATE_SECONDS, browser_key)


def invite(
    store: Authorizations, app: App, attempt: Attempt, *, note: str, days: int, now: float
) -> tuple[str, float]:
    """Make an invitation; returns its token, shown this once, and when it ends (Unix seconds)."""
    token, expires_at = secrets.token_urlsafe(32), now + days * _DAY
    store.put_invitation(
        Invitation(
            token_hash=digest(token),
            tenant_id=attempt.tenant_id,
            environment=app.environment,
            created_by=attempt.created_by,
            created_at=now,
            expires_at=expires_at,
            note=note,
            authorization_id=attempt.authorization_id,
        )
    )
    return token, expires_at


def accept(store: Authorizations, app: App, token: str, *, now: float) -> Started:
    """Start the invited person's sign-in. Raises `Reject`.

    The invitation is used up only when the sign-in has succeeded, so that a person who was interrupted can
    begin again.
    """
    invitation = read_invitation(store, token, now=now)
    attempt = Attempt(
        invitation.tenant_id, invitation.created_by, invitation.authorization_id, invitation.token_hash
    )
    return start(store, app, attempt, now=now)


def read_invitation(store: Authorizations, token: str, *, now: float) -> Invitation:
    """Return what the token stands for. Raises `Reject` when it is used, expired or was never given."""
    token_hash = digest(token)
    if invitation := store.invitation(token_hash, now=now):
        return invitation
    raise _refused(expired=store.invitation(token_hash, now=0.0) is not None)


def _refused(*, expired: bool) -> Reject:
    step = "Ask the person who sent it for a new one."
    if expired:
        return Reject("invitation_expired", "This invitation has expired.", step, field="token", status=410)
    cause = "This invitation is not known here, or it was used already."
    return Reject("invitation_unknown", cause, step, field="token", status=404)
