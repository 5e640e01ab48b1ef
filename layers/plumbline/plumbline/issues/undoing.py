"""Puts back what a delete or overwrite of ours took away, when a person asks for it (S15).

An undo of an overwrite puts the former values back on the side that was overwritten; the other side follows
like after any edit there. What people changed since is never overwritten: such an undo is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject, Retry
from plumbline.issues import proving, sync_fields, sync_plan, text
from plumbline.issues.making_again import MakingAgain
from plumbline.issues.proving import undecided
from plumbline.issues.sync_context import seen
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from plumbline.agreement.merge import Side
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_fields import Natives, Sides
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link, Undo

# What the log says of each kind of undo, and on which side it was.
_SAID = {
    "write_procore": ("Undone: the observation has its former values back.", "to_procore"),
    "write_tracker": ("Undone: the issue has its former values back.", "to_tracker"),
    "delete_observation": ("Undone: the observation is back.", "to_procore"),
    "delete_issue": ("Undone: the issue is back.", "to_tracker"),
}
# Refusals that end this undo; all others speak of the credential or the connection.
_ENDS_IT = frozenset(
    {"changed_since", "not_there", "not_in_bin", "invalid", "refused", "malformed", "forbidden"}
)


@dataclass(slots=True)
class Undoing:
    """The undos of one connection."""

    context: Context

    def undo(self, link: Link) -> Link:
        """Carry out every undo asked for, oldest first; one that is refused may be asked for again."""
        links = self.context.carrying.links
        for one in links.undos(link.id):
            if not one.asked_at or one.undone_at:
                continue
            try:
                link = self._one(link, one)
            except Reject as refusal:
                if refusal.code not in _ENDS_IT:
                    raise
                links.put_undo(replace(one, asked_at=0.0))
                said = f"Not undone: {refusal.cause}"
                self.context.tell(link, "refused", said, next_step=refusal.next_step)
                continue
            said, direction = _SAID[one.kind]
            # told first: a crash between the two tells it twice rather than never
            self.context.tell(link, "undone", said, direction=direction, after=one.before)
            links.put_undo(replace(one, undone_at=self.context.carrying.now()))
        return link

    def _one(self, link: Link, one: Undo) -> Link:
        if one.kind == "delete_observation":
            return self._observation(link, one)
        if one.kind == "delete_issue":
            return self._issue(link, one)
        return self._write(link, one)

    def _observation(self, link: Link, one: Undo) -> Link:
        """Bring it back with its id; while its issue is gone, the two are twins no longer."""
        link, _ = self._restored(link, one)
        there = self.context.carrying.read(link) is not None
        state = LinkState.SYNCED if there else LinkState.UNLINKED
        return self.context.save(replace(link, state=state, pending=undecided(link)))

    def _restored(self, link: Link, one: Undo) -> tuple[Link, Observation]:
        """Bring the observation back, if it lies in the recycle bin.

        Where the bin does not show it, a copy may lag behind our delete, which was before a person asked.
        """
        carrying = self.context.carrying
        procore = carrying.procore
        found = procore.read(link.observation_id)
        binned = found is None and procore.recycled(link.observation_id) is not None
        if not binned and carrying.now() - one.asked_at < proving.LAG:
            raise Retry("Procore may still show the observation as it was before it was deleted", after=20)
        if found is None:
            if not binned:
                raise Reject(
                    "not_in_bin",
                    "The observation is neither in the project nor in Procore's recycle bin.",
                    "Ask a Procore admin whether it was removed for good.",
                )
            found = procore.restore(link.observation_id)
        return seen(link, found[0], found[1].date), found[0]

    def _issue(self, link: Link, one: Undo) -> Link:
        """The tracker has no restore: unless it is there again, a new issue is made, and the link moves."""
        link, observation = self._restored(link, one)
        again = MakingAgain(self.context, one)
        if not again.moved(link) and self.context.carrying.read(link) is not None:
            return self.context.save(
                replace(link, state=LinkState.SYNCED, gone_since=0.0, pending=undecided(link))
            )
        return again.make(link, observation)

    # ---- An overwrite ------------------------------

    def _write(self, link: Link, one: Undo) -> Link:
        """Write the former values back, each only where the side still holds what we made of it."""
        side: Side = "procore" if one.kind == "write_procore" else "tracker"
        carrying = self.context.carrying
        issue, found = carrying.read(link), carrying.procore.read(link.observation_id)
        if issue is None or found is None:
            raise Reject("not_there", "One side of the pair is not there.", "Bring it back first, then undo.")
        proving.not_lagging(self.context, link, found[0])
        sides = self._sides(link, issue, found[0])
        mine = sides.procore if side == "procore" else sides.tracker
        ours = [name for name in one.before if name in mine and _holds(mine[name], one.after, name, side)]
        back = [name for name in one.before if name in mine and _holds(mine[name], one.before, name, side)]
        if not ours and not back:
            raise Reject(
                "changed_since",
                "Every value of that change was changed again since.",
                "Edit the item by hand, or undo the later change first.",
            )
        link = _answered(link, {*ours, *back}, side, mine)
        names = [name for name in ours if name not in back]
        return self._put_back(link, one, names, sides, side) if names else self.context.save(link)

    def _put_back(self, link: Link, one: Undo, names: Sequence[str], sides: Sides, side: Side) -> Link:
        carrying = self.context.carrying
        restored = [
            sync_plan.restore(name, side, one.before[name] or None, sync_plan.pair(sides, name))
            for name in names
        ]
        plan = sync_plan.together(restored, sides, self.context.settings)
        carrying.check_time()
        link = self.context.save(self.context.count_write(link))
        if side == "procore":
            after, answer = carrying.procore.update(link.observation_id, plan.procore)
            link = seen(link, after, answer.date)
        else:
            carrying.tracker.update_issue(self.context.tracker_project, link.issue_id, plan.tracker)
        now, before = self._read_back(link, side), sides_of(sides, side)
        ignored = [name for name in names if now.get(name) == before[name]]
        if ignored:
            raise Retry(f"The undo shows no change of {', '.join(ignored)}", after=15, counts=True)
        return self.context.save(link)

    def _read_back(self, link: Link, side: Side) -> Natives:
        """What a side shows now: an acknowledgement alone proves no undo."""
        settings, carrying = self.context.settings, self.context.carrying
        if side == "tracker":
            issue = carrying.read(link)
            return sync_fields.tracker_natives(issue, settings) if issue else {}
        found = carrying.procore.read(link.observation_id)
        if found is None:
            return {}
        parts = sync_fields.parts_of(found[0], link.issue_address, sync_fields.asset_lines(link))
        return sync_fields.procore_natives(found[0], parts, settings)

    def _sides(self, link: Link, issue: Issue, observation: Observation) -> Sides:
        address = self.context.carrying.tracker.web_address(issue)
        return sync_fields.read(issue, observation, link, self.context.settings, address)


def _answered(link: Link, names: Collection[str], side: Side, mine: Natives) -> Link:
    """The link as if the write that is undone was there and seen, whatever of it is still unproven.

    What is put back, or was never overwritten, is then an edit of this side, and the other side follows.
    Else it would look like a write without effect, to be made again, or like an edit on both sides.
    """
    base = dict(link.base)
    for name, (sent, other) in link.pending.get(side, {}).items():
        if name in names and name in base:
            was = sent if mine[name] == base[name][0 if side == "tracker" else 1] else mine[name]
            base[name] = [other, was] if side == "procore" else [was, other]
    kinds = (side, "proof") if side == "procore" else (side,)
    left = {
        kind: {name: value for name, value in link.pending.get(kind, {}).items() if name not in names}
        for kind in kinds
    }
    pending = {kind: value for kind, value in (link.pending | left).items() if value or kind not in left}
    return replace(link, base=base, pending=pending)


def sides_of(sides: Sides, side: Side) -> Natives:
    """The values of one side."""
    return sides.procore if side == "procore" else sides.tracker


def _holds(mine: str | None, values: Mapping[str, object], name: str, side: Side) -> bool:
    """Whether a side holds one of the undo's values, in that side's own form of it."""
    if name not in values:
        return False
    value = values[name]
    wanted = sync_fields.native(name, side, None if value is None else str(value))
    return (mine or "") == (wanted or "") or text.alike(mine, wanted)
