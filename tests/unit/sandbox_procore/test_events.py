"""Events: what fires which trigger, in the words of each payload version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.sandbox_procore.hooks import BASE, hooked, receive, words
from tests.unit.sandbox_procore.test_journal import admin

from sandbox.procore import EventFault, Fault, Hands
from sandbox.procore.demo import HARBOR_POINT, MARCUS, NORTHWIND, PRIYA, RIVERSIDE

if TYPE_CHECKING:
    from tests.unit.sandbox_procore.desk import Caller, Checked, Clock

    from sandbox.procore import ProcoreSandbox

ITEMS, LOGS = "Observation Items", "Observation Item Response Logs"


def told(sandbox: ProcoreSandbox) -> list[tuple[str, str]]:
    return words(receive(sandbox))


def test_a_v2_payload_names_the_person_and_the_app(sandbox: Checked, priya: Caller, clock: Clock) -> None:
    hooked(priya)
    clock.now += 0.25
    item = priya.observe().json()["id"]
    (body,) = receive(sandbox)

    assert len(body.pop("ulid")) == 26
    assert body == {
        "id": body["id"], "timestamp": "2026-09-21T14:13:20.250000Z", "user_id": PRIYA,
        "company_id": NORTHWIND, "project_id": HARBOR_POINT, "api_version": "v2.0", "event_type": "create",
        "resource_name": ITEMS, "resource_id": item,
        "metadata": {
            "source_user_id": PRIYA, "source_project_id": HARBOR_POINT, "source_operation_id": None,
            "source_company_id": NORTHWIND, "source_application_id": "sandbox-client-id",
        },
    }  # fmt: skip


def test_what_a_person_does_on_procores_pages_has_no_application(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    Hands(sandbox, MARCUS).create(HARBOR_POINT, name="Valve", type_id=7001)
    (body,) = receive(sandbox)

    assert body["user_id"] == MARCUS
    assert body["metadata"]["source_application_id"] is None


def test_a_v3_payload_adds_related_resources(sandbox: Checked, priya: Caller) -> None:
    hooked(priya, "v3.0")
    priya.observe()
    (body,) = receive(sandbox)

    assert (body["api_version"], body["related_resources"]) == ("v3.0", [])
    assert body["metadata"]["source_user_id"] == PRIYA


def test_a_v4_payload_has_text_ids_and_other_words(sandbox: Checked, priya: Caller) -> None:
    hooked(priya, "v4.0")
    item = priya.observe().json()["id"]
    (body,) = receive(sandbox)

    assert len(body["id"]) == 26
    assert body == {
        "id": body["id"], "timestamp": "2026-09-21T14:13:20.000000Z", "reason": "create",
        "company_id": str(NORTHWIND), "project_id": str(HARBOR_POINT), "user_id": str(PRIYA),
        "resource_type": ITEMS, "resource_id": str(item), "payload_version": "v4.0",
    }  # fmt: skip


def test_each_deed_fires_its_own_event(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    item = priya.observe().json()["id"]
    assert told(sandbox) == [(ITEMS, "create")]
    priya.patch(item, priority="High")
    assert told(sandbox) == [(ITEMS, "update")]
    priya.patch(item, priority="High")
    assert told(sandbox) == []
    priya.patch(item, status="closed")
    assert told(sandbox) == [(LOGS, "create"), (ITEMS, "update")]
    log = priya.comment(item, comment="Seen").json()["id"]
    (body,) = receive(sandbox)
    assert (body["resource_name"], body["resource_id"]) == (LOGS, log)
    priya.comment(item, comment="Again", status="initiated")
    assert told(sandbox) == [(ITEMS, "update"), (LOGS, "create")]
    priya.send("DELETE", f"/rest/v1.0/projects/{HARBOR_POINT}/observations/items/{item}")
    assert told(sandbox) == [(ITEMS, "delete")]


@pytest.mark.parametrize("verb", ["update", "create"])
def test_a_restore_fires_what_the_settings_say(sandbox: Checked, priya: Caller, verb: Any) -> None:
    sandbox.settings = sandbox.settings.model_copy(update={"restore_event": verb})
    item = priya.observe().json()["id"]
    Hands(sandbox, PRIYA).delete(item)
    hooked(priya)
    bin_ = f"/rest/v1.0/projects/{HARBOR_POINT}/recycle_bin/observations/items/{item}/restore"
    assert priya.send("PATCH", bin_).status == 200

    assert told(sandbox) == [(ITEMS, verb)]


@pytest.mark.parametrize("on", [False, True])
def test_comments_and_files_fire_an_update_by_setting_only(sandbox: Checked, priya: Caller, on: bool) -> None:
    update = {"log_fires_update": on, "attachment_fires_update": on}
    sandbox.settings = sandbox.settings.model_copy(update=update)
    item = priya.observe().json()["id"]
    hooked(priya, wanted=[(ITEMS, "update")])
    priya.comment(item, comment="Seen")
    priya.patch(item, upload_ids=[priya.upload(b"x")])
    file = Hands(sandbox, PRIYA).attach(item, "b.txt", b"y")
    Hands(sandbox, PRIYA).detach(item, file)

    assert told(sandbox) == [(ITEMS, "update")] * (4 if on else 0)


def test_a_hook_hears_of_its_own_project_and_triggers_only(sandbox: Checked, priya: Caller) -> None:
    hooked(priya, wanted=[(ITEMS, "delete")])
    item = priya.observe().json()["id"]
    other = priya.observe(RIVERSIDE).json()["id"]
    for one in (item, other):
        Hands(sandbox, PRIYA).delete(one)
    (body,) = receive(sandbox)

    assert body["resource_id"] == item


def test_company_events_go_to_company_hooks(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    hooked(priya, base=f"/rest/v2.0/companies/{NORTHWIND}/webhooks", wanted=[("Projects", "update")])
    Hands(sandbox, PRIYA).set_project_active(RIVERSIDE, active=False)

    (body,) = receive(sandbox)
    assert (body["resource_name"], body["resource_id"]) == ("Projects", RIVERSIDE)


def test_a_call_without_effect_or_refused_tells_nothing(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    sandbox.faults.append(Fault(method="POST", kind="no_effect"))
    priya.observe()
    priya.observe(name="")

    assert told(sandbox) == []
    sandbox.faults.append(Fault(method="POST", status=500, when="after"))
    priya.observe()
    assert told(sandbox) == [(ITEMS, "create")]


def test_a_left_out_resource_is_told_no_longer(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    item = priya.observe().json()["id"]
    sandbox.settings = sandbox.settings.model_copy(update={"left_out_resources": (LOGS,)})
    priya.comment(item, comment="Seen")

    assert told(sandbox) == [(ITEMS, "create")]


def test_a_duplicate_has_a_fresh_id_and_the_same_timestamp(sandbox: Checked, priya: Caller) -> None:
    hooked(priya)
    sandbox.event_faults.append(EventFault(kind="duplicate", nth=2))
    for _ in "123":
        priya.observe()
    bodies = receive(sandbox)

    assert len(bodies) == 4
    assert bodies[1]["resource_id"] == bodies[2]["resource_id"]
    assert bodies[1]["timestamp"] == bodies[2]["timestamp"]
    assert len({body["id"] for body in bodies}) == len({body["ulid"] for body in bodies}) == 4


def test_a_lost_event_is_only_in_the_journal(sandbox: Checked, priya: Caller) -> None:
    hook = hooked(priya)
    sandbox.event_faults.append(EventFault(kind="lose", resource=ITEMS, verb="create"))
    first, second = (priya.observe().json()["id"] for _ in "12")

    assert [body["resource_id"] for body in receive(sandbox)] == [second]
    assert [one["resource_id"] for one in sandbox.journal.effects("delivery_lost")] == [first]
    assert len(priya.get(f"{BASE}/hooks/{hook}/deliveries").json()["data"]) == 1


def test_a_delayed_event_is_overtaken(sandbox: Checked, priya: Caller, clock: Clock) -> None:
    hooked(priya)
    sandbox.event_faults.append(EventFault(kind="delay", seconds=7200))
    first, second = (priya.observe().json()["id"] for _ in "12")

    assert [body["resource_id"] for body in receive(sandbox)] == [second]
    assert sandbox.next_delivery_at() == clock.now + 7200
    clock.now += 7200
    (late,) = receive(sandbox)
    assert (late["resource_id"], late["timestamp"]) == (first, "2026-09-21T14:13:20.000000Z")


def test_event_faults_can_be_set_over_the_sandboxes_own_paths(sandbox: Checked) -> None:

    assert admin(sandbox, "POST", "event_faults", {"kind": "lose"}).json() == {"event_faults": 1}
    assert admin(sandbox, "POST", "event_faults", [{"kind": "delay"}, {"kind": "duplicate"}]).status == 201
    assert [one["kind"] for one in admin(sandbox, "GET", "event_faults").json()] == [
        "lose", "delay", "duplicate"
    ]  # fmt: skip
    assert admin(sandbox, "POST", "event_faults", {"kind": "explode"}).status == 400
    assert admin(sandbox, "DELETE", "event_faults").status == 204
    assert sandbox.event_faults == []
