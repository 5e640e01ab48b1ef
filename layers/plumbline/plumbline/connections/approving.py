"""Approving a preview: its pairs become twins, its changed maps are carried over (S11, S17, A11).

Both sides are listed again first. What changed since the preview is left out and named, for a new preview. An
issue that matches more than one observation is set aside, so that no further one is made of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections import linking
from plumbline.connections.items import HINTS_AT_ONCE, must_be_free
from plumbline.connections.previews import LeftOut
from plumbline.errors import Reject
from plumbline.issues import hints
from plumbline.issues.hints import Hint
from plumbline.stores.ports import Stale, Taken

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.previews import Preview
    from plumbline.connections.surveying import Found, Survey
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.preview import Row
    from plumbline.issues.preview_rows import Pair
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Link

INLINE = 100
"""So many items are approved while a person waits; more are a job's."""

LISTED_INLINE = 1000
"""So many listed issues and observations may be read again while a person waits."""

CHANGED = "It changed after the preview."


def is_short(made: Preview) -> bool:
    """Say whether approving this preview fits into one request."""
    return len(todo(made)) <= INLINE and made.listed <= LISTED_INLINE


def todo(made: Preview) -> tuple[Row, ...]:
    """The rows that an approval acts on by itself; all others are the sync's own work once it is enabled."""
    return tuple(row for row in made.rows if row.act == "adopt" or row.by_settings or _is_ambiguous(row))


def _is_ambiguous(row: Row) -> bool:
    """Say whether a row is of an issue without a twin that has several candidates."""
    return row.act == "unclear" and not row.observation_id


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval; `send` puts hints on the queue, the sweep makes good those past the first few."""

    survey: Survey
    links: Links
    send: Callable[[Hint], None]
    now: Callable[[], float]

    def run(self, made: Preview, who: str) -> Preview:
        """Carry it out; returns the preview as approved, with what was left out.

        Raises what the clients raise.
        """
        rows = todo(made)
        left: list[LeftOut] = []
        done: list[Row] = []
        if rows:
            found = self.survey.find()
            for row in rows:
                cause = self._one(row, found, hint=len(done) < HINTS_AT_ONCE)
                if cause:
                    left.append(LeftOut(row.issue_id, row.observation_id, cause))
                else:
                    done.append(row)
        adopted = sum(row.act == "adopt" for row in done)
        remapped = sum(row.by_settings for row in done)
        return replace(
            made,
            state="approved",
            approved_at=self.now(),
            approved_by=who,
            adopted=adopted,
            remapped=remapped,
            set_aside=len(done) - adopted - remapped,
            left_out=tuple(left),
        )

    def _one(self, row: Row, found: Found, *, hint: bool) -> str:
        """Approve one row; returns why it was left out, "" when it was not."""
        issue, there = found.issues.get(row.issue_id), found.observations.get(row.observation_id)
        if issue and _is_ambiguous(row):
            return self._set_aside(issue, row.reason)
        if issue is None or there is None:
            return "One of the two is there no longer."
        known = self.links.get(row.link_id) if row.link_id else None
        pair = self.survey.pair(known or self.survey.blank(issue.id), issue, there)
        if pair.seen != row.seen:
            return CHANGED
        try:
            saved = self._remap(pair.link) if row.by_settings else self._adopt(pair)
        except Stale:
            return CHANGED
        except Reject as refusal:
            return refusal.cause
        if hint:
            self.send(Hint(saved.connection_id, "manual", saved.id, facets=saved.wants))
        return ""

    def _set_aside(self, issue: Issue, reason: str) -> str:
        try:
            address = self.survey.tracker.web_address(issue)
            linking.set_aside(self.links, self.survey.connection, issue, address, reason, now=self.now())
        except (Stale, Taken):
            return CHANGED
        except Reject as refusal:
            return refusal.cause
        return ""

    def _adopt(self, pair: Pair) -> Link:
        twins = linking.twins(pair, self.survey.settings)
        return linking.join(self.links, self.survey.connection, twins, now=self.now())

    def _remap(self, link: Link) -> Link:
        must_be_free(link, now=self.now())
        return self.links.save(replace(link, wants=(*hints.ALL, hints.REMAP), due_at=self.now()))
