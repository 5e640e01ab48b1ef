"""S18: nobody sees or changes anything of another tenant, by whichever route and whichever id."""

from __future__ import annotations

import copy
import re
from typing import Any

import pytest
from tests.functions.settings.api import APP_SECRET, CXALLOY_SECRET, Answer, Api
from tests.functions.settings.joined import SYNC_SETTINGS, make_sync
from tests.functions.settings.test_document import ROUTES
from tests.functions.settings.worlds import HARBOR_POINT, NORTHWIND, PRIYA, RIVERSIDE

from plumbline import wiring_jobs
from plumbline.stores.records import Conflict, Link, LinkState, Undo

_CONNECTION = "/tenants/{tenant_id}/connections/{connection_id}"
_COMPANY = "/tenants/{tenant_id}/authorizations/{authorization_id}/companies/{company_id}"

# A body that is right for each route that takes one.
BODIES: dict[str, dict[str, Any]] = {
    "PATCH /tenants/{tenant_id}": {"name": "Mine now"},
    "PUT /tenants/{tenant_id}/members/{sub}": {"role": "owner"},
    "POST /tenants/{tenant_id}/authorizations/procore": {},
    "POST /tenants/{tenant_id}/authorizations/service-account": {"company_id": str(NORTHWIND)},
    "POST /tenants/{tenant_id}/authorizations/cxalloy": {
        "host": "https://cx.example",
        "identifier": "k",
        "secret": "s",
    },
    "PUT /tenants/{tenant_id}/authorizations/{authorization_id}/key": {"secret": "s"},
    f"POST {_COMPANY}/installation-request": {},
    "POST /tenants/{tenant_id}/invitations": {},
    "POST /tenants/{tenant_id}/connections": {"name": "Mine"},
    "PATCH /tenants/{tenant_id}/connections/{connection_id}": {"name": "Mine now"},
    "POST /tenants/{tenant_id}/connections/{connection_id}/settings/import": {"settings": {}},
    "POST /tenants/{tenant_id}/connections/{connection_id}/copy-settings": {"from_connection_id": "x"},
    "POST /tenants/{tenant_id}/connections/{connection_id}/items": {"issue_id": "1", "observation_id": "2"},
    f"POST {_CONNECTION}/previews/{{preview_id}}/approve": {"hash": "0" * 64},
    f"POST {_CONNECTION}/conflicts/{{item_id}}/{{conflict_id}}/pick": {"side": "tracker"},
    f"POST {_CONNECTION}/brake/approve": {"hash": "0" * 64},
    f"POST {_CONNECTION}/brake/dismiss": {"hash": "0" * 64},
}
OWN = (
    "tenant_id",
    "authorization_id",
    "connection_id",
    "item_id",
    "preview_id",
    "conflict_id",
    "undo_id",
)
OF_A_TENANT = sorted(route for route in ROUTES if "{tenant_id}" in route)
Ids = dict[str, str]


def _world(api: Api, who: str, project: int, issue: str) -> Ids:
    """A tenant with one of everything."""
    tenant = api.tenant(f"Tenant of {who}", who=who)
    connection = make_sync(api, tenant, who=who) if who == "olga" else _other(api, tenant, who, project)
    identifier = connection.rpartition("/")[2]
    stored = api.stores.connections.get(identifier)
    assert stored is not None
    link = Link(f"link-of-{who}", identifier, issue, LinkState.PARKED, observation_id=f"77{issue}")
    api.stores.links.create(link)
    api.stores.links.put_conflict(Conflict(f"title-{who}", identifier, link.id, "title", 1.0, "open"))
    api.stores.links.put_undo(Undo(f"1.000-{who}", identifier, link.id, 1.0, "write_tracker"))
    api.good("POST", f"{connection}/enable", who=who)
    preview = api.good("POST", f"{connection}/previews", who=who)
    wiring_jobs.jobs(lambda: 60.0).run(api.jobs[-1])
    return {
        "tenant_id": tenant,
        "authorization_id": stored.procore_authorization_id,
        "connection_id": identifier,
        "item_id": link.id,
        "preview_id": preview["id"],
        "conflict_id": f"title-{who}",
        "undo_id": f"1.000-{who}",
        "sub": who,
        "company_id": str(NORTHWIND),
        "tracker_project_id": stored.tracker_project_id,
        "issue_id": issue,
    }


def _other(api: Api, tenant: str, who: str, project: int) -> str:
    body = {
        "name": "Lab",
        "approach": "sync",
        "settings": SYNC_SETTINGS,
        "procore_authorization_id": api.connect_procore(tenant, PRIYA, who),
        "company_id": str(NORTHWIND),
        "project_id": str(project),
        "tracker_authorization_id": api.add_key(tenant, who=who),
        "tracker_project_id": "7",
    }
    made = api.good("POST", f"/tenants/{tenant}/connections", body, who=who)
    return f"/tenants/{tenant}/connections/{made['id']}"


@pytest.fixture
def worlds(api: Api) -> tuple[Ids, Ids]:
    return _world(api, "olga", HARBOR_POINT, "101"), _world(api, "boris", RIVERSIDE, "102")


def _call(api: Api, route: str, ids: Ids, who: str = "boris") -> Answer:
    method, path = route.split(" ")
    return api.call(method, path.format(**ids), BODIES.get(route), who=who)


def _everything(api: Api) -> Any:
    """All that is stored and all that was asked of the vendors."""
    stores = [vars(getattr(api.stores, name)) for name in api.stores.__slots__]
    sent = (len(api.hints), len(api.sync_hints), len(api.jobs), len(api.polls))
    calls = (len(api.procore.journal.entries), len(api.cxalloy.calls), *sent)
    return copy.deepcopy(
        [{k: v for k, v in one.items() if isinstance(v, dict | list)} for one in stores]
    ), calls


def test_s18_in_another_tenant_no_route_answers_or_changes_anything(
    api: Api, worlds: tuple[Ids, Ids]
) -> None:
    theirs, _ = worlds
    before = _everything(api)
    nowhere = {**theirs, "tenant_id": "000000000000000000000000"}

    for route in OF_A_TENANT:
        real, none = _call(api, route, theirs), _call(api, route, nowhere)

        assert real.status == 404, route
        assert (real.status, real.text) == (none.status, none.text), route
        assert _everything(api) == before, route


def test_s18_in_ones_own_tenant_the_ids_of_another_are_not_found(api: Api, worlds: tuple[Ids, Ids]) -> None:
    theirs, mine = worlds
    before = _everything(api)
    swaps = [(route, name) for route in OF_A_TENANT for name in OWN[1:] if f"{{{name}}}" in route]

    for route, swapped in swaps:
        real = _call(api, route, {**mine, swapped: theirs[swapped]})
        none = _call(api, route, {**mine, swapped: "000000000000000000000000"})

        assert real.status == 404, (route, swapped)
        assert (real.status, real.text) == (none.status, none.text), (route, swapped)
        assert _everything(api) == before, (route, swapped)
    assert len(swaps) == 61


@pytest.mark.parametrize(
    ("route", "field"),
    [
        ("POST /tenants/{tenant_id}/authorizations/procore", "authorization_id"),
        ("POST /tenants/{tenant_id}/invitations", "authorization_id"),
        ("POST /tenants/{tenant_id}/connections", "procore_authorization_id"),
        ("PATCH /tenants/{tenant_id}/connections/{connection_id}", "procore_authorization_id"),
        ("PATCH /tenants/{tenant_id}/connections/{connection_id}", "tracker_authorization_id"),
        ("POST /tenants/{tenant_id}/connections/{connection_id}/copy-settings", "from_connection_id"),
    ],
)
def test_s18_ids_of_another_tenant_in_a_body_are_refused_like_made_up_ones(
    api: Api, worlds: tuple[Ids, Ids], route: str, field: str
) -> None:
    theirs, mine = worlds
    foreign = theirs["connection_id" if field == "from_connection_id" else "authorization_id"]
    method, path = route.split(" ")
    before = _everything(api)

    real = api.call(method, path.format(**mine), {**BODIES[route], field: foreign}, who="boris")
    none = api.call(method, path.format(**mine), {**BODIES[route], field: "0" * 24}, who="boris")

    assert real.status in {404, 422}
    assert (real.status, real.text) == (none.status, none.text)
    assert _everything(api) == before


def test_s18_the_issue_of_another_tenant_has_no_observation_here(api: Api, worlds: tuple[Ids, Ids]) -> None:
    _, mine = worlds

    assert (
        api.call("GET", f"/tenants/{mine['tenant_id']}/issues/7/101/observation", who="boris").status == 404
    )


def test_without_a_sign_in_no_route_of_a_tenant_answers(api: Api, worlds: tuple[Ids, Ids]) -> None:
    theirs, _ = worlds

    for route in OF_A_TENANT:
        method, path = route.split(" ")
        assert api.call(method, path.format(**theirs), BODIES.get(route), who=None).status == 401, route


def test_s21_a_viewer_changes_nothing_by_any_route(api: Api, worlds: tuple[Ids, Ids]) -> None:
    theirs, _ = worlds
    api.member(theirs["tenant_id"], "vera", "viewer")
    before = _everything(api)

    for route in OF_A_TENANT:
        if not route.startswith("GET"):
            refused = _call(api, route, theirs, who="vera")
            assert (refused.status, refused.error["code"]) == (403, "role_needed"), route
    assert _everything(api) == before


def test_no_answer_of_any_route_holds_a_secret_or_a_token(api: Api, worlds: tuple[Ids, Ids]) -> None:
    theirs, _ = worlds
    held = [*api.procore.state.tokens, *api.procore.state.refreshes, CXALLOY_SECRET, APP_SECRET]
    api.seen.clear()

    for route in sorted(OF_A_TENANT, key=lambda route: (route.startswith("DELETE"), route)):
        _call(api, route, theirs, who="olga")

    answers = "\n".join(api.seen)
    assert len(held) > 5
    assert len(api.seen) == len(OF_A_TENANT)
    assert [secret for secret in held if secret in answers] == []
    assert re.findall(r"not-a-secret|canary", answers) == []
