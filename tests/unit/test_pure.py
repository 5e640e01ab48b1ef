"""The pure core loads where nothing that speaks to a network is there."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
(PURE,) = (one["source_modules"] for one in CONTRACTS if one["id"] == "pure")
BLOCKED = ("boto3", "botocore", "requests", "requests_toolbelt", "urllib3")


def load(*modules: str) -> subprocess.CompletedProcess[str]:
    """Import modules in one new process where the network's packages are missing."""
    lines = [
        "import sys",
        f"sys.path.insert(0, {str(ROOT / 'layers' / 'plumbline')!r})",
        f"sys.modules.update(dict.fromkeys({BLOCKED!r}))",
        *(f"import {name}" for name in modules),
        "print(*sorted(name for name in sys.modules if name.startswith('plumbline.')))",
    ]
    return subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )


def test_every_pure_module_loads_without_boto3_and_requests() -> None:
    done = load(*PURE)

    assert (done.returncode, done.stderr) == (0, "")
    assert set(PURE) <= set(done.stdout.split())


def test_loading_pure_modules_loads_pure_modules_only() -> None:
    loaded = {name for name in load(*PURE).stdout.split() if name.count(".") > 1}

    assert loaded <= set(PURE)


def test_the_sync_worker_loads_neither_engine_nor_clients() -> None:
    """A hint that is no news ends without them, and pays for none of them when the function is cold."""
    done = load("plumbline.issues.sync_worker")
    loaded = set(done.stdout.split())

    assert (done.returncode, done.stderr) == (0, "")
    assert "plumbline.issues.sync_hearing" in loaded
    assert not {one for one in loaded if one.endswith(("sync_engine", "births", "client", "wire"))}


def test_a_client_does_not_load_there() -> None:
    done = load("plumbline.procore.wire")

    assert done.returncode == 1
    assert "import of requests halted" in done.stderr
