"""The two values a sandbox speaks in: a request it is handed and a response it gives back.

A sandbox is a pure object with `handle(request) -> response`, so the simulation can call it directly and
`sandbox.shell` can put it behind a socket.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator  # noqa: TC003 - part of a dataclass's fields
from dataclasses import dataclass, field
from typing import Any, Literal

Transport = Literal["answer", "drop", "stall", "cut"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names are lower case, the path is decoded and has no query."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:
        """Return the body read as JSON; raises ValueError when it is none."""
        return json.loads(self.body)

    def parameter(self, name: str) -> str | None:
        """Return the first query value of that name."""
        return next((value for key, value in self.query if key == name), None)


@dataclass(frozen=True, slots=True)
class Response:
    """One answer and how it travels.

    `transport`: "answer" sends it, "drop" closes the connection without a byte, "stall" sends it after
    `stall_seconds`, "cut" closes the connection half way through the body. A large body is given as
    `stream`, a callable that makes its chunks anew; `body` is empty then.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    transport: Transport = "answer"
    stall_seconds: float = 0
    stream: Callable[[], Iterator[bytes]] | None = None

    def header(self, name: str) -> str | None:
        """Return the first header of that name, case put aside."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def content(self) -> bytes:
        """Return the whole body, streamed or not."""
        return b"".join(self.stream()) if self.stream else self.body

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.content())


def json_response(value: Any, status: int = 200, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    """Return a JSON answer in UTF-8."""
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(status, (("Content-Type", "application/json"), *headers), body)


def html_response(page: str, status: int = 200) -> Response:
    """Return an HTML page that may load and run nothing."""
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", policy))
    return Response(status, headers, page.encode())
