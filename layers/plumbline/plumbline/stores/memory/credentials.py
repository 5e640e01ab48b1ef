"""Credentials in memory, and a sealer that hides them from a careless look but from nobody else."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.errors import NeedsAuthorization
from plumbline.stores.ports import Stale
from plumbline.stores.records import SealedToken
from plumbline.stores.texts import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plumbline.stores.records import Authorization, Invitation, OAuthState


class MemoryAuthorizations:
    """Twin of `DynamoAuthorizations`."""

    def __init__(self) -> None:
        self._authorizations: dict[str, Authorization] = {}
        self._tokens: dict[str, SealedToken] = {}
        self._states: dict[str, OAuthState] = {}
        self._invitations: dict[str, Invitation] = {}

    def put(self, authorization: Authorization) -> None:
        self._authorizations[authorization.id] = kept(authorization)

    def get(self, authorization_id: str) -> Authorization | None:
        return self._authorizations.get(authorization_id)

    def of_tenant(self, tenant_id: str) -> Sequence[Authorization]:
        found = (one for one in self._authorizations.values() if one.tenant_id == tenant_id)
        return sorted(found, key=lambda authorization: (authorization.created_at, authorization.id))

    def delete(self, authorization: Authorization) -> None:
        self._authorizations.pop(authorization.id, None)
        self._tokens.pop(authorization.id, None)

    def token(self, authorization_id: str) -> SealedToken | None:
        return self._tokens.get(authorization_id)

    def save_token(self, token: SealedToken, *, seen_version: int) -> SealedToken:
        stored = self._tokens.get(token.authorization_id)
        if (stored.version if stored else 0) != seen_version:
            raise Stale
        saved = SealedToken(token.authorization_id, token.blob, token.expires_at, seen_version + 1)
        self._tokens[token.authorization_id] = saved
        return saved

    def lease_token(self, authorization_id: str, *, seen_version: int, now: float, until: float) -> bool:
        stored = self._tokens.get(authorization_id)
        if stored is None or stored.version != seen_version or stored.lease_until > now:
            return False
        self._tokens[authorization_id] = replace(stored, lease_until=until)
        return True

    def release_token(self, authorization_id: str, *, seen_version: int, until: float = 0.0) -> None:
        stored = self._tokens.get(authorization_id)
        if stored and stored.version == seen_version and until in (0.0, stored.lease_until):
            self._tokens[authorization_id] = replace(stored, lease_until=0.0)

    def put_state(self, state: OAuthState) -> None:
        self._states[state.state_hash] = kept(state)

    def take_state(self, state_hash: str, *, now: float) -> OAuthState | None:
        state = self._states.get(state_hash)
        return self._states.pop(state_hash) if state and state.expires_at > now else None

    def put_invitation(self, invitation: Invitation) -> None:
        self._invitations[invitation.token_hash] = kept(invitation)

    def invitation(self, token_hash: str, *, now: float) -> Invitation | None:
        invitation = self._invitations.get(token_hash)
        return invitation if invitation and invitation.expires_at > now else None

    def take_invitation(self, token_hash: str, *, now: float) -> Invitation | None:
        return self._invitations.pop(token_hash) if self.invitation(token_hash, now=now) else None


class MemorySealer:
    """Twin of `KmsSealer` without secrecy: the same blob for the same text, of one authorization only."""

    def seal(self, plain: bytes, *, authorization_id: str) -> bytes:
        check = hashlib.sha256(authorization_id.encode() + b"\0" + plain).digest()
        return check + _masked(plain, authorization_id)

    def open(self, blob: bytes, *, authorization_id: str) -> bytes:
        plain = _masked(blob[32:], authorization_id)
        if self.seal(plain, authorization_id=authorization_id) != blob:
            raise NeedsAuthorization(authorization_id, "The stored credential cannot be read. Connect again.")
        return plain


def _masked(text: bytes, authorization_id: str) -> bytes:
    mask = hashlib.shake_256(authorization_id.encode()).digest(len(text))
    return bytes(letter ^ cover for letter, cover in zip(text, mask, strict=True))
