"""The lists of both systems that a manager chooses from (S4, A20): Procore's live, the tracker's learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plumbline.connections.settings import OBSERVATION_PRIORITIES
from plumbline.cxalloy.model import vocabulary
from plumbline.procore import companies, items

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.mapping import Field
    from plumbline.procore.client import ProcoreClient


@dataclass(frozen=True, slots=True)
class Entry:
    """One value of a list; `kind` says more where the list has kinds (a type's category, an asset's type)."""

    id: str
    name: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class ProcoreLists:
    """What an observation of the project may have."""

    statuses: tuple[Entry, ...]
    priorities: tuple[Entry, ...]
    types: tuple[Entry, ...]
    trades: tuple[Entry, ...]

    def by_field(self) -> dict[Field, Mapping[str, str]]:
        """Value to name, by the field of the maps."""
        return {
            "status": _names(self.statuses),
            "priority": _names(self.priorities),
            "discipline": _names(self.trades),
            "issue_type": _names(self.types),
        }


@dataclass(frozen=True, slots=True)
class TrackerLists:
    """What the tracker's issues name, and what was added by hand.

    `complete` is False when the time was up before all issues were read.
    """

    statuses: tuple[Entry, ...]
    priorities: tuple[Entry, ...]
    disciplines: tuple[Entry, ...]
    types: tuple[Entry, ...]
    assets: tuple[Entry, ...]
    companies: tuple[Entry, ...]
    added: Mapping[str, Mapping[str, str]]
    complete: bool

    def by_field(self) -> dict[Field, Mapping[str, str]]:
        """Value to name, by the field of the maps."""
        return {
            "status": _names(self.statuses),
            "priority": _names(self.priorities),
            "discipline": _names(self.disciplines),
            "issue_type": _names(self.types),
        }


def company_entries(client: ProcoreClient) -> tuple[Entry, ...]:
    """Return the companies by name only; nothing touches them."""
    return _read(companies.companies(client))


def project_entries(client: ProcoreClient, search: str = "") -> tuple[Entry, ...]:
    """Return all projects of the client's company whose name has `search` in it; `kind` is the number."""
    return _read(companies.projects(client, search), "project_number")


def procore_lists(client: ProcoreClient, project_id: str) -> ProcoreLists:
    """Read statuses, types and trades live; the priorities are fixed words."""
    types = (row for row in items.observation_types(client, project_id) if row.get("active") is not False)
    return ProcoreLists(
        statuses=tuple(Entry(value, label) for value, label in items.statuses(client, project_id)),
        priorities=tuple(Entry(word, word) for word in OBSERVATION_PRIORITIES),
        types=_read(types, "category"),
        trades=_read(items.trades(client)),
    )


def tracker_lists(
    client: CxAlloyClient, project_id: str, settings: IssueSettings, *, time_left: Callable[[], float]
) -> TrackerLists:
    """Learn the lists from the project's issues, page by page while there is time (seconds)."""
    seen: list[Issue] = []
    complete = False
    for page in client.issues(project_id, include_comments=False, include_files=False):
        seen += page.issues
        complete = bool(page.complete)
        if time_left() <= 0:
            break
    return learned(seen, settings, complete=complete)


def learned(issues: list[Issue], settings: IssueSettings, *, complete: bool) -> TrackerLists:
    """Join what these issues name with what was added by hand; the tracker's own name wins."""
    words, added = vocabulary(issues), settings.added_values
    assets = {
        issue.asset.key: Entry(issue.asset.key, issue.asset.name, issue.asset.type)
        for issue in issues
        if issue.asset
    }
    firms = {
        who.key: Entry(who.key, who.name)
        for who in (issue.assignee for issue in issues)
        if who and who.type == "company"
    }
    return TrackerLists(
        statuses=_entries({**added.statuses, **words.statuses}),
        priorities=_entries({**added.priorities, **words.priorities}),
        disciplines=_entries({**added.disciplines, **words.disciplines}),
        types=_entries({**added.types, **words.types}),
        assets=_sorted(assets.values()),
        companies=_sorted(firms.values()),
        added=added.model_dump(),
        complete=complete,
    )


def _entries(names: Mapping[str, str]) -> tuple[Entry, ...]:
    return _sorted(Entry(value, name) for value, name in names.items())


def _sorted(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: (entry.name.casefold(), entry.id)))


def _names(entries: Iterable[Entry]) -> dict[str, str]:
    return {entry.id: entry.name for entry in entries}


def _read(rows: Iterable[dict[str, Any]], kind: str = "") -> tuple[Entry, ...]:
    """Read Procore's rows; one without an id cannot be chosen and is left out."""
    return tuple(
        Entry(str(row["id"]), str(row.get("name") or ""), str(row.get(kind) or ""))
        for row in rows
        if row.get("id")
    )
