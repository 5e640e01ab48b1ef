"""What brings the fields of one pair to agreement: decided from what is seen and what was agreed (A12-A26).

Pure: the same inputs give the same plan, which is counted, previewed, logged and carried out as it is
(INVARIANTS 18). Writes hold only the fields that changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.agreement.merge import OTHER, Decision, Pair, merge
from plumbline.issues import carried, sync_fields, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plumbline.agreement.merge import Side, View
    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.carried import Resolved
    from plumbline.issues.sync_fields import Natives, Sides
    from plumbline.stores.records import Conflict, Link

_AT_PROCORE = {
    "title": "name",
    "status": "status",
    "priority": "priority",
    "discipline": "trade_id",
    "issue_type": "type_id",
    "due_date": "due_date",
    "assignee": "assignee_id",
    "asset": "location_id",
}
_AT_TRACKER = {
    "title": "title",
    "status": "status_id",
    "priority": "priority_id",
    "discipline": "discipline_id",
    "issue_type": "type_id",
    "due_date": "due_date",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """The decisions on all fields, and what they mean for each side.

    `procore` and `tracker` are what is sent there, by the vendor's own names; `asset_note` is a comment to
    post where the asset changed and rewriting the description would flatten its formatting (A24, A50).
    """

    decisions: tuple[Decision, ...]
    procore: Mapping[str, str | None]
    tracker: Mapping[str, str | None]
    asset_note: str = ""

    def kind(self, *kinds: str) -> tuple[Decision, ...]:
        """The decisions of these kinds."""
        return tuple(one for one in self.decisions if one.kind in kinds)

    def writes(self, side: Side) -> tuple[Decision, ...]:
        """The decisions that set something on a side."""
        return tuple(one for one in self.decisions if one.to == side)

    def empty(self) -> bool:
        """Whether nothing is to be written, settled or decided."""
        return not self.kind("settle", "write", "conflict", "restore")


def plan(
    sides: Sides,
    link: Link,
    settings: IssueSettings,
    resolved: Resolved,
    *,
    last: Side,
    remap: bool = False,
    picked: Iterable[Conflict] = (),
) -> Plan:
    """Decide every field. `remap`: accepted maps count as an edit of the tracker's mapped values (S17)."""
    views = carried.views(sides, link, settings, resolved, last)
    forced = {one.field: one for one in picked}
    decisions: list[Decision] = []
    for view in views:
        if view.field in forced:
            decisions += _force(view, forced[view.field], link)
        else:
            seen = _as_edited(view, settings) if remap else view
            decision = _told_again(merge(seen), view, sides, settings)
            decisions.append(_in_doubt(_unless_refused(decision, link), link))
    return _meant(tuple(decisions), sides, settings)


def _told_again(decision: Decision, view: View, sides: Sides, settings: IssueSettings) -> Decision:
    """An asset that goes back to what its line in a formatted text says: a note said otherwise (A50)."""
    in_text = view.field == "asset" and not settings.sync.assets_as_locations and sides.formatted
    if not (in_text and decision.kind == "settle" and view.base and view.over):
        return decision
    told = view.base.tracker not in (view.seen.tracker, view.base.procore)
    if not told or view.seen.procore != view.base.procore:
        return decision
    return Decision(view.field, "write", view.seen, "procore", view.over.value)


def _unless_refused(decision: Decision, link: Link) -> Decision:
    """Nothing where a side refused just this before (A18): the base stays, so no value is forgotten."""
    known = link.refused.get(decision.field)
    again = decision.to is not None and known == [decision.seen.tracker, decision.seen.procore]
    return Decision(decision.field, "rest", decision.seen) if again else decision


def _in_doubt(decision: Decision, link: Link) -> Decision:
    """A write over what may be a person's answer to ours is a conflict: the other value is kept."""
    doubtful = decision.kind == "write" and decision.field in link.pending.get("doubtful", ())
    return replace(decision, kind="conflict") if doubtful else decision


def _as_edited(view: View, settings: IssueSettings) -> View:
    """A mapped field whose pair the maps explain in neither direction now, seen as edited in the tracker.

    The way back counts by its own rows only: that a default leads there explains nothing.
    """
    if view.base is None or view.field not in ("status", "priority", "discipline", "issue_type"):
        return view
    rows: Mapping[str, str] = getattr(settings.maps, view.field).to_tracker
    explained = rows.get(view.seen.procore or "") == view.seen.tracker
    if view.over is None or view.seen.procore != view.base.procore or explained:
        return view
    return replace(view, base=replace(view.base, tracker="\0"))


def _force(view: View, conflict: Conflict, link: Link) -> list[Decision]:
    """A person picked one side's value: that side gets it back first, then the other follows.

    After an overwrite without an answer it is put back in any case: what still shows it may lag behind.
    """
    side: Side = "tracker" if conflict.picked == "tracker" else "procore"
    wanted = (conflict.tracker if side == "tracker" else conflict.procore) or None
    unanswered = view.field in link.pending.get(side, {})
    if unanswered or view.seen.of(side) != sync_fields.native(view.field, side, wanted):
        return [restore(view.field, side, wanted, view.seen)]
    to, carried = OTHER[side], view.carried(side)
    if carried is None or carried.value == view.seen.of(to):
        return [Decision(view.field, "settle", view.seen)]
    return [Decision(view.field, "write", view.seen, to, carried.value)]


def restore(field: str, side: Side, value: str | None, seen: Pair) -> Decision:
    """Put a whole former value back on one side."""
    return Decision(field, "restore", seen, side, value)


def _meant(decisions: tuple[Decision, ...], sides: Sides, settings: IssueSettings) -> Plan:
    over = {one.field: one for one in decisions if one.to == "procore"}
    back = {one.field: one for one in decisions if one.to == "tracker"}
    lines = not settings.sync.assets_as_locations
    told = {name: one for name, one in over.items() if _described(name, lines=lines)}
    procore = {_AT_PROCORE[name]: one.value for name, one in over.items() if name not in told}
    note = ""
    if "description" in told or ("asset" in told and not sides.formatted):
        procore["description"] = _description(told, sides)
    elif "asset" in told:
        note = told["asset"].value or text.NO_ASSET
    return Plan(decisions, procore, _at_tracker(back, sides), note)


def alone(decision: Decision, sides: Sides, settings: IssueSettings) -> Plan:
    """The plan of one decision by itself."""
    return _meant((decision,), sides, settings)


def together(decisions: Iterable[Decision], sides: Sides, settings: IssueSettings) -> Plan:
    """The plan of these decisions and nothing else."""
    return _meant(tuple(decisions), sides, settings)


def pair(sides: Sides, name: str) -> Pair:
    """Both sides' values of a field."""
    return Pair(sides.tracker[name], sides.procore[name])


def _described(name: str, *, lines: bool) -> bool:
    """Whether a field is part of Procore's description."""
    return name == "description" or (lines and name == "asset")


def _description(over: Mapping[str, Decision], sides: Sides) -> str:
    """The whole description: our link line only where people left it (A26)."""
    asset = (over["asset"].value or "") if "asset" in over else sides.parts.asset
    body = _text(over.get("description"), sides.issue_text, sides.parts.body)
    return text.joined(text.fitted(text.Parts(body, asset, sides.parts.link)))


def _text(decision: Decision | None, carried: str, kept: str) -> str:
    """The body to write: what a restore names, what is carried over, or what is there."""
    if decision is None:
        return kept
    return decision.value or "" if decision.kind == "restore" else carried


def _at_tracker(back: Mapping[str, Decision], sides: Sides) -> dict[str, str | None]:
    changes: dict[str, str | None] = {
        _AT_TRACKER[name]: one.value for name, one in back.items() if name in _AT_TRACKER
    }
    if "description" in back:
        changes["description"] = _text(back["description"], text.plain(sides.parts.body), "")
    for name in ("assignee", "asset"):
        if name in back:
            kind, _, key = (back[name].value or "").partition(":")
            changes |= {f"{name}_type": kind or None, f"{name}_key": key or None}
    return changes


def agreed(link: Link, names: Iterable[str], tracker: Natives, procore: Natives) -> Link:
    """The link with the base of these fields moved to what each side is known to hold: no doubt is left."""
    moved = {name: [tracker[name], procore[name]] for name in names}
    doubtful = [name for name in link.pending.get("doubtful", ()) if name not in moved]
    pending = {name: value for name, value in link.pending.items() if name != "doubtful"}
    left = pending | {"doubtful": doubtful} if doubtful else pending
    return replace(link, base={**link.base, **moved}, pending=left)


def whole(name: str, side: Side, sides: Sides) -> str:
    """A value as a whole text, for conflicts, undo and the log: never a fingerprint."""
    if name == "description":
        return sides.issue_text if side == "tracker" else sides.parts.body
    return (sides.tracker if side == "tracker" else sides.procore)[name] or ""
