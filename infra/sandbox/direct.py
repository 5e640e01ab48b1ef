"""Lets a requests session speak to sandboxes in the same process, with no socket and on any clock."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict
from urllib3.response import HTTPResponse

from sandbox.http import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.http import Response


class DirectAdapter(BaseAdapter):
    """Hands each request to the sandbox of its host; `after` is called once the sandbox has acted.

    A dropped answer is a connection error, a stalled one a read timeout: what a client on a network sees.
    With `wait`, which moves a virtual clock by seconds, a stalled answer comes late, and is a read timeout
    only when it comes later than the caller's own.
    """

    def __init__(
        self,
        sandboxes: Mapping[str, Callable[[Request], Response]],
        after: Callable[[Request, Response], None] = lambda _request, _response: None,
        wait: Callable[[float], None] | None = None,
    ) -> None:
        super().__init__()
        self._sandboxes = sandboxes
        self._after = after
        self._wait = wait

    def send(self, request: requests.PreparedRequest, *_args: Any, **kwargs: Any) -> requests.Response:
        """Answer one prepared request."""
        parts = urlsplit(request.url or "")
        asked = Request(
            method=request.method or "GET",
            path=unquote(parts.path),
            query=tuple(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): str(value) for name, value in request.headers.items()},
            body=_body(request.body),
        )
        response = self._sandboxes[parts.netloc](asked)
        self._after(asked, response)
        if response.transport == "drop":
            raise requests.ConnectionError("the connection was closed without an answer", request=request)
        if response.transport == "stall" and self._too_late(response, kwargs.get("timeout")):
            raise requests.ReadTimeout("no answer in time", request=request)
        return _answer(request, response)

    def _too_late(self, response: Response, timeout: Any) -> bool:
        if self._wait is None:
            return True
        limit = timeout[-1] if isinstance(timeout, tuple) else timeout
        late = limit is not None and response.stall_seconds >= limit
        self._wait(limit if late else response.stall_seconds)
        return late

    def close(self) -> None:
        """Nothing is held open."""


def session(adapter: DirectAdapter) -> requests.Session:
    """A session that reaches nothing but the adapter's sandboxes."""
    made = requests.Session()
    made.trust_env = False
    for scheme in ("http://", "https://"):
        made.mount(scheme, adapter)
    return made


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes):
        return body
    if hasattr(body, "read"):
        return bytes(body.read())
    return b"".join(body)


def _answer(request: requests.PreparedRequest, response: Response) -> requests.Response:
    content = response.content()
    if response.transport == "cut":
        content = content[: len(content) // 2]
    made = requests.Response()
    made.status_code = response.status
    made.headers = CaseInsensitiveDict(dict(response.headers))
    made.url = request.url or ""
    made.request = request
    made.raw = HTTPResponse(io.BytesIO(content), headers=made.headers, preload_content=False)
    return made
