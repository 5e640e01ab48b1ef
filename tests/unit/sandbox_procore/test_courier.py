"""Webhooks of a served sandbox really arrive, and what fails is tried again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
import requests
from tests.unit.sandbox_procore.desk import Caller, caller
from tests.unit.sandbox_procore.hooks import BASE, hooked

from sandbox.http import Request, Response
from sandbox.procore import Hands, RunningSandbox, SandboxSettings, serve
from sandbox.procore.courier import post
from sandbox.procore.delivery import Outgoing
from sandbox.procore.demo import HARBOR_POINT, PRIYA
from sandbox.shell import serve as serve_handle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 10.0
"""Seconds until a test gives up; it ends as soon as what it waits for is there."""


class Receiver:
    """Takes webhooks; `statuses` are its next answers, 204 after them."""

    def __init__(self) -> None:
        self.taken: list[Request] = []
        self.statuses: list[int] = []

    def handle(self, request: Request) -> Response:
        self.taken.append(request)
        return Response(self.statuses.pop(0) if self.statuses else 204)


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def address(receiver: Receiver) -> Iterator[str]:
    with serve_handle(receiver.handle) as origin:
        yield f"{origin}/hooks/procore/c1"


@pytest.fixture
def running() -> Iterator[RunningSandbox]:
    with serve(settings=SandboxSettings(shortest_pause_seconds=0.05)) as sandbox:
        yield sandbox


@pytest.fixture
def priya(running: RunningSandbox) -> Caller:
    return caller(running.sandbox, PRIYA)


def until(done: Callable[[], bool]) -> None:
    stop = time.monotonic() + PATIENCE
    while not done():
        assert time.monotonic() < stop, "nothing came"
        time.sleep(0.005)


def act(running: RunningSandbox, **given: object) -> None:
    """Let Priya act over HTTP, as the demo does."""
    with requests.Session() as session:
        answer = session.post(f"{running.api}/_sandbox/act", json={"person": PRIYA, **given}, timeout=5)
    assert answer.status_code == 201, answer.text


def test_an_event_arrives_with_its_secret(
    running: RunningSandbox, priya: Caller, receiver: Receiver, address: str
) -> None:
    hooked(priya, destination_url=address)
    act(running, act="create", project_id=HARBOR_POINT, name="Valve", type_id=7001)
    until(lambda: bool(running.sandbox.journal.effects("delivered")))

    (request,) = receiver.taken
    assert (request.method, request.path) == ("POST", "/hooks/procore/c1")
    assert request.headers["authorization"] == "Bearer v1.0.abcdef"
    assert request.json()["event_type"] == "create"


def test_a_refused_event_comes_again_and_then_the_next(
    running: RunningSandbox, priya: Caller, receiver: Receiver, address: str
) -> None:
    receiver.statuses = [500]
    hook = hooked(priya, destination_url=address)
    item = Hands(running.sandbox, PRIYA).create(HARBOR_POINT, type_id=7001)
    act(running, act="edit", observation_id=item, name="Valve")
    until(lambda: len(running.sandbox.journal.effects("delivered")) == 2)

    assert [one.json()["event_type"] for one in receiver.taken] == ["create", "create", "update"]
    rows = priya.get(f"{BASE}/hooks/{hook}/deliveries", sort="created_at").json()["data"]
    assert [len(row["delivery_attempts"]) for row in rows] == [2, 1]


def test_no_answer_is_no_status() -> None:
    with serve_handle(lambda _request: Response(200, transport="drop")) as origin:
        assert post(Outgoing("1", "2", f"{origin}/x", {}, b"{}"), 5) is None
    assert post(Outgoing("1", "2", f"{origin}/x", {}, b"{}"), 5) is None


def test_a_redirect_is_not_followed(receiver: Receiver, address: str) -> None:
    receiver.statuses = [307]

    assert post(Outgoing("1", "2", address, {}, b"{}"), 5) == 307
    assert len(receiver.taken) == 1


def test_a_localhost_name_is_called_here_under_its_own_name(receiver: Receiver, address: str) -> None:
    named = address.replace("127.0.0.1", "api-1.execute-api.localhost")

    assert post(Outgoing("1", "2", named, {}, b"{}"), 5) == 204
    assert receiver.taken[0].headers["host"] == named.split("/")[2]
