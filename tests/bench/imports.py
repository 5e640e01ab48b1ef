"""Cold imports: a new interpreter each time, with the layer as it is deployed and a runtime like Lambda's.

CPU time is measured, so that others on the machine do not count.
"""

from __future__ import annotations

import compileall
import py_compile
import shutil
import statistics
import subprocess
from pathlib import Path
from typing import Any

import boto3
from tests.infra import layer
from tests.template import ROOT

RUNS = 7
BARE = "import boto3"
BARE_SQS = "import boto3; boto3.client('sqs')"
# Clients and stores are imported when they are first made: what the first event of a function adds.
FIRST_EVENT = {
    "alerts": "connections.alert_round stores.connections stores.authorizations stores.cursors"
    " stores.activity",
    "comment_polling": "issues.comments_poll procore.client procore.gate procore.token_keeper"
    " stores.connections stores.authorizations stores.links stores.cursors stores.activity stores.budget"
    " stores.sealing",
    "console": "people",
    "copy": "issues.copy_engine issues.procore_side cxalloy.client procore.client procore.gate"
    " procore.token_keeper"
    " stores.connections stores.authorizations stores.links stores.activity stores.budget stores.sealing",
    "jobs": "connections.jobs connections.surveying procore.client cxalloy.client stores.connections"
    " stores.authorizations stores.links stores.cursors stores.activity stores.budget stores.work"
    " stores.sealing",
    "oauth_callback": "procore.oauth_client procore.token_keeper stores.authorizations stores.sealing",
    "settings": "procore.client cxalloy.client stores.members stores.connections stores.authorizations",
    "sweep": "issues.inventory connections.hooks procore.client procore.gate procore.token_keeper"
    " stores.connections stores.authorizations stores.links stores.cursors stores.activity stores.budget"
    " stores.sealing",
    "sync": "issues.sync_engine issues.procore_side cxalloy.client procore.client procore.gate"
    " procore.token_keeper stores.connections stores.authorizations stores.links stores.cursors"
    " stores.activity stores.budget stores.work stores.sealing",
    "tracker_polling": "issues.tracker_poll issues.sync_poll cxalloy.client stores.connections"
    " stores.authorizations stores.links stores.cursors stores.activity stores.budget stores.snapshots"
    " stores.sealing",
    "webhook_receipt": "issues.hints procore.hook_secret procore.webhook",
}

_TIMED = """
import sys, time
sys.path[:0] = {paths!r}
began = time.process_time()
{code}
print(time.process_time() - began)
"""


def measure(folder: Path) -> dict[str, Any]:
    """Milliseconds of CPU (medians of paired runs) of each function's import, and ratios to bare boto3."""
    built = layer.build(layer.snapshot(folder / "source"), folder / "layer", **layer.HOST)
    runtime = _runtime(folder / "runtime")
    codes = {"bare boto3": BARE, "bare boto3 and an sqs client": BARE_SQS}
    paths = {name: [runtime] for name in codes}
    for handler in sorted((ROOT / "functions").glob("*/handler.py")):
        codes[handler.parent.name] = "import handler"
        name = handler.parent.name
        paths[name] = [_copied(handler.parent, folder), built / "python", runtime]
        more = ", ".join(f"plumbline.{module}" for module in FIRST_EVENT[name].split())
        codes[f"{name}, with its first event"] = f"import handler, {more}"
        paths[f"{name}, with its first event"] = paths[name]
    codes["webhook_receipt, with its sqs client"] = "import handler, boto3; boto3.client('sqs')"
    paths["webhook_receipt, with its sqs client"] = paths["webhook_receipt"]
    times: dict[str, list[float]] = {name: [] for name in codes}
    for _ in range(RUNS):  # in turn, so that a slow moment of the machine meets all of them
        for name, code in codes.items():
            times[name].append(_once(code, paths[name]))
    medians = {name: statistics.median(one) * 1000 for name, one in times.items()}
    return {
        "runs": RUNS,
        "milliseconds": {name: round(value, 1) for name, value in medians.items()},
        "against_bare_boto3": {
            name: round(value / medians["bare boto3"], 2) for name, value in medians.items()
        },
        "against_bare_boto3_and_sqs": {
            name: round(value / medians["bare boto3 and an sqs client"], 2) for name, value in medians.items()
        },
    }


def _runtime(into: Path) -> Path:
    """What the Lambda runtime brings, with bytecode, as it is there."""
    installed = Path(boto3.__file__).parent.parent
    into.mkdir()
    for name in layer.OF_THE_RUNTIME:
        if (installed / name).is_dir():
            shutil.copytree(installed / name, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(installed / name, into / name)
    _compile(into)
    return into


def _copied(function: Path, folder: Path) -> Path:
    return Path(
        shutil.copytree(
            function, folder / "functions" / function.name, ignore=shutil.ignore_patterns("__pycache__")
        )
    )


def _compile(folder: Path) -> None:
    if layer.builder() == layer_version():
        compileall.compile_dir(
            folder, quiet=2, invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH
        )


def layer_version() -> str:
    """The minor version of this interpreter, which must be the measured one's for its bytecode to count."""
    import sys  # noqa: PLC0415 - beside its only use

    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _once(code: str, paths: list[Path]) -> float:
    text = _TIMED.format(paths=[str(one) for one in paths], code=code)
    done = subprocess.run(
        [layer.PYTHON, "-I", "-S", "-B", "-c", text],
        capture_output=True,
        text=True,
        check=True,
        env={"AWS_DEFAULT_REGION": "us-east-1", "POWERTOOLS_SERVICE_NAME": "bench"},
    )
    return float(done.stdout)
