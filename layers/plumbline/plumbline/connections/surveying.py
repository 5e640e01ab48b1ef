"""Reads both sides of a connection whole and says what ongoing sync would do: a preview's work (S11, A11).

It writes nothing, on neither side and in no store. Listings are read page by page; the detail of an
observation only where its pair differs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.issues import adoption, born, copy_plan, preview_rows
from plumbline.issues import listing as listings
from plumbline.issues.pairs import every
from plumbline.issues.preview_rows import Pair
from plumbline.procore import items
from plumbline.stores.records import Link, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.preview import Row
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.observations import Observation
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Connection

CLOCK_MARGIN = 600.0
"""Our clock and Procore's may differ by this much (seconds) before the newest rows are missed."""

DETAILS_AT_MOST = 300
"""Details that one preview reads; the pairs past it are told from their rows alone."""

COPIED_ONCE = "They were copied once and are not kept true to each other yet."
_PARTED = (LinkState.UNLINKED, LinkState.LEFT)


@dataclass(frozen=True, slots=True)
class Found:
    """Both sides as listed, by id, and the links. `complete`: the tracker's listing may be taken for all.

    `recycled` are the linked observations that lie in Procore's recycle bin.
    """

    issues: Mapping[str, Issue]
    unreadable: frozenset[str]
    complete: bool
    observations: Mapping[str, Observation]
    recycled: frozenset[str]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """One look at a connection's two projects."""

    connection: Connection
    settings: IssueSettings
    tracker: CxAlloyClient
    procore: ProcoreClient
    links: Links
    now: Callable[[], float]

    def find(self) -> Found:
        """Read everything. Raises what the clients raise."""
        listed = listings.read(self.tracker, self.connection.tracker_project_id)
        observations = {one.id: one for one in self._observations()}
        links = tuple(every(self.links, self.connection.id))
        lost = {link.observation_id for link in links} - set(observations) - {""}
        return Found(
            {issue.id: issue for issue in listed.issues},
            frozenset(odd.issue_id for odd in listed.unreadable if odd.issue_id),
            listed.complete,
            observations,
            frozenset(self._recycled() & lost) if lost else frozenset(),
            links,
        )

    def rows(self, found: Found) -> tuple[Row, ...]:
        """Say what would be done, pair by pair; what is agreed already has no row."""
        return (*self._unlinked(found), *self._linked(found))

    def pair(self, link: Link, issue: Issue, observation: Observation) -> Pair:
        """Two that are twins, or are to be."""
        return Pair(link, issue, observation, self.tracker.web_address(issue))

    def blank(self, issue_id: str = "") -> Link:
        """The link that an issue would have."""
        return Link("", self.connection.id, issue_id, LinkState.WAITING)

    def two(self, issue_id: str, observation_id: str) -> Pair:
        """Read one issue and one observation as they are now. Raises `Reject` where either is not there."""
        issue = self.tracker.issue(self.connection.tracker_project_id, issue_id)
        if issue is None:
            raise _not_there("issue_id", "CxAlloy's project has no such issue.")
        try:
            there, _ = items.observation(self.procore, self.connection.project_id, observation_id)
        except Reject as refusal:
            if refusal.code not in ("not_found", "gone"):
                raise
            raise _not_there("observation_id", "Procore's project shows no such observation.") from refusal
        return self.pair(self.blank(issue_id), issue, there)

    def _observations(self) -> Iterator[Observation]:
        end = self.now() + CLOCK_MARGIN
        return items.observations_updated(self.procore, self.connection.project_id, 0.0, end)

    def _recycled(self) -> set[str]:
        """What lies in the recycle bin; nothing where the authorizer may not look into it."""
        try:
            return {one.id for one in items.recycled_observations(self.procore, self.connection.project_id)}
        except Reject as refusal:
            if refusal.code != "forbidden":
                raise
            return set()

    def _unlinked(self, found: Found) -> Iterator[Row]:
        """What has no link yet, or one without a twin: adopted, left for a person, or made."""
        links = {link.issue_id: link for link in found.links}
        settled = {link.issue_id for link in found.links if link.observation_id or link.state in _PARTED}
        held = {one for link in found.links for one in (link.observation_id, *link.former_observation_ids)}
        issues = [
            one
            for one in found.issues.values()
            if one.id not in settled and copy_plan.followed(one, self.settings)
        ]
        free = [one for one in found.observations.values() if one.id not in held]
        told = adoption.propose(issues, free, self.tracker.web_address, self.settings.title_template)
        for match in told.pairs:
            link = links.get(match.issue.id) or self.blank(match.issue.id)
            pair = self.pair(link, match.issue, match.observation)
            yield preview_rows.adopt(pair, match.reason, self.settings)
        unclear = {one.issue.id: one.reason for one in told.unclear}
        adopted = {match.issue.id for match in told.pairs}
        for issue in issues:
            if issue.id not in adopted:
                yield self._made(links.get(issue.id) or self.blank(issue.id), issue, unclear)
        since = self.connection.enabled_at or self.now()
        for one in free:
            if (one.created_at or 0.0) >= since and born.wanted(one, self.settings):
                yield preview_rows.birth(self.blank(), one)

    def _made(self, link: Link, issue: Issue, unclear: Mapping[str, str]) -> Row:
        if issue.id in unclear:
            return preview_rows.unclear(link, issue, unclear[issue.id])
        return preview_rows.create(link, issue, self.tracker.web_address(issue), self.settings)

    def _linked(self, found: Found) -> Iterator[Row]:
        details = DETAILS_AT_MOST
        for link in found.links:
            if link.state in _PARTED or not link.observation_id:
                continue
            issue, there = found.issues.get(link.issue_id), found.observations.get(link.observation_id)
            if issue and there:
                rows = self._twins(self.pair(link, issue, there), in_detail=details > 0)
                details -= bool(rows)
                yield from rows
            elif issue:
                recycled = link.observation_id in found.recycled
                yield self._without_observation(link, issue, recycled=recycled)
            elif there and found.complete and link.issue_id not in found.unreadable:
                yield preview_rows.gone_issue(link, there, self.settings)

    def _without_observation(self, link: Link, issue: Issue, *, recycled: bool) -> Row:
        if recycled and link.state is LinkState.GONE:
            return preview_rows.returned(link, issue)
        return preview_rows.gone_observation(link, issue, self.settings, recycled=recycled)

    def _twins(self, pair: Pair, *, in_detail: bool) -> tuple[Row, ...]:
        if not copy_plan.followed(pair.issue, self.settings):
            return (preview_rows.out_of_filter(pair),)
        if pair.link.state is LinkState.COPIED:
            return (preview_rows.adopt(pair, COPIED_ONCE, self.settings),)
        rows = preview_rows.updates(pair, self.settings)
        return self._in_detail(pair, rows) if rows and in_detail else rows

    def _in_detail(self, pair: Pair, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """The same rows from the observation's detail, under the name of what was listed."""
        try:
            whole, _ = items.observation(self.procore, self.connection.project_id, pair.observation.id)
        except Reject:  # it went away, or was hidden, since it was listed: the next preview tells
            return rows
        sharp = preview_rows.updates(replace(pair, observation=whole), self.settings)
        return tuple(replace(row, seen=pair.seen) for row in sharp)


def _not_there(field: str, cause: str) -> Reject:
    return Reject("not_found", cause, "Check the id on the item's page.", field=field, status=404)
