"""Connect invitations over the API (S3)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.functions.settings.worlds import PRIYA

from plumbline.connections.sign_in import digest

if TYPE_CHECKING:
    from tests.functions.settings.api import Answer, Api


def _invite(api: Api, tenant: str, **body: object) -> str:
    link: str = api.good("POST", f"/tenants/{tenant}/invitations", body)["link"]
    address, _, token = link.partition("#/invitation/")
    assert address == "http://api.localhost:4566/v1/console/index.html"
    return token


def _accept(api: Api, token: str) -> Answer:
    return api.call("POST", "/invitations/accept", {"token": token}, who=None)


def test_s3_an_invited_person_connects_without_an_account(api: Api) -> None:
    tenant = api.tenant()
    token = _invite(api, tenant, note="For the GC")

    begun = _accept(api, token)

    assert "set-cookie" in begun.headers
    assert api.sign_in(begun, PRIYA) == "connected"
    (listed,) = api.good("GET", f"/tenants/{tenant}/authorizations")["items"]
    assert listed["label"] == "priya.raman@northwind.example"


def _read(api: Api, token: str) -> Answer:
    return api.call("POST", "/invitations/read", {"token": token}, who=None)


def test_s3_the_invited_person_is_told_who_invites_them_to_what_as_often_as_they_look(api: Api) -> None:
    tenant = api.tenant()
    api.good("PUT", f"/tenants/{tenant}/members/olga", {"role": "owner", "email": "olga@northwind.example"})
    token = _invite(api, tenant, note="For the GC")

    first, second = _read(api, token), _read(api, token)

    assert (first.status, first.json) == (second.status, second.json)
    assert first.json["invited_by"] == "olga@northwind.example"
    assert (first.json["note"], first.json["renews"]) == ("For the GC", "")
    assert first.json["tenant_name"] == api.good("GET", f"/tenants/{tenant}")["name"]
    assert api.sign_in(_accept(api, token), PRIYA) == "connected"


def test_s9_an_invitation_to_renew_names_what_it_renews(api: Api) -> None:
    tenant = api.tenant()
    token = _invite(api, tenant, authorization_id=api.connect_procore(tenant, PRIYA))

    assert _read(api, token).json["renews"] == "priya.raman@northwind.example"


def test_s3_an_invitation_that_was_used_can_be_read_no_more(api: Api) -> None:
    token = _invite(api, api.tenant())
    api.sign_in(_accept(api, token), PRIYA)

    assert (_read(api, token).status, _read(api, token).error["code"]) == (404, "invitation_unknown")


def test_s3_an_invitation_works_once(api: Api) -> None:
    token = _invite(api, api.tenant())
    assert api.sign_in(_accept(api, token), PRIYA) == "connected"

    refused = _accept(api, token)

    assert (refused.status, refused.error["code"]) == (404, "invitation_unknown")
    assert refused.error["field"] == "token"


def test_s3_an_interrupted_invited_person_may_begin_again(api: Api) -> None:
    token = _invite(api, api.tenant())
    _accept(api, token)

    assert api.sign_in(_accept(api, token), PRIYA) == "connected"


def test_s3_of_two_sign_ins_by_one_invitation_only_the_first_counts(api: Api) -> None:
    token = _invite(api, api.tenant())
    first, second = _accept(api, token), _accept(api, token)

    assert [api.sign_in(first, PRIYA), api.sign_in(second, PRIYA)] == ["connected", "invitation_used"]


def test_s3_an_expired_invitation_says_so(api: Api) -> None:
    token = _invite(api, api.tenant())
    stored = api.stores.authorizations.invitation(digest(token), now=0.0)
    assert stored is not None
    api.stores.authorizations.put_invitation(replace(stored, expires_at=1.0))

    refused = _accept(api, token)

    assert (refused.status, refused.error["code"]) == (410, "invitation_expired")
    assert refused.error["next_step"] == "Ask the person who sent it for a new one."


def test_s3_a_made_up_token_is_not_known(api: Api) -> None:
    assert _accept(api, "made-up").status == 404


def test_s23_an_invitation_lasts_seven_days_unless_told(api: Api) -> None:
    tenant = api.tenant()

    by_default = api.stores.authorizations.invitation(digest(_invite(api, tenant)), now=0.0)
    two_days = api.stores.authorizations.invitation(digest(_invite(api, tenant, expires_in_days=2)), now=0.0)

    assert by_default is not None
    assert two_days is not None
    assert by_default.expires_at - by_default.created_at == 604_800
    assert two_days.expires_at - two_days.created_at == 172_800


def test_s3_the_token_is_not_stored(api: Api) -> None:
    token = _invite(api, api.tenant())

    assert token not in repr(api.stores.authorizations.invitation(digest(token), now=0.0))


def test_s3_an_invitation_may_renew_an_authorization(api: Api) -> None:
    tenant = api.tenant()
    authorization = api.connect_procore(tenant, PRIYA)

    token = _invite(api, tenant, authorization_id=authorization)

    assert api.sign_in(_accept(api, token), PRIYA) == "connected"
    assert [one["id"] for one in api.good("GET", f"/tenants/{tenant}/authorizations")["items"]] == [
        authorization
    ]


def test_s21_a_viewer_invites_nobody(api: Api) -> None:
    tenant = api.tenant()
    api.member(tenant, "vera", "viewer")

    assert api.call("POST", f"/tenants/{tenant}/invitations", {}, who="vera").status == 403
