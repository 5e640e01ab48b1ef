"""S18: nobody sees or changes anything of another tenant, by whichever route and whichever id.

Routes, parameters and the ids in bodies are read from the API's own document, so that a new one is tried too.
"""

from __future__ import annotations

import copy
import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.settings.api import APP_SECRET, CXALLOY_SECRET, Answer, Api
from tests.functions.settings.joined import SYNC_SETTINGS, make_sync
from tests.functions.settings.worlds import HARBOR_POINT, NORTHWIND, PRIYA, RIVERSIDE

from plumbline import wiring_jobs
from plumbline.connections import lifecycle
from plumbline.stores.records import Conflict, Link, LinkState, Undo

if TYPE_CHECKING:
    from collections.abc import Iterator

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
_NO_FIELDS: set[str] = set()
OWN = (
    "tenant_id",
    "authorization_id",
    "connection_id",
    "item_id",
    "preview_id",
    "conflict_id",
    "undo_id",
)
# Ids of the vendors and of Cognito, which are nobody's secret and mean nothing without a credential.
OF_OTHERS = {"company_id", "issue_id", "sub", "tracker_project_id"}
# Fields of bodies that name something of a tenant.
FOREIGN = {
    "authorization_id": "authorization_id",
    "from_connection_id": "connection_id",
    "procore_authorization_id": "authorization_id",
    "tracker_authorization_id": "authorization_id",
}
_VENDORS = {"assignee_template_id", "company_id", "default_type_id", "done_status_id", "initial_status_id"}
_VENDORS |= {"issue_id", "observation_id", "probe_issue_id", "project_id", "tracker_project_id"}
_VENDORS |= {"trigger_status_id"}
Ids = dict[str, str]


@pytest.fixture
def document(api: Api) -> Any:
    return api.good("GET", "/openapi.json", who=None)


@pytest.fixture
def routes(document: Any) -> list[str]:
    """Every route of a tenant, those that delete last."""
    found = [
        f"{method.upper()} {path}"
        for path, one in document["paths"].items()
        for method in one
        if "{tenant_id}" in path
    ]
    return sorted(found, key=lambda route: (route.startswith("DELETE"), route))


def _fields(schema: dict[str, Any], parts: dict[str, Any]) -> Iterator[str]:
    """The names of a body's fields, at every depth."""
    if "$ref" in schema:
        yield from _fields(parts[schema["$ref"].rpartition("/")[2]], parts)
    for inner in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _fields(inner, parts)
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from _fields(inner, parts)


def _bodies(document: Any) -> dict[str, set[str]]:
    """The fields of each route's body."""
    parts = document["components"]["schemas"]
    return {
        f"{method.upper()} {path}": set(
            _fields(operation["requestBody"]["content"]["application/json"]["schema"], parts)
        )
        for path, one in document["paths"].items()
        for method, operation in one.items()
        if "requestBody" in operation
    }


def _world(api: Api, who: str, project: int, issue: str) -> Ids:
    """A tenant with one of everything."""
    tenant = api.tenant(f"{CANARY} tenant of {who}", who=who)
    api.good(
        "PUT",
        f"/tenants/{tenant}/members/{who}",
        {"role": "owner", "email": f"{CANARY}-{who}@example.test"},
        who=who,
    )
    connection = make_sync(api, tenant, who=who) if who == "olga" else _other(api, tenant, who, project)
    identifier = connection.rpartition("/")[2]
    stored = api.stores.connections.get(identifier)
    assert stored is not None
    text = f"{CANARY} text of {who}"
    link = Link(
        f"link-of-{who}", identifier, issue, LinkState.PARKED, observation_id=f"77{issue}", cause=text
    )
    api.stores.links.create(link)
    conflict = Conflict(f"title-{who}", identifier, link.id, "title", 1.0, "open", tracker=text, procore=text)
    api.stores.links.put_conflict(conflict)
    undo = Undo(f"1.000-{who}", identifier, link.id, 1.0, "write_tracker", before={"title": text})
    api.stores.links.put_undo(undo)
    lifecycle.note(api.stores.activity, identifier, "parked", text, now=2.0, link=link)
    api.good("PATCH", connection, {"name": f"{CANARY} connection of {who}"}, who=who)
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


CANARY = "what-a-tenant-wrote"


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
    api: Api, worlds: tuple[Ids, Ids], routes: list[str]
) -> None:
    theirs, _ = worlds
    before = _everything(api)
    nowhere = {**theirs, "tenant_id": "000000000000000000000000"}

    for route in routes:
        real, none = _call(api, route, theirs), _call(api, route, nowhere)

        assert real.status == 404, route
        assert (real.status, real.text) == (none.status, none.text), route
        assert _everything(api) == before, route


def test_s18_in_ones_own_tenant_the_ids_of_another_are_not_found(
    api: Api, worlds: tuple[Ids, Ids], routes: list[str]
) -> None:
    theirs, mine = worlds
    before = _everything(api)
    swaps = [(route, name) for route in routes for name in OWN[1:] if f"{{{name}}}" in route]

    for route, swapped in swaps:
        real = _call(api, route, {**mine, swapped: theirs[swapped]})
        none = _call(api, route, {**mine, swapped: "000000000000000000000000"})

        assert real.status == 404, (route, swapped)
        assert (real.status, real.text) == (none.status, none.text), (route, swapped)
        assert _everything(api) == before, (route, swapped)
    assert {name for _, name in swaps} == set(OWN[1:])
    assert len(swaps) > 60


def test_every_parameter_and_every_id_in_a_body_is_known_to_be_ours_or_a_vendor_s(
    document: Any, routes: list[str]
) -> None:
    parameters = {name for route in routes for name in re.findall(r"{(\w+)}", route)}
    fields = {name for names in _bodies(document).values() for name in names if name.endswith("_id")}

    assert parameters == {*OWN, *OF_OTHERS}
    assert fields == FOREIGN.keys() | _VENDORS
    assert {route for route in _bodies(document) if "{tenant_id}" in route} == BODIES.keys() | _NO_FIELDS


def test_s18_ids_of_another_tenant_in_a_body_are_refused_like_made_up_ones(
    api: Api, worlds: tuple[Ids, Ids], document: Any, routes: list[str]
) -> None:
    theirs, mine = worlds
    before = _everything(api)
    tried = [
        (route, field)
        for route, fields in _bodies(document).items()
        for field in sorted(fields & FOREIGN.keys())
    ]

    for route, field in tried:
        method, path = route.split(" ")
        body, where = BODIES[route], path.format(**mine)
        real = api.call(method, where, {**body, field: theirs[FOREIGN[field]]}, who="boris")
        none = api.call(method, where, {**body, field: "0" * 24}, who="boris")

        assert real.status in {404, 422}, (route, field)
        assert (real.status, real.text) == (none.status, none.text), (route, field)
        assert _everything(api) == before, (route, field)
    assert len(tried) >= 7


def test_s18_the_next_page_of_another_tenant_s_list_is_refused_like_a_made_up_one(
    api: Api, worlds: tuple[Ids, Ids], document: Any
) -> None:
    theirs, mine = worlds
    connection = theirs["connection_id"]
    for number in range(3):
        link = Link(f"more-{number}", connection, f"2{number}", LinkState.PARKED)
        api.stores.links.create(link)
        lifecycle.note(api.stores.activity, connection, "parked", "x", now=3.0 + number, link=link)
        conflict = Conflict(f"title-{number}", connection, link.id, "title", 4.0 + number, "open")
        api.stores.links.put_conflict(conflict)
    lists = [
        path
        for path, one in document["paths"].items()
        for parameter in one.get("get", {}).get("parameters", ())
        if parameter["name"] == "token" and not path.endswith(".csv") and "preview" not in path
    ]

    for path in lists:
        token = api.good("GET", path.format(**theirs), query={"limit": "1"})["next_token"]
        assert token, path
        refused = api.call("GET", path.format(**mine), query={"token": token}, who="boris")
        made_up = api.call("GET", path.format(**mine), query={"token": "made-up"}, who="boris")
        assert (refused.status, refused.text) == (made_up.status, made_up.text), path
        assert refused.status == 400, path
    assert len(lists) == 3


def test_s18_nothing_of_another_tenant_is_in_any_answer_or_log_line(
    api: Api,
    worlds: tuple[Ids, Ids],
    routes: list[str],
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    theirs, mine = worlds
    caplog.set_level(logging.DEBUG)
    caplog.clear()
    capfd.readouterr()
    api.seen.clear()
    of_theirs = [theirs[name] for name in OWN]

    for route in routes:
        for swapped in [name for name in OWN if f"{{{name}}}" in route]:
            _call(api, route, {**mine, swapped: theirs[swapped]})
        _call(api, route, theirs)
    for route in routes:
        _call(api, route, mine)

    answers = "\n".join(api.seen)
    logged = "\n".join(f"{one.getMessage()} {vars(one)}" for one in caplog.records) + capfd.readouterr().out
    assert f"{CANARY} text of boris" in answers
    assert [
        one for one in (*of_theirs, f"{CANARY} text of olga", "of olga", "-olga@") if one in answers
    ] == []
    assert len(caplog.records) >= len(api.seen) > 2 * len(routes)
    assert [one for one in (CANARY, "says so", "not-a-secret") if one in logged] == []


def test_s18_the_issue_of_another_tenant_has_no_observation_here(
    api: Api, worlds: tuple[Ids, Ids], routes: list[str]
) -> None:
    _, mine = worlds

    assert (
        api.call("GET", f"/tenants/{mine['tenant_id']}/issues/7/101/observation", who="boris").status == 404
    )


def test_without_a_sign_in_no_route_of_a_tenant_answers(
    api: Api, worlds: tuple[Ids, Ids], routes: list[str]
) -> None:
    theirs, _ = worlds

    for route in routes:
        method, path = route.split(" ")
        assert api.call(method, path.format(**theirs), BODIES.get(route), who=None).status == 401, route


def test_s21_a_viewer_changes_nothing_by_any_route(
    api: Api, worlds: tuple[Ids, Ids], routes: list[str]
) -> None:
    theirs, _ = worlds
    api.member(theirs["tenant_id"], "vera", "viewer")
    before = _everything(api)

    for route in routes:
        if not route.startswith("GET"):
            refused = _call(api, route, theirs, who="vera")
            assert (refused.status, refused.error["code"]) == (403, "role_needed"), route
    assert _everything(api) == before


def test_no_answer_of_any_route_holds_a_secret_or_a_token(
    api: Api, worlds: tuple[Ids, Ids], routes: list[str]
) -> None:
    theirs, _ = worlds
    held = [*api.procore.state.tokens, *api.procore.state.refreshes, CXALLOY_SECRET, APP_SECRET]
    api.seen.clear()

    for route in routes:
        _call(api, route, theirs, who="olga")

    answers = "\n".join(api.seen)
    assert len(held) > 5
    assert len(api.seen) == len(routes)
    assert [secret for secret in held if secret in answers] == []
    assert re.findall(r"not-a-secret|canary", answers) == []
