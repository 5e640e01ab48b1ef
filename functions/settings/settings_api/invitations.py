"""Connect invitations: someone with the Procore rights connects without an account here (S3)."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from plumbline import wiring
from plumbline.connections import credentials, sign_in
from plumbline.stores.records import Role
from settings_api.answers import moment
from settings_api.authorization_answers import Invitation, InvitationSeen, Started
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
    link = f"{wiring.public_address()}/console/index.html#/invitation/{token}"
    headers = {"Cache-Control": "no-store"}
    return Response(201, JSON, Invitation(link=link, expires_at=moment(expires_at)), headers=headers)


@router.post(
    "/invitations/read",
    summary="Read an invitation",
    responses=ok(),
    openapi_extensions=PUBLIC,
    **_ROUTE,
)
def read(body: AcceptedInvitation) -> Response[InvitationSeen]:
    """Tell whoever holds the link who invites them to what; nothing is used up."""
    held = sign_in.read_invitation(wiring.authorizations(), body.token, now=wiring.now())
    tenant = wiring.members().tenant(held.tenant_id)
    by = wiring.members().member(held.tenant_id, held.created_by)
    renewed = wiring.authorizations().get(held.authorization_id) if held.authorization_id else None
    seen = InvitationSeen(
        tenant_name=tenant.name if tenant else "",
        invited_by=by.email if by else "",
        note=held.note,
        expires_at=moment(held.expires_at),
        renews=renewed.label if renewed and renewed.tenant_id == held.tenant_id else "",
    )
    return Response(200, JSON, seen, headers={"Cache-Control": "no-store"})


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
