"""Connect invitations: someone with the Procore rights connects without an account here (S3)."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from plumbline import wiring
from plumbline.connections import credentials, sign_in
from plumbline.stores.records import Role
from settings_api.answers import Invitation, Started, moment
from settings_api.authorizations import started
from settings_api.desk import PathId, app, authorization_of, new_router, require
from settings_api.document import JSON, PUBLIC, ok
from settings_api.given import AcceptedInvitation, NewInvitation

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["invitations"]}


@router.post("/tenants/<tenant_id>/invitations", summary="Invite", responses=ok(201, "Made"), **_ROUTE)
def invite(tenant_id: PathId, body: NewInvitation) -> Response[Invitation]:
    """Make a one-use link to the Connect step; it is shown this once."""
    visit = require(router, tenant_id, Role.MANAGER)
    if body.authorization_id:
        credentials.must_be_person(authorization_of(visit, body.authorization_id))
    token, expires_at = sign_in.invite(
        wiring.authorizations(),
        app(),
        sign_in.Attempt(tenant_id, visit.caller.sub, body.authorization_id),
        note=body.note,
        days=body.expires_in_days,
        now=wiring.now(),
    )
    # A token in the fragment never reaches a server's log, and mail scanners that open links use nothing up.
    link = f"{wiring.public_address()}/invitations#{token}"
    headers = {"Cache-Control": "no-store"}
    return Response(201, JSON, Invitation(link=link, expires_at=moment(expires_at)), headers=headers)


@router.post(
    "/invitations/accept",
    summary="Accept an invitation",
    responses=ok(201, "Started"),
    openapi_extensions=PUBLIC,
    **_ROUTE,
)
def accept(body: AcceptedInvitation) -> Response[Started]:
    """Begin the invited person's sign-in; the invitation is used up when that has succeeded."""
    return started(sign_in.accept(wiring.authorizations(), app(), body.token, now=wiring.now()))
