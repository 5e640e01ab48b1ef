"""The `Link` header of a listing: where its next page is (RFC 8288; Procore: "Pagination")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.procore.limits import Headers

_PARAMETER = r';\s*([^\s=;,"]+)(?:\s*=\s*(?:"([^"]*)"|([^",;\s]*)))?\s*'
_PARAMETERS = re.compile(_PARAMETER)
_LINK = re.compile(rf"<([^>]*)>\s*((?:{_PARAMETER})*)")


def next_link(headers: Headers) -> str | None:
    """Return the address of the next page as given; None on the last one. Header names in lower case."""
    for found in _LINK.finditer(headers.get("link", "")):
        if "next" in _relations(found[2]):
            return found[1]
    return None


def _relations(parameters: str) -> list[str]:
    """Return the relation words of one link: `rel` may hold several, in any case, quoted or not."""
    for name, quoted, plain in _PARAMETERS.findall(parameters):
        if name.lower() == "rel":
            return str(quoted or plain).lower().split()
    return []
