from __future__ import annotations

import json

import pytest
from tests.unit.sandbox_cxalloy.small_world import SECRET, by_hand, get, held, post, small_sandbox

from sandbox.cxalloy import CxAlloyWorld
from sandbox.http import Request

UPDATE = {"project_id": 7, "issue_id": 101, "status_id": 3}


def test_a_fault_strikes_the_nth_matching_call_and_then_ends() -> None:
    sandbox = small_sandbox()
    by_hand(sandbox, "/faults", {"path": "/api/v1/project", "nth": 2, "times": 2, "status": 502})

    assert [get(sandbox, "/project").status for _ in range(4)] == [200, 502, 502, 200]
    assert get(sandbox, "/file", project_id="7").status == 200


def test_a_fault_of_times_0_lasts_until_it_is_cleared() -> None:
    sandbox = small_sandbox()
    by_hand(sandbox, "/faults", {"method": "GET", "times": 0, "status": 503, "headers": {"Retry-After": "7"}})

    assert [get(sandbox, "/project").header("Retry-After") for _ in range(3)] == ["7", "7", "7"]
    by_hand(sandbox, "/faults", method="DELETE")
    assert get(sandbox, "/project").status == 200


@pytest.mark.parametrize(("when", "status_id"), [("before", "2"), ("after", "3")])
def test_a_dropped_call_has_its_effect_or_not_as_the_fault_says(when: str, status_id: str) -> None:
    sandbox = small_sandbox()
    by_hand(sandbox, "/faults", {"path": ".*/issue_update", "kind": "drop", "when": when})

    answer = post(sandbox, "/issue_update", UPDATE)

    assert answer.transport == "drop"
    assert held(sandbox, "101").status_id == status_id


def test_an_error_after_the_effect_hides_a_change_that_happened() -> None:
    sandbox = small_sandbox()
    by_hand(sandbox, "/faults", {"path": ".*/issue_update", "status": 500, "when": "after"})

    assert post(sandbox, "/issue_update", UPDATE).status == 500
    assert held(sandbox, "101").status_id == "3"


@pytest.mark.parametrize("kind", ["stall", "cut"])
def test_a_stalled_or_cut_answer_is_the_real_one(kind: str) -> None:
    sandbox = small_sandbox()
    by_hand(sandbox, "/faults", {"path": ".*/issue_update", "kind": kind, "stall_seconds": 0.5})

    answer = post(sandbox, "/issue_update", UPDATE)

    assert (answer.transport, answer.status, answer.stall_seconds) == (kind, 200, 0.5)
    assert held(sandbox, "101").status_id == "3"


def test_a_misspelt_fault_is_refused_by_name() -> None:
    answer = by_hand(small_sandbox(), "/faults", {"kin": "drop"})

    assert answer.status == 422
    assert answer.json()["error"][0]["loc"] == ["kin"]


def test_the_journal_tells_calls_and_effects() -> None:
    sandbox = small_sandbox()
    post(sandbox, "/issue_update", UPDATE)

    journal = by_hand(sandbox, "/journal", method="GET").json()

    assert journal["calls"][0]["path"] == "/api/v1/issue_update"
    assert journal["calls"][0]["body"] == UPDATE
    assert journal["calls"][0]["key"] == "demo-key"
    assert journal["effects"][0]["issue_id"] == "101"


def test_the_back_door_is_not_in_the_journal() -> None:
    sandbox = small_sandbox()

    by_hand(sandbox, "/health", method="GET")

    assert sandbox.calls == []


def test_the_state_shows_the_world_without_secrets() -> None:
    shown = by_hand(small_sandbox(), "/state", method="GET")

    assert SECRET.encode() not in shown.body
    assert shown.json()["issues"][0]["status_id"] == "2"


def test_the_state_of_a_world_can_be_read_back() -> None:
    world = small_sandbox().world

    assert CxAlloyWorld.model_validate_json(world.model_dump_json()) == world


def test_a_reset_goes_back_to_the_first_world() -> None:
    sandbox = small_sandbox()
    post(sandbox, "/issue_update", UPDATE)
    by_hand(sandbox, "/faults", {"times": 0})

    by_hand(sandbox, "/reset")

    assert held(sandbox, "101").status_id == "2"
    assert (sandbox.calls, sandbox.effects, sandbox.faults) == ([], [], [])


def test_a_person_can_comment_and_add_a_file() -> None:
    sandbox = small_sandbox()

    by_hand(sandbox, "/issues/103/comments", {"comment": "seen on site", "created_name": "Cy"})
    by_hand(sandbox, "/issues/103/files", {"name": "plan.pdf", "kind": "pdf", "size": 10, "seed": 1})

    assert held(sandbox, "103").comments[0].created_name == "Cy"
    assert [file.name for file in sandbox.world.files_of("103")] == ["plan.pdf"]
    assert [effect.by for effect in sandbox.effects] == ["person:Cy", "person:A person"]


def test_behaviour_can_be_switched_while_it_runs() -> None:
    sandbox = small_sandbox()

    by_hand(sandbox, "/settings", {"issue_filter": "ignored"})

    assert sandbox.settings.issue_filter == "ignored"
    assert by_hand(sandbox, "/settings", {"nonsense": 1}).status == 422


@pytest.mark.parametrize("path", ["/issues/999/status", "/issues/101/paint", "/keys/none", "/nowhere"])
def test_an_unknown_errand_is_not_found(path: str) -> None:
    assert by_hand(small_sandbox(), path, {}).status == 404


def test_the_page_shows_issues_comments_and_files_with_every_text_escaped() -> None:
    sandbox = small_sandbox()
    by_hand(sandbox, "/issues/103/comments", {"comment": "<script>alert(1)</script>"})
    sandbox.world.projects[0].name = "A & <b>B</b>"

    shown = sandbox.handle(Request("GET", "/")).body.decode()

    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "A &amp; &lt;b&gt;B&lt;/b&gt;" in shown
    assert "photo.jpeg" in shown
    assert "CHK-1" in shown


def test_a_world_is_read_from_json_with_notes_of_its_own() -> None:
    world = CxAlloyWorld.model_validate_json(
        json.dumps({"note": "x", "companies": [{"company_id": 5, "name": "Co"}]})
    )

    assert world.companies[0].id == "5"


def test_an_unknown_status_by_hand_is_refused() -> None:
    assert by_hand(small_sandbox(), "/issues/101/status", {"status_id": "99"}).status == 422


def test_only_known_looks_are_answered() -> None:
    assert by_hand(small_sandbox(), "/nothing", method="GET").status == 404
    assert by_hand(small_sandbox(), "/faults", method="GET").json() == []


def test_a_named_person_acts_by_the_back_door() -> None:
    sandbox = small_sandbox()

    done = by_hand(sandbox, "/act", {"do": "edit", "person": "Ana", "issue_id": "103", "description": "wet"})
    made = by_hand(sandbox, "/act", {"do": "comment", "person": "Bo", "issue_id": "103", "text": "dry"})

    assert done.json() == {"done": "edit", "id": "103"}
    assert made.json() == {"done": "comment", "id": held(sandbox, "103").comments[0].issuecomment_id}
    assert [effect.by for effect in sandbox.effects] == ["person:Ana", "person:Bo"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"do": "paint", "person": "Ana"}, 404),
        ({"do": "edit", "person": "Ana"}, 422),
        ({"do": "edit", "person": "Ana", "issue_id": "103", "colour": "red"}, 422),
        ({"do": "edit", "person": "Ana", "issue_id": "999"}, 404),
        ({"do": "rename_asset", "person": "Ana", "asset_key": "999", "name": "x"}, 404),
    ],
)
def test_an_act_that_cannot_be_done_is_refused(body: dict[str, str], status: int) -> None:
    sandbox = small_sandbox()

    assert by_hand(sandbox, "/act", body).status == status
    assert sandbox.effects == []
