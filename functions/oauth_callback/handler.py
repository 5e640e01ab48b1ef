"""Leave for Procore, come back: `GET /oauth/callback`, and the page that says how it went."""

from __future__ import annotations

from typing import Any

import pages
from aws_lambda_powertools import Logger

from plumbline import gateway, wiring
from plumbline.connections.sign_in import COOKIE
from plumbline.connections.sign_in_return import SignInReturn
from plumbline.procore.sign_in import whose

logger = Logger()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer with a redirect, so that the code leaves the address bar, or with the page of an outcome."""
    query = event.get("queryStringParameters") or {}
    if event["resource"] == "/oauth/result":
        text = pages.page(query.get("outcome", ""), wiring.setting("SUPPORT_ADDRESS", ""))
        return {"statusCode": 200, "headers": pages.HEADERS, "body": text}
    outcome = _sign_in().receive(query, gateway.cookie(event, COOKIE))
    logger.info("sign-in came back", extra={"outcome": outcome})
    headers = {
        "Location": f"{wiring.public_address()}/oauth/result?outcome={outcome}",
        "Set-Cookie": f"{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0",
        "Cache-Control": "no-store",
    }
    return {"statusCode": 303, "headers": headers, "body": ""}


def _sign_in() -> SignInReturn:
    return SignInReturn(
        wiring.authorizations(),
        wiring.oauth_client(),
        wiring.token_keeper(),
        whose=lambda access: whose(wiring.hosts(), wiring.session(), access, now=wiring.now()),
        redirect_uri=f"{wiring.public_address()}/oauth/callback",
        now=wiring.now,
    )
