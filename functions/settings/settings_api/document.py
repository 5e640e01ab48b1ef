"""The API's own description: the OpenAPI document and the page over it."""

from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.models import HTTPBearer, Server, Tag

from plumbline import wiring
from settings_api.refusals import RefusalAnswer

JSON = "application/json"
_NO_CONTENT = 204
PUBLIC: dict[str, Any] = {"security": []}
_ABOUT = (
    "Settings, state, logs and actions of Plumbline, which keeps a Procore project and another "
    "construction system true to each other. Every answer of 400 and above has the body "
    "`{error: {code, cause, next_step, field, problems}}`. Ids are opaque text, times ISO-8601 UTC."
)
_TAGS = {
    "tenants": "Tenants, their members and roles",
    "authorizations": "Credentials for Procore and CxAlloy; their secrets go in and never come out",
    "invitations": "Let someone without an account do the Connect step",
    "lists": "What both systems have to choose from",
    "connections": "Join two projects, choose settings, check",
    "running": "Enable, pause, disable, look now, and the webhook",
    "items": "Single issues and their observations, and the activity log",
    "previews": "What ongoing sync would do, before it does anything",
    "conflicts": "What both sides changed",
    "undos": "Put back what was deleted or overwritten",
    "brake": "Mass deletes that wait for a person",
}
_REFUSALS = {
    400: "The body is not JSON",
    401: "Nobody is signed in",
    403: "The caller's role is not enough",
    404: "No such id, or it belongs to another tenant",
    409: "The state forbids it, it changed meanwhile, or a credential must be renewed",
    413: "The body is too long",
    415: "The body has another content type",
    422: "A field is missing, unknown, of the wrong type, or forbidden by a rule",
    503: "Try again after the time in Retry-After",
}


def ok(status: int = 200, text: str = "Done", **more: object) -> dict[int, Any]:
    """Describe a route's answers: the good one by its return type, and every refusal."""
    body = {JSON: {"model": RefusalAnswer}}
    refusals = {code: {"description": reason, "content": body} for code, reason in _REFUSALS.items()}
    empty: dict[str, Any] = {"content": {}} if status == _NO_CONTENT else {}
    return {status: {"description": text, **empty, **more}, **refusals}


def register(app: APIGatewayRestResolver) -> None:
    """Serve the document at /openapi.json and a page over it at /docs, both to anyone."""
    app.configure_openapi(
        title="Plumbline settings",
        version="0.1.0",
        description=_ABOUT,
        tags=[Tag(name=name, description=text) for name, text in _TAGS.items()],
        security_schemes={"signed_in": HTTPBearer(bearerFormat="JWT")},
        security=[{"signed_in": []}],
    )
    app.enable_swagger(path="/docs")
    app.get("/openapi.json", include_in_schema=False)(lambda: _document(app))


def _document(app: APIGatewayRestResolver) -> Response[str]:
    """Return the document with the address at which this deployment answers."""
    return Response(200, JSON, app.get_openapi_json_schema(servers=[Server(url=wiring.public_address())]))
