"""What is kept of a log entry."""

from __future__ import annotations

from plumbline.stores.entries import conflict_place, conflicts_place, entry_id, in_whole_seconds, shortened
from plumbline.stores.records import Activity, Conflict, Undo


def test_conflicts_are_listed_apart_by_state_and_then_by_time() -> None:
    old = Conflict("k2", "c1", "l1", "name", 9.5, "open")
    new = Conflict("k1", "c1", "l2", "name", 30.0, "open")
    kept = Conflict("k0", "c1", "l1", "name", 99.0, "kept")

    assert conflicts_place("c1") == "c1#conflicts"
    assert conflict_place(old) == "open#00000000009500000#k2#l1"
    assert sorted([old, new, kept], key=conflict_place) == [kept, old, new]


def test_s15_an_undo_goes_no_sooner_than_it_says() -> None:
    undo = Undo("u1", "c1", "l1", 1.0, "write_procore", delete_after=100.25)

    assert in_whole_seconds(undo) == Undo("u1", "c1", "l1", 1.0, "write_procore", delete_after=101.0)
    assert in_whole_seconds(Undo("u1", "c1", "l1", 1.0, "write_procore")).delete_after == 0.0


def test_s12_entries_sort_by_time_and_then_by_their_makers_count() -> None:
    assert entry_id(1_780_000_000.25, 3, "a1") == "01780000000250000-0000003-a1"
    assert sorted([entry_id(2.0, 1, "a"), entry_id(1.0, 12, "a"), entry_id(1.0, 9, "b")]) == [
        entry_id(1.0, 9, "b"),
        entry_id(1.0, 12, "a"),
        entry_id(2.0, 1, "a"),
    ]


def test_s12_long_texts_of_an_entry_are_cut_wherever_they_stand() -> None:
    long, cut, whole = "x" * 4001, "x" * 3999 + "…", "y" * 4000
    entry = Activity(
        "c1",
        1.0,
        "failed",
        "poll",
        long,
        next_step=whole,
        before={"a": long},
        after={"b": [long, whole, 7, None]},
    )

    kept = shortened(entry)

    assert (kept.message, kept.next_step, kept.before) == (cut, whole, {"a": cut})
    assert kept.after == {"b": [cut, whole, 7, None]}
