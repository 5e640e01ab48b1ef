"""The three-way merge of one field of a pair (A12, A13, A16, A22).

Pure. The base is a pair of native values, one per side, as they were when the two last agreed; a side changed
when its value differs from its own base. With maps that are many to one, any single shared base would make
two values flip each other for ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Side = Literal["tracker", "procore"]
Rule = Literal["last", "procore", "tracker", "ask"]
Kind = Literal["rest", "settle", "write", "conflict", "restore"]

OTHER: dict[Side, Side] = {"tracker": "procore", "procore": "tracker"}


@dataclass(frozen=True, slots=True)
class Pair:
    """One value per side, each in that side's own words; None is "empty there"."""

    tracker: str | None
    procore: str | None

    def of(self, side: Side) -> str | None:
        """The value of one side."""
        return self.tracker if side == "tracker" else self.procore


@dataclass(frozen=True, slots=True)
class Carried:
    """What one side's value becomes on the other; None in its place means that nothing is to be set there."""

    value: str | None


@dataclass(frozen=True, slots=True)
class View:
    """All that decides about one field.

    `base` is None for a field that was never agreed on, `over` is what Procore is to hold for the tracker's
    value, `back` what the tracker is to hold for Procore's, `last` the side whose change was received last.
    """

    field: str
    base: Pair | None
    seen: Pair
    over: Carried | None
    back: Carried | None
    rule: Rule = "last"
    last: Side = "procore"

    def carried(self, from_side: Side) -> Carried | None:
        """What the other side is to hold for this side's value."""
        return self.over if from_side == "tracker" else self.back


@dataclass(frozen=True, slots=True)
class Decision:
    """What is to be done about one field.

    "rest": nothing changed. "settle": what is seen is agreed, nothing is written. "write": `to` gets `value`.
    "conflict": both changed; with a winner the loser's side `to` gets `value`, without one a person decides.
    "restore": a person asked for a former value of `to`'s own; `value` is its whole text. No merge makes one.
    """

    field: str
    kind: Kind
    seen: Pair
    to: Side | None = None
    value: str | None = None


def merge(view: View) -> Decision:
    """Decide one field. A field never agreed on is taken as it is: nothing old is rewritten (A40, S17)."""
    if view.base is None:
        return Decision(view.field, "settle", view.seen)
    changed: list[Side] = [side for side in OTHER if view.seen.of(side) != view.base.of(side)]
    if not changed:
        return Decision(view.field, "rest", view.seen)
    if len(changed) == 1:
        return _carry(view, changed[0])
    return _both(view)


def _carry(view: View, from_side: Side, kind: Kind = "write") -> Decision:
    """One side changed: the other follows, unless it has that value already or none is to be set."""
    to, carried = OTHER[from_side], view.carried(from_side)
    if carried is None or carried.value == view.seen.of(to):
        return Decision(view.field, "settle", view.seen)
    return Decision(view.field, kind, view.seen, to, carried.value)


def agrees(view: View) -> bool:
    """Whether the two values say the same by either direction's map."""
    over = view.over is not None and view.over.value == view.seen.procore
    return over or (view.back is not None and view.back.value == view.seen.tracker)


def _both(view: View) -> Decision:
    """Both changed: equal edits are agreed, unequal ones are a conflict that the field's rule decides."""
    if agrees(view):
        return Decision(view.field, "settle", view.seen)
    if view.rule == "ask":
        nothing_to_set = view.over is None and view.back is None
        return Decision(view.field, "settle" if nothing_to_set else "conflict", view.seen)
    winner: Side = view.last if view.rule == "last" else view.rule
    if view.carried(winner) is None:
        # what has no value on the other side cannot win there; kept in the conflict, it is not lost
        winner = OTHER[winner]
    return _carry(view, winner, "conflict")
