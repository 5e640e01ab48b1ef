"""A copy killed at any of its steps ends, after the retry, exactly like one that was not (A3).

Boundaries are found by a run that is not killed: after each call to either system had its effect, and after
each write of a store. Then one run for each boundary, killed there once; and for the creates, every pair.
"""

from __future__ import annotations

from typing import Any

import pytest
from tests.support import small
from tests.support.house import House

from sandbox.cxalloy import Fault as TrackerFault
from sandbox.procore import Fault


def final(house: House) -> dict[str, Any]:
    """What both sandboxes hold at the end, without ids and times, which differ between runs."""
    return {
        "observations": [
            {
                "name": one["name"],
                "description": one["description"],
                "status": one["status"],
                "priority": one["priority"],
                "type": one["type"],
                "trade": one["trade"],
                "due": one["due_date"],
                "files": sorted((f["name"], f["size"], f["sha256"]) for f in one["attachments"]),
                "logs": [(log["comment"], len(log["attachments"])) for log in one["response_logs"]],
            }
            for one in house.observations()
        ],
        "status": house.status_of("1001"),
    }


def fresh(*, segment_above: int = 100_000_000) -> House:
    files = [
        small.file("501", "1001", "trend.csv", 1200),
        small.file("502", "1001", "big.bin", 6 * 1024 * 1024),
    ]
    return House(small.world(files=files), small.SETTINGS, segment_above=segment_above)


def undisturbed(*, segment_above: int = 100_000_000) -> House:
    house = fresh(segment_above=segment_above)
    house.run_until_calm()
    return house


WHOLE = undisturbed()
SEGMENTED = undisturbed(segment_above=5 * 1024 * 1024)
BOUNDARIES = list(enumerate(WHOLE.fuse.trace, start=1))
SEGMENTED_BOUNDARIES = list(enumerate(SEGMENTED.fuse.trace, start=1))


def test_the_undisturbed_copy_is_what_it_should_be() -> None:
    assert final(WHOLE)["status"] == small.SENT
    assert len(WHOLE.observations()) == 1
    assert [len(one["response_logs"]) for one in WHOLE.observations()] == [2]
    assert [len(one["attachments"]) for one in WHOLE.observations()] == [2]
    assert len(BOUNDARIES) > 20


@pytest.mark.parametrize(("at", "what"), BOUNDARIES, ids=[f"{at}-{what}" for at, what in BOUNDARIES])
def test_a3_a_copy_killed_here_ends_like_one_that_was_not(at: int, what: str) -> None:
    house = fresh()
    house.fuse.at = at
    house.survive()
    assert house.fuse.passed >= at, f"{what} was never reached"
    assert final(house) == final(WHOLE)


@pytest.mark.parametrize(
    ("at", "what"), SEGMENTED_BOUNDARIES, ids=[f"{at}-{what}" for at, what in SEGMENTED_BOUNDARIES]
)
def test_a3_a_copy_in_segments_killed_here_ends_like_one_that_was_not(at: int, what: str) -> None:
    house = fresh(segment_above=5 * 1024 * 1024)
    house.fuse.at = at
    house.survive()
    assert final(house) == final(WHOLE), what


CREATES = [
    at for at, what in BOUNDARIES if "intent" in what or "response_logs" in what or what.endswith("items")
]
PAIRS = [(first, second) for first in CREATES for second in range(first + 1, first + 8)]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a3_two_kills_around_the_creates_still_make_one_of_each(first: int, second: int) -> None:
    house = fresh()
    house.fuse.at = first
    survive_one(house)
    house.fuse.at = second
    house.survive()
    assert final(house) == final(WHOLE)


def survive_one(house: House) -> None:
    from tests.support.house import Killed  # noqa: PLC0415 - the one place that catches it

    try:
        house.poll()
        house.work()
    except Killed:
        pass
    house.clock.sleep(300)


MUTATIONS = [
    ("POST", r"/rest/v1\.1/projects/\d+/uploads", 1),
    ("POST", r"/rest/v1\.1/projects/\d+/uploads", 2),
    ("POST", r"/uploads.*", 1),
    ("POST", r"/uploads.*", 2),
    ("POST", r"/rest/v1\.0/observations/items", 1),
    ("POST", r"/rest/v1\.0/observations/items/\d+/response_logs", 1),
    ("POST", r"/rest/v1\.0/observations/items/\d+/response_logs", 2),
]
ANSWERS: list[dict[str, Any]] = [
    {"kind": "drop", "when": "after"},
    {"kind": "stall"},
    {"kind": "cut"},
    {"kind": "status", "status": 500, "when": "after"},
    {"kind": "status", "status": 502, "when": "after"},
    {"kind": "status", "status": 500, "when": "before"},
    {"kind": "status", "status": 503, "when": "before"},
    {"kind": "status", "status": 429, "when": "before"},
    {"kind": "status", "status": 401, "when": "before"},
    {"kind": "drop", "when": "before"},
]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda one: "-".join(str(part) for part in one.values()))
@pytest.mark.parametrize(("method", "path", "nth"), MUTATIONS)
def test_a3_a_bad_answer_of_procore_to_any_write_changes_nothing_at_the_end(
    method: str, path: str, nth: int, answer: dict[str, Any]
) -> None:
    house = fresh()
    house.procore.faults.append(Fault.model_validate({"method": method, "path": path, "nth": nth, **answer}))
    house.run_until_calm()
    assert final(house) == final(WHOLE)
    assert house.procore.faults[0].seen >= nth, "the fault never struck"


@pytest.mark.parametrize(
    "answer",
    [one for one in ANSWERS if one.get("status") != 401],
    ids=lambda one: "-".join(map(str, one.values())),
)
@pytest.mark.parametrize("path", ["/api/v1/issue", "/api/v1/issue_update", r"/api/v1/file/\d+/download"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a3_a_bad_answer_of_cxalloy_changes_nothing_at_the_end(
    path: str, nth: int, answer: dict[str, Any]
) -> None:
    house = fresh()
    house.cxalloy.faults.append(TrackerFault.model_validate({"path": path, "nth": nth, **answer}))
    house.run_until_calm()
    assert final(house) == final(WHOLE)


def test_a_create_whose_answer_was_lost_is_not_looked_for_before_a_minute_has_passed() -> None:
    house = fresh()
    path = r"/rest/v1\.0/observations/items"
    house.procore.faults.append(Fault(method="POST", path=path, kind="drop", when="after"))
    house.poll()
    assert house.work() == ["waiting"]
    house.clock.sleep(50)
    house.sweep()
    house.work()
    assert [call for call in house.rest_calls() if call == "GET /rest/v1.0/observations/items"] == []
    house.clock.sleep(15)
    house.sweep()
    house.work()
    assert len([call for call in house.rest_calls() if call == "GET /rest/v1.0/observations/items"]) == 1
    assert len(house.observations()) == 1


def test_a_create_that_never_happened_is_made_again_only_after_two_searches_a_minute_apart() -> None:
    house = fresh()
    path = r"/rest/v1\.0/observations/items"
    house.procore.faults.append(Fault(method="POST", path=path, kind="drop", when="before"))
    house.run_until_calm()
    searches = [
        call["time"]
        for call in house.procore.journal.calls()
        if call["method"] == "GET" and call["path"] == "/rest/v1.0/observations/items"
    ]
    assert len(searches) == 2
    assert searches[1] > searches[0]
    assert len(house.observations()) == 1


@pytest.mark.parametrize("number", ["CI<1>", "CI\n1", "CI: https://example.com/x", "x" * 400, "\x00"])
def test_a3_an_odd_issue_number_does_not_hide_the_observation_from_its_search(number: str) -> None:
    house = House(small.world([small.issue("1001", name=number)], []), small.SETTINGS)
    house.procore.faults.append(
        Fault(method="POST", path=r"/rest/v1\.0/observations/items", kind="drop", when="after")
    )
    house.run_until_calm()
    assert len([one for one in house.procore.state.observations.values() if one.project_id != 200002]) == 1


@pytest.mark.parametrize("author", ["Ana\nSouza", "<b>Ana</b>", "A" * 70_000, ""])
def test_a3_an_odd_author_does_not_hide_the_comment_from_its_search(author: str) -> None:
    comments = [small.comment("9001", "Checked.", "02/02/2026 09:30:00 UTC", author)]
    house = House(small.world([small.issue("1001", comments=comments)], []), small.SETTINGS)
    path = r"/rest/v1\.0/observations/items/\d+/response_logs"
    house.procore.faults.append(Fault(method="POST", path=path, kind="drop", when="after"))
    house.run_until_calm()
    assert [len(one["response_logs"]) for one in house.observations()] == [1]
