"""Opaque ids of 26 characters of the ULID alphabet, in the order of making, the same in each run."""

from __future__ import annotations

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def ulid(now: float, count: int) -> str:
    """Return an id for the `count`-th thing of its kind, made at a time; readers must not read into it."""
    number = (int(now) << 40) + count
    digits = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
