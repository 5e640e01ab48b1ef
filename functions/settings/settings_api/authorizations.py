"""Credentials: a person's sign-in, the app's service account, CxAlloy keys (S1, S2, S5, S9, S20)."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from plumbline import wiring
from plumbline.connections import credentials, keys, lifecycle, sign_in
from plumbline.connections.lists import Entry
from plumbline.connections.tenancy import Visit
from plumbline.stores import records
from plumbline.stores.records import AuthorizationKind, Role
from settings_api.answers import Listing, moment
from settings_api.authorization_answers import Authorization, AuthorizationTest, ServiceAccount, Started
from settings_api.desk import PathId, app, authorization_of, new_router, require
from settings_api.document import JSON, ok
from settings_api.given import ConnectProcore, KeyChange, NewKey, NewServiceAccount

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["authorizations"]}
_ALL = "/tenants/<tenant_id>/authorizations"
_ONE = f"{_ALL}/<authorization_id>"


@router.get(_ALL, summary="List authorizations", responses=ok(), **_ROUTE)
def list_authorizations(tenant_id: PathId) -> Listing[Authorization]:
    """List the tenant's credentials, without their secret parts."""
    require(router, tenant_id, Role.VIEWER)
    return Listing(items=[Authorization.of(one) for one in wiring.authorizations().of_tenant(tenant_id)])


@router.post(f"{_ALL}/procore", summary="Connect to Procore", responses=ok(201, "Started"), **_ROUTE)
def connect_procore(tenant_id: PathId, body: ConnectProcore) -> Response[Started]:
    """Begin a sign-in at Procore: open the address in a new tab of this browser within ten minutes."""
    visit = require(router, tenant_id, Role.MANAGER)
    if body.authorization_id:
        credentials.must_be_person(authorization_of(visit, body.authorization_id))
    attempt = sign_in.Attempt(tenant_id, visit.caller.sub, body.authorization_id)
    return started(sign_in.start(wiring.authorizations(), app(), attempt, now=wiring.now()))


@router.post(
    f"{_ALL}/service-account", summary="Use the service account", responses=ok(201, "Connected"), **_ROUTE
)
def add_service_account(tenant_id: PathId, body: NewServiceAccount) -> Response[ServiceAccount]:
    """Connect by the app's own account in a company; some project there must be permitted to it."""
    visit = require(router, tenant_id, Role.MANAGER)
    wanted = credentials.service_account(
        tenant_id,
        body.company_id,
        body.label,
        environment=wiring.setting("PROCORE_ENVIRONMENT"),
        who=visit.caller.sub,
        now=wiring.now(),
    )
    made, projects = credentials.add_service_account(
        wiring.authorizations(),
        wiring.token_keeper(),
        wiring.oauth_client().client_credentials(),
        wanted,
        wiring.procore_client(wanted, body.company_id),
    )
    return Response(201, JSON, ServiceAccount(authorization=Authorization.of(made), projects=list(projects)))


@router.post(f"{_ALL}/cxalloy", summary="Give a CxAlloy key", responses=ok(201, "Stored"), **_ROUTE)
def add_key(tenant_id: PathId, body: NewKey) -> Response[Authorization]:
    """Store a CxAlloy key; its secret is encrypted and never shown again."""
    visit = require(router, tenant_id, Role.MANAGER)
    made = keys.add_key(
        wiring.authorizations(),
        wiring.sealer(),
        tenant_id=tenant_id,
        host=keys.check_host(body.host, local=_is_local()),
        identifier=body.identifier,
        secret=body.secret.get_secret_value(),
        label=body.label,
        who=visit.caller.sub,
        now=wiring.now(),
    )
    return Response(201, JSON, Authorization.of(made))


@router.put(f"{_ONE}/key", summary="Replace a CxAlloy key", responses=ok(), **_ROUTE)
def replace_key(tenant_id: PathId, authorization_id: PathId, body: KeyChange) -> Authorization:
    """Put another key in the place of one; connections that use it go on by themselves."""
    visit = require(router, tenant_id, Role.MANAGER)
    changed = keys.replace_key(
        wiring.authorizations(),
        wiring.sealer(),
        authorization_of(visit, authorization_id),
        identifier=body.identifier or "",
        secret=body.secret.get_secret_value(),
    )
    _note_for_users(visit, changed)
    return Authorization.of(changed)


@router.post(f"{_ONE}/test", summary="Test an authorization", responses=ok(), **_ROUTE)
def test_authorization(tenant_id: PathId, authorization_id: PathId) -> AuthorizationTest:
    """Ask the other side who this is, what it reaches and whether it may write; what works is valid again."""
    held = authorization_of(require(router, tenant_id, Role.MANAGER), authorization_id)
    if held.kind is AuthorizationKind.CXALLOY_KEY:
        return _key_test(held)
    account = credentials.account(wiring.procore_client(held, company_of(held)), held)
    credentials.proven(wiring.authorizations(), held)
    return AuthorizationTest(reachable=True, login=account.login, companies=list(account.companies))


@router.delete(_ONE, summary="Delete an authorization", responses=ok(204, "Deleted"), **_ROUTE)
def delete_authorization(tenant_id: PathId, authorization_id: PathId) -> Response[None]:
    """Forget a credential that no connection uses; a person's is revoked at Procore."""
    visit = require(router, tenant_id, Role.MANAGER)
    store = wiring.authorizations()
    credentials.let_go(
        store,
        authorization_of(visit, authorization_id),
        wiring.connections().of_tenant(tenant_id),
        revoke=lambda held: credentials.revoke(store, wiring.sealer(), wiring.oauth_client(), held),
    )
    return Response(204)


def started(begun: sign_in.Started) -> Response[Started]:
    """Answer the start of a sign-in, with the cookie that binds it to this browser."""
    body = Started(authorize_url=begun.authorize_url, expires_at=moment(begun.expires_at))
    return Response(201, JSON, body, headers={"Set-Cookie": begun.cookie, "Cache-Control": "no-store"})


def company_of(held: records.Authorization) -> str:
    """Return the company that every call of a service account must name; none for a person."""
    return held.subject if held.kind is AuthorizationKind.PROCORE_SERVICE_ACCOUNT else ""


def _key_test(held: records.Authorization) -> AuthorizationTest:
    told = keys.try_key(wiring.cxalloy_client(held, wiring.default_calls()))
    if told.projects:
        credentials.proven(wiring.authorizations(), held)
    return AuthorizationTest(
        reachable=told.reachable,
        projects=[Entry(id_, name) for id_, name in told.projects],
        access=told.access,
        cause=told.cause,
        next_step=told.next_step,
    )


def _note_for_users(visit: Visit, held: records.Authorization) -> None:
    for one in wiring.connections().of_tenant(visit.tenant.id):
        if credentials.uses(one, held.id):
            text = f"The key of {held.label} was replaced by {visit.who}."
            lifecycle.note(wiring.activity(), one.id, "authorized", text, now=wiring.now())


def _is_local() -> bool:
    """Say whether this is the local stack, which alone may speak to its own machine (S22)."""
    return wiring.setting("LOOPBACK_ALLOWED") == "yes"
