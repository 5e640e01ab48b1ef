"""A whole deployment in one process: functions, queues, schedules, stores, both systems, one clock."""

from __future__ import annotations

import contextlib
import os
import random
from typing import TYPE_CHECKING, Any

from tests.functions.wired import FUNCTIONS
from tests.simulation.aws import Aws
from tests.simulation.lambdas import Dangers, Function
from tests.simulation.network import Network
from tests.simulation.patching import environment, patched, per_process
from tests.simulation.postman import Postman
from tests.simulation.queues import Queue
from tests.simulation.scheduler import Scheduler, Task
from tests.simulation.shelves import Shelf

from plumbline import wiring, wiring_queues
from plumbline.stores import memory
from sandbox import direct
from sandbox.cxalloy import CxAlloySandbox, CxAlloyWorld, Settings
from sandbox.procore import ProcoreSandbox, SandboxSettings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sandbox.http import Request, Response

API, TRACKER, STORAGE = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:4"
PUBLIC = "http://127.0.0.1:3/v1"
START = 1_780_000_020.0
MINUTE = 60.0
VISIBILITY = 180.0
# name: seconds an invocation may take, and how many may run at once (template.yaml)
FUNCTIONS_OF = {
    "copy": (30.0, 5), "sync": (30.0, 5), "jobs": (60.0, 1), "webhook_receipt": (10.0, 8),
    "tracker_polling": (120.0, 2), "comment_polling": (50.0, 2), "sweep": (50.0, 2),
}  # fmt: skip
SERVED = {"copy": "COPY_QUEUE", "sync": "SYNC_QUEUE", "jobs": "JOBS_QUEUE"}
SCHEDULED = ("tracker_polling", "comment_polling", "sweep")
VARIABLES = {
    "PROCORE_ENVIRONMENT": "custom", "PROCORE_API_HOST": API, "PROCORE_LOGIN_HOST": API,
    "PROCORE_STORAGE_HOST": STORAGE, "PROCORE_APP_SECRET": "app", "HOOK_SECRET": "hooks",
    "PUBLIC_ADDRESS_PARAMETER": "address", "TRACKER_POLLING": "tracker_polling",
    "SEGMENT_ABOVE_BYTES": "100000000", "ADOPT_AFTER_SECONDS": "60", "TRACKER_CALLS": "{}",
    "POWERTOOLS_LOG_LEVEL": "CRITICAL", "POWERTOOLS_TRACE_DISABLED": "1",
    **{name: name for name in SERVED.values()},
}  # fmt: skip

ORIGINS = SandboxSettings(login_origin=API, api_origin=API, storage_origin=STORAGE)


class Deployment:
    """Everything that runs, and the two systems it joins; `seed` decides all that chance decides."""

    def __init__(
        self,
        seed: int,
        world: CxAlloyWorld,
        procore: SandboxSettings = ORIGINS,
        cxalloy: Settings | None = None,
    ) -> None:
        self.scheduler = Scheduler(START)
        self.seed = seed
        self.procore = ProcoreSandbox(self.scheduler, procore)
        self.cxalloy = CxAlloySandbox(self.scheduler, world, settings=cxalloy)
        self.network = Network(
            {
                _host(API): self.procore.handle,
                _host(STORAGE): self.procore.handle,
                _host(TRACKER): self.cxalloy.handle,
            },
            self.scheduler,
            self.chance("network"),
            self._seen,
        )
        self.session = direct.session(self.network)
        self.watchers: list[Any] = []
        self.dangers = Dangers()
        self.stores = _stores()
        self.shelves = {
            name: Shelf(store, name, self.scheduler, self.chance("stores"))
            for name, store in self.stores.items()
        }
        self.queues = {
            name: Queue(name, self.scheduler, self.chance(name), VISIBILITY) for name in SERVED.values()
        }
        self.functions = {name: self._function(name) for name in FUNCTIONS_OF if _built(name)}
        for name, queue in SERVED.items():
            if name in self.functions:
                self.functions[name].serve(self.queues[queue])
        receipt = self.functions.get("webhook_receipt")
        self.postman = Postman(self.procore, receipt, self.scheduler, self.chance("postman"))

    def offstage(self, act: Callable[[], None]) -> None:
        """Do something that takes time, beside all that runs."""
        self.scheduler.spawn(Task("offstage"), act)

    def chance(self, purpose: str) -> random.Random:
        """Dice of their own for each purpose, so that one more throw here changes nothing there."""
        return random.Random(f"{self.seed}:{purpose}")

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Stand in for AWS, the clock and chance for the length of a `with`; the schedules begin."""
        secrets = {
            "app": {
                "client_id": self.procore.settings.client_id,
                "client_secret": self.procore.settings.client_secret,
            },
            "hooks": {"current": "not-a-secret-master", "previous": ""},
        }
        aws = Aws(
            self.queues, secrets, {"address": PUBLIC}, lambda name, event: self.functions[name].invoke(event)
        )
        changes: list[tuple[Any, str, Any]] = [
            *per_process(self.scheduler),
            *[(wiring, name, lambda shelf=shelf: shelf) for name, shelf in self.shelves.items()],
            (wiring, "plain_links", lambda: self.shelves["links"]),
            (wiring, "session", lambda: self.session),
            (wiring, "aws", lambda _service: aws),
            (wiring_queues, "aws", lambda _service: aws),
            (wiring, "now", self.scheduler),
            (wiring, "sleep", self.scheduler.sleep),
            (os, "urandom", self.chance("ids").randbytes),
        ]
        with environment(VARIABLES), patched(changes):
            try:
                self._each_minute()
                yield
            finally:
                self.scheduler.close()

    def run(self, seconds: float) -> None:
        """Let virtual time pass."""
        self.scheduler.run(self.scheduler() + seconds)

    def _function(self, name: str) -> Function:
        timeout, at_once = FUNCTIONS_OF[name]
        return Function(
            name, self.scheduler, self.chance(name), timeout=timeout, at_once=at_once, dangers=self.dangers
        )

    def _each_minute(self) -> None:
        for name in SCHEDULED:
            if name in self.functions:
                self.functions[name].invoke({})
        self.scheduler.at(self.scheduler() + MINUTE, self._each_minute)

    def _seen(self, request: Request, response: Response) -> None:
        for watcher in self.watchers:
            watcher(request, response)
        self.postman.look()


def _host(origin: str) -> str:
    return origin.split("//")[1]


def _built(name: str) -> bool:
    return (FUNCTIONS / name / "handler.py").exists()


def _stores() -> dict[str, Any]:
    budget = memory.MemoryBudget()
    return {
        "authorizations": memory.MemoryAuthorizations(), "connections": memory.MemoryConnections(),
        "links": memory.MemoryLinks(), "cursors": memory.MemoryCursors(), "work": memory.MemoryWork(),
        "activity": memory.MemoryActivityLog(), "snapshots": memory.MemorySnapshots(),
        "sealer": memory.MemorySealer(), "procore_budget": budget,
        "tracker_budget": memory.MemoryBudget(hour_limit=10_000, spike_limit=500),
        "members": memory.MemoryMembers(),
    }  # fmt: skip
