"""Who works for a connection at Procore: checked after each authorization, replaced on lost rights (S6, S10).

What was found stands in the cursor "rights": `of`, the authorization it was found for; `checked_at`;
`refused`, what is missing, as long as it is. A poll that succeeds leaves that cause on the connection.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections import takeover
from plumbline.errors import Reject, Retry
from plumbline.issues.noticed import note_cause
from plumbline.issues.rounds import REFUSED
from plumbline.stores.ports import Stale
from plumbline.stores.records import RIGHTS, Activity, Cursor

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.procore.client import ProcoreClient
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Cursors
    from plumbline.stores.records import Authorization, Connection

AGAIN = 600.0
"""Seconds until rights that are missing are looked at again."""


@dataclass(frozen=True, slots=True)
class Authorizers:
    """Those who may work for connections; `client` speaks for one of them in a connection's company."""

    connections: Connections
    authorizations: Authorizations
    cursors: Cursors
    activity: ActivityLog
    client: Callable[[Connection, Authorization], ProcoreClient]
    now: Callable[[], float]

    def take_over(self, connection: Connection, refusal: Reject | None) -> Connection | None:
        """The connection under another authorizer: its own is dead, or lost the rights of a refusal.

        None where its own may still work, and where it is dead and no other may. Raises `Reject`
        ("rights_lost") when rights are missing and no other has them, `Retry` when Procore cannot be asked.
        """
        if refusal is None:
            return self._next(connection)
        held = self.authorizations.get(connection.procore_authorization_id)
        if refusal.code not in takeover.LOST or held is None:
            return None
        lost = takeover.missing(self.client(connection, held), connection, held)
        if lost is None:
            return None
        if other := self._next(connection, lost_rights=True):
            return other
        self._note(connection, held, lost)
        raise lost

    def checked(self, connection: Connection) -> Connection:
        """The connection with an authorizer that works, if any; what a new authorization lacks is its cause.

        A call is made only after an authorization, and from time to time while something is missing.
        """
        held = self.authorizations.get(connection.procore_authorization_id)
        if held is None or not held.valid:
            return self._next(connection) or connection
        if not self._is_due(connection, held):
            return connection
        try:
            lost = takeover.missing(self.client(connection, held), connection, held)
        except Retry:
            return connection  # looked at with the next sweep
        if lost and (other := self._next(connection, lost_rights=True)):
            return other
        self._note(connection, held, lost)
        if lost and note_cause(self.connections, connection, lost.cause):
            self.activity.add(
                Activity(
                    connection.id, self.now(), "failed", "sweep", lost.cause,
                    direction="", next_step=lost.next_step,
                )
            )  # fmt: skip
        return connection

    def passed(self, connection: Connection) -> None:
        """Remember that the checks before enabling have just found nothing missing."""
        if held := self.authorizations.get(connection.procore_authorization_id):
            self._note(connection, held, None)

    def _next(self, connection: Connection, *, lost_rights: bool = False) -> Connection | None:
        after = takeover.take_over(
            self.connections,
            self.authorizations,
            self.activity,
            connection,
            now=self.now(),
            lost_rights=lost_rights,
            may_work=lambda other: takeover.may_work(self.client(connection, other), connection, other),
        )
        changed = after.procore_authorization_id != connection.procore_authorization_id
        return after if changed else None

    def _is_due(self, connection: Connection, held: Authorization) -> bool:
        cursor = self.cursors.get(connection.id, RIGHTS)
        if cursor is None or cursor.notes.get("of") != _name(held):
            return True
        return bool(cursor.notes.get(REFUSED)) and self.now() >= cursor.notes["checked_at"] + AGAIN

    def _note(self, connection: Connection, held: Authorization, lost: Reject | None) -> None:
        cursor = self.cursors.get(connection.id, RIGHTS) or Cursor(connection.id, RIGHTS)
        notes = {"of": _name(held), "checked_at": self.now()} | ({REFUSED: lost.cause} if lost else {})
        with contextlib.suppress(Stale):  # another worker has just found the same
            self.cursors.save(replace(cursor, notes=notes))


def _name(held: Authorization) -> str:
    """One authorization as it was given: by whom and when."""
    return f"{held.id} {held.subject} {held.authorized_at!r}"
