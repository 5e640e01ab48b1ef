"""What a seed means: the settings, the people's deeds and the strikes of fate, each with its time.

Everything is decided before the run, and each deed and strike has dice of its own: leaving one out changes
none of the others, so that a failing run can be made shorter.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

TEXT_DEEDS = ("description", "title")
FIELD_DEEDS = (*TEXT_DEEDS, "status", "priority", "discipline", "issue_type", "due_date")
OPTION_DEEDS = ("assignee", "asset")
TRACKER_DEEDS = {
    **dict.fromkeys(FIELD_DEEDS, 6), **dict.fromkeys(OPTION_DEEDS, 3), "comment": 12, "file": 5, "revert": 5,
    "delete": 2, "undo_delete": 3, "unpublish": 2, "publish": 3, "create": 2, "rename_asset": 1,
}  # fmt: skip
PROCORE_DEEDS = {
    **dict.fromkeys(FIELD_DEEDS, 6), **dict.fromkeys(OPTION_DEEDS, 3), "rich_text": 5, "comment": 12,
    "file": 5, "revert": 5, "delete": 1, "restore": 2, "stranger": 1,
}  # fmt: skip
DEEDS = 450
STRIKES = {
    "procore_call": 26, "tracker_call": 16, "lost_create": 10, "lost_hook": 6, "doubled_hook": 6,
    "late_hook": 6, "hook_deleted": 1, "receipt_down": 2, "token_revoked": 1, "tokens_expire": 3,
    "no_rights": 2,
    "key_read_only": 1, "key_lost": 1, "empty_list": 3, "slow_calls": 3, "queue_trouble": 4, "kills": 6,
    "frozen_worker": 3, "purge": 1,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Deed:
    """One act of a person, `at` seconds from the start, at the `item`th pair."""

    at: float
    side: str
    what: str
    item: int
    salt: int

    def dice(self) -> random.Random:
        """The deed's own dice."""
        return random.Random(self.salt)

    def told(self) -> str:
        """The deed in words."""
        return f"{self.at:7.1f} s  a person at {self.side}: {self.what}, pair {self.item}, salt {self.salt}"


@dataclass(frozen=True, slots=True)
class Strike:
    """One thing that goes wrong, `at` seconds from the start."""

    at: float
    what: str
    salt: int

    def dice(self) -> random.Random:
        """The strike's own dice."""
        return random.Random(self.salt)

    def told(self) -> str:
        """The strike in words."""
        return f"{self.at:7.1f} s  fault: {self.what}, salt {self.salt}"


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole run: `storm` seconds of deeds and strikes, then calm; `crowd` tells which kind it is."""

    seed: int
    pairs: int
    storm: float
    deeds: tuple[Deed, ...] = field(default=())
    strikes: tuple[Strike, ...] = field(default=())
    crowd: bool = False

    @property
    def name(self) -> str:
        """What the plan is called in lists: its seed, after its kind."""
        return f"crowd {self.seed}" if self.crowd else str(self.seed)


def plan_of(seed: int) -> Plan:
    """The plan that a seed stands for."""
    dice = random.Random(f"plan:{seed}")
    pairs, storm = dice.randint(8, 15), dice.uniform(1.5, 3.0) * 3600
    deeds: list[Deed] = []
    while len(deeds) < DEEDS:
        deeds += _some_deeds(dice, dice.uniform(120.0, storm), pairs)
    strikes = [
        Strike(dice.uniform(0.0, storm - 300), chosen(dice, STRIKES), dice.randrange(2**32))
        for _ in range(dice.randint(16, 36))
    ]
    return Plan(
        seed, pairs, storm,
        tuple(sorted(deeds, key=lambda one: one.at)), tuple(sorted(strikes, key=lambda one: one.at)),
    )  # fmt: skip


def _some_deeds(dice: random.Random, at: float, pairs: int) -> list[Deed]:
    """One deed, or two that meet: on both sides of a pair, in one field or in two, within moments."""
    item = dice.randrange(pairs)
    if dice.random() < 0.8:
        side = dice.choice(("tracker", "procore"))
        table = TRACKER_DEEDS if side == "tracker" else PROCORE_DEEDS
        return [Deed(at, side, chosen(dice, table), item, dice.randrange(2**32))]
    met = dice.choice(("same", "different", "delete"))
    first = dice.choice(FIELD_DEEDS)
    second = first if met == "same" else dice.choice(FIELD_DEEDS) if met == "different" else "delete"
    later = at + dice.choice((0.0, 0.3, 2.0, 20.0, 70.0))
    sides = dice.sample(("tracker", "procore"), 2)
    return [
        Deed(at, sides[0], first, item, dice.randrange(2**32)),
        Deed(later, sides[1], second, item, dice.randrange(2**32)),
    ]


def chosen(dice: random.Random, table: dict[str, int]) -> str:
    """One of the table's names, each as likely as its number says."""
    return dice.choices(list(table), list(table.values()))[0]
