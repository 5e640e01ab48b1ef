"""The activity log as people read it (S12)."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from plumbline.connections import log
from plumbline.connections.log import Filter
from plumbline.stores.memory import MemoryActivityLog
from plumbline.stores.records import Activity


def _filled(count: int, message: str = "x") -> MemoryActivityLog:
    made = MemoryActivityLog()
    for number in range(count):
        made.add(Activity("c", 100.0 + number, "copied", "poll", f"{message}{number}"))
    return made


def test_a_rare_word_is_found_beyond_empty_pages() -> None:
    made = MemoryActivityLog()
    made.add(Activity("c", 1.0, "copied", "poll", "rare"))
    for number in range(30):
        made.add(Activity("c", 100.0 + number, "copied", "poll", "common"))

    found, _ = log.read(made, "c", Filter(words="RARE"), limit=5, token="")

    assert [entry.message for entry in found] == ["rare"]


def test_one_question_reads_ten_pages_at_most_and_goes_on_by_its_token() -> None:
    made = MemoryActivityLog()
    made.add(Activity("c", 1.0, "copied", "poll", "rare"))
    for number in range(60):
        made.add(Activity("c", 100.0 + number, "copied", "poll", "common"))

    nothing, token = log.read(made, "c", Filter(words="rare"), limit=5, token="")
    found, end = log.read(made, "c", Filter(words="rare"), limit=5, token=token)

    assert (nothing, token != "") == ((), True)
    assert ([entry.message for entry in found], end) == (["rare"], "")


def test_reading_ends_at_the_first_time_asked_for() -> None:
    found, token = log.read(_filled(50), "c", Filter(since=148.0), limit=10, token="")

    assert ([entry.at for entry in found], token) == ([149.0, 148.0], "")


def test_the_end_of_a_span_leaves_out_what_is_newer() -> None:
    found, _ = log.read(_filled(5), "c", Filter(until=101.0), limit=10, token="")

    assert [entry.at for entry in found] == [101.0, 100.0]


def test_an_export_holds_five_thousand_rows_and_says_where_it_stopped() -> None:
    made = _filled(5_200)

    text, token = log.export(made, "c", Filter())
    rest, end = log.export(made, "c", Filter(), token)

    assert len(text.splitlines()) == 5_001
    assert (len(rest.splitlines()), end) == (201, "")


def test_before_and_after_are_written_as_pairs() -> None:
    entry = Activity("c", 0.0, "status_set", "poll", "Set.", before={"status": "2"}, after={"status": "3"})

    header, row = csv.reader(io.StringIO(log.to_csv([entry])))

    assert dict(zip(header, row, strict=True))["before"] == "status=2"
    assert dict(zip(header, row, strict=True))["after"] == "status=3"
    assert row[0] == "1970-01-01T00:00:00Z"


@given(st.text())
def test_no_cell_begins_like_a_formula_and_every_text_survives(text: str) -> None:
    row = next(
        iter(
            csv.reader(io.StringIO(log.to_csv([Activity("c", 0.0, "o", "p", text)]), newline=""), strict=True)
        )
    )
    written = list(csv.reader(io.StringIO(log.to_csv([Activity("c", 0.0, "o", "p", text)]), newline="")))[1][
        7
    ]

    assert row[0] == "at"
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert written in {text, f"'{text}"}
