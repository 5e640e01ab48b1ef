"""The programs of a local stack leave nothing behind, and a full disk is named before it does harm."""

from __future__ import annotations

import socket
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from sandbox.stack import processes, up
from sandbox.stack.settings import Trouble, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LITTERING = """
import http.server, sys, tempfile
tempfile.mkdtemp(prefix="unpacked-")
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@pytest.fixture
def littering(tmp_path: Path) -> Iterator[processes.Program]:
    """A program that leaves a temporary folder behind, ended after the test whatever happens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-c", LITTERING, str(port)]
    yield processes.Program("littering", command, {}, {"PORT": port}, f"http://127.0.0.1:{port}/")
    processes.stop(tmp_path, "littering")


def _left(folder: Path) -> list[Path]:
    return list(folder.rglob("unpacked-*"))


def test_a_program_s_temporary_files_lie_in_its_stack_s_folder_and_go_when_it_stops(
    littering: processes.Program, tmp_path: Path
) -> None:
    processes.start(tmp_path, littering)
    assert len(_left(tmp_path)) == 1

    assert processes.stop(tmp_path, "littering")

    assert _left(tmp_path) == []


def test_what_a_killed_run_left_goes_when_the_program_starts_anew(
    littering: processes.Program, tmp_path: Path
) -> None:
    old = tmp_path / "tmp" / "littering" / "unpacked-of-a-killed-run"
    old.mkdir(parents=True)

    processes.start(tmp_path, littering)

    assert len(_left(tmp_path)) == 1
    assert not old.exists()


def test_a_stack_is_not_started_on_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK_FOLDER", str(tmp_path / "stack"))
    monkeypatch.setattr("sandbox.stack.up.shutil.disk_usage", lambda _: SimpleNamespace(free=300 * 1024**2))

    with pytest.raises(Trouble, match=r"0\.3 GB are free on the disk, and a local stack needs 2: make room"):
        up.check_room(read())
