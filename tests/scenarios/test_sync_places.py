"""Assets at Procore: as a line of the description, or as locations in a tree of our own (A50-A52)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small, sync_pairs
from tests.support.sync_house import SyncHouse
from tests.support.sync_pairs import hands, mutations, number, rests, settle

from plumbline.stores.records import LinkState
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault
from sandbox.procore.demo import HARBOR_POINT, PRIYA

if TYPE_CHECKING:
    from sandbox.cxalloy import CxAlloyWorld

ANA = "Ana Souza"
ASSETS = [
    {"asset_key": "77", "asset_type": "equipment", "asset_name": "AHU-3"},
    {"asset_key": "78", "asset_type": "equipment", "asset_name": "AHU-4"},
    {"asset_key": "79", "asset_type": "space", "asset_name": "Room 210"},
    {"asset_key": "80", "asset_type": "equipment", "asset_name": "AHU-3"},
]


def world(count: int = 2, **changes: Any) -> CxAlloyWorld:
    made = small.world([{**one, **changes} for one in sync_pairs.issues(count)], [])
    return made.model_copy(update={"assets": [type(made.assets[0]).model_validate(one) for one in ASSETS]})


def pairs(count: int = 2, *, world_of: CxAlloyWorld | None = None, **sync: Any) -> SyncHouse:
    return sync_pairs.house(world=world_of or world(count), **{"assets_as_locations": True, **sync})


def place(house: SyncHouse, issue_id: str = "1001") -> str | None:
    """The observation's location as a path, from the sandbox itself."""
    found: str | None = sync_pairs.row(house, issue_id)["location"]
    return found


def tree(house: SyncHouse) -> list[str]:
    """The nodes of our tree, by name."""
    made = [one for one in house.procore.state.locations.values() if one.id > 15_100]
    return sorted(one.node_name for one in made)


def node(house: SyncHouse, name: str) -> int:
    return next(one.id for one in house.procore.state.locations.values() if one.node_name == name)


def described(house: SyncHouse, issue_id: str = "1001") -> str:
    return str(sync_pairs.row(house, issue_id)["description"])


def switch(house: SyncHouse, **sync: Any) -> None:
    now = house.connections.get("c1")
    assert now
    given = {**now.settings, "sync": {**now.settings["sync"], **sync}}
    house.connections.save(replace(now, settings=given))


# ---- A50: a line of the description ------------------------------


def test_a50_the_asset_is_a_marked_line_that_never_comes_back_as_text() -> None:
    house = pairs(assets_as_locations=False)
    assert "\n\nCxAlloy asset: AHU-3 (equipment)\n\n" in described(house)
    hands(house).edit(number(house), description=described(house).replace("leaks", "drips"))
    settle(house)
    assert house.issue().description == "Valve 1001 drips.\nAt the flange."
    assert rests(house)


def test_a50_another_asset_or_another_name_changes_the_line_only() -> None:
    house = pairs(assets_as_locations=False)
    house.in_tracker(asset_key="79")
    settle(house)
    assert "CxAlloy asset: Room 210 (space)" in described(house)
    assert "AHU-3" not in described(house)
    tracker_hands.rename_asset(house.cxalloy, ANA, "79", "Room 211")
    settle(house)
    assert described(house).count("CxAlloy asset: ") == 1
    assert "CxAlloy asset: Room 211 (space)" in described(house)
    assert house.issue().description == "Valve 1001 leaks.\nAt the flange."
    assert rests(house)


# ---- A51: locations ------------------------------


def test_a51_the_tree_is_made_when_first_needed_and_once() -> None:
    house = pairs(3)
    assert [place(house, one) for one in sync_pairs.ids(3)] == ["CxAlloy Assets>Equipment>AHU-3"] * 3
    assert tree(house) == ["AHU-3", "CxAlloy Assets", "Equipment"]
    assert "CxAlloy asset" not in described(house)
    assert rests(house)


def test_a51_a_changed_asset_moves_the_observation_to_its_location() -> None:
    house = pairs()
    house.in_tracker(asset_key="79")
    settle(house)
    assert place(house) == "CxAlloy Assets>Spaces>Room 210"
    assert tree(house) == ["AHU-3", "CxAlloy Assets", "Equipment", "Room 210", "Spaces"]
    assert rests(house)


def test_a51_two_assets_of_one_name_get_a_location_each() -> None:
    house = pairs()
    house.in_tracker("1002", asset_key="80")
    settle(house)
    assert place(house, "1001") == "CxAlloy Assets>Equipment>AHU-3"
    assert place(house, "1002") == "CxAlloy Assets>Equipment>AHU-3 (80)"
    assert rests(house)


@pytest.mark.parametrize("second", ["77", "80"])
def test_a51_two_workers_at_once_make_the_tree_once(second: str) -> None:
    given = world(2)
    given.issues[1].asset_key = second
    house = SyncHouse(given, sync_pairs.settings(assets_as_locations=True))
    sync_pairs.interleave(house, "POST", "/find_or_create_by_path")
    settle(house, minutes=4)
    assert len(tree(house)) == (3 if second == "77" else 4)
    assert (place(house, "1001") == place(house, "1002")) is (second == "77")
    assert {link.state for link in house.plain_links.of_connection("c1").items} == {LinkState.SYNCED}
    assert len(house.observations()) == 2


@pytest.mark.parametrize("when", ["before", "after"])
def test_a51_a_location_whose_create_was_not_answered_is_made_once(when: Any) -> None:
    house = SyncHouse(world(2), sync_pairs.settings(assets_as_locations=True))
    house.procore.faults.append(
        Fault(method="POST", path=r".*find_or_create_by_path", kind="drop", when=when)
    )
    settle(house, minutes=4)
    assert tree(house) == ["AHU-3", "CxAlloy Assets", "Equipment"]
    assert place(house) == "CxAlloy Assets>Equipment>AHU-3"


def test_a51_a_location_that_procore_refuses_leaves_the_rest_in_sync_and_is_remarked() -> None:
    house = SyncHouse(world(1), sync_pairs.settings(assets_as_locations=True))
    hands(house).set_level(PRIYA, HARBOR_POINT, "Read Only", "admin")
    settle(house)
    assert place(house) is None
    assert "admin" in house.link().remarks["asset"]
    house.in_tracker(priority_id="2", asset_key="78")
    settle(house)
    assert house.observation().priority == "Medium"
    assert house.link().state is LinkState.SYNCED
    assert "admin" in house.link().remarks["asset"]
    assert rests(house)


# ---- A52: the way back ------------------------------


def test_a52_another_asset_of_the_tree_chosen_in_procore_changes_the_issues_asset() -> None:
    house = pairs()
    house.in_tracker("1002", asset_key="79")
    settle(house)
    hands(house).set_location(number(house), node(house, "Room 210"))
    settle(house)
    assert house.issue().asset_key == "79"
    assert rests(house)


@pytest.mark.parametrize("where", ["Mechanical Room", "CxAlloy Assets", "Equipment", None])
def test_a52_a_location_outside_the_assets_is_ignored_and_counts_as_agreed(where: str | None) -> None:
    house = pairs()
    before = mutations(house)
    hands(house).set_location(number(house), node(house, where) if where else None)
    settle(house)
    assert house.issue().asset_key == "77"
    assert mutations(house) == before
    assert rests(house)
    house.in_tracker(priority_id="2")
    settle(house)
    assert (place(house) or "").rpartition(">")[2] == (where or "")


def test_a52_after_a_foreign_location_the_next_change_of_the_asset_travels() -> None:
    house = pairs()
    hands(house).set_location(number(house), node(house, "Mechanical Room"))
    settle(house)
    house.in_tracker(asset_key="79")
    settle(house)
    assert place(house) == "CxAlloy Assets>Spaces>Room 210"


def test_a52_a_cleared_asset_clears_a_location_of_our_tree_and_leaves_peoples_own() -> None:
    house = pairs()
    house.cxalloy.settings = house.cxalloy.settings.model_copy(
        update={"odd_values": False}
    )  # an empty key is told
    hands(house).set_location(number(house, "1002"), node(house, "Mechanical Room"))
    settle(house)
    house.in_tracker("1001", asset_key="")
    house.in_tracker("1002", asset_key="")
    settle(house)
    assert place(house, "1001") is None
    assert place(house, "1002") == "Central Plant>Mechanical Room"
    assert rests(house)


def test_a52_a_renamed_asset_renames_its_location_by_id_once() -> None:
    house = pairs(3)
    mine = node(house, "AHU-3")
    tracker_hands.rename_asset(house.cxalloy, ANA, "77", "AHU-3 North")
    settle(house)
    assert node(house, "AHU-3 North") == mine
    assert tree(house) == ["AHU-3 North", "CxAlloy Assets", "Equipment"]
    assert [place(house, one) for one in sync_pairs.ids(3)] == ["CxAlloy Assets>Equipment>AHU-3 North"] * 3
    renames = [call for call in house.rest_calls() if call.startswith("PATCH") and "/locations/" in call]
    assert len(renames) == 1
    assert rests(house)


def test_a52_an_asset_renamed_to_the_name_of_its_neighbour_keeps_a_location_of_its_own() -> None:
    house = pairs()
    house.in_tracker("1002", asset_key="78")
    settle(house)
    tracker_hands.rename_asset(house.cxalloy, ANA, "78", "AHU-3")
    settle(house)
    assert place(house, "1001") == "CxAlloy Assets>Equipment>AHU-3"
    assert place(house, "1002") == "CxAlloy Assets>Equipment>AHU-3 (78)"
    assert rests(house)


def test_a52_a_location_that_a_person_renamed_stays_the_assets() -> None:
    house = pairs()
    hands(house).rename_location(node(house, "AHU-3"), "AHU-3 (roof)")
    hands(house).set_location(number(house), None)
    settle(house)
    hands(house).set_location(number(house), node(house, "AHU-3 (roof)"))
    settle(house)
    assert house.issue().asset_key == "77"
    assert tree(house) == ["AHU-3 (roof)", "CxAlloy Assets", "Equipment"]


def test_a52_a_name_with_the_sign_that_joins_tiers_stays_one_tier() -> None:
    given = world(1)
    given.assets[0].asset_name = "Pump > 3"
    house = pairs(world_of=given)
    assert place(house) == "CxAlloy Assets>Equipment>Pump / 3"
    assert rests(house)


# ---- The option switched ------------------------------


def test_s17_turning_locations_on_moves_no_old_item_and_the_next_change_travels() -> None:
    house = pairs(2, assets_as_locations=False)
    before = mutations(house)
    switch(house, assets_as_locations=True)
    assert rests(house)
    house.in_tracker(priority_id="2")
    settle(house)
    assert place(house) is None
    assert sum((mutations(house) - before).values()) == 1
    assert house.issue().description == "Valve 1001 leaks.\nAt the flange."
    house.in_tracker(asset_key="79")
    settle(house)
    assert place(house) == "CxAlloy Assets>Spaces>Room 210"
    assert house.issue().description == "Valve 1001 leaks.\nAt the flange."
    assert list(house.plain_links.conflicts(house.link().id)) == []
    assert rests(house)


def test_s17_turning_locations_off_leaves_them_and_the_next_change_writes_the_line() -> None:
    house = pairs(2)
    before = mutations(house)
    switch(house, assets_as_locations=False)
    assert rests(house)
    assert mutations(house) == before
    house.in_tracker(asset_key="79")
    settle(house)
    assert place(house) == "CxAlloy Assets>Equipment>AHU-3"
    assert "CxAlloy asset: Room 210 (space)" in described(house)
    assert house.issue().asset_key == "79"
    assert rests(house)
