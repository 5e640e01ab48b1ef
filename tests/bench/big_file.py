"""A file of 1,000,000,000 bytes each way: memory and speed, against a plain copy of the same bytes.

Our side runs in a process of its own, so that its peak is its own; the sandbox Procore and a tracker that
makes the bytes on the fly, or takes them to disk, run in another. The plain copy fetches the same bytes over
HTTP to a file and posts that file: what any carrying over by way of the disk costs at least.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, Any

from tests.bench import peak, session

from plumbline.cxalloy.calls import CxAlloyCalls
from plumbline.cxalloy.client import CxAlloyClient
from plumbline.cxalloy.model import IssueFile
from plumbline.issues import sync_files
from plumbline.issues.procore_side import ProcoreSide
from plumbline.procore import transfer
from plumbline.procore.observations import Attachment, NewObservation
from plumbline.procore.uploads import UploadSettings
from sandbox.procore.demo import HARBOR_POINT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZE = 1_000_000_000
MEBIBYTE = 1024 * 1024
BLOCK = bytes(range(256)) * (MEBIBYTE // 256)
PROJECT = str(HARBOR_POINT)
WAYS = {
    "plain_copy": "plain_copy",
    "to_procore": "to_procore",
    "to_tracker": "to_tracker",
    "plain_copy_again": "plain_copy",
}


def measure(folder: Path, size: int = SIZE) -> dict[str, Any]:
    """Seconds, MB a second and growth of memory of each way, once each, in one run."""
    with session.serving(folder) as (procore, token), tracker(size) as there:
        given = {"procore": procore, "token": token, "tracker": there, "size": size, "folder": str(folder)}
        told = {place: _in_own_process({**given, "way": way}) for place, way in WAYS.items()}
    plain = (told["plain_copy"]["seconds"] + told["plain_copy_again"]["seconds"]) / 2
    against = {place: round(told[place]["seconds"] / plain, 2) for place in WAYS}
    return {"bytes": size, **told, "against_both_plain_copies": against}


def _in_own_process(given: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.big_file", json.dumps(given)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


# ---- Our side, in a process of its own ------------------------------------------------------------------


def carry(given: dict[str, Any]) -> dict[str, Any]:
    """Go one way, after a small file went it first, so that all is imported and connected."""
    way: Callable[[dict[str, Any], int], None] = {
        "plain_copy": _plain_copy, "to_procore": _to_procore, "to_tracker": _to_tracker
    }[given["way"]]  # fmt: skip
    way(given, MEBIBYTE)
    grown, began, worked = peak.growth(), time.perf_counter(), time.process_time()
    way(given, given["size"])
    seconds = time.perf_counter() - began
    return {
        "seconds": round(seconds, 2),
        "cpu_seconds": round(time.process_time() - worked, 2),
        "megabytes_a_second": round(given["size"] / 1e6 / seconds, 1),
        "peak_memory_grew_megabytes": grown(),
    }


def _to_procore(given: dict[str, Any], size: int) -> None:
    """As a file of the tracker goes: from its address to the disk, and from there in segments."""
    side, file = _side(given), IssueFile("1", f"{size}.bin", size, f"/blob/{size}")
    with _tracker(given).download("50", file) as download:
        sent = side.upload(file.name, download)
    made = side.create_observation(NewObservation("A file", "7001", upload_ids=(sent.id,)))
    _kept(given, size).write_text(json.dumps(asdict(made.attachments[0])))


def _to_tracker(given: dict[str, Any], size: int) -> None:
    """As a file of Procore goes: from its storage to the disk, read twice from there."""
    with _side(given).fetch(_attachment(given, size)) as chunks:
        spooled = transfer.spool(chunks)
    with spooled.file:
        assert spooled.size == size
        _tracker(given).upload_file(
            "50",
            "1001",
            name="big.bin",
            content_type="application/octet-stream",
            size=spooled.size,
            open_chunks=lambda: sync_files._chunks(spooled),
        )


def _plain_copy(given: dict[str, Any], size: int) -> None:
    plain, held = session.session(), TemporaryFile()  # noqa: SIM115 - closed below
    with held:
        with plain.get(f"{given['tracker']}/blob/{size}", stream=True, timeout=60) as response:
            for chunk in response.iter_content(MEBIBYTE):
                held.write(chunk)
        held.seek(0)
        plain.post(f"{given['tracker']}/sink", data=held, timeout=60).raise_for_status()


def _side(given: dict[str, Any]) -> ProcoreSide:
    client = session.client(given["procore"], given["token"])
    return ProcoreSide(client, PROJECT, "bench", UploadSettings(), time.time)


def _tracker(given: dict[str, Any]) -> CxAlloyClient:
    return CxAlloyClient(
        given["tracker"],
        "bench",
        "not-a-secret",
        authorization_id="bench",
        session=session.session(),
        calls=CxAlloyCalls(),
        now=time.time,
    )


def _kept(given: dict[str, Any], size: int) -> Path:
    return Path(given["folder"]) / f"attachment-{size}.json"


def _attachment(given: dict[str, Any], size: int) -> Attachment:
    return Attachment(**json.loads(_kept(given, size).read_text()))


# ---- A tracker that makes bytes and takes them ----------------------------------------------------------


@contextmanager
def tracker(size: int) -> Iterator[str]:
    """Serves `/blob/<bytes>` made on the fly, and takes any post to disk."""

    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            left = int(self.path.rpartition("/")[2])
            self.send_response(200)
            self.send_header("Content-Length", str(left))
            self.end_headers()
            while left > 0:
                left -= self.wfile.write(BLOCK[: min(left, MEBIBYTE)])

        def do_POST(self) -> None:
            left = int(self.headers["Content-Length"])
            with TemporaryFile() as file:
                while left:
                    left -= file.write(self.rfile.read(min(left, MEBIBYTE)))
            said = b'{"file_id": "1"}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(carry(json.loads(sys.argv[1]))))
