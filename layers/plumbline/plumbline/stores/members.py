"""Tenants and members in DynamoDB.

A member is two items written together, one under the tenant and one under the person, so that both
listings are consistent reads: a person who just made a tenant sees it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.stores.items import from_item, to_item
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Member, Tenant
from plumbline.stores.table import Refused, Search, Table, Write, key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoMembers:
    """The members table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def create_tenant(self, tenant: Tenant, owner: Member) -> None:
        write = Write("Put", _tenant_key(tenant.id) | to_item(tenant), condition="attribute_not_exists(#pk)")
        try:
            self._table.transact(write, *_member_writes(owner))
        except Refused as refusal:
            raise Taken("tenant", tenant.id) from refusal

    def tenant(self, tenant_id: str) -> Tenant | None:
        item = self._table.get(**_tenant_key(tenant_id))
        return from_item(Tenant, item) if item else None

    def save_tenant(self, tenant: Tenant) -> None:
        write = Write("Put", _tenant_key(tenant.id) | to_item(tenant), condition="attribute_exists(#pk)")
        try:
            self._table.write(write)
        except Refused as refusal:
            raise Stale from refusal

    def tenants_of(self, sub: str) -> Sequence[Member]:
        return self._members(f"PERSON#{sub}", "TENANT#")

    def member(self, tenant_id: str, sub: str) -> Member | None:
        item = self._table.get(f"TENANT#{tenant_id}", f"MEMBER#{sub}")
        return from_item(Member, item) if item else None

    def members(self, tenant_id: str) -> Sequence[Member]:
        return self._members(f"TENANT#{tenant_id}", "MEMBER#")

    def put_member(self, member: Member) -> None:
        self._table.transact(*_member_writes(member))

    def remove_member(self, tenant_id: str, sub: str) -> None:
        self._table.transact(*(Write("Delete", place) for place in _member_keys(tenant_id, sub)))

    def _members(self, pk: str, begins: str) -> Sequence[Member]:
        search = Search("#pk = :pk AND begins_with(#sk, :begins)", {":pk": pk, ":begins": begins})
        return [from_item(Member, item) for item in self._table.all(search)]


def _tenant_key(tenant_id: str) -> dict[str, str]:
    return key(f"TENANT#{tenant_id}", "TENANT")


def _member_keys(tenant_id: str, sub: str) -> tuple[dict[str, str], dict[str, str]]:
    return key(f"TENANT#{tenant_id}", f"MEMBER#{sub}"), key(f"PERSON#{sub}", f"TENANT#{tenant_id}")


def _member_writes(member: Member) -> list[Write]:
    item = to_item(member)
    return [Write("Put", place | item) for place in _member_keys(member.tenant_id, member.sub)]
