"""A round of alerts over the stores: to whom a mail goes, and when it does not go twice (S24)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.connections.making import a_connection, an_authorization, both

from plumbline.connections.alert_round import AlertRound
from plumbline.errors import Reject, Retry
from plumbline.stores import memory
from plumbline.stores.records import ALERTS, Activity, ConnectionState

if TYPE_CHECKING:
    from plumbline.connections.alerting import Message

START = 1_800_000_000.0
ANA, BO, CY = "ana@example.com", "bo@example.com", "cy@example.com"


@dataclass
class Office:
    """Stores, a clock, and the mails that went out."""

    connections: memory.MemoryConnections = field(default_factory=memory.MemoryConnections)
    authorizations: memory.MemoryAuthorizations = field(default_factory=memory.MemoryAuthorizations)
    cursors: memory.MemoryCursors = field(default_factory=memory.MemoryCursors)
    activity: memory.MemoryActivityLog = field(default_factory=memory.MemoryActivityLog)
    mails: list[tuple[str, Message]] = field(default_factory=list)
    answers: dict[str, Exception] = field(default_factory=dict)
    now: float = START
    left: float = 60.0

    def connect(self, name: str = "c", *, when: str = "at_once", **given: Any) -> None:
        alerts = {"when": when, "recipients": [ANA, BO, CY]} | given
        made = a_connection(id=name, project_id=name, settings={"alerts": alerts})
        self.connections.create(made)

    def happened(self, outcome: str = "parked", *, to: str = "c", issue: str = "7") -> None:
        line = Activity(to, self.now, outcome, "poll", "It was refused.", issue_id=issue, next_step="Look.")
        self.activity.add(line)

    def send(self, recipient: str, message: Message) -> None:
        if recipient in self.answers:
            raise self.answers[recipient]
        self.mails.append((recipient, message))

    def run(self, *, later: float = 300.0) -> dict[str, int]:
        self.now += later
        return AlertRound(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            self.send,
            lambda: "https://console.example",
            lambda: self.now,
            lambda: self.left,
        ).run()

    def told(self) -> list[str]:
        return [recipient for recipient, _ in self.mails]


@pytest.fixture
def office() -> Office:
    made = Office()
    for one in both().values():
        made.authorizations.put(one)
    return made


def test_s24_each_recipient_gets_what_happened_once(office: Office) -> None:
    office.connect()
    office.run()
    office.happened()

    counts = [office.run() for _ in range(3)]

    assert office.told() == [ANA, BO, CY]
    assert office.mails[0][1].subject == "Plumbline: 1 parked - Hospital"
    assert counts[0] == {"looked": 1, "sent": 3, "refused": 0, "put_off": 0}
    assert counts[2]["sent"] == 0


def test_s24_one_mail_tells_five_minutes_whoever_asks_and_however_often(office: Office) -> None:
    office.connect()
    office.run()
    for _ in range(6):
        office.happened()
        office.run(later=50)

    assert len(office.mails) == 3


def test_s24_only_what_a_connection_asked_for_is_told(office: Office) -> None:
    office.connect(about=["conflict"])
    office.run()
    office.happened("parked", issue="1")
    office.happened("conflict", issue="2")
    office.happened("synced", issue="3")

    office.run()

    assert office.mails[0][1].subject == "Plumbline: 1 conflict - Hospital"


def test_s24_nothing_of_another_connection_is_told(office: Office) -> None:
    office.connect("c", recipients=[ANA])
    office.connect("d", recipients=[BO])
    office.connect("e", when="off")
    office.run()
    office.happened(to="d", issue="d-secret")
    office.happened(to="e", issue="e-secret")

    office.run()

    assert office.told() == [BO]
    assert "d-secret" in office.mails[0][1].text
    assert "e-secret" not in office.mails[0][1].text
    assert office.cursors.get("e", ALERTS) is None


def test_s24_a_connection_that_is_disabled_tells_nothing(office: Office) -> None:
    office.connect()
    stored = office.connections.get("c")
    assert stored
    office.connections.save(replace(stored, state=ConnectionState.DISABLED))
    office.happened()

    assert office.run()["looked"] == 0


def test_s24_a_refused_address_blocks_no_other_and_is_noted_once(office: Office) -> None:
    office.connect()
    office.run()
    office.answers[BO] = Reject("mail_refused", "MessageRejected: Not verified.", "Check it.")
    for issue in "12":
        office.happened(issue=issue)
        office.run()
    del office.answers[BO]
    office.happened(issue="3")
    office.run()

    assert office.told() == [ANA, CY, ANA, CY, ANA, BO, CY]
    notes = [one for one in office.activity.entries if one.outcome == "notice"]
    assert [one.message for one in notes] == [
        "The alert to bo@example.com was refused: MessageRejected: Not verified."
    ]
    assert notes[0].next_step.startswith("Check the address in the connection's alerts")


def test_s24_a_mail_that_stopped_half_way_goes_on_with_those_who_lack_it(office: Office) -> None:
    office.connect()
    office.run()
    office.happened()
    office.answers[BO] = Retry("Throttled")
    stopped = office.run()
    office.happened(issue="8")
    del office.answers[BO]

    office.run()
    first = office.told()
    office.run()

    assert stopped == {"looked": 1, "sent": 1, "refused": 0, "put_off": 1}
    assert first == [ANA, BO, CY]
    assert office.mails[0][1] == office.mails[1][1] == office.mails[2][1]
    assert "Issue 8" in office.mails[3][1].text
    assert len(office.mails) == 6


def test_s24_with_little_time_left_the_next_round_goes_on(office: Office) -> None:
    office.connect()
    office.run()
    office.happened()
    office.left = 14.0

    assert office.run()["looked"] == 0
    office.left = 60.0
    assert office.run()["sent"] == 3


def test_s24_a_crash_after_a_mail_repeats_it_once_and_loses_none(office: Office) -> None:
    office.connect()
    office.run()
    office.happened()
    office.answers[BO] = RuntimeError("the process died")
    with pytest.raises(RuntimeError):
        office.run()
    del office.answers[BO]

    assert office.run(later=10)["looked"] == 0  # its lease runs still
    office.run()

    assert office.told() == [ANA, ANA, BO, CY]


def test_s24_rounds_at_one_time_tell_once(office: Office) -> None:
    office.connect()
    office.run()
    office.happened()
    held = office.cursors.lease("c", ALERTS, now=office.now, until=office.now + 900, only_due=False)
    assert held

    assert office.run()["looked"] == 0


def test_s24_a_round_that_overran_its_lease_leaves_the_cursor_to_the_next(office: Office) -> None:
    office.connect()
    office.run()
    office.happened()

    def overrun(recipient: str, message: Message) -> None:
        if not office.mails:
            office.cursors.lease("c", ALERTS, now=office.now + 1e6, until=office.now + 2e6, only_due=False)
        office.mails.append((recipient, message))

    office.send = overrun  # type: ignore[method-assign]
    before = office.cursors.get("c", ALERTS)
    office.run()
    after = office.cursors.get("c", ALERTS)

    assert before
    assert after
    assert after.polled_at == before.polled_at


def test_s24_a_dead_credential_is_told_once_to_each_connection_that_needs_it(office: Office) -> None:
    office.connect("c", recipients=[ANA])
    office.connect("d", recipients=[BO])
    office.connect("e", recipients=[CY], about=["parked"])
    office.run()
    office.authorizations.put(an_authorization(valid=False, cause="Revoked in Procore."))
    office.happened("needs_authorization", to="c")

    for _ in range(3):
        office.run()

    assert office.told() == [ANA, BO]
    assert office.mails[0][1].subject == "Plumbline: 1 needs authorization - Hospital"
    assert "Cause: Procore: Revoked in Procore.\n  Next step: Authorize again" in office.mails[1][1].text


def test_s24_a_credential_that_dies_again_is_told_again(office: Office) -> None:
    office.connect(recipients=[ANA])
    for valid in (False, True, False):
        office.authorizations.put(an_authorization(valid=valid, cause="" if valid else "Revoked."))
        office.run()

    assert len(office.mails) == 2


def test_s24_a_daily_mail_writes_nothing_between_two_days(office: Office) -> None:
    office.connect(when="daily")
    office.run()
    before = office.cursors.get("c", ALERTS)
    office.happened()

    office.run()

    assert office.cursors.get("c", ALERTS) == before
    assert office.mails == []
    assert office.run(later=86_400)["sent"] == 3
