"""One way to send a request, for the API, the sign-in host and the storage alike.

Redirects are never followed here, and a `.netrc` of the machine never adds a credential.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from plumbline.errors import Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from _typeshed import SupportsRead

    Body = SupportsRead[bytes] | bytes | None
    Query = Mapping[str, str | Sequence[str]]  # a sequence gives the name once for each value

Timeout = tuple[float, float]

TIMEOUT: Timeout = (5.0, 30.0)  # to connect, and between two reads
STORAGE_TIMEOUT: Timeout = (5.0, 60.0)
CHUNK = 1024 * 1024
FORBIDDEN = 403
TOO_MANY_REQUESTS = 429
BROKEN = (
    requests.ConnectionError,
    requests.Timeout,
    requests.exceptions.ChunkedEncodingError,
    requests.exceptions.ContentDecodingError,
)
"""What a connection can die of, before or after the request left."""


class ConnectionLost(Exception):
    """The request may have arrived, but no whole answer came back."""


def send(
    session: requests.Session,
    method: str,
    url: str,
    *,
    token: str = "",
    headers: Mapping[str, str] | None = None,
    timeout: Timeout = TIMEOUT,
    stream: bool = False,
    params: Query | None = None,
    json: object = None,
    data: Body = None,
) -> requests.Response:
    """Send and return whatever answer comes. Raises `Retry` when nothing was sent, else `ConnectionLost`."""
    try:
        return session.request(
            method,
            url,
            headers=dict(headers or {}),
            auth=_bearer(token),
            timeout=timeout,
            stream=stream,
            allow_redirects=False,
            params=params,
            json=json,
            data=data,
        )
    except BROKEN as error:
        if _nothing_was_sent(error):
            raise Retry(f"{_host(url)} cannot be reached") from error
        raise ConnectionLost(type(error).__name__) from error


def succeeded(response: requests.Response) -> bool:
    """Say whether the answer is a 2xx; `Response.ok` counts redirects in."""
    return 200 <= response.status_code < 300  # noqa: PLR2004 - HTTP statuses are best read as themselves


def lower(headers: Mapping[str, str]) -> dict[str, str]:
    """Return the headers with their names in lower case, as the pure readers expect them."""
    return {name.lower(): value for name, value in headers.items()}


def _bearer(token: str) -> Callable[[requests.PreparedRequest], requests.PreparedRequest]:
    """Set the bearer token, or nothing; requests looks into `.netrc` only where no `auth` is given."""

    def sign(request: requests.PreparedRequest) -> requests.PreparedRequest:
        if token:
            request.headers["Authorization"] = f"Bearer {token}"
        return request

    return sign


def _nothing_was_sent(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return isinstance(reason, ConnectTimeoutError | NewConnectionError)


def _host(url: str) -> str:
    return urlsplit(url).netloc
