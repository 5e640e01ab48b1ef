"""The work bucket in memory."""

from __future__ import annotations


class MemoryWork:
    """Twin of `S3Work`; `objects` is for tests to look at."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def put(self, name: str, content: bytes) -> None:
        self.objects[name] = content

    def get(self, name: str) -> bytes | None:
        return self.objects.get(name)

    def delete(self, name: str) -> None:
        self.objects.pop(name, None)
