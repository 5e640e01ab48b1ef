"""The bytes of stored files: hashed as they arrive, joined from segments, read in ranges."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from sandbox.procore.blobs import read_parts
from sandbox.procore.records import StoredFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.procore.blobs import Blobs


class Incoming:
    """Bytes on their way into one blob; nothing is held but the hashes."""

    def __init__(self, blobs: Blobs, key: str) -> None:
        self._blobs, self._key = blobs, key
        self._sha256, self._md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
        self.size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._blobs.append(self._key, chunk)
        self._sha256.update(chunk)
        self._md5.update(chunk)
        self.size += len(chunk)

    def stored(self) -> StoredFile:
        """Return the file as it lies in the blob now."""
        sha256, md5 = self._sha256.hexdigest(), self._md5.hexdigest()
        return StoredFile(((self._key, self.size),), self.size, sha256, md5)

    def discard(self) -> None:
        """Forget the bytes."""
        self._blobs.delete(self._key)


def join(blobs: Blobs, files: Sequence[StoredFile]) -> StoredFile:
    """Return the file that segments make together; its hashes are read from the bytes."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    parts = tuple(part for file in files for part in file.parts)
    size = sum(file.size for file in files)
    for chunk in read_parts(blobs, parts, 0, size):
        sha256.update(chunk)
        md5.update(chunk)
    return StoredFile(parts, size, sha256.hexdigest(), md5.hexdigest())


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """Return start and stop of a `Range` header; None for all; ValueError when outside."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header or "")
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    start = int(first) if first else max(0, size - int(last))
    stop = min(size, int(last) + 1) if first and last else size
    if start >= stop:
        raise ValueError("the range holds no byte of the file")
    return start, stop
