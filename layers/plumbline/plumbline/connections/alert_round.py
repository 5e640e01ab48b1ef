"""One round of alerts: each connection whose time has come, under its lease, apart from all others (S24).

A mail goes before the cursor moves: one that a crash cut off goes once more. Who has it already is noted when
the round itself stops half way, so that nobody gets it again for that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections import alerting
from plumbline.connections import settings as connection_settings
from plumbline.connections.glance import unauthorized
from plumbline.errors import Reject, Retry
from plumbline.stores.ports import Stale
from plumbline.stores.records import ALERTS, Activity, Cursor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plumbline.connections.alerting import Message, Span
    from plumbline.connections.settings import Alerts
    from plumbline.stores.ports import ActivityLog, Authorizations, Connections, Cursors
    from plumbline.stores.records import Connection

LEASE_MARGIN = 5.0
ENOUGH = 15.0
"""Seconds that one mail may take; with less left the next round goes on."""

REFUSED_STEP = "Check the address in the connection's alerts, and that Amazon SES may send to it."
NEEDS_AUTHORIZATION = "needs_authorization"
DEAD_STEP = "Authorize again or replace the key; the work then goes on by itself."
UNTIL, REACHED, REFUSED, DEAD = "until", "reached", "refused", "dead"
"""Notes of a cursor: until when the mail in hand tells, who needs it no more, whom SES refused last, and
which dead credential was told of."""


@dataclass(slots=True)
class Heard:
    """Who needs the mail in hand no more, and whose refusal stands in the log already."""

    reached: set[str]
    refused: set[str]


@dataclass(frozen=True, slots=True)
class AlertRound:
    """Everything a round needs.

    `send` sends a mail to one address: it raises `Reject` where that is refused, `Retry` where nothing can be
    sent right now. `console` tells the address of the console's page.
    """

    connections: Connections
    authorizations: Authorizations
    cursors: Cursors
    activity: ActivityLog
    send: Callable[[str, Message], None]
    console: Callable[[], str]
    now: Callable[[], float]
    time_left: Callable[[], float]

    def run(self) -> dict[str, int]:
        """Tell what is due; returns counts for the log."""
        told = {"looked": 0, "sent": 0, "refused": 0, "put_off": 0}
        for connection in self.connections.enabled():
            alerts = connection_settings.read(connection.settings).alerts
            if self.time_left() < ENOUGH:
                break
            if cursor := self._leased(connection.id, alerts):
                self._one(connection, alerts, cursor, told)
        return told

    def _leased(self, connection_id: str, alerts: Alerts) -> Cursor | None:
        if alerts.when == "off" or not self._due(alerts, self.cursors.get(connection_id, ALERTS)):
            return None
        until = self.now() + self.time_left() + LEASE_MARGIN
        return self.cursors.lease(connection_id, ALERTS, now=self.now(), until=until, only_due=False)

    def _due(self, alerts: Alerts, cursor: Cursor | None) -> Span | None:
        """What to tell; a mail that was left half way keeps its end, so that it is the same one."""
        if cursor and (until := cursor.notes.get(UNTIL)):
            return alerting.Span(cursor.polled_at, until)
        return alerting.due(alerts.when, cursor.polled_at if cursor else 0.0, self.now())

    def _one(self, connection: Connection, alerts: Alerts, cursor: Cursor, told: dict[str, int]) -> None:
        span = self._due(alerts, cursor)  # asked again: another round may have told it just now
        if span:
            told["looked"] += 1
            cursor = self._told(connection, alerts, cursor, span, told)
        try:
            self.cursors.save(cursor)
        except Stale:
            pass  # this round overran its lease, and another one tells it

    def _told(
        self, connection: Connection, alerts: Alerts, cursor: Cursor, span: Span, told: dict[str, int]
    ) -> Cursor:
        """Send what there is to tell; returns the cursor as it is then."""
        wanted = alerting.outcomes(alerts.about)
        entries = self.activity.between(connection.id, since=span.since, until=span.until, outcomes=wanted)
        dead = self._dead(connection, span) if NEEDS_AUTHORIZATION in alerts.about else None
        is_news = dead and dead.message != cursor.notes.get(DEAD)
        mail = alerting.message(
            connection, with_dead(dead if is_news else None, entries), span, self.console()
        )
        heard = Heard(set(cursor.notes.get(REACHED, ())), set(cursor.notes.get(REFUSED, ())))
        for recipient in alerts.recipients:
            if mail is None or recipient in heard.reached:
                continue
            if self.time_left() < ENOUGH or not self._sent(connection.id, recipient, mail, heard, told):
                told["put_off"] += 1
                half = {UNTIL: span.until, REACHED: sorted(heard.reached), REFUSED: sorted(heard.refused)}
                return replace(cursor, polled_at=span.since, notes=cursor.notes | half)
        refused = sorted(heard.refused & set(alerts.recipients))
        notes = ({REFUSED: refused} if refused else {}) | ({DEAD: dead.message} if dead else {})
        return replace(cursor, polled_at=span.until, notes=notes)

    def _dead(self, connection: Connection, span: Span) -> Activity | None:
        """A line about a credential that works no longer: the log has one where it was met first only."""
        both = (connection.procore_authorization_id, connection.tracker_authorization_id)
        held = {one: found for one in both if (found := self.authorizations.get(one))}
        cause = unauthorized(connection, held)
        line = Activity(connection.id, span.until, NEEDS_AUTHORIZATION, "poll", cause, next_step=DEAD_STEP)
        return line if cause else None

    def _sent(
        self, connection_id: str, recipient: str, mail: Message, heard: Heard, told: dict[str, int]
    ) -> bool:
        """Send to one address; False where that is to be tried again. A refusal is noted the first time."""
        try:
            self.send(recipient, mail)
        except Retry:
            return False
        except Reject as refusal:
            told["refused"] += 1
            if recipient not in heard.refused:
                self._note(connection_id, recipient, refusal)
            heard.refused.add(recipient)
        else:
            told["sent"] += 1
            heard.refused.discard(recipient)
        heard.reached.add(recipient)
        return True

    def _note(self, connection_id: str, recipient: str, refusal: Reject) -> None:
        said = f"The alert to {recipient} was refused: {refusal.cause}"
        line = Activity(connection_id, self.now(), "notice", "poll", said, direction="")
        self.activity.add(replace(line, next_step=REFUSED_STEP))


def with_dead(dead: Activity | None, entries: Iterable[Activity]) -> Iterator[Activity]:
    """The entries, and the one about a dead credential unless one of them says so."""
    is_told = False
    for entry in entries:
        is_told = is_told or entry.outcome == NEEDS_AUTHORIZATION
        yield entry
    if dead and not is_told:
        yield dead
