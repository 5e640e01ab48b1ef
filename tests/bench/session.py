"""A signed-in Procore client against a sandbox over HTTP, for measurements."""

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


@dataclass(frozen=True, slots=True)
class _OneToken:
    token: str
    authorization_id: str = "bench"

    def access(self) -> str:
        return self.token

    def renew(self, stale: str) -> str:
        return stale


@contextmanager
def signed_in(folder: Path) -> Iterator[ProcoreClient]:
    """Yields a client; stored bytes go to a folder, not to memory."""
    settings = SandboxSettings(rate_hour=100_000, rate_spike=10_000)
    with serve(settings=settings, blobs=FolderBlobs(folder / "blobs")) as running:
        uri = "http://127.0.0.1/callback"
        running.sandbox.state.codes["bench"] = Code(PRIYA, uri, time.time() + 600)
        session = requests.Session()
        session.trust_env = False
        hosts = Hosts(login=running.login, api=running.api, web=running.api)
        app = AppCredentials(settings.client_id, settings.client_secret)
        token = OAuthClient(hosts, app, session=session, now=time.time).exchange("bench", uri).access
        client = ProcoreClient(
            hosts,
            str(NORTHWIND),
            session=session,
            tokens=_OneToken(token),
            gate=BudgetGate(MemoryBudget(hour_limit=100_000, spike_limit=10_000), "bench", time.time),
            now=time.time,
            sleep=time.sleep,
        )
        yield client
