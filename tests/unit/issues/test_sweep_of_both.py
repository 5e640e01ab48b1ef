"""What the sweep feeds to the two queues: what is due first, then the backfills of ongoing sync."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support import small
from tests.support.house import START
from tests.unit.issues.polling import SyncHouse

from plumbline.issues.hints import ISSUE_FIELDS, Hint
from plumbline.issues.sweep import AGAIN
from plumbline.stores.records import ConnectionState, Link, LinkState


def with_links(count: int, **changes: object) -> SyncHouse:
    """A house with so many links as a backfill makes them."""
    house = SyncHouse(*(small.issue(str(number)) for number in range(1001, 1001 + count)))
    house.hear_tracker()
    for link in house.plain_links.of_connection("c1", limit=1000).items:
        if changes:
            house.put(link, **changes)
    return house


def swept(house: SyncHouse) -> list[Hint]:
    house.sweep()
    return house.sent()


def due(house: SyncHouse, issue_id: str, **changes: object) -> Link:
    return house.put(house.of(issue_id), **{"due_at": START, "backfill": False, **changes})


def test_a10_a_backfill_has_five_hints_under_way_at_most() -> None:
    house = with_links(45)
    hints = swept(house)
    assert (len(hints), {hint.cause for hint in hints}) == (5, {"backfill"})
    house.clock.sleep(60)
    assert swept(house) == []
    for hint in hints[:3]:
        link = house.plain_links.get(hint.link_id)
        assert link
        house.put(link, state=LinkState.SYNCED, due_at=0.0, backfill=False)
    assert len(swept(house)) == 3


def test_a10_a_backfill_reaches_its_end() -> None:
    house = with_links(12)
    fed = []
    for _ in range(5):
        hints = swept(house)
        fed.append(len(hints))
        for hint in hints:
            link = house.plain_links.get(hint.link_id)
            assert link
            house.put(link, state=LinkState.SYNCED, due_at=0.0, backfill=False)
        house.clock.sleep(60)
    assert fed == [5, 5, 2, 0, 0]


def test_s14_links_that_failed_and_wait_hold_up_no_other() -> None:
    house = with_links(25)
    for hint in swept(house):
        link = house.plain_links.get(hint.link_id)
        assert link
        house.put(link, due_at=house.clock.time + 1800, cause="The tracker is down.", tries=1)
    assert len(swept(house)) == 5


def test_s14_waiting_links_of_more_than_a_page_do_not_hide_the_rest() -> None:
    house = with_links(130)
    links = sorted(house.plain_links.of_connection("c1", limit=1000).items, key=lambda link: link.id)
    for link in links[:120]:
        house.put(link, due_at=house.clock.time + 1800, cause="The tracker is down.", tries=1)
    assert len(swept(house)) == 5


def test_a10_what_is_due_goes_before_a_backfill() -> None:
    house = with_links(30)
    live = due(house, "1005", wants=(ISSUE_FIELDS,))
    house.clock.sleep(1)
    hints = swept(house)
    assert hints[0] == Hint("c1", "sweep", link_id=live.id, facets=(ISSUE_FIELDS,))
    assert len(hints) == 6


def test_a10_a_backfill_leaves_live_work_its_share_of_the_hour() -> None:
    house = with_links(30)
    allowed = 588  # of 600, a fiftieth is kept for the edges between two clocks
    for _ in range(allowed - 191):
        house.budget.take("procore#p1", now=house.clock.time)
        house.clock.sleep(1)
    # 191 calls pay for 38 items, and 35 of them are kept for live work
    assert len(swept(house)) == 3


def test_a10_without_room_for_live_work_a_backfill_waits_altogether() -> None:
    house = with_links(30)
    house.budget.close("procore#p1", until=house.clock.time + 100)
    assert swept(house) == []
    assert {link.due_at for link in house.plain_links.of_connection("c1").items} == {START + 30 * 86_400}


@pytest.mark.parametrize("state", [ConnectionState.PAUSED, ConnectionState.DISABLED])
def test_s25_a_connection_at_a_halt_feeds_nothing(state: ConnectionState) -> None:
    house = with_links(3)
    house.connections.save(replace(house.stored(), state=state))
    assert swept(house) == []


def test_s9_without_a_credential_a_backfill_waits() -> None:
    house = with_links(3)
    key = house.authorizations.get("t1")
    assert key
    house.authorizations.put(replace(key, valid=False))
    assert swept(house) == []


@pytest.mark.parametrize("state", [LinkState.UNLINKED, LinkState.GONE, LinkState.HELD, LinkState.SYNCED])
def test_a14_a_link_of_any_state_is_fed_when_it_is_due(state: LinkState) -> None:
    house = with_links(1)
    link = due(house, "1001", state=state)
    house.clock.sleep(1)
    assert [hint.link_id for hint in swept(house)] == [link.id]
    assert house.of("1001").due_at == START + 1 + AGAIN


def test_s14_a_parked_link_is_dropped_from_what_is_due() -> None:
    house = with_links(1)
    due(house, "1001", state=LinkState.PARKED)
    house.clock.sleep(1)
    assert swept(house) == []
    assert house.of("1001").due_at == 0.0


def test_a17_a_hint_that_was_lost_is_sent_again_after_five_minutes() -> None:
    house = with_links(1)
    due(house, "1001")
    house.clock.sleep(1)
    assert [len(swept(house)), len(swept(house))] == [1, 0]
    house.clock.sleep(AGAIN)
    assert len(swept(house)) == 1


def test_a2_links_of_a_copy_go_to_the_queue_of_copies() -> None:
    house = with_links(1)
    house.connections.save(replace(house.stored(), approach="copy"))
    link = due(house, "1001")
    house.clock.sleep(1)
    assert swept(house) == []
    assert list(house.queue) == [("c1", link.id, "sweep")]


def test_a10_a_full_queue_of_one_approach_does_not_hold_up_the_other() -> None:
    house = with_links(2)
    house.queue.extend([("c9", "x", "sweep")] * 100)
    due(house, "1001")
    house.clock.sleep(1)
    assert len(swept(house)) == 2
    house.hints.extend([Hint("c9", "sweep")] * 100)
    due(house, "1001")
    assert len(swept(house)) == 100
