"""`make simulate`: many seeds, their sum in build/simulation.json, and the story of one that fails."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from tests.simulation.run import of_name
from tests.simulation.story import shortest, told
from tests.simulation.summary import failed_before, names_of, rows_of, summed, written


def main() -> int:
    """Run, tell, and return 1 if any seed fails."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, default=100)
    asked.add_argument("--first", type=int, default=0)
    asked.add_argument("--crowds", type=int, default=0, help="as many plans in which workers meet, besides")
    asked.add_argument(
        "--story", default="", help='tell the shortest story of this seed, or "crowd" and a seed'
    )
    given = asked.parse_args()
    logging.disable(logging.CRITICAL)  # refusals are what the storms are made of
    if given.story:
        print(told(shortest(of_name(given.story))))
        return 0
    names = names_of(range(given.first, given.first + given.seeds))
    names += names_of(range(given.first, given.first + given.crowds), crowd=True)
    rows = []
    for row in rows_of(dict.fromkeys([*failed_before(), *names])):
        rows.append(row)
        if row.counts:
            print(f"seed {row.name}: {row.counts}", *row.findings[:3], sep="\n  ", flush=True)
    summary = summed(rows)
    written(summary, Path("build/simulation.json"))
    print({name: value for name, value in summary.items() if name != "failing_seeds"})
    failing = summary["failing_seeds"]
    if failing:
        print(told(shortest(of_name(failing[0]))))
    return 1 if failing else 0


if __name__ == "__main__":
    sys.exit(main())
