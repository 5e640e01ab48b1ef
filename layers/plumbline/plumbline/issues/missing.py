"""Which issues are gone (A19): decided from two complete listings in a row, and nothing less.

Pure. An issue that is missing once is remembered with the time; it counts as gone when it is missing again, a
minute or more later, while others of the connection still answer. A listing that is cut off, or empty, proves
nothing either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.issues.facets import OUT

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

FIRST_MISS = "gone:"  # before an issue's id in a snapshot: when it was first missing
APART = 60.0
WITNESSES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """The issues that are proven gone, and what the snapshot keeps of all others that are missing.

    `doubted` are missing for long enough, while too few others answer to prove it.
    """

    gone: tuple[str, ...]
    kept: dict[str, str]
    doubted: tuple[str, ...] = ()


def judge(
    before: Mapping[str, str],
    *,
    listed: Collection[str],
    answering: Collection[str],
    complete: bool,
    now: float,
) -> Verdict:
    """Judge the issues of a snapshot that a listing does not name.

    `listed` are the ids that the listing names, `answering` those among them that could be read.
    """
    known = {key for key, said in before.items() if ":" not in key and not said.startswith(OUT)}
    absent = sorted(key for key in before if ":" not in key and key not in listed)
    if not complete or not answering:
        return Verdict((), {key: before[key] for one in absent for key in keys(one) if key in before})
    gone: list[str] = []
    doubted: list[str] = []
    kept: dict[str, str] = {}
    for one in absent:
        if one not in known:
            continue
        first = float(before.get(FIRST_MISS + one, now))
        twice = now - first >= APART
        if twice and _witnessed(known - {one}, answering):
            gone.append(one)
            continue
        kept |= {one: before[one], FIRST_MISS + one: repr(first)}
        if twice:
            doubted.append(one)
    return Verdict(tuple(gone), kept, tuple(doubted))


def keys(issue_id: str) -> tuple[str, str]:
    """The snapshot's keys of one issue: what it said, and when it was first missing."""
    return issue_id, FIRST_MISS + issue_id


def _witnessed(others: set[str], answering: Collection[str]) -> bool:
    return len(others & set(answering)) >= min(WITNESSES, len(others))
