"""What follows when one side of a pair is gone, and when it comes back (A14, A15, A19, S16).

A delete needs proof: the poll saw the issue missing from two complete listings, a direct look confirms it, and
the twin is as it was agreed. Of an observation, only the recycle bin is proof. What people changed is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.agreement import brake
from plumbline.errors import Reject, Retry
from plumbline.issues import sync_fields
from plumbline.issues.sync_context import seen
from plumbline.stores.records import BRAKE, Conflict, LinkState

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Cursor, Link

DELETION = "deletion"
BRAKE_LEASE = 5.0


@dataclass(slots=True)
class Deletions:
    """The deletions of one connection."""

    context: Context

    # ---- The issue ---------------------------------------------------------------------------------------------

    def issue_missing(self, link: Link) -> Link:
        """The issue cannot be read now. Its observation goes only where the poll proved it gone (A19)."""
        if link.state is LinkState.UNLINKED or (link.state is LinkState.GONE and not self._decided(link)):
            return link
        if not link.gone_since:
            return link  # the poll will tell: one look proves nothing
        if not link.observation_id:
            return replace(link, state=LinkState.GONE)
        carrying = self.context.carrying
        carrying.tracker.project(self.context.tracker_project)  # the key still reaches the project
        found = carrying.procore.read(link.observation_id)
        if found is None:
            return self._both_gone(link)
        observation, answer = found
        link = seen(link, observation, answer.date)
        if not self.context.settings.sync.deletes:
            self.context.tell(link, "kept", "The issue is gone; deletions are not synced, so its observation stays.")
            return replace(link, state=LinkState.GONE, pending={})
        if self._changed(link, observation) and not self._picked(link, "tracker"):
            return self._keep(link, observation)
        return self._recycle(link, observation)

    def _decided(self, link: Link) -> bool:
        """Whether a person decided what becomes of an observation that was kept; keeping it needs no act."""
        if self._picked(link, "procore"):
            self._settle_conflict(link)
            return False
        return bool(link.pending.get("delete")) or self._picked(link, "tracker")

    def _both_gone(self, link: Link) -> Link:
        if self.context.carrying.procore.recycled(link.observation_id) is None:
            raise _not_readable(link)
        if link.pending.get("delete") != "observation":
            self.context.tell(link, "deleted", "Issue and observation are both gone.")
        return replace(link, state=LinkState.GONE, pending={})

    def _changed(self, link: Link, observation: Observation) -> bool:
        """Whether the observation holds a value that was never agreed on: change beats delete."""
        if self.context.settings.sync.gone_issue_changed == "delete":
            return False
        lines = {line for line in link.base.get("asset", ()) if line}
        parts = sync_fields.parts_of(observation, link.issue_address, lines)
        now = sync_fields.procore_natives(observation, parts, self.context.settings)
        names = [name for name in sync_fields.fields_of(self.context.settings) if name in link.base]
        return any(now[name] != link.base[name][1] and name not in observation.missing for name in names)

    def _picked(self, link: Link, side: str) -> bool:
        known = self.context.carrying.links.conflict(link.id, DELETION)
        return known is not None and known.state == "picked" and known.picked == side

    def _keep(self, link: Link, observation: Observation) -> Link:
        record = Conflict(
            DELETION,
            link.connection_id,
            link.id,
            DELETION,
            self.context.carrying.now(),
            "open",
            tracker="",
            procore=observation.name,
            issue_number=link.issue_number,
            observation_number=link.observation_number,
        )
        self.context.carrying.links.put_conflict(record)
        said = "The issue is gone, but its observation was changed since; it is kept."
        self.context.tell(link, "conflict", said, next_step="Open the conflict: delete it too, or keep it.")
        return replace(link, state=LinkState.GONE, pending={})

    def _recycle(self, link: Link, observation: Observation) -> Link:
        if not self._released(link, "observation"):
            return self._held(link, "observation")
        link = self._before_delete(link, "observation", _restorable(observation))
        self.context.carrying.procore.recycle(link.observation_id)
        self._settle_conflict(link)
        said = "The issue is gone; its observation is in Procore's recycle bin."
        self.context.tell(link, "deleted", said, before={"title": observation.name})
        now = self.context.carrying.now()
        return replace(link, state=LinkState.GONE, pending={}, observed_at=max(now, link.observed_at))

    def _settle_conflict(self, link: Link) -> None:
        known = self.context.carrying.links.conflict(link.id, DELETION)
        if known and known.state != "settled":
            self.context.carrying.links.put_conflict(replace(known, state="settled"))

    def issue_back(self, link: Link, issue: Issue) -> Link:
        """A gone issue is there again: the same observation comes back, with its id (A14)."""
        if not link.observation_id:
            return replace(link, state=LinkState.WAITING, gone_since=0.0, pending={})
        procore = self.context.carrying.procore
        found = procore.read(link.observation_id)
        if found is None:
            if procore.recycled(link.observation_id) is None:
                raise _not_readable(link)
            found = procore.restore(link.observation_id)
            said = f"Issue {issue.number} is back; its observation was restored from the recycle bin."
            self.context.tell(link, "restored", said)
        self._settle_conflict(link)
        link = seen(link, found[0], found[1].date)
        return self.context.save(replace(link, state=LinkState.SYNCED, gone_since=0.0, pending={}))

    # ---- The observation -----------------------------------------------------------------------------------------

    def observation_missing(self, link: Link, issue: Issue) -> Link:
        """Procore does not show the observation: only its recycle bin proves that it was deleted (A15)."""
        if self.context.carrying.procore.recycled(link.observation_id) is None:
            raise _not_readable(link)
        sync = self.context.settings.sync
        if not sync.deletes or sync.observation_deleted == "unlink":
            self.context.tell(
                link, "unlinked", "The observation was deleted in Procore; the issue stays, without a twin.",
                direction="to_tracker",
            )  # fmt: skip
            return replace(link, state=LinkState.UNLINKED, pending={})
        if self._issue_changed(link, issue):
            self.context.tell(
                link, "kept", "The observation was deleted, but its issue was changed since; it is kept.",
                direction="to_tracker",
            )  # fmt: skip
            return replace(link, state=LinkState.UNLINKED, pending={})
        return self._delete_issue(link, issue)

    def _issue_changed(self, link: Link, issue: Issue) -> bool:
        now = sync_fields.tracker_natives(issue, self.context.settings)
        names = [name for name in sync_fields.fields_of(self.context.settings) if name in link.base]
        return any(now[name] != link.base[name][0] and name not in issue.missing for name in names)

    def _delete_issue(self, link: Link, issue: Issue) -> Link:
        if not self._released(link, "issue"):
            return self._held(link, "issue")
        link = self._before_delete(link, "issue", sync_fields.storable(issue))
        try:
            self.context.carrying.tracker.delete_issue(self.context.tracker_project, issue.id)
        except Reject as refusal:
            if refusal.code != "not_found":
                raise
        said = "The observation was deleted in Procore; its issue is deleted too."
        self.context.tell(link, "deleted", said, direction="to_tracker", before={"number": issue.number})
        return replace(link, state=LinkState.GONE, pending={}, gone_since=self.context.carrying.now())

    # ---- The brake -------------------------------------------------------------------------------------------------

    def _before_delete(self, link: Link, what: str, before: dict[str, object]) -> Link:
        self.context.carrying.check_time()
        self.context.keep_for_undo(link, f"delete_{what}", before)
        return self.context.save(replace(link, pending={"delete": what}))

    def _held(self, link: Link, what: str) -> Link:
        self.context.tell(
            link, "held", f"Many deletes at once: the {what} is not deleted until a person approves the plan.",
            next_step="Look at the plan on the connection's page; approve exactly it, or dismiss it.",
        )  # fmt: skip
        return replace(link, state=LinkState.HELD, pending={"delete": what})

    def _released(self, link: Link, what: str) -> bool:
        """Count this delete, unless it would be one too many and no person approved it (S16)."""
        now = self.context.carrying.now()
        cursors, name = self.context.cursors, self.context.connection.id
        cursor = cursors.lease(name, BRAKE, now=now, until=now + BRAKE_LEASE, only_due=False)
        if cursor is None:
            raise Retry("Another delete is being counted", after=2)
        released, notes = self._counted(link, cursor, now)
        cursors.save(replace(cursor, notes=notes))
        if not released and not cursor.notes.get("tripped_at"):
            self.context.tell(
                link, "brake", "The brake on mass deletes is on: nothing more is deleted.",
                next_step="Look at the plan on the connection's page; approve exactly it, or dismiss it.",
            )  # fmt: skip
        return released

    def _counted(self, link: Link, cursor: Cursor, now: float) -> tuple[bool, dict[str, object]]:
        notes = dict(cursor.notes)
        approved = set(notes.get("approved", {}).get("links", ()))
        sync = self.context.settings.sync
        limits = brake.Limits(sync.brake_count, sync.brake_percent, sync.brake_seconds)
        deletes = brake.recent(notes.get("deletes", ()), limits, now=now)
        if link.id in approved:
            return True, notes
        counts = self.context.carrying.links.counts(self.context.connection.id)
        linked = sum(counts.get(state, 0) for state in (LinkState.SYNCED, LinkState.HELD)) + len(deletes)
        if notes.get("tripped_at") or brake.trips(deletes, limits, now=now, links=linked):
            return False, {**notes, "tripped_at": notes.get("tripped_at") or now}
        return True, {**notes, "deletes": [*deletes, now]}


def _restorable(observation: Observation) -> dict[str, object]:
    return {"observation_id": observation.id, "title": observation.name}


def _not_readable(link: Link) -> Retry:
    return Retry(
        f"Procore shows observation {link.observation_id} neither in the project nor in its recycle bin",
        after=120,
        counts=True,
    )
