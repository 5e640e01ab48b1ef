"""A house whose connection is kept in sync: its pollers, with real clients, both sandboxes, memory stores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.support import small
from tests.support.house import START, House

from plumbline.connections import settings as connection_settings
from plumbline.connections.hook_state import WantedHook
from plumbline.connections.hooks import HookKeeper
from plumbline.issues.comments_poll import CommentsPoll
from plumbline.issues.comments_round import CommentsRound
from plumbline.issues.inventory import Inventory
from plumbline.issues.inventory_round import InventoryRound
from plumbline.issues.sync_poll import SyncPoll
from plumbline.issues.tracker_round import TrackerRound
from plumbline.procore import items
from plumbline.procore.client import ProcoreClient
from plumbline.procore.gate import BudgetGate
from plumbline.procore.observations import NewObservation, Observation
from plumbline.stores.records import Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.issues.hints import Hint
    from plumbline.stores.records import Connection, Cursor

MASTER = b"a master key for tests"
AGREED = {"priority": ["1", "High"]}


def seconds(number: float) -> Callable[[], float]:
    """What a function says it has left."""
    return lambda: number


class SyncHouse(House):
    """One tenant with one connection kept in sync; `hints` holds what was sent, `room` how many may be."""

    def __init__(self, *issues: dict[str, Any], **settings: Any) -> None:
        chosen = {**small.SETTINGS, **settings}
        super().__init__(small.world(list(issues), []), chosen)
        self.room = 100
        self.connection = self.connections.save(replace(self.connection, approach="sync", enabled_at=START))
        self.procore_client = ProcoreClient(
            self.hosts,
            self.connection.company_id,
            session=self.session,
            tokens=self.keeper.source("p1"),
            gate=BudgetGate(self.budget, "procore#p1", self.clock),
            now=self.clock,
            sleep=self.clock.sleep,
        )

    # ---- The polls, each for one connection ------------------------------------------------------------

    def tracker_poll(self, connection: Connection | None = None) -> SyncPoll:
        connection = connection or self.stored()
        settings = connection_settings.read(connection.settings)
        return SyncPoll(
            connection,
            settings,
            self.tracker(settings),
            self.links,
            self.snapshots,
            self.cursors,
            self.activity,
            self.hints.append,
            lambda: self.room,
            self.clock,
        )

    def comments_poll(self, connection: Connection) -> CommentsPoll:
        return CommentsPoll(
            connection,
            connection_settings.read(connection.settings),
            self.procore_client,
            self.links,
            self.hints.append,
            lambda: self.room,
            self.clock,
        )

    def inventory(self, connection: Connection) -> Inventory:
        keeper = HookKeeper(self.procore_client, self.cursors)
        return Inventory(
            connection,
            connection_settings.read(connection.settings),
            self.procore_client,
            keeper,
            self.hook(connection),
            self.links,
            self.activity,
            self.hints.append,
            lambda: self.room,
            self.clock,
        )

    def hook(self, connection: Connection) -> WantedHook:
        address = f"https://plumbline.example/hooks/procore/{connection.id}"
        return WantedHook(connection.id, connection.project_id, "plumbline", address, MASTER)

    # ---- The rounds, as the schedules call them --------------------------------------------------------

    def hear_tracker(self) -> list[Hint]:
        """Poll the tracker if it is due; returns the hints sent."""
        TrackerRound(
            self.connections,
            self.authorizations,
            self.cursors,
            self.links,
            self.activity,
            lambda connection, _key, _settings: self.tracker_poll(connection),
            self.clock,
            seconds(120),
        ).run()
        return self.sent()

    def hear_comments(self, connection_id: str = "") -> list[Hint]:
        """Look for comments where that is due; returns the hints sent."""
        self.comments_round().run(connection_id)
        return self.sent()

    def comments_round(self) -> CommentsRound:
        return CommentsRound(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            self.budget,
            lambda connection: f"procore#{connection.procore_authorization_id}",
            lambda connection, _key, _settings: self.comments_poll(connection),
            self.clock,
            seconds(120),
            self.authorizers().take_over,
        )

    def take_inventory(self, connection_id: str = "") -> list[Hint]:
        """Take the inventories that are due; returns the hints sent."""
        InventoryRound(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            lambda connection, _key, _settings: self.inventory(connection),
            self.clock,
            seconds(120),
            self.authorizers().take_over,
        ).run(connection_id)
        return self.sent()

    def sent(self) -> list[Hint]:
        """The hints on the queue, taken from it."""
        taken = list(self.hints)
        self.hints.clear()
        return taken

    # ---- What there is ---------------------------------------------------------------------------------

    def stored(self) -> Connection:
        connection = self.connections.get("c1")
        assert connection
        return connection

    def choose(self, **settings: Any) -> None:
        """Change the connection's settings."""
        stored = self.stored()
        self.connections.save(replace(stored, settings={**stored.settings, **settings}))

    def cursor(self, name: str) -> Cursor:
        cursor = self.cursors.get("c1", name)
        assert cursor
        return cursor

    def of(self, issue_id: str) -> Link:
        link = self.plain_links.by_issue("c1", issue_id)
        assert link
        return link

    def settle(self, **changes: Any) -> None:
        """Let every link be as a worker leaves it: synced with an observation of its own, nothing due."""
        for link in self.plain_links.of_connection("c1", limit=20_000).items:
            self.put(
                link,
                state=LinkState.SYNCED,
                due_at=0.0,
                observation_id=link.observation_id or f"9{link.issue_id}",
                base=AGREED,
                backfill=False,
                **changes,
            )

    def put(self, link: Link, **changes: Any) -> Link:
        return self.plain_links.save(replace(link, **changes))

    def pair(self, issue_id: str, **changes: Any) -> tuple[Link, Observation]:
        """An observation in Procore and its link, in agreement."""
        seen = self.observe()
        link = self.plain_links.create(
            Link(
                f"l{issue_id}",
                "c1",
                issue_id,
                LinkState.SYNCED,
                observation_id=seen.id,
                item_updated_at=seen.updated_at or 0.0,
                base=AGREED,
            )
        )
        return self.put(link, **changes), seen

    def observe(self, **fields: Any) -> Observation:
        """A new observation in Procore, as its detail shows it."""
        new = NewObservation(**{"name": "Valve leaks", "type_id": "7001", **fields})
        return items.create_observation(self.procore_client, self.connection.project_id, new)[0]

    def edit(self, observation: Observation, **fields: Any) -> Observation:
        return items.update_observation(
            self.procore_client, self.connection.project_id, observation.id, fields
        )[0]

    def remark(self, observation: Observation, text: str = "Checked.") -> str:
        """A comment on an observation; returns its id."""
        log = items.create_response_log(self.procore_client, self.connection.project_id, observation.id, text)
        return log.id

    def recycle(self, observation: Observation) -> None:
        items.delete_observation(self.procore_client, self.connection.project_id, observation.id)

    def restore(self, observation: Observation) -> None:
        items.restore_observation(self.procore_client, self.connection.project_id, observation.id)

    def logged(self) -> list[tuple[str, str]]:
        """The activity log, oldest first, as outcome and message."""
        return [(entry.outcome, entry.message) for entry in self.activity.entries]

    def calls_of(self, act: Callable[[], object]) -> list[str]:
        """Procore's REST calls that an act makes, as `METHOD last part of the path`."""
        before = len(self.rest_calls())
        act()
        return [call.split(" ")[0] + " " + call.rsplit("/", 1)[-1] for call in self.rest_calls()[before:]]

    def writes_of(self, act: Callable[[], object]) -> list[str]:
        """What an act writes to the links, as the store's verbs."""
        before = len(self.fuse.trace)
        act()
        return [one for one in self.fuse.trace[before:] if one.startswith("links.")]
