"""The usual way to sync, to compare with: whole records, and the change received last wins.

As the source document says it ("the 'winner' is determined by which change is received last"): what changed
on one side is written to the other as a whole record. It knows no base, so fields that nobody changed are
written too. A change that it wrote itself is told by comparing with the record it wrote last. It carries
fields only, and it asks again at the next round when a call fails.
"""

from __future__ import annotations

import contextlib
import random
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.simulation import worlds
from tests.simulation.checker import Checker
from tests.simulation.deployment import ORIGINS, START, Deployment
from tests.simulation.furnishing import CONNECTION, furnish, look_after
from tests.simulation.history import History
from tests.simulation.people import People
from tests.simulation.plan import plan_of
from tests.simulation.scheduler import Task
from tests.simulation.weather import Weather

from plumbline import wiring
from plumbline.connections import settings as connection_settings
from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.issues import mapping, text
from plumbline.procore import items
from plumbline.procore.observations import NewObservation
from sandbox.procore.demo import HARBOR_POINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.findings import Report
    from tests.simulation.plan import Plan

    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.observations import Observation

PROJECT = "50"
FAILED = (Retry, Reject, NeedsAuthorization, EffectUnknown)
Record = dict[str, Any]


@dataclass
class LastReceivedWins:
    """One connection of whole-record sync; `twins` maps issues to observations."""

    house: Deployment
    twins: dict[str, str] = field(default_factory=dict)
    issues: dict[str, Record] = field(default_factory=dict)
    observations: dict[str, Record] = field(default_factory=dict)
    rounds: int = 0
    since: float = 0.0

    def each_minute(self) -> None:
        """Look at both systems, as two schedules would."""
        for act in (self._from_tracker, self._from_procore):
            self.rounds += 1
            self.house.scheduler.spawn(Task(f"baseline#{self.rounds}"), partial(_suffering, act))
        self.house.scheduler.at(self.house.scheduler() + 60.0, self.each_minute)

    def _from_tracker(self) -> None:
        sides = self._sides()
        for page in sides.tracker.issues(PROJECT):
            for issue in page.issues:
                record = _of_issue(issue, sides.settings)
                if self.issues.get(issue.id) != record:
                    _suffering(partial(self._push, sides, issue, record))

    def _push(self, sides: _Sides, issue: Issue, record: Record) -> None:
        line = text.link_line(issue, sides.tracker.web_address(issue))
        body = f"{issue.description}\n\n{line}"
        if issue.id in self.twins:
            whole = {**_given(record), "description": body}
            made, _ = items.update_observation(sides.procore, sides.project_id, self.twins[issue.id], whole)
        else:
            made, _ = items.create_observation(sides.procore, sides.project_id, _new(issue, record, body))
            self.twins[issue.id] = made.id
        self.issues[issue.id] = record
        self.observations[made.id] = _of_observation(made, issue, sides)

    def _from_procore(self) -> None:
        sides = self._sides()
        now, issues = self.house.scheduler(), {twin: issue_id for issue_id, twin in self.twins.items()}
        start = self.since or START
        found = items.observations_updated(sides.procore, sides.project_id, start=start, end=now + 60.0)
        for seen in [one for one in found if one.id in issues]:
            _suffering(partial(self._pull, sides, issues[seen.id], seen.id))
        self.since = now - 120.0

    def _pull(self, sides: _Sides, issue_id: str, twin: str) -> None:
        seen, _ = items.observation(sides.procore, sides.project_id, twin)
        issue = sides.tracker.issue(PROJECT, issue_id)
        record = _of_observation(seen, issue, sides) if issue else {}
        if issue is None or self.observations.get(twin) == record:
            return
        carried = {
            "status_id": mapping.to_tracker(sides.settings, "status", record["status"]),
            "priority_id": mapping.to_tracker(sides.settings, "priority", record["priority"]),
            "discipline_id": mapping.to_tracker(sides.settings, "discipline", record["trade_id"]),
            "type_id": mapping.to_tracker(sides.settings, "issue_type", record["type_id"]),
        }
        whole = {**_given(carried), "due_date": record["due_date"], "description": record["body"]}
        sides.tracker.update_issue(PROJECT, issue_id, whole)
        self.observations[twin] = record
        after = sides.tracker.issue(PROJECT, issue_id)
        if after:
            self.issues[issue_id] = _of_issue(after, sides.settings)

    def _sides(self) -> _Sides:
        connection = wiring.connections().get(CONNECTION)
        tracker = wiring.authorizations().get("t1")
        person = wiring.authorizations().get("p1")
        assert connection
        assert tracker
        assert person
        settings = connection_settings.read(connection.settings)
        return _Sides(
            wiring.cxalloy_client(tracker, settings.tracker_calls),
            wiring.procore_client(person, connection.company_id),
            connection.project_id,
            settings,
        )


@dataclass(frozen=True, slots=True)
class _Sides:
    tracker: CxAlloyClient
    procore: ProcoreClient
    project_id: str
    settings: IssueSettings


def _suffering(act: Callable[[], None]) -> None:
    """What fails is asked again at the next round."""
    with contextlib.suppress(*FAILED):
        act()


def _new(issue: Issue, record: Record, body: str) -> NewObservation:
    due = record["due_date"]
    given = {name: value for name, value in record.items() if name not in ("due_date", "description")}
    return NewObservation(
        name=issue.number,
        description=body,
        due_date=date.fromisoformat(due) if due else None,
        **{**given, "type_id": record["type_id"] or "7001"},
    )


def _of_issue(issue: Issue, settings: IssueSettings) -> Record:
    return {
        "description": issue.description,
        "status": mapping.to_procore(settings, "status", issue.status_id),
        "priority": mapping.to_procore(settings, "priority", issue.priority_id),
        "trade_id": mapping.to_procore(settings, "discipline", issue.discipline_id),
        "type_id": mapping.to_procore(settings, "issue_type", issue.type_id),
        "due_date": issue.due_date.isoformat() if issue.due_date else None,
    }


def _of_observation(seen: Observation, issue: Issue, sides: _Sides) -> Record:
    parts = text.parts(seen.description, sides.tracker.web_address(issue), ())
    return {
        "body": parts.body, "status": seen.status, "priority": seen.priority, "trade_id": seen.trade_id,
        "type_id": seen.type_id, "due_date": seen.due_date.isoformat() if seen.due_date else None,
    }  # fmt: skip


def _given(record: Record) -> Record:
    """A whole record without what has no value by the maps: that would be refused."""
    return {name: value for name, value in record.items() if value is not None or name == "due_date"}


def counted(seed: int) -> Report:
    """The same people and faults as of a seed, with the plain sync in place of all functions.

    Only fields count: it carries no comments, files or deletes, and keeps no conflict records.
    """
    plan = plan_of(seed)
    dice = random.Random(f"world:{seed}")
    settings = worlds.connection_settings(dice)
    house = Deployment(
        seed,
        worlds.tracker_world(dice, plan.pairs),
        worlds.procore_settings(dice, ORIGINS),
        worlds.cxalloy_settings(dice, settings["tracker_calls"]),
    )
    house.functions.clear()
    with house.running():
        return _live(house, plan, settings)


def _live(house: Deployment, plan: Plan, settings: dict[str, Any]) -> Report:
    history = History(house, frozenset({str(HARBOR_POINT), PROJECT}))
    people, weather = People(house, history, PROJECT), Weather(house, history)
    furnish(house, "sync", settings)
    LastReceivedWins(house).each_minute()
    look_after(house)
    for deed in plan.deeds:
        house.scheduler.at(START + deed.at, partial(people.act, deed))
    for strike in plan.strikes:
        house.scheduler.at(START + strike.at, partial(weather.strike, strike))
    house.scheduler.run(START + plan.storm)
    weather.calm()
    house.run(2 * 3600.0)
    return Checker(house, history, settings).at_rest()
