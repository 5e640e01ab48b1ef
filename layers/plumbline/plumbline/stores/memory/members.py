"""Tenants and members in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.stores.ports import Stale, Taken
from plumbline.stores.texts import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plumbline.stores.records import Member, Tenant


class MemoryMembers:
    """Twin of `DynamoMembers`."""

    def __init__(self) -> None:
        self._tenants: dict[str, Tenant] = {}
        self._members: dict[tuple[str, str], Member] = {}

    def create_tenant(self, tenant: Tenant, owner: Member) -> None:
        if tenant.id in self._tenants:
            raise Taken("tenant", tenant.id)
        self._tenants[tenant.id] = kept(tenant)
        self.put_member(owner)

    def tenant(self, tenant_id: str) -> Tenant | None:
        return self._tenants.get(tenant_id)

    def save_tenant(self, tenant: Tenant) -> None:
        if tenant.id not in self._tenants:
            raise Stale
        self._tenants[tenant.id] = kept(tenant)

    def tenants_of(self, sub: str) -> Sequence[Member]:
        return [self._members[place] for place in sorted(self._members) if place[1] == sub]

    def member(self, tenant_id: str, sub: str) -> Member | None:
        return self._members.get((tenant_id, sub))

    def members(self, tenant_id: str) -> Sequence[Member]:
        return [self._members[place] for place in sorted(self._members) if place[0] == tenant_id]

    def put_member(self, member: Member) -> None:
        self._members[member.tenant_id, member.sub] = kept(member)

    def remove_member(self, tenant_id: str, sub: str) -> None:
        self._members.pop((tenant_id, sub), None)
