"""Tenants and roles over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.functions.settings.api import Api


def test_who_makes_a_tenant_is_its_owner(api: Api) -> None:
    made = api.good("POST", "/tenants", {"name": "Northwind Cx", "support_address": "cx@example.test"})

    assert (made["name"], made["role"], made["support_address"]) == (
        "Northwind Cx",
        "owner",
        "cx@example.test",
    )
    assert made["created_at"].endswith("Z")
    assert [one["id"] for one in api.good("GET", "/tenants")["items"]] == [made["id"]]
    assert api.good("GET", "/tenants", who="stranger") == {"items": [], "next_token": ""}


def test_a_manager_changes_name_and_support_address(api: Api) -> None:
    tenant = api.tenant()
    api.member(tenant, "mara", "manager")

    changed = api.good("PATCH", f"/tenants/{tenant}", {"support_address": "new@example.test"}, who="mara")

    assert (changed["name"], changed["support_address"]) == ("Northwind Cx", "new@example.test")
    assert api.good("GET", f"/tenants/{tenant}")["support_address"] == "new@example.test"


def test_s21_a_viewer_may_look_and_change_nothing(api: Api) -> None:
    tenant = api.tenant()
    api.member(tenant, "vera", "viewer")

    refused = api.call("PATCH", f"/tenants/{tenant}", {"name": "Mine"}, who="vera")

    assert api.good("GET", f"/tenants/{tenant}", who="vera")["role"] == "viewer"
    assert refused.status == 403
    assert refused.error["code"] == "role_needed"
    assert refused.error["cause"] == "This needs the role manager; you are viewer."
    assert refused.error["field"] == "role"


def test_s21_a_manager_does_not_manage_members(api: Api) -> None:
    tenant = api.tenant()
    api.member(tenant, "mara", "manager")

    refused = api.call("PUT", f"/tenants/{tenant}/members/x", {"role": "viewer"}, who="mara")

    assert refused.status == 403
    assert refused.error["cause"] == "This needs the role co_owner; you are manager."


def test_s21_a_co_owner_manages_members_but_makes_no_owner(api: Api) -> None:
    tenant = api.tenant()
    api.member(tenant, "cora", "co_owner")

    api.good("PUT", f"/tenants/{tenant}/members/vera", {"role": "viewer"}, who="cora")
    up = api.call("PUT", f"/tenants/{tenant}/members/cora", {"role": "owner"}, who="cora")
    down = api.call("DELETE", f"/tenants/{tenant}/members/olga", who="cora")

    assert (up.status, down.status) == (403, 403)
    assert up.error["cause"] == "This needs the role owner; you are co_owner."


@pytest.mark.parametrize(("method", "body"), [("PUT", {"role": "manager"}), ("DELETE", None)])
def test_the_last_owner_stays_owner(api: Api, method: str, body: object) -> None:
    tenant = api.tenant()

    refused = api.call(method, f"/tenants/{tenant}/members/olga", body)

    assert refused.status == 409
    assert refused.error["code"] == "last_owner"
    assert api.good("GET", f"/tenants/{tenant}")["role"] == "owner"


def test_an_owner_may_leave_when_another_one_stays(api: Api) -> None:
    tenant = api.tenant()
    api.member(tenant, "otto", "owner")

    api.good("DELETE", f"/tenants/{tenant}/members/olga")

    assert [one["sub"] for one in api.good("GET", f"/tenants/{tenant}/members", who="otto")["items"]] == [
        "otto"
    ]
    assert api.call("GET", f"/tenants/{tenant}").status == 404


def test_members_are_listed_with_role_and_email(api: Api) -> None:
    tenant = api.tenant()
    api.member(tenant, "vera", "viewer")

    listed = api.good("GET", f"/tenants/{tenant}/members")["items"]

    assert {"sub": "vera", "email": "vera@example.test", "role": "viewer"} in listed


def test_removing_someone_who_is_no_member_is_not_found(api: Api) -> None:
    assert api.call("DELETE", f"/tenants/{api.tenant()}/members/nobody").status == 404


def test_s18_a_stranger_cannot_tell_a_tenant_from_none(api: Api) -> None:
    tenant = api.tenant()

    real = api.call("GET", f"/tenants/{tenant}", who="stranger")
    none = api.call("GET", "/tenants/000000000000000000000000", who="stranger")

    assert (real.status, real.json) == (none.status, none.json)
    assert real.status == 404


def test_without_a_sign_in_nothing_is_shown(api: Api) -> None:
    refused = api.call("GET", "/tenants", who=None)

    assert refused.status == 401
    assert refused.error["field"] == "Authorization"
