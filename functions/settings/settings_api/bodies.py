"""What a request's body may be: JSON, at most 256 KB, text that can be stored."""

import base64
import binascii
import json
from typing import Any

from plumbline.errors import Reject

LONGEST = 256 * 1024
_JSON = "application/json"
_STEP = "Send a JSON object with the content type application/json; the fields are in /openapi.json."


def check(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event with its body as plain text. Raises `Reject` for a body that is not taken."""
    body = event.get("body")
    if not body:
        return event
    if event.get("isBase64Encoded"):
        body = _decoded(body)
    if len(body.encode(errors="replace")) > LONGEST:
        step = "Send less than that at once."
        raise Reject("too_large", "The body is longer than 256 KB.", step, field="body", status=413)
    kind = _header(event, "content-type").partition(";")[0].strip().lower()
    if kind not in ("", _JSON):
        raise Reject("unsupported_media_type", "The body is not JSON.", _STEP, field="body", status=415)
    return {**event, "body": body, "isBase64Encoded": False}


def read(text: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """Read JSON. Raises `Reject` for what is none, is nested too deep, or holds half a character."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Reject(
            "not_json", "The body cannot be read as JSON.", _STEP, field="body", status=400
        ) from None
    return value


def _no_constant(name: str) -> float:
    """Refuse NaN and the infinities, which JSON does not have."""
    raise ValueError(name)


def _decoded(body: str) -> str:
    try:
        return base64.b64decode(body, validate=True).decode()
    except (binascii.Error, ValueError):
        raise Reject("not_text", "The body is not UTF-8.", _STEP, field="body", status=400) from None


def _header(event: dict[str, Any], name: str) -> str:
    headers = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), "") or ""
