"""Reads the bodies of the OAuth calls, which Procore takes as JSON or as a form."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from sandbox.http import Request


def read_form(request: Request) -> dict[str, str]:
    """Return the fields of a JSON object or of a URL-encoded form; what is neither has no fields."""
    if "json" not in request.headers.get("content-type", ""):
        return dict(parse_qsl(request.body.decode(errors="replace"), keep_blank_values=True))
    try:
        body = request.json()
    except ValueError:
        return {}
    return {str(name): str(value) for name, value in body.items()} if isinstance(body, dict) else {}
