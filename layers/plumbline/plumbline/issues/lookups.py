"""What only a look-up can tell a merge: made only where an assignee or asset changed, so rest costs nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.issues import sync_fields
from plumbline.issues.people import People
from plumbline.issues.places import Places
from plumbline.issues.sync_fields import Resolved

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Assignee, Issue
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_fields import Sides
    from plumbline.stores.records import Link

REFUSED = frozenset({"forbidden", "invalid", "refused", "malformed"})


@dataclass(slots=True)
class Lookups:
    """Assignees and locations of one connection."""

    context: Context

    @property
    def people(self) -> People:
        """The assignees."""
        return People(self.context.carrying, self.context.connection.id)

    @property
    def places(self) -> Places:
        """The locations of assets."""
        return Places(self.context.carrying, self.context.connection.id)

    def assignee(self, assignee: Assignee) -> str | None:
        """The Procore id to create an observation with; None where Procore has no place for that contact."""
        try:
            return self.people.over(assignee)[f"{assignee.type}:{assignee.key}"]
        except Reject as refusal:
            if refusal.code not in REFUSED:
                raise
            return None

    def resolve(self, link: Link, sides: Sides, issue: Issue) -> tuple[Resolved, Link]:
        """Look up what changed; a refusal becomes a remark on the item, and everything else syncs on (A41)."""
        resolved = Resolved()
        if self._changed("assignee", link, sides):
            try:
                resolved = replace(
                    resolved,
                    assignee_over=self.people.over(issue.assignee),
                    assignee_back=self.people.back(sides.procore["assignee"]),
                )
            except Reject as refusal:
                link = self._remark(link, "assignee", refusal)
        if self.context.settings.sync.assets_as_locations and self._changed("asset", link, sides):
            try:
                resolved = replace(
                    resolved, asset_over=self.places.over(issue.asset), asset_back=self.places.back()
                )
            except Reject as refusal:
                link = self._remark(link, "asset", refusal)
        return resolved, link

    def _changed(self, name: str, link: Link, sides: Sides) -> bool:
        if name not in sides.tracker:
            return False
        known = sync_fields.base_of(link, name)
        return known is not None and (sides.tracker[name], sides.procore[name]) != (known.tracker, known.procore)

    def _remark(self, link: Link, name: str, refusal: Reject) -> Link:
        if refusal.code not in REFUSED:
            raise refusal
        if link.remarks.get(name) != refusal.cause:
            self.context.tell(
                link, "refused", f"Procore refuses the {name}: {refusal.cause}", next_step=refusal.next_step
            )
        return replace(link, remarks={**link.remarks, name: refusal.cause})
