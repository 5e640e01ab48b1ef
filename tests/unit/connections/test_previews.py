"""Previews as they are kept: through JSON and back, the latest few, CSV that no spreadsheet runs (S11)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from plumbline.connections import previews
from plumbline.connections.previews import LeftOut, Preview
from plumbline.connections.settings import IssueSettings
from plumbline.issues.preview import Change, Cost, Row
from plumbline.stores.memory import MemoryCursors, MemoryWork
from plumbline.stores.ports import Stale
from plumbline.stores.records import Cursor

ROW = Row(
    "update",
    "procore",
    "It was edited.",
    "l",
    "1",
    "=1+1",
    "5",
    "12",
    changes=(Change("title", "a", "b"), Change("status", "", "closed")),
    by_settings=True,
    cost=Cost(1, 2, 3, 4),
    seen="s",
)
WHOLE = Preview(
    "p",
    "c",
    "approved",
    1.0,
    "olga",
    "settings",
    made_at=2.0,
    hash="h",
    complete=True,
    listed=7,
    rows=(ROW,),
    totals={"calls": 3},
    approved_at=3.0,
    approved_by="boris",
    adopted=1,
    remapped=2,
    left_out=(LeftOut("1", "5", "Changed."),),
)


def test_a_preview_comes_back_as_it_was_stored() -> None:
    work = MemoryWork()

    previews.save(work, WHOLE)

    assert previews.read(work, "c", "p") == WHOLE
    assert previews.read(work, "other", "p") is None


def test_csv_has_a_line_for_each_row_and_starts_no_formula() -> None:
    (line,) = csv.DictReader(io.StringIO(previews.to_csv((ROW,))))

    assert line["changes"] == "title: a -> b; status:  -> closed"
    assert (line["issue_number"], line["by_settings"], line["notifications"]) == ("'=1+1", "True", "4")


def test_the_oldest_previews_go() -> None:
    cursors, work = MemoryCursors(), MemoryWork()

    asked = [previews.ask(cursors, work, "c", IssueSettings(), who="olga", now=1.0) for _ in range(6)]

    assert previews.read(work, "c", asked[0].id) is None
    assert [previews.read(work, "c", one.id) for one in asked[1:]] == asked[1:]
    previews.forget(cursors, work, "c")
    assert work.objects == {}


def test_s17_the_accepted_settings_are_remembered_beside_the_previews() -> None:
    cursors, work = MemoryCursors(), MemoryWork()
    asked = previews.ask(cursors, work, "c", IssueSettings(), who="olga", now=1.0)
    assert previews.accepted_at(cursors, "c") == 0.0

    previews.note_accepted(cursors, replace(WHOLE, id=asked.id))

    assert previews.accepted_at(cursors, "c") == 3.0
    cursor = cursors.get("c", "previews")
    assert cursor is not None
    assert cursor.notes["ids"] == [asked.id]


def test_settings_are_not_accepted_when_the_cursor_never_holds_still() -> None:
    class Moving(MemoryCursors):
        def get(self, connection_id: str, name: str) -> Cursor | None:
            return Cursor(connection_id, name, version=7)

    with pytest.raises(Stale):
        previews.note_accepted(Moving(), WHOLE)
