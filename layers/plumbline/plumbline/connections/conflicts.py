"""Picking a side of a kept or open conflict (A13): said here, carried out by the worker."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from plumbline.errors import Reject

if TYPE_CHECKING:
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Conflict

Side = Literal["tracker", "procore"]
PICKED = "picked"
_DONE = "settled"


def pick(links: Links, conflict: Conflict, side: Side) -> Conflict:
    """Store which side's value is to stand on both. Raises `Reject` for a conflict that is settled.

    Picking the other side before the worker has come counts too: the last pick stands.
    """
    if conflict.state == _DONE:
        raise Reject(
            "settled",
            "This conflict is settled: the picked value was carried over.",
            "Edit the field on either side, or undo the change.",
            field="conflict_id",
            status=409,
        )
    picked = replace(conflict, state=PICKED, picked=side)
    links.put_conflict(picked)
    return picked
