"""Makes the twin of an issue that has none: its observation with files, in one call, exactly once (A10).

What the create was made of is stored with its intent, so that the base is right however late its answer is
found, and whatever people changed meanwhile.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import Reject, Retry
from plumbline.issues import copy_plan, hints, sync_fields, text
from plumbline.issues.copy_plan import MakeObservation, SendEmail, SendFile, WriteAddress
from plumbline.issues.lookups import REFUSED
from plumbline.procore.observations import Observation
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.connections.settings import SyncSettings
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

    def make(self, link: Link, issue: Issue, address: str) -> tuple[Link, Observation | None]:
        """Make or find the observation, tell of it, agree on its fields; returns both as Procore shows them.

        The base comes last: while there is none, a pass that was cut off is begun here again. None for an
        observation that an earlier pass made and Procore does not show: deleted since, or never made.
        """
        carrying = self.context.carrying
        carrying.found = carrying.answered = None
        file_ids = self._files(link, issue)
        link = self._made(replace(link, issue_address=address), issue, file_ids, address)
        shown = carrying.answered
        link = self._tell_of(link, issue, address)
        return self._agreed(link, issue, address, shown)

    def _made(self, link: Link, issue: Issue, file_ids: tuple[str, ...], address: str) -> Link:
        draft, link = self._draft(link, issue, address)
        try:
            return self._carried(link, issue, draft, file_ids, address)
        except Reject as refusal:
            if refusal.code not in REFUSED or not draft.assignee_id:
                raise
            alone = replace(draft, assignee_id=None)
            said = {**link.remarks, "assignee": refusal.cause}
            link = self._carried(replace(link, remarks=said), issue, alone, file_ids, address)
            self.context.tell(
                link, "refused", f"Procore refuses the assignee: {refusal.cause}", next_step=refusal.next_step
            )
            return link

    def _carried(
        self, link: Link, issue: Issue, draft: NewObservation, file_ids: tuple[str, ...], address: str
    ) -> Link:
        source = self._source(issue, draft, link, address)
        step = MakeObservation(draft, file_ids, self._author(issue), source)
        return self.context.carrying.carry_out(link, step, address)

    def _files(self, link: Link, issue: Issue) -> tuple[str, ...]:
        """The files that the create carries: brought to Procore now, or those of an unsettled create."""
        progress = self.context.carrying.progress(link)
        begun = progress.intents.get(copy_plan.OBSERVATION)
        return begun.file_ids if begun else self._send(link, issue, progress)

    def _send(self, link: Link, issue: Issue, progress: Progress) -> tuple[str, ...]:
        if not self.context.settings.sync.files:
            return ()
        carrying = self.context.carrying
        for file in issue.files:
            if not progress.usable(file.id, carrying.procore.identity, carrying.now()):
                carrying.carry_out(link, SendFile(file), "")
        return tuple(file.id for file in issue.files)

    def _draft(self, link: Link, issue: Issue, address: str) -> tuple[NewObservation, Link]:
        settings = self.context.settings
        draft = copy_plan.draft(issue, settings, address)
        draft = replace(draft, name=sync_fields.tracker_title(issue, settings))
        return self.lookups.drafted(draft, issue, link)

    def _author(self, issue: Issue) -> str:
        return (issue.created_by or "") if self.context.settings.in_authors_name else ""

    def _source(self, issue: Issue, draft: NewObservation, link: Link, address: str) -> dict[str, Any]:
        """Both sides' values of each field, as the create is meant to make them."""
        meant = _meant(draft)
        sides = sync_fields.read(issue, meant, replace(link, base={}), self.context.settings, address)
        return {name: [sides.tracker[name], sides.procore[name]] for name in sides.tracker}

    def _agreed(
        self, link: Link, issue: Issue, address: str, made: Observation | None
    ) -> tuple[Link, Observation | None]:
        """Set the base: to what was acknowledged, or for a twin found again to what was meant.

        What its intent does not tell (its create was the one-time copy's) is agreed as it is.
        """
        carrying = self.context.carrying
        intent = carrying.progress(link).intents[copy_plan.OBSERVATION]
        shown = made or self._detail(link)
        if shown is None:
            return replace(link, base=dict(intent.source)), None
        sides = sync_fields.read(issue, shown, replace(link, base={}), self.context.settings, address)
        base = {name: [sides.tracker[name], sides.procore[name]] for name in sides.tracker}
        base |= {
            name: [mine, _settled(wanted, sides.procore[name], just_made=made is not None)]
            for name, (mine, wanted) in intent.source.items()
            if name in base
        }
        if made:
            self.files.bind(link, shown.attachments, intent.file_ids)
        self.context.tell(link, "created", f"Observation #{shown.number} was made from issue {issue.number}.")
        updated = (shown.updated_at or carrying.now()) if made else 0.0
        link = replace(
            link,
            state=LinkState.SYNCED,
            base={**base, **_beside(issue, shown, self.context.settings.sync, just_made=made is not None)},
            wants=hints.ALL,
            observation_number=shown.number,
            observed_at=updated,
            item_updated_at=updated,
            never_shown=made is not None,
            heard_at=0.0,
        )
        return self.context.save(link), shown

    def _detail(self, link: Link) -> Observation | None:
        """What was acknowledged or found; None for what is in the recycle bin or may never have been made."""
        procore = self.context.carrying.procore
        if found := procore.read(link.observation_id):
            return found[0]
        if not link.never_shown and procore.recycled(link.observation_id) is None:
            raise Retry("The observation that was found cannot be read yet", after=60, counts=True)
        return None

    def _tell_of(self, link: Link, issue: Issue, address: str) -> Link:
        """Send the one e-mail and write the address on the issue, where settings ask for it (A26, A27)."""
        settings, carrying = self.context.settings, self.context.carrying
        intents = carrying.progress(link).intents
        if settings.send_email and copy_plan.EMAIL not in intents:
            title = sync_fields.tracker_title(issue, settings)
            link = self._if_it_may(link, "email", SendEmail(title, text.email(issue, address)), address)
        written = intents.get(copy_plan.ADDRESS)
        if settings.write_address_back and not (written and written.result_id):
            link = self._if_it_may(link, "address", WriteAddress(), address)
        return link

    def _if_it_may(self, link: Link, name: str, step: SendEmail | WriteAddress, address: str) -> Link:
        """Do what the pair can be without: a refusal is remarked, and the pair syncs on."""
        try:
            return self.context.carrying.carry_out(link, step, address)
        except Reject as refusal:
            if refusal.code not in REFUSED:
                raise
            said = f"The {name} was refused: {refusal.cause}"
            self.context.tell(link, "refused", said, next_step=refusal.next_step)
            return replace(link, remarks={**link.remarks, name: refusal.cause})


def _beside(issue: Issue, shown: Observation, sync: SyncSettings, *, just_made: bool) -> dict[str, Any]:
    """What the base holds beside the fields in use: the located asset's name, and assignees not in sync."""
    beside: dict[str, Any] = {}
    if sync.assets_as_locations and issue.asset and just_made:
        beside["asset_name"] = [issue.asset.name, issue.asset.name]
    if not sync.assignees:
        native = f"{issue.assignee.type}:{issue.assignee.key}" if issue.assignee else None
        beside["assignee"] = [native, shown.assignee_id]
    return beside


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
