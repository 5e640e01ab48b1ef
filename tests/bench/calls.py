"""Procore calls for a whole demo project, against the least possible; counted by the sandbox, not by us."""

from __future__ import annotations

from typing import Any

from tests.support import small
from tests.support.house import House

from sandbox import project
from sandbox.cxalloy import CxAlloyWorld
from sandbox.demo.proof import calls_by_kind

SEGMENT_ABOVE = 16 * 1024 * 1024


def measure() -> dict[str, Any]:
    """Copy the demo project in one process and count.

    Least: 1 for each observation, 1 for each comment, 1 for each file, 2 for a file sent in segments.
    """
    world = CxAlloyWorld.model_validate(project.load())
    ready = next(one.id for one in world.statuses if one.name == "Ready for Procore")
    sent = next(one.id for one in world.statuses if one.name == "Sent to Procore")
    settings = {**small.SETTINGS, "trigger_status_id": ready, "done_status_id": sent, "maps": {}}
    house = House(world, settings, segment_above=SEGMENT_ABOVE)
    house.run_until_calm(minutes=600)
    twins = house.observations()
    files = [one for twin in twins for one in twin["attachments"]]
    comments = sum(1 for twin in twins for log in twin["response_logs"] if log["comment"])
    segmented = sum(1 for one in files if one["size"] > SEGMENT_ABOVE)
    least = len(twins) + comments + len(files) + segmented
    calls = house.procore.journal.calls()
    return {
        "issues": len(twins),
        "calls": len(calls),
        "least": least,
        "ratio": round(len(calls) / least, 4),
        "calls_an_issue": round(len(calls) / len(twins), 2),
        "by_kind": calls_by_kind(calls),
        "refused_for_rate": sum(1 for one in calls if one["status"] == 429),
        "virtual_minutes_at_600_an_hour": round((house.clock.time - 1_780_000_000.0) / 60, 1),
    }
