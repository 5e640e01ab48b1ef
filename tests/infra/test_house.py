"""The rules of the house that no linter knows: who reads the environment, and who may import whom."""

from __future__ import annotations

import ast
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from tests.infra.code import FUNCTIONS, LIBRARY, imported, module_name, packages, parsed, sources
from tests.template import ROOT

if TYPE_CHECKING:
    from pathlib import Path

OURS = sources(LIBRARY) + sources(FUNCTIONS)
SANDBOX = sources(ROOT / "infra" / "sandbox")
CONTRACTS: dict[str, dict[str, Any]] = {
    one["id"]: one
    for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
}
WITH_CODE = sorted(module_name(path) for path in sources(LIBRARY) if len(parsed(path).body) > 1)


def reads_the_environment(path: Path) -> bool:
    """Whether a file has `os.environ`, `os.getenv` or a thing imported from there."""
    names = {one.attr for one in ast.walk(parsed(path)) if isinstance(one, ast.Attribute)}
    from_os = {name.removeprefix("os.") for name in imported(path) if name.startswith("os.")}
    return bool({"environ", "environb", "getenv"} & (names | from_os))


def layers() -> list[list[str]]:
    """The modules of each layer, the highest first."""
    return [[name.strip() for name in one.split(":")] for one in CONTRACTS["layers"]["layers"]]


def test_only_wiring_reads_the_environment() -> None:
    readers = {path.relative_to(ROOT).as_posix() for path in OURS if reads_the_environment(path)}

    assert readers == {"layers/plumbline/plumbline/wiring.py"}


def test_wiring_reads_it_in_one_place_while_it_runs() -> None:
    code = parsed(LIBRARY / "wiring.py")
    everywhere = [one for one in ast.walk(code) if ast.unparse(one) == "os.environ"]
    (setting,) = [one for one in code.body if isinstance(one, ast.FunctionDef) and one.name == "setting"]
    inside = [one for one in ast.walk(setting) if ast.unparse(one) == "os.environ"]

    assert len(inside) == len(everywhere) == 1


def test_every_module_stands_in_one_layer() -> None:
    placed = [name for layer in layers() for name in layer]
    below = tuple(f"{name}." for name in placed)

    assert len(set(placed)) == len(placed)
    assert [name for name in WITH_CODE if name not in placed and not name.startswith(below)] == []
    assert [name for name in placed if name not in WITH_CODE] == []


def test_the_lowest_layer_is_the_pure_core() -> None:
    assert sorted(layers()[-1]) == sorted(CONTRACTS["pure"]["source_modules"])


def test_only_wiring_makes_stores() -> None:
    kept_from = set(CONTRACTS["stores-handed-in"]["forbidden_modules"]) - {"boto3", "botocore"}
    stores = {name for name in layers()[-2] if name.startswith("plumbline.stores.")}

    assert kept_from == stores


@pytest.mark.parametrize("path", sources(FUNCTIONS), ids=lambda path: path.relative_to(FUNCTIONS).as_posix())
def test_a_function_gets_clients_and_stores_from_wiring(path: Path) -> None:
    low = {name for name in layers()[-2] if name.startswith("plumbline.stores.") or name.endswith("client")}

    assert packages(path).isdisjoint({"boto3", "botocore", "requests", "urllib3", "cryptography"})
    assert imported(path).isdisjoint(low)


@pytest.mark.parametrize("path", sources(LIBRARY), ids=module_name)
def test_the_library_knows_no_function_and_nothing_that_tests_it(path: Path) -> None:
    own = {one.stem for one in FUNCTIONS.glob("*/*.py")} | {
        one.parent.name for one in FUNCTIONS.glob("*/*/*.py")
    }

    assert {"handler", "settings_api"} <= own
    assert packages(path).isdisjoint(own | {"sandbox", "tests"})


@pytest.mark.parametrize("path", SANDBOX, ids=lambda path: path.relative_to(ROOT / "infra").as_posix())
def test_the_sandbox_knows_nothing_of_what_it_proves(path: Path) -> None:
    assert packages(path).isdisjoint({"plumbline", "tests"})


def test_no_code_of_ours_is_traced() -> None:
    traced = {"aws_xray_sdk", "aws_lambda_powertools.Tracer", "aws_lambda_powertools.tracing"}

    assert [path for path in OURS if traced & (imported(path) | packages(path))] == []
