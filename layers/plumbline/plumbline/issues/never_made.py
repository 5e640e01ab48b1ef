"""An observation that was acknowledged and never shown: its create counts as unanswered."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Retry
from plumbline.issues import copy_plan
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.errors import Reject
    from plumbline.issues.sync_context import Context
    from plumbline.stores.records import Link


@dataclass(frozen=True, slots=True)
class NeverMade:
    """The creates of one connection that had no effect."""

    context: Context

    def refused(self, link: Link, refusal: Reject) -> Reject | Retry:
        """What follows from a refusal in a pass: an acknowledged observation may never have been made.

        Where Procore shows the observation, what it did not find a moment ago is looked for again.
        """
        if refusal.code != "not_found" or not link.observation_id:
            return refusal
        procore = self.context.carrying.procore
        if procore.read(link.observation_id):
            return Retry(f"Procore did not find a part of the pair: {refusal.cause}", after=30, counts=True)
        if not link.never_shown or procore.recycled(link.observation_id):
            return refusal
        self.make_anew(link)
        return not_readable(link)

    def make_anew(self, link: Link) -> None:
        """Take the create as unanswered: it is searched for twice, well apart, before it is made again."""
        links = self.context.carrying.links
        made = self.context.carrying.progress(link).intents.get(copy_plan.OBSERVATION)
        if made is None or made.result_id != link.observation_id or not link.never_shown:
            return
        links.put_intent(replace(made, result_id=""))
        for intent in links.intents(link.id):
            its_own = intent.key.startswith("attachment#") and intent.result_id in made.file_ids
            if its_own or intent.key == copy_plan.EMAIL:
                links.drop_intent(link.id, intent.key)
        anew = replace(link, observation_id="", never_shown=False, base={}, pending={})
        self.context.save(replace(anew, state=LinkState.WAITING))


def not_readable(link: Link) -> Retry:
    """What to raise where Procore shows an observation nowhere, which proves nothing (A15)."""
    return Retry(
        f"Procore shows observation {link.observation_id} neither in the project nor in its recycle bin",
        after=120,
        counts=True,
    )
