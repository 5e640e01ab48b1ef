"""Pairs for the tests of the pure part of sync: an observation, a link, settings, both sides as read."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.unit.issues import making

from plumbline.connections import settings as connection_settings
from plumbline.issues import carried, sync_fields, sync_plan
from plumbline.procore.observations import Observation
from plumbline.stores.records import Link, LinkState

if TYPE_CHECKING:
    from plumbline.agreement.merge import Side
    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.carried import Resolved
    from plumbline.issues.sync_fields import Sides
    from plumbline.issues.sync_plan import Plan

ADDRESS = making.address(1001)
ASSET_LINE = "CxAlloy asset: AHU-3 (equipment)"
LINK_LINE = f"CxAlloy issue CI-12: {ADDRESS}"
TEXT = making.ISSUE.description

MAPS: dict[str, Any] = {
    "status": {
        "to_procore": {"3101": "initiated", "3103": "ready_for_review", "3104": "ready_for_review"},
        "to_tracker": {"initiated": "3101", "ready_for_review": "3103", "closed": "3106"},
    },
    "priority": {"to_procore": {"1": "High", "2": "Urgent"}, "to_tracker": {"High": "1", "Urgent": "2"}},
    "discipline": {"to_procore": {"10": "8001"}, "to_tracker": {"8001": "10"}},
    "issue_type": {"to_procore": {"20": "7002"}, "to_tracker": {"7002": "20"}},
}


def settings(**changes: Any) -> IssueSettings:
    """Settings with maps; `sync` and all else as given."""
    given = {"initial_status_id": "3101", "default_type_id": "7001", "maps": MAPS}
    return connection_settings.read({**given, **changes})


SETTINGS = settings()

OBSERVATION = Observation(
    id="77",
    number="5",
    name="CI-12: AHU-3 supply fan does not ramp.",
    description=f"{TEXT}\n\n{ASSET_LINE}\n\n{LINK_LINE}",
    status="ready_for_review",
    priority="High",
    due_date=date(2026, 3, 15),
    trade_id="8001",
    type_id="7002",
    created_at=1.0,
    updated_at=1000.0,
)


def observation(**changes: Any) -> Observation:
    """The twin of the believable issue, with some fields changed."""
    return replace(OBSERVATION, **changes)


def link(**changes: Any) -> Link:
    """A link without a base."""
    return replace(Link("l1", "c1", "1001", LinkState.SYNCED, observation_id="77"), **changes)


def sides(
    issue: Issue = making.ISSUE,
    twin: Observation = OBSERVATION,
    of: Link | None = None,
    chosen: IssueSettings = SETTINGS,
) -> Sides:
    """Both as read."""
    return sync_fields.read(issue, twin, of or link(), chosen, ADDRESS)


def agreed(chosen: IssueSettings = SETTINGS, **changes: Any) -> Link:
    """A link whose base is the believable pair."""
    both = sides(chosen=chosen)
    return replace(sync_plan.agreed(link(), both.tracker, both.tracker, both.procore), **changes)


def plan(
    issue: Issue = making.ISSUE,
    twin: Observation = OBSERVATION,
    of: Link | None = None,
    chosen: IssueSettings = SETTINGS,
    resolved: Resolved | None = None,
    *,
    last: Side = "procore",
    **more: Any,
) -> Plan:
    """What is to be done about a pair."""
    known = of or agreed(chosen)
    seen = sides(issue, twin, known, chosen)
    return sync_plan.plan(seen, known, chosen, resolved or carried.Resolved(), last=last, **more)
