"""What goes wrong: calls, webhooks, tokens, rights, queues and workers, each strike for a while."""

from __future__ import annotations

import typing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation import furnishing
from tests.simulation.history import PERSON

from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault as ProcoreFault
from sandbox.procore.demo import PRIYA

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.simulation.deployment import Deployment
    from tests.simulation.history import History
    from tests.simulation.plan import Strike

ITEMS = r"/rest/v1\.0/observations/items"
PROCORE_PATHS = (
    ITEMS, rf"{ITEMS}/\d+", rf"{ITEMS}/\d+/response_logs",
    r"/rest/v1\.1/projects/\d+/uploads.*", r"/uploads.*",
    r".*/response_logs", r".*recycle_bin.*", r"/oauth/token", ".*",
)  # fmt: skip
TRACKER_PATHS = (
    "/api/v1/issue", "/api/v1/issue_update", "/api/v1/issuecomment_create", "/api/v1/file_create",
    r"/api/v1/file/.*", ".*",
)  # fmt: skip
BOTH_KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "drop", "when": "after"}, {"kind": "drop", "when": "before"}, {"kind": "stall"}, {"kind": "cut"},
    {"kind": "status", "status": 500, "when": "after"}, {"kind": "status", "status": 500, "when": "before"},
    {"kind": "status", "status": 502, "when": "after"}, {"kind": "status", "status": 503, "when": "before"},
    {"kind": "status", "status": 429, "when": "before"}, {"kind": "status", "status": 401, "when": "before"},
    {"kind": "status", "status": 404, "when": "before"},
)  # fmt: skip
PROCORE_KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "no_effect", "method": "PATCH"}, {"kind": "empty_list", "method": "GET"},
    {"kind": "shift", "shift": 1, "method": "GET"}, {"kind": "shift", "shift": -1, "method": "GET"},
    {"kind": "partial_page", "method": "GET"}, {"kind": "stale", "method": "GET"},
)  # fmt: skip
TRACKER_KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "empty"}, {"kind": "shift", "shift": 1}, {"kind": "shift", "shift": -1},
    {"kind": "cap", "cap": 3},
    {"kind": "status", "status": 200, "body": '{"error": "Try later"}'},
    {"kind": "drift", "drop": ["due_date", "priority_id"]}, {"kind": "drift", "retype": ["status_id"]},
    {"kind": "drift", "put": {"new_key": 1}},
)  # fmt: skip


def _known(model: Any) -> frozenset[str]:
    return frozenset(typing.get_args(model.model_fields["kind"].annotation))


class Weather:
    """Brings strikes upon a deployment, and takes them all back for the calm."""

    def __init__(self, house: Deployment, history: History) -> None:
        self._house, self._history = house, history
        self._others = 0

    def struck(self) -> int:
        """How often something truly went wrong."""
        calls: list[Any] = [*self._house.procore.faults, *self._house.cxalloy.faults]
        hits = sum(min(max(0, one.seen - one.nth + 1), one.times or one.seen) for one in calls)
        killed = sum(function.killed for function in self._house.functions.values())
        return int(hits) + killed + self._others + self._hits_before

    _hits_before = 0

    def strike(self, strike: Strike) -> None:
        """Let one thing go wrong from now on."""
        self._house.scheduler.note(f"strike {strike.what}")
        getattr(self, f"_{strike.what}")(strike.dice())

    def calm(self) -> None:
        """Everything works again, and people mend what only people can mend."""
        house = self._house
        self._hits_before = self.struck() - self._others - sum(f.killed for f in house.functions.values())
        house.procore.faults.clear()
        house.procore.event_faults.clear()
        house.cxalloy.faults.clear()
        self._queues_mended()
        house.network.traffic.slow = house.dangers.killed = house.dangers.frozen = 0.0
        self._key(mode="read_write", projects=None)
        house.postman.receiving = True
        furnishing.mend(house)

    def _later(self, seconds: float, act: Any) -> None:
        self._house.scheduler.at(self._house.scheduler() + seconds, act)

    def _procore_call(self, dice: random.Random) -> None:
        kinds = [one for one in BOTH_KINDS + PROCORE_KINDS if one["kind"] in _known(ProcoreFault)]
        fault = {"path": dice.choice(PROCORE_PATHS), **dice.choice(kinds)}
        fault |= {"nth": dice.randint(1, 4), "times": dice.choice((1, 1, 2, 4))}
        self._house.procore.faults.append(ProcoreFault.model_validate(fault))

    def _tracker_call(self, dice: random.Random) -> None:
        kinds = [one for one in BOTH_KINDS + TRACKER_KINDS if one["kind"] in _known(TrackerFault)]
        fault = {"path": dice.choice(TRACKER_PATHS), **dice.choice(kinds)}
        fault |= {"nth": dice.randint(1, 4), "times": dice.choice((1, 1, 2, 4))}
        self._house.cxalloy.faults.append(TrackerFault.model_validate(fault))

    def _lost_create(self, dice: random.Random) -> None:
        """A create that has its effect, and whose answer never comes."""
        times, nth, status = dice.choice((1, 2)), dice.randint(1, 3), dice.choice((500, 502))
        kind = dice.choice(({"kind": "drop"}, {"kind": "status", "status": status}, {"kind": "stall"}))
        fault = {"when": "after", "nth": nth, "times": times, "method": "POST", **kind}
        if dice.random() < 0.6:
            path = rf"{ITEMS}|{ITEMS}/\d+/response_logs"
            self._house.procore.faults.append(ProcoreFault.model_validate({"path": path, **fault}))
        else:
            path = "/api/v1/(issuecomment_create|file_create|issue_create)"
            self._house.cxalloy.faults.append(TrackerFault.model_validate({"path": path, **fault}))

    def _empty_list(self, dice: random.Random) -> None:
        """A list that says for some minutes that nothing is there."""
        fault = ProcoreFault(path=f"{ITEMS}|.*recycle_bin.*", method="GET", kind="empty_list", times=0)
        other = TrackerFault(path="/api/v1/issue", kind="empty", times=0)
        which: tuple[list[Any], Any] = dice.choice(
            ((self._house.procore.faults, fault), (self._house.cxalloy.faults, other))
        )
        self._for_a_while(which, dice.uniform(30.0, 400.0))

    def _no_rights(self, dice: random.Random) -> None:
        """The authorizer may not read the tool for some minutes, or is told that nothing is there."""
        status = dice.choice((403, 404))
        fault = ProcoreFault(path=r"/rest/v1\.0/.*observations.*", status=status, times=0)
        self._for_a_while((self._house.procore.faults, fault), dice.uniform(60.0, 400.0))

    def _for_a_while(self, where: tuple[list[Any], Any], seconds: float) -> None:
        faults, fault = where
        faults.append(fault)

        def end() -> None:
            if fault in faults:
                faults.remove(fault)
                self._hits_before += max(0, fault.seen)

        self._later(seconds, end)

    def _lost_hook(self, dice: random.Random) -> None:
        self._hook_fault(dice, "lose")

    def _doubled_hook(self, dice: random.Random) -> None:
        self._hook_fault(dice, "duplicate")

    def _late_hook(self, dice: random.Random) -> None:
        self._hook_fault(dice, "delay", seconds=dice.choice((5.0, 90.0, 4000.0)))

    def _hook_fault(self, dice: random.Random, kind: str, **more: Any) -> None:
        times = dice.randint(1, 6)
        self._others += times
        self._house.postman.fault(kind=kind, nth=dice.randint(1, 3), times=times, **more)

    def _hook_deleted(self, _dice: random.Random) -> None:
        self._others += self._house.postman.delete_hooks()

    def _receipt_down(self, dice: random.Random) -> None:
        """Our address answers nobody, long enough for Procore to throw deliveries away."""
        self._others += 1
        self._house.postman.receiving = False
        self._later(
            dice.choice((60.0, 900.0, 2000.0)), lambda: setattr(self._house.postman, "receiving", True)
        )

    def _token_revoked(self, dice: random.Random) -> None:
        """Procore forgets all tokens of the person; some minutes later she connects again."""
        self._others += 1
        self._house.scheduler.upsets.append(self._house.scheduler())
        state = self._house.procore.state
        state.tokens.clear()
        state.refreshes.clear()
        self._later(dice.uniform(60.0, 900.0), self._renewed)

    def _renewed(self) -> None:
        self._house.offstage(lambda: furnishing.authorize(self._house, "p1", PRIYA))

    def _tokens_expire(self, _dice: random.Random) -> None:
        self._others += 1
        now = self._house.scheduler()
        tokens = self._house.procore.state.tokens
        tokens.update(
            {name: replace(one, expires_at=min(one.expires_at, now)) for name, one in tokens.items()}
        )

    def _key_read_only(self, dice: random.Random) -> None:
        self._others += 1
        self._key(mode="read_only")
        self._later(dice.uniform(60.0, 400.0), lambda: self._key(mode="read_write"))

    def _key_lost(self, dice: random.Random) -> None:
        self._others += 1
        self._key(projects=[])
        self._later(dice.uniform(60.0, 400.0), lambda: self._key(projects=None))

    def _key(self, **changes: Any) -> None:
        key = self._house.cxalloy.world.account.keys[0]
        for name, value in changes.items():
            setattr(key, name, value)

    def _purge(self, dice: random.Random) -> None:
        """A person deletes most of a project by mistake, and some of it comes back later."""
        self._others += 1
        world = self._house.cxalloy.world
        some = [one.issue_id for one in world.issues if one.visible and dice.random() < 0.7]
        self._by_hand(lambda issue_id: tracker_hands.delete(self._house.cxalloy, "Ana Souza", issue_id), some)
        back = some[: len(some) // 2] if dice.random() < 0.5 else some
        self._later(
            dice.choice((150.0, 900.0)),
            lambda: self._by_hand(
                lambda issue_id: tracker_hands.undo_delete(self._house.cxalloy, "Ana Souza", issue_id), back
            ),
        )

    def _by_hand(self, act: Callable[[str], str], issue_ids: list[str]) -> None:
        for issue_id in issue_ids:
            act(issue_id)
        self._history.look(PERSON)

    def _slow_calls(self, dice: random.Random) -> None:
        self._others += 1
        self._house.network.traffic.slow, self._house.network.traffic.longest = 0.3, dice.choice((10.0, 40.0))
        self._later(dice.uniform(60.0, 300.0), lambda: setattr(self._house.network.traffic, "slow", 0.0))

    def _queue_trouble(self, dice: random.Random) -> None:
        self._others += 1
        for queue in self._house.queues.values():
            queue.habits.doubled, queue.habits.lost, queue.habits.late = 0.3, 0.1, 0.3
            queue.habits.longest_delay = dice.choice((20.0, 300.0))
        self._later(dice.uniform(60.0, 600.0), self._queues_mended)

    def _queues_mended(self) -> None:
        for queue in self._house.queues.values():
            queue.habits.doubled = queue.habits.lost = queue.habits.late = 0.0

    def _kills(self, dice: random.Random) -> None:
        self._house.dangers.killed = dice.choice((0.1, 0.3))
        self._later(dice.uniform(60.0, 400.0), lambda: setattr(self._house.dangers, "killed", 0.0))

    def _frozen_worker(self, dice: random.Random) -> None:
        """Workers stand still in the middle, longer than their leases, and go on as if nothing had been."""
        self._others += 1
        self._house.dangers.frozen = 0.2
        self._later(dice.uniform(60.0, 200.0), lambda: setattr(self._house.dangers, "frozen", 0.0))
