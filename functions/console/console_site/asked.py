"""What a request may be: a small JSON object of texts."""

from __future__ import annotations

import base64
import json
from typing import Any

from plumbline.errors import Reject

LONGEST = 8 * 1024
_STEP = "Send a JSON object with the content type application/json."


def header(event: dict[str, Any], name: str) -> str:
    """One header by its lower-case name, "" where there is none."""
    headers = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), "") or ""


def json_object(event: dict[str, Any]) -> dict[str, Any]:
    """Read the body. Raises `Reject` for one that is too long or no JSON object."""
    raw = (event.get("body") or "").encode(errors="replace")
    if len(raw) > 2 * LONGEST:
        raise _too_large()
    if header(event, "content-type").partition(";")[0].strip().lower() != "application/json":
        raise Reject("unsupported_media_type", "The body is not JSON.", _STEP, field="body", status=415)
    try:
        raw = base64.b64decode(raw, validate=True) if event.get("isBase64Encoded") else raw
        body = json.loads(raw)
        json.dumps(body, ensure_ascii=False).encode()  # half a character cannot be sent on
    except (ValueError, RecursionError):
        raise Reject(
            "not_json", "The body cannot be read as JSON.", _STEP, field="body", status=400
        ) from None
    if len(raw) > LONGEST:
        raise _too_large()
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


def _too_large() -> Reject:
    step = "Send less than that at once."
    return Reject("too_large", "The body is longer than 8 KB.", step, field="body", status=413)
