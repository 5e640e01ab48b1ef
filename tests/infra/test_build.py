"""The layer as it is deployed: what it holds, and that every function runs on it alone."""

from __future__ import annotations

import hashlib
import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from tests.infra import layer
from tests.infra.code import FUNCTIONS, LIBRARY, module_name, sources
from tests.infra.stack import functions

if TYPE_CHECKING:
    from pathlib import Path

NAMES = sorted(path.parent.name for path in FUNCTIONS.glob("*/handler.py"))
MEGABYTE = 1024 * 1024
ARM64 = 0xB7  # the machine's number in an ELF header

# What each function loads before its first event, besides the standard library.
SDK = {"boto3", "botocore", "certifi", "dateutil", "jmespath", "s3transfer", "six", "urllib3"}
POWERTOOLS = {"aws_lambda_powertools", "typing_extensions"}
PYDANTIC = {"annotated_types", "pydantic", "pydantic_core", "typing_inspection"}
REQUESTS = {"charset_normalizer", "idna", "requests"}
LOADED = {
    "alerts": SDK | POWERTOOLS | PYDANTIC,
    "comment_polling": SDK | POWERTOOLS | PYDANTIC,
    "console": SDK | POWERTOOLS,
    "copy": SDK | POWERTOOLS | PYDANTIC,
    "jobs": SDK | POWERTOOLS,
    "oauth_callback": SDK | POWERTOOLS | REQUESTS,
    "settings": SDK | POWERTOOLS | PYDANTIC,
    "sweep": SDK | POWERTOOLS | PYDANTIC,
    "sync": SDK | POWERTOOLS | PYDANTIC,
    "tracker_polling": SDK | POWERTOOLS | PYDANTIC,
    "webhook_receipt": SDK | POWERTOOLS,
}


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return layer.snapshot(tmp_path_factory.mktemp("source") / "plumbline")


@pytest.fixture(scope="session")
def built(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return layer.build(source, tmp_path_factory.mktemp("host"), **layer.HOST)


@pytest.fixture(scope="session")
def cloud(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return layer.build(source, tmp_path_factory.mktemp("cloud"), **layer.CLOUD)


@pytest.fixture(scope="session")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return layer.runtime(tmp_path_factory.mktemp("lambda") / "runtime")


@pytest.fixture(scope="session")
def loaded(built: Path, runtime: Path) -> dict[str, dict[str, Any]]:
    """What each function's interpreter tells after its handler was imported."""
    return {
        name: layer.load(
            "handler",
            paths=[FUNCTIONS / name, built / "python", runtime],
            variables=variables(name),
        )
        for name in NAMES
    }


def variables(name: str) -> dict[str, str]:
    """The environment variables that the template sets, with values that lead nowhere."""
    (told,) = [
        one["Environment"]["Variables"]
        for one in functions().values()
        if one["CodeUri"] == f"functions/{name}"
    ]
    return dict.fromkeys(told, "none") | {"POWERTOOLS_LOG_LEVEL": "INFO", "AWS_DEFAULT_REGION": "us-east-1"}


def fingerprint(folder: Path) -> dict[str, str]:
    """The SHA-256 of every file."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def zipped_size(folder: Path) -> int:
    """How large a folder is as Lambda takes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in folder.rglob("*"):
            archive.write(path, path.relative_to(folder))
    return len(buffer.getvalue())


def third_party(told: dict[str, Any], *folders: Path) -> set[str]:
    """The packages at the top of what was loaded out of the layer and the runtime, ours left out."""
    roots = tuple(f"{one}/" for one in folders)
    found = {name.split(".")[0] for name, file in told["files"].items() if file.startswith(roots)}
    return found - {"plumbline"}


def test_there_are_eleven_functions() -> None:
    assert NAMES == [
        "alerts",
        "comment_polling",
        "console",
        "copy",
        "jobs",
        "oauth_callback",
        "settings",
        "sweep",
        "sync",
        "tracker_polling",
        "webhook_receipt",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_a_handler_loads_with_the_layer_and_the_runtime_only(
    name: str, loaded: dict[str, dict[str, Any]]
) -> None:
    assert loaded[name]["callable"] is True
    assert [one for one in loaded[name]["path"] if "site-packages" in one] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_handler_loads_exactly_these_packages(
    name: str, loaded: dict[str, dict[str, Any]], built: Path, runtime: Path
) -> None:
    assert third_party(loaded[name], built, runtime) == LOADED[name]


@pytest.mark.parametrize("name", NAMES)
def test_no_handler_loads_the_tracer(name: str, loaded: dict[str, dict[str, Any]]) -> None:
    assert [one for one in loaded[name]["modules"] if one.startswith("aws_xray_sdk")] == []


def test_the_way_back_from_the_sign_in_starts_light(loaded: dict[str, dict[str, Any]]) -> None:
    modules = set(loaded["oauth_callback"]["modules"])

    assert modules.isdisjoint({"pydantic", "requests_toolbelt", "aws_lambda_powertools.event_handler"})


def test_the_receipt_of_webhooks_loads_what_it_needs_and_little_of_ours(
    loaded: dict[str, dict[str, Any]],
) -> None:
    modules = set(loaded["webhook_receipt"]["modules"])
    batch = "aws_lambda_powertools.utilities.batch"

    assert modules.isdisjoint({"pydantic", "requests", "aws_lambda_powertools.event_handler", batch})
    assert {name for name in modules if name.startswith("plumbline.")} == {
        "plumbline.gateway",
        "plumbline.issues",
        "plumbline.issues.hints",
        "plumbline.procore",
        "plumbline.procore.hook_secret",
        "plumbline.procore.webhook",
        "plumbline.wiring",
        "plumbline.wiring_queues",
    }


def test_every_module_of_the_library_loads_from_the_layer(built: Path, runtime: Path) -> None:
    names = [module_name(path) for path in sources(LIBRARY)]
    told = layer.load(*names, paths=[built / "python", runtime], variables={})

    assert {name for name in told["modules"] if name.startswith("plumbline.")} >= set(names) - {"plumbline"}
    assert told["files"]["plumbline.wiring"] == f"{built}/python/plumbline/wiring.py"


def test_the_layer_brings_its_bytecode_where_the_builder_is_the_runtime(built: Path) -> None:
    code = list((built / "python" / "plumbline").rglob("*.py"))
    compiled = list((built / "python" / "plumbline").rglob("*.pyc"))

    assert len(compiled) == len(code) > 60
    # Flags 1: by hash, and the hash is not looked at again. See "Cached bytecode invalidation" of Python.
    assert {path.read_bytes()[4:8] for path in compiled} == {b"\x01\x00\x00\x00"}


def test_the_layer_leaves_to_the_runtime_what_the_runtime_has(built: Path) -> None:
    top = {path.name for path in (built / "python").iterdir()}

    assert {"plumbline", "pydantic", "requests", "aws_lambda_powertools", "cryptography"} <= top
    assert top.isdisjoint({"boto3", "botocore", "s3transfer", "aws_xray_sdk", "pytest", "moto", "bin"})


def test_the_layer_holds_nothing_of_sandbox_and_tests(built: Path) -> None:
    top = {path.name for path in (built / "python").iterdir()}

    assert top.isdisjoint({"sandbox", "tests", "handler.py"})


@pytest.mark.parametrize("which", ["built", "cloud"])
def test_the_layer_is_small_enough_for_lambda(which: str, request: pytest.FixtureRequest) -> None:
    folder = request.getfixturevalue(which)

    assert zipped_size(folder) < 50 * MEGABYTE
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 200 * MEGABYTE


def test_two_builds_are_the_same_byte_for_byte(built: Path, source: Path, tmp_path: Path) -> None:
    again = layer.build(source, tmp_path / "again", **layer.HOST)

    assert fingerprint(again) == fingerprint(built)


def test_the_build_for_the_cloud_holds_arm64_code_and_no_other(cloud: Path) -> None:
    libraries = {path.relative_to(cloud / "python").as_posix(): path for path in cloud.rglob("*.so")}
    machines = {name: int.from_bytes(path.read_bytes()[18:20], "little") for name, path in libraries.items()}

    assert {name.split("/")[0].split(".")[0] for name in libraries} >= {
        "_cffi_backend",
        "cryptography",
        "pydantic_core",
    }
    assert set(machines.values()) == {ARM64}
    assert [name for name in libraries if "cpython-" in name and "cpython-313-aarch64" not in name] == []


def test_bytecode_for_the_cloud_is_of_the_python_that_runs_there_or_is_left_out(cloud: Path) -> None:
    tags = {path.suffixes[-2] for path in cloud.rglob("*.pyc")}

    assert tags == ({".cpython-313"} if layer.builder() == "3.13" else set())


def test_both_builds_hold_the_same_library(built: Path, cloud: Path) -> None:
    ours = "python/plumbline/"
    host = {
        name: sha
        for name, sha in fingerprint(built).items()
        if name.startswith(ours) and name.endswith(".py")
    }

    assert host == {
        name: sha
        for name, sha in fingerprint(cloud).items()
        if name.startswith(ours) and name.endswith(".py")
    }
