"""Puts back what a delete or overwrite of ours took away, when a person asks for it (S15).

An undo is itself no edit: both sides are taken as agreed afterwards, so that nothing carries it over again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import Reject
from plumbline.issues import sync_fields, sync_plan, text
from plumbline.issues.once import Once
from plumbline.issues.sync_context import seen
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.agreement.merge import Side
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_fields import Sides
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Intent, Link, Undo


@dataclass(slots=True)
class Undoing:
    """The undos of one connection."""

    context: Context

    def undo(self, link: Link) -> Link:
        """Carry out every undo that was asked for, oldest first."""
        links = self.context.carrying.links
        for one in links.undos(link.id):
            if one.asked_at and not one.undone_at:
                link = self._one(link, one)
                links.put_undo(replace(one, undone_at=self.context.carrying.now()))
                self.context.tell(link, "undone", f"Undone: {one.kind.replace('_', ' ')}.", after=one.before)
        return link

    def _one(self, link: Link, one: Undo) -> Link:
        if one.kind == "delete_observation":
            return self._observation(link)
        if one.kind == "delete_issue":
            return self._issue(link, one)
        return self._write(link, one)

    def _observation(self, link: Link) -> Link:
        """Bring it back with its id; its issue is gone, so the two are twins no longer."""
        procore = self.context.carrying.procore
        if procore.read(link.observation_id) is None:
            if procore.recycled(link.observation_id) is None:
                raise Reject(
                    "not_in_bin",
                    "The observation is neither in the project nor in Procore's recycle bin.",
                    "Ask a Procore admin whether it was removed for good.",
                )
            observation, answer = procore.restore(link.observation_id)
            link = seen(link, observation, answer.date)
        there = self.context.carrying.read(link) is not None
        state = LinkState.SYNCED if there else LinkState.UNLINKED
        return self.context.save(replace(link, state=state, pending={}))

    def _issue(self, link: Link, one: Undo) -> Link:
        """The tracker has no restore: a new issue is made from what was stored, and the link moves to it."""
        carrying, project = self.context.carrying, self.context.tracker_project
        key = f"again#{one.id}"
        known = {intent.key: intent for intent in carrying.links.intents(link.id)}.get(key)
        fields = {
            name: value for name, value in one.before.items() if name not in ("comments", "files", "number") and value
        }
        wanted = text.plain(str(one.before.get("description") or ""))

        def look(_: Intent) -> str:
            for page in carrying.tracker.issues(project):
                for issue in page.issues:
                    unlinked = carrying.links.by_issue(link.connection_id, issue.id) is None
                    if unlinked and text.plain(issue.description) == wanted:
                        return issue.id
            return ""

        made = Once(carrying.links, link.id, carrying.now, carrying.adopt_after).ensure(
            known, key, look=look, make=lambda: carrying.tracker.create_issue(project, fields)
        )
        self._comments_again(link, one, made.result_id)
        return self._moved(link, made.result_id)

    def _comments_again(self, link: Link, one: Undo, issue_id: str) -> None:
        carrying, project = self.context.carrying, self.context.tracker_project
        intents = {intent.key: intent for intent in carrying.links.intents(link.id)}
        for place, body in enumerate(one.before.get("comments", ())):
            key = f"again#{one.id}#{place}"
            Once(carrying.links, link.id, carrying.now, carrying.adopt_after).ensure(
                intents.get(key),
                key,
                look=lambda _, body=body: self._said(issue_id, body),  # type: ignore[misc]
                make=lambda body=body: carrying.tracker.add_comment(project, issue_id, body) or "written",  # type: ignore[misc]
            )

    def _said(self, issue_id: str, body: str) -> str:
        issue = self.context.carrying.tracker.issue(self.context.tracker_project, issue_id)
        written = issue.comments if issue else ()
        return next((one.id for one in written if text.plain(one.text) == text.plain(body)), "")

    def _moved(self, link: Link, issue_id: str) -> Link:
        """Join the new issue to the observation, brought back from the bin; its files come over again."""
        carrying = self.context.carrying
        moved = self._observation(replace(link, issue_id=issue_id))
        for intent in carrying.links.intents(link.id):
            if intent.key.startswith(("attachment#", "comment#")):
                carrying.links.drop_intent(link.id, intent.key)
        issue, found = carrying.read(moved), carrying.procore.read(moved.observation_id)
        if issue is None or found is None:
            raise Reject("not_there", "The issue made again cannot be read yet.", "Retry this item shortly.")
        sides = self._sides(moved, issue, found[0])
        moved = sync_plan.agreed(moved, sides.tracker, sides.tracker, sides.procore)
        for comment in issue.comments:
            self._known(moved, comment.id)
        return self.context.save(
            replace(moved, state=LinkState.SYNCED, gone_since=0.0, issue_number=issue.number)
        )

    def _known(self, link: Link, comment_id: str) -> None:
        from plumbline.stores.records import Intent

        key = f"comment#{comment_id}"
        at = self.context.carrying.now()
        self.context.carrying.links.put_intent(Intent(link.id, key, started_at=at, result_id="undo"))

    def _sides(self, link: Link, issue: Issue, observation: Observation) -> Sides:
        address = self.context.carrying.tracker.web_address(issue)
        return sync_fields.read(issue, observation, link, self.context.settings, address)

    def _write(self, link: Link, one: Undo) -> Link:
        """Write the former values back, each only where the side still holds what we made of it."""
        side: Side = "procore" if one.kind == "write_procore" else "tracker"
        carrying = self.context.carrying
        issue, found = carrying.read(link), carrying.procore.read(link.observation_id)
        if issue is None or found is None:
            raise Reject("not_there", "One side of the pair is not there.", "Bring it back first, then undo.")
        sides = self._sides(link, issue, found[0])
        mine = sides.procore if side == "procore" else sides.tracker
        names = [name for name in one.before if name in mine and mine[name] == _after(one, name, side)]
        if not names:
            raise Reject(
                "changed_since",
                "Every value of that change was changed again since.",
                "Edit the item by hand, or undo the later change first.",
            )
        restored = [
            sync_plan.restore(name, side, one.before[name] or None, sync_plan.pair(sides, name)) for name in names
        ]
        plan = sync_plan.together(restored, sides, self.context.settings)
        link = self.context.save(self.context.count_write(link))
        return self._carry_out(link, plan, names, issue, found[0], side)

    def _carry_out(
        self, link: Link, plan: Any, names: list[str], issue: Issue, observation: Observation, side: Side
    ) -> Link:
        carrying = self.context.carrying
        if side == "procore":
            observation, answer = carrying.procore.update(link.observation_id, plan.procore)
            link = seen(link, observation, answer.date)
        else:
            carrying.tracker.update_issue(self.context.tracker_project, issue.id, plan.tracker)
            issue = carrying.read(link) or issue
        sides = self._sides(link, issue, observation)
        return self.context.save(sync_plan.agreed(link, names, sides.tracker, sides.procore))


def _after(one: Undo, name: str, side: Side) -> str | None:
    value = one.after.get(name)
    return sync_fields.native(name, side, None if value is None else str(value))
