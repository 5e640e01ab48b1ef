from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Member, Role, Tenant

if TYPE_CHECKING:
    from plumbline.stores.ports import Members

FIRM = Tenant("t1", "Bâtiment & Söhne 建設", 1000.5)
OWNER = Member("t1", "ann", Role.OWNER, "ann@example.org")
VIEWER = Member("t1", "bob", Role.VIEWER)


def test_a_tenant_starts_with_its_owner(members: Members) -> None:
    members.create_tenant(FIRM, OWNER)

    assert members.tenant("t1") == Tenant("t1", "Bâtiment & Söhne 建設", 1000.5)
    assert members.member("t1", "ann") == Member("t1", "ann", Role.OWNER, "ann@example.org")
    assert list(members.tenants_of("ann")) == [OWNER]


def test_a_tenant_cannot_be_made_twice(members: Members) -> None:
    members.create_tenant(FIRM, OWNER)

    with pytest.raises(Taken) as refusal:
        members.create_tenant(FIRM, Member("t1", "mallory", Role.OWNER))

    assert refusal.value.holder == "t1"
    assert members.member("t1", "mallory") is None


def test_an_unknown_tenant_or_member_is_none(members: Members) -> None:
    assert members.tenant("t1") is None
    assert members.member("t1", "ann") is None
    assert list(members.members("t1")) == []
    assert list(members.tenants_of("ann")) == []


def test_a_tenant_can_change_its_support_address(members: Members) -> None:
    members.create_tenant(FIRM, OWNER)

    members.save_tenant(Tenant("t1", "New", 1000.5, "help@example.org"))

    assert members.tenant("t1") == Tenant("t1", "New", 1000.5, "help@example.org")


def test_saving_a_tenant_does_not_make_one(members: Members) -> None:
    with pytest.raises(Stale):
        members.save_tenant(FIRM)

    assert members.tenant("t1") is None


def test_members_of_a_tenant_are_listed_by_sub(members: Members) -> None:
    members.create_tenant(FIRM, VIEWER)
    members.put_member(OWNER)
    members.create_tenant(Tenant("t2", "Other", 2000.0), Member("t2", "ann", Role.MANAGER))

    assert list(members.members("t1")) == [OWNER, VIEWER]
    assert [member.tenant_id for member in members.tenants_of("ann")] == ["t1", "t2"]


def test_a_new_role_replaces_the_former_in_both_listings(members: Members) -> None:
    members.create_tenant(FIRM, OWNER)
    members.put_member(VIEWER)

    members.put_member(Member("t1", "bob", Role.MANAGER))

    assert members.member("t1", "bob") == Member("t1", "bob", Role.MANAGER)
    assert [member.role for member in members.tenants_of("bob")] == [Role.MANAGER]


def test_a_removed_member_is_gone_from_both_listings(members: Members) -> None:
    members.create_tenant(FIRM, OWNER)
    members.put_member(VIEWER)

    members.remove_member("t1", "bob")
    members.remove_member("t1", "bob")

    assert members.member("t1", "bob") is None
    assert list(members.members("t1")) == [OWNER]
    assert list(members.tenants_of("bob")) == []
