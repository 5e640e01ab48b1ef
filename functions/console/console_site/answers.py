"""Answers as API Gateway takes them: the headers that each carries, and refusals in the API's own form."""

from __future__ import annotations

import json
import math
from typing import Any

from plumbline import wiring
from plumbline.errors import Reject, Retry

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "font-src 'none'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
NOT_KEPT = {"Cache-Control": "no-store"}


def answer(status: int, body: str = "", **headers: str) -> dict[str, Any]:
    """Return an answer; an underscore in a header's name stands for a hyphen."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"statusCode": status, "headers": HEADERS | NOT_KEPT | named, "body": body}


def told(status: int, body: dict[str, Any], **headers: str) -> dict[str, Any]:
    """Return an answer in JSON, on one line."""
    return answer(status, json.dumps(body), Content_Type="application/json", **headers)


def refused(error: Reject, **headers: str) -> dict[str, Any]:
    """Return a refusal: why, and what to do."""
    field = error.field or "request"
    body: dict[str, Any] = {
        "code": error.code,
        "cause": error.cause,
        "next_step": error.next_step,
        "field": field,
        "problems": [{"field": field, "reason": error.cause, "next_step": error.next_step}],
        "support_address": wiring.setting("SUPPORT_ADDRESS", ""),
    }
    return told(error.status, {"error": body}, **headers)


def later(error: Retry) -> dict[str, Any]:
    """Ask for the same request again after a while."""
    seconds = max(1, math.ceil(error.after))
    step = f"Send the same request again in {seconds} s."
    refusal = Reject("try_again", f"{error.reason.rstrip('.')}.", step, field="request", status=503)
    return refused(refusal, Retry_After=str(seconds))
