"""Polls that are cut off anywhere, and what a day of them costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.support import small
from tests.support.house import Killed
from tests.unit.issues.polling import SyncHouse

from plumbline.connections.hooks import HookKeeper
from plumbline.issues.hints import LOG
from plumbline.stores.records import LinkState
from sandbox.cxalloy import hands

if TYPE_CHECKING:
    from collections.abc import Callable

IDS = ("1001", "1002", "1003", "1004", "1005")


def busy() -> SyncHouse:
    """Five pairs at rest; then an edit, a new issue and an issue that is missing for the second time."""
    house = SyncHouse(*(small.issue(one) for one in IDS))
    house.hear_tracker()
    house.settle()
    hands.delete(house.cxalloy, "Ana", "1005")
    house.clock.sleep(60)
    house.hear_tracker()
    house.clock.sleep(60)
    hands.edit(house.cxalloy, "Ana", "1001", description="Edited.")
    hands.create(house.cxalloy, "Ana", "50", description="New.", section="construction")
    house.fuse.passed = 0
    return house


def boundaries(act: Callable[[SyncHouse], object]) -> int:
    house = busy()
    act(house)
    return house.fuse.passed


TRACKER_BOUNDARIES = boundaries(SyncHouse.hear_tracker)


def test_a17_a_poll_of_the_tracker_has_boundaries_to_be_killed_at() -> None:
    assert TRACKER_BOUNDARIES >= 4


@pytest.mark.parametrize("at", range(1, TRACKER_BOUNDARIES + 1))
def test_a17_a_poll_killed_anywhere_loses_nothing_and_makes_no_second_link(at: int) -> None:
    house = busy()
    house.fuse.at = at
    with pytest.raises(Killed):
        house.hear_tracker()
    house.fuse.at = 0
    house.clock.sleep(180)
    house.hear_tracker()
    links = house.plain_links.of_connection("c1").items
    assert len(links) == 6
    assert house.of("1001").wants == ("issue.fields",)
    assert house.of("1005").gone_since > 0
    (new,) = [link for link in links if link.issue_id not in IDS]
    assert (new.state, new.backfill) == (LinkState.WAITING, False)
    assert all(link.due_at > 0 for link in (house.of("1001"), house.of("1005"), new))


def a_day(house: SyncHouse) -> list[str]:
    """What the schedules of a whole day ask of Procore, a minute at a time."""

    def minutes() -> None:
        for _ in range(24 * 60):
            house.hear_tracker()
            house.hear_comments()
            house.take_inventory()
            house.sweep()
            house.clock.sleep(60)

    return house.calls_of(minutes)


def at_rest(house: SyncHouse) -> SyncHouse:
    """One pair in agreement, a webhook in order, and nobody wrote anything lately."""
    HookKeeper(house.procore_client, house.cursors).repair(house.hook(house.stored()), now=house.clock.time)
    house.hear_tracker()
    seen = house.observe()
    house.put(
        house.of("1001"),
        state=LinkState.SYNCED,
        due_at=0.0,
        backfill=False,
        observation_id=seen.id,
        item_updated_at=seen.updated_at,
    )
    house.clock.sleep(3600)
    return house


def test_a31_an_idle_connection_without_comment_webhooks_takes_a_tenth_of_the_hour_at_most() -> None:
    house = SyncHouse(small.issue("1001"))
    house.procore.settings = house.procore.settings.model_copy(update={"left_out_resources": (LOG,)})
    calls = a_day(at_rest(house))
    assert calls.count("GET response_logs") == 720
    assert calls.count("GET items") == 24 + 24 + 1  # what was updated, the recycle bin, all ids once
    assert len(calls) / 24 <= 36
    assert house.sent() == []


def test_a31_and_hardly_any_where_procore_tells_of_comments_by_itself() -> None:
    calls = a_day(at_rest(SyncHouse(small.issue("1001"))))
    assert calls.count("GET response_logs") == 24
    assert len(calls) / 24 <= 5
