"""Runs many seeds in several processes and sums them up."""

from __future__ import annotations

import json
import statistics
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.simulation.run import of_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FAILED = Path(__file__).with_name("failed_seeds.txt")


@dataclass(frozen=True, slots=True)
class Row:
    """What one plan came to; `counts` by kind of finding."""

    name: str
    operations: int
    faults: int
    edits: int
    effects: int
    calls: int
    races: int
    lags: int
    unproven: int
    waits: tuple[float, ...]
    counts: dict[str, int]
    findings: tuple[str, ...]
    trace: str


def row_of(name: str) -> Row:
    """Live through one plan."""
    outcome = of_name(name)
    report = outcome.report
    kinds = {one.kind for one in report.findings}
    return Row(
        name, outcome.done, outcome.struck, report.edits, report.effects, outcome.calls,
        report.races, report.lags, report.unproven, tuple(report.waits),
        {kind: report.count(kind) for kind in sorted(kinds)},
        tuple(f"{one.kind}: {one.told}" for one in report.findings), outcome.trace,
    )  # fmt: skip


def rows_of(names: Iterable[str], processes: int = 2) -> Iterator[Row]:
    """Live through plans, in order, several at a time."""
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(row_of, names)


def summed(rows: list[Row]) -> dict[str, Any]:
    """The numbers that are published; times in seconds of the virtual clock, shares as ratios."""
    waits = sorted(wait for row in rows for wait in row.waits) or [0.0]
    cuts = statistics.quantiles(waits, n=100) if len(waits) > 1 else [waits[0]] * 99
    edits = sum(row.edits for row in rows) or 1

    def found(*kinds: str) -> int:
        return sum(row.counts.get(kind, 0) for row in rows for kind in kinds)

    return {
        "seeds": len(rows),
        "operations": sum(row.operations for row in rows),
        "faults": sum(row.faults for row in rows),
        "lost": found("lost", "comment_lost", "file_lost"),
        "duplicates": found("duplicate", "echo"),
        "wrong_deletes": found("wrong_delete"),
        "writes_at_rest": found("write_at_rest"),
        "unagreed": found("unagreed"),
        "races_that_no_client_sees": sum(row.races for row in rows),
        "copies_that_lag_unseen": sum(row.lags for row in rows),
        "gone_but_not_provable": sum(row.unproven for row in rows),
        "amplification": round(sum(row.effects for row in rows) / edits, 3),
        "seconds_to_sync": {"p50": round(cuts[49], 1), "p95": round(cuts[94], 1)},
        "procore_calls_per_edit": round(sum(row.calls for row in rows) / edits, 2),
        "failing_seeds": [row.name for row in rows if row.counts],
    }


def written(summary: dict[str, Any], path: Path) -> None:
    """Store a summary as JSON."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(summary, indent=2) + "\n")


def failed_before() -> list[str]:
    """The plans that ever failed, one a line; what follows a # is a remark."""
    lines = (line.split("#")[0].strip() for line in FAILED.read_text().splitlines())
    return [line for line in lines if line]


def names_of(seeds: Iterable[int], *, crowd: bool = False) -> list[str]:
    """What the plans of these seeds are called."""
    return [f"crowd {seed}" if crowd else str(seed) for seed in seeds]
