"""The one door through which every call to CxAlloy TQ goes out, and its answer comes in."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urljoin, urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from plumbline.cxalloy.address import origin, origin_of, safe_split
from plumbline.cxalloy.answers import Answer, Asked, refuse_status, unclear, value_of
from plumbline.cxalloy.signing import signed_headers
from plumbline.cxalloy.upload import FileForm
from plumbline.errors import Reject, Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from urllib.parse import SplitResult

    from plumbline.cxalloy.calls import CxAlloyCalls

CHUNK = 64 * 1024
HOPS = 3
USER_AGENT = "plumbline"


class Door:
    """Signs, sends and reads calls made with one API key.

    Nothing is retried here: a call is signed afresh whenever its caller makes it again.
    """

    def __init__(
        self,
        host: str,
        identifier: str,
        secret: str,
        *,
        authorization_id: str,
        session: requests.Session,
        calls: CxAlloyCalls,
        now: Callable[[], float],
        gate: Callable[[], None] | None,
        timeout: tuple[float, float],
    ) -> None:
        self.origin = origin_of(host)
        self._identifier = identifier
        self._secret = secret
        self._authorization_id = authorization_id
        self._session = session
        self._calls = calls
        self._now = now
        self._gate = gate
        self._timeout = timeout

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | FileForm | None = None,
        writes: bool = False,
    ) -> object:
        """Make one call and return its JSON value; raises the named errors (plumbline.errors)."""
        asked = self._asked(f"{method} {path}", writes=writes)
        url = self.url(path) + (f"?{urlencode(query)}" if query else "")
        with contextlib.closing(self._send(method, url, body, asked)) as response:
            return value_of(_answer(response, asked), asked)

    @contextlib.contextmanager
    def download(self, method: str, url: str) -> Iterator[tuple[Iterator[bytes], int | None]]:
        """Open a file's bytes; yields its chunks and its length where that is told. Raises as `request` does.

        The address may redirect. Only calls to the API's own origin
        and base path are signed and counted, so that no other host ever sees a signature.
        """
        asked = self._asked("a file download", writes=False)
        for _ in range(HOPS):
            with contextlib.closing(self._open(method, url, asked)) as response:
                if response.is_redirect:
                    url, method = urljoin(url, response.headers["Location"]), "GET"
                    continue
                self._refuse(response, asked)
                yield _chunks(response, asked), _length(response)
                return
        raise Reject("redirected", "A file's address redirects in circles.", "Report it to CxAlloy.")

    def _open(self, method: str, url: str, asked: Asked) -> requests.Response:
        return self._send(method, url, None, asked, signed=self._is_api(safe_split(url)))

    def _is_api(self, parts: SplitResult) -> bool:
        base = self._calls.base_path.rstrip("/") + "/"
        return origin(parts) == self.origin and parts.path.startswith(base)

    def _refuse(self, response: requests.Response, asked: Asked) -> None:
        if not self._is_api(urlsplit(response.url)) and response.status_code in {401, 403}:
            # A signed address has run out; the next read of the issue brings a new one.
            raise Retry("The address of a file has run out", after=1.0)
        if not response.ok:
            refuse_status(_answer(response, asked), asked)

    def _send(
        self,
        method: str,
        url: str,
        body: Mapping[str, object] | FileForm | None,
        asked: Asked,
        *,
        signed: bool = True,
    ) -> requests.Response:
        if self._gate and signed:
            self._gate()
        payload, headers = _payload(body)
        if signed:
            pieces = [payload] if isinstance(payload, bytes) else payload
            headers |= signed_headers(self._identifier, self._secret, self._now(), pieces)
        try:
            return self._session.request(
                method, url, data=payload or None, headers=headers, timeout=self._timeout,
                allow_redirects=False, stream=True,
            )  # fmt: skip
        except requests.RequestException as error:
            if _never_left(error):
                raise Retry(f"CxAlloy TQ cannot be reached at {self.origin}", after=30.0) from error
            raise unclear(asked, f"gave no answer ({type(error).__name__})") from error

    def url(self, path: str) -> str:
        """Return the whole address of a path of the API."""
        return self.origin + self._calls.base_path.rstrip("/") + path

    def _asked(self, call: str, *, writes: bool) -> Asked:
        return Asked(call, writes, self._authorization_id, self._now(), self._calls.message_is_error)


def _payload(body: Mapping[str, object] | FileForm | None) -> tuple[bytes | FileForm, dict[str, str]]:
    """Return the exact bytes to sign and send, and their headers."""
    headers = {"user-agent": USER_AGENT, "accept-encoding": "identity", "content-type": "application/json"}
    if isinstance(body, FileForm):
        return body, headers | {"content-type": body.media_type}
    return b"" if body is None else json.dumps(body, separators=(",", ":")).encode(), headers


def _answer(response: requests.Response, asked: Asked) -> Answer:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, b"".join(_chunks(response, asked)))


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection was made at all, so that a write had certainly no effect."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _chunks(response: requests.Response, asked: Asked) -> Iterator[bytes]:
    try:
        yield from response.iter_content(CHUNK)
    except requests.RequestException as error:
        raise unclear(asked, f"broke off ({type(error).__name__})") from error


def _length(response: requests.Response) -> int | None:
    told = response.headers.get("Content-Length", "")
    return int(told) if told.isdecimal() and "Content-Encoding" not in response.headers else None
