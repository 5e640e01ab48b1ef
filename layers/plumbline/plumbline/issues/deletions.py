"""What follows when one side of a pair is gone, and when it comes back (A14, A15, A19).

A delete needs proof: the poll saw the issue missing from two complete listings, a look confirms it, and the
twin is as it was agreed. Of an observation, only the recycle bin is proof. What people changed is kept.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject, Retry
from plumbline.issues import copy_plan, hints, sync_fields, touched
from plumbline.issues.holding import Brake, begun
from plumbline.issues.never_made import NeverMade, not_readable
from plumbline.issues.pairs import every
from plumbline.issues.proving import BACK, coming_back, fresh, undecided
from plumbline.issues.sync_conflicts import DELETION
from plumbline.issues.sync_context import seen
from plumbline.stores.records import Conflict, LinkState

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.client import Answer
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Link


@dataclass(slots=True)
class Deletions:
    """The deletions of one connection; `shown` is an observation that came back, as it was read just now."""

    context: Context
    shown: tuple[Observation, Answer] | None = None

    @property
    def brake(self) -> Brake:
        """What stops mass deletes."""
        return Brake(self.context)

    # ---- The issue ------------------------------

    def issue_missing(self, link: Link) -> Link:
        """The issue cannot be read now. Its observation goes only where the poll proved it gone (A19)."""
        if link.state is LinkState.UNLINKED or (link.state is LinkState.GONE and not self._decided(link)):
            return link
        if not (
            link.gone_since or begun(link, "issue")
        ):  # one look proves nothing: the poll tells, or it is there again
            raise Retry("CxAlloy does not list the issue right now", after=60, counts=True)
        if begun(link, "issue"):
            return self._issue_deleted(link)  # our own delete, whose answer never came
        return self._gone_for_good(self._whole(link))

    def _gone_for_good(self, link: Link) -> Link:
        if not link.observation_id:
            return replace(link, state=LinkState.GONE)
        carrying = self.context.carrying
        carrying.tracker.project(self.context.tracker_project)  # the key still reaches the project
        found = carrying.procore.read(link.observation_id)
        if found is None:
            return self._both_gone(link)
        observation, answer = found
        fresh(self.context, observation)
        link = seen(link, observation, answer.date)
        if not self.context.settings.sync.deletes:
            self.context.tell(
                link, "kept", "The issue is gone; deletions are not synced, so its observation stays."
            )
            return self._gone(link)
        if touched.observation_changed(self.context, link, observation) and not self._picked(link, "tracker"):
            return self._keep(link, observation)
        return self._recycle(link, observation)

    def _whole(self, link: Link) -> Link:
        """The link with the observation that an unanswered create may have made."""
        intent = self.context.carrying.progress(link).intents.get(copy_plan.OBSERVATION)
        if link.observation_id or intent is None:
            return link
        found = self.context.carrying.procore.find_observation(
            link.issue_address, since=intent.started_at, apart_from=link.former_observation_ids
        )
        made = intent.result_id or (found.id if found else "")
        return self.context.save(replace(link, observation_id=made)) if made else link

    def _decided(self, link: Link) -> bool:
        """Whether a person decided what becomes of an observation that was kept; keeping it needs no act."""
        if self._picked(link, "procore"):
            self._settle_conflict(link)
            return False
        return bool(link.pending.get("delete")) or self._picked(link, "tracker")

    def _both_gone(self, link: Link) -> Link:
        if self.context.carrying.procore.recycled(link.observation_id) is None:
            raise not_readable(link)
        said = "Issue and observation are both gone."
        if begun(link, "observation"):
            said = "The issue is gone; its observation is in Procore's recycle bin."
        self.context.tell(link, "deleted", said)
        self._settle_conflict(link)
        return self._gone(link)

    def _gone(self, link: Link) -> Link:
        self.brake.let_go(link)
        return replace(link, state=LinkState.GONE, pending=undecided(link))

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
        return self._gone(link)

    def _recycle(self, link: Link, observation: Observation) -> Link:
        if not self.brake.released(link, "observation"):
            return self.brake.hold(link, "observation")
        link = self._about_to_delete(link, "observation", _restorable(observation))
        self.context.carrying.procore.recycle(link.observation_id)
        self._settle_conflict(link)
        said = "The issue is gone; its observation is in Procore's recycle bin."
        self.context.tell(link, "deleted", said, before={"title": observation.name})
        now = self.context.carrying.now()
        return replace(self._gone(link), observed_at=max(now, link.observed_at))

    def _settle_conflict(self, link: Link) -> None:
        known = self.context.carrying.links.conflict(link.id, DELETION)
        if known and known.state != "settled":
            self.context.carrying.links.put_conflict(replace(known, state="settled"))

    def issue_back(self, link: Link, issue: Issue) -> Link:
        """A gone issue is there again: the same observation comes back, with its id (A14).

        As Procore shows it then, it is `shown`.
        """
        self.brake.let_go(link)
        recycled = link.state is LinkState.GONE or BACK in link.pending
        if not link.observation_id:
            return replace(link, state=LinkState.WAITING, gone_since=0.0, pending={})
        if BACK not in link.pending:
            freed = replace(link, state=LinkState.SYNCED)
            link = self.context.save(coming_back(freed, self.context.carrying.now()))
        procore = self.context.carrying.procore
        recycled = recycled and procore.recycled(link.observation_id) is not None
        found = None if recycled else procore.read(link.observation_id)
        if found is None:
            if not recycled and procore.recycled(link.observation_id) is None:
                raise not_readable(link)
            found = procore.restore(link.observation_id)
            said = f"Issue {issue.number} is back; its observation was restored from the recycle bin."
            self.context.tell(link, "restored", said)
        self._settle_conflict(link)
        self.shown = found
        link = seen(link, found[0], found[1].date)
        return self._joined(replace(link, gone_since=0.0))

    def _joined(self, link: Link) -> Link:
        """Both are there again: all that happened meanwhile is due, however often the pass is cut off."""
        again = replace(link, state=LinkState.SYNCED, pending=undecided(link), wants=hints.ALL)
        return self.context.save(again)

    # ---- The observation ------------------------------

    def observation_missing(self, link: Link, issue: Issue) -> Link:
        """Procore does not show the observation: only its recycle bin proves that it was deleted (A15)."""
        done = self.observation_recycled(link, issue)
        if done is None:
            NeverMade(self.context).make_anew(link)
            raise not_readable(link)
        return done

    def observation_recycled(self, link: Link, issue: Issue) -> Link | None:
        """What follows where the observation lies in the recycle bin; None where it does not."""
        if self.context.carrying.procore.recycled(link.observation_id) is None:
            return None
        sync = self.context.settings.sync
        if not sync.deletes or sync.observation_deleted == "unlink":
            return self._part(
                link, "unlinked", "The observation was deleted in Procore; the issue stays, without a twin."
            )
        if touched.issue_changed(self.context, link, issue):
            said = "The observation was deleted, but its issue was changed since; it is kept."
            return self._part(link, "kept", said)
        return self._delete_issue(link, issue)

    def observation_back(self, link: Link) -> Link:
        """The issue's delete waits for approval, and the observation is there again: nothing is deleted."""
        self.brake.let_go(link)
        return self._joined(link)

    def _part(self, link: Link, outcome: str, said: str) -> Link:
        self.context.tell(link, outcome, said, direction="to_tracker")
        self.brake.let_go(link)
        return replace(link, state=LinkState.UNLINKED, pending={})

    def _delete_issue(self, link: Link, issue: Issue) -> Link:
        empty = not begun(link, "issue") and self._no_other_is_shown(link)
        if not self.brake.released(link, "issue", empty=empty):
            return self.brake.hold(link, "issue")
        link = self._about_to_delete(link, "issue", sync_fields.storable(issue))
        try:
            self.context.carrying.tracker.delete_issue(self.context.tracker_project, issue.id)
        except Reject as refusal:
            if refusal.code != "not_found":
                raise
        return self._issue_deleted(link)

    def _issue_deleted(self, link: Link) -> Link:
        said = "The observation was deleted in Procore; its issue is deleted too."
        self.context.tell(link, "deleted", said, direction="to_tracker", before={"number": link.issue_number})
        return replace(self._gone(link), gone_since=self.context.carrying.now())

    def _no_other_is_shown(self, link: Link) -> bool:
        """Whether Procore's side is suddenly empty: others are linked, and it lists none (S16)."""
        carrying = self.context.carrying
        linked = every(carrying.links, link.connection_id, state=LinkState.SYNCED)
        others = [one.observation_id for one in linked if one.id != link.id]
        return bool(others) and not carrying.procore.listed() & set(others)

    def _about_to_delete(self, link: Link, what: str, before: dict[str, object]) -> Link:
        """Store first that it is released, and what it takes away; a retry stores the same once more."""
        self.context.carrying.check_time()
        at = link.pending["released_at"] if begun(link, what) else self.context.carrying.now()
        link = self.context.save(replace(link, pending=undecided(link) | {"delete": what, "released_at": at}))
        self.context.keep_for_undo(link, f"delete_{what}", before, at=at)
        return link


def _restorable(observation: Observation) -> dict[str, object]:
    return {"observation_id": observation.id, "title": observation.name}
