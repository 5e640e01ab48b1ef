"""Reads a storage POST as it arrives: fields first, then the part named `file`, whose bytes are passed on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from collections.abc import Callable


class NotMultipart(Exception):
    """The bytes are no multipart/form-data."""


class MultipartFile:
    """Collects the fields before the file; what comes after the file is ignored, as S3 does."""

    def __init__(self, content_type: str, take: Callable[[bytes], None]) -> None:
        self.fields: dict[str, str] = {}
        self.complete = False
        self._take = take
        self._header, self._headers = [b"", b""], {b"": b""}
        self._name, self._value = "", b""
        boundary = parse_options_header(content_type)[1].get(b"boundary", b"")
        self._parser = MultipartParser(
            boundary or b"none",
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._add_header(0, data[start:end]),
                "on_header_value": lambda data, start, end: self._add_header(1, data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._open_part,
                "on_part_data": lambda data, start, end: self._add_data(data[start:end]),
                "on_part_end": self._end_part,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body; raises NotMultipart."""
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise NotMultipart from error

    def _begin(self) -> None:
        self._headers, self._value = {}, b""

    def _add_header(self, which: int, data: bytes) -> None:
        self._header[which] += data

    def _end_header(self) -> None:
        name, value = self._header
        self._headers[name.lower()] = value
        self._header = [b"", b""]

    def _open_part(self) -> None:
        disposition = parse_options_header(self._headers.get(b"content-disposition", b""))[1]
        self._name = disposition.get(b"name", b"").decode()

    def _add_data(self, data: bytes) -> None:
        if self.complete:
            return
        if self._name == "file":
            self._take(data)
        else:
            self._value += data

    def _end_part(self) -> None:
        if self.complete:
            return
        if self._name == "file":
            self.complete = True
        else:
            self.fields[self._name] = self._value.decode(errors="replace")
