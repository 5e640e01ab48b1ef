"""Credentials, sign-in attempts and invitations in DynamoDB.

An authorization and its sealed token are two items of one collection. Sign-in attempts and invitations carry
`delete_after`, DynamoDB's time to live; it deletes late, so times are compared here as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.stores.items import Item, from_item, to_item
from plumbline.stores.ports import Stale
from plumbline.stores.records import Authorization, Invitation, OAuthState, SealedToken
from plumbline.stores.table import Refused, Search, Table, Write, key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

_FREE = "(attribute_not_exists(#lease_until) OR #lease_until <= :now)"


class DynamoAuthorizations:
    """The authorizations table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def put(self, authorization: Authorization) -> None:
        listed = {"listed_under": authorization.tenant_id}
        self._table.write(Write("Put", _main_key(authorization.id) | to_item(authorization) | listed))

    def get(self, authorization_id: str) -> Authorization | None:
        item = self._table.get(**_main_key(authorization_id))
        return from_item(Authorization, item) if item else None

    def of_tenant(self, tenant_id: str) -> Sequence[Authorization]:
        search = Search("#listed_under = :tenant", {":tenant": tenant_id}, index="by_tenant")
        found = (from_item(Authorization, item) for item in self._table.all(search))
        return sorted(found, key=lambda authorization: (authorization.created_at, authorization.id))

    def delete(self, authorization: Authorization) -> None:
        places = _main_key(authorization.id), _token_key(authorization.id)
        self._table.transact(*(Write("Delete", place) for place in places))

    def token(self, authorization_id: str) -> SealedToken | None:
        item = self._table.get(**_token_key(authorization_id))
        return from_item(SealedToken, item) if item else None

    def save_token(self, token: SealedToken, *, seen_version: int) -> SealedToken:
        saved = SealedToken(token.authorization_id, token.blob, token.expires_at, seen_version + 1)
        condition = "#version = :seen" if seen_version else "attribute_not_exists(#pk)"
        values = {":seen": seen_version} if seen_version else {}
        try:
            self._table.write(
                Write("Put", _token_key(saved.authorization_id) | to_item(saved), "", condition, values)
            )
        except Refused as refusal:
            raise Stale from refusal
        return saved

    def lease_token(self, authorization_id: str, *, seen_version: int, now: float, until: float) -> bool:
        return self._accepts(
            Write(
                "Update",
                _token_key(authorization_id),
                "SET #lease_until = :until",
                f"#version = :seen AND {_FREE}",
                {":seen": seen_version, ":now": now, ":until": until},
            )
        )

    def release_token(self, authorization_id: str, *, seen_version: int, until: float = 0.0) -> None:
        mine, values = (" AND #lease_until = :until", {":until": until}) if until else ("", {})
        self._accepts(
            Write(
                "Update",
                _token_key(authorization_id),
                "REMOVE #lease_until",
                f"#version = :seen{mine}",
                {":seen": seen_version} | values,
            )
        )

    def put_state(self, state: OAuthState) -> None:
        self._table.write(Write("Put", _state_key(state.state_hash) | _passing(state)))

    def take_state(self, state_hash: str, *, now: float) -> OAuthState | None:
        item = self._take(_state_key(state_hash), now)
        return from_item(OAuthState, item) if item else None

    def put_invitation(self, invitation: Invitation) -> None:
        self._table.write(Write("Put", _invitation_key(invitation.token_hash) | _passing(invitation)))

    def invitation(self, token_hash: str, *, now: float) -> Invitation | None:
        item = self._table.get(**_invitation_key(token_hash))
        return from_item(Invitation, item) if item and item["expires_at"] > now else None

    def take_invitation(self, token_hash: str, *, now: float) -> Invitation | None:
        item = self._take(_invitation_key(token_hash), now)
        return from_item(Invitation, item) if item else None

    def _take(self, place: Item, now: float) -> Item | None:
        try:
            return self._table.write(Write("Delete", place, "", "#expires_at > :now", {":now": now}))
        except Refused:
            return None

    def _accepts(self, write: Write) -> bool:
        try:
            self._table.write(write)
        except Refused:
            return False
        return True


def _main_key(authorization_id: str) -> Item:
    return key(f"AUTHORIZATION#{authorization_id}", "AUTHORIZATION")


def _token_key(authorization_id: str) -> Item:
    return key(f"AUTHORIZATION#{authorization_id}", "TOKEN")


def _state_key(state_hash: str) -> Item:
    return key(f"STATE#{state_hash}", "STATE")


def _invitation_key(token_hash: str) -> Item:
    return key(f"INVITATION#{token_hash}", "INVITATION")


def _passing(record: OAuthState | Invitation) -> Item:
    """An item that goes when its time is over."""
    return to_item(record) | {"delete_after": int(record.expires_at)}
