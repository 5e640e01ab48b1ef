"""Functions as Lambda loads them, wired to a whole Plumbline in one process instead of to AWS."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.support.house import ADOPT_AFTER, House

from plumbline import wiring
from plumbline.stores.records import SealedToken

if TYPE_CHECKING:
    from types import ModuleType

    import pytest

FUNCTIONS = Path(__file__).resolve().parents[2] / "functions"
PUBLIC = "http://127.0.0.1:3/v1"
_CACHED = ("oauth_client", "token_keeper")


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


def wire(monkeypatch: pytest.MonkeyPatch, house: House) -> None:
    """Put the house's stores, clock and sessions in place of what the functions would make."""
    made: dict[str, object] = {
        "authorizations": house.authorizations,
        "connections": house.connections,
        "links": house.links,
        "cursors": house.cursors,
        "activity": house.activity,
        "snapshots": house.snapshots,
        "sealer": house.sealer,
        "procore_budget": house.budget,
        "tracker_budget": house.budget,
        "session": house.session,
        "hosts": house.hosts,
        "public_address": PUBLIC,
        "_app_credentials": {
            "client_id": house.procore.settings.client_id,
            "client_secret": house.procore.settings.client_secret,
        },
    }
    for name, value in made.items():
        monkeypatch.setattr(wiring, name, lambda value=value: value)
    monkeypatch.setattr(wiring, "now", house.clock)
    monkeypatch.setattr(wiring, "sleep", house.clock.sleep)
    monkeypatch.setattr(wiring, "send_copy_hint", lambda *hint: house.queue.append(hint))
    monkeypatch.setattr(wiring, "copy_backlog", lambda: len(house.queue))
    monkeypatch.setenv("SEGMENT_ABOVE_BYTES", "100000000")
    monkeypatch.setenv("ADOPT_AFTER_SECONDS", str(ADOPT_AFTER))
    seal_tracker_key(house)
    forget_clients()


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
