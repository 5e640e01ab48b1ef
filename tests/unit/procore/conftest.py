"""A tiny HTTP server in a thread that answers as a test says, and the client's parts to go with it."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from plumbline.procore.client import ProcoreClient
from plumbline.procore.environments import Hosts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@dataclass
class Seen:
    method: str
    path: str
    query: list[tuple[str, str]]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Reply:
    status: int = 200
    data: Any = None
    body: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    cut: bool = False

    @property
    def content(self) -> bytes:
        if self.body is not None:
            return self.body
        return b"" if self.data is None else json.dumps(self.data).encode()


class Server(ThreadingHTTPServer):
    """Answers each request with the next reply, or with what `answer` returns for it."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[Seen] = []
        self.replies: list[Reply] = []
        self.answer: Callable[[Seen], Reply] = lambda _: self.replies.pop(0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a client that hangs up is part of some tests


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def _any(self) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, parts.path, parse_qsl(parts.query), headers, body)
        self.server.seen.append(seen)
        self._reply(self.server.answer(seen))

    def _reply(self, reply: Reply) -> None:
        self.close_connection = reply.drop or reply.cut
        if reply.drop:
            return
        self.send_response_only(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.content)))
        self.end_headers()
        self.wfile.write(reply.content[: len(reply.content) // 2] if reply.cut else reply.content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 - names of the base class

    def log_message(self, *args: Any) -> None:
        pass


@dataclass
class Clock:
    """A clock that moves only when told, or when someone sleeps."""

    at: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@dataclass
class ScriptedGate:
    waits: list[float] = field(default_factory=list)
    taken: int = 0
    observed: list[tuple[int, int, float]] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)

    def take(self) -> float:
        wait = self.waits.pop(0) if self.waits else 0.0
        self.taken += wait == 0
        return wait

    def observe(self, limit: int, remaining: int, reset: float) -> None:
        self.observed.append((limit, remaining, reset))

    def close(self, until: float) -> None:
        self.closed.append(until)


@dataclass
class ScriptedTokens:
    authorization_id: str = "auth-1"
    tokens: list[str] = field(default_factory=lambda: ["token-1", "token-2", "token-3"])
    refused: list[str] = field(default_factory=list)

    def access(self) -> str:
        return self.tokens[0]

    def renew(self, stale: str) -> str:
        self.refused.append(stale)
        self.tokens.pop(0)
        return self.tokens[0]


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def gate() -> ScriptedGate:
    return ScriptedGate()


@pytest.fixture
def tokens() -> ScriptedTokens:
    return ScriptedTokens()


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with requests.Session() as session:
        yield session


@pytest.fixture
def hosts(server: Server) -> Hosts:
    return Hosts(login=server.url, api=server.url, web=server.url)


@pytest.fixture
def client(
    hosts: Hosts, session: requests.Session, tokens: ScriptedTokens, gate: ScriptedGate, clock: Clock
) -> ProcoreClient:
    return ProcoreClient(
        hosts,
        "4211",
        session=session,
        tokens=tokens,
        gate=gate,
        now=clock.now,
        sleep=clock.sleep,
        timeout=(5.0, 5.0),
        time_left=lambda: 60.0,
    )
