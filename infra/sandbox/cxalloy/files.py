"""The bytes of files: made when asked for, or kept as they were uploaded."""

from __future__ import annotations

import hashlib
import random
import re
from typing import TYPE_CHECKING

from sandbox.cxalloy.answers import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.cxalloy.world import FileSpec

CHUNK = 64 * 1024
CONTENT_TYPES = {"pdf": "application/pdf", "jpeg": "image/jpeg", "png": "image/png", "csv": "text/csv"}


def make_noise(spec: FileSpec) -> Iterator[bytes]:
    """Make a file's bytes from its seed: the same each time, in pieces."""
    dice = random.Random(spec.seed)
    for start in range(0, spec.size, CHUNK):
        yield dice.randbytes(min(CHUNK, spec.size - start))


class Files:
    """Reads a file's bytes from wherever they are; uploads go to `folder`, or to memory without one."""

    def __init__(self, make: Callable[[FileSpec], Iterator[bytes]], folder: Path | None = None) -> None:
        self._make = make
        self._folder = folder
        self._held: dict[str, bytes] = {}
        self._measures: dict[str, tuple[int, str]] = {}

    def keep(self, file_id: str, content: bytes) -> None:
        """Store the bytes of an uploaded file."""
        if self._folder is None:
            self._held[file_id] = content
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / file_id).write_bytes(content)

    def forget(self) -> None:
        """Forget what was measured, as ids may be given out again."""
        self._measures.clear()

    def chunks(self, spec: FileSpec) -> Iterator[bytes]:
        """Read the file from its first byte."""
        if spec.kind != "blob":
            return self._make(spec)
        if self._folder is None:
            return iter([self._held[spec.id]])
        return _read(self._folder / spec.id)

    def measure(self, spec: FileSpec) -> tuple[int, str]:
        """Return size in bytes and SHA-256, read once per file."""
        if spec.id not in self._measures:
            size, digest = 0, hashlib.sha256()
            for chunk in self.chunks(spec):
                size += len(chunk)
                digest.update(chunk)
            self._measures[spec.id] = (size, digest.hexdigest())
        return self._measures[spec.id]


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def content_type(spec: FileSpec) -> str:
    """Return the media type a file is sent with."""
    return CONTENT_TYPES.get(spec.kind, "application/octet-stream")


def form_parts(header: str, body: bytes) -> dict[str, tuple[str | None, bytes]]:
    """Read a multipart form into name -> (file name or None, bytes); raises Refused 400 when it is none."""
    boundary = re.search(r'boundary="?([^";]+)"?', header)
    if not header.startswith("multipart/form-data") or boundary is None:
        raise Refused(400, "A file is sent as multipart/form-data")
    mark = b"--" + boundary[1].encode()
    found: dict[str, tuple[str | None, bytes]] = {}
    for piece in (b"\r\n" + body).split(b"\r\n" + mark)[1:]:
        head, gap, content = piece.partition(b"\r\n\r\n")
        name = re.search(rb'[; ]name="([^"]*)"', head)
        if gap and name:
            file_name = re.search(rb'filename="([^"]*)"', head)
            found[name[1].decode()] = (_unescaped(file_name[1]) if file_name else None, content)
    return found


def _unescaped(name: bytes) -> str:
    """Undo what browsers and clients escape in a form's file name, and nothing else."""
    return name.decode().replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")
