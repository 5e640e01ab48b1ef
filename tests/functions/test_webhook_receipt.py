"""The address of Procore's webhooks: who is let in, what becomes of a delivery, and what it costs."""

from __future__ import annotations

import base64
import json
import logging
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.events import Context, api_event
from tests.functions.wired import load

from plumbline import wiring
from plumbline.procore.hook_secret import authorization_value

if TYPE_CHECKING:
    from types import ModuleType

NOW = 1_780_000_020.0
QUEUE = "http://127.0.0.1:3/queue/sync"
CURRENT, PREVIOUS = "not-a-secret-current", "not-a-secret-previous"
CONNECTION = "c-1"
V2: dict[str, Any] = {
    "id": 9001,
    "ulid": "01J0000000000000000000000A",
    "timestamp": "2026-05-28T20:26:40.500000Z",
    "metadata": {"source_user_id": 11, "source_application_id": "app-7"},
    "user_id": 11,
    "company_id": 4200,
    "project_id": 77,
    "api_version": "v2.0",
    "event_type": "update",
    "resource_name": "Observation Items",
    "resource_id": 54321,
}
V3 = {**V2, "api_version": "v3.0", "related_resources": [{"id": 5, "name": "Direct Costs"}]}
V4: dict[str, Any] = {
    "id": "01J0000000000000000000000B",
    "timestamp": "2026-05-28T20:26:40.500000Z",
    "reason": "update",
    "company_id": "4200",
    "project_id": "77",
    "user_id": "11",
    "resource_type": "Observation Items",
    "resource_id": "54321",
}
HINT = {
    "connection_id": "c-1",
    "cause": "webhook",
    "resource": "Observation Items",
    "resource_id": "54321",
    "verb": "update",
    "at": 1_780_000_000.5,
}


class Cloud:
    """The two services of AWS that the receipt speaks to, with every call."""

    def __init__(self) -> None:
        self.secret = {"current": CURRENT, "previous": PREVIOUS}
        self.calls: list[str] = []
        self.sent: list[dict[str, Any]] = []

    def get_secret_value(self, *, SecretId: str) -> dict[str, str]:  # noqa: N803 - the name of AWS
        self.calls.append(f"secret {SecretId}")
        return {"SecretString": json.dumps(self.secret)}

    def send_message(self, **message: Any) -> None:
        self.calls.append("send")
        self.sent.append(message)

    def hints(self) -> list[dict[str, Any]]:
        """The messages' bodies."""
        return [json.loads(one["MessageBody"]) for one in self.sent]


class Clock:
    """Time that only the test moves."""

    time = NOW

    def __call__(self) -> float:
        return self.time


@pytest.fixture(scope="module")
def function() -> ModuleType:
    return load("webhook_receipt")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(wiring, "now", made)
    return made


@pytest.fixture
def cloud(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> Cloud:
    made = Cloud()
    services = {"sqs": made, "secretsmanager": made}
    monkeypatch.setattr("plumbline.wiring.aws", lambda service: services[service])
    monkeypatch.setattr("plumbline.wiring_queues.aws", lambda service: services[service])
    monkeypatch.setenv("SYNC_QUEUE", QUEUE)
    monkeypatch.setenv("HOOK_SECRET", "hook-secret")
    wiring._masters_in.cache_clear()
    return made


def secret_of(connection_id: str = CONNECTION, *, master: str = CURRENT, generation: int = 1) -> str:
    return authorization_value(master.encode(), connection_id, generation)


def deliver(
    function: ModuleType,
    body: object = V2,
    *,
    secret: str | None = None,
    header: str = "Authorization",
    raw: str | None = None,
    encoded: bool = False,
) -> int:
    """Deliver as Procore does, through API Gateway; returns the status."""
    value = secret_of() if secret is None else secret
    event = api_event("POST", f"/hooks/procore/{CONNECTION}", body, headers={header: value}, raw_body=raw)
    event |= {
        "resource": "/hooks/procore/{connection_id}",
        "pathParameters": {"connection_id": CONNECTION},
        "isBase64Encoded": encoded,
    }
    answer = function.handler(event, Context())
    assert answer["body"] == ""
    return int(answer["statusCode"])


@pytest.mark.parametrize(
    ("body", "more"), [(V2, {"application": "app-7"}), (V3, {"application": "app-7"}), (V4, {})]
)
def test_a_delivery_of_each_payload_version_becomes_one_hint(
    function: ModuleType, cloud: Cloud, body: object, more: dict[str, str]
) -> None:
    assert deliver(function, body) == 204
    assert cloud.hints() == [{**HINT, **more}]


def test_a_hint_goes_to_the_sync_queue_with_its_connection_as_its_group(
    function: ModuleType, cloud: Cloud
) -> None:
    deliver(function)

    (message,) = cloud.sent
    assert (message["QueueUrl"], message["MessageGroupId"]) == (QUEUE, "c-1")


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "Bearer",
        "Bearer v1.1.00",
        "Basic dTpw",
        secret_of("c-2"),
        secret_of(master="not-a-secret-other"),
        secret_of().removeprefix("Bearer "),
        secret_of()[:-1],
    ],
    ids=["empty", "bare", "short", "basic", "other connection", "other key", "no scheme", "cut"],
)
def test_a_wrong_secret_is_refused_and_sends_nothing(function: ModuleType, cloud: Cloud, secret: str) -> None:
    assert deliver(function, secret=secret) == 401
    assert cloud.sent == []


def test_a_missing_secret_is_refused_whatever_the_body(function: ModuleType, cloud: Cloud) -> None:
    event = api_event("POST", "/hooks/procore/c-1", raw_body="x" * 300_000)
    event |= {"pathParameters": {"connection_id": CONNECTION}, "headers": None}

    assert function.handler(event, Context())["statusCode"] == 401
    assert cloud.sent == []


@pytest.mark.parametrize("master", [CURRENT, PREVIOUS])
def test_the_key_before_a_rotation_still_counts(function: ModuleType, cloud: Cloud, master: str) -> None:
    assert deliver(function, secret=secret_of(master=master, generation=7)) == 204


def test_a_key_that_rotated_out_is_refused_within_a_minute(
    function: ModuleType, cloud: Cloud, clock: Clock
) -> None:
    assert deliver(function, secret=secret_of(master=PREVIOUS)) == 204
    cloud.secret = {"current": CURRENT, "previous": ""}
    clock.time += 60

    assert deliver(function, secret=secret_of(master=PREVIOUS)) == 401


def test_an_empty_previous_key_lets_nobody_in(function: ModuleType, cloud: Cloud) -> None:
    cloud.secret = {"current": CURRENT, "previous": ""}

    assert deliver(function, secret=secret_of(master="")) == 401


def test_a_new_key_counts_within_a_minute(function: ModuleType, cloud: Cloud, clock: Clock) -> None:
    assert deliver(function, secret=secret_of(master="not-a-secret-new")) == 401
    cloud.secret = {"current": "not-a-secret-new", "previous": CURRENT}
    clock.time += 60

    assert deliver(function, secret=secret_of(master="not-a-secret-new")) == 204
    assert deliver(function) == 204


def test_once_warm_a_delivery_costs_one_call_of_sqs_and_no_other(
    function: ModuleType, cloud: Cloud, clock: Clock
) -> None:
    deliver(function)
    cloud.calls.clear()

    clock.time += 30
    deliver(function)
    deliver(function)

    assert cloud.calls == ["send", "send"]


def test_the_keys_are_read_again_after_a_minute(function: ModuleType, cloud: Cloud, clock: Clock) -> None:
    deliver(function)
    clock.time += 60
    deliver(function)

    assert cloud.calls == ["secret hook-secret", "send", "secret hook-secret", "send"]


def test_the_name_of_the_header_may_be_written_in_any_case(function: ModuleType, cloud: Cloud) -> None:
    assert deliver(function, header="authorization") == 204
    assert deliver(function, header="AUTHORIZATION") == 204


@pytest.mark.parametrize(
    ("resource", "verb"),
    [
        ("Observation Items", "recycled"),
        ("Observation Item Response Logs", "update"),
        ("Locations", "create"),
        ("Something New", "sang"),
    ],
)
def test_an_unknown_word_is_taken_and_counted_and_leads_to_a_hint_all_the_same(
    function: ModuleType, cloud: Cloud, caplog: pytest.LogCaptureFixture, resource: str, verb: str
) -> None:
    assert deliver(function, {**V2, "resource_name": resource, "event_type": verb}) == 204

    assert [(one["resource"], one["verb"]) for one in cloud.hints()] == [(resource, verb)]
    assert [one.message for one in caplog.records] == ["unknown webhook"]


@pytest.mark.parametrize(
    ("resource", "verb"),
    [
        ("Observation Items", "create"),
        ("Observation Items", "update"),
        ("Observation Items", "delete"),
        ("Observation Item Response Logs", "create"),
    ],
)
def test_what_our_hooks_ask_for_is_not_counted_as_unknown(
    function: ModuleType, cloud: Cloud, caplog: pytest.LogCaptureFixture, resource: str, verb: str
) -> None:
    assert deliver(function, {**V2, "resource_name": resource, "event_type": verb}) == 204

    assert caplog.records == []


@pytest.mark.parametrize(
    "raw",
    ["", "no JSON", "[]", "null", '"text"', "{}", '{"id": 1}', "[" * 100_000],
    ids=["empty", "no JSON", "list", "null", "text", "bare", "nearly bare", "deep"],
)
def test_a_body_that_cannot_be_read_is_refused_as_such(function: ModuleType, cloud: Cloud, raw: str) -> None:
    assert deliver(function, raw=raw) == 400
    assert cloud.sent == []


def test_a_body_of_256_kb_is_read_and_a_larger_one_is_refused(function: ModuleType, cloud: Cloud) -> None:
    plain = json.dumps(V2)
    fits = plain + " " * (256 * 1024 - len(plain))

    assert deliver(function, raw=fits) == 204
    assert deliver(function, raw=fits + " ") == 413
    assert len(cloud.sent) == 1


def test_the_size_is_counted_in_bytes(function: ModuleType, cloud: Cloud) -> None:
    assert deliver(function, raw=json.dumps({**V2, "more": "é" * 140_000}, ensure_ascii=False)) == 413
    assert cloud.sent == []


def test_a_body_that_api_gateway_took_for_binary_is_decoded(function: ModuleType, cloud: Cloud) -> None:
    raw = base64.b64encode(json.dumps(V4).encode()).decode()

    assert deliver(function, raw=raw, encoded=True) == 204
    assert cloud.hints() == [HINT]


def test_neither_a_secret_nor_a_body_is_logged(
    function: ModuleType, cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    deliver(function, secret=secret_of("c-2"))
    deliver(function, raw='{"canary": "not-a-secret-body"}')
    deliver(function, {**V2, "event_type": "sang", "more": "not-a-secret-body"})

    logged = " ".join(str(vars(one)) for one in caplog.records)
    assert len(caplog.records) == 3
    assert "not-a-secret" not in logged
    assert "Bearer" not in logged
    assert secret_of("c-2")[-64:] not in logged


def test_a_queue_that_is_down_is_not_hidden_so_that_procore_repeats_the_delivery(
    function: ModuleType, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(**_message: Any) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(cloud, "send_message", down)

    with pytest.raises(ConnectionError):
        deliver(function)
