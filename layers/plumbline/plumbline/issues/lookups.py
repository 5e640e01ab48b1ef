"""What only a look-up can tell a merge: made where an assignee or asset changed, so rest costs nothing."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.issues import sync_fields, text
from plumbline.issues.carried import Resolved
from plumbline.issues.people import People
from plumbline.issues.places import Places

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeVar

    from plumbline.cxalloy.model import Asset, Issue
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_fields import Sides
    from plumbline.procore.observations import NewObservation, Observation
    from plumbline.stores.records import Link

    Found = TypeVar("Found")

REFUSED = frozenset({"forbidden", "invalid", "refused", "malformed", "not_found"})
_OLD = "\0"  # in a base: a value that is surely not the one of now


@dataclass(slots=True)
class Lookups:
    """Assignees and locations of one pair during one pass; `refused` names the fields whose look-up was."""

    context: Context
    refused: set[str] = field(default_factory=set)

    @property
    def people(self) -> People:
        """The assignees."""
        return People(self.context)

    @property
    def places(self) -> Places:
        """The locations of assets."""
        return Places(self.context)

    def drafted(self, draft: NewObservation, issue: Issue, link: Link) -> tuple[NewObservation, Link]:
        """The draft with its assignee and location; what Procore refuses is left out and remarked."""
        sync = self.context.settings.sync
        if sync.assignees and (who := issue.assignee):
            made, link = self._tried(link, "assignee", lambda: self.people.over(who)[f"{who.type}:{who.key}"])
            draft = replace(draft, assignee_id=made)
        if sync.assets_as_locations and (what := issue.asset):
            made, link = self._tried(link, "asset", lambda: self.places.over(what)[f"{what.type}:{what.key}"])
            draft = replace(draft, location_id=made)
        return draft, link

    def resolve(
        self, link: Link, sides: Sides, issue: Issue, observation: Observation
    ) -> tuple[Resolved, Link]:
        """Look up what changed; a refusal becomes a remark, and everything else syncs on (A41)."""
        resolved, sync = Resolved(), self.context.settings.sync
        link = _in_use(link, sides, issue, located=sync.assets_as_locations)
        if not sync.assignees:
            link = _unfollowed(link, issue, observation)
        else:
            resolved, link = self._assignees(link, sides, issue)
        if sync.assets_as_locations and any(_moved("asset", link, sides)):
            places, link = self._tried(link, "asset", lambda: self.places.over(issue.asset))
            resolved = replace(resolved, asset_over=places or {}, asset_back=self.places.back())
            link = _named(link, issue.asset)
        elif sync.assets_as_locations and (asset := issue.asset) and self._renamed(link, asset):
            _, link = self._tried(link, "asset", lambda: self.places.rename(asset))
            link = _named(link, asset)
        return resolved, link

    def _assignees(self, link: Link, sides: Sides, issue: Issue) -> tuple[Resolved, Link]:
        """Look up the one who was newly assigned, on the side where that was: of no use is the other."""
        here, there = _moved("assignee", link, sides)
        over: Mapping[str, str] | None = None
        if here:
            over, link = self._tried(link, "assignee", lambda: self.people.over(issue.assignee))
        back = self.people.back(sides.procore["assignee"]) if there else {}
        return Resolved(assignee_over=over or {}, assignee_back=back), link

    def _tried(self, link: Link, name: str, look: Callable[[], Found]) -> tuple[Found | None, Link]:
        """What a look-up finds; None and a remark where Procore refuses it. An old remark goes."""
        try:
            found = look()
        except Reject as refusal:
            return None, self._remark(link, name, refusal)
        if name not in link.remarks or name in link.refused:
            return found, link
        return found, replace(link, remarks={key: said for key, said in link.remarks.items() if key != name})

    def _renamed(self, link: Link, asset: Asset) -> bool:
        """Whether the asset may have another name than when its location was last looked at (A52)."""
        return bool(link.base.get("asset")) and link.base.get("asset_name", [""])[0] != asset.name

    def _remark(self, link: Link, name: str, refusal: Reject) -> Link:
        if refusal.code not in REFUSED:
            raise refusal
        self.refused.add(name)
        if link.remarks.get(name) != refusal.cause:
            self.context.tell(
                link, "refused", f"Procore refuses the {name}: {refusal.cause}", next_step=refusal.next_step
            )
        return replace(link, remarks={**link.remarks, name: refusal.cause})


def _moved(name: str, link: Link, sides: Sides) -> tuple[bool, bool]:
    """Whether the tracker's value, and Procore's, is another than was agreed."""
    known = sync_fields.base_of(link, name) if name in sides.tracker else None
    if known is None:
        return False, False
    return sides.tracker[name] != known.tracker, sides.procore[name] != known.procore


def _named(link: Link, asset: Asset | None) -> Link:
    """Note by which name the asset's location was last looked at."""
    if asset is None:
        return link
    return replace(link, base={**link.base, "asset_name": [asset.name, asset.name]})


def _unfollowed(link: Link, issue: Issue, observation: Observation) -> Link:
    """Remember the assignees not in sync: the option, turned on, begins with the next change (A40)."""
    native = f"{issue.assignee.type}:{issue.assignee.key}" if issue.assignee else None
    now = [native, observation.assignee_id]
    return link if link.base.get("assignee") == now else replace(link, base={**link.base, "assignee": now})


def _in_use(link: Link, sides: Sides, issue: Issue, *, located: bool) -> Link:
    """The base of the asset in the form in use: a location or a line. A setting is no edit (S17)."""
    known = link.base.get("asset")
    if not known or known[0] is None or known[0].startswith(text.ASSET) is not located:
        return link
    line, native = text.asset_line(issue), f"{issue.asset.type}:{issue.asset.key}" if issue.asset else None
    before, now = (line, native) if located else (native, line)
    base = {**link.base, "asset": [now if known[0] == before else _OLD, sides.procore["asset"]]}
    return replace(link, base=base | ({"asset_line": known} if located else {}))
