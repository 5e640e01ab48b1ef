"""A running sandbox Procore with our side of it, for the contract tests of the Procore client."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import requests
from tests.contract.procore_contract import check_request

from plumbline.procore.client import ProcoreClient
from plumbline.procore.environments import Hosts, hosts_of
from plumbline.procore.oauth import AppCredentials
from plumbline.procore.oauth_client import OAuthClient
from plumbline.procore.token_keeper import TokenKeeper
from plumbline.stores.memory import MemoryAuthorizations, MemorySealer
from sandbox.procore import RunningSandbox, SandboxSettings, demo_world, serve
from sandbox.procore.blobs import FolderBlobs
from sandbox.procore.demo import HARBOR_POINT, NORTHWIND, PRIYA

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

START = 1_790_000_000.0
CALLBACK = "http://127.0.0.1:9999/oauth/callback"
PROJECT = str(HARBOR_POINT)
COMPANY = str(NORTHWIND)
ROOMY = SandboxSettings(rate_hour=100_000, rate_spike=100_000, project_page_cap=40)


@dataclass
class Clock:
    at: float = START
    slept: float = 0.0

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept += seconds
        self.at += seconds


@dataclass
class OpenGate:
    """Lets everything pass and remembers what the answers said."""

    observed: list[tuple[int, int, float]] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)

    def take(self) -> float:
        return 0.0

    def observe(self, limit: int, remaining: int, reset: float) -> None:
        self.observed.append((limit, remaining, reset))

    def close(self, until: float) -> None:
        self.closed.append(until)


class LockedAuthorizations(MemoryAuthorizations):
    """The memory twin with the one property of the real store that threads need: its writes are atomic."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def save_token(self, *args: Any, **kwargs: Any) -> Any:
        with self._lock:
            return super().save_token(*args, **kwargs)

    def lease_token(self, *args: Any, **kwargs: Any) -> bool:
        with self._lock:
            return super().lease_token(*args, **kwargs)


@dataclass
class Bench:
    """A running sandbox with our side of it."""

    running: RunningSandbox
    clock: Clock
    store: LockedAuthorizations = field(default_factory=LockedAuthorizations)
    gate: OpenGate = field(default_factory=OpenGate)
    sessions: list[requests.Session] = field(default_factory=list)

    @property
    def sandbox(self) -> Any:
        return self.running.sandbox

    @property
    def hosts(self) -> Hosts:
        given = Hosts(login=self.running.login, api=self.running.api, web=self.running.api)
        return hosts_of("custom", custom=given)

    def session(self) -> requests.Session:
        self.sessions.append(requests.Session())
        return self.sessions[-1]

    def oauth(self, secret: str = "not-a-secret-client") -> OAuthClient:
        app = AppCredentials("sandbox-client-id", secret)
        return OAuthClient(self.hosts, app, session=self.session(), now=self.clock.now)

    def keeper(self, sleep: Callable[[float], None] | None = None) -> TokenKeeper:
        return TokenKeeper(
            self.store, MemorySealer(), self.oauth(), self.clock.now, sleep or self.clock.sleep
        )

    def code_of(self, person: int) -> str:
        """Sign in as a person would, at the sign-in page, and return the code that comes back."""
        page = self.oauth().authorize_url(redirect_uri=CALLBACK, state="s1")
        parts = urlsplit(page)
        chosen = f"{parts.scheme}://{parts.netloc}{parts.path}/decide?{parts.query}&person={person}"
        back = self.session().get(chosen, allow_redirects=False).headers["Location"]
        query = parse_qs(urlsplit(back).query)
        assert query["state"] == ["s1"]
        return query["code"][0]

    def signed_in(self, person: int = PRIYA) -> TokenKeeper:
        keeper = self.keeper()
        keeper.keep("auth-1", self.oauth().exchange(self.code_of(person), CALLBACK))
        return keeper

    def client(
        self, keeper: TokenKeeper | None = None, company: int | str = COMPANY, gate: Any = None
    ) -> ProcoreClient:
        return ProcoreClient(
            self.hosts,
            str(company),
            session=self.session(),
            tokens=(keeper or self.signed_in()).source("auth-1"),
            gate=gate or self.gate,
            now=self.clock.now,
            sleep=self.clock.sleep,
            time_left=lambda: 60.0,
        )

    def grants(self) -> list[str]:
        entries = self.sandbox.journal.calls("oauth")
        return [entry["body"]["grant_type"] for entry in entries if entry["path"] == "/oauth/token"]

    def paths(self) -> list[str]:
        return [entry["path"] for entry in self.sandbox.journal.calls()]


@contextmanager
def listening(folder: Path) -> Iterator[tuple[RunningSandbox, Clock]]:
    """Serve the demo world on a clock of its own, with the bytes of files in a folder."""
    clock = Clock()
    with serve(demo_world(), ROOMY, lambda: clock.at, FolderBlobs(folder)) as running:
        yield running, clock


@contextmanager
def fresh_bench(running: RunningSandbox, clock: Clock) -> Iterator[Bench]:
    """Begin again from the demo world; at the end every call that was made must be a documented one."""
    clock.at, clock.slept = START, 0.0
    running.sandbox.reset()
    bench = Bench(running, clock)
    yield bench
    for session in bench.sessions:
        session.close()
    assert undocumented(bench) == []


def undocumented(bench: Bench) -> list[str]:
    """Hold every call that was made against the documented endpoints."""
    return [
        problem
        for entry in bench.sandbox.journal.calls()
        if entry["path"].startswith("/rest/")
        for problem in check_request(entry["method"], entry["path"], entry["query"], entry["body"])
    ]
