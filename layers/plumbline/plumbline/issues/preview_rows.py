"""What ongoing sync would do to one item: the rows of a preview (S11, S17, A10-A19, A27, A29).

Pure. The fields come from the planner that the worker uses, on what was read of both sides. No people and
places are looked up for a preview: whom or what an issue is assigned to stands in it by name. Whom an
assignee chosen in Procore is in the tracker is found out at the sync, and left out here.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.cxalloy.model import content_hash
from plumbline.issues import carried, copy_plan, sync_fields, sync_plan, text, tiers
from plumbline.issues.preview import Change, Cost, Row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plumbline.agreement.merge import Decision, Side
    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.preview import Act, Where
    from plumbline.issues.sync_fields import Sides
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link

CREATE_CALLS, UPDATE_CALLS, DELETE_CALLS, EMAIL_CALLS = 1, 2, 2, 2
"""Calls at Procore: a create; a fresh read and a write; a proof and a delete; recipients and an e-mail."""

SHOWN = 1000
"""Characters of a value that a preview shows; a whole text may have 60,000."""

EDITED = "It was edited since the two last agreed."
REMAPPED = "The maps changed since the two last agreed; this waits for an approval."
GONE = "The issue is gone; two complete listings must agree before anything is deleted."
GONE_BUT_KEPT = "The issue is gone; deletions are switched off, so the observation stays."
GONE_BUT_CHANGED = "The issue is gone, but its observation changed since: it is kept, as a conflict."
HIDDEN = "Procore does not show the observation, and nothing proves that it was deleted."


@dataclass(frozen=True, slots=True)
class Pair:
    """An issue and an observation with the link they have or would have, and the issue's page."""

    link: Link
    issue: Issue
    observation: Observation
    address: str

    @property
    def seen(self) -> str:
        """Name the content of both sides, so that a later edit of either can be told."""
        return _seen(self.issue, self.observation)


def create(link: Link, issue: Issue, address: str, settings: IssueSettings) -> Row:
    """The row of an issue that has no observation yet."""
    draft = copy_plan.draft(issue, settings, address)
    values = {
        "title": draft.name,
        "description": draft.description,
        "status": draft.status,
        "priority": draft.priority,
        "discipline": draft.trade_id,
        "issue_type": draft.type_id,
        "due_date": draft.due_date.isoformat() if draft.due_date else None,
        "assignee": _assignee(issue) if settings.sync.assignees else None,
        "asset": _location(issue) if settings.sync.assets_as_locations else None,
    }
    changes = tuple(_shown(name, "", value) for name, value in values.items() if value)
    comments = len(issue.comments) if settings.sync.comments else 0
    files = len(issue.files) if settings.sync.files else 0
    mails = int(settings.send_email)
    calls = CREATE_CALLS + comments + files + mails * EMAIL_CALLS
    reason = "The issue has no observation yet."
    cost = Cost(comments, files, calls, notifications=comments + mails)
    return _row("create", "procore", reason, link, issue, changes=changes, cost=cost)


def birth(link: Link, observation: Observation) -> Row:
    """The row of an observation that makes an issue (A29)."""
    told = (("title", observation.name), ("description", observation.description or ""))
    changes = tuple(_shown(name, "", value) for name, value in told if value)
    reason = "Observations of this type, trade or location make an issue."
    return _row(
        "create", "tracker", reason, link, None, observation=observation, changes=changes, cost=Cost(calls=1)
    )


def adopt(pair: Pair, reason: str, settings: IssueSettings) -> Row:
    """The row of two that exist already: they become twins as they are, and nothing is written.

    `changes` names where they differ: the tracker's value, then Procore's.
    """
    sides = sides_of(pair, settings)
    views = carried.views(sides, pair.link, settings, carried.Resolved(), "procore")
    differ = tuple(
        _shown(view.field, *_both(view.field, sides))
        for view in views
        if view.over is not None and view.over.value != view.seen.procore
    )
    return _row("adopt", "", reason, pair.link, pair.issue, observation=pair.observation, changes=differ)


def updates(pair: Pair, settings: IssueSettings) -> tuple[Row, ...]:
    """The rows of linked twins: one for each side that would be written, and what waits for an approval."""
    sides, by_name = sides_of(pair, settings), _named(pair.issue)
    plain = sync_plan.plan(sides, pair.link, settings, by_name, last="procore")
    mapped = sync_plan.plan(sides, pair.link, settings, by_name, last="procore", remap=True)
    known = {one.field for one in plain.kind("write", "conflict", "restore")}
    by_settings = tuple(one for one in mapped.writes("procore") if one.field not in known)
    rows = (
        _update(pair, "procore", plain.writes("procore"), sides, EDITED),
        _update(pair, "tracker", plain.writes("tracker"), sides, EDITED),
        _update(pair, "procore", by_settings, sides, REMAPPED),
    )
    return tuple(row for row in rows if row.changes)


def gone_issue(link: Link, observation: Observation, settings: IssueSettings) -> Row:
    """The row of a link whose issue a complete listing lacks (A14, A19)."""
    if not settings.sync.deletes:
        return _row("leave", "", GONE_BUT_KEPT, link, None, observation=observation)
    changed = (observation.updated_at or 0.0) > link.item_updated_at
    if changed and settings.sync.gone_issue_changed == "keep":
        return _row("unclear", "", GONE_BUT_CHANGED, link, None, observation=observation)
    return _row("delete", "procore", GONE, link, None, observation=observation, cost=Cost(calls=DELETE_CALLS))


def gone_observation(link: Link, issue: Issue, settings: IssueSettings, *, recycled: bool) -> Row:
    """The row of a link whose observation is not listed; only the recycle bin proves a deletion (A15)."""
    if not recycled:
        return _row("unclear", "", HIDDEN, link, issue)
    if settings.sync.observation_deleted == "delete_issue" and settings.sync.deletes:
        reason = "The observation was deleted in Procore."
        return _row("delete", "tracker", reason, link, issue, cost=Cost(calls=1))
    return _row("unlink", "", "The observation was deleted in Procore; the issue stays.", link, issue)


def returned(link: Link, issue: Issue) -> Row:
    """The row of an issue that is back, while its observation lies in the recycle bin (A14)."""
    return _row("restore", "procore", "The issue is back.", link, issue, cost=Cost(calls=UPDATE_CALLS))


def out_of_filter(pair: Pair) -> Row:
    """The row of twins that the filters keep out now (A5)."""
    reason = "The filters keep the issue out: it is synced no longer, and nothing is deleted."
    return _row("leave", "", reason, pair.link, pair.issue, observation=pair.observation)


def unclear(link: Link, issue: Issue, reason: str) -> Row:
    """The row of something that a person has to look at."""
    return _row("unclear", "", reason, link, issue)


def sides_of(pair: Pair, settings: IssueSettings) -> Sides:
    """Both sides' values of the fields in use."""
    return sync_fields.read(pair.issue, pair.observation, pair.link, settings, pair.address)


def base(pair: Pair, settings: IssueSettings) -> dict[str, list[str | None]]:
    """What both sides hold, as `Link.base` keeps it: what adopted twins begin with."""
    sides = sides_of(pair, settings)
    return {name: [sides.tracker[name], sides.procore[name]] for name in sides.tracker}


def _named(issue: Issue) -> carried.Resolved:
    """The issue's assignee and asset by their names, in the place of the ids that a look-up would find."""
    who, what = issue.assignee, issue.asset
    return carried.Resolved(
        assignee_over={f"{who.type}:{who.key}": _assignee(issue)} if who else {},
        asset_over={f"{what.type}:{what.key}": _location(issue)} if what else {},
    )


def _assignee(issue: Issue) -> str:
    return issue.assignee.name or issue.assignee.key if issue.assignee else ""


def _location(issue: Issue) -> str:
    return " > ".join(tiers.path(issue.asset)) if issue.asset else ""


def _update(pair: Pair, side: Side, writes: Iterable[Decision], sides: Sides, reason: str) -> Row:
    changes = tuple(_change(one, side, sides) for one in writes)
    notified = side == "procore" and any(one.field == "status" for one in changes)
    cost = Cost(calls=UPDATE_CALLS if side == "procore" else 1, notifications=int(notified))
    by_settings = reason == REMAPPED
    return _row(
        "update",
        side,
        reason,
        pair.link,
        pair.issue,
        observation=pair.observation,
        changes=changes,
        cost=cost,
        by_settings=by_settings,
    )


def _change(one: Decision, side: Side, sides: Sides) -> Change:
    here, there = _both(one.field, sides)
    if one.field == "description":
        return _shown(one.field, *((there, here) if side == "procore" else (here, there)))
    return _shown(one.field, one.seen.of(side) or "", one.value or "")


def _shown(field: str, before: str, after: str) -> Change:
    return Change(field, text.clip(before, SHOWN), text.clip(after, SHOWN))


def _both(name: str, sides: Sides) -> tuple[str, str]:
    """Both sides' values as whole texts."""
    if name == "description":
        return sides.issue_text, sides.parts.body
    return sides.tracker[name] or "", sides.procore[name] or ""


def _seen(issue: Issue | None, observation: Observation | None) -> str:
    said = f"{content_hash(issue) if issue else ''}#{observation.updated_at if observation else ''}"
    return hashlib.sha256(said.encode()).hexdigest()


def _row(
    act: Act,
    side: Where,
    reason: str,
    link: Link,
    issue: Issue | None,
    *,
    observation: Observation | None = None,
    changes: tuple[Change, ...] = (),
    cost: Cost | None = None,
    by_settings: bool = False,
) -> Row:
    return Row(
        act,
        side,
        reason,
        link_id=link.id,
        issue_id=issue.id if issue else link.issue_id,
        issue_number=issue.number if issue else link.issue_number,
        observation_id=observation.id if observation else link.observation_id,
        observation_number=observation.number if observation else link.observation_number,
        changes=changes,
        by_settings=by_settings,
        cost=cost or Cost(),
        seen=_seen(issue, observation),
    )
