"""What each side's value becomes on the other: by maps, look-ups, and the rules for texts (A20-A24, A50-A52).

Pure. None in the place of a carried value means that nothing is to be set on the other side.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from plumbline.agreement.merge import Carried, Pair, View
from plumbline.connections.settings import SYNC_FIELDS
from plumbline.issues import mapping, text
from plumbline.issues.sync_fields import MAPPED, base_of, digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plumbline.agreement.merge import Side
    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.sync_fields import Sides
    from plumbline.stores.records import Link


@dataclass(frozen=True, slots=True)
class Resolved:
    """What only a look-up can tell, for assignees and for assets as locations.

    `over`: the tracker's value to Procore's id; `back`: Procore's id to the tracker's value. A value that is
    missing from its table cannot be carried.
    """

    assignee_over: Mapping[str, str] = field(default_factory=dict)
    assignee_back: Mapping[str, str] = field(default_factory=dict)
    asset_over: Mapping[str, str] = field(default_factory=dict)
    asset_back: Mapping[str, str] = field(default_factory=dict)


def views(
    sides: Sides, link: Link, settings: IssueSettings, resolved: Resolved, last: Side
) -> tuple[View, ...]:
    """Every field in use, ready to be merged."""
    return tuple(
        View(
            name,
            base_of(link, name),
            Pair(sides.tracker[name], sides.procore[name]),
            over(name, sides, link, settings, resolved),
            back(name, sides, settings, resolved),
            settings.sync.rules.get(name, "last"),
            last,
        )
        for name in SYNC_FIELDS
        if name in sides.tracker
    )


def over(name: str, sides: Sides, link: Link, settings: IssueSettings, resolved: Resolved) -> Carried | None:
    """What Procore is to hold for the tracker's value; None: nothing is set, and never cleared (A21)."""
    value = sides.tracker[name]
    if name in MAPPED:
        carried = _mapped_over(MAPPED[name], value, settings)
        return Carried(carried) if carried else None
    if name == "title":
        return _title_over(sides, link, settings)
    if name == "description":
        body = text.fitted(replace(sides.parts, body=sides.issue_text)).body
        return Carried(digest(text.squeezed(body)))
    if name == "assignee":
        return _looked_up(value, resolved.assignee_over)
    if name == "asset" and settings.sync.assets_as_locations:
        return _asset_over(value, sides, resolved)
    return Carried(value)


def _mapped_over(name: mapping.Field, value: str | None, settings: IssueSettings) -> str | None:
    """By the map, else by its default; an unmapped type is left as it is on an update (A21)."""
    if name == "issue_type":
        return settings.maps.issue_type.to_procore.get(value or "")
    return mapping.to_procore(settings, name, value)


def _title_over(sides: Sides, link: Link, settings: IssueSettings) -> Carried | None:
    """A title that we made follows the issue, until a person gives the observation a title of their own."""
    if not settings.tracker_calls.issue_title_field:
        known = base_of(link, "title")
        theirs = known is not None and (
            sides.procore["title"] != known.procore
            or not text.stored_as(known.procore, known.tracker, shortest=text.SHORTEST_TITLE)
        )
        if theirs:
            return None
    return Carried(sides.tracker["title"])


def _looked_up(value: str | None, table: Mapping[str, str]) -> Carried | None:
    if value is None:
        return Carried(None)
    return Carried(table[value]) if value in table else None


def _asset_over(value: str | None, sides: Sides, resolved: Resolved) -> Carried | None:
    """A cleared asset clears a location of our tree only; people's own locations stay (A52)."""
    location = sides.procore["asset"]
    if value is None and (location is None or location not in resolved.asset_back):
        return None
    return _looked_up(value, resolved.asset_over)


def back(name: str, sides: Sides, settings: IssueSettings, resolved: Resolved) -> Carried | None:
    """What the tracker is to hold for Procore's value; None: nothing is set."""
    value = sides.procore[name]
    if name in MAPPED:
        carried = mapping.to_tracker(settings, MAPPED[name], value)
        return Carried(carried) if carried else None
    if name == "title":
        return Carried(value) if settings.tracker_calls.issue_title_field else None
    if name == "description":
        # a text that was cut on its way to Procore is never carried back: the whole of it is in the tracker
        return None if text.CUT.strip() in sides.parts.body else Carried(digest(text.plain(sides.parts.body)))
    if name == "assignee":
        return _looked_up(value, resolved.assignee_back)
    if name == "asset":
        known = value is not None and value in resolved.asset_back
        return (
            Carried(resolved.asset_back[value or ""]) if known and settings.sync.assets_as_locations else None
        )
    return Carried(value)
