"""What an inventory at Procore finds that no webhook told, and what it costs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small
from tests.support.house import START
from tests.unit.issues.polling import SyncHouse

from plumbline.connections.hooks import HookKeeper
from plumbline.issues import inventory
from plumbline.issues.hints import OBSERVATION, Hint
from plumbline.issues.sweep import AGAIN
from plumbline.stores.records import COMMENTS, SWEEP, LinkState
from sandbox.procore import Fault

if TYPE_CHECKING:
    from collections.abc import Callable

HOUR, DAY = 3600.0, 86_400.0


def kept(**settings: Any) -> SyncHouse:
    """A house whose webhook is in order and whose last inventory, a full one, is an hour old."""
    house = SyncHouse(small.issue("1001"), **settings)
    HookKeeper(house.procore_client, house.cursors).repair(house.hook(house.stored()), now=START)
    house.take_inventory()
    house.clock.sleep(HOUR)
    return house


def lists(calls: list[str]) -> list[str]:
    """The calls that are not about the webhook."""
    about_hooks = ("hooks", "triggers", "deliveries", "resources", "bulk")
    return [call for call in calls if call.split(" ")[1] not in about_hooks and "hooks" not in call]


# What changed


def test_a17_an_observation_that_changed_and_no_webhook_told_of_is_found() -> None:
    house = kept()
    link, seen = house.pair("1001")
    house.clock.sleep(10)
    house.edit(seen, name="Valve leaks badly")
    hints = house.take_inventory()
    assert hints == [Hint("c1", "sweep", link_id=link.id, facets=(OBSERVATION,))]
    assert (house.of("1001").due_at, house.of("1001").wants) == (house.clock.time + AGAIN, (OBSERVATION,))


def test_a16_an_observation_as_we_last_saw_it_is_not_told() -> None:
    house = kept()
    house.pair("1001")
    assert house.writes_of(house.take_inventory) == []


def test_a17_at_rest_only_its_own_cursor_is_written() -> None:
    house = kept()
    house.pair("1001")
    house.take_inventory()
    for _ in range(30):
        house.clock.sleep(HOUR)
        before = house.cursor(COMMENTS) if house.cursors.get("c1", COMMENTS) else None
        assert house.writes_of(house.take_inventory) == []
        assert house.cursors.get("c1", COMMENTS) == before
    assert house.logged() == []


def test_a17_it_runs_when_its_hour_has_come() -> None:
    house = kept()
    assert lists(house.calls_of(house.take_inventory)) == ["GET items", "GET items"]
    house.clock.sleep(HOUR - 60)
    assert house.calls_of(house.take_inventory) == []
    house.clock.sleep(60)
    assert lists(house.calls_of(house.take_inventory)) == ["GET items", "GET items"]


def test_a17_a_pair_that_is_due_for_its_observation_is_not_told_again() -> None:
    house = kept()
    link, seen = house.pair("1001")
    house.put(link, due_at=house.clock.time + 50, wants=(OBSERVATION,))
    house.clock.sleep(10)
    house.edit(seen, name="Valve leaks badly")
    assert house.writes_of(house.take_inventory) == []


def test_a17_what_a_worker_held_is_looked_at_with_the_next_sweep_once_more() -> None:
    house = kept()
    link, seen = house.pair("1001")
    house.clock.sleep(10)
    house.edit(seen, name="Valve leaks badly")
    house.plain_links.lease(link.id, now=house.clock.time, until=house.clock.time + 60)
    assert len(house.take_inventory()) == 1
    house.clock.sleep(HOUR)
    house.put(house.of("1001"), lease_until=0.0, due_at=0.0, wants=())
    assert len(house.take_inventory()) == 1


@pytest.mark.parametrize("state", [LinkState.UNLINKED, LinkState.LEFT, LinkState.COPIED])
def test_a10_pairs_that_are_not_kept_in_sync_are_passed_over(state: LinkState) -> None:
    house = kept()
    _, seen = house.pair("1001", state=state)
    house.clock.sleep(10)
    house.edit(seen, name="Valve leaks badly")
    house.recycle(house.pair("1002", state=state)[1])
    assert house.take_inventory("c1") == []


def test_a17_a_parked_pair_whose_observation_was_edited_is_tried_again() -> None:
    house = kept()
    _, seen = house.pair("1001", state=LinkState.PARKED, cause="No such type.")
    house.clock.sleep(10)
    house.edit(seen, name="Valve leaks badly")
    house.take_inventory()
    assert (house.of("1001").state, house.of("1001").cause) == (LinkState.SYNCED, "")


# What went and came back


def test_a15_a_deleted_observation_is_found_in_the_recycle_bin() -> None:
    house = kept()
    link, seen = house.pair("1001")
    house.recycle(seen)
    assert house.take_inventory() == [Hint("c1", "sweep", link_id=link.id, facets=(OBSERVATION,))]


def test_a15_one_deleted_long_ago_is_not_told_with_each_sweep() -> None:
    house = kept()
    _, seen = house.pair("1001")
    house.recycle(seen)
    house.clock.sleep(400)
    assert len(house.take_inventory()) == 1
    house.put(house.of("1001"), due_at=0.0, wants=())
    house.clock.sleep(HOUR)
    assert house.take_inventory() == []


@pytest.mark.parametrize("state", [LinkState.GONE, LinkState.HELD, LinkState.UNLINKED])
def test_a14_what_lies_there_by_our_hand_or_waits_for_a_person_is_no_news(state: LinkState) -> None:
    house = kept()
    _, seen = house.pair("1001", state=state)
    house.recycle(seen)
    assert house.take_inventory("c1") == []


def test_a14_an_observation_of_ours_that_somebody_restored_is_told() -> None:
    house = kept()
    link, seen = house.pair("1001", state=LinkState.GONE)
    house.recycle(seen)
    house.clock.sleep(10)
    house.restore(seen)
    assert [hint.link_id for hint in house.take_inventory("c1")] == [link.id]


def test_a15_a_person_below_admin_sees_no_recycle_bin_and_the_rest_goes_on() -> None:
    house = kept()
    link, seen = house.pair("1001")
    house.clock.sleep(10)
    house.edit(seen, name="Valve leaks badly")
    house.procore.faults.append(Fault(path=".*recycle_bin.*", status=403, times=0))
    assert [hint.link_id for hint in house.take_inventory()] == [link.id]


def test_a17_once_a_day_all_ids_are_compared_and_a_missing_one_is_told() -> None:
    house = kept()
    link, seen = house.pair("1001")
    house.pair("1002")
    house.procore.state.observations.pop(int(seen.id))
    assert house.take_inventory() == []
    house.clock.sleep(DAY)
    assert [hint.link_id for hint in house.take_inventory()] == [link.id]


def test_s16_an_empty_list_of_ids_proves_nothing() -> None:
    house = kept()
    house.pair("1001")
    house.clock.sleep(DAY)
    house.procore.faults.append(Fault(path=".*observations/items", query_has="view=ids", kind="empty_list"))
    assert house.take_inventory() == []
    assert house.logged()[-1] == (
        "notice",
        "Procore lists no observation at all, though some are linked; nothing follows from it.",
    )


def test_s14_a_person_who_asks_gets_a_full_inventory_at_once() -> None:
    house = kept()
    assert lists(house.calls_of(lambda: house.take_inventory("c1"))) == ["GET items"] * 3


def test_s14_a_cursor_made_due_earlier_means_a_full_inventory() -> None:
    house = kept()
    house.take_inventory()
    house.clock.sleep(600)
    house.cursors.save(replace(house.cursor(SWEEP), due_at=house.clock.time))
    assert lists(house.calls_of(house.take_inventory)) == ["GET items"] * 3


# The webhook


def hook_calls(house: SyncHouse, act: Callable[[], object]) -> int:
    calls = house.calls_of(act)
    return len(calls) - len(lists(calls))


def test_s7_a_webhook_in_order_is_looked_at_every_four_hours() -> None:
    house = kept()
    counts = []
    for _ in range(8):
        counts.append(hook_calls(house, house.take_inventory))
        house.clock.sleep(HOUR)
    # the second look comes sooner, by a time of the connection's own, so that many do not look at once
    assert [bool(count) for count in counts] == [False, False, True, False, False, False, True, False]
    assert max(counts) <= 6


def test_s7_a_webhook_that_an_admin_deleted_is_made_again_and_everything_is_looked_at() -> None:
    house = kept()
    house.hear_comments()
    house.procore.state.hooks.clear()
    house.clock.sleep(3 * HOUR)
    calls = house.calls_of(house.take_inventory)
    assert lists(calls) == ["GET items"] * 3
    assert len(house.procore.state.hooks) == 1
    assert house.cursor(COMMENTS).due_at == house.clock.time
    assert house.logged()[-1] == ("notice", "Procore has no webhook for this connection.")


def test_s7_it_is_looked_at_again_an_hour_later_and_then_rests() -> None:
    house = kept()
    house.procore.state.hooks.clear()
    house.clock.sleep(3 * HOUR)
    house.take_inventory()
    house.clock.sleep(HOUR)
    assert hook_calls(house, house.take_inventory) > 0
    house.clock.sleep(HOUR)
    assert hook_calls(house, house.take_inventory) == 0
    assert len(house.logged()) == 1


def test_s7_a_webhook_that_cannot_be_repaired_is_logged_once_and_stops_nothing() -> None:
    house = kept()
    house.procore.state.hooks.clear()
    house.procore.faults.append(Fault(method="POST", path=".*hooks.*", status=403, times=0))
    house.clock.sleep(3 * HOUR)
    link, seen = house.pair("1001")
    for _ in range(3):
        house.clock.sleep(HOUR)
        house.edit(seen, name=f"Valve leaks at {house.clock.time}")
        assert [hint.link_id for hint in house.take_inventory()] == [link.id]
        house.put(house.of("1001"), due_at=0.0, wants=(), item_updated_at=house.clock.time)
    assert [outcome for outcome, _ in house.logged()] == ["notice", "failed"]


def test_s7_trouble_with_webhooks_at_procore_does_not_stop_the_inventory() -> None:
    house = kept()
    house.procore.faults.append(Fault(path=".*hooks.*", status=500, times=0))
    house.clock.sleep(4 * HOUR)
    link, seen = house.pair("1001")
    house.clock.sleep(10)
    house.edit(seen, name="Valve leaks badly")
    assert [hint.link_id for hint in house.take_inventory()] == [link.id]


def test_a17_discarded_deliveries_lead_to_a_full_look_and_a_look_at_comments() -> None:
    house = kept()
    house.hear_comments()
    house.clock.sleep(3 * HOUR)
    house.observe()
    for delivery in house.procore.state.deliveries.values():
        delivery.status = "discarded"
    house.clock.sleep(60)
    calls = house.calls_of(house.take_inventory)
    assert lists(calls) == ["GET items"] * 3
    assert house.cursor(COMMENTS).due_at == house.clock.time
    assert [message for _, message in house.logged()] == [
        "Procore gave up deliveries that had waited for 12 hours."
    ]


# Births


def births(**chosen: list[str]) -> dict[str, Any]:
    return {"births": chosen}


def test_a29_an_observation_of_a_chosen_type_gets_a_link_that_waits_for_its_issue() -> None:
    house = kept(sync=births(types=["7002"]))
    seen = house.observe(type_id="7002")
    house.observe(type_id="7001")
    hints = house.take_inventory()
    (link,) = house.plain_links.of_connection("c1").items
    assert (link.issue_id, link.observation_id, link.state) == ("", seen.id, LinkState.WAITING)
    assert hints == [Hint("c1", "sweep", link_id=link.id)]


def test_a29_it_is_linked_once() -> None:
    house = kept(sync=births(types=["7002"]))
    house.observe(type_id="7002")
    house.take_inventory()
    house.clock.sleep(60)
    assert house.take_inventory("c1") == []
    assert len(house.plain_links.of_connection("c1").items) == 1


def test_a29_births_are_off_by_default() -> None:
    house = kept()
    house.observe(type_id="7002")
    assert house.writes_of(house.take_inventory) == []


def test_a29_an_observation_that_was_made_from_an_issue_gets_no_second_one() -> None:
    house = kept(sync=births(types=["7002"]))
    line = "CxAlloy issue CI-1: https://tq.example/project/50/constructionissue/1"
    house.observe(type_id="7002", description=f"Leaks.\n\n{line}")
    assert house.writes_of(house.take_inventory) == []


def test_a29_an_observation_from_before_the_enabling_is_left_alone() -> None:
    house = SyncHouse(small.issue("1001"), sync=births(types=["7002"]))
    house.clock.time -= 100
    seen = house.observe(type_id="7002")
    house.clock.time += 100 + HOUR
    house.edit(seen, name="Valve leaks badly")
    assert house.writes_of(house.take_inventory) == []


# What it costs


@pytest.mark.parametrize(("count", "pages"), [(2_000, 20), (10_000, 100)])
def test_s23_a_full_inventory_takes_calls_in_line_with_the_number_of_pairs(count: int, pages: int) -> None:
    house = kept()
    link, seen = house.pair("0")
    first = replace(house.procore.state.observations[int(seen.id)], updated_at=START - DAY)
    for number in range(count):
        made = replace(first, id=first.id + number)
        house.procore.state.observations[made.id] = made
        if number:
            twin = replace(
                link, id=f"m{number}", issue_id=f"{number}", observation_id=str(made.id), version=0
            )
            house.plain_links.create(twin)
    house.clock.sleep(DAY)
    calls: list[str] = []
    # the sandbox gives a hundred ids a page; two more calls are what was updated, and the recycle bin
    assert house.writes_of(lambda: calls.extend(lists(house.calls_of(house.take_inventory)))) == []
    assert len(calls) == pages + 2


@pytest.mark.parametrize("connection_id", ["c1", "c4"])
def test_s7_a_webhook_in_order_is_looked_at_every_four_hours_each_at_its_own(connection_id: str) -> None:
    looked, hours = 0.0, list[int]()
    for hour in range(24):
        now = 1_780_000_000.0 + 3600 * hour
        if inventory._turn(connection_id, looked, now):
            looked, hours = now, [*hours, hour]
    assert [later - earlier for earlier, later in pairwise(hours[1:])] == [4] * (len(hours) - 2)
    assert hours[1:3] == {"c1": [3, 7], "c4": [1, 5]}[connection_id]
