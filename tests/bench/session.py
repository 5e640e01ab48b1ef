"""A sandbox Procore over HTTP and a client signed in to it, for measurements."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import requests

from plumbline.procore.client import ProcoreClient
from plumbline.procore.environments import Hosts
from plumbline.procore.gate import BudgetGate
from plumbline.procore.oauth import AppCredentials
from plumbline.procore.oauth_client import OAuthClient
from plumbline.stores.memory import MemoryBudget
from sandbox.procore import SandboxSettings, serve
from sandbox.procore.blobs import FolderBlobs
from sandbox.procore.demo import NORTHWIND, PRIYA
from sandbox.procore.records import Code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOURLY = 100_000


@dataclass(frozen=True, slots=True)
class _OneToken:
    token: str
    authorization_id: str = "bench"

    def access(self) -> str:
        return self.token

    def renew(self, stale: str) -> str:
        return stale


@contextmanager
def serving(folder: Path) -> Iterator[tuple[str, str]]:
    """Yields a sandbox's address and a token for it; stored bytes go to a folder, not to memory."""
    settings = SandboxSettings(rate_hour=HOURLY, rate_spike=HOURLY)
    with serve(settings=settings, blobs=FolderBlobs(folder / "blobs")) as running:
        uri = "http://127.0.0.1/callback"
        running.sandbox.state.codes["bench"] = Code(PRIYA, uri, time.time() + 600)
        app = AppCredentials(settings.client_id, settings.client_secret)
        there = Hosts(login=running.login, api=running.api, web=running.api)
        oauth = OAuthClient(there, app, session=session(), now=time.time)
        yield running.api, oauth.exchange("bench", uri).access


def session() -> requests.Session:
    """A session of its own, as the functions have it."""
    made = requests.Session()
    made.trust_env = False
    return made


def client(address: str, token: str) -> ProcoreClient:
    """A client with this token, whose budget is never used up."""
    return ProcoreClient(
        Hosts(login=address, api=address, web=address),
        str(NORTHWIND),
        session=session(),
        tokens=_OneToken(token),
        gate=BudgetGate(MemoryBudget(hour_limit=HOURLY, spike_limit=HOURLY), "bench", time.time),
        now=time.time,
        sleep=time.sleep,
    )


@contextmanager
def signed_in(folder: Path) -> Iterator[ProcoreClient]:
    """Yields a client of a sandbox in this process."""
    with serving(folder) as (address, token):
        yield client(address, token)
