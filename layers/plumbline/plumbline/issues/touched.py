"""Whether a side holds what was never agreed on: such a change beats a delete (A14, A15)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.issues import copy_plan, sync_fields, text
from plumbline.issues.holding import begun
from plumbline.issues.proving import SLACK

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_fields import Natives
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link


def observation_changed(context: Context, link: Link, observation: Observation) -> bool:
    """Whether the observation of a gone issue was changed, and the settings say that this counts."""
    if context.settings.sync.gone_issue_changed == "delete":
        return False
    if begun(link, "observation") and observation.updated_at > link.pending["released_at"] + SLACK:
        return True  # a delete whose answer never came: a person may have brought it back since
    meant = link if link.base else _as_meant(context, link)
    parts = sync_fields.parts_of(observation, link.issue_address, sync_fields.asset_lines(meant))
    now = sync_fields.procore_natives(observation, parts, context.settings)
    if not link.base:
        return not meant.base or any(
            not text.stored_as(now[name], wanted)
            for name, (_, wanted) in meant.base.items()
            if name in now and name not in observation.missing
        )
    return _differs(context, link, 1, now, observation.missing)


def issue_changed(context: Context, link: Link, issue: Issue) -> bool:
    """Whether the issue of a deleted observation was changed."""
    now = sync_fields.tracker_natives(issue, context.settings)
    return _differs(context, link, 0, now, issue.missing)


def _as_meant(context: Context, link: Link) -> Link:
    """A pair whose create was not brought to its end, held against what its observation was made of."""
    made = context.carrying.progress(link).intents.get(copy_plan.OBSERVATION)
    return replace(link, base=dict(made.source)) if made else link


def _differs(context: Context, link: Link, place: int, now: Natives, missing: frozenset[str]) -> bool:
    """Whether a side's values are not as agreed; our own unanswered write is no one's edit."""
    ours = link.pending.get("procore" if place else "tracker", {})
    names = [name for name in sync_fields.fields_of(context.settings) if name in link.base]
    return any(
        now[name] != link.base[name][place]
        and name not in missing
        and now[name] not in ours.get(name, ())[:1]
        for name in names
    )
