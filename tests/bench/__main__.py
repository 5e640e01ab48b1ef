"""Runs the measurements and writes build/bench.json."""

from __future__ import annotations

import json
import platform
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench import calls, files, imports
from tests.template import ROOT


def main() -> int:
    """Measure and print; nothing is judged here."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        told: dict[str, Any] = {
            "python": platform.python_version(),
            "processors": platform.machine(),
            "procore_calls": calls.measure(),
            "imports": imports.measure(folder),
            "files": files.measure(folder),
        }
    target = ROOT / "build"
    target.mkdir(exist_ok=True)
    (target / "bench.json").write_text(json.dumps(told, indent=1) + "\n")
    sys.stdout.write(json.dumps(told, indent=1) + "\n")
    return 0


sys.exit(main())
