"""People at work on Procore's own pages, and what the journal keeps of it."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.sandbox_procore.desk import caller, sign_in, token_call
from tests.unit.sandbox_procore.hooks import BASE, hooked
from tests.unit.sandbox_procore.test_journal import admin

from sandbox.procore import Hands, Impossible
from sandbox.procore.demo import HARBOR_POINT, MARCUS, NORTHWIND, PRIYA
from sandbox.procore.rich_text import plain_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.unit.sandbox_procore.desk import Caller, Checked, Clock

RICH = "<p>Water near <strong>drain 4</strong> &amp; 5</p><ul><li>Slope</li><li>Grate</li></ul>"


@pytest.fixture
def hands(sandbox: Checked) -> Hands:
    return Hands(sandbox, MARCUS)


def valve(hands: Hands, **fields: Any) -> int:
    return hands.create(HARBOR_POINT, **({"name": "Valve", "type_id": 7001} | fields))


def test_a_persons_observation_is_one_of_the_list(sandbox: Checked, priya: Caller, hands: Hands) -> None:
    item = valve(hands, priority="High", location_id=15002, assignee_id=PRIYA)
    row = priya.items().json()[0]

    assert (row["id"], row["created_by"]["id"], row["priority"]) == (item, MARCUS, "High")
    created = sandbox.journal.effects("observation_created")[-1]
    assert (created["by"], created["app"], created["call"]) == (MARCUS, None, None)
    assert created["changes"]["location_id"] == {"old": None, "new": 15002}
    assert created["changes"]["assignee_ids"] == {"old": None, "new": [PRIYA]}
    assert "due_date" not in created["changes"]


def test_no_call_and_no_limit_is_counted(sandbox: Checked, priya: Caller, hands: Hands) -> None:
    before = len(sandbox.journal.calls())
    for _ in range(30):
        valve(hands)

    assert len(sandbox.journal.calls()) == before
    assert len(sandbox.journal.effects("observation_created")) == 30


def test_an_edit_notes_the_old_and_the_new_value(
    sandbox: Checked, priya: Caller, hands: Hands, clock: Clock
) -> None:
    item = valve(hands, priority="Low")
    clock.now += 1.5
    hands.edit(item, priority="High", due_date="2026-10-01")
    hands.edit(item, priority="High")
    (noted,) = sandbox.journal.effects("observation_updated")

    assert noted["changes"] == {
        "priority": {"old": "Low", "new": "High"}, "due_date": {"old": None, "new": "2026-10-01"},
    }  # fmt: skip
    assert (noted["fields"], noted["by"], noted["app"]) == (["due_date", "priority"], MARCUS, None)
    assert (noted["project_id"], noted["at"]) == (HARBOR_POINT, clock.now)
    assert priya.show(item).json()["updated_at"] == "2026-09-21T14:13:21Z"


def test_calls_are_noted_in_the_same_way_with_the_app(sandbox: Checked, priya: Caller) -> None:
    item = priya.observe(priority="Low").json()["id"]
    priya.patch(item, priority=None, status="closed")
    priya.comment(item, comment="Seen", status="initiated", upload_ids=[priya.upload(b"x", "a.jpg")])
    first, second = sandbox.journal.effects("observation_updated")

    assert (first["by"], first["app"]) == (PRIYA, "sandbox-client-id")
    assert first["changes"] == {
        "priority": {"old": "Low", "new": None}, "status": {"old": "initiated", "new": "closed"},
    }  # fmt: skip
    assert second["changes"] == {"status": {"old": "closed", "new": "initiated"}}
    bare, log = sandbox.journal.effects("response_log_created")
    assert (bare["comment"], bare["status"]) == (None, "closed")
    assert (log["comment"], log["status"], log["by"], log["app"]) == (
        "Seen", "initiated", PRIYA, "sandbox-client-id",
    )  # fmt: skip
    attached = sandbox.journal.effects("attached")[-1]
    assert (attached["response_log_id"], attached["app"]) == (log["response_log_id"], "sandbox-client-id")


def test_a_formatted_description_has_plain_text_beside_it(priya: Caller, hands: Hands) -> None:
    item = valve(hands, description_rich_text=RICH)
    shown = priya.show(item).json()

    assert shown["description_rich_text"] == RICH
    assert shown["description"] == "Water near drain 4 & 5\nSlope\nGrate"
    written = priya.patch(item, description="Dry <now>").json()
    assert (written["description"], written["description_rich_text"]) == (
        "Dry <now>",
        "<p>Dry &lt;now&gt;</p>",
    )


def test_plain_text_keeps_paragraphs_and_breaks() -> None:
    assert plain_of("<p>A<br>B</p><p></p><p></p><p>C</p>") == "A\nB\n\nC"
    assert plain_of("no tags &lt;") == "no tags <"


def test_a_comment_may_have_a_status_and_files(sandbox: Checked, priya: Caller, hands: Hands) -> None:
    item = valve(hands)
    log = hands.comment(
        item, "Fixed", status="ready_for_review", files=[("a.txt", b"one"), ("b.txt", b"two")]
    )
    (row,) = priya.get(f"/rest/v1.0/observations/items/{item}/response_logs", project_id=HARBOR_POINT).json()

    assert (row["id"], row["comment"], row["status"]) == (log, "Fixed", "Ready For Review")
    assert [file["name"] for file in row["attachments"]] == ["a.txt", "b.txt"]
    assert priya.show(item).json()["status"] == "ready_for_review"


def test_a_file_is_hung_up_and_taken_off(sandbox: Checked, priya: Caller, hands: Hands) -> None:
    item = valve(hands)
    file = hands.attach(item, "plan.pdf", b"%PDF")
    (shown,) = priya.show(item).json()["attachments"]
    hands.detach(item, file)

    assert (shown["id"], shown["name"]) == (file, "plan.pdf")
    noted = sandbox.journal.effects("attached")[-1]
    assert (noted["sha256"], noted["attachment_id"]) == (hashlib.sha256(b"%PDF").hexdigest(), file)
    assert priya.show(item).json()["attachments"] == []
    assert [one["attachment_id"] for one in sandbox.journal.effects("detached")] == [file]


def test_an_observation_is_deleted_restored_and_moved(sandbox: Checked, priya: Caller, hands: Hands) -> None:
    item = valve(hands)
    hands.delete(item)
    assert priya.show(item).status == 404
    hands.restore(item)
    hands.set_location(item, hands.add_location(HARBOR_POINT, ["Level 2", "Room 9"]))

    assert priya.show(item).json()["location"]["name"] == "Level 2>Room 9"
    kinds = ("observation_deleted", "observation_restored")
    assert [sandbox.journal.effects(kind)[0]["by"] for kind in kinds] == [MARCUS, MARCUS]
    hands.rename_location(15003, "Second floor")
    assert priya.show(item).json()["location"]["name"] == "Second floor>Room 9"


def test_what_cannot_be_is_refused_and_leaves_nothing(sandbox: Checked, hands: Hands) -> None:
    item = valve(hands)
    before = len(sandbox.journal.entries)
    attempts: list[Callable[[], Any]] = [
        lambda: hands.restore(item),
        lambda: hands.edit(1, name="x"),
        lambda: hands.edit(item, name=""),
        lambda: hands.detach(item, 5),
        lambda: hands.comment(item, "x", status="gone"),
        lambda: Hands(sandbox, 1),
    ]

    for attempt in attempts:
        with pytest.raises(Impossible):
            attempt()
    hands.delete(item)
    with pytest.raises(Impossible, match="is in the recycle bin"):
        hands.edit(item, name="x")
    assert len(sandbox.journal.entries) == before + 1


def test_a_contact_can_be_put_there_by_hand(priya: Caller, hands: Hands) -> None:
    number = hands.add_contact(HARBOR_POINT, "de la Cruz", "Ines")

    assert priya.observe(assignee_id=number).json()["assignee"]["name"] == "Ines de la Cruz"


def test_a_level_can_be_taken_away(sandbox: Checked, priya: Caller, hands: Hands) -> None:
    item = valve(hands)
    hands.set_level(PRIYA, HARBOR_POINT, "Read Only")

    assert priya.patch(item, name="x").status == 403
    assert priya.show(item).status == 200
    tools = priya.get("/rest/v1.0/settings/permissions", project_id=HARBOR_POINT).json()["tools"]
    held = {tool["name"]: tool["user_access_level"]["name"] for tool in tools}
    assert (held["observations"], held["admin"]) == ("Read Only", "Admin")


def test_an_archived_project_is_read_but_not_written(sandbox: Checked, priya: Caller, hands: Hands) -> None:
    item = valve(hands)
    hands.set_project_active(HARBOR_POINT, active=False)

    refused = priya.patch(item, name="x")
    assert (refused.status, refused.json()) == (403, {"errors": ["The project is inactive."]})
    assert priya.show(item).status == 200
    project = priya.get(f"/rest/v1.0/projects/{HARBOR_POINT}", company_id=NORTHWIND).json()
    assert project["active"] is False
    sandbox.settings = sandbox.settings.model_copy(update={"archived_writes": "allowed"})
    assert priya.patch(item, name="x").status == 200
    hands.set_project_active(HARBOR_POINT, active=True)
    assert [one["active"] for one in sandbox.journal.effects("project_active")] == [False, True]


def test_the_app_can_be_disconnected(priya: Caller, hands: Hands) -> None:
    hands.disconnect_app(NORTHWIND)

    assert priya.items().json() == {"errors": ["App is not connected to this company."]}


def test_a_person_takes_the_apps_access_away(sandbox: Checked, priya: Caller, marcus: Caller) -> None:
    token = sign_in(sandbox, PRIYA)["refresh_token"]
    Hands(sandbox, PRIYA).forget_app()

    assert priya.items().status == 401
    assert marcus.items().status == 200
    refused = token_call(sandbox, grant_type="refresh_token", refresh_token=token)
    assert refused.json()["error"] == "invalid_grant"
    assert caller(sandbox, PRIYA).items().status == 200


def test_an_admin_can_delete_a_hook(sandbox: Checked, priya: Caller, hands: Hands) -> None:

    hook = hooked(priya)
    hands.delete_hook(int(hook))

    assert priya.get(f"{BASE}/hooks/{hook}").status == 404


def test_people_act_over_the_sandboxes_own_path(sandbox: Checked, priya: Caller) -> None:
    def act(what: str, /, **given: Any) -> Any:
        return admin(sandbox, "POST", "act", {"person": MARCUS, "act": what, **given})

    item = act("create", project_id=HARBOR_POINT, name="Valve", type_id=7001).json()["result"]
    assert act("edit", observation_id=item, priority="High").json() == {"result": None}
    content = base64.b64encode(b"hello").decode()
    act("attach", observation_id=item, name="a.txt", content=content)
    act("comment", observation_id=item, text="Seen", files=[{"name": "b.txt", "content": content}])
    shown = priya.show(item).json()
    assert (shown["priority"], shown["attachments"][0]["name"]) == ("High", "a.txt")
    assert [one["size"] for one in sandbox.journal.effects("attached")] == [5, 5]

    assert act("explode").status == 400
    assert act("_do").status == 400
    assert act("delete", colour="red").json() == {
        "errors": ["delete: missing a required argument: 'observation_id'"]
    }
    assert act("delete", observation_id=1).status == 400
    assert admin(sandbox, "POST", "act", {"person": 1, "act": "delete"}).status == 400
    assert admin(sandbox, "POST", "act", {"act": "delete"}).status == 400
