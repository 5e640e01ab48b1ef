"""Procore calls of connections at rest that share one authorizer, against a tenth of its hourly limit.

The real functions on their schedules, in one process on virtual time; the tracker, whose polls cost no call
at Procore, is looked at once an hour to save time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.simulation.deployment import ORIGINS, START, Deployment
from tests.simulation.furnishing import CONNECTION, furnish
from tests.support import small

from plumbline import wiring_jobs
from plumbline.issues.hints import LOG
from sandbox.cxalloy import CxAlloyWorld

if TYPE_CHECKING:
    from sandbox.procore import ProcoreSandbox

CROWDS = (1, 5, 11, 20)
HOURS = 24
WARM_UP = 2
LIMIT = 600
SETTINGS: dict[str, Any] = {**small.SETTINGS, "poll_seconds": 3600}


def measure() -> dict[str, Any]:
    """Calls an hour over a day at rest, by number of connections, with the webhook for comments or not."""
    return {
        "hourly_limit": LIMIT,
        "share_that_idle_connections_may_take": 0.1,
        "webhook_tells_of_comments": {str(count): _day(count, offers_logs=True) for count in CROWDS},
        "comments_are_polled": {str(count): _day(count, offers_logs=False) for count in CROWDS},
    }


def _day(count: int, *, offers_logs: bool) -> dict[str, Any]:
    left_out = () if offers_logs else (LOG,)
    given = {"rate_hour": LIMIT, "left_out_resources": left_out, "plain_http_destinations": True}
    house = Deployment(1, _world(count), ORIGINS.model_copy(update=given))
    with house.running():
        furnish(house, "sync", SETTINGS)
        for place in range(1, count):
            house.scheduler.at(START + 120 * place, partial(_connect_later, house, place))
        house.run(WARM_UP * 3600)
        before = len(house.procore.journal.entries)
        house.run(HOURS * 3600)
        calls = [
            one
            for one in house.procore.journal.entries[before:]
            if one["kind"] == "call" and one["surface"] == "rest"
        ]
        return _told(count, calls, START + WARM_UP * 3600) | {"crowded": _crowded(house)}


def _connect_later(house: Deployment, place: int) -> None:
    house.offstage(lambda: _connect(house, place))


def _connect(house: Deployment, place: int) -> None:
    """One more connection of the same authorizer, of two other projects, with its webhook."""
    first = house.stores["connections"].get(CONNECTION)
    made = replace(
        first,
        id=f"c{place + 1}",
        name=f"connection {place + 1}",
        project_id=str(_projects(house.procore)[place]),
        tracker_project_id=str(50 + place),
    )
    house.stores["connections"].create(made)
    keeper = wiring_jobs.hook_keeper(made, lambda: 60.0)
    keeper.repair(wiring_jobs.wanted_hook(made), now=house.scheduler())


def _projects(procore: ProcoreSandbox) -> list[int]:
    held = procore.state.projects.values()
    first = next(iter(held))
    return [one.id for one in held if one.active and one.company_id == first.company_id]


def _world(count: int) -> CxAlloyWorld:
    """Two issues in each of so many projects."""
    issues = [
        small.issue(f"{place}00{number}", project_id=str(50 + place), comments=[])
        for place in range(count)
        for number in (1, 2)
    ]
    projects = [{"project_id": str(50 + place), "name": f"Project {place}"} for place in range(count)]
    return CxAlloyWorld.model_validate({**small.world(issues, []).model_dump(), "projects": projects})


def _told(count: int, calls: list[dict[str, Any]], began: float) -> dict[str, Any]:
    hours = Counter(int((one["at"] - began) // 3600) for one in calls)
    average = len(calls) / HOURS
    return {
        "connections": count,
        "calls_an_hour": round(average, 1),
        "most_in_one_hour": max(hours.values(), default=0),
        "of_the_limit": round(average / LIMIT, 4),
        "by_kind_a_day": dict(Counter(_kind(one) for one in calls)),
    }


def _kind(call: dict[str, Any]) -> str:
    for word in ("response_logs", "recycle_bin", "hooks"):
        if word in call["path"]:
            return word
    ids_only = ["view", "ids"] in call["query"]
    return "observation ids" if ids_only else f"{call['method']} {call['path'].rsplit('/', 1)[-1]}"


def _crowded(house: Deployment) -> bool:
    """Whether the connections say that a second authorizer is needed."""
    entries = house.stores["activity"].read(CONNECTION, limit=1000).items
    return any("share one Procore authorizer" in one.message for one in entries)
