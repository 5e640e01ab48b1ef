"""No value is lost where it is doubtful what became of our write, or how old an answer is (A13-A15)."""

from __future__ import annotations

from typing import Any

from tests.support import sync_pairs
from tests.support.sync_house import SyncHouse, synced

from plumbline.stores.records import LinkState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import hands as tracker_hands
from sandbox.procore import Fault

ITEM = "/rest/v1.0/observations/items/598134326000001"
UPDATE = "/api/v1/issue_update"
ANA = "Ana Souza"


def kept(house: SyncHouse) -> list[tuple[str, str, str]]:
    """The conflict records: field, the tracker's value and Procore's."""
    found = house.plain_links.conflicts(house.link().id)
    return [(one.field, one.tracker, one.procore) for one in found]


def priorities(house: SyncHouse) -> tuple[Any, Any]:
    """What both sides hold."""
    return house.issue().priority_id, house.report()["priority"]


# ---- A pair that is not shown for a while ----------------------------------------------------------------


def test_a15_a_pair_that_was_updated_just_before_a_404_keeps_what_was_agreed() -> None:
    house = synced()
    house.in_tracker(priority_id="2")
    house.answer()
    mine = house.observation_id()
    assert house.link().observed_at == house.link().item_updated_at
    house.break_procore(Fault(method="GET", path=ITEM, status=404))
    house.in_procore(priority="High")
    house.webhooks()
    assert (house.link().observation_id, house.link().base["priority"]) == (str(mine), ["2", "Urgent"])
    house.settle()
    assert priorities(house) == ("1", "High")


def test_a14_a_write_that_was_not_read_back_is_still_known_when_the_issue_comes_back() -> None:
    house = sync_pairs.house(5)
    house.cxalloy.faults.append(TrackerFault(path=UPDATE, kind="drop", when="after"))
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue", nth=2))
    house.in_procore(priority="Medium")
    house.webhooks()
    assert house.issue().priority_id == "2"
    tracker_hands.delete(house.cxalloy, ANA, "1001")
    sync_pairs.settle(house)
    assert house.link().state is LinkState.GONE
    house.in_procore(priority="High")
    tracker_hands.undo_delete(house.cxalloy, ANA, "1001")
    sync_pairs.settle(house)
    assert priorities(house) == ("1", "High")
    assert house.link().pending == {}
