"""Keeps Procore's tokens fresh, with one refresher at a time.

A refresh token works once, so two refreshes at once can lose the connection for good. The lease on the
stored token lets one worker refresh; the new pair is stored before anyone uses it. Source: Procore,
"Error Reference" and "Integration Health" (any refresh call kills the old refresh token).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.procore import oauth
from plumbline.stores.ports import Stale
from plumbline.stores.records import SealedToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.procore.oauth import Tokens
    from plumbline.procore.oauth_client import OAuthClient
    from plumbline.stores.ports import Authorizations, Sealer

logger = logging.getLogger(__name__)

MEMORY = 300.0  # seconds that a plain token may stay in memory
LEASE = 60.0  # longer than a refresh call may take, with its timeouts
PATIENCE = 10.0  # seconds that one who lost the race waits for the winner
STEP = 0.2


@dataclass(frozen=True, slots=True)
class _Remembered:
    tokens: Tokens
    until: float


@dataclass(frozen=True, slots=True)
class _Stored:
    """A stored token, opened, with the lease and version it had."""

    sealed: SealedToken
    tokens: Tokens

    @property
    def version(self) -> int:
        return self.sealed.version


@dataclass(frozen=True, slots=True)
class KeptToken:
    """The token of one authorization: what a client asks for."""

    keeper: TokenKeeper
    authorization_id: str

    def access(self) -> str:
        """Return a token that should work."""
        return self.keeper.access(self.authorization_id)

    def renew(self, stale: str) -> str:
        """Return another token after Procore refused this one."""
        return self.keeper.renew(self.authorization_id, stale)


class TokenKeeper:
    """The tokens of all authorizations of one environment."""

    def __init__(
        self,
        authorizations: Authorizations,
        sealer: Sealer,
        oauth_client: OAuthClient,
        now: Callable[[], float],
        sleep: Callable[[float], None],
    ) -> None:
        self._authorizations = authorizations
        self._sealer = sealer
        self._oauth = oauth_client
        self._now = now
        self._sleep = sleep
        self._memory: dict[str, _Remembered] = {}

    def source(self, authorization_id: str) -> KeptToken:
        """Return the token source of one authorization."""
        return KeptToken(self, authorization_id)

    def access(self, authorization_id: str) -> str:
        """Return a token that should work, renewed early. Raises `NeedsAuthorization` or `Retry`."""
        remembered = self._recall(authorization_id)
        if remembered and not remembered.is_due(self._now()):
            return remembered.access
        return self._fresh(authorization_id, stale="").access

    def renew(self, authorization_id: str, stale: str) -> str:
        """Return a token other than the one Procore refused; refreshes only if no one else has yet."""
        self._memory.pop(authorization_id, None)
        return self._fresh(authorization_id, stale=stale).access

    def keep(self, authorization_id: str, tokens: Tokens) -> None:
        """Store the tokens of a new sign-in; they win over whatever is stored."""
        self._memory.pop(authorization_id, None)
        while True:
            stored = self._authorizations.token(authorization_id)
            try:
                self._save(authorization_id, tokens, seen_version=stored.version if stored else 0)
            except Stale:
                continue
            return

    def _fresh(self, authorization_id: str, *, stale: str) -> Tokens:
        deadline = self._now() + PATIENCE
        while True:
            stored = self._stored(authorization_id)
            if self._is_good(stored.tokens, stale):
                return self._remember(authorization_id, stored.tokens)
            leased = self._lease(stored)
            if leased:
                return self._refresh(leased, stale)
            if self._still_works(stored.tokens, stale):
                return stored.tokens  # another is renewing it; not remembered, so the new one is seen soon
            if self._now() >= deadline:
                raise Retry("Another worker is renewing Procore's token", after=STEP)
            self._sleep(STEP)

    def _refresh(self, leased: _Stored, stale: str) -> Tokens:
        """Ask for a new pair under the lease and store it before anyone uses it."""
        authorization_id = leased.sealed.authorization_id
        try:
            tokens = self._ask(leased)
        except Retry:
            if self._still_works(leased.tokens, stale):
                return leased.tokens  # the lease stays: nobody asks again before it ends
            self._release(leased)
            raise
        except (Reject, NeedsAuthorization) as refusal:
            return self._after_refusal(leased, refusal)
        try:
            self._save(authorization_id, tokens, seen_version=leased.version)
        except Stale:  # a person connected again meanwhile: theirs counts
            return self._stored(authorization_id).tokens
        return self._remember(authorization_id, tokens)

    def _ask(self, leased: _Stored) -> Tokens:
        if leased.tokens.refresh is None:  # a service account: its tokens come without
            return self._oauth.client_credentials()
        return self._oauth.refresh(leased.tokens.refresh)

    def _after_refusal(self, leased: _Stored, refusal: Exception) -> Tokens:
        """Look once more before giving up: another worker, or a person, may have won."""
        authorization_id = leased.sealed.authorization_id
        stored = self._stored(authorization_id)
        if stored.version != leased.version:
            return self._remember(authorization_id, stored.tokens)
        if stored.sealed.lease_until != leased.sealed.lease_until:  # ours ran out, its new holder is at it
            return self._fresh(authorization_id, stale=leased.tokens.access)
        self._release(leased)
        logger.error("procore refused the credential", extra={"authorization_id": authorization_id})
        raise NeedsAuthorization(authorization_id, str(refusal)) from refusal

    def _stored(self, authorization_id: str) -> _Stored:
        sealed = self._authorizations.token(authorization_id)
        if sealed is None:
            raise NeedsAuthorization(authorization_id, "There is no stored sign-in for this authorization.")
        plain = self._sealer.open(sealed.blob, authorization_id=authorization_id)
        return _Stored(sealed, oauth.from_json(plain))

    def _save(self, authorization_id: str, tokens: Tokens, *, seen_version: int) -> None:
        blob = self._sealer.seal(oauth.to_json(tokens), authorization_id=authorization_id)
        sealed = SealedToken(authorization_id, blob, tokens.expires_at, version=seen_version + 1)
        self._authorizations.save_token(sealed, seen_version=seen_version)

    def _lease(self, stored: _Stored) -> _Stored | None:
        now = self._now()
        until = now + LEASE
        taken = self._authorizations.lease_token(
            stored.sealed.authorization_id, seen_version=stored.version, now=now, until=until
        )
        return replace(stored, sealed=replace(stored.sealed, lease_until=until)) if taken else None

    def _release(self, leased: _Stored) -> None:
        sealed = leased.sealed
        self._authorizations.release_token(
            sealed.authorization_id, seen_version=sealed.version, until=sealed.lease_until
        )

    def _is_good(self, tokens: Tokens, stale: str) -> bool:
        return tokens.access != stale and not tokens.is_due(self._now())

    def _still_works(self, tokens: Tokens, stale: str) -> bool:
        return tokens.access != stale and tokens.left(self._now()) > 0

    def _remember(self, authorization_id: str, tokens: Tokens) -> Tokens:
        self._memory[authorization_id] = _Remembered(tokens, self._now() + MEMORY)
        return tokens

    def _recall(self, authorization_id: str) -> Tokens | None:
        """Return what memory holds, after dropping every token that was held long enough."""
        now = self._now()
        for old in [name for name, held in list(self._memory.items()) if held.until <= now]:
            self._memory.pop(old, None)
        remembered = self._memory.get(authorization_id)
        return remembered.tokens if remembered else None
