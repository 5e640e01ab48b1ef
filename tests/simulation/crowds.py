"""Plans in which workers meet: few pairs, edits close together, slow calls, and workers that stand still.

One project of a dozen pairs seldom has two workers at one pair within a moment. Here people change the same
field again and again within seconds, and comment in between, so that hints come while a pair is in hand. In
every second crowd they also delete, restore, unpublish, attach and assign.
"""

from __future__ import annotations

import random

from tests.simulation.plan import Deed, Plan, Strike, chosen

STORM = 3600.0
BURSTS, SINGLES = 55, 220
FIELDS = ("title", "status", "priority", "due_date")
SINGLE_DEEDS = {**dict.fromkeys(FIELDS, 6), "revert": 12, "comment": 6}
ON_EITHER_SIDE = {
    **dict.fromkeys((*FIELDS, "description"), 4), "revert": 8, "comment": 6, "file": 5, "delete": 4,
    "asset": 3, "assignee": 3,
}  # fmt: skip
ALL_DEEDS = ON_EITHER_SIDE | {"undo_delete": 5, "unpublish": 3, "publish": 4, "create": 1, "restore": 4}
STRIKES = {"slow_calls": 16, "frozen_worker": 18, "queue_trouble": 4, "tokens_expire": 12}


def crowd_of(seed: int) -> Plan:
    """The plan of a crowd that a seed stands for."""
    dice = random.Random(f"crowd:{seed}")
    pairs = dice.randint(4, 8)
    deeds = [one for _ in range(BURSTS) for one in _burst(dice, pairs)]
    single = _single if seed % 2 else _of_all_kinds
    deeds += [single(dice, pairs) for _ in range(SINGLES)]
    strikes = [
        Strike(dice.uniform(60.0, STORM - 300), what, dice.randrange(2**32))
        for what, times in STRIKES.items()
        for _ in range(times)
    ]
    return Plan(
        seed, pairs, STORM,
        tuple(sorted(deeds, key=lambda one: one.at)), tuple(sorted(strikes, key=lambda one: one.at)),
        crowd=True,
    )  # fmt: skip


def _burst(dice: random.Random, pairs: int) -> list[Deed]:
    """One field of one pair, changed on one side several times within seconds, and commented on meanwhile."""
    at, item = dice.uniform(150.0, STORM - 60), dice.randrange(pairs)
    name, side = dice.choice(FIELDS), dice.choice(("tracker", "tracker", "procore"))
    acts = ((side, name), (side, name), (side, "revert"), ("procore", "comment"), ("procore", "comment"))
    deeds: list[Deed] = []
    for _ in range(dice.randint(3, 6)):
        at += dice.uniform(0.2, 6.0)
        where, what = dice.choice(acts)
        deeds.append(Deed(at, where, what, item, dice.randrange(2**32)))
    return deeds


def _single(dice: random.Random, pairs: int) -> Deed:
    side = dice.choice(("tracker", "procore"))
    at = dice.uniform(120.0, STORM)
    return Deed(at, side, chosen(dice, SINGLE_DEEDS), dice.randrange(pairs), dice.randrange(2**32))


def _of_all_kinds(dice: random.Random, pairs: int) -> Deed:
    what = chosen(dice, ALL_DEEDS)
    side = dice.choice(("tracker", "procore"))
    if what not in ON_EITHER_SIDE:
        side = "procore" if what == "restore" else "tracker"
    return Deed(dice.uniform(120.0, STORM), side, what, dice.randrange(pairs), dice.randrange(2**32))
