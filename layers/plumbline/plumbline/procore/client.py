"""The one door to Procore's API: every call passes `ProcoreClient.request`.

It takes a slot of the shared budget, sends the company header, renews a refused token once, and turns each
answer into a value or one error of the short tree. Writes are never sent twice on a guess.
"""

from __future__ import annotations

import logging
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.procore import wire
from plumbline.procore.errors import decipher
from plumbline.procore.limits import RateLimit, http_date
from plumbline.procore.pages import next_link
from plumbline.procore.reading import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import requests

    from plumbline.procore.environments import Hosts
    from plumbline.procore.gate import Gate
    from plumbline.procore.limits import Headers
    from plumbline.procore.wire import Query, Timeout

logger = logging.getLogger(__name__)

PER_PAGE = 100  # what most lists give at most; Procore: REST reference

Value = TypeVar("Value")


class TokenSource(Protocol):
    """Where the client gets the token of its one authorization."""

    @property
    def authorization_id(self) -> str:
        """Name the authorization, for the error that asks a person to connect again."""
        ...

    def access(self) -> str:
        """Return a token that should work."""
        ...

    def renew(self, stale: str) -> str:
        """Return another token after Procore refused this one."""
        ...


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx answer: its JSON (None when empty), header names in lower case, and Procore's own time.

    `date` is Unix seconds from the `Date` header, or our clock where that is missing.
    """

    method: str
    status: int
    headers: Headers
    data: Any
    date: float

    def read(self, reader: Callable[[Any], Value]) -> Value:
        """Read the data; what cannot be read is no failure of the item: `Retry`, or `EffectUnknown`."""
        try:
            return reader(self.data)
        except Unreadable as error:
            raise _unknown(self.method, f"Procore's answer cannot be read: {error}") from error


class ProcoreClient:
    """Calls to one environment, for one company, with one authorization."""

    def __init__(
        self,
        hosts: Hosts,
        company_id: str,
        *,
        session: requests.Session,
        tokens: TokenSource,
        gate: Gate,
        now: Callable[[], float],
        sleep: Callable[[float], None],
        timeout: Timeout = wire.TIMEOUT,
        max_wait: float = 5.0,
        time_left: Callable[[], float] = lambda: math.inf,
    ) -> None:
        self.hosts = hosts
        self.company_id = company_id  # empty: not chosen yet, only `me` and `companies` work
        self.session = session
        self.tokens = tokens
        self.timeout = timeout
        self.now = now
        self._gate = gate
        self._sleep = sleep
        self._max_wait = max_wait
        self._time_left = time_left

    def request(self, method: str, path: str, *, query: Query | None = None, json: object = None) -> Answer:
        """Make one call and return its 2xx answer. Raises the errors of `plumbline.errors`."""
        return self._request(method, f"{self.hosts.api}{path}", query=query, json=json)

    def pages(
        self, path: str, query: Query | None = None, *, per_page: int | None = PER_PAGE
    ) -> Iterator[Answer]:
        """Yield the answer of each page, as far as the `Link` header leads.

        A next page on another host is refused: a listing that ends early must never look complete.
        """
        size = {"per_page": str(per_page)} if per_page else {}
        answer = self.request("GET", path, query={**(query or {}), **size})
        seen: set[str] = set()
        while True:
            yield answer
            link = next_link(answer.headers)
            if link is None:
                return
            self._check_link(link, seen)
            answer = self._request("GET", link)

    def rows(
        self,
        path: str,
        reader: Callable[[Any], Value],
        query: Query | None = None,
        *,
        per_page: int | None = PER_PAGE,
        whole: bool = False,
    ) -> Iterator[Value]:
        """Yield the rows of all pages, each as `reader` reads it.

        `whole`: something is concluded from what the list lacks. Raises `Retry` then when fewer rows came
        than the list says that it has (Procore: "Pagination", header Total).
        """
        told, came = "", 0
        for answer in self.pages(path, query, per_page=per_page):
            page = answer.read(lambda data: [reader(row) for row in _rows(data)])
            told, came = answer.headers.get("total", ""), came + len(page)
            yield from page
        if whole and told.isdecimal() and came < int(told):
            raise Retry(f"Procore listed {came} of {told} rows at {path}", after=30, counts=True)

    def _check_link(self, link: str, seen: set[str]) -> None:
        here, there = urlsplit(self.hosts.api), urlsplit(link)
        if (here.scheme, here.netloc) != (there.scheme, there.netloc) or link in seen:
            raise Reject(
                "strange_page",
                "Procore names a next page that leads off its API host or in a circle.",
                "Check the environment of this connection and try again.",
            )
        seen.add(link)

    def _request(self, method: str, url: str, *, query: Query | None = None, json: object = None) -> Answer:
        """Send; a refused token is renewed and the call made once more, for a 401 means nothing was done."""
        token = self.tokens.access()
        response = self._send(method, url, token, query, json)
        error = self._error(method, response)
        if isinstance(error, NeedsAuthorization):
            response = self._send(method, url, self.tokens.renew(token), query, json)
            error = self._error(method, response)
        if error:
            self._log(method, url, response)
            raise error
        return self._answer(method, response)

    def _send(
        self, method: str, url: str, token: str, query: Query | None, json: object
    ) -> requests.Response:
        try:
            return self._attempt(method, url, token, query, json)
        except wire.ConnectionLost as error:
            if method != "GET":
                raise EffectUnknown(f"The connection to Procore broke: {error}") from error
        try:  # reading again changes nothing, and a kept-open connection may simply have grown old
            return self._attempt(method, url, token, query, json)
        except wire.ConnectionLost as error:
            raise Retry(f"The connection to Procore broke twice: {error}") from error

    def _attempt(
        self, method: str, url: str, token: str, query: Query | None, json: object
    ) -> requests.Response:
        self._pass_gate()
        response = wire.send(
            self.session,
            method,
            url,
            token=token,
            headers={"Accept": "application/json", **self._company()},
            timeout=self.timeout,
            params=query,
            json=json,
        )
        self._learn(response)
        return response

    def _company(self) -> dict[str, str]:
        return {"Procore-Company-Id": self.company_id} if self.company_id else {}

    def _pass_gate(self) -> None:
        """Sleep out short waits; a long one goes back to the queue."""
        waited = 0.0
        while (wait := self._gate.take()) > 0:
            waited += wait
            if waited > self._max_wait or wait >= self._time_left():
                raise Retry("Procore's rate limit: waiting for the next free call", after=wait)
            self._sleep(wait)

    def _learn(self, response: requests.Response) -> None:
        window = RateLimit.from_http(wire.lower(response.headers))
        if window:
            self._gate.observe(window.limit, window.remaining, window.reset)

    def _error(self, method: str, response: requests.Response) -> Exception | None:
        if wire.succeeded(response):
            return None
        error = decipher(
            response.status_code,
            wire.lower(response.headers),
            response.content,
            now=self.now(),
            wrote=method != "GET",
            authorization_id=self.tokens.authorization_id,
        )
        if response.status_code == wire.TOO_MANY_REQUESTS and isinstance(error, Retry):
            self._gate.close(self.now() + error.after)
        return error

    def _answer(self, method: str, response: requests.Response) -> Answer:
        headers = wire.lower(response.headers)
        try:
            data = response.json() if response.content else None
        except ValueError as error:
            raise _unknown(method, "Procore's answer is no JSON") from error
        date = http_date(headers.get("date", ""))
        return Answer(method, response.status_code, headers, data, self.now() if date is None else date)

    def _log(self, method: str, url: str, response: requests.Response) -> None:
        """Say what Procore's support asks for; never the query, a header of ours or a body."""
        logger.warning(
            "procore refused a call",
            extra={
                "method": method,
                "path": urlsplit(url).path,
                "status": response.status_code,
                "request_id": response.headers.get("x-request-id", ""),
            },
        )


def _unknown(method: str, reason: str) -> Retry:
    return Retry(reason) if method == "GET" else EffectUnknown(reason)


def _rows(data: object) -> list[Any]:
    if data is None:
        return []
    if not isinstance(data, list):
        raise Unreadable("a listing is not a list")
    return data
