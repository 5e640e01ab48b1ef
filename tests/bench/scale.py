"""What one full sweep costs at 1,000, 3,000 and 10,000 linked pairs that are at rest.

A full sweep is the inventory with all ids and the look at the webhook, the look at comments, and the poll of
the tracker. It runs in one process on memory stores, each size in a process of its own; the time that the two
sandboxes take to answer is told apart. What DynamoDB would be asked is counted in verbs of the stores; pages
follow from the size of a link's item.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time
import tracemalloc
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.support import small
from tests.support.sync_house import SyncHouse, choose

from plumbline.connections import settings as connection_settings
from plumbline.issues import facets, listing
from plumbline.stores import memory
from plumbline.stores.items import pack, to_item
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.stores.records import Link

SIZES = (1_000, 3_000, 10_000)
PAGE_CAPS = {"100 rows a page": 100, "2,000 rows a page": 2_000}
DYNAMO_PAGE = 1024 * 1024
"""What one query of DynamoDB reads at most (DynamoDB: "Paginating table query results")."""

KEYS = 160
"""Bytes of an item in the index that holds keys only, about."""


def measure() -> dict[str, Any]:
    """Each size in a process of its own; how the figures grow from the smallest to the largest."""
    told = {str(size): _in_own_process(size) for size in SIZES}
    first, last = told[str(SIZES[0])], told[str(SIZES[-1])]
    return {"pairs": told, "times_as_many_pairs": SIZES[-1] / SIZES[0], "times_as_much": _grown(first, last)}


def _in_own_process(size: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.scale", str(size)], capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _grown(first: dict[str, Any], last: dict[str, Any]) -> dict[str, float]:
    names = ("cpu_seconds_ours", "peak_memory_megabytes", "item_pages_of_dynamodb", "tracker_calls")
    return {name: round(last[name] / max(first[name], 0.001), 1) for name in names}


def of_size(size: int) -> dict[str, Any]:
    """One full sweep over so many pairs: calls, seconds, memory and verbs of the stores."""
    house = _with_pairs(size)
    house.procore.settings = house.procore.settings.model_copy(update={"page_cap": 2_000})
    _sweep(house)  # the first one lists what was just made, as changed
    told: dict[str, Any] = {"pairs": size, "procore_calls": {}}
    for name, cap in PAGE_CAPS.items():
        house.procore.settings = house.procore.settings.model_copy(update={"page_cap": cap})
        told["procore_calls"][name] = _calls_of_a_sweep(house)
    timed = Timed(house)
    counted = Counted(house)
    began = time.process_time()
    _sweep(house)
    cpu = time.process_time() - began
    told |= {
        "cpu_seconds": round(cpu, 2),
        "cpu_seconds_ours": round(cpu - timed.seconds, 2),
        "tracker_calls": len(house.tracker_calls()),
        "store_verbs": dict(counted.verbs),
        "store_writes": sum(n for verb, n in counted.verbs.items() if verb.split(".")[1] in WRITES),
        "hints": len(house.hints),
        "link_item_bytes": _item_bytes(house.link()),
        "item_pages_of_dynamodb": math.ceil(size * _item_bytes(house.link()) / DYNAMO_PAGE),
        "key_pages_of_dynamodb": math.ceil(size * KEYS / DYNAMO_PAGE),
    }
    return told | {"peak_memory_megabytes": _peak(house)}


WRITES = frozenset({"save", "create", "lease", "put_intent", "note_log", "write", "add", "delete"})


def _calls_of_a_sweep(house: SyncHouse) -> dict[str, Any]:
    house.mark()
    _sweep(house)
    kinds: Counter[str] = Counter()
    for call in house.calls():
        kinds["hooks" if "hooks" in call else "comments" if "response_logs" in call else "items"] += 1
    return {"calls": len(house.calls()), **kinds}


def _sweep(house: SyncHouse) -> None:
    """Everything that is looked at now and then, all at once; nothing is to come of it."""
    house.clock.sleep(3600)
    house.mark()
    told = (house.take_inventory("c1"), house.poll_comments("c1"), house.poll())
    house.sweep()
    whole = all(one["polled"] == 1 and not one["failed"] for one in told)
    assert whole, f"a look was cut off: {told}"
    assert not house.hints, f"{len(house.hints)} hints at rest"


def _peak(house: SyncHouse) -> float:
    """How much more memory a sweep takes while it runs, answers of the sandboxes included."""
    tracemalloc.start()
    _sweep(house)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return round(peak / 1e6, 1)


# ---- Many pairs, made from one --------------------------------------------------------------------------


def _with_pairs(size: int) -> SyncHouse:
    house = SyncHouse(small.world(files=[]), choose())
    house.settle()
    house.clock.sleep(7200)
    plenty = {"rate_hour": 100_000, "rate_spike": 100_000}
    house.procore.settings = house.procore.settings.model_copy(update=plenty)
    house.budget = memory.MemoryBudget(hour_limit=100_000, spike_limit=100_000)
    first, issue = house.link(), house.issue()
    item = house.procore.state.observations[house.observation_id()]
    for number in range(1, size):
        issue_id, observation_id = str(100_000 + number), item.id + number
        house.cxalloy.world.issues.append(
            issue.model_copy(update={"issue_id": issue_id, "name": f"CI-{issue_id}", "comments": []})
        )
        another = replace(item, id=observation_id, number=str(number))
        house.procore.state.observations[observation_id] = another
        house.plain_links.create(_clone(first, issue_id, str(observation_id)))
    _remember(house)
    return house


def _clone(link: Link, issue_id: str, observation_id: str) -> Link:
    return replace(
        link,
        id=f"{int(issue_id):032x}",
        issue_id=issue_id,
        issue_number=f"CI-{issue_id}",
        observation_id=observation_id,
        state=LinkState.SYNCED,
    )


def _remember(house: SyncHouse) -> None:
    """Let the poll know all issues as they are, as it does once they were carried over."""
    known, etag = house.snapshots.read("c1")
    settings = connection_settings.read(house.connection.settings)
    seen = listing.read(house.tracker(settings), "50")
    house.snapshots.write("c1", {**known, **{one.id: facets.said(one) for one in seen.issues}}, etag=etag)


def _item_bytes(link: Link) -> int:
    """A link's item as DynamoDB counts it, about: its names and values."""
    return sum(len(name) + len(json.dumps(value)) for name, value in pack(to_item(link)).items())


@dataclass
class Timed:
    """Tells the CPU seconds that the sandboxes take to answer."""

    house: SyncHouse
    seconds: float = 0.0

    def __post_init__(self) -> None:
        adapter: Any = self.house.session.get_adapter("http://127.0.0.1")
        held = adapter._sandboxes
        adapter._sandboxes = {host: self._timed(answer) for host, answer in held.items()}

    def _timed(self, answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def timed(request: Any) -> Any:
            began = time.process_time()
            try:
                return answer(request)
            finally:
                self.seconds += time.process_time() - began

        return timed


class Counted:
    """Counts the verbs of the stores."""

    def __init__(self, house: SyncHouse) -> None:
        self.verbs: Counter[str] = Counter()
        for name in ("links", "cursors", "snapshots", "connections", "authorizations", "activity"):
            setattr(house, name, _Counting(getattr(house, name), name, self.verbs))


class _Counting:
    def __init__(self, store: Any, name: str, verbs: Counter[str]) -> None:
        self._store, self._name, self._verbs = store, name, verbs

    def __getattr__(self, verb: str) -> Any:
        self._verbs[f"{self._name}.{verb}"] += 1
        return getattr(self._store, verb)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(of_size(int(sys.argv[1]))))
