"""A session that speaks to the sandbox without a socket, on a virtual clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from tests.unit.sandbox_procore.desk import START, Checked, Clock, sign_in

from sandbox.direct import DirectAdapter, session
from sandbox.procore import Fault
from sandbox.procore.demo import PRIYA

if TYPE_CHECKING:
    from collections.abc import Callable

ME = "http://api.procore.test/rest/v1.0/me"


def asker(sandbox: Checked, clock: Clock, **adapter: Any) -> Callable[..., requests.Response]:
    headers = {"Authorization": f"Bearer {sign_in(sandbox, PRIYA)['access_token']}"}
    made = session(DirectAdapter({"api.procore.test": sandbox.handle}, **adapter))
    return lambda timeout=None: made.get(ME, headers=headers, timeout=timeout)


def waiting(clock: Clock) -> dict[str, Any]:
    def wait(seconds: float) -> None:
        clock.now += seconds

    return {"wait": wait}


@pytest.mark.parametrize("timeout", [None, 60, (3, 60)])
def test_a_slow_answer_moves_the_clock(sandbox: Checked, clock: Clock, timeout: Any) -> None:
    ask = asker(sandbox, clock, **waiting(clock))
    sandbox.faults.append(Fault(kind="stall", stall_seconds=45))

    assert ask(timeout).json()["id"] == PRIYA
    assert clock.now == START + 45
    assert ask(timeout).status_code == 200
    assert clock.now == START + 45


def test_an_answer_slower_than_the_timeout_is_a_read_timeout(sandbox: Checked, clock: Clock) -> None:
    ask = asker(sandbox, clock, **waiting(clock))
    sandbox.faults.append(Fault(kind="stall", stall_seconds=45))

    with pytest.raises(requests.ReadTimeout):
        ask((3, 10))
    assert clock.now == START + 10


def test_without_a_clock_to_move_a_stall_is_a_timeout(sandbox: Checked, clock: Clock) -> None:
    ask = asker(sandbox, clock)
    sandbox.faults += [Fault(kind="stall", stall_seconds=1), Fault(kind="drop", nth=2)]

    with pytest.raises(requests.ReadTimeout):
        ask(60)
    with pytest.raises(requests.ConnectionError):
        ask(60)
