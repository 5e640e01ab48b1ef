"""A whole Plumbline in one process: real engines and clients, both sandboxes, memory stores, one clock.

Nothing here is a double of our own code. A worker can be killed at any boundary: after any call had its
effect, and after any write of a store.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plumbline.connections import settings as connection_settings
from plumbline.connections.authorizers import Authorizers
from plumbline.cxalloy.client import CxAlloyClient
from plumbline.issues.carrying import Carrying
from plumbline.issues.copy_engine import CopyEngine
from plumbline.issues.copy_worker import CopyWorker
from plumbline.issues.procore_side import ProcoreSide
from plumbline.issues.sweep import Sweep
from plumbline.issues.tracker_poll import TrackerPoll
from plumbline.issues.tracker_round import TrackerRound
from plumbline.procore.client import ProcoreClient
from plumbline.procore.environments import Hosts
from plumbline.procore.gate import BudgetGate
from plumbline.procore.oauth import AppCredentials, Tokens
from plumbline.procore.oauth_client import OAuthClient
from plumbline.procore.token_keeper import TokenKeeper
from plumbline.procore.uploads import UploadSettings
from plumbline.stores import memory
from plumbline.stores.records import Authorization, AuthorizationKind, Connection, ConnectionState
from sandbox import direct
from sandbox.cxalloy import CxAlloySandbox, CxAlloyWorld
from sandbox.procore import ProcoreSandbox, SandboxSettings
from sandbox.procore.demo import HARBOR_POINT, NORTHWIND, PRIYA
from sandbox.procore.records import Code

if TYPE_CHECKING:
    from plumbline.issues.hints import Hint
    from sandbox.http import Request, Response

API, TRACKER, STORAGE = "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3"
START = 1_780_000_000.0
ADOPT_AFTER = 60.0
WORKER_SECONDS = 60.0


class Killed(BaseException):
    """The worker's process ended here, without any handler being run."""


@dataclass
class Clock:
    """Time that only the test moves; a sleep moves it too."""

    time: float = START

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds


@dataclass
class Fuse:
    """Kills at the nth boundary; 0 never does, and counts."""

    at: int = 0
    passed: int = 0
    trace: list[str] = field(default_factory=list)

    def tick(self, what: str) -> None:
        self.passed += 1
        self.trace.append(what)
        if self.passed == self.at:
            raise Killed(what)


class Watched:
    """A store whose writes are boundaries."""

    READS = frozenset(
        {
            *("get", "by_issue", "by_observation", "by_log", "intents", "files", "due", "counts"),
            *("of_connection", "conflict", "conflicts", "conflicts_of", "undo", "undos"),
        }
    )

    def __init__(self, store: Any, name: str, fuse: Fuse) -> None:
        self._store, self._name, self._fuse = store, name, fuse

    def __getattr__(self, verb: str) -> Any:
        act = getattr(self._store, verb)
        if verb in self.READS:
            return act

        def write(*args: Any, **kwargs: Any) -> Any:
            result = act(*args, **kwargs)
            self._fuse.tick(f"{self._name}.{verb}")
            return result

        return write


class House:
    """One tenant with one connection; `queue` holds the hints."""

    def __init__(
        self, world: CxAlloyWorld, settings: dict[str, Any], *, segment_above: int = 100_000_000
    ) -> None:
        self.clock = Clock()
        self.fuse = Fuse()
        self.queue: deque[tuple[str, str, str]] = deque()
        self.hints: deque[Hint] = deque()
        self.procore = ProcoreSandbox(
            self.clock, SandboxSettings(login_origin=API, api_origin=API, storage_origin=STORAGE)
        )
        self.cxalloy = CxAlloySandbox(self.clock, world)
        adapter = direct.DirectAdapter(
            {
                API.split("//")[1]: self.procore.handle,
                STORAGE.split("//")[1]: self.procore.handle,
                TRACKER.split("//")[1]: self.cxalloy.handle,
            },
            self._called,
        )
        self.session = direct.session(adapter)
        self.authorizations = memory.MemoryAuthorizations()
        self.connections = memory.MemoryConnections()
        self.plain_links = memory.MemoryLinks()
        self.links = Watched(self.plain_links, "links", self.fuse)
        self.activity = memory.MemoryActivityLog()
        self.cursors = memory.MemoryCursors()
        self.snapshots = memory.MemorySnapshots()
        self.budget = memory.MemoryBudget()
        self.sealer = memory.MemorySealer()
        self.uploads = UploadSettings(threshold=segment_above)
        self.hosts = Hosts(login=API, api=API, web=API)
        self.oauth = OAuthClient(
            self.hosts,
            AppCredentials(self.procore.settings.client_id, self.procore.settings.client_secret),
            session=self.session,
            now=self.clock,
        )
        self.keeper = TokenKeeper(self.authorizations, self.sealer, self.oauth, self.clock, self.clock.sleep)
        self._furnish(world, settings)

    def _called(self, request: Request, _response: Response) -> None:
        self.fuse.tick(f"{request.method} {request.path}")

    def _furnish(self, world: CxAlloyWorld, settings: dict[str, Any]) -> None:
        key = world.account.keys[0]
        self.tracker_key = Authorization(
            "t1",
            "tenant",
            AuthorizationKind.CXALLOY_KEY,
            "cxalloy",
            "key",
            START,
            "me",
            key.identifier,
            TRACKER,
        )
        self.tracker_secret = key.secret
        person = Authorization(
            "p1", "tenant", AuthorizationKind.PROCORE_PERSON, "custom", "priya", START, "me", str(PRIYA)
        )
        self.authorizations.put(self.tracker_key)
        self.authorizations.put(person)
        self.keeper.keep("p1", self.sign_in(PRIYA))
        self.connection = Connection(
            id="c1",
            tenant_id="tenant",
            name="one",
            approach="copy",
            state=ConnectionState.ENABLED,
            created_at=START,
            created_by="me",
            settings=settings,
            procore_authorization_id="p1",
            company_id=str(NORTHWIND),
            project_id=str(HARBOR_POINT),
            tracker_authorization_id="t1",
            tracker_project_id=world.projects[0].project_id,
            tracker_host=TRACKER,
        )
        self.connections.create(self.connection)
        self.authorizers().passed(self.connection)  # as enabling does
        self.fuse.passed = 0
        self.fuse.trace.clear()

    def sign_in(self, person_id: int) -> Tokens:
        """Tokens of a person, by the real exchange of a code."""
        uri = "http://127.0.0.1/callback"
        code = f"code-{person_id}-{self.clock.time}"
        self.procore.state.codes[code] = Code(person_id, uri, self.clock.time + 600)
        return self.oauth.exchange(code, uri)

    # ---- The functions, as the template wires them -----------------------------------------------------

    def tracker(self, settings: connection_settings.IssueSettings) -> CxAlloyClient:
        return CxAlloyClient(
            TRACKER,
            self.tracker_key.subject,
            self.tracker_secret,
            authorization_id="t1",
            session=self.session,
            calls=settings.tracker_calls,
            now=self.clock,
        )

    def engine(self, connection: Connection, time_left: Any) -> CopyEngine:
        settings = connection_settings.read(connection.settings)
        authorization = self.authorizations.get(connection.procore_authorization_id)
        assert authorization
        client = ProcoreClient(
            self.hosts,
            connection.company_id,
            session=self.session,
            tokens=self.keeper.source(authorization.id),
            gate=BudgetGate(self.budget, f"procore#{authorization.id}", self.clock),
            now=self.clock,
            sleep=self.clock.sleep,
            time_left=time_left,
        )
        return CopyEngine(
            settings,
            Carrying(
                tracker=self.tracker(settings),
                tracker_project_id=connection.tracker_project_id,
                procore=ProcoreSide(
                    client,
                    connection.project_id,
                    f"{authorization.id}/{authorization.subject}",
                    self.uploads,
                    self.clock,
                ),
                links=self.links,
                now=self.clock,
                time_left=time_left,
                adopt_after=ADOPT_AFTER,
            ),
        )

    def poll(self) -> dict[str, int]:
        """What the schedule of tracker_polling does."""
        start = self.clock.time
        return TrackerRound(
            self.connections,
            self.authorizations,
            self.cursors,
            self.links,
            self.activity,
            lambda connection, _key, settings: TrackerPoll(
                connection,
                settings,
                self.tracker(settings),
                self.links,
                self.snapshots,
                self.activity,
                lambda *hint: self.queue.append(hint),
                lambda: 100,
                self.clock,
            ),
            self.clock,
            lambda: start + 120 - self.clock.time,
        ).run()

    def work(self) -> list[str]:
        """Handle every hint on the queue; returns the outcomes. A killed worker's message is gone."""
        outcomes = []
        while self.queue:
            connection_id, link_id, cause = self.queue.popleft()
            try:
                outcomes.append(
                    self.worker().handle(connection_id, link_id, cause, seconds_left=WORKER_SECONDS)
                )
            except Killed:
                outcomes.append("killed")
        return outcomes

    def worker(self) -> CopyWorker:
        return CopyWorker(
            self.connections,
            self.authorizations,
            self.links,
            self.activity,
            self.engine,
            self.clock,
        )

    def sweep(self) -> None:
        """What the schedule of the sweep does."""
        Sweep(
            self.connections,
            self.authorizations,
            self.links,
            self.budget,
            lambda connection: f"procore#{connection.procore_authorization_id}",
            lambda *hint: self.queue.append(hint),
            lambda: len(self.queue),
            self.clock,
            self.hints.append,
            lambda: len(self.hints),
            self.authorizers().checked,
        ).run()

    def authorizers(self) -> Authorizers:
        """Those who may work; asking about them spends no call of the connection's budget."""
        return Authorizers(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            lambda connection, held: self.procore_as(held.id, connection.company_id),
            self.clock,
        )

    def procore_as(self, authorization_id: str, company_id: str) -> ProcoreClient:
        return ProcoreClient(
            self.hosts,
            company_id,
            session=self.session,
            tokens=self.keeper.source(authorization_id),
            gate=BudgetGate(memory.MemoryBudget(), "authorizers", self.clock),
            now=self.clock,
            sleep=self.clock.sleep,
        )

    def run_until_calm(self, *, minutes: int = 30) -> None:
        """A minute at a time: poll, sweep, work, until the tracker was read and nothing is due."""
        start = self.clock.time
        for _ in range(minutes):
            self.poll()
            self.sweep()
            self.work()
            cursor = self.cursors.get("c1", "tracker")
            read = bool(cursor and cursor.polled_at >= start)
            if read and not self.plain_links.due(now=self.clock.time + 86_400 * 365, limit=1):
                return
            self.clock.sleep(60)
        raise AssertionError("still work due after the given minutes")

    def survive(self) -> None:
        """Run on after a kill: a killed poll leaves its lease to run out, as a killed worker does."""
        for _ in range(3):
            try:
                self.run_until_calm()
            except Killed:
                self.clock.sleep(300)
                continue
            return
        raise AssertionError("killed more often than asked for")

    # ---- What came of it, from the sandboxes' own records --------------------------------------------

    def observations(self) -> list[dict[str, Any]]:
        """Observations of the project that carry a link line."""
        from sandbox.procore.report import state_as_json  # noqa: PLC0415 - beside its only use

        rows: list[dict[str, Any]] = state_as_json(self.procore.state)["observations"]
        return [row for row in rows if "CxAlloy issue" in (row["description"] or "")]

    def status_of(self, issue_id: str) -> str:
        issue = self.cxalloy.world.issue(issue_id)
        assert issue
        return str(issue.status_id)

    def rest_calls(self) -> list[str]:
        """Procore's REST calls so far, as `METHOD path`."""
        return [f"{call['method']} {call['path']}" for call in self.procore.journal.calls()]
