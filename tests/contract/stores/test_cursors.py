from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plumbline.stores.ports import Stale
from plumbline.stores.records import Cursor

if TYPE_CHECKING:
    from plumbline.stores.ports import Cursors


def test_the_first_lease_makes_the_cursor(cursors: Cursors) -> None:
    assert cursors.get("c1", "tracker") is None

    leased = cursors.lease("c1", "tracker", now=100.0, until=130.5)

    assert leased == Cursor("c1", "tracker", lease_until=130.5, version=1)
    assert cursors.get("c1", "tracker") == leased


def test_polls_of_one_connection_do_not_overlap(cursors: Cursors) -> None:
    cursors.lease("c1", "tracker", now=100.0, until=130.0)

    assert cursors.lease("c1", "tracker", now=129.0, until=160.0) is None
    assert cursors.lease("c1", "tracker", now=129.0, until=160.0, only_due=False) is None
    assert cursors.lease("c1", "comments", now=129.0, until=160.0) is not None
    assert cursors.lease("c2", "tracker", now=129.0, until=160.0) is not None


def test_a_lease_that_ended_can_be_taken_over(cursors: Cursors) -> None:
    slow = cursors.lease("c1", "tracker", now=100.0, until=130.0)
    assert slow is not None

    quick = cursors.lease("c1", "tracker", now=130.0, until=160.0)

    assert quick == Cursor("c1", "tracker", lease_until=160.0, version=2)
    with pytest.raises(Stale):
        cursors.save(replace(slow, polled_at=99.0))
    assert cursors.get("c1", "tracker") == quick


def test_saving_keeps_what_was_found_and_lets_the_lease_go(cursors: Cursors) -> None:
    leased = cursors.lease("c1", "tracker", now=100.0, until=130.0)
    assert leased is not None

    saved = cursors.save(replace(leased, due_at=160.0, polled_at=101.5))

    assert saved == Cursor("c1", "tracker", 160.0, 0.0, 101.5, version=2)
    assert cursors.get("c1", "tracker") == saved


def test_a_poll_that_is_not_due_waits_unless_asked_for(cursors: Cursors) -> None:
    leased = cursors.lease("c1", "tracker", now=100.0, until=130.0)
    assert leased is not None
    cursors.save(replace(leased, due_at=160.0))

    assert cursors.lease("c1", "tracker", now=159.9, until=190.0) is None
    assert cursors.lease("c1", "tracker", now=110.0, until=140.0, only_due=False) is not None
    assert cursors.lease("c1", "tracker", now=160.0, until=190.0) is not None


def test_a_cursor_may_be_saved_without_a_lease_once(cursors: Cursors) -> None:
    assert cursors.save(Cursor("c1", "tracker", due_at=5.0)).version == 1

    with pytest.raises(Stale):
        cursors.save(Cursor("c1", "tracker", due_at=6.0))
    with pytest.raises(Stale):
        cursors.save(Cursor("c2", "tracker", version=3))


def test_deleting_takes_every_cursor_of_the_connection(cursors: Cursors) -> None:
    for connection_id, name in (("c1", "tracker"), ("c1", "comments"), ("c2", "tracker")):
        cursors.lease(connection_id, name, now=1.0, until=2.0)

    cursors.delete("c1")
    cursors.delete("c1")

    assert cursors.get("c1", "tracker") is None
    assert cursors.get("c1", "comments") is None
    assert cursors.get("c2", "tracker") is not None
