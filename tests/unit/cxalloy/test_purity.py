from __future__ import annotations

import subprocess
import sys

PURE = [
    "address", "answers", "calls", "directory", "model", "pages", "reading", "records", "signing", "upload",
    "writing",
]  # fmt: skip


def test_the_pure_modules_load_where_requests_and_boto3_are_missing() -> None:
    names = ", ".join(f"plumbline.cxalloy.{name}" for name in PURE)
    lines = [
        "import sys",
        f"sys.path[:] = {sys.path!r}",
        "sys.modules.update(requests=None, boto3=None)",
        f"import {names}",
    ]

    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False
    )

    assert done.stderr == ""
    assert done.returncode == 0
