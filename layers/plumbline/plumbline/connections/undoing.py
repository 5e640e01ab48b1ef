"""Asking for an undo of what Plumbline deleted or overwrote, and what will happen then (S15)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plumbline.stores.ports import Links
    from plumbline.stores.records import Undo

_WHAT = {
    "delete_observation": "The observation comes back from Procore's recycle bin under its own id, with its "
    "comments and files.",
    "delete_issue": "The issue is made again in CxAlloy from the stored copy. It comes back under a new id, "
    "because CxAlloy cannot restore; the link then leads to the new one.",
    "write_procore": "The observation gets its former values back in Procore: {fields}. The issue follows.",
    "write_tracker": "The issue gets its former values back in CxAlloy: {fields}. The observation follows.",
}
_UNNAMED = "The former state is put back."


def what_happens(undo: Undo) -> str:
    """Say before it is done what an undo will do, in a sentence or two."""
    fields = ", ".join(sorted(undo.before)) or "none"
    return _WHAT.get(undo.kind, _UNNAMED).format(fields=fields)


def offered(undos: Iterable[Undo], *, now: float) -> tuple[Undo, ...]:
    """Leave out what is kept no longer: the store removes it some time after that."""
    return tuple(one for one in undos if not _is_over(one, now))


def ask(links: Links, undo: Undo, *, now: float) -> Undo:
    """Store that a person wants it back; asking twice is asking once. Raises `Reject`."""
    if undo.undone_at:
        raise _refused("undone_already", "This was undone already.", "Read the item's undos again.")
    if _is_over(undo, now):
        raise _refused(
            "too_late", "The state before is kept no longer.", "Put it right by hand on the side it concerns."
        )
    if undo.asked_at:
        return undo
    asked = replace(undo, asked_at=now)
    links.put_undo(asked)
    return asked


def _is_over(undo: Undo, now: float) -> bool:
    return bool(undo.delete_after) and undo.delete_after <= now


def _refused(code: str, cause: str, next_step: str) -> Reject:
    return Reject(code, cause, next_step, field="undo_id", status=409)
