"""A small CxAlloy TQ account, and the ids of the default sandbox Procore."""

from __future__ import annotations

from typing import Any

from tests.functions.settings.api import CXALLOY_SECRET

from sandbox.cxalloy import CxAlloyWorld
from sandbox.procore.demo import CASCADE, DANA, HARBOR_POINT, MARCUS, MERIDIAN, NORTHWIND, PRIYA, RIVERSIDE

__all__ = ["CASCADE", "DANA", "HARBOR_POINT", "MARCUS", "MERIDIAN", "NORTHWIND", "PRIYA", "RIVERSIDE"]

OPEN, READY, DONE = "1", "2", "3"
TYPE, TRADE = "7001", "8001"

_ACCOUNT: dict[str, Any] = {
    "account": {
        "keys": [
            {"identifier": "demo-key", "secret": CXALLOY_SECRET},
            {"identifier": "reader", "secret": CXALLOY_SECRET, "mode": "read_only"},
            {"identifier": "nothing", "secret": CXALLOY_SECRET, "projects": []},
        ],
    },
    "projects": [{"project_id": 7, "name": "North Hospital"}, {"project_id": 8, "name": "South Lab"}],
    "statuses": [
        {"id": 1, "name": "Open", "initial": True},
        {"id": 2, "name": "Ready to copy"},
        {"id": 3, "name": "Copied to GC"},
    ],
    "priorities": [{"id": 11, "name": "High"}],
    "disciplines": [{"id": 21, "name": "HVAC"}],
    "issue_types": [{"id": 31, "name": "Deficiency"}],
    "companies": [{"id": 51, "name": "Aire Ltd"}],
    "assets": [{"asset_key": "71", "asset_type": "equipment", "asset_name": "AHU-1"}],
    "issues": [
        {
            "issue_id": 101,
            "project_id": 7,
            "name": "CHK-1",
            "description": "Damper stuck",
            "section": "construction",
            "status_id": 2,
            "priority_id": 11,
            "discipline_id": 21,
            "issuetype_id": 31,
            "asset_key": "71",
            "assigned_type": "company",
            "assigned_key": "51",
        },
        {"issue_id": 102, "project_id": 7, "name": "CHK-2", "section": "design", "status_id": 1},
        {"issue_id": 103, "project_id": 7, "name": "CHK-3", "description": "x", "status_id": 3},
    ],
}


def small_world() -> CxAlloyWorld:
    """The account as data of its own."""
    return CxAlloyWorld.model_validate(_ACCOUNT)
