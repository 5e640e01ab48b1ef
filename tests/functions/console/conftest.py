"""The console's handler, wired to a stand-in for Cognito."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.functions.console.desk import PUBLIC, Cognito, Desk
from tests.functions.wired import load

from plumbline import wiring
from plumbline.people import People

if TYPE_CHECKING:
    from types import ModuleType


@pytest.fixture(scope="session")
def console() -> ModuleType:
    return load("console")


@pytest.fixture
def desk(console: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Desk:
    cognito = Cognito()
    people = People(cognito, "client-of-the-console")
    monkeypatch.setattr(wiring, "people", lambda: people)
    monkeypatch.setattr(wiring, "public_address", lambda: PUBLIC)
    monkeypatch.setenv("SUPPORT_ADDRESS", "help@example.test")
    return Desk(console.handler, cognito)
