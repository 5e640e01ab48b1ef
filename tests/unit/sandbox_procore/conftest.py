"""A sandbox with a clock of its own, and people who have signed in to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.sandbox_procore.desk import Caller, Checked, Clock, caller, make_sandbox

from sandbox.procore.demo import MARCUS, PRIYA

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.procore import ProcoreSandbox


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sandbox(clock: Clock) -> Iterator[Checked]:
    made = make_sandbox(clock)
    yield made
    assert made.problems == []


@pytest.fixture
def priya(sandbox: ProcoreSandbox) -> Caller:
    return caller(sandbox, PRIYA)


@pytest.fixture
def marcus(sandbox: ProcoreSandbox) -> Caller:
    return caller(sandbox, MARCUS)
