"""Who is calling, what they may do, and their tenant's things; another tenant's are not found (S18)."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler.api_gateway import Router
from aws_lambda_powertools.event_handler.openapi.params import Path

from plumbline import wiring
from plumbline.connections import readiness, sign_in, tenancy
from plumbline.connections.ids import ID
from plumbline.connections.problems import Problems
from plumbline.connections.tenancy import Caller, Visit, not_found
from plumbline.errors import Reject
from plumbline.stores.records import Authorization, Connection, Link, Role

PathId = Annotated[str, Path(pattern=ID)]
PartId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_.-]{1,128}$", description="A part of an item")]


def new_router() -> Router:
    """Return an empty router."""
    return Router()  # type: ignore[no-untyped-call] # Powertools leaves it without annotations


def caller(router: Router) -> Caller:
    """Return the signed-in person as API Gateway vouches for them. Raises `Reject`."""
    context: dict[str, Any] = router.current_event.raw_event.get("requestContext") or {}
    claims = (context.get("authorizer") or {}).get("claims") or {}
    if not claims.get("sub"):
        step = "Sign in and send the access token as `Authorization: Bearer`."
        raise Reject("not_signed_in", "Nobody is signed in.", step, field="Authorization", status=401)
    sub = str(claims["sub"])
    return Caller(sub, str(claims.get("email") or claims.get("username") or sub))


def require(router: Router, tenant_id: str, role: Role) -> Visit:
    """Let the caller into the tenant with at least this role. Raises `Reject`."""
    visit = tenancy.enter(wiring.members(), caller(router), tenant_id, role)
    router.context["visit"] = visit
    return visit


def authorization_of(visit: Visit, authorization_id: str) -> Authorization:
    """Return one of the tenant's authorizations. Raises `Reject`."""
    found = wiring.authorizations().get(authorization_id)
    if found is None or found.tenant_id != visit.tenant.id:
        raise not_found("authorization", "authorization_id")
    return found


def authorizations_of(visit: Visit) -> dict[str, Authorization]:
    """Return all of the tenant's authorizations by id."""
    return {one.id: one for one in wiring.authorizations().of_tenant(visit.tenant.id)}


def connection_of(visit: Visit, connection_id: str) -> Connection:
    """Return one of the tenant's connections. Raises `Reject`."""
    found = wiring.connections().get(connection_id)
    if found is None or found.tenant_id != visit.tenant.id:
        raise not_found("connection", "connection_id")
    return found


def complete(visit: Visit, connection: Connection) -> None:
    """Refuse a connection that lacks a choice or a working credential. Raises `Problems`."""
    if problems := readiness.choice_problems(connection, authorizations_of(visit)):
        raise Problems("not_ready", problems)


def item_of(connection: Connection, item_id: str) -> Link:
    """Return one of the connection's items. Raises `Reject`."""
    found = wiring.links().get(item_id)
    if found is None or found.connection_id != connection.id:
        raise not_found("item", "item_id")
    return found


def app() -> sign_in.App:
    """Return the Procore app of this deployment."""
    return sign_in.App(
        environment=wiring.setting("PROCORE_ENVIRONMENT"),
        hosts=wiring.hosts(),
        client_id=wiring.client_id(),
        redirect_uri=f"{wiring.public_address()}/oauth/callback",
    )
