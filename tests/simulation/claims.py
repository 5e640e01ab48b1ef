"""Follows each value that a person wrote: to the other side, to a later edit, or into a record.

One field of one pair is replayed at a time, from what truly happened. A claim is a value that stands on one
side and has still to reach the other. What our own write overwrites while it is claimed must be kept in a
conflict record.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulation.history import OTHER, PERSON, PROCORE, TRACKER
from tests.simulation.meaning import NOTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.simulation.history import Change
    from tests.simulation.meaning import Meaning

RACE = 60.0
"""A person who writes between our read and our write, this close together, is seen by no client: neither
system has a conditional write (Procore REST: Observation Items). Only where the other side had something to
say in that field: a field that nobody changed there is not written at all."""

AT_ONCE = 5.0


@dataclass(frozen=True, slots=True)
class Witness:
    """What a client could have known: when it was shown each side by itself, and what it was told of."""

    shown: tuple[float, ...] = ()
    issue_shown: tuple[float, ...] = ()
    told: Callable[[Change, float], bool] = lambda _change, _before: True

    def between(self, since: float, until: float, side: str = PROCORE) -> bool:
        """Whether it was shown a side between two moments."""
        moments = self.shown if side == PROCORE else self.issue_shown
        return any(since < at < until for at in moments)


@dataclass
class Story:
    """One field of one pair. `owed` are overwritten claims, `races` those that no client could have seen.

    `agreed` is what stood on both sides when we last made them agree, and when people last did by chance:
    the last such moment that a client was shown, and all since. `lags` are claims that we overwrote because
    Procore answered with a copy from before them, and had not told of them. `left_at` is when each
    side's value was last made another than what we wrote there. `said`: the sides that a person changed since
    we last carried them over, were it back to what was agreed.
    """

    meaning: Meaning
    name: str
    witness: Witness = field(default_factory=Witness)
    values: dict[str, Any] = field(default_factory=lambda: {TRACKER: None, PROCORE: None})
    claims: dict[str, Change] = field(default_factory=dict)
    agreed: list[dict[str, Any]] = field(default_factory=lambda: [{}])
    chance_at: float = 0.0
    left_at: dict[str, float] = field(default_factory=dict)
    said: set[str] = field(default_factory=set)
    owed: list[tuple[Change, Change]] = field(default_factory=list)
    races: int = 0
    lags: int = 0
    edits: int = 0
    seen: list[Change] = field(default_factory=list)
    written: list[Change] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    began: float = 0.0

    def replay(self, changes: Iterable[Change]) -> Story:
        """Go through the changes of both sides in order; without a twin yet nothing can be delivered."""
        twin = False
        for change in changes:
            self.began = self.began or change.at
            twin = twin or change.side == PROCORE
            self._one(change, twin=twin)
        return self

    def stuck(self, side: str) -> bool:
        """Whether the other side holds a value that cannot be carried: where both changed, both then stay."""
        return bool(self.meaning.carried(self.name, OTHER[side], self.values[OTHER[side]]) == NOTHING)

    def _one(self, change: Change, *, twin: bool) -> None:
        self.seen.append(change)
        if self.chance_at and self.witness.between(self.chance_at, change.at):
            del self.agreed[1:-1]
        self.chance_at = 0.0
        mine = self._mine(change.side)
        if mine and self._same(self.values[change.side]) == self._same(mine.after):
            self.left_at[change.side] = change.at
        self.values[change.side] = change.after
        if change.who == PERSON:
            self.edits += 1
            self.said.add(change.side)
            if self._undoes(change):
                self.said.add(OTHER[change.side])
            self._claim(change)
        else:
            if self._same(change.before) != self._same(change.after):
                self.written.append(change)
            self._overwrite(change)
            self.said.discard(OTHER[change.side])
        if twin:
            self._settle(change)

    def _claim(self, change: Change) -> None:
        """A later edit on a side takes the place of the former; going back to what was agreed is none."""
        self.claims.pop(change.side, None)
        side, value = change.side, self._same(change.after)
        reverted = any(side in known and self._same(known[side]) == value for known in self.agreed)
        if not reverted and not self._unsaid(change) and not self._put_back(change):
            self.claims[change.side] = change

    def _put_back(self, change: Change) -> bool:
        """Whether a side holds again what we wrote last, and we were shown nothing else in between."""
        mine = self._mine(change.side)
        if mine is None or self._same(mine.after) != self._same(change.after):
            return False
        return not self.witness.between(self.left_at.get(change.side, 0.0), change.at, change.side)

    def _undoes(self, change: Change) -> bool:
        """Whether it looks as if our last write there had had no effect: it has then still to be said."""
        mine = self._mine(change.side)
        return mine is not None and self._replaced(mine, change.after)

    def _replaced(self, write: Change, value: Any) -> bool:
        """Whether our write took the place of a value, as it was then or as we had read it before."""
        read = [one.after for one in self.seen if one.side == write.side and one.at <= write.read_at]
        return self._same(value) in {self._same(one) for one in (write.before, *read[-1:])}

    def _mine(self, side: str) -> Change | None:
        """What we last wrote on a side."""
        return next((one for one in reversed(self.written) if one.side == side), None)

    def _unsaid(self, change: Change) -> bool:
        """Whether the value cannot be carried: no map, or the tracker does not say that a field is empty."""
        if self.meaning.carried(self.name, change.side, change.after) == NOTHING:
            return True
        empty = change.side == TRACKER and change.after is None
        return empty and self.meaning.left_out(self.name, change.object_id)

    def _overwrite(self, change: Change) -> None:
        lost = self.claims.get(change.side)
        if lost is None or self._same(lost.after) == self._same(change.after):
            return
        del self.claims[change.side]
        two_sided = OTHER[change.side] in self.said
        unseen = two_sided and change.read_at <= lost.at and change.at - change.read_at <= RACE
        if unseen or self._undone_at_once(lost, change):
            self.races += 1
        elif two_sided and self._left_out(lost, change):
            self.lags += 1
        else:
            self.owed.append((lost, change))

    def _left_out(self, lost: Change, change: Change) -> bool:
        """Whether we were shown a copy from before the edit, and nobody had told us of it."""
        lagged = change.copy_of <= lost.at < change.read_at
        return lagged and not self.witness.told(lost, change.at)

    def _undone_at_once(self, lost: Change, change: Change) -> bool:
        """A person undid our write before we read it back: that looks like a write without effect.

        So it does when people changed the value again since, and put it back.
        """
        ours = [
            one for one in self.written if one.side == lost.side and one.at < lost.at and one is not change
        ]
        if not ours or not self._replaced(ours[-1], lost.after):
            return False
        first = next(one for one in self.seen if one.side == lost.side and one.at > ours[-1].at)
        at_once = first.at - ours[-1].at < AT_ONCE
        return at_once and self._same(first.after) == self._same(lost.after)

    def _settle(self, change: Change) -> None:
        agree = self.meaning.agree(self.name, self.values[TRACKER], self.values[PROCORE])
        if not agree and (self.claims or self._by_halves(change)):
            if change.who != PERSON:
                self.agreed[0] = {**self.agreed[0], OTHER[change.side]: self._source(change)}
            return
        if change.who == PERSON:
            self.agreed.append(dict(self.values))
            self.chance_at = change.at
        else:
            self.agreed[0] = dict(self.values)
        from_there = self.claims.pop(OTHER[change.side], None)
        if from_there and change.who != PERSON and from_there.at > self.began:
            self.waits.append(change.at - from_there.at)
        self.claims.clear()

    def _source(self, change: Change) -> Any:
        """The value that we carried over, though a person may have changed it again before our write."""
        there = OTHER[change.side]
        values = [one.after for one in self.seen if one.side == there]
        fits = [
            one for one in values if self.meaning.carried(self.name, there, one) == self._same(change.after)
        ]
        return fits[-1] if fits else self.values[there]

    def _by_halves(self, change: Change) -> bool:
        """Whether people went back to what was agreed, each side to what was at another time."""
        if change.who != PERSON or self.values in self.agreed:
            return False
        there, last = OTHER[change.side], self.agreed[-1]
        as_agreed = there in last and self._same(last[there]) == self._same(self.values[there])
        return not (as_agreed and self._unsaid(change))

    def _same(self, value: Any) -> Any:
        return self.meaning.same(self.name, value)
