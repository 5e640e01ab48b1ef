"""The usual way to sync, to compare with: whole records, and the change received last wins.

As the source document says it ("the 'winner' is determined by which change is received last"): what changed
on one side is written to the other as a whole record. It knows no base, so fields that nobody changed are
written too. A change that it wrote itself is told by comparing with the record it wrote last. It carries fields
only, and it asks again at the next round when a call fails.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.simulation.furnishing import CONNECTION
from tests.simulation.scheduler import Task

from plumbline import wiring
from plumbline.connections import settings as connection_settings
from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.issues import mapping, text
from plumbline.procore import items
from plumbline.procore.observations import NewObservation

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.deployment import Deployment

    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.observations import Observation

FAILED = (Retry, Reject, NeedsAuthorization, EffectUnknown)
Record = dict[str, Any]


@dataclass
class LastReceivedWins:
    """One connection of whole-record sync; `twins` maps issues to observations."""

    house: Deployment
    twins: dict[str, str] = field(default_factory=dict)
    issues: dict[str, Record] = field(default_factory=dict)
    observations: dict[str, Record] = field(default_factory=dict)

    def each_minute(self) -> None:
        """Poll both systems, one after the other, as two schedules would."""
        self.house.scheduler.spawn(Task("baseline tracker"), self._from_tracker)
        self.house.scheduler.spawn(Task("baseline procore"), self._from_procore)
        self.house.scheduler.at(self.house.scheduler() + 60.0, self.each_minute)

    def _from_tracker(self) -> None:
        tracker, procore, project, settings = self._clients()
        with contextlib.suppress(*FAILED):
            for page in tracker.issues("50"):
                for issue in page.issues:
                    record = _of_issue(issue, settings)
                    if self.issues.get(issue.id) != record:
                        self._guarded(lambda i=issue, r=record: self._push(procore, project, i, r, tracker))

    def _push(
        self, procore: ProcoreClient, project: str, issue: Issue, record: Record, tracker: CxAlloyClient
    ) -> None:
        if issue.id not in self.twins:
            whole = text.description(issue, tracker.web_address(issue), with_asset=False)
            due = date.fromisoformat(record["due_date"]) if record["due_date"] else None
            made, _ = items.create_observation(
                procore, project, NewObservation(name=f"{issue.number}", description=whole, **{**record, "due_date": due, "type_id": record["type_id"] or "7001"}),
            )  # fmt: skip
            self.twins[issue.id] = made.id
        else:
            body = f"{issue.description}\n\n{text.link_line(issue, tracker.web_address(issue))}"
            made, _ = items.update_observation(
                procore, project, self.twins[issue.id], {**_given(record), "description": body}
            )
        self.issues[issue.id] = record
        self.observations[made.id] = _of_observation(made, issue, tracker)

    def _from_procore(self) -> None:
        tracker, procore, project, settings = self._clients()
        for issue_id, twin in list(self.twins.items()):
            self._guarded(lambda i=issue_id, t=twin: self._pull(tracker, procore, project, i, t, settings))

    def _pull(
        self,
        tracker: CxAlloyClient,
        procore: ProcoreClient,
        project: str,
        issue_id: str,
        twin: str,
        settings: Any,
    ) -> None:
        seen, _ = items.observation(procore, project, twin)
        issue = tracker.issue("50", issue_id)
        if issue is None:
            return
        record = _of_observation(seen, issue, tracker)
        if self.observations.get(twin) == record:
            return
        carried = {
            "status_id": mapping.to_tracker(settings, "status", record["status"]),
            "priority_id": mapping.to_tracker(settings, "priority", record["priority"]),
            "discipline_id": mapping.to_tracker(settings, "discipline", record["trade_id"]),
            "type_id": mapping.to_tracker(settings, "issue_type", record["type_id"]),
        }
        tracker.update_issue(
            "50", issue_id, {**_given(carried), "due_date": record["due_date"], "description": record["body"]}
        )
        self.observations[twin] = record
        after = tracker.issue("50", issue_id)
        if after:
            self.issues[issue_id] = _of_issue(after, settings)

    def _guarded(self, act: Callable[[], None]) -> None:
        with contextlib.suppress(*FAILED):
            act()

    def _clients(self) -> tuple[CxAlloyClient, ProcoreClient, str, Any]:
        connection = wiring.connections().get(CONNECTION)
        tracker = wiring.authorizations().get("t1")
        person = wiring.authorizations().get("p1")
        assert connection
        assert tracker
        assert person
        settings = connection_settings.read(connection.settings)
        return (
            wiring.cxalloy_client(tracker, settings.tracker_calls),
            wiring.procore_client(person, connection.company_id),
            connection.project_id,
            settings,
        )


def _of_issue(issue: Issue, settings: Any) -> Record:
    return {
        "description": issue.description,
        "status": mapping.to_procore(settings, "status", issue.status_id),
        "priority": mapping.to_procore(settings, "priority", issue.priority_id),
        "trade_id": mapping.to_procore(settings, "discipline", issue.discipline_id),
        "type_id": mapping.to_procore(settings, "issue_type", issue.type_id),
        "due_date": issue.due_date.isoformat() if issue.due_date else None,
    }


def _of_observation(seen: Observation, issue: Issue, tracker: CxAlloyClient) -> Record:
    parts = text.parts(seen.description, tracker.web_address(issue), ())
    return {
        "body": parts.body, "status": seen.status, "priority": seen.priority, "trade_id": seen.trade_id,
        "type_id": seen.type_id, "due_date": seen.due_date.isoformat() if seen.due_date else None,
    }  # fmt: skip


def _given(record: Record) -> Record:
    """A whole record without what has no value by the maps: that would be refused."""
    return {name: value for name, value in record.items() if value is not None or name == "due_date"}
