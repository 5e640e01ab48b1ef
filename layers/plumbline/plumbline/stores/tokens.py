"""Page tokens: opaque to people, the last key of a page to us.

A token comes back from outside, so it must name exactly the keys of the listing it is used with.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from plumbline.errors import Reject

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 1000
"""Characters of the longest token that is read; ours are far shorter."""


def encode(last_key: Mapping[str, str] | None) -> str:
    """Make the token of a page's last key; "" when there is no next page."""
    if last_key is None:
        return ""
    return base64.urlsafe_b64encode(json.dumps(last_key, sort_keys=True).encode()).decode()


def decode(token: str, *, same: Mapping[str, str], begins: Mapping[str, str]) -> dict[str, str] | None:
    """Read the last key back; None for "".

    `same` are the key's parts that must be equal, `begins` those that must begin so. Anything else raises
    `Reject` (code "bad_token").
    """
    if not token:
        return None
    last_key = _read(token)
    if set(last_key) != {*same, *begins} or not all(
        isinstance(part, str) and part for part in last_key.values()
    ):
        raise _bad_token()
    fits = all(last_key[name] == part for name, part in same.items())
    if not fits or not all(last_key[name].startswith(part) for name, part in begins.items()):
        raise _bad_token()
    return last_key


def _read(token: str) -> dict[str, str]:
    if len(token) > LONGEST:
        raise _bad_token()
    try:
        last_key = json.loads(base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as error:
        raise _bad_token() from error
    return last_key if isinstance(last_key, dict) else {}


def _bad_token() -> Reject:
    return Reject(
        "bad_token",
        "This page token is not one of this listing.",
        "Begin with the first page.",
        field="token",
        status=400,
    )
