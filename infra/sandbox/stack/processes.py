"""Programs that stay up: started once, known by a file with their number, stopped by that number alone."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests

from sandbox.stack.settings import Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Program:
    """A program of the stack; `health` is the address that answers 200 when it is ready."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    ports: Mapping[str, int]  # setting's name to port, for the error text
    health: str


def running(folder: Path, name: str) -> int:
    """The process number of a program that we started and that still lives; 0 otherwise."""
    note = folder / f"{name}.pid"
    if not note.exists():
        return 0
    number = int(note.read_text())
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        note.unlink()
        return 0
    # A number may have been given to a stranger since: only a program started by us has this folder's note
    # in its environment.
    marker = f"PLUMBLINE_PROGRAM={folder / name}".encode()
    try:
        environment = (
            open(f"/proc/{number}/environ", "rb").read()  # noqa: PTH123, SIM115 - /proc is no usual file
        )
    except OSError:
        return number  # no /proc here (macOS): the note is all there is
    return number if marker in environment else 0


def start(folder: Path, program: Program, *, seconds: float = 60) -> None:
    """Start a program unless it runs, and wait until it is ready. Raises `Trouble` with one clear line."""
    if running(folder, program.name):
        return
    for setting, port in program.ports.items():
        _check_free(program.name, setting, port)
    temporary = _temporary(folder, program.name)
    shutil.rmtree(temporary, ignore_errors=True)  # of a run that was killed
    temporary.mkdir(parents=True)
    log = folder / f"{program.name}.log"
    with log.open("wb") as sink:
        process = subprocess.Popen(
            program.command,
            env={
                **os.environ,
                **program.environment,
                "TMPDIR": str(temporary),
                "PLUMBLINE_PROGRAM": str(folder / program.name),
            },
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    (folder / f"{program.name}.pid").write_text(str(process.pid))
    _wait(program, process, log, seconds)


def _temporary(folder: Path, name: str) -> Path:
    """Where a program's temporary files go: the local AWS unpacks each function some 60 MB at a time and
    leaves them behind, which fills the machine's own folder for them in a few hundred runs."""
    return folder / "tmp" / name


def _check_free(name: str, setting: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(
                f"Port {port} is in use, and {name} needs it: stop what holds it, or choose another with "
                f"{setting}=<port> before make."
            ) from error


def _wait(program: Program, process: subprocess.Popen[bytes], log: Path, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            last = (log.read_text(errors="replace").strip().splitlines() or ["(no output)"])[-1]
            raise Trouble(
                f"{program.name} stopped at once: {last} (its log: {log.name} in {log.parent.name}/)"
            )
        try:
            if requests.get(program.health, timeout=2).ok:
                return
        except requests.RequestException:
            time.sleep(0.1)
    raise Trouble(
        f"{program.name} did not answer within {seconds:.0f} s; see {log.name} in {log.parent.name}/."
    )


def stop(folder: Path, name: str, *, seconds: float = 10) -> bool:
    """End a program that we started; False where there was none."""
    number = running(folder, name)
    note = folder / f"{name}.pid"
    if not number:
        note.unlink(missing_ok=True)
        return False
    os.kill(number, signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while running(folder, name):
        try:
            if os.waitpid(number, os.WNOHANG)[0]:
                break
        except ChildProcessError:
            pass  # started by an earlier run: not ours to reap
        if time.monotonic() > deadline:
            os.kill(number, signal.SIGKILL)
            break
        time.sleep(0.05)
    note.unlink(missing_ok=True)
    shutil.rmtree(_temporary(folder, name), ignore_errors=True)
    return True
