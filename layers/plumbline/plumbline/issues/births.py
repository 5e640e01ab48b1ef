"""Observations born in Procore make an issue where the settings ask for it, once and whole (A29).

The link exists before the issue does: it holds the observation's id, so no second one is made. What the
create was made of is stored with its intent, so that the base is right however late its answer is found.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import Retry
from plumbline.issues import born, hints, mapping, sync_fields, text
from plumbline.issues.sync_comments import Comments
from plumbline.issues.sync_context import seen
from plumbline.issues.sync_files import Files
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Intent, Link

ISSUE = "issue"
# A field by its name when it is written, and by its name in the base.
_WRITTEN = {
    "description": "description",
    "title": "title",
    "due_date": "due_date",
    "status_id": "status",
    "priority_id": "priority",
    "discipline_id": "discipline",
    "type_id": "issue_type",
}
# Fields that the tracker leaves empty where a create says nothing of them; the others have defaults.
_NEVER_CHOSEN: dict[str, str | None] = {"description": "", "due_date": None, "assignee": None, "asset": None}


@dataclass(slots=True)
class Births:
    """The issues that one connection makes."""

    context: Context

    def make(self, link: Link) -> Link:
        """Make the issue and agree on its fields, then bring comments and files."""
        carrying = self.context.carrying
        known = carrying.progress(link).intents.get(ISSUE)
        found = carrying.procore.read(link.observation_id)
        if found is None:
            return self._missing(link)
        observation = found[0]
        if known is None and not born.wanted(observation, self.context.settings):
            return replace(link, state=LinkState.UNLINKED)
        made = self._made(link, observation, known)
        link = self.context.save(replace(link, issue_id=made.result_id))
        issue = carrying.read(link)
        if issue is None:
            raise Retry("The issue that was made cannot be read yet", after=15, counts=True)
        shown = seen(link, observation, found[1].date)
        link = self._agreed(shown, issue, observation, made, at_once=known is None)
        logs = carrying.procore.logs(link.observation_id)
        theirs = Comments(self.context).to_tracker(link, issue, logs)
        attachments = [*observation.attachments, *(one for log in theirs for one in log.attachments)]
        Files(self.context).to_tracker(link, issue, attachments)
        return link

    def _missing(self, link: Link) -> Link:
        """Procore does not show the observation: in the recycle bin it needs no issue any more."""
        if self.context.carrying.procore.recycled(link.observation_id) is None:
            raise Retry(
                "Procore does not show the observation that is to make an issue", after=120, counts=True
            )
        return replace(link, state=LinkState.UNLINKED)

    def _made(self, link: Link, observation: Observation, known: Intent | None) -> Intent:
        carrying, project = self.context.carrying, self.context.tracker_project
        fields = self._fields(observation)

        def look(intent: Intent) -> str:
            """No field of an issue is ours alone: the same text, or its first line, of no other pair."""
            said = text.plain(str(intent.source["description"]))
            free = [
                issue
                for page in carrying.tracker.issues(project)
                for issue in page.issues
                if self._free(issue)
            ]
            same = [issue.id for issue in free if text.plain(issue.description) == said]
            near = [issue.id for issue in free if text.summary(issue.description) == text.summary(said)]
            return next(iter(same or near), "")

        return carrying.once(link).ensure(
            known,
            ISSUE,
            look=look,
            make=lambda: carrying.tracker.create_issue(project, fields),
            source={
                **fields,
                "description": fields.get("description") or "",
                "agreed": self._procore(observation),
            },
        )

    def _free(self, issue: Issue) -> bool:
        return self.context.carrying.links.by_issue(self.context.connection.id, issue.id) is None

    def _procore(self, observation: Observation) -> dict[str, str | None]:
        """Procore's values that the issue is made of."""
        parts = sync_fields.parts_of(observation, "", ())
        return sync_fields.procore_natives(observation, parts, self.context.settings)

    def _agreed(
        self, link: Link, issue: Issue, observation: Observation, made: Intent, *, at_once: bool
    ) -> Link:
        """Set the base to what the create was made of; what people changed since travels next."""
        address = self.context.carrying.tracker.web_address(issue)
        sides = sync_fields.read(issue, observation, link, self.context.settings, address)
        then: dict[str, Any] = made.source.get("agreed", {})
        base = {
            name: [
                _written(name, sides.tracker[name], made, at_once=at_once),
                then.get(name, sides.procore[name]),
            ]
            for name in sides.tracker
        }
        self.context.tell(
            link, "created", f"Issue {issue.number} was made from observation #{observation.number}.",
            direction="to_tracker",
        )  # fmt: skip
        return self.context.save(
            replace(
                link,
                state=LinkState.SYNCED,
                base=base,
                wants=hints.ALL,
                issue_number=issue.number,
                issue_address=address,
            )
        )

    def _fields(self, observation: Observation) -> dict[str, str | None]:
        settings = self.context.settings
        body = sync_fields.parts_of(observation, "", ()).body
        fields: dict[str, str | None] = {
            "description": "\n\n".join(part for part in (observation.name, body) if part),
            "due_date": observation.due_date.isoformat() if observation.due_date else None,
            "status_id": mapping.to_tracker(settings, "status", observation.status),
            "priority_id": mapping.to_tracker(settings, "priority", observation.priority),
            "discipline_id": mapping.to_tracker(settings, "discipline", observation.trade_id),
            "type_id": mapping.to_tracker(settings, "issue_type", observation.type_id),
        }
        if settings.tracker_calls.issue_title_field:
            fields |= {"title": observation.name, "description": body}
        return {name: value for name, value in fields.items() if value}


def _written(name: str, shown: str | None, made: Intent, *, at_once: bool) -> str | None:
    """What the tracker made of the value that was written; of one that was not, what it chose itself.

    What it never chooses is a person's, unless the issue was read at once after it was made.
    """
    field = next((key for key, meant in _WRITTEN.items() if meant == name and made.source.get(key)), "")
    if not field:
        return shown if at_once or name not in _NEVER_CHOSEN else _NEVER_CHOSEN[name]
    sent = sync_fields.native(name, "tracker", str(made.source[field]))
    return shown if text.alike(shown, sent) else sent
