"""What one hint tells: whose it is, whether it is news, and what is to be looked at (A16, A17).

Told without a call where that can be; a comment costs one, for its webhook does not name the item.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections import settings as connection_settings
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues import born, hints, proving
from plumbline.issues.standing import credentials
from plumbline.procore.observations import is_comment
from plumbline.stores.ports import Taken
from plumbline.stores.records import COMMENTS, ConnectionState, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.issues.hints import Hint
    from plumbline.issues.sync_engine import SyncEngine
    from plumbline.procore.observations import ResponseLog
    from plumbline.stores.ports import Authorizations, Links
    from plumbline.stores.records import Connection, Link

SAME = 5.0
"""An event this much older than our last read is surely in it (seconds)."""

AROUND = 120.0
"""How far around an event the project's comments are read, the two clocks not being one (seconds)."""

FURTHEST = 3600.0
"""How far back they are read at most, so that comments whose webhook was lost come first (seconds)."""

RESTING = frozenset({LinkState.GONE, LinkState.UNLINKED, LinkState.LEFT})


@dataclass(frozen=True, slots=True)
class Heard:
    """A link with something to look at; `logs` are response logs of it that were read already."""

    link: Link
    facets: frozenset[str]
    logs: tuple[ResponseLog, ...] = ()


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is needed to tell; handed in as to the worker."""

    authorizations: Authorizations
    links: Links
    engine: Callable[[Connection, Callable[[], float], bool], SyncEngine]
    application: Callable[[], str]
    now: Callable[[], float]

    def of(self, connection: Connection, hint: Hint, deadline: float) -> Heard | str:
        """What the hint leads to, or the name of the outcome when it leads to nothing."""
        if hint.resource == hints.LOG:
            return self._of_log(connection, hint, deadline)
        link = self._link(connection, hint, deadline)
        if link is None:
            return "not_linked"
        if hint.resource == hints.ITEM and self._seen(link, hint):
            same = math.floor(hint.at) == math.floor(link.item_updated_at)
            if same and not link.pending.get("alike"):
                proving.confirm(self.links, link, hints.SHOWN, now=self.now())
            return "seen"
        if not hint.resource and not self._due(link, hint):
            return "not_due"  # a doubled or late hint: what was due is done, or parked for a person
        return Heard(link, frozenset((hints.OBSERVATION,) if hint.resource else hint.facets))

    def _due(self, link: Link, hint: Hint) -> bool:
        """Whether something is to be done for a link, other than to wait longer for a proof.

        A person's wish always is: it may be that the link could not be marked, for a worker had it.
        """
        if set(hint.facets) & set(hints.WISHES):
            return True
        waits = bool(link.wants) and set(link.wants) == hints.proofs(link.wants)
        return bool(link.due_at) and (not waits or bool(hints.proofs(hint.facets)))

    def _link(self, connection: Connection, hint: Hint, deadline: float) -> Link | None:
        if hint.resource == hints.ITEM:
            known = self.links.by_observation(connection.id, hint.resource_id)
            return known or self._born(connection, hint, deadline)
        if hint.resource:
            return None  # a resource that we asked nothing of: counted by the receipt, and no work here
        return self.links.get(hint.link_id)

    def _seen(self, link: Link, hint: Hint) -> bool:
        """Whether our last read or write of the observation came after this event: told without a call.

        Within one second Procore's `updated_at` leaves the order open; there the event counts as seen only
        where it names our own app. That is no test of who made it: the authorizer's edits in Procore name no
        app.
        """
        if link.state in RESTING and hint.verb == "delete":
            return True
        if not hint.at:
            return False
        if hint.at + SAME < link.observed_at or math.floor(hint.at) < math.floor(link.item_updated_at):
            return True
        same_second = math.floor(hint.at) == math.floor(link.item_updated_at)
        return same_second and self._by_our_app(hint)

    def _by_our_app(self, hint: Hint) -> bool:
        return bool(hint.application) and hint.application == self.application()

    # ---- A response log ----------------------------------------------------------------------------------

    def _of_log(self, connection: Connection, hint: Hint, deadline: float) -> Heard | str:
        """A new comment: one call reads all of the project's around it, in order, with their items.

        One that our own app made is a comment that we posted, or the record of a status that we set: known by
        its id, or left to the poll, which also finds a comment of ours whose answer was lost.
        """
        known = self.links.by_log(connection.id, hint.resource_id)
        if known and (link := self.links.get(known)):
            proving.confirm(self.links, link, hints.shown_log(hint.resource_id), now=self.now())
        if known or self._by_our_app(hint):
            return "seen"
        if not self._able(connection):
            return "waiting_for_people"  # the comment poll finds it again
        try:
            logs = self._logs(connection, hint, deadline)
        except (Retry, Reject, NeedsAuthorization):
            return "left_to_the_poll"
        mine = next((log for log in logs if log.id == hint.resource_id), None)
        found = self.links.by_observation(connection.id, mine.item_id) if mine else None
        if mine is None or found is None:
            return "not_linked"
        if not is_comment(mine):
            self.links.note_log(connection.id, mine.id, found.id)  # told twice, it costs no second call
            return "no_comment"
        return Heard(
            found, frozenset({hints.LOGS}), tuple(log for log in logs if log.item_id == mine.item_id)
        )

    def _logs(self, connection: Connection, hint: Hint, deadline: float) -> tuple[ResponseLog, ...]:
        """The project's logs around an event, and all since the poll last looked: none is passed over."""
        context = self.engine(connection, lambda: deadline - self.now(), False).context
        at = hint.at or self.now()
        cursor = context.cursors.get(connection.id, COMMENTS)
        polled = float(cursor.notes.get("since") or at) if cursor else at
        start = max(min(at, polled), at - FURTHEST) - AROUND
        return context.carrying.procore.logs_between(start, max(self.now(), at) + AROUND)

    # ---- An observation born in Procore ------------------------------------------------------------------

    def _born(self, connection: Connection, hint: Hint, deadline: float) -> Link | None:
        """A link for an observation that was born in Procore and is to have an issue (A29)."""
        settings = connection_settings.read(connection.settings)
        if hint.verb != "create" or not born.offered(settings.sync.births) or not self._able(connection):
            return None
        engine = self.engine(connection, lambda: deadline - self.now(), False)
        try:
            found = engine.context.carrying.procore.read(hint.resource_id)
        except (Retry, Reject, NeedsAuthorization):
            return None  # the inventory finds it again
        if found is None or not born.wanted(found[0], settings):
            return None
        link = born.link_for(connection.id, found[0])
        try:
            return self.links.create(replace(link, due_at=self.now(), updated_at=self.now()))
        except Taken:
            return self.links.by_observation(connection.id, hint.resource_id)

    def _able(self, connection: Connection) -> bool:
        """Whether a call may be made for a connection."""
        paused = connection.state is ConnectionState.PAUSED
        return not paused and bool(credentials(self.authorizations, connection))
