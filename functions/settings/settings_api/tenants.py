"""Tenants and the people in them (S18, S21)."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from plumbline import wiring
from plumbline.connections import tenancy
from plumbline.connections.ids import new_id
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api.answers import Listing, Member, Tenant
from settings_api.desk import PathId, caller, new_router, require
from settings_api.document import JSON, ok
from settings_api.given import MemberChange, NewTenant, TenantChange

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["tenants"]}


@router.post("/tenants", summary="Make a tenant", responses=ok(201, "Made"), **_ROUTE)
def make_tenant(body: NewTenant) -> Response[Tenant]:
    """Make a tenant; who makes it becomes its owner."""
    who = caller(router)
    made = records.Tenant(new_id(), body.name, wiring.now(), body.support_address)
    email = who.name if "@" in who.name else ""
    wiring.members().create_tenant(made, records.Member(made.id, who.sub, Role.OWNER, email))
    return Response(201, JSON, Tenant.of(made, Role.OWNER))


@router.get("/tenants", summary="List my tenants", responses=ok(), **_ROUTE)
def list_tenants() -> Listing[Tenant]:
    """List the tenants the caller belongs to, with the role in each."""
    members = wiring.members()
    mine = [(members.tenant(one.tenant_id), one.role) for one in members.tenants_of(caller(router).sub)]
    return Listing(items=[Tenant.of(tenant, role) for tenant, role in mine if tenant])


@router.get("/tenants/<tenant_id>", summary="Read a tenant", responses=ok(), **_ROUTE)
def read_tenant(tenant_id: PathId) -> Tenant:
    """Read one tenant."""
    visit = require(router, tenant_id, Role.VIEWER)
    return Tenant.of(visit.tenant, visit.member.role)


@router.patch("/tenants/<tenant_id>", summary="Change a tenant", responses=ok(), **_ROUTE)
def change_tenant(tenant_id: PathId, body: TenantChange) -> Tenant:
    """Change a tenant's name or support address."""
    visit = require(router, tenant_id, Role.MANAGER)
    changed = tenancy.rename(
        wiring.members(), visit.tenant, name=body.name, support_address=body.support_address
    )
    return Tenant.of(changed, visit.member.role)


@router.get("/tenants/<tenant_id>/members", summary="List members", responses=ok(), **_ROUTE)
def list_members(tenant_id: PathId) -> Listing[Member]:
    """List the people of a tenant."""
    require(router, tenant_id, Role.VIEWER)
    return Listing(items=[Member.of(one) for one in wiring.members().members(tenant_id)])


@router.put("/tenants/<tenant_id>/members/<sub>", summary="Add or change a member", responses=ok(), **_ROUTE)
def put_member(tenant_id: PathId, sub: PathId, body: MemberChange) -> Member:
    """Add a person by the `sub` of their sign-in, or change their role. The last owner stays owner."""
    visit = require(router, tenant_id, Role.CO_OWNER)
    member = records.Member(tenant_id, sub, body.role, body.email)
    tenancy.put_member(wiring.members(), visit, member)
    return Member.of(member)


@router.delete(
    "/tenants/<tenant_id>/members/<sub>", summary="Remove a member", responses=ok(204, "Removed"), **_ROUTE
)
def remove_member(tenant_id: PathId, sub: PathId) -> Response[None]:
    """Take a person out of the tenant. Connections they made go on."""
    visit = require(router, tenant_id, Role.CO_OWNER)
    tenancy.remove_member(wiring.members(), visit, sub)
    return Response(204)
