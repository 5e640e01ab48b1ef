"""Faults: each can be switched on, before or after the effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from tests.unit.sandbox_procore.desk import Caller, Checked, Clock, fetch, post_file, sign_in, token_call

from sandbox.procore import Fault, Hands
from sandbox.procore.demo import HARBOR_POINT, PRIYA

if TYPE_CHECKING:
    from sandbox.http import Response

ITEMS = "/rest/v1.0/observations/items"


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
def test_a_status_fault_answers_without_the_effect(sandbox: Checked, priya: Caller, status: int) -> None:
    sandbox.faults.append(Fault(method="POST", path=ITEMS, status=status))
    answer = priya.observe()

    assert answer.status == status
    assert priya.items().json() == []
    assert priya.observe().status == 201


def test_a_gateway_answers_html_and_an_overload_names_a_time(sandbox: Checked, priya: Caller) -> None:
    sandbox.faults += [Fault(status=502), Fault(status=503, nth=2), Fault(status=503, nth=3)]
    sandbox.faults[2].headers = {"Retry-After": "90"}

    bad, busy, busier = (priya.get("/rest/v1.0/me") for _ in range(3))
    assert bad.header("Content-Type") == "text/html"
    assert bad.body.startswith(b"<html>")
    assert busy.header("Retry-After") == "5"
    assert busier.header("Retry-After") == "90"


def test_a_fault_may_bring_its_own_body(sandbox: Checked, priya: Caller) -> None:
    sandbox.faults.append(Fault(status=400, body='{"message": "No"}'))

    assert priya.get("/rest/v1.0/me").json() == {"message": "No"}


def test_a_fault_after_the_effect_leaves_the_effect(sandbox: Checked, priya: Caller) -> None:
    sandbox.faults.append(Fault(method="POST", path=ITEMS, status=500, when="after"))

    assert priya.observe().status == 500
    assert len(priya.items().json()) == 1
    assert len(sandbox.journal.effects("observation_created")) == 1


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_dropped_connection_with_and_without_the_effect(
    sandbox: Checked, priya: Caller, when: Any, made: int
) -> None:
    sandbox.faults.append(Fault(method="POST", path=ITEMS, kind="drop", when=when))

    assert priya.observe().transport == "drop"
    assert len(priya.items().json()) == made


@pytest.mark.parametrize("kind", ["stall", "cut"])
def test_a_stalled_or_cut_answer_is_a_true_one(sandbox: Checked, priya: Caller, kind: Any) -> None:
    sandbox.faults.append(Fault(method="POST", path=ITEMS, kind=kind, stall_seconds=40))
    answer = priya.observe()

    assert (answer.transport, answer.stall_seconds, answer.status) == (kind, 40, 201)
    assert len(priya.items().json()) == 1


def test_a_refusal_stays_a_refusal_when_it_is_dropped(sandbox: Checked, priya: Caller) -> None:
    sandbox.faults.append(Fault(method="POST", path=ITEMS, kind="drop", when="after"))
    answer = priya.observe(name="")

    assert (answer.transport, answer.status) == ("drop", 400)


def test_a_200_without_effect_changes_nothing(sandbox: Checked, priya: Caller) -> None:
    item = priya.observe(priority="Low").json()["id"]
    sandbox.faults += [Fault(method="PATCH", kind="no_effect"), Fault(method="POST", kind="no_effect")]

    assert priya.patch(item, priority="High").json()["priority"] == "High"
    assert priya.show(item).json()["priority"] == "Low"
    assert priya.observe().status == 201
    assert len(priya.items().json()) == 1
    assert sandbox.journal.effects("observation_updated") == []


def test_a_fault_counts_matching_calls_only(sandbox: Checked, priya: Caller) -> None:
    sandbox.faults.append(Fault(method="GET", path=r"/rest/v1\.0/me", nth=2, times=2))

    statuses = [priya.get("/rest/v1.0/companies").status] + [
        priya.get("/rest/v1.0/me").status for _ in "1234"
    ]
    assert statuses == [200, 200, 500, 500, 200]


def test_a_fault_may_last_for_ever(sandbox: Checked, priya: Caller) -> None:
    sandbox.faults.append(Fault(path="/rest/.*", times=0, status=503))

    assert {priya.get("/rest/v1.0/me").status for _ in range(9)} == {503}


def test_a_list_that_shifts_skips_or_repeats_rows(sandbox: Checked, priya: Caller) -> None:
    items = [priya.observe().json()["id"] for _ in range(4)]

    def second_page(shift: int) -> Any:
        sandbox.faults.append(Fault(path=ITEMS, kind="shift", shift=shift))
        return priya.items(view="ids", per_page=2, page=2).json()

    assert second_page(1) == items[3:]
    assert second_page(-1) == [items[1], items[2]]
    assert priya.items(view="ids", per_page=2, page=2).json() == items[2:]


def test_a_list_may_come_empty(sandbox: Checked, priya: Caller) -> None:
    priya.observe()
    sandbox.faults.append(Fault(path=ITEMS, kind="empty_list"))
    answer = priya.items()

    assert (answer.status, answer.json(), answer.header("Total")) == (200, [], "0")


def test_a_lost_refresh_reply_ends_the_old_token(sandbox: Checked) -> None:
    pair = sign_in(sandbox, PRIYA)
    sandbox.faults.append(Fault(path="/oauth/token", body_has="refresh_token", kind="drop", when="after"))

    lost = token_call(sandbox, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert lost.transport == "drop"
    again = token_call(sandbox, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert again.json()["error"] == "invalid_grant"
    assert Caller(sandbox, pair["access_token"]).get("/rest/v1.0/me").status == 200


def test_a_refresh_that_never_arrived_leaves_the_old_token(sandbox: Checked) -> None:
    pair = sign_in(sandbox, PRIYA)
    sandbox.faults.append(Fault(path="/oauth/token", kind="drop"))
    given = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}

    assert token_call(sandbox, **given).transport == "drop"
    assert token_call(sandbox, **given).status == 200


def test_faulty_calls_count_towards_the_limit_and_carry_its_headers(sandbox: Checked, priya: Caller) -> None:
    sandbox.faults.append(Fault(status=500))

    assert priya.get("/rest/v1.0/me").header("X-Rate-Limit-Remaining") == "99999"


def storage_fault(sandbox: Checked, priya: Caller, **fault: Any) -> tuple[Response, bool]:
    made = priya.new_upload(response_filename="a")
    sandbox.faults.append(Fault(method="POST", path="/uploads", **fault))
    answer = post_file(sandbox, made, b"abc")
    return answer, sandbox.state.uploads[made["uuid"]].file is not None


def test_storage_calls_can_fail_too(sandbox: Checked, priya: Caller) -> None:
    answer, stored = storage_fault(sandbox, priya, status=503)
    assert (answer.status, stored) == (503, False)
    answer, stored = storage_fault(sandbox, priya, kind="drop", when="after")
    assert (answer.transport, stored) == ("drop", True)
    answer, stored = storage_fault(sandbox, priya, kind="no_effect")
    assert (answer.status, stored) == (204, False)


def test_a_download_can_be_cut(sandbox: Checked, priya: Caller) -> None:
    whole = priya.observe(upload_ids=[priya.upload(b"hello")]).json()
    url = priya.get(whole["attachments"][0]["url"].removeprefix("http://api.procore.test")).header("Location")
    sandbox.faults.append(Fault(path="/objects/.*", kind="cut"))

    assert fetch(sandbox, url or "").transport == "cut"


def test_an_unknown_kind_of_fault_is_refused() -> None:
    with pytest.raises(ValidationError, match="kind"):
        Fault.model_validate({"kind": "explode"})
    with pytest.raises(ValidationError, match="colour"):
        Fault.model_validate({"colour": "red"})


def test_a_success_may_carry_an_error_body(sandbox: Checked, priya: Caller) -> None:
    sandbox.faults.append(Fault(method="POST", path=ITEMS, status=200, when="after"))
    answer = priya.observe()

    assert (answer.status, list(answer.json())) == (200, ["errors"])
    assert len(priya.items().json()) == 1


def test_a_stale_read_answers_as_things_were(sandbox: Checked, priya: Caller, clock: Clock) -> None:
    first = priya.observe(name="Old").json()["id"]
    clock.now += 20
    priya.patch(first, name="New", status="closed")
    second = priya.observe().json()["id"]
    priya.comment(first, comment="Seen")
    sandbox.faults.append(Fault(method="GET", kind="stale", stale_seconds=10, times=5))

    assert priya.show(first).json()["name"] == "Old"
    assert priya.show(first).json()["status"] == "initiated"
    assert priya.items(view="ids").json() == [first]
    assert priya.show(second).status == 404
    assert priya.get(f"{ITEMS}/{first}/response_logs", project_id=HARBOR_POINT).json() == []
    assert priya.show(first).json()["name"] == "New"
    assert priya.items(view="ids").json() == [first, second]


def test_a_stale_read_sees_what_was_deleted_since_and_writes_are_never_stale(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    item = priya.observe(name="Old").json()["id"]
    clock.now += 60
    Hands(sandbox, PRIYA).delete(item)
    sandbox.faults.append(Fault(kind="stale", times=2))

    assert priya.show(item).status == 200
    assert priya.patch(item, name="x").status == 404
    clock.now += 60
    sandbox.faults.append(Fault(kind="stale"))
    assert priya.show(item).status == 404


def drifted(priya: Caller, item: int, **fault: Any) -> Any:
    priya.sandbox.faults.append(Fault(method="GET", path=rf"{ITEMS}/\d+", kind="drift", **fault))
    return priya.show(item).json()


def test_answers_may_drift_from_their_schema(priya: Caller) -> None:
    item = priya.observe(priority="High").json()["id"]
    row = drifted(priya, item, drift="new_key", key="ai_summary")

    assert (row["ai_summary"], row["type"]["ai_summary"]) == ("unheard_of", "unheard_of")
    assert "priority" not in drifted(priya, item, drift="missing_key", key="priority")
    assert drifted(priya, item, drift="wrong_type", key="id")["id"] == str(item)
    assert drifted(priya, item, drift="wrong_type", key="number")["number"] == 1
    assert drifted(priya, item, drift="wrong_type", key="personal")["personal"] is False
    assert drifted(priya, item, drift="unknown_value", key="status")["status"] == "unheard_of"
    assert priya.show(item).json()["status"] == "initiated"


def test_a_refusal_does_not_drift(sandbox: Checked, priya: Caller) -> None:
    assert drifted(priya, 1, drift="missing_key", key="errors") == {
        "errors": ["The requested observation was not found."]
    }


def test_a_page_may_be_half_and_the_next_an_error(sandbox: Checked, priya: Caller) -> None:
    items = [priya.observe().json()["id"] for _ in range(6)]
    sandbox.faults += [
        Fault(path=ITEMS, kind="partial_page"),
        Fault(path=ITEMS, query_has="(^|&)page=2", status=502),
    ]
    first, second, third = (priya.items(view="ids", per_page=4, page=page) for page in (1, 2, 2))

    assert (first.json(), first.header("Total")) == (items[:2], "6")
    assert 'rel="next"' in (first.header("Link") or "")
    assert (second.status, third.json()) == (502, items[4:])


@pytest.mark.parametrize(
    ("tool", "refused"),
    [("observations", [403, 200, 200]), ("directory", [200, 403, 200]), ("admin", [200, 200, 403])],
)
def test_one_tool_may_refuse(sandbox: Checked, priya: Caller, tool: Any, refused: list[int]) -> None:
    sandbox.faults.append(Fault(tool=tool, status=403, times=0))
    project = f"/rest/v1.0/projects/{HARBOR_POINT}"

    answers = [priya.items(), priya.get(f"{project}/users"), priya.get(f"{project}/locations")]
    assert [answer.status for answer in answers] == refused
