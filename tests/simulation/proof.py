"""`make ablation`: the tables of docs/proof.md: what each guard is worth, and what a plain sync loses."""

from __future__ import annotations

import argparse
import logging
import re
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.simulation import reserve
from tests.simulation.ablation import GUARDS, first_failure
from tests.simulation.baseline import counted
from tests.simulation.run import of_seed

PAGE = Path("docs/proof.md")
Losses = tuple[int, int, int]
"""Values lost, pairs not in agreement, and writes of values that nobody had changed."""


def guard_row(name: str, seeds: int) -> str:
    """One line of the table of guards."""
    what, found = GUARDS[name][0], first_failure(name, range(seeds))
    if found is None:
        return f"| {name} | {what} | none of {seeds} | - |"
    first = found.findings[0]
    told = first.told if len(first.told) < 260 else f"{first.told[:250]} ..."
    return f"| {name} | {what} | {found.plan.name} | {first.kind}: {_in_a_cell(told)} |"


def losses(seeds: int) -> tuple[Losses, Losses]:
    """What the plain sync and what Plumbline loses in as many runs, fields only."""
    plain = [counted(seed) for seed in range(seeds)]
    ours = [of_seed(seed).report for seed in range(seeds)]
    return (
        (sum(one.count("lost") for one in plain), sum(one.count("unagreed") for one in plain),
         sum(one.count("amplified") for one in plain)),
        (sum(one.count("lost") for one in ours), sum(one.count("unagreed") for one in ours),
         sum(one.count("amplified") for one in ours)),
    )  # fmt: skip


def main() -> int:
    """Measure, and write the tables into the page; 1 if a guard has no teeth."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--seeds", type=int, default=100)
    asked.add_argument("--runs", type=int, default=50)
    asked.add_argument("guards", nargs="*")
    given = asked.parse_args()
    logging.disable(logging.CRITICAL)
    names = given.guards or list(GUARDS)
    rows = []
    with ProcessPoolExecutor(2) as pool:
        for row in pool.map(guard_row, names, [given.seeds] * len(names)):
            rows.append(row)
            print(row, flush=True)
    if given.guards:
        return 0
    rows.append(reserve.row())
    print(rows[-1], flush=True)
    plain, ours = losses(given.runs)
    head = ["| guard | what it is | first seed that fails without it | what is found |", "|---|---|---|---|"]
    _write("guards", [*head, *rows])
    _write("baseline", _compared(plain, ours, given.runs))
    return int(any("none of" in row for row in rows))


def _compared(plain: Losses, ours: Losses, runs: int) -> list[str]:
    names = ("edits lost", "edits that never reached the other side", "fields written oftener than edited")
    lines = [
        f"| {name} | {one * 1000 // runs} | {other * 1000 // runs} |"
        for name, one, other in zip(names, plain, ours, strict=True)
    ]
    head = f"| per 1,000 runs (measured: {runs}) | last received wins, whole records | Plumbline |"
    return [head, "|---|---|---|", *lines]


def _write(part: str, lines: list[str]) -> None:
    """Put a table between its marks in the page."""
    marks = f"<!-- {part} -->", f"<!-- end of {part} -->"
    pattern = re.compile(re.escape(marks[0]) + ".*?" + re.escape(marks[1]), re.DOTALL)
    table = "\n".join([marks[0], *lines, marks[1]])
    PAGE.write_text(pattern.sub(lambda _found: table, PAGE.read_text()))


def _in_a_cell(text: str) -> str:
    return text.replace("|", "/").replace("\n", " ")


if __name__ == "__main__":
    sys.exit(main())
