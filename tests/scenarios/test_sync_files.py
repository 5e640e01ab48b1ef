"""Files both ways, exactly once each, their bytes proven (A33, A34)."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pytest
from tests.support import small
from tests.support.sync_house import SyncHouse, choose, synced

from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault

ITEM = "/rest/v1.0/observations/items/598134326000001"
LOGS = f"{ITEM}/response_logs"
PROJECT_LOGS = "/rest/v1.0/projects/598134325870420/observations/response_logs"
UPLOADS = "/rest/v1.1/projects/598134325870420/uploads"

Held = Counter[tuple[str, int, str]]


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def one(name: str, content: bytes) -> tuple[str, int, str]:
    return name, len(content), sha(content)


def in_procore(house: SyncHouse) -> Held:
    """Name, size and hash of every file of the observation, those of its comments among them."""
    report = house.report()
    rows: list[dict[str, Any]] = [*report["attachments"]]
    for log in report["response_logs"]:
        rows += log["attachments"]
    return Counter((row["name"], row["size"], row["sha256"]) for row in rows)


def in_tracker(house: SyncHouse) -> Held:
    """The same of the issue."""
    files = [file for file in house.cxalloy.world.files if file.issue_id == "1001"]
    return Counter((file.name, file.size, house.cxalloy.files.measure(file)[1]) for file in files)


def told_by_sweep(house: SyncHouse) -> None:
    """Procore tells of no file: the inventory finds it."""
    house.clock.sleep(3600)
    house.take_inventory("c1")
    house.sync()


def rests(house: SyncHouse) -> bool:
    house.mark()
    house.settle()
    return house.writes() == [] and in_procore(house) == in_tracker(house)


def test_a33_files_from_before_come_with_the_create_and_do_not_come_back() -> None:
    house = synced(world=small.world())
    assert sum(in_procore(house).values()) == 2
    assert rests(house)


def test_a33_a_file_of_the_tracker_costs_its_upload_and_one_attach() -> None:
    house = synced()
    house.file_in_tracker("trend.csv", b"1;2;3")
    outcomes = house.answer()
    assert house.calls() == [f"POST {UPLOADS}", f"POST {LOGS}"]
    assert outcomes == ["file", "seen"]
    assert in_procore(house) == Counter([one("trend.csv", b"1;2;3")])
    assert rests(house)


def test_a33_three_files_cost_three_uploads_and_one_attach() -> None:
    house = synced()
    for number in range(3):
        house.file_in_tracker(f"{number}.txt", b"x" * number)
    house.answer()
    assert house.calls() == [f"POST {UPLOADS}"] * 3 + [f"POST {LOGS}"]
    assert in_procore(house) == Counter(one(f"{number}.txt", b"x" * number) for number in range(3))
    assert rests(house)


def test_a33_eleven_files_are_attached_with_two_comments() -> None:
    house = synced()
    for number in range(11):
        house.file_in_tracker(f"{number}.txt", b"%d" % number)
    house.answer()
    assert Counter(house.calls()) == {f"POST {UPLOADS}": 11, f"POST {LOGS}": 2}
    assert rests(house)


@pytest.mark.parametrize("content", [b"", b"\x00" * 70_000], ids=["empty", "70 KB"])
def test_a33_a_file_hung_on_the_observation_reaches_the_issue(content: bytes) -> None:
    house = synced()
    house.priya.attach(house.observation_id(), "plan.pdf", content)
    told_by_sweep(house)
    assert in_tracker(house) == Counter([one("plan.pdf", content)])
    assert rests(house)


def test_a33_an_empty_file_of_the_tracker_reaches_procore() -> None:
    house = synced()
    house.file_in_tracker("nothing.txt", b"")
    house.answer()
    assert in_procore(house) == Counter([one("nothing.txt", b"")])
    assert rests(house)


def test_a33_files_of_equal_names_are_all_carried_over_both_ways() -> None:
    house = synced()
    house.file_in_tracker("a.txt", b"one")
    house.file_in_tracker("a.txt", b"two")
    house.file_in_tracker("a.txt", b"one")
    house.answer()
    house.priya.attach(house.observation_id(), "a.txt", b"two")
    house.priya.attach(house.observation_id(), "a.txt", b"six")
    told_by_sweep(house)
    assert in_tracker(house) == Counter(
        {one("a.txt", b"one"): 2, one("a.txt", b"two"): 2, one("a.txt", b"six"): 1}
    )
    assert rests(house)


def test_a34_a_file_of_a_comment_comes_with_it() -> None:
    house = synced()
    house.say_in_procore("See the photo.", files=[("photo.jpg", b"jpeg")])
    house.webhooks()
    assert in_tracker(house) == Counter([one("photo.jpg", b"jpeg")])
    assert house.comments_there()[-1].endswith("See the photo.")
    assert rests(house)


def test_a34_a_comment_of_a_file_and_no_words_brings_the_file_and_no_comment() -> None:
    house = synced()
    before = house.comments_there()
    house.say_in_procore(None, files=[("photo.jpg", b"jpeg")])
    house.webhooks()
    assert in_tracker(house) == Counter([one("photo.jpg", b"jpeg")])
    assert house.comments_there() == before
    assert rests(house)


def test_a34_with_the_setting_off_files_of_comments_stay() -> None:
    house = synced(choose(sync={"comment_attachments": False}))
    house.say_in_procore("See the photo.", files=[("photo.jpg", b"jpeg")])
    house.webhooks()
    assert in_tracker(house) == Counter()


def test_a33_with_files_off_none_move() -> None:
    house = synced(choose(sync={"files": False}))
    house.file_in_tracker("a.txt", b"a")
    house.priya.attach(house.observation_id(), "b.txt", b"b")
    house.answer()
    told_by_sweep(house)
    assert (in_tracker(house), in_procore(house)) == (
        Counter([one("a.txt", b"a")]),
        Counter([one("b.txt", b"b")]),
    )


# ---- Faults ----------------------------------------------------------------------------------------------


def test_a33_an_attach_whose_answer_is_lost_is_found_and_not_made_again() -> None:
    house = synced()
    house.break_procore(Fault(method="POST", path=LOGS, kind="drop", when="after"))
    house.file_in_tracker("a.txt", b"a")
    house.answer()
    house.settle()
    assert in_procore(house) == in_tracker(house) == Counter([one("a.txt", b"a")])


def test_a33_a_file_taken_off_the_issue_before_the_answer_was_found_is_not_posted_twice() -> None:
    house = synced()
    house.break_procore(Fault(method="POST", path=LOGS, kind="drop", when="after"))
    house.file_in_tracker("a.txt", b"a")
    gone = house.file_in_tracker("b.txt", b"b")
    house.answer()
    house.cxalloy.world.files[:] = [file for file in house.cxalloy.world.files if file.id != gone]
    house.settle()
    assert in_procore(house) == Counter([one("a.txt", b"a"), one("b.txt", b"b")])


def test_a33_an_upload_to_the_tracker_whose_answer_is_lost_is_found_and_not_made_again() -> None:
    house = synced()
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/file_create", kind="drop", when="after"))
    house.priya.attach(house.observation_id(), "a.txt", b"a")
    told_by_sweep(house)
    house.settle()
    assert in_tracker(house) == in_procore(house) == Counter([one("a.txt", b"a")])


@pytest.mark.parametrize("nth", range(1, 7))
def test_a33_a_reading_that_fails_around_an_upload_takes_no_upload_back(nth: int) -> None:
    house = synced()
    house.priya.attach(house.observation_id(), "a.txt", b"a")
    lost = TrackerFault(path="/api/v1/issue", kind="cut", nth=nth)
    house.cxalloy.faults.append(lost)
    told_by_sweep(house)
    house.settle()
    house.settle()
    assert lost.seen >= nth
    assert in_tracker(house) == in_procore(house) == Counter([one("a.txt", b"a")])


def test_a33_an_upload_that_never_came_to_the_tracker_is_made_after_two_looks() -> None:
    house = synced()
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/file_create", kind="drop", when="before"))
    house.priya.attach(house.observation_id(), "a.txt", b"a")
    told_by_sweep(house)
    house.settle()
    assert in_tracker(house) == in_procore(house) == Counter([one("a.txt", b"a")])


def test_a33_a_download_that_is_cut_is_read_again_and_no_part_of_a_file_is_kept() -> None:
    house = synced()
    house.priya.attach(house.observation_id(), "a.bin", b"ab" * 50_000)
    house.break_procore(Fault(method="GET", path="/objects/.*", kind="cut"))
    told_by_sweep(house)
    house.settle()
    assert in_tracker(house) == Counter([one("a.bin", b"ab" * 50_000)])


def test_a33_a_file_that_procore_took_and_dropped_is_attached_again() -> None:
    house = synced()
    house.break_procore(Fault(method="POST", path=LOGS, kind="no_effect"))
    house.file_in_tracker("a.txt", b"a")
    house.answer()
    assert in_procore(house) == Counter()
    house.clock.sleep(7200)
    house.settle()
    assert in_procore(house) == Counter([one("a.txt", b"a")])


def test_a33_an_equal_file_of_a_person_that_comes_while_an_answer_is_awaited_is_carried_over_too() -> None:
    house = synced()
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/file_create", kind="drop", when="after"))
    house.priya.attach(house.observation_id(), "a.txt", b"a")
    told_by_sweep(house)
    tracker_hands.add_file(house.cxalloy, "Ana Souza", "1001", "a.txt", content=b"a")
    house.settle()
    assert in_tracker(house) == in_procore(house) == Counter({one("a.txt", b"a"): 2})


def test_a33_an_equal_file_that_was_there_before_an_upload_was_lost_is_not_taken_for_it() -> None:
    house = synced()
    house.file_in_tracker("a.txt", b"")
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/file_create", kind="drop", when="before"))
    house.priya.attach(house.observation_id(), "a.txt", b"")
    house.clock.sleep(3600)
    house.take_inventory("c1")
    house.sync()
    house.settle()
    assert in_tracker(house) == in_procore(house) == Counter({one("a.txt", b""): 2})
