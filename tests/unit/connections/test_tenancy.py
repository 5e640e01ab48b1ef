"""Roles and the last owner (S18, S21)."""

from __future__ import annotations

import pytest

from plumbline.connections import tenancy
from plumbline.connections.tenancy import Caller, Visit
from plumbline.errors import Reject
from plumbline.stores.memory import MemoryMembers
from plumbline.stores.records import Member, Role, Tenant

TENANT = Tenant("t", "Northwind Cx", 1.0)
ROLES = (Role.VIEWER, Role.MANAGER, Role.CO_OWNER, Role.OWNER)


@pytest.fixture
def members() -> MemoryMembers:
    made = MemoryMembers()
    made.create_tenant(TENANT, Member("t", "owner", Role.OWNER))
    for role in (Role.CO_OWNER, Role.MANAGER, Role.VIEWER):
        made.put_member(Member("t", role.value, role))
    return made


def _visit(members: MemoryMembers, sub: str) -> Visit:
    return tenancy.enter(members, Caller(sub, sub), "t", Role.VIEWER)


@pytest.mark.parametrize("needed", ROLES)
@pytest.mark.parametrize("held", ROLES)
def test_s21_a_role_includes_those_below_it(members: MemoryMembers, held: Role, needed: Role) -> None:
    caller = Caller(held.value, "someone")
    enough = ROLES.index(held) >= ROLES.index(needed)

    if enough:
        assert tenancy.enter(members, caller, "t", needed).member.role is held
        return
    with pytest.raises(Reject) as refused:
        tenancy.enter(members, caller, "t", needed)
    assert refused.value.status == 403
    assert needed.value in refused.value.cause


def test_s18_a_stranger_and_a_made_up_tenant_are_refused_alike(members: MemoryMembers) -> None:
    refusals = []
    for tenant_id in ("t", "nowhere"):
        with pytest.raises(Reject) as refused:
            tenancy.enter(members, Caller("stranger", "x"), tenant_id, Role.VIEWER)
        refusals.append((refused.value.status, str(refused.value)))

    assert refusals[0] == refusals[1]
    assert refusals[0][0] == 404


def test_a_member_of_a_tenant_that_is_gone_finds_nothing(members: MemoryMembers) -> None:
    members.put_member(Member("gone", "owner", Role.OWNER))

    with pytest.raises(Reject, match="There is no such tenant"):
        tenancy.enter(members, Caller("owner", "x"), "gone", Role.VIEWER)


def test_who_did_it_is_the_email_or_else_the_sign_in(members: MemoryMembers) -> None:
    members.put_member(Member("t", "ana", Role.VIEWER, "ana@example.test"))

    assert _visit(members, "ana").who == "ana@example.test"
    assert _visit(members, "owner").who == "owner"


def test_an_owner_lowers_another_owner_but_not_the_last(members: MemoryMembers) -> None:
    visit = _visit(members, "owner")
    members.put_member(Member("t", "second", Role.OWNER))

    tenancy.put_member(members, visit, Member("t", "second", Role.MANAGER))
    with pytest.raises(Reject) as refused:
        tenancy.put_member(members, visit, Member("t", "owner", Role.VIEWER))

    assert refused.value.code == "last_owner"


def test_an_owner_makes_another_owner_and_stays_one(members: MemoryMembers) -> None:
    visit = _visit(members, "owner")

    tenancy.put_member(members, visit, Member("t", "manager", Role.OWNER))
    tenancy.put_member(members, visit, Member("t", "owner", Role.OWNER, "new@example.test"))

    assert [one.role for one in members.members("t") if one.sub in {"manager", "owner"}] == [
        Role.OWNER,
        Role.OWNER,
    ]


def test_a_co_owner_neither_makes_nor_removes_an_owner(members: MemoryMembers) -> None:
    visit = _visit(members, "co_owner")

    with pytest.raises(Reject, match="needs the role owner"):
        tenancy.put_member(members, visit, Member("t", "viewer", Role.OWNER))
    with pytest.raises(Reject, match="needs the role owner"):
        tenancy.put_member(members, visit, Member("t", "owner", Role.VIEWER))
    with pytest.raises(Reject, match="needs the role owner"):
        tenancy.remove_member(members, visit, "owner")
    tenancy.remove_member(members, visit, "viewer")
    assert members.member("t", "viewer") is None


def test_what_is_not_told_keeps_its_value(members: MemoryMembers) -> None:
    renamed = tenancy.rename(members, TENANT, name="New", support_address=None)
    addressed = tenancy.rename(members, renamed, name=None, support_address="help@example.test")

    assert (addressed.name, addressed.support_address) == ("New", "help@example.test")
    assert members.tenant("t") == addressed
