"""The scan for secrets finds one, and what it lets pass is made up."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.template import ROOT

BASELINE: dict[str, Any] = json.loads((ROOT / ".secrets.baseline").read_text())
HOOK = Path(sys.executable).with_name("detect-secrets-hook")


def filtered_by(name: str) -> list[str]:
    """The patterns of one of the scan's filters."""
    patterns: list[str]
    (patterns,) = (one["pattern"] for one in BASELINE["filters_used"] if one["path"].endswith(name))
    return patterns


@pytest.fixture
def scan(tmp_path: Path) -> Any:
    """Scan one text as `make secrets` would, with a copy of the baseline, which the hook may rewrite."""
    baseline = shutil.copy(ROOT / ".secrets.baseline", tmp_path / "baseline.json")

    def run(text: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "settings.py"
        file.write_text(text)
        return subprocess.run(
            [str(HOOK), "--baseline", str(baseline), str(file)], capture_output=True, text=True, check=False
        )

    return run


def test_a_key_of_aws_is_found(scan: Any) -> None:
    planted = "AKIA" + "Q7RZ" * 4

    done = scan(f'REGION = "us-east-1"\nNAME = "{planted}"\n')

    assert done.returncode == 1
    assert "AWS Access Key" in done.stdout


def test_a_typed_in_secret_is_found(scan: Any) -> None:
    done = scan("client_" + 'secret = "b7Zk2-Wq81xT"\n')

    assert done.returncode == 1
    assert "Secret Keyword" in done.stdout


def test_a_text_without_a_secret_passes(scan: Any) -> None:
    assert scan('REGION = "us-east-1"\n').returncode == 0


def test_only_tests_and_the_sandbox_hold_findings_that_are_allowed() -> None:
    own = [name for name in BASELINE["results"] if not name.startswith(("tests/", "infra/sandbox/"))]

    assert own == []


def test_the_files_that_are_left_out_hold_hashes_or_words_for_people() -> None:
    assert filtered_by("should_exclude_file") == [
        r"^\.secrets\.baseline$",
        r"^tests/reference/",
        r"^requirements/.*\.txt$",
        r"^layers/plumbline/requirements\.txt$",
        r"^functions/console/site/words/",
    ]


def test_a_secret_that_is_let_pass_everywhere_says_that_it_is_none() -> None:
    assert filtered_by("should_exclude_secret") == ["^(not-a-secret|canary-of)[a-z-]*$"]


def test_no_call_is_made_to_try_what_was_found() -> None:
    assert [one["path"] for one in BASELINE["filters_used"] if "verif" in one["path"]] == []
