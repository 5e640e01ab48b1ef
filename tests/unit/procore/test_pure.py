"""The pure modules carry no I/O library, and the sign-in modules stay light."""

import subprocess
import sys
from pathlib import Path

import pytest

LAYER = Path(__file__).parents[3] / "layers" / "plumbline"
PURE = ("environments", "limits", "pages", "reading", "wording", "errors", "oauth", "permissions",
        "observations", "uploads", "rich_text", "webhook", "hook_secret")  # fmt: skip
LIGHT = ("environments", "oauth", "oauth_client", "token_keeper")


def import_without(module: str, *blocked: str) -> subprocess.CompletedProcess[str]:
    block = "".join(f"sys.modules[{name!r}] = None\n" for name in blocked)
    code = f"import sys\nsys.path.insert(0, {str(LAYER)!r})\n{block}import plumbline.procore.{module}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_imports_where_requests_and_boto3_are_missing(module: str) -> None:
    done = import_without(module, "requests", "boto3", "botocore", "urllib3", "pydantic")

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("module", LIGHT)
def test_the_sign_in_modules_import_neither_pydantic_nor_the_toolbelt_nor_boto3(module: str) -> None:
    done = import_without(module, "pydantic", "requests_toolbelt", "boto3", "botocore")

    assert (done.returncode, done.stderr) == (0, "")


def test_the_guard_of_these_tests_bites() -> None:
    assert "requests" in import_without("client", "requests").stderr
