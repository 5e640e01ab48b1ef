"""A connection that copied once and is now kept in sync: its pairs are taken as they are (A4, A10, A11)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support import small, sync_pairs
from tests.support.house import House
from tests.support.sync_house import PROJECT, SyncHouse
from tests.support.sync_pairs import hands, live, mutations, number, outcomes, rests, settle

from plumbline.issues.hints import Hint
from plumbline.procore import items
from plumbline.stores.records import Connection, LinkState
from sandbox.cxalloy import hands as tracker_hands


def connection(house: SyncHouse) -> Connection:
    found = house.connections.get("c1")
    assert found
    return found


@pytest.fixture
def house() -> SyncHouse:
    """One issue copied with a comment and a file; then people change the observation, and the approach."""
    issue = small.issue("1001", comments=[], description="Valve 1001 leaks.\nAt the flange.")
    world = small.world([issue], [])
    made = SyncHouse(world, {**small.SETTINGS, **sync_pairs.settings()}, hooked=False)
    made.connections.save(replace(connection(made), approach="copy"))
    made.say_in_tracker("First.")
    made.file_in_tracker("plan.txt", b"bytes of a plan")
    for _ in range(2):
        House.poll(made)
        made.sweep()
        made.work()
        made.clock.sleep(60)
    assert made.link().state is LinkState.COPIED
    assert made.link().base == {}
    hands(made).edit(number(made), priority="Urgent", name="Renamed by people")
    made.connections.save(replace(connection(made), approach="sync", enabled_at=made.clock()))
    return made


def test_a10_a_copied_pair_is_taken_as_it_is_and_nothing_is_written(house: SyncHouse) -> None:
    before, there = mutations(house), live(house)

    settle(house)

    assert house.link().state is LinkState.SYNCED
    assert house.link().base["priority"][1] == "Urgent"
    assert mutations(house) == before
    assert live(house) == there
    assert rests(house)


def test_a12_what_is_edited_later_travels(house: SyncHouse) -> None:
    settle(house)
    house.in_tracker(description="Valve 1001 is tight again.")
    house.say_in_tracker("Second.")
    settle(house)

    description = house.observation().description or ""
    assert description.startswith("Valve 1001 is tight again.")
    assert [text.rsplit("\n", 1)[-1] for text in house.logs_there()] == ["First.", "Second."]
    assert house.observation().name == "Renamed by people"
    assert [one.name for one in house.observation().attachments] == ["plan.txt"]


def test_a4_a_copied_pair_whose_observation_was_deleted_stays_as_it_was(house: SyncHouse) -> None:
    items.delete_observation(house.person, PROJECT, house.link().observation_id)
    before = mutations(house)

    settle(house)
    house.handle(Hint("c1", "webhook", resource="Observation Items", resource_id=house.link().observation_id))

    assert house.link().state is LinkState.COPIED
    assert house.issue().status_id != ""
    assert mutations(house) == before


def test_a4_a_copied_pair_whose_issue_was_deleted_keeps_its_observation(house: SyncHouse) -> None:
    tracker_hands.delete(house.cxalloy, "Ana Souza", "1001")
    before, there = mutations(house), live(house)

    settle(house, minutes=5)

    assert mutations(house) == before
    assert live(house) == there
    assert "deleted" not in outcomes(house)
