"""The way back from Procore's sign-in (S1, S3, S9): is it ours, then trade the code and store the result.

Whatever is wrong, nothing is changed and the person is told what happened.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from plumbline.connections.sign_in import bound
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.stores.records import Authorization, AuthorizationKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plumbline.procore.oauth import Tokens
    from plumbline.procore.oauth_client import OAuthClient
    from plumbline.procore.token_keeper import TokenKeeper
    from plumbline.stores.ports import Authorizations
    from plumbline.stores.records import OAuthState

Person = tuple[str, str]  # Procore's user id, and the login people know them by


@dataclass(frozen=True, slots=True)
class SignInReturn:
    """What the way back needs; `whose` asks Procore who a token belongs to."""

    authorizations: Authorizations
    oauth: OAuthClient
    tokens: TokenKeeper
    whose: Callable[[str], Person]
    redirect_uri: str
    now: Callable[[], float]

    def receive(self, query: Mapping[str, str], browser_key: str) -> str:
        """Handle one callback; returns the outcome, the name of the page to show."""
        if query.get("error"):
            return "denied" if query["error"] == "access_denied" else "refused"
        if not (query.get("code") and query.get("state") and browser_key):
            return "unknown"
        state = self.authorizations.take_state(bound(query["state"], browser_key), now=self.now())
        if state is None:
            return "unknown"
        try:
            tokens = self.oauth.exchange(query["code"], self.redirect_uri)
            return self._keep(state, tokens)
        except Retry:
            return "unreachable"
        except (Reject, NeedsAuthorization):
            return "refused"

    def _keep(self, state: OAuthState, tokens: Tokens) -> str:
        """Store the fresh tokens under their owner's name; what is not kept is made useless."""
        try:
            person = self.whose(tokens.access)
        except (Retry, Reject, NeedsAuthorization):
            self._give_back(tokens)
            raise
        return self._store(state, tokens, person)

    def _give_back(self, tokens: Tokens) -> None:
        """Make a token useless that nobody will keep."""
        try:
            self.oauth.revoke(tokens.access)
        except (Retry, Reject, NeedsAuthorization):
            pass  # it runs out by itself; the person is told what matters to them

    def _store(self, state: OAuthState, tokens: Tokens, person: Person) -> str:
        if state.invitation_hash and not self.authorizations.take_invitation(
            state.invitation_hash, now=self.now()
        ):
            self._give_back(tokens)
            return "invitation_used"
        authorization = self._authorization(state, person)
        self.tokens.keep(authorization.id, tokens)
        self.authorizations.put(authorization)
        return "connected"

    def _authorization(self, state: OAuthState, person: Person) -> Authorization:
        subject, label = person
        known = self.authorizations.get(state.authorization_id) if state.authorization_id else None
        if known and known.tenant_id == state.tenant_id:
            return replace(
                known, subject=subject, label=label, valid=True, cause="", authorized_at=self.now()
            )
        return Authorization(
            id=uuid4().hex,
            tenant_id=state.tenant_id,
            kind=AuthorizationKind.PROCORE_PERSON,
            environment=state.environment,
            label=label,
            created_at=self.now(),
            created_by=state.created_by,
            subject=subject,
            authorized_at=self.now(),
        )
