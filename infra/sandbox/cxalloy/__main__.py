"""Runs the sandbox CxAlloy TQ: `python -m sandbox.cxalloy --port 8702 --state-dir DIR --world FILE.json`."""

from __future__ import annotations

import argparse
import importlib
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.cxalloy.files import make_noise
from sandbox.cxalloy.sandbox import CxAlloySandbox
from sandbox.cxalloy.settings import Settings
from sandbox.cxalloy.world import CxAlloyWorld
from sandbox.shell import make_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.cxalloy.world import FileSpec
    from sandbox.http import Request, Response


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Return what the command line says."""
    parser = argparse.ArgumentParser(prog="sandbox.cxalloy", description="A stand-in for CxAlloy TQ.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8702)
    parser.add_argument("--state-dir", type=Path, required=True, help="keeps the world and uploaded files")
    parser.add_argument("--world", type=Path, help="the account to begin with, as JSON")
    parser.add_argument("--settings", default="{}", help="behaviour, as JSON")
    parser.add_argument("--file-maker", default="", metavar="MODULE:FUNCTION", help="makes a file's bytes")
    return parser.parse_args(given)


def _maker(name: str) -> Callable[[FileSpec], Iterator[bytes]]:
    if not name:
        return make_noise
    module, _, function = name.partition(":")
    made: Callable[[FileSpec], Iterator[bytes]] = getattr(importlib.import_module(module), function)
    return made


def _keeping(sandbox: CxAlloySandbox, kept: Path) -> Callable[[Request], Response]:
    """Return `handle` that also writes the world down after each change, so that a restart loses nothing."""

    def handle(request: Request) -> Response:
        known = len(sandbox.effects)
        response = sandbox.handle(request)
        if len(sandbox.effects) != known or request.path == "/_sandbox/reset":
            fresh = kept.with_suffix(".new")
            fresh.write_text(sandbox.world.model_dump_json(), encoding="utf-8")
            fresh.replace(kept)
        return response

    return handle


def _world(path: Path) -> CxAlloyWorld:
    return CxAlloyWorld.model_validate_json(path.read_text(encoding="utf-8"))


def handler(given: argparse.Namespace) -> Callable[[Request], Response]:
    """Return what answers requests: the account as it was kept in the state folder, else as it begins."""
    kept = given.state_dir / "world.json"
    given.state_dir.mkdir(parents=True, exist_ok=True)
    sandbox = CxAlloySandbox(
        time.time,
        _world(given.world) if given.world else CxAlloyWorld(),
        settings=Settings.model_validate_json(given.settings),
        make_file=_maker(given.file_maker),
        blob_folder=given.state_dir / "files",
        sleep=time.sleep,
    )
    if kept.exists():
        sandbox.restore(_world(kept))
    return _keeping(sandbox, kept)


if __name__ == "__main__":
    options = arguments()
    make_server(handler(options), options.host, options.port).run()
