"""What a request may be: a small JSON object of texts."""

from __future__ import annotations

from typing import Any

from plumbline import gateway
from plumbline.errors import Reject

LONGEST = 8 * 1024
_STEP = "Send a JSON object with the content type application/json."


def json_object(event: dict[str, Any]) -> dict[str, Any]:
    """Read the body. Raises `Reject` for one that is too long or no JSON object."""
    try:
        raw = gateway.body(event)
        if len(raw) > LONGEST:
            step = "Send less than that at once."
            raise Reject("too_large", "The body is longer than 8 KB.", step, field="body", status=413)
        if gateway.header(event, "content-type").partition(";")[0].strip().lower() != "application/json":
            raise Reject("unsupported_media_type", "The body is not JSON.", _STEP, field="body", status=415)
        body = gateway.read_json(raw)
    except ValueError:
        raise Reject(
            "not_json", "The body cannot be read as JSON.", _STEP, field="body", status=400
        ) from None
    if not isinstance(body, dict):
        raise Reject("invalid", "The body is no JSON object.", _STEP, field="body")
    return body


def text(body: dict[str, Any], name: str, longest: int, *, needed: bool = True) -> str:
    """A field of the body. Raises `Reject` where it is missing, no text, or too long."""
    value = body.get(name, "")
    if not isinstance(value, str) or len(value) > longest:
        step = f"Send a text of at most {longest} characters."
        raise Reject("invalid", f"{name} is no text, or too long.", step, field=name)
    if needed and not value.strip():
        raise Reject("invalid", f"{name} is missing.", "Give it.", field=name)
    return value
