"""What a request's body may be: JSON, at most 256 KB, text that can be stored."""

from typing import Any

from plumbline import gateway
from plumbline.errors import Reject

LONGEST = 256 * 1024
_JSON = "application/json"
_STEP = "Send a JSON object with the content type application/json; the fields are in /openapi.json."


def check(event: dict[str, Any]) -> dict[str, Any]:
    """Return the event with its body as plain text. Raises `Reject` for a body that is not taken."""
    if not event.get("body"):
        return event
    body = _text(event)
    if len(body.encode()) > LONGEST:
        step = "Send less than that at once."
        raise Reject("too_large", "The body is longer than 256 KB.", step, field="body", status=413)
    kind = gateway.header(event, "content-type").partition(";")[0].strip().lower()
    if kind not in ("", _JSON):
        raise Reject("unsupported_media_type", "The body is not JSON.", _STEP, field="body", status=415)
    return {**event, "body": body, "isBase64Encoded": False}


def read(text: str) -> Any:  # noqa: ANN401 - JSON of any shape
    """Read JSON. Raises `Reject` for what cannot be read or stored as such."""
    try:
        return gateway.read_json(text)
    except ValueError:
        raise Reject(
            "not_json", "The body cannot be read as JSON.", _STEP, field="body", status=400
        ) from None


def _text(event: dict[str, Any]) -> str:
    try:
        return gateway.body(event).decode()
    except ValueError:
        raise Reject("not_text", "The body is not UTF-8.", _STEP, field="body", status=400) from None
