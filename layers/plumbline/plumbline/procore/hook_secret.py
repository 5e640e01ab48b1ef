"""The secret that Procore sends with each delivery, made from one master key so that nobody looks it up.

Procore signs no delivery: the static `Authorization` value that a webhook was given is the only proof of
where it comes from (Procore: "Webhooks" guide). Only the standard library: the receipt imports this.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_VALUE = re.compile(r"Bearer v1\.([0-9]{1,18})\.([0-9a-f]{64})", re.ASCII)


def authorization_value(master: bytes, connection_id: str, generation: int) -> str:
    """Return the header's value for one connection's webhook; each generation has another."""
    return f"Bearer v1.{generation}.{_digest(master, connection_id, str(generation))}"


def accepts(header: str, connection_id: str, masters: Iterable[bytes]) -> bool:
    """Say whether the header was made for this connection from any of the masters, in constant time.

    `masters` are the current key and, while keys are being changed, the previous one.
    """
    found = _VALUE.fullmatch(header)
    if found is None:
        return False
    generation, digest = found.groups()
    proofs = [hmac.compare_digest(digest, _digest(master, connection_id, generation)) for master in masters]
    return any(proofs)


def _digest(master: bytes, connection_id: str, generation: str) -> str:
    return hmac.new(master, f"{connection_id}|{generation}".encode(), "sha256").hexdigest()
