"""Who may do what in a tenant (S18, S21), by the members table and never by what a caller can change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.stores.records import Member, Role, Tenant

if TYPE_CHECKING:
    from plumbline.stores.ports import Members

_RANK = {Role.VIEWER: 0, Role.MANAGER: 1, Role.CO_OWNER: 2, Role.OWNER: 3}


@dataclass(frozen=True, slots=True)
class Caller:
    """The signed-in person: the `sub` of the sign-in and a name to show in logs."""

    sub: str
    name: str


@dataclass(frozen=True, slots=True)
class Visit:
    """A caller inside a tenant they belong to."""

    tenant: Tenant
    member: Member
    caller: Caller

    @property
    def who(self) -> str:
        """What the activity log calls the caller."""
        return self.member.email or self.caller.name


def not_found(kind: str, field: str) -> Reject:
    """One and the same refusal for what does not exist and for what belongs to another tenant."""
    return Reject(
        "not_found",
        f"There is no such {kind}.",
        "Check the id; the listings name the ids that exist.",
        field=field,
        status=404,
    )


def enter(members: Members, caller: Caller, tenant_id: str, needed: Role) -> Visit:
    """Let a member of at least the needed role in. Raises `Reject` with 404 or 403."""
    member = members.member(tenant_id, caller.sub)
    tenant = members.tenant(tenant_id) if member else None
    if member is None or tenant is None:
        raise not_found("tenant", "tenant_id")
    if _RANK[member.role] < _RANK[needed]:
        raise _role_needed(needed, member.role)
    return Visit(tenant, member, caller)


def put_member(members: Members, visit: Visit, member: Member) -> None:
    """Add a person or change their role; only an owner makes or lowers an owner. Raises `Reject`."""
    before = members.member(member.tenant_id, member.sub)
    if Role.OWNER in (member.role, before.role if before else None):
        _only_owners(visit)
    if member.role is not Role.OWNER:
        _keep_an_owner(members, before)
    members.put_member(member)


def remove_member(members: Members, visit: Visit, sub: str) -> None:
    """Take a person out of the tenant. Raises `Reject`."""
    before = members.member(visit.tenant.id, sub)
    if before is None:
        raise not_found("member", "sub")
    if before.role is Role.OWNER:
        _only_owners(visit)
    _keep_an_owner(members, before)
    members.remove_member(visit.tenant.id, sub)


def rename(members: Members, tenant: Tenant, *, name: str | None, support_address: str | None) -> Tenant:
    """Save a tenant's name or support address; None leaves a value as it is."""
    changed = replace(
        tenant,
        name=tenant.name if name is None else name,
        support_address=tenant.support_address if support_address is None else support_address,
    )
    members.save_tenant(changed)
    return changed


def _only_owners(visit: Visit) -> None:
    if visit.member.role is not Role.OWNER:
        raise _role_needed(Role.OWNER, visit.member.role)


def _keep_an_owner(members: Members, before: Member | None) -> None:
    if before is None or before.role is not Role.OWNER:
        return
    owners = [member for member in members.members(before.tenant_id) if member.role is Role.OWNER]
    if len(owners) == 1:
        raise Reject(
            "last_owner",
            "This is the only owner of the tenant.",
            "Make another member an owner first.",
            field="role",
            status=409,
        )


def _role_needed(needed: Role, held: Role) -> Reject:
    return Reject(
        "role_needed",
        f"This needs the role {needed.value}; you are {held.value}.",
        f"Ask an owner of the tenant to do it, or to give you the role {needed.value}.",
        field="role",
        status=403,
    )
