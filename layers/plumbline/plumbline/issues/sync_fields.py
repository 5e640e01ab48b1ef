"""The fields of a pair as the merge sees them: each side's native values, and what each becomes there (A12).

Pure. A long text stands in the base as a fingerprint. The tracker's text counts letter by letter; Procore's
counts by its words, for its formatting re-breaks lines and bold words are not an edit of the text (A24).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.agreement.merge import Pair
from plumbline.connections.settings import SYNC_FIELDS
from plumbline.issues import comment_text, mapping, text
from plumbline.procore.rich_text import is_formatted, to_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from plumbline.agreement.merge import Side
    from plumbline.connections.settings import IssueSettings, SyncField
    from plumbline.cxalloy.model import Issue
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link

LONGEST = 300
"""Characters of a value that stands in the base as it is; a longer one stands as its SHA-256."""

Natives = dict[str, str | None]
MAPPED: dict[str, mapping.Field] = {
    "status": "status", "priority": "priority", "discipline": "discipline", "issue_type": "issue_type",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sides:
    """One pair as read: values to compare, and the texts behind fingerprints."""

    tracker: Natives
    procore: Natives
    issue_text: str
    parts: text.Parts
    formatted: bool


def fields_of(settings: IssueSettings) -> tuple[SyncField, ...]:
    """The fields that this connection keeps in agreement (A40, A43, A50, A51)."""
    off: set[str] = set()
    if not settings.sync.assignees:
        off.add("assignee")
    if not (settings.sync.assets_as_locations or settings.asset_in_description):
        off.add("asset")
    return tuple(name for name in SYNC_FIELDS if name not in off)


def digest(value: str | None) -> str | None:
    """A value as it stands in the base."""
    if value is None or len(value) <= LONGEST:
        return value
    return f"sha256:{hashlib.sha256(value.encode()).hexdigest()}"


def native(name: str, side: Side, value: str | None) -> str | None:
    """A whole value as a side's natives hold it."""
    if name != "description":
        return value
    return digest(text.plain(value or "") if side == "tracker" else text.squeezed(text.plain(value or "")))


def read(issue: Issue, observation: Observation, link: Link, settings: IssueSettings, address: str) -> Sides:
    """Both sides' values of the fields in use."""
    lines = {line for line in (text.asset_line(issue), *asset_lines(link)) if line}
    parts = parts_of(observation, address, lines)
    names = fields_of(settings)
    tracker, procore = tracker_natives(issue, settings), procore_natives(observation, parts, settings)
    return Sides(
        {name: _kept(issue.missing, link, name, 0, tracker[name]) for name in names},
        {name: _kept(observation.missing, link, name, 1, procore[name]) for name in names},
        text.plain(issue.description),
        parts,
        is_formatted(observation.rich_text, observation.description),
    )


def parts_of(observation: Observation, address: str, asset_lines: Collection[str]) -> text.Parts:
    """The observation's description taken apart; formatted ones are read from their formatting (A24)."""
    formatted = is_formatted(observation.rich_text, observation.description)
    plain = observation.description
    return text.parts(
        to_text(observation.rich_text) if formatted or plain is None else plain, address, asset_lines
    )


def storable(issue: Issue) -> dict[str, object]:
    """An issue as it is kept for an undo of its deletion: the fields, and its comments as texts."""
    return {
        "number": issue.number,
        "title": issue.title,
        "description": issue.description,
        "status_id": issue.status_id,
        "priority_id": issue.priority_id,
        "discipline_id": issue.discipline_id,
        "type_id": issue.type_id,
        "due_date": issue.due_date.isoformat() if issue.due_date else None,
        "assignee_type": issue.assignee.type if issue.assignee else None,
        "assignee_key": issue.assignee.key if issue.assignee else None,
        "asset_type": issue.asset.type if issue.asset else None,
        "asset_key": issue.asset.key if issue.asset else None,
        "comments": [comment_text.comment(one) for one in issue.comments],
        "files": [file.name for file in issue.files],
    }


def _kept(missing: frozenset[str], link: Link, name: str, place: int, value: str | None) -> str | None:
    """The value; a key that an answer lacks is no edit: it counts as it was agreed (INVARIANTS 11)."""
    known = link.base.get(name)
    return known[place] if name in missing and known else value


def asset_lines(link: Link) -> tuple[str, ...]:
    """The asset lines that we wrote, one from before assets became locations among them."""
    known = (*link.base.get("asset", ()), *link.base.get("asset_line", ()))
    return tuple(value for value in known if value and value.startswith(text.ASSET))


def tracker_natives(issue: Issue, settings: IssueSettings) -> Natives:
    """The tracker's values, by field."""
    assignee, asset = issue.assignee, issue.asset
    held = f"{asset.type}:{asset.key}" if asset else None
    return {
        "title": tracker_title(issue, settings),
        "description": digest(text.plain(issue.description)),
        "status": issue.status_id,
        "priority": issue.priority_id,
        "discipline": issue.discipline_id,
        "issue_type": issue.type_id,
        "due_date": issue.due_date.isoformat() if issue.due_date else None,
        "assignee": f"{assignee.type}:{assignee.key}" if assignee else None,
        "asset": held if settings.sync.assets_as_locations else text.asset_line(issue) or None,
    }


def tracker_title(issue: Issue, settings: IssueSettings) -> str:
    """The issue's own title where the tracker has one, else the title made of its number and text (A23)."""
    if settings.tracker_calls.issue_title_field and issue.title:
        return text.clip(text.squeezed(text.plain(issue.title)), text.TITLE_LIMIT)
    return text.title(issue, settings.title_template)


def procore_natives(observation: Observation, parts: text.Parts, settings: IssueSettings) -> Natives:
    """Procore's values, by field."""
    return {
        "title": observation.name,
        "description": digest(text.squeezed(parts.body)),
        "status": observation.status,
        "priority": observation.priority,
        "discipline": observation.trade_id,
        "issue_type": observation.type_id,
        "due_date": observation.due_date.isoformat() if observation.due_date else None,
        "assignee": observation.assignee_id,
        "asset": observation.location_id if settings.sync.assets_as_locations else parts.asset or None,
    }


def base_of(link: Link, name: str) -> Pair | None:
    """What both sides held when they last agreed on a field."""
    known = link.base.get(name)
    return Pair(*known) if known else None
