from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plumbline.errors import Reject
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


def test_what_a_poll_remembers_comes_back_through_every_verb(cursors: Cursors) -> None:
    notes = {"deletes": [1700000000.5, 1700000001.0], "approved": {"hash": "ab", "links": ["l1"]}, "at": 0}
    leased = cursors.lease("c1", "brake", now=100.0, until=130.0)
    assert leased is not None
    assert leased.notes == {}

    saved = cursors.save(replace(leased, notes=notes))
    assert cursors.get("c1", "brake") == saved
    again = cursors.lease("c1", "brake", now=140.0, until=170.0)

    assert again is not None
    assert again.notes == notes
    emptied = cursors.save(replace(again, notes={}))
    assert cursors.get("c1", "brake") == emptied == Cursor("c1", "brake", version=4)


def test_changing_notes_that_were_read_changes_nothing_stored(cursors: Cursors) -> None:
    cursors.save(Cursor("c1", "brake", notes={"deletes": [1.5]}))
    for read in (cursors.get("c1", "brake"), cursors.lease("c1", "brake", now=1.0, until=2.0)):
        assert read is not None
        read.notes["deletes"].append(2.5)

    stored = cursors.get("c1", "brake")

    assert stored is not None
    assert stored.notes == {"deletes": [1.5]}


def test_a_note_over_32_kb_is_refused(cursors: Cursors) -> None:
    with pytest.raises(Reject) as refusal:
        cursors.save(Cursor("c1", "sweep", notes={"seen": ["x" * 32_769]}))

    assert (refusal.value.code, refusal.value.field) == ("text_too_long", "notes.seen")
    assert cursors.get("c1", "sweep") is None


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
