"""Functions as Lambda loads them, wired to a whole Plumbline in one process instead of to AWS."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.house import ADOPT_AFTER, House

from plumbline import wiring, wiring_queues
from plumbline.stores import memory
from plumbline.stores.records import SealedToken

if TYPE_CHECKING:
    from types import ModuleType

    import pytest

    from plumbline.issues.hints import Hint

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
PUBLIC = "http://127.0.0.1:3/v1"
HOOK_KEY = "not-a-secret-hook-key"
_CACHED = ("oauth_client", "token_keeper")


@dataclass
class Sent:
    """What the functions sent, apart from the hints of the copy, which stand in the house's queue."""

    hints: list[Hint] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    polls: list[str] = field(default_factory=list)
    work: memory.MemoryWork = field(default_factory=memory.MemoryWork)


def load(function: str) -> ModuleType:
    """The handler of one function; its neighbours are its own, whatever other functions call theirs."""
    folder = FUNCTIONS / function
    neighbours = {path.stem for path in folder.glob("*.py")}
    others = {name: sys.modules.pop(name) for name in neighbours & set(sys.modules)}
    sys.path.insert(0, str(folder))
    try:
        spec = importlib.util.spec_from_file_location(f"{function}_function", folder / "handler.py")
        assert spec
        assert spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(str(folder))
        for name in neighbours:
            sys.modules.pop(name, None)
        sys.modules.update(others)
    return module


def wire(monkeypatch: pytest.MonkeyPatch, house: House) -> Sent:
    """Put the house's stores, clock and sessions in place of what the functions would make."""
    sent = Sent()
    made: dict[str, object] = {
        "authorizations": house.authorizations,
        "connections": house.connections,
        "links": house.links,
        "plain_links": house.links,
        "cursors": house.cursors,
        "activity": house.activity,
        "snapshots": house.snapshots,
        "work": sent.work,
        "sealer": house.sealer,
        "procore_budget": house.budget,
        "tracker_budget": house.budget,
        "session": house.session,
        "hosts": house.hosts,
        "public_address": PUBLIC,
        "hook_masters": (HOOK_KEY.encode(),),
        "_app_credentials": {
            "client_id": house.procore.settings.client_id,
            "client_secret": house.procore.settings.client_secret,
        },
    }
    for name, value in made.items():
        monkeypatch.setattr(wiring, name, lambda value=value: value)
    monkeypatch.setattr(wiring, "now", house.clock)
    monkeypatch.setattr(wiring, "sleep", house.clock.sleep)
    monkeypatch.setattr(wiring_queues, "send_copy_hint", lambda *hint: house.queue.append(hint))
    monkeypatch.setattr(wiring_queues, "copy_backlog", lambda: len(house.queue))
    monkeypatch.setattr(wiring_queues, "send_sync_hint", sent.hints.append)
    monkeypatch.setattr(wiring_queues, "sync_backlog", lambda: len(sent.hints))
    monkeypatch.setattr(wiring_queues, "send_job", sent.jobs.append)
    monkeypatch.setattr(wiring_queues, "poll_now", sent.polls.append)
    monkeypatch.setenv("SEGMENT_ABOVE_BYTES", "100000000")
    monkeypatch.setenv("ADOPT_AFTER_SECONDS", str(ADOPT_AFTER))
    seal_tracker_key(house)
    forget_clients()
    return sent


def forget_clients() -> None:
    """Let the next call make its clients anew, as in a fresh Lambda environment."""
    for name in _CACHED:
        getattr(wiring, name).cache_clear()


def seal_tracker_key(house: House, authorization_id: str = "t1") -> None:
    """Store the tracker key's secret the way the settings page does."""
    blob = house.sealer.seal(house.tracker_secret.encode(), authorization_id=authorization_id)
    sealed = SealedToken(authorization_id, blob, expires_at=0.0, version=1)
    house.authorizations.save_token(sealed, seen_version=0)


def stored(house: House) -> dict[str, Any]:
    """All that the stores hold, to compare before and after."""
    shelves = {
        "authorizations": house.authorizations,
        "connections": house.connections,
        "links": house.plain_links,
        "activity": house.activity,
        "cursors": house.cursors,
    }
    return {name: repr(sorted(vars(shelf).items())) for name, shelf in shelves.items()}
