"""The scheduled alerts as their schedule calls them, and the mail word for word as SES gets it (S24)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from tests.functions.events import Context
from tests.functions.wired import load
from tests.unit.connections.making import a_connection, both

from plumbline import wiring, wiring_mail
from plumbline.connections.alerting import Message
from plumbline.errors import Reject, Retry
from plumbline.stores import memory
from plumbline.stores.records import Activity

if TYPE_CHECKING:
    from types import ModuleType

NOW = 1_800_000_000.0
MAIL = Message("One parked", "Why, and what to do.")


class Ses:
    """Takes every mail, or answers with an error."""

    def __init__(self) -> None:
        self.mails: list[dict[str, Any]] = []
        self.error: Exception | None = None

    def send_email(self, **mail: Any) -> None:
        if self.error:
            raise self.error
        self.mails.append(mail)


@pytest.fixture(scope="module")
def alerts() -> ModuleType:
    return load("alerts")


@pytest.fixture
def ses(monkeypatch: pytest.MonkeyPatch) -> Ses:
    made = Ses()
    monkeypatch.setattr(wiring_mail, "aws", lambda _service: made)
    monkeypatch.setenv("ALERT_SENDER", "plumbline@example.com")
    return made


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> memory.MemoryActivityLog:
    connections, activity = memory.MemoryConnections(), memory.MemoryActivityLog()
    chosen = {"when": "at_once", "recipients": ["ana@example.com"]}
    connections.create(a_connection(settings={"alerts": chosen}))
    authorizations = memory.MemoryAuthorizations()
    for held in both().values():
        authorizations.put(held)
    made = {
        "connections": connections,
        "authorizations": authorizations,
        "cursors": memory.MemoryCursors(),
        "activity": activity,
    }
    for name, one in made.items():
        monkeypatch.setattr(wiring, name, lambda one=one: one)
    monkeypatch.setattr(wiring, "now", lambda: NOW)
    monkeypatch.setattr(wiring_mail, "public_address", lambda: "https://api.example/v1")
    return activity


def refusal(code: str, status: int = 400) -> ClientError:
    answer: Any = {
        "Error": {"Code": code, "Message": "Words."},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "SendEmail")


def test_s24_a_parked_item_leads_to_a_mail(
    alerts: ModuleType, ses: Ses, log: memory.MemoryActivityLog
) -> None:
    log.add(Activity("c", NOW - 60, "parked", "poll", "Refused.", issue_id="7", issue_number="CI-7"))

    told = alerts.handler({}, Context())

    assert told == {"looked": 1, "sent": 1, "refused": 0, "put_off": 0}
    (mail,) = ses.mails
    assert mail["FromEmailAddress"] == "plumbline@example.com"
    assert mail["Destination"] == {"ToAddresses": ["ana@example.com"]}
    assert mail["Content"]["Simple"]["Subject"]["Data"] == "Plumbline: 1 parked - Hospital"
    text = mail["Content"]["Simple"]["Body"]["Text"]["Data"]
    assert "Issue CI-7" in text
    assert "https://api.example/v1/console/index.html#/connections/c/items?issue=7" in text


def test_s24_a_deployment_without_a_sender_sends_nothing(
    alerts: ModuleType, ses: Ses, log: memory.MemoryActivityLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALERT_SENDER", "")
    log.add(Activity("c", NOW - 60, "parked", "poll", "Refused.", issue_id="7"))

    assert alerts.handler({}, Context()) == {}
    assert ses.mails == []


@pytest.mark.parametrize(
    ("code", "cause"),
    [("MessageRejected", "MessageRejected: Words."), ("AccessDeniedException", "AccessDeniedException")],
)
def test_s24_what_ses_refuses_is_told_in_its_words_and_nothing_of_the_deployment(
    ses: Ses, code: str, cause: str
) -> None:
    ses.error = refusal(code)

    with pytest.raises(Reject) as refused:
        wiring_mail.send("ana@example.com", MAIL)

    assert (refused.value.code, refused.value.cause) == ("mail_refused", cause)


@pytest.mark.parametrize(
    "error",
    [
        refusal("TooManyRequestsException", 429),
        refusal("SendingPausedException"),
        refusal("InternalFailure", 500),
        EndpointConnectionError(endpoint_url="https://127.0.0.1:3"),
    ],
)
def test_s24_what_passes_by_itself_is_tried_again(ses: Ses, error: Exception) -> None:
    ses.error = error

    with pytest.raises(Retry):
        wiring_mail.send("ana@example.com", MAIL)
