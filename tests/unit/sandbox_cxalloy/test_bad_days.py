"""Lists that go wrong, answers that lag, and finding things among many."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.sandbox_cxalloy.small_world import NOW, by_hand, get, held, post, small_sandbox, small_world

from sandbox.cxalloy import CxAlloySandbox, Fault, Settings, hands
from sandbox.cxalloy.index import Index

LIST = {"project_id": "7", "include": ["comments", "files"]}


def ids(sandbox: CxAlloySandbox, **asked: Any) -> list[str]:
    return [str(one["issue_id"]) for one in post(sandbox, "/issue", {**LIST, **asked}).json()["records"]]


def at(moment: list[float], **settings: Any) -> CxAlloySandbox:
    return CxAlloySandbox(lambda: moment[0], small_world(), settings=Settings(**settings))


def test_a_page_can_skip_and_repeat_an_issue() -> None:
    sandbox = small_sandbox()
    sandbox.faults += [Fault(kind="shift", shift=1), Fault(kind="shift", shift=-1, nth=2)]

    assert ids(sandbox, page=1, perpage=1) == ["102"]
    assert ids(sandbox, page=2, perpage=1) == ["101"]
    assert ids(sandbox, page=2, perpage=1) == ["102"]


def test_a_page_can_be_capped_for_one_call() -> None:
    sandbox = small_sandbox()
    sandbox.faults.append(Fault(kind="cap", cap=2))

    assert (ids(sandbox), ids(sandbox)) == (["101", "102"], ["101", "102", "103"])


def test_a_list_can_come_empty() -> None:
    sandbox = small_sandbox()
    sandbox.faults.append(Fault(kind="empty", times=2))

    assert post(sandbox, "/issue", LIST).json() == {"records": [], "total_count": 0, "page": 1}
    assert get(sandbox, "/project").json() == []


def test_records_can_drift() -> None:
    sandbox = small_sandbox(odd_values=False)
    sandbox.faults.append(
        Fault(kind="drift", drop=["section"], retype=["status_id", "description", "gone"], put={"new": 1})
    )

    (record,) = post(sandbox, "/issue", {**LIST, "issue_id": "103"}).json()["records"]

    assert "section" not in record
    assert (record["status_id"], record["description"], record["new"]) == (1, 1, 1)
    assert Fault(kind="drift", retype=["a"])._drifted({"a": 5}) == {"a": "5"}


def test_an_answer_that_is_no_list_does_not_drift() -> None:
    sandbox = small_sandbox()
    sandbox.faults.append(Fault(kind="drift", put={"x": 1}, times=0))

    assert "x" not in get(sandbox, "/project/7").json()
    assert get(sandbox, "/project/9").status == 404
    assert len(get(sandbox, "/file/301/download").content()) == 200_000


@pytest.mark.parametrize(("when", "begun"), [("before", NOW + 90), ("after", NOW)])
def test_a_slow_call_lets_the_sandboxes_own_time_pass(when: Any, begun: float) -> None:
    moment = [NOW]

    def sleep(seconds: float) -> None:
        moment[0] += seconds

    sandbox = CxAlloySandbox(lambda: moment[0], small_world(), sleep=sleep)
    sandbox.faults.append(Fault(kind="slow", stall_seconds=90, when=when))

    answer = post(sandbox, "/issue_update", {"project_id": 7, "issue_id": 101, "status_id": 3})

    assert (answer.status, answer.transport, moment[0]) == (200, "answer", NOW + 90)
    assert sandbox.effects[0].time == begun


def test_a_key_that_lost_a_project_misses_it_in_the_list_and_is_told_404_or_403() -> None:
    sandbox = small_sandbox()

    by_hand(sandbox, "/keys/demo-key", {"projects": ["8"]})

    assert [one["name"] for one in get(sandbox, "/project").json()] == ["South Lab"]
    assert post(sandbox, "/issue", LIST).status == 404
    by_hand(sandbox, "/settings", {"lost_project_status": 403})
    assert [post(sandbox, "/issue", LIST).status, get(sandbox, "/person", project_id="7").status] == [
        403,
        403,
    ]
    assert post(sandbox, "/issue", {"project_id": "999"}).status == 404


def test_a_key_can_turn_read_only() -> None:
    sandbox = small_sandbox()

    by_hand(sandbox, "/keys/demo-key", {"mode": "read_only"})

    assert post(sandbox, "/issue_create", {"project_id": 7}).status == 403
    assert post(sandbox, "/issue", LIST).status == 200


def test_answers_can_lag_behind_every_kind_of_change() -> None:
    moment = [NOW]
    sandbox = at(moment, stale_seconds=30, odd_values=False)
    before = post(sandbox, "/issue", LIST).json()

    hands.edit(sandbox, "Ana", "101", description="new")
    hands.comment(sandbox, "Ana", "101", "hello")
    hands.add_file(sandbox, "Ana", "101", "a.bin", content=b"x")
    hands.delete(sandbox, "Ana", "102")
    made = hands.create(sandbox, "Ana", "7", description="made")

    assert post(sandbox, "/issue", LIST).json() == before
    assert ids(sandbox, issue_id=made) == []
    moment[0] += 29
    assert post(sandbox, "/issue", LIST).json() == before
    moment[0] += 1
    assert ids(sandbox) == ["101", "103", made]
    assert held(sandbox, "101").description == "new"


def test_a_lagging_answer_shows_each_state_in_turn() -> None:
    moment = [NOW]
    sandbox = at(moment, stale_seconds=30, odd_values=False)
    shown = []

    for text in ("one", "two"):
        hands.edit(sandbox, "Ana", "103", description=text)
        moment[0] += 20
    for _ in range(3):
        (record,) = post(sandbox, "/issue", {**LIST, "issue_id": "103"}).json()["records"]
        shown.append(record["description"])
        moment[0] += 15

    assert shown == ["one", "two", "two"]


def test_an_index_follows_a_list_that_grows_or_is_emptied_or_replaced() -> None:
    index: Index[tuple[str, int]] = Index(lambda entry: entry[0])
    entries = [("a", 1), ("b", 2)]

    assert index.all(entries, "a") == [("a", 1)]
    entries.append(("a", 3))
    assert (index.all(entries, "a"), index.first(entries, "a")) == ([("a", 1), ("a", 3)], ("a", 1))
    entries.clear()
    assert (index.all(entries, "a"), index.first(entries, "b")) == ([], None)
    assert index.first([("b", 4)], "b") == ("b", 4)


def test_assets_of_a_project_are_listed_with_those_of_every_project() -> None:
    sandbox = small_sandbox(odd_values=False)
    for key, project_id in (("72", "7"), ("73", "8")):
        change = {"asset_key": key, "project_id": project_id}
        sandbox.world.assets.append(sandbox.world.assets[0].model_copy(update=change))

    listed = get(sandbox, "/equipment", project_id="7").json()

    assert [one["equipment_id"] for one in listed] == ["71", "72"]
    assert len(get(sandbox, "/equipment").json()) == 3
    assert get(sandbox, "/equipment", project_id="7", page="2").json() == []
    assert get(sandbox, "/gadget").status == 404
