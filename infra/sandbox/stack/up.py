"""Brings the local stack up and down: the local AWS, the sandboxes, the deployed application."""

from __future__ import annotations

import secrets
import shutil
import sys
import time
from typing import TYPE_CHECKING

from sandbox.stack import deploy, processes
from sandbox.stack.processes import Program
from sandbox.stack.settings import ROOT, Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.stack.settings import Settings

MANAGER = "manager@example.com"
SENDER = "plumbline@example.com"
NAMES = ("ministack", "procore", "cxalloy")
ROOM = 2 * 1024**3  # bytes: the demo's stack was seen to use 1.5 GB, most of it unpacked functions


def say(line: str) -> None:
    """One line of progress."""
    print(line, flush=True)


def programs(settings: Settings) -> list[Program]:
    """What has to run: the local AWS, and each sandbox that no given host replaces."""
    wanted = [_aws(settings)]
    if not settings.given.procore:
        wanted.append(_procore(settings))
    if not settings.given.cxalloy:
        wanted.append(_cxalloy(settings))
    return wanted


def _aws(settings: Settings) -> Program:
    return Program(
        "ministack",
        [str(ROOT / ".tools/ministack/bin/ministack")],
        {
            "AUTH": "true",  # IAM is enforced, so that the stack proves its roles
            "BIND_HOST": "127.0.0.1",
            "IOT_MTLS_ENABLED": "0",
            "GATEWAY_PORT": str(settings.aws_port),
            "STATE_DIR": str(settings.folder / "aws"),  # its signing keys, else shared by every stack
        },
        {"PORT_AWS": settings.aws_port},
        f"{settings.aws}/_ministack/health",
    )


def _python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def _procore(settings: Settings) -> Program:
    return Program(
        "procore",
        _python(
            *("-m", "sandbox.procore", "--host", "127.0.0.1"),
            *("--port", str(settings.procore_port), "--storage-port", str(settings.storage_port)),
            *("--state-dir", str(settings.folder / "procore")),
            *("--rate-hour", str(settings.rate_hour), "--rate-spike", str(settings.rate_spike)),
        ),
        {"PYTHONPATH": f"{ROOT / 'infra'}:{ROOT / 'layers/plumbline'}"},
        {"PORT_PROCORE": settings.procore_port, "PORT_STORAGE": settings.storage_port},
        f"http://127.0.0.1:{settings.procore_port}/_sandbox/health",
    )


def _cxalloy(settings: Settings) -> Program:
    return Program(
        "cxalloy",
        _python(
            *("-m", "sandbox.cxalloy", "--host", "127.0.0.1", "--port", str(settings.cxalloy_port)),
            *("--state-dir", str(settings.folder / "cxalloy")),
            *("--world", str(settings.world)),
            *("--file-maker", "sandbox.project.files:make_for"),
        ),
        {"PYTHONPATH": f"{ROOT / 'infra'}:{ROOT / 'layers/plumbline'}"},
        {"PORT_CXALLOY": settings.cxalloy_port},
        f"http://127.0.0.1:{settings.cxalloy_port}/_sandbox/health",
    )


def up(settings: Settings) -> dict[str, str]:
    """Start what does not run yet, build and deploy; returns the stack's outputs."""
    check_room(settings)
    for tool in ("uv/bin/uv", "sam/bin/sam", "ministack/bin/ministack"):
        if not (ROOT / ".tools" / tool).exists():
            raise Trouble(f".tools/{tool} is missing: run make install.")
    for program in programs(settings):
        _timed(f"starting {program.name}", lambda one=program: processes.start(settings.folder, one))  # type: ignore[misc]
    _timed("building with sam", lambda: deploy.build(settings))
    _timed("deploying with sam", lambda: deploy.deploy(settings, parameters(settings)))
    outputs = deploy.outputs(settings)
    deploy.let_mails_out(settings, SENDER, outputs["AlertsFunctionName"])
    return outputs


def check_room(settings: Settings) -> None:
    """Refuse a disk too full for a stack: functions that cannot be unpacked never run, and nobody is told."""
    settings.folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.folder).free
    if free < ROOM:
        raise Trouble(
            f"{free / 1024**3:.1f} GB are free on the disk, and a local stack needs {ROOM / 1024**3:.0f}: "
            f"make room, or name a folder on another disk with STACK_FOLDER=<folder> before make."
        )


def parameters(settings: Settings) -> dict[str, str]:
    """The template's parameters for the local stack."""
    return {
        "Stage": "local",
        "LocalPort": str(settings.aws_port),
        "ProcoreEnvironment": "custom",
        "ProcoreLoginHost": settings.procore_login,
        "ProcoreApiHost": settings.procore_api,
        "ProcoreStorageHost": settings.procore_storage,
        "TrackerCalls": settings.given.cxalloy_calls,
        "ProcoreClientId": settings.client_id,
        "ProcoreClientSecret": settings.client_secret,
        "ProcoreAppVersionKey": "00000000-0000-4000-8000-000000000000",
        "SupportAddress": "support@example.com",
        "AlertSender": SENDER,
        "SegmentAboveBytes": str(settings.segment_above),
        "AdoptAfterSeconds": str(settings.adopt_after),
    }


def manager_password(settings: Settings) -> str:
    """The password of the local stack's manager: made up once, so that it stays good for who knows it."""
    note = settings.folder / "manager.txt"
    if not note.exists():
        note.touch(mode=0o600)
        note.write_text(f"Local-{secrets.token_hex(6)}-{secrets.randbelow(10)}")
    return note.read_text()


def down(settings: Settings) -> None:
    """Stop what we started and forget what it held."""
    for name in reversed(NAMES):
        if processes.stop(settings.folder, name):
            say(f"stopped {name}")
    shutil.rmtree(settings.folder, ignore_errors=True)


def _timed(what: str, act: Callable[[], None]) -> None:
    began = time.monotonic()
    sys.stdout.write(f"{what} ... ")
    sys.stdout.flush()
    try:
        act()
    except Trouble:
        say("no")
        raise
    say(f"{time.monotonic() - began:.1f} s")
