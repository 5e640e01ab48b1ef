"""What is kept of a log entry."""

from __future__ import annotations

from plumbline.stores.entries import entry_id, shortened
from plumbline.stores.records import Activity


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
