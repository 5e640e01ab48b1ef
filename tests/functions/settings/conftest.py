"""The real handler over memory stores, with both vendors' sandboxes on loopback."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.settings.api import APP_SECRET, PUBLIC, Api, Stores
from tests.functions.settings.worlds import small_world

from plumbline import wiring, wiring_queues
from plumbline.stores import memory
from sandbox import cxalloy, procore

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER = str(Path(__file__).resolve().parents[3] / "functions" / "settings")
if _FOLDER not in sys.path:  # in the Lambda the function's own folder is on the path, too
    sys.path.insert(0, _FOLDER)

_CLIENT_ID = "plumbline-tests"
_CACHED = ("hosts", "session", "oauth_client", "token_keeper", "client_id", "default_calls")


@pytest.fixture(scope="session")
def procore_server() -> Iterator[procore.RunningSandbox]:
    settings = procore.SandboxSettings(
        client_id=_CLIENT_ID, client_secret=APP_SECRET, rate_hour=1_000_000, rate_spike=1_000_000
    )
    with procore.serve(settings=settings) as running:
        yield running


@pytest.fixture(scope="session")
def cxalloy_server() -> Iterator[tuple[str, cxalloy.CxAlloySandbox]]:
    with cxalloy.serve(small_world()) as running:
        yield running


@pytest.fixture(scope="session")
def handler() -> Any:
    spec = importlib.util.spec_from_file_location("settings_handler", f"{_FOLDER}/handler.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def stores() -> Stores:
    work = memory.MemoryWork()
    return Stores(
        memory.MemoryMembers(),
        memory.MemoryAuthorizations(),
        memory.MemoryConnections(),
        memory.MemoryLinks(work),
        memory.MemoryCursors(),
        memory.MemoryActivityLog(),
        memory.MemorySnapshots(),
        work,
    )


@pytest.fixture
def api(
    handler: Any,
    stores: Stores,
    procore_server: procore.RunningSandbox,
    cxalloy_server: tuple[str, cxalloy.CxAlloySandbox],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Api]:
    origin, tracker = cxalloy_server
    procore_server.sandbox.reset()
    tracker.reset()
    _set_environment(monkeypatch, procore_server)
    _put_in_place(monkeypatch, stores)
    made = Api(handler.handler, stores, procore_server.sandbox, procore_server.login, tracker, origin)
    monkeypatch.setattr(wiring_queues, "send_copy_hint", lambda *hint: made.hints.append(hint))
    monkeypatch.setattr(wiring_queues, "send_sync_hint", made.sync_hints.append)
    monkeypatch.setattr(wiring_queues, "send_job", made.jobs.append)
    monkeypatch.setattr(wiring_queues, "poll_now", made.polls.append)
    _forget_clients()
    yield made
    _forget_clients()


def _set_environment(monkeypatch: pytest.MonkeyPatch, running: procore.RunningSandbox) -> None:
    values = {
        "PROCORE_ENVIRONMENT": "custom",
        "PROCORE_LOGIN_HOST": running.login,
        "PROCORE_API_HOST": running.api,
        "PROCORE_APP_NAME": "Plumbline",
        "PROCORE_APP_VERSION_KEY": "00000000-0000-4000-8000-00000000abcd",
        "SUPPORT_ADDRESS": "help@example.test",
        "LOOPBACK_ALLOWED": "yes",
        "ALERTS_SENT": "yes",
        "TRACKER_CALLS": '{"page_size": 400}',
    }
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def _put_in_place(monkeypatch: pytest.MonkeyPatch, stores: Stores) -> None:
    budgets = memory.MemoryBudget(hour_limit=1_000_000, spike_limit=1_000_000)
    sealer = memory.MemorySealer()
    made: dict[str, object] = {
        "members": stores.members,
        "authorizations": stores.authorizations,
        "connections": stores.connections,
        "links": stores.links,
        "cursors": stores.cursors,
        "activity": stores.activity,
        "snapshots": stores.snapshots,
        "work": stores.work,
        "sealer": sealer,
        "procore_budget": budgets,
        "tracker_budget": budgets,
        "public_address": PUBLIC,
        "hook_masters": (b"master-of-the-tests",),
        "_app_credentials": {"client_id": _CLIENT_ID, "client_secret": APP_SECRET},
    }
    for name, value in made.items():
        monkeypatch.setattr(wiring, name, lambda value=value: value)


def _forget_clients() -> None:
    for name in _CACHED:
        forget = getattr(getattr(wiring, name), "cache_clear", None)
        if forget:
            forget()
