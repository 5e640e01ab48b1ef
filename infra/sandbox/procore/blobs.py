"""Where the bytes of stored files lie: memory for tests, a folder for the demo."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CHUNK = 256 * 1024

Parts = tuple[tuple[str, int], ...]
"""The pieces of a file in order: blob key and size in bytes."""


class Blobs(Protocol):
    """Holds byte strings by key; a key that was never appended to reads as empty."""

    def append(self, key: str, chunk: bytes) -> None:
        """Add bytes at the end."""

    def read(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `stop`, in chunks."""

    def delete(self, key: str) -> None:
        """Forget the key, if it is there."""

    def clear(self) -> None:
        """Forget everything."""


class MemoryBlobs:
    """Bytes in memory."""

    def __init__(self) -> None:
        self._held: dict[str, bytearray] = {}

    def append(self, key: str, chunk: bytes) -> None:
        """Add bytes at the end."""
        self._held.setdefault(key, bytearray()).extend(chunk)

    def read(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `stop`, in one chunk."""
        yield bytes(self._held.get(key, b"")[start:stop])

    def delete(self, key: str) -> None:
        """Forget the key, if it is there."""
        self._held.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        self._held.clear()


class FolderBlobs:
    """Bytes as files of a folder of its own, which is emptied at the start; keys are safe file names."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.clear()

    def append(self, key: str, chunk: bytes) -> None:
        """Add bytes at the end."""
        with (self._folder / key).open("ab") as file:
            file.write(chunk)

    def read(self, key: str, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from `start` up to `stop`, in chunks; memory stays bounded."""
        if not (self._folder / key).exists():
            return
        with (self._folder / key).open("rb") as file:
            file.seek(start)
            while start < stop and (chunk := file.read(min(CHUNK, stop - start))):
                start += len(chunk)
                yield chunk

    def delete(self, key: str) -> None:
        """Forget the key, if it is there."""
        (self._folder / key).unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)


def read_parts(blobs: Blobs, parts: Parts, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes of a file made of parts, from `start` up to `stop`."""
    for key, size in parts:
        if start < size and stop > 0:
            yield from blobs.read(key, max(start, 0), min(stop, size))
        start, stop = start - size, stop - size
