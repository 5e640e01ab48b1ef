"""Ids of what Plumbline makes: opaque, not guessable, safe in a path."""

from __future__ import annotations

import secrets

ID = r"^[A-Za-z0-9_-]{1,64}$"
"""What an id may look like, ours and the vendors' alike."""


def new_id() -> str:
    """Return a new id of 24 characters."""
    return secrets.token_hex(12)
