"""Builds the layer as a deployment does, and runs code with nothing but what Lambda would have."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
from tests.template import ROOT

SOURCE = ROOT / "layers" / "plumbline"
LOCAL_AWS = ROOT / ".tools" / "ministack" / "bin" / "python"
# What the Lambda runtime brings: "Lambda runtimes, Python: runtime-included SDK versions".
OF_THE_RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")
# The interpreter that the local AWS runs functions with; any other of this machine does as well.
PYTHON = str(LOCAL_AWS if LOCAL_AWS.exists() else sys.executable)

HOST = {"PLUMBLINE_PLATFORM": "host", "PLUMBLINE_PYTHON": "host"}
CLOUD = {"PLUMBLINE_PLATFORM": "aarch64-manylinux_2_28", "PLUMBLINE_PYTHON": "3.13"}


def snapshot(into: Path) -> Path:
    """A copy of the layer's source, so that builds that are compared have the same one."""
    return Path(shutil.copytree(SOURCE, into, ignore=shutil.ignore_patterns("__pycache__")))


def build(source: Path, into: Path, **wanted: str) -> Path:
    """The layer, made by its own Makefile; returns the folder that Lambda would mount at /opt."""
    variables = {
        "ARTIFACTS_DIR": str(into),
        "HOST_PYTHON": PYTHON,
        "UV": str(ROOT / ".tools" / "uv" / "bin" / "uv"),
        **wanted,
    }
    given = [f"{name}={value}" for name, value in variables.items()]
    done = subprocess.run(
        ["make", "--silent", "-C", str(source), "build-PlumblineLayer", *given],
        capture_output=True,
        text=True,
        check=False,
        env={name: value for name, value in os.environ.items() if not name.startswith("MAKE")},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return into


def builder() -> str:
    """The minor version of the interpreter that builds, for instance "3.12"."""
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def runtime(into: Path) -> Path:
    """A folder with the packages that the Lambda runtime brings, and no other."""
    installed = Path(boto3.__file__).parent.parent
    into.mkdir()
    for name in OF_THE_RUNTIME:
        (into / name).symlink_to(installed / name)
    return into


_REPORT = """
import importlib, json, sys
sys.path[:0] = {paths!r}
for name in {modules!r}:
    importlib.import_module(name)
handler = getattr(sys.modules.get("handler"), "handler", None)
print(json.dumps(dict(
    callable=callable(handler),
    path=sys.path,
    modules=sorted(sys.modules),
    files={{name: str(getattr(one, "__file__", None) or "") for name, one in list(sys.modules.items())}},
)))
"""


def load(*modules: str, paths: list[Path], variables: dict[str, str]) -> dict[str, Any]:
    """Import modules in a new interpreter with only the standard library and `paths`; tell what it loaded."""
    code = _REPORT.format(paths=[str(one) for one in paths], modules=modules)
    done = subprocess.run(
        [PYTHON, "-I", "-S", "-B", "-c", code], capture_output=True, text=True, check=False, env=variables
    )
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told
