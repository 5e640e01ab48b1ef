"""Makes the twin of an issue that has none: its observation with files, in one call, exactly once (A10).

What the create was made of is stored with its intent, so that the base is right however late its answer is
found, and whatever people changed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import Reject, Retry
from plumbline.issues import copy_plan, sync_fields, text
from plumbline.issues.copy_plan import MakeObservation, SendEmail, SendFile, WriteAddress
from plumbline.issues.lookups import REFUSED
from plumbline.procore.observations import Observation
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.copy_plan import Progress
    from plumbline.issues.lookups import Lookups
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_files import Files
    from plumbline.procore.observations import NewObservation
    from plumbline.stores.records import Link


@dataclass(slots=True)
class Creating:
    """The creates of one connection."""

    context: Context
    lookups: Lookups
    files: Files

    def make(self, link: Link, issue: Issue, address: str) -> tuple[Link, Observation]:
        """Make or find the observation and agree on its fields; returns both as Procore shows them."""
        carrying = self.context.carrying
        progress = carrying.progress(link)
        file_ids = self._send(link, issue, progress) if not progress.begun() else ()
        draft = self._draft(issue, address)
        source = self._source(issue, draft, link, address)
        step = MakeObservation(draft, file_ids, self._author(issue), source)
        carrying.found = carrying.answered = None
        link = replace(link, issue_address=address)
        try:
            link = carrying.carry_out(link, step, address)
        except Reject as refusal:
            if refusal.code not in REFUSED or not draft.assignee_id:
                raise
            self.context.tell(link, "refused", f"Procore refuses the assignee: {refusal.cause}")
            link = replace(link, remarks={**link.remarks, "assignee": refusal.cause})
            alone = replace(draft, assignee_id=None)
            source = self._source(issue, alone, link, address)
            link = carrying.carry_out(link, replace(step, draft=alone, source=source), address)
        return self._agreed(link, issue, address)

    def _send(self, link: Link, issue: Issue, progress: Progress) -> tuple[str, ...]:
        if not self.context.settings.sync.files:
            return ()
        carrying = self.context.carrying
        for file in issue.files:
            if not progress.usable(file.id, carrying.procore.identity, carrying.now()):
                carrying.carry_out(link, SendFile(file), "")
        return tuple(file.id for file in issue.files)

    def _draft(self, issue: Issue, address: str) -> NewObservation:
        settings = self.context.settings
        draft = copy_plan.draft(issue, settings, address)
        draft = replace(draft, name=sync_fields.tracker_title(issue, settings))
        if settings.sync.assets_as_locations and issue.asset:
            location = self.lookups.places.over(issue.asset)[f"{issue.asset.type}:{issue.asset.key}"]
            draft = replace(draft, location_id=location)
        if settings.sync.assignees and issue.assignee:
            draft = replace(draft, assignee_id=self.lookups.assignee(issue.assignee))
        return draft

    def _author(self, issue: Issue) -> str:
        return (issue.created_by or "") if self.context.settings.in_authors_name else ""

    def _source(self, issue: Issue, draft: NewObservation, link: Link, address: str) -> dict[str, Any]:
        """Both sides' values of each field, as the create is meant to make them."""
        meant = _meant(draft)
        sides = sync_fields.read(issue, meant, replace(link, base={}), self.context.settings, address)
        return {name: [sides.tracker[name], sides.procore[name]] for name in sides.tracker}

    def _agreed(self, link: Link, issue: Issue, address: str) -> tuple[Link, Observation]:
        """Set the base: to what was acknowledged, or for a twin found again to what was meant."""
        carrying = self.context.carrying
        intent = carrying.progress(link).intents[copy_plan.OBSERVATION]
        shown = carrying.answered or self._detail(link)
        sides = sync_fields.read(issue, shown, replace(link, base={}), self.context.settings, address)
        just_made = carrying.answered is not None
        base = {
            name: [mine, _settled(wanted, sides.procore[name], just_made=just_made)]
            for name, (mine, wanted) in intent.source.items()
            if name in sides.procore
        }
        if just_made:
            self.files.bind(link, shown.attachments, intent.file_ids)
        self.context.tell(link, "created", f"Observation #{shown.number} was made from issue {issue.number}.")
        updated = shown.updated_at or carrying.now()
        link = replace(
            link,
            state=LinkState.SYNCED,
            base=base,
            observation_number=shown.number,
            observed_at=updated if just_made else 0.0,
            item_updated_at=updated if just_made else 0.0,
            heard_at=0.0,
        )
        return self.context.save(link), shown

    def _detail(self, link: Link) -> Observation:
        found = self.context.carrying.procore.read(link.observation_id)
        if found is None:
            raise Retry("The observation that was found cannot be read yet", after=60, counts=True)
        return found[0]

    def tell_of(self, link: Link, issue: Issue, address: str) -> None:
        """Send the one e-mail and write the address on the issue, where the settings ask for it (A26, A27)."""
        settings, carrying = self.context.settings, self.context.carrying
        intents = carrying.progress(link).intents
        if settings.send_email and copy_plan.EMAIL not in intents:
            title = sync_fields.tracker_title(issue, settings)
            carrying.carry_out(link, SendEmail(title, text.email(issue, address)), address)
        written = intents.get(copy_plan.ADDRESS)
        if settings.write_address_back and not (written and written.result_id):
            carrying.carry_out(link, WriteAddress(), address)


def _settled(wanted: str | None, shown: str | None, *, just_made: bool) -> str | None:
    """What Procore holds of us: its own form of what we wrote, never what a person made of it since."""
    return shown if just_made or text.stored_as(shown, wanted) else wanted


def _meant(draft: NewObservation) -> Observation:
    """The observation that a create is meant to make."""
    return Observation(
        id="",
        number="",
        name=draft.name,
        description=draft.description,
        status=draft.status,
        priority=draft.priority,
        due_date=draft.due_date,
        trade_id=draft.trade_id,
        type_id=draft.type_id,
        created_at=None,
        updated_at=None,
        assignee_id=draft.assignee_id,
        location_id=draft.location_id,
    )
