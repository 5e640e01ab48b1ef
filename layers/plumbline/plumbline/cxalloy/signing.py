"""How a call to CxAlloy TQ is signed.

Public callers of the API agree: HMAC-SHA256 in lower-case hex over the body followed by the timestamp, over
the timestamp alone where there is no body. Method, path and query are not part of it.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def signature(secret: str, body: Iterable[bytes], timestamp: str) -> str:
    """Return the signature over the exact bytes that will be sent, given in pieces."""
    mac = hmac.new(secret.encode(), digestmod=hashlib.sha256)
    for piece in body:
        mac.update(piece)
    mac.update(timestamp.encode())
    return mac.hexdigest()


def signed_headers(identifier: str, secret: str, now: float, body: Iterable[bytes] = ()) -> dict[str, str]:
    """Return the three headers of a call made at `now` (Unix seconds); made afresh for every attempt.

    No source says how old a timestamp may be or whether a signature may be used twice.
    """
    timestamp = str(int(now))
    return {
        "cxalloy-identifier": identifier,
        "cxalloy-timestamp": timestamp,
        "cxalloy-signature": signature(secret, body, timestamp),
    }
