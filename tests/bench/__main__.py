"""Runs the measurements and writes build/bench.json."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from tests.bench import big_file, calls, files, idle, imports, live_edits, scale, sync_calls
from tests.template import ROOT

# What counts calls, or runs on virtual time, does not mind company; what measures seconds is alone after it.
COUNTED = {
    "live_edits_during_a_backfill": live_edits.measure,
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
        told |= {name: waiting[name].result() for name in sorted(COUNTED)}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        told["imports"] = imports.measure(folder)
        told["files"] = files.measure(folder)
        told["big_file"] = big_file.measure(folder)
        told["scale"] = scale.measure()
    told["seconds_all_took"] = round(time.perf_counter() - began)
    target = ROOT / "build"
    target.mkdir(exist_ok=True)
    text = json.dumps(told, indent=1) + "\n"
    (target / "bench.json").write_text(text)
    sys.stdout.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
