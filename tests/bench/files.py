"""How fast a file goes to Procore's storage, against a plain HTTP post and a plain copy of the same bytes."""

from __future__ import annotations

import shutil
import statistics
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

import requests
from tests.bench import peak
from tests.bench.session import signed_in

from plumbline.issues.procore_side import ProcoreSide
from plumbline.procore.uploads import UploadSettings
from sandbox.procore.demo import HARBOR_POINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MEBIBYTE = 1024 * 1024
SIZE = 64 * MEBIBYTE
RUNS = 3


def measure(folder: Path) -> dict[str, Any]:
    """MB a second of an upload in one post and in segments, and of the plain ways, medians in one run."""
    source = folder / "source.bin"
    with source.open("wb") as target:
        for number in range(SIZE // MEBIBYTE):
            target.write(bytes([number % 251]) * MEBIBYTE)
    grown = peak.growth()
    with signed_in(folder) as client, sink() as plain:
        ways: dict[str, Callable[[], object]] = {
            "one_post": lambda: _upload(client, source, SIZE * 2),
            "segments": lambda: _upload(client, source, SIZE // 2),
            "plain_post": lambda: _plain_post(plain, source),
            "plain_copy": lambda: shutil.copyfile(source, folder / "copy.bin"),
        }
        seconds: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(RUNS):
            for name, act in ways.items():
                began = time.perf_counter()
                act()
                seconds[name].append(time.perf_counter() - began)
    medians = {name: statistics.median(one) for name, one in seconds.items()}
    return {
        "megabytes": SIZE // 1_000_000,
        "megabytes_a_second": {name: round(SIZE / 1e6 / one, 1) for name, one in medians.items()},
        "against_plain_post": {name: round(one / medians["plain_post"], 2) for name, one in medians.items()},
        "peak_memory_grew_megabytes": grown(),
        "note": "an upload spools to disk and reads twice; the sandbox shares the process",
    }


def _upload(client: Any, source: Path, threshold: int) -> None:
    side = ProcoreSide(client, str(HARBOR_POINT), "bench", UploadSettings(threshold=threshold), time.time)
    with source.open("rb") as file:
        side.upload("bench.bin", (iter(lambda: file.read(MEBIBYTE), b""), SIZE))


def _plain_post(address: str, source: Path) -> None:
    with source.open("rb") as file:
        requests.post(address, data=file, timeout=60).raise_for_status()


@contextmanager
def sink() -> Iterator[str]:
    """A server that takes a body into a file and nothing more: what any upload costs at least."""

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            left = int(self.headers["Content-Length"])
            with TemporaryFile() as file:
                while left:
                    left -= file.write(self.rfile.read(min(left, MEBIBYTE)))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
