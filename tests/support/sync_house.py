"""The House for ongoing sync: hints, webhooks with real deliveries, all polls, and hands on both sides.

Time is the house's own: a minute of `run` polls the tracker and Procore's comments, takes the inventory,
feeds what is due and handles every hint. `told` may drop, double or reorder what the webhooks tell.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.support import small
from tests.support.house import ADOPT_AFTER, WORKER_SECONDS, House, Killed, Watched

from plumbline.connections import settings as connection_settings
from plumbline.connections.hook_state import WantedHook
from plumbline.connections.hooks import HookKeeper
from plumbline.issues.carrying import Carrying
from plumbline.issues.comments_poll import CommentsPoll
from plumbline.issues.comments_round import CommentsRound
from plumbline.issues.hints import Hint
from plumbline.issues.inventory import Inventory
from plumbline.issues.inventory_round import InventoryRound
from plumbline.issues.procore_side import ProcoreSide
from plumbline.issues.sync_context import Context
from plumbline.issues.sync_engine import SyncEngine
from plumbline.issues.sync_poll import SyncPoll
from plumbline.issues.sync_worker import SyncWorker
from plumbline.issues.tracker_round import TrackerRound
from plumbline.procore import items, webhook
from plumbline.procore.client import ProcoreClient
from plumbline.procore.gate import BudgetGate
from plumbline.stores import memory
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore.demo import HARBOR_POINT, MARCUS, NORTHWIND, PRIYA
from sandbox.procore.hands import Hands
from sandbox.procore.report import state_as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Connection, Link
    from sandbox.cxalloy import CxAlloyWorld
    from sandbox.cxalloy.world import Issue
    from sandbox.procore.faults import Fault

ADDRESS = "https://plumbline.test/v1/hooks/procore/c1"
PROJECT = str(HARBOR_POINT)

SYNCED: dict[str, Any] = {
    "initial_status_id": small.OPEN,
    "default_type_id": "7001",
    "maps": {
        "status": {
            "to_procore": {
                small.OPEN: "initiated", small.READY: "ready_for_review", small.SENT: "ready_for_review",
                small.CLOSED: "closed",
            },
            "to_tracker": {
                "initiated": small.OPEN, "ready_for_review": small.READY, "closed": small.CLOSED,
            },
        },
        "priority": {"to_procore": {"1": "High", "2": "Urgent"}, "to_tracker": {"High": "1", "Urgent": "2"}},
        "discipline": {
            "to_procore": {"10": "8001", "11": "8002"}, "to_tracker": {"8001": "10", "8002": "11"},
        },
        "issue_type": {
            "to_procore": {"20": "7002", "21": "7003"}, "to_tracker": {"7002": "20", "7003": "21"},
        },
    },
}  # fmt: skip
"""All maps set; two of the tracker's statuses share one of Procore's."""


def choose(**changes: Any) -> dict[str, Any]:
    """The settings above with changes; `sync` is joined, not replaced."""
    return {**SYNCED, **changes}


@dataclass
class Mail:
    """What becomes of the webhooks' messages on their way: all of them lost, some doubled, any order."""

    lost: bool = False
    doubled: bool = False
    shuffled: int = 0  # a seed; 0: in order

    def told(self, hints: list[Hint]) -> list[Hint]:
        """The hints as they come in."""
        kept = [] if self.lost else [one for one in hints for _ in range(1 + self.doubled)]
        if self.shuffled:
            random.Random(self.shuffled).shuffle(kept)
        return kept


class SyncHouse(House):
    """One connection kept in sync; `hints` is the queue, `outcomes` what became of them."""

    def __init__(
        self,
        world: CxAlloyWorld,
        settings: Mapping[str, Any] = SYNCED,
        *,
        hooked: bool = True,
        mail: Mail | None = None,
    ) -> None:
        super().__init__(world, dict(settings))
        self.hints: deque[Hint] = deque()
        self.outcomes: list[str] = []
        self.mail = mail or Mail()
        self.watched_cursors: Any = Watched(self.cursors, "cursors", self.fuse)
        self.connection = self.connections.save(
            replace(self.connection, approach="sync", enabled_at=self.clock())
        )
        self.person = self._client("person")
        self.priya, self.marcus = Hands(self.procore, PRIYA), Hands(self.procore, MARCUS)
        if hooked:
            self._keeper().repair(self._wanted(), now=self.clock())
        self.fuse.passed = 0
        self.fuse.trace.clear()
        self.mark()

    def _client(self, key: str, holder: str = "p1") -> ProcoreClient:
        """A client of the authorizer; people and tests spend no call of the connection's budget."""
        return ProcoreClient(
            self.hosts,
            str(NORTHWIND),
            session=self.session,
            tokens=self.keeper.source(holder),
            gate=BudgetGate(self.budget if key != "person" else memory.MemoryBudget(), key, self.clock),
            now=self.clock,
            sleep=self.clock.sleep,
        )

    def _of(self, connection: Connection) -> ProcoreClient:
        """A client of the connection's own authorizer, whoever that is now."""
        holder = connection.procore_authorization_id
        return self._client(f"procore#{holder}", holder)

    def _keeper(self) -> HookKeeper:
        return HookKeeper(self._client("person"), self.cursors)

    def _wanted(self) -> WantedHook:
        return WantedHook("c1", PROJECT, "plumbline-c1", ADDRESS, b"not a secret")

    # ---- The functions, as the template wires them -----------------------------------------------------

    def sync_engine(self, connection: Connection, time_left: Any, backfill: bool = False) -> SyncEngine:
        settings = connection_settings.read(connection.settings)
        carrying = Carrying(
            tracker=self.tracker(settings),
            tracker_project_id=connection.tracker_project_id,
            procore=ProcoreSide(
                self._of(connection),
                connection.project_id,
                f"{connection.procore_authorization_id}/x",
                self.uploads,
                self.clock,
            ),
            links=self.links,
            now=self.clock,
            time_left=time_left,
            adopt_after=ADOPT_AFTER,
        )
        return SyncEngine(Context(connection, settings, carrying, self.watched_cursors, self.activity))

    def sync_worker(self) -> SyncWorker:
        return SyncWorker(
            self.connections,
            self.authorizations,
            self.links,
            self.activity,
            self.sync_engine,
            self.authorizers().take_over,
            lambda: self.procore.settings.client_id,
            self.clock,
        )

    def poll(self) -> dict[str, int]:
        start = self.clock.time
        return TrackerRound(
            self.connections,
            self.authorizations,
            self.cursors,
            self.links,
            self.activity,
            lambda connection, _key, settings: SyncPoll(
                connection,
                settings,
                self.tracker(settings),
                self.links,
                self.snapshots,
                self.cursors,
                self.activity,
                self.hints.append,
                lambda: 100,
                self.clock,
            ),
            self.clock,
            lambda: start + 120 - self.clock.time,
        ).run()

    def poll_comments(self, connection_id: str = "") -> dict[str, int]:
        start = self.clock.time
        return CommentsRound(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            self.budget,
            lambda _: "procore#p1",
            lambda connection, _authorization, settings: CommentsPoll(
                connection,
                settings,
                self._of(connection),
                self.links,
                self.hints.append,
                lambda: 100,
                self.clock,
            ),
            self.clock,
            lambda: start + 120 - self.clock.time,
            self.authorizers().take_over,
        ).run(connection_id)

    def take_inventory(self, connection_id: str = "") -> dict[str, int]:
        start = self.clock.time
        return InventoryRound(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            lambda connection, _authorization, settings: Inventory(
                connection,
                settings,
                self._of(connection),
                self._keeper(),
                self._wanted(),
                self.links,
                self.activity,
                self.hints.append,
                lambda: 100,
                self.clock,
            ),
            self.clock,
            lambda: start + 120 - self.clock.time,
            self.authorizers().take_over,
        ).run(connection_id)

    def deliver(self) -> None:
        """Hand over what Procore's webhooks have for us."""
        told: list[Hint] = []
        while due := self.procore.deliveries_due():
            for one in due:
                event = webhook.read_event(one.body)
                told.append(
                    Hint(
                        "c1", "webhook", resource=event.resource, resource_id=event.resource_id,
                        verb=event.verb, at=event.at, application=event.application,
                    )
                )  # fmt: skip
                self.procore.delivered(one.delivery_id, 204)
        self.hints.extend(self.mail.told(told))

    def sync(self) -> list[str]:
        """Deliver and handle every hint; returns the outcomes."""
        outcomes = []
        self.deliver()
        while self.hints:
            outcomes.append(self.handle(self.hints.popleft()))
            self.clock.sleep(1)
            self.deliver()
        return outcomes

    def handle(self, hint: Hint) -> str:
        """Handle one hint; a killed worker's message is gone."""
        try:
            outcome = self.sync_worker().handle(hint, seconds_left=WORKER_SECONDS)
        except Killed:
            outcome = "killed"
        self.outcomes.append(outcome)
        return outcome

    def run(self, *, minutes: int = 5, look: bool = True) -> None:
        """So many minutes; with `look` the first one looks for comments and takes a full inventory."""
        for minute in range(minutes):
            self.poll()
            asked = "c1" if look and minute == 0 else ""
            self.poll_comments(asked)
            self.take_inventory(asked)
            self.sweep()
            self.sync()
            self.clock.sleep(60)

    def settle(self, *, minutes: int = 120) -> None:
        """Run until nothing is due: then two more looks, and still nothing is."""
        for _ in range(minutes):
            self.run(minutes=2)
            if not self.plain_links.due(now=self.clock() + 86_400, limit=1) and not self.hints:
                break
        else:
            raise AssertionError("still work due after the given minutes")
        self.clock.sleep(10)

    def answer(self) -> list[str]:
        """Handle what webhooks and the tracker's poll tell now, and nothing else; returns the outcomes."""
        self.clock.sleep(60)
        self.poll()
        return self.sync()

    def webhooks(self) -> list[str]:
        """Handle what the webhooks tell now, and nothing else."""
        self.clock.sleep(10)
        return self.sync()

    # ---- What people do --------------------------------------------------------------------------------

    def in_tracker(self, issue_id: str = "1001", **fields: Any) -> None:
        tracker_hands.edit(self.cxalloy, "Ana Souza", issue_id, **fields)

    def in_procore(self, issue_id: str = "1001", **fields: Any) -> None:
        """An edit of the authorizer on Procore's own pages: it names no app."""
        self.priya.edit(self.observation_id(issue_id), **fields)

    def say_in_tracker(self, text: str, issue_id: str = "1001", person: str = "Ana Souza") -> str:
        return tracker_hands.comment(self.cxalloy, person, issue_id, text)

    def file_in_tracker(self, name: str, content: bytes, issue_id: str = "1001") -> str:
        return tracker_hands.add_file(self.cxalloy, "Ana Souza", issue_id, name, content=content)

    def say_in_procore(
        self, text: str | None, issue_id: str = "1001", by: Hands | None = None, **more: Any
    ) -> int:
        return (by or self.marcus).comment(self.observation_id(issue_id), text, **more)

    def break_procore(self, fault: Fault) -> None:
        self.procore.faults.append(fault)

    # ---- What is there -----------------------------------------------------------------------------------

    def link(self, issue_id: str = "1001") -> Link:
        found = self.plain_links.by_issue("c1", issue_id)
        assert found
        return found

    def observation_id(self, issue_id: str = "1001") -> int:
        return int(self.link(issue_id).observation_id)

    def observation(self, issue_id: str = "1001") -> Observation:
        return items.observation(self.person, PROJECT, self.link(issue_id).observation_id)[0]

    def report(self, issue_id: str = "1001") -> dict[str, Any]:
        """The observation from the sandbox's own records: no call, and files with their hashes."""
        rows: list[dict[str, Any]] = state_as_json(self.procore.state)["observations"]
        return next(row for row in rows if row["id"] == self.observation_id(issue_id))

    def issue(self, issue_id: str = "1001") -> Issue:
        found = self.cxalloy.world.issue(issue_id)
        assert found
        return found

    def comments_there(self, issue_id: str = "1001") -> list[str]:
        """The comments of the issue, oldest first."""
        return [
            one.comment for one in sorted(self.issue(issue_id).comments, key=lambda one: one.date_created)
        ]

    def logs_there(self, issue_id: str = "1001") -> list[str]:
        """What was said on the observation, oldest first; rows that only record a status are left out."""
        return [log["comment"] for log in self.report(issue_id)["response_logs"] if log["comment"]]

    def told(self, outcome: str) -> list[str]:
        """The messages of the activity log with this outcome, oldest first."""
        page = self.activity.read("c1", outcome=outcome, limit=1000)
        return [entry.message for entry in reversed(page.items)]

    # ---- Counting ----------------------------------------------------------------------------------------

    def mark(self) -> None:
        """Count calls from here."""
        self.first_call = len(self.procore.journal.entries)
        self.first_tracker_call = len(self.cxalloy.calls)

    def calls(self) -> list[str]:
        """Procore's REST calls since the mark."""
        return [
            f"{one['method']} {one['path']}"
            for one in self.procore.journal.entries[self.first_call :]
            if one["kind"] == "call" and one["surface"] == "rest"
        ]

    def tracker_calls(self) -> list[str]:
        """The tracker's calls since the mark."""
        return [f"{one.method} {one.path}" for one in self.cxalloy.calls[self.first_tracker_call :]]

    def writes(self) -> list[str]:
        """The calls since the mark that may have changed something on either side."""
        there = [call for call in self.calls() if not call.startswith("GET ")]
        reads = ("/issue", "/issuefile")
        here = [
            call for call in self.tracker_calls()
            if not call.startswith("GET ") and not call.endswith(reads)
        ]  # fmt: skip
        return there + here


def synced(
    settings: Mapping[str, Any] = SYNCED,
    *,
    change: Callable[[SyncHouse], None] = lambda _: None,
    world: CxAlloyWorld | None = None,
    mail: Mail | None = None,
) -> SyncHouse:
    """A house whose pairs are made and at rest; `change` bends its sandboxes before anything happens."""
    house = SyncHouse(world or small.world(files=[]), settings, mail=mail)
    change(house)
    house.settle()
    house.mark()
    house.outcomes.clear()
    return house
