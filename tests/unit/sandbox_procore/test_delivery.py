"""Delivery: one at a time for each destination, pauses and retries, the flush after 12 hours."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.unit.sandbox_procore.desk import START, Caller, Checked, Clock, caller
from tests.unit.sandbox_procore.hooks import ADDRESS, BASE, hooked, receive

from sandbox.procore import Hands
from sandbox.procore.demo import HARBOR_POINT, NORTHWIND, PRIYA, RIVERSIDE

if TYPE_CHECKING:
    from typing import Any

OTHER = f"/rest/v2.0/companies/{NORTHWIND}/projects/{RIVERSIDE}/webhooks"


def rows(reader: Caller, hook: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = reader.get(f"{BASE}/hooks/{hook}/deliveries", **query).json()["data"]
    return found


def test_a_delivery_carries_the_secret_and_what_the_rows_show_later(sandbox: Checked, priya: Caller) -> None:
    hook = hooked(priya)
    item = priya.observe().json()["id"]
    (due,) = sandbox.deliveries_due()

    assert (due.hook_id, due.url) == (hook, ADDRESS)
    assert due.headers == {"Content-Type": "application/json", "Authorization": "Bearer v1.0.abcdef"}
    assert json.loads(due.body)["resource_id"] == item
    sandbox.delivered(due.delivery_id, 204)
    (row,) = rows(priya, hook)
    assert (row["id"], row["status"]) == (due.delivery_id, "delivered")
    assert (row["payload"]["resource_id"], row["payload"]["user_id"]) == (str(item), "598134325871001")
    assert row["delivery_attempts"] == [
        {"created_at": "2026-09-21T14:13:20.000000Z", "response_status": 204, "response_error": None}
    ]
    assert sandbox.next_delivery_at() is None


def test_one_at_a_time_for_each_destination_in_the_order_of_events(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    hooked(priya, base=OTHER, destination_url="https://hooks.example/two")
    first, second = (priya.observe(HARBOR_POINT).json()["id"] for _ in "12")
    third = priya.observe(RIVERSIDE).json()["id"]
    due = sandbox.deliveries_due()

    assert [json.loads(one.body)["resource_id"] for one in due] == [first, third]
    assert sandbox.deliveries_due() == []
    sandbox.delivered(due[0].delivery_id, 200)
    (after,) = sandbox.deliveries_due()
    assert json.loads(after.body)["resource_id"] == second


def test_a_failure_pauses_the_whole_destination_and_no_other(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    hooked(priya)
    hooked(priya, base=OTHER)
    hooked(priya, namespace="other", destination_url="https://hooks.example/two")
    priya.observe(HARBOR_POINT)
    priya.observe(RIVERSIDE)
    ours, theirs = sandbox.deliveries_due()
    sandbox.delivered(ours.delivery_id, 500)
    sandbox.delivered(theirs.delivery_id, 200)

    assert (ours.url, theirs.url) == (ADDRESS, "https://hooks.example/two")
    assert sandbox.deliveries_due() == []
    assert sandbox.next_delivery_at() == START + 1
    clock.now += 1
    (again,) = sandbox.deliveries_due()
    assert again == ours
    sandbox.delivered(again.delivery_id, 204)
    assert len(receive(sandbox)) == 1


def test_the_pause_doubles_from_a_second_to_an_hour_and_a_success_resets_it(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    hooked(priya)
    priya.observe()
    pauses = []
    for _ in range(14):
        (due,) = sandbox.deliveries_due()
        sandbox.delivered(due.delivery_id, None)
        resumes = sandbox.next_delivery_at()
        assert resumes is not None
        pauses.append(resumes - clock.now)
        clock.now = resumes

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600, 3600]
    assert len(receive(sandbox)) == 1
    Hands(sandbox, PRIYA).create(HARBOR_POINT, type_id=7001)
    (due,) = sandbox.deliveries_due()
    sandbox.delivered(due.delivery_id, 500)
    assert sandbox.next_delivery_at() == clock.now + 1


def test_an_answer_after_five_seconds_is_a_failure_and_is_not_heard(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    hook = hooked(priya)
    priya.observe()
    (due,) = sandbox.deliveries_due()
    assert sandbox.next_delivery_at() == START + 5
    clock.now += 5.5
    sandbox.delivered(due.delivery_id, 204)

    (row,) = rows(priya, hook)
    assert row["status"] == "retrying"
    assert [one["response_error"] for one in row["delivery_attempts"]] == ["no answer in time"]
    clock.now += 1
    assert sandbox.deliveries_due() == [due]
    sandbox.delivered(due.delivery_id, 204)
    sandbox.delivered(due.delivery_id, 500)
    assert [one["status"] for one in rows(priya, hook)] == ["delivered"]


def test_after_twelve_hours_the_queue_is_discarded_and_new_events_are_tried(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    hook = hooked(priya)
    for _ in "123":
        priya.observe()
    (due,) = sandbox.deliveries_due()
    sandbox.delivered(due.delivery_id, 503)
    clock.now += 12 * 3600 - 1
    assert sandbox.deliveries_due() == [due]
    sandbox.delivered(due.delivery_id, 503)
    priya = caller(sandbox, PRIYA)
    assert [one["status"] for one in rows(priya, hook)] == ["enqueued", "enqueued", "retrying"]
    clock.now += 1
    assert [one["status"] for one in rows(priya, hook)] == ["discarded"] * 3
    assert len(rows(priya, hook, **{"filter[status]": "discarded"})) == 3
    assert sandbox.next_delivery_at() is None
    assert len(sandbox.journal.effects("delivery_discarded")) == 3

    priya.observe()
    assert len(receive(sandbox)) == 1


def test_the_rows_are_filtered_and_the_newest_stands_first(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    hook = hooked(priya)
    item = priya.observe().json()["id"]
    receive(sandbox)
    clock.now += 86_400
    priya = caller(sandbox, PRIYA)
    priya.comment(item, comment="Seen")

    def verbs(**query: str) -> list[str]:
        return [row["payload"]["resource_name"] for row in rows(priya, hook, **query)]

    assert verbs() == ["Observation Item Response Logs", "Observation Items"]
    assert verbs(sort="created_at") == ["Observation Items", "Observation Item Response Logs"]
    assert verbs(**{"filter[status]": "succeeded"}) == ["Observation Items"]
    assert verbs(**{"filter[status]": "enqueued"}) == ["Observation Item Response Logs"]
    assert verbs(**{"filter[resource_name]": "Observation Items"}) == ["Observation Items"]
    assert verbs(**{"filter[event_type]": "update"}) == []
    assert verbs(**{"filter[start]": "2026-09-22"}) == ["Observation Item Response Logs"]
    assert verbs(**{"filter[end]": "2026-09-21"}) == ["Observation Items"]


def test_what_waits_takes_the_new_secret_and_the_new_address(sandbox: Checked, priya: Caller) -> None:
    hook = hooked(priya)
    priya.observe()
    (lost,) = sandbox.deliveries_due()
    new = {
        "destination_url": "https://hooks.example/new",
        "destination_headers": {"Authorization": "Bearer new"},
    }
    priya.send("PATCH", f"{BASE}/hooks/{hook}", new)
    (due,) = sandbox.deliveries_due()

    assert (due.delivery_id, due.url) == (lost.delivery_id, "https://hooks.example/new")
    assert due.headers["Authorization"] == "Bearer new"


def test_a_deleted_hook_sends_no_more(sandbox: Checked, priya: Caller) -> None:
    hook = hooked(priya)
    priya.observe()
    (due,) = sandbox.deliveries_due()
    priya.send("DELETE", f"{BASE}/hooks/{hook}")
    sandbox.delivered(due.delivery_id, 200)

    assert sandbox.deliveries_due() == []
    assert sandbox.journal.effects("delivered") == []
    assert sandbox.state.deliveries == {}


def test_a_hook_without_headers_sends_none(sandbox: Checked, priya: Caller) -> None:
    hooked(priya, destination_headers={})
    priya.observe()
    (due,) = sandbox.deliveries_due()

    assert due.headers == {"Content-Type": "application/json"}


def test_the_journal_tells_each_delivery_and_how_it_ended(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    priya.observe()
    receive(sandbox)
    (queued,), (delivered,) = (sandbox.journal.effects(k) for k in ("delivery_queued", "delivered"))

    assert (queued["resource"], queued["verb"], queued["namespace"]) == (
        "Observation Items", "create", "plumbline",
    )  # fmt: skip
    assert (delivered["delivery_id"], delivered["status"], delivered["call"]) == (
        queued["delivery_id"],
        204,
        None,
    )
