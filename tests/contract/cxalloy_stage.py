"""The stage of the CxAlloy client's contract tests: the sandbox over HTTP, and clients that call it."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any

import requests
from tests.unit.sandbox_cxalloy.small_world import SECRET, small_world

from plumbline.cxalloy.calls import CxAlloyCalls
from plumbline.cxalloy.client import CxAlloyClient
from sandbox import shell
from sandbox.cxalloy import CxAlloySandbox, Fault, Settings
from sandbox.cxalloy.world import Issue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.http import Request, Response


class Stage:
    """A served sandbox that is made anew for each test, behind the same two addresses."""

    sandbox: Any
    origin: str
    other_origin: str

    def handle(self, request: Request) -> Response:
        response: Response = self.sandbox.handle(request)
        return response

    def client(
        self,
        key: str = "demo-key",
        secret: str = SECRET,
        gate: Callable[[], None] | None = None,
        timeout: tuple[float, float] = (2, 5),
        **calls: Any,
    ) -> Any:
        return CxAlloyClient(
            self.origin,
            key,
            secret,
            authorization_id="auth-1",
            session=requests.Session(),
            calls=CxAlloyCalls(**calls),
            now=time.time,
            gate=gate,
            timeout=timeout,
        )

    def fault(self, **fault: Any) -> None:
        self.sandbox.faults.append(Fault(**fault))

    def behave(self, **settings: Any) -> None:
        self.sandbox.settings = Settings(**settings)

    def add_issues(self, count: int) -> None:
        for number in range(1000, 1000 + count):
            self.sandbox.world.issues.append(
                Issue(issue_id=str(number), project_id="7", name="N", status_id="1")
            )

    def paths(self) -> list[str]:
        return [call.path.removeprefix("/api/v1") for call in self.sandbox.calls]

    def begin(self) -> Stage:
        """Set a fresh small account on the stage."""
        self.sandbox = CxAlloySandbox(time.time, small_world())
        return self


@contextlib.contextmanager
def raised() -> Iterator[Stage]:
    """A stage behind two addresses for the length of a `with`."""
    stage = Stage()
    with shell.serve(stage.handle) as stage.origin, shell.serve(stage.handle) as stage.other_origin:
        yield stage
