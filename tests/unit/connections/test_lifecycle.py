"""Enable, disable, pause, resume, and the poll that follows (S8, S25)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.connections.making import a_connection

from plumbline.connections import lifecycle
from plumbline.errors import Reject
from plumbline.stores.memory import MemoryConnections, MemoryCursors
from plumbline.stores.ports import Stale
from plumbline.stores.records import ConnectionState, Cursor


def test_s8_enabling_notes_the_time_and_forgets_an_old_cause() -> None:
    connections = MemoryConnections()
    stored = a_connection(state=ConnectionState.DISABLED, cause="Old.")
    connections.create(stored)

    enabled = lifecycle.enable(connections, stored, now=500.0)

    assert (enabled.state, enabled.enabled_at, enabled.cause) == (ConnectionState.ENABLED, 500.0, "")


def test_s8_disabling_ends_what_was_under_way() -> None:
    connections = MemoryConnections()
    stored = a_connection(working_since=300.0)
    connections.create(stored)

    assert lifecycle.disable(connections, stored).working_since == 0.0


def test_of_two_people_who_decide_on_one_reading_the_second_is_refused() -> None:
    connections = MemoryConnections()
    stored = a_connection()
    connections.create(stored)
    lifecycle.pause(connections, stored)

    with pytest.raises(Stale):
        lifecycle.disable(connections, stored)


def test_the_next_poll_is_due_at_once_made_or_moved() -> None:
    cursors = MemoryCursors()

    lifecycle.make_due(cursors, a_connection(), now=100.0)
    first = cursors.get("c", "tracker")
    assert first is not None
    cursors.save(replace(first, due_at=900.0))
    lifecycle.make_due(cursors, a_connection(), now=200.0)

    moved = cursors.get("c", "tracker")
    assert moved is not None
    assert (first.due_at, moved.due_at) == (100.0, 200.0)


def test_a_poll_that_runs_right_now_keeps_its_lease() -> None:
    cursors = MemoryCursors()
    cursors.lease("c", "tracker", now=100.0, until=160.0)

    lifecycle.make_due(cursors, a_connection(), now=110.0)

    held = cursors.get("c", "tracker")
    assert held is not None
    assert held.lease_until == 160.0


def test_a_poll_that_ended_this_instant_is_no_failure() -> None:
    class Moved(MemoryCursors):
        def get(self, connection_id: str, name: str) -> Cursor | None:
            return Cursor(connection_id, name, version=7)

    lifecycle.make_due(Moved(), a_connection(), now=100.0)


def test_s14_ongoing_sync_looks_at_both_sides_and_at_everything() -> None:
    cursors = MemoryCursors()

    lifecycle.make_due(cursors, a_connection(approach="sync"), now=100.0)
    lifecycle.make_due(cursors, a_connection(id="copied"), now=100.0)

    def due(connection_id: str) -> list[str]:
        names = ("tracker", "comments", "sweep")
        found = [(name, cursors.get(connection_id, name)) for name in names]
        return [name for name, cursor in found if cursor and cursor.due_at == 100.0]

    assert due("c") == ["tracker", "comments", "sweep"]
    assert due("copied") == ["tracker"]


def test_only_ongoing_sync_has_a_webhook_and_only_while_it_runs() -> None:
    with pytest.raises(Reject) as copy:
        lifecycle.must_sync(a_connection())
    with pytest.raises(Reject) as idle:
        lifecycle.must_be_running(a_connection(approach="sync", state=ConnectionState.DISABLED))

    assert (copy.value.code, copy.value.field) == ("wrong_approach", "approach")
    assert (idle.value.code, idle.value.field) == ("wrong_state", "state")
    lifecycle.must_sync(a_connection(approach="sync"))
    lifecycle.must_be_running(a_connection(approach="sync", state=ConnectionState.PAUSED))
