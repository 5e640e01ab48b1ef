"""Procore's own words in an error body, whichever of its forms the body has.

Forms (Procore: REST reference, standard error bodies; "Document Management Technical Guide" for the object
with a code; the sign-in host answers in the words of RFC 6749): `{"errors": [..]}`,
`{"errors": {field: [..]}}`, `{"errors": "text"}`, `{"error": {code, message, details: [..]}}`,
`{"error", "error_description"}`, `{"message": ".."}`, HTML, plain text, nothing.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST_CAUSE = 300
_UNNAMED_FIELDS = ("", "base")
_TITLE = re.compile(r"<title[^>]*>(.*?)</title>", re.IGNORECASE | re.DOTALL)
_NOT_SHOWN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Words:
    """What a refusal says: the text, the input field it blames, and its code where it has one."""

    text: str = ""
    field: str | None = None
    code: str = ""


def words_of(body: bytes) -> Words:
    """Read the words of an error body; never fails, a body without words gives empty text."""
    text = body.decode(errors="replace").strip()
    try:
        data = json.loads(text)
    except ValueError:
        return Words(_cut(_visible(text)))
    return _from_json(data)


def _from_json(data: object) -> Words:
    if not isinstance(data, dict):
        return _from_pairs(_pairs("", data))
    if "errors" in data:
        return _from_pairs(_pairs("", data["errors"]))
    error = data.get("error")
    if isinstance(error, dict):
        return _from_object(error)
    if isinstance(error, str):
        return Words(_cut(_text(data.get("error_description")) or error), code=error)
    return _from_pairs(_pairs("", data.get("message")))


def _from_object(error: dict[str, Any]) -> Words:
    """Read the form with a code: the details say more than the message and follow it."""
    details = error.get("details")
    rows = details if isinstance(details, list) else []
    texts = [
        _text(error.get("message")),
        *(_text(row.get("message")) for row in rows if isinstance(row, dict)),
    ]
    return Words(_cut("; ".join(dict.fromkeys(filter(None, texts)))), code=_text(error.get("code")))


def _from_pairs(pairs: Iterable[tuple[str, str]]) -> Words:
    found = list(pairs)
    field = next((name for name, _ in found if name not in _UNNAMED_FIELDS), None)
    said = [text if name in _UNNAMED_FIELDS else f"{name}: {text}" for name, text in found]
    return Words(_cut("; ".join(said)), field=field)


def _pairs(field: str, value: object) -> Iterator[tuple[str, str]]:
    """Yield (dotted field, text) of errors nested in any way."""
    if isinstance(value, dict):
        own = value.get("message")
        if isinstance(own, str):
            yield field, own
            return
        for name, inner in value.items():
            yield from _pairs(f"{field}.{name}" if field else str(name), inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(field, inner)
    elif _text(value):
        yield field, _text(value)


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _visible(text: str) -> str:
    """Return the title of an HTML page, else the text a reader would see."""
    if not text.startswith("<"):
        return text
    title = _TITLE.search(text)
    return html.unescape(title[1] if title else _TAG.sub(" ", _NOT_SHOWN.sub(" ", text)))


def _cut(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= LONGEST_CAUSE else f"{flat[: LONGEST_CAUSE - 1]}…"
