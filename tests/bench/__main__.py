"""Runs the measurements and writes build/bench.json."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import big_file, calls, files, idle, imports, live_edits, scale, sync_calls
from tests.template import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

# What counts calls or CPU seconds, or runs on virtual time, does not mind company: two at a time.
COUNTED: dict[str, Callable[[], Any]] = {
    "with_backfill": partial(live_edits.run, backfill=True),
    "without_backfill": partial(live_edits.run, backfill=False),
    "scale": scale.measure,
    "idle_connections": idle.measure,
    "sync_calls": sync_calls.measure,
    "procore_calls": calls.measure,
}


def main() -> int:
    """Measure and print; nothing is judged here."""
    began = time.perf_counter()
    told: dict[str, Any] = {"python": platform.python_version(), "processors": platform.machine()}
    with ProcessPoolExecutor(max_workers=2) as pool:
        waiting = {name: pool.submit(measure) for name, measure in COUNTED.items()}
        done = {name: one.result() for name, one in waiting.items()}
    edits = live_edits.measure(done.pop("without_backfill"), done.pop("with_backfill"))
    told |= {"live_edits_during_a_backfill": edits, **done}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        told["imports"] = imports.measure(folder)
        told["files"] = files.measure(folder)
        told["big_file"] = big_file.measure(folder)
    told["seconds_all_took"] = round(time.perf_counter() - began)
    target = ROOT / "build"
    target.mkdir(exist_ok=True)
    text = json.dumps(told, indent=1) + "\n"
    (target / "bench.json").write_text(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
