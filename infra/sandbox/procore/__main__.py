"""Runs the sandbox Procore: `python -m sandbox.procore --port P --storage-port Q --state-dir DIR`."""

from __future__ import annotations

import argparse
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.procore.blobs import FolderBlobs
from sandbox.procore.courier import Courier
from sandbox.procore.sandbox import ProcoreSandbox
from sandbox.procore.settings import SandboxSettings
from sandbox.procore.shell import two_listener_server
from sandbox.procore.world import world_from_json
from sandbox.shell import listen

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    import uvicorn


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM or SIGINT; prints one line when ready. Port 0 lets the system choose."""
    given = _parser().parse_args(arguments)
    front, back = (listen(given.host, port) for port in (given.port, given.storage_port))
    with front, back:
        _run(given, front, back)


def _run(given: argparse.Namespace, front: socket.socket, back: socket.socket) -> None:
    settings = _settings(given, front.getsockname()[1], back.getsockname()[1])
    world = world_from_json(given.world.read_bytes()) if given.world else None
    sandbox = ProcoreSandbox(time.time, settings, world, FolderBlobs(given.state_dir / "blobs"))
    courier = Courier(sandbox)
    server = two_listener_server(sandbox, back.getsockname()[1], courier)
    line = f"sandbox procore ready: api {settings.api_origin} storage {settings.storage_origin}"
    threading.Thread(target=_announce, args=(server, line), daemon=True).start()
    courier.start()
    server.run(sockets=[front, back])
    courier.stop()


def _announce(server: uvicorn.Server, line: str) -> None:
    while not server.started:
        time.sleep(0.01)
    print(line, flush=True)


def _settings(given: argparse.Namespace, port: int, storage_port: int) -> SandboxSettings:
    api = given.public_api or f"http://{given.host}:{port}"
    return SandboxSettings(
        login_origin=given.public_login or api,
        api_origin=api,
        storage_origin=given.public_storage or f"http://{given.host}:{storage_port}",
        redirect_uris=tuple(given.redirect_uri),
        rate_hour=given.rate_hour,
        rate_spike=given.rate_spike,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox.procore", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="login, API and pages")
    parser.add_argument("--storage-port", type=int, default=0)
    parser.add_argument("--state-dir", type=Path, required=True, help="stored files go into its folder blobs")
    parser.add_argument("--rate-hour", type=int, default=600)
    parser.add_argument("--rate-spike", type=int, default=25)
    parser.add_argument("--redirect-uri", action="append", default=[], help="beside loopback ones")
    parser.add_argument("--world", type=Path, help="a JSON world instead of the demo's")
    parser.add_argument("--public-login")
    parser.add_argument("--public-api")
    parser.add_argument("--public-storage")
    return parser


if __name__ == "__main__":
    main()
