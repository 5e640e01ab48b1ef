"""Procore's webhooks, at one address for each connection: is it ours? Then one hint on the queue, no more.

Procore pauses all deliveries to an address that does not answer 2xx within 5 seconds (Procore: "Webhooks"
guide), so what is authentic is taken, however odd; what it leads to is decided where there is time.
"""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger

from plumbline import gateway, wiring, wiring_queues
from plumbline.issues.hints import ITEM, LOG, Hint
from plumbline.procore import hook_secret, webhook

logger = Logger()
TAKEN = 204
# What our hooks ask for. Anything else is counted, and leads to a read like the rest.
KNOWN = {ITEM: {"create", "update", "delete"}, LOG: {"create"}}


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer with a status and no body: nobody reads one."""
    connection_id = event["pathParameters"]["connection_id"]
    if hook_secret.accepts(gateway.header(event, "authorization"), connection_id, wiring.hook_masters()):
        status = _receive(connection_id, gateway.body(event))
    else:
        status = 401
    if status != TAKEN:
        logger.warning("webhook refused", extra={"connection_id": connection_id, "status": status})
    return {"statusCode": status, "headers": {"Cache-Control": "no-store"}, "body": ""}


def _receive(connection_id: str, body: bytes) -> int:
    """Put what the delivery tells on the queue; returns the status to answer with."""
    if len(body) > webhook.LARGEST:
        return 413
    try:
        told = webhook.read_event(body)
    except webhook.UnreadableDelivery:
        return 400
    if told.verb not in KNOWN.get(told.resource, ()):
        words = {"resource": told.resource[:100], "verb": told.verb[:100]}
        logger.warning("unknown webhook", extra={"connection_id": connection_id, **words})
    hint = Hint(
        connection_id,
        "webhook",
        resource=told.resource,
        resource_id=told.resource_id,
        verb=told.verb,
        at=told.at,
        application=told.application,
    )
    wiring_queues.send_sync_hint(hint)
    return TAKEN
