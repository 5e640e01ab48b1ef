"""The REST API of settings, logs and actions: every request comes in here and goes to its room."""

from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.event_handler import APIGatewayRestResolver
from aws_lambda_powertools.utilities.typing import LambdaContext
from settings_api import (
    activity,
    authorizations,
    bodies,
    brake,
    conflicts,
    connections,
    document,
    invitations,
    items,
    lists,
    previews,
    refusals,
    running,
    tenants,
    undos,
)

from plumbline.errors import Reject

logger = Logger()
app = APIGatewayRestResolver(
    enable_validation=True,
    strip_prefixes=["/v1"],  # AWS gives the path without its stage, some stand-ins with it
    json_body_deserializer=bodies.read,
    response_validation_error_http_code=500,  # an answer of ours that breaks our own document
)
for room in (
    tenants,
    authorizations,
    invitations,
    lists,
    connections,
    running,
    items,
    activity,
    previews,
    conflicts,
    undos,
    brake,
):
    app.include_router(room.router)
refusals.register(app)
document.register(app)


def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request, and log how that ended."""
    try:
        answer = app.resolve(bodies.check(event), context)
        answer["body"] = answer.get("body") or ""  # API Gateway takes null for nothing, stand-ins may not
    except Reject as refusal:
        answer = refusals.answer_event(refusal)
    logger.info(
        "request answered",
        extra={"method": event["httpMethod"], "path": event["path"], "status": answer["statusCode"]},
    )
    return answer
