"""What API Gateway hands a function of an HTTP call: its headers, cookies and body.

Read by hand where a function must start fast: a library of event classes costs more than the call. Source:
API Gateway, "Input format of a Lambda function for proxy integration".
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def header(event: Mapping[str, Any], name: str) -> str:
    """One header by its lower-case name, "" where there is none."""
    headers = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), "") or ""


def cookie(event: Mapping[str, Any], name: str) -> str:
    """One cookie, "" where there is none.

    The standard library's reader drops every cookie when one of another site's is odd.
    """
    pairs = (part.strip().partition("=") for part in header(event, "cookie").split(";"))
    return next((value for key, _, value in pairs if key == name), "")


def body(event: Mapping[str, Any]) -> bytes:
    """The body as it was sent, b"" for none. Raises `ValueError` for what is no base64 and should be."""
    sent = (event.get("body") or "").encode(errors="replace")
    return base64.b64decode(sent, validate=True) if event.get("isBase64Encoded") else sent


def read_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON of any shape
    """Read JSON. Raises `ValueError` for what is none, is nested too deep, or holds half a character."""
    try:
        value = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    return value


def _no_constant(name: str) -> float:
    """Refuse NaN and the infinities, which JSON does not have."""
    raise ValueError(name)
