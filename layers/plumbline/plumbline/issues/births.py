"""Observations born in Procore make an issue, where the settings ask for it: once, with comments and files (A29).

The link exists before the issue does: it holds the observation's id, so no second one is made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.issues import mapping, sync_fields, sync_plan, text
from plumbline.issues.once import Once
from plumbline.issues.sync_comments import Comments
from plumbline.issues.sync_context import seen
from plumbline.issues.sync_files import Files
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.sync_context import Context
    from plumbline.procore.observations import Observation
    from plumbline.stores.records import Intent, Link

ISSUE = "issue"


def wanted(observation: Observation, settings: IssueSettings) -> bool:
    """Whether this observation is to have an issue: born in Procore, of a chosen type, trade or location."""
    births = settings.sync.births
    ours = text.names_an_issue(observation.description)
    chosen = (
        observation.type_id in births.types
        or observation.trade_id in births.trades
        or observation.location_id in births.locations
    )
    return chosen and not ours and not observation.personal


@dataclass(slots=True)
class Births:
    """The issues that one connection makes."""

    context: Context

    def make(self, link: Link) -> Link:
        """Make the issue and agree on its fields, then bring comments and files."""
        carrying = self.context.carrying
        found = carrying.procore.read(link.observation_id)
        if found is None or not wanted(found[0], self.context.settings):
            return replace(link, state=LinkState.UNLINKED)
        observation = found[0]
        issue_id = self._issue_id(link, observation)
        link = self.context.save(replace(link, issue_id=issue_id))
        issue = carrying.read(link)
        if issue is None:
            return link
        address = carrying.tracker.web_address(issue)
        sides = sync_fields.read(issue, observation, link, self.context.settings, address)
        link = sync_plan.agreed(link, sides.tracker, sides.tracker, sides.procore)
        link = self.context.save(
            replace(
                seen(link, observation, found[1].date),
                state=LinkState.SYNCED,
                issue_number=issue.number,
                issue_address=address,
            )
        )
        self.context.tell(
            link, "created", f"Issue {issue.number} was made from observation #{observation.number}.",
            direction="to_tracker",
        )  # fmt: skip
        logs = carrying.procore.logs(link.observation_id)
        theirs = Comments(self.context).to_tracker(link, issue, logs)
        attachments = [*observation.attachments, *(one for log in theirs for one in log.attachments)]
        Files(self.context).to_tracker(link, issue, attachments)
        return link

    def _issue_id(self, link: Link, observation: Observation) -> str:
        carrying, project = self.context.carrying, self.context.tracker_project
        known = {one.key: one for one in carrying.links.intents(link.id)}.get(ISSUE)
        fields = self._fields(observation)

        def look(_: Intent) -> str:
            """No field of an issue is ours alone: the same text, made since, and no other observation's."""
            for page in carrying.tracker.issues(project):
                for issue in page.issues:
                    if self._is_it(issue, str(fields["description"])):
                        return issue.id
            return ""

        once = Once(carrying.links, link.id, carrying.now, carrying.adopt_after)
        return once.ensure(
            known, ISSUE, look=look, make=lambda: carrying.tracker.create_issue(project, fields)
        ).result_id

    def _is_it(self, issue: Issue, description: str) -> bool:
        links = self.context.carrying.links
        same = text.plain(issue.description) == text.plain(description)
        return same and links.by_issue(self.context.connection.id, issue.id) is None

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
