"""A file as a multipart form that can be read twice: once to sign it, once to send it. Pure."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plumbline.errors import Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


@dataclass(frozen=True, slots=True)
class FileForm:
    """Text fields and one file; `open_chunks` begins the file anew each time, `size` is its length in bytes.

    Its length is known beforehand, so nothing is held in memory. Raises Retry when the file turns out longer
    or shorter than `size`.
    """

    fields: Mapping[str, str]
    file_field: str
    file_name: str
    content_type: str
    size: int
    open_chunks: Callable[[], Iterable[bytes]]
    boundary: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def media_type(self) -> str:
        """The Content-Type header to send it with."""
        return f"multipart/form-data; boundary={self.boundary}"

    def __len__(self) -> int:
        return len(self._head()) + self.size + len(self._tail())

    def __iter__(self) -> Iterator[bytes]:
        yield self._head()
        read = 0
        for chunk in self.open_chunks():
            read += len(chunk)
            yield chunk
        if read != self.size:
            raise Retry(f"The file {self.file_name!r} changed while it was read")
        yield self._tail()

    def _head(self) -> bytes:
        parts = [self._disposition(name) + "\r\n" + value + "\r\n" for name, value in self.fields.items()]
        file = self._disposition(self.file_field, self.file_name)
        return ("".join(parts) + file + f"Content-Type: {self.content_type}\r\n\r\n").encode()

    def _disposition(self, name: str, file_name: str | None = None) -> str:
        about = f'form-data; name="{_escaped(name)}"'
        if file_name is not None:
            about += f'; filename="{_escaped(file_name)}"'
        return f"--{self.boundary}\r\nContent-Disposition: {about}\r\n"

    def _tail(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()


def _escaped(name: str) -> str:
    # As browsers do it (HTML standard, multipart form data): nothing else is escaped.
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
