"""How long texts may be, and where the longer ones of conflicts and undo lie."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plumbline.errors import Reject
from plumbline.stores.memory import MemoryWork
from plumbline.stores.records import Conflict, Cursor, Intent, Link, LinkState, Undo
from plumbline.stores.texts import (
    brought_in,
    drop_texts,
    handed_out,
    is_long,
    kept,
    moved_out,
    short_enough,
)

LONG = "x" * 32_769
CONFLICT = Conflict("k1", "c1", "l1", "description", 5.0, "open", tracker="left", procore="right")
UNDO = Undo("u1", "c1", "l1", 5.0, "write_procore")


@pytest.mark.parametrize(
    ("text", "long"),
    [("", False), ("x" * 32_768, False), (LONG, True), ("ü" * 16_384, False), ("ü" * 16_384 + "x", True)],
)
def test_32_kb_are_counted_in_bytes(text: str, long: bool) -> None:
    assert is_long(text) is long


def test_a_text_that_is_too_long_names_its_field() -> None:
    assert short_enough("fine", "cause") == "fine"

    with pytest.raises(Reject) as refusal:
        short_enough(LONG, "settings.name")

    assert (refusal.value.code, refusal.value.field) == ("text_too_long", "settings.name")
    assert refusal.value.cause == "The text of settings.name is longer than 32 KB."


def test_what_is_kept_has_dicts_of_its_own_and_lists_for_tuples() -> None:
    notes: dict[str, Any] = {"deletes": (1.5, 2), "by": {"name": ["a", None, True]}, "blob": b"\x00"}
    record = kept(Cursor("c1", "brake", notes=notes))
    notes["by"]["name"].append("later")

    assert record.notes == {"deletes": [1.5, 2], "by": {"name": ["a", None, True]}, "blob": b"\x00"}
    assert isinstance(record.notes["deletes"], list)


def test_a_record_without_dicts_is_kept_as_it_is() -> None:
    link = Link("l1", "c1", "i1", LinkState.SYNCED, wants=("logs",))
    intent = Intent("l1", "observation", 1.0, file_ids=("f1",))

    assert kept(link) is link
    assert kept(intent) is intent
    assert handed_out(link) is link


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        ({"seen": {"i1"}}, "notes.seen holds a set, which no item can hold"),
        ({"a": [object()]}, "notes.a holds a object, which no item can hold"),
        ({"a": {7: "b"}}, "notes.a has a key of type int; an item's keys are texts"),
    ],
)
def test_what_no_item_can_hold_is_a_mistake_of_ours(notes: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        kept(Cursor("c1", "brake", notes=notes))


def test_who_reads_a_record_may_change_its_dicts() -> None:
    stored = Cursor("c1", "brake", notes={"a": [{"b": 1}], "c": 2})

    read = handed_out(stored)
    read.notes["a"][0]["b"] = 3
    read.notes["c"] = 4

    assert stored.notes == {"a": [{"b": 1}], "c": 2}


def test_long_texts_move_to_the_bucket_and_come_back() -> None:
    work = MemoryWork()
    undo = replace(UNDO, before={"name": "short", "text": LONG, "more": [LONG, {"in": LONG}], "none": None})

    moved = moved_out(undo, work)

    assert moved.before == {
        "name": "short",
        "text": "work:texts/undo/l1/u1/before/text",
        "more": ["work:texts/undo/l1/u1/before/more/0", {"in": "work:texts/undo/l1/u1/before/more/1/in"}],
        "none": None,
    }
    assert sorted(work.objects) == [
        "texts/undo/l1/u1/before/more/0",
        "texts/undo/l1/u1/before/more/1/in",
        "texts/undo/l1/u1/before/text",
    ]
    assert brought_in(moved, work) == undo
    drop_texts({"before": moved.before, "after": {}}, work)
    assert work.objects == {}


def test_a_text_that_looks_like_a_pointer_moves_too() -> None:
    work = MemoryWork()
    conflict = replace(CONFLICT, procore="work:texts/conflict/l9/k9/tracker")

    moved = moved_out(conflict, work)

    assert moved == replace(CONFLICT, procore="work:texts/conflict/l1/k1/procore")
    assert brought_in(moved, work) == conflict
    assert moved_out(replace(CONFLICT, tracker="work: paint"), work).tracker == "work: paint"


def test_only_the_fields_that_may_be_long_name_objects_to_remove() -> None:
    work = MemoryWork()
    work.put("texts/a", b"a")
    work.put("texts/b", b"b")

    drop_texts({"name": "work:texts/a", "tracker": "work:texts/b", "procore": "texts/a"}, work)
    drop_texts({"tracker": "work:texts/a"}, None)

    assert list(work.objects) == ["texts/a"]


def test_without_a_bucket_nothing_moves() -> None:
    conflict = replace(CONFLICT, tracker=LONG)

    assert moved_out(conflict, None) is conflict
    assert brought_in(conflict, None) is conflict


def test_a_lost_text_is_named() -> None:
    with pytest.raises(Reject) as refusal:
        brought_in(replace(CONFLICT, tracker="work:texts/conflict/l1/k1/tracker"), MemoryWork())

    assert (refusal.value.code, refusal.value.field) == ("text_gone", "texts/conflict/l1/k1/tracker")
