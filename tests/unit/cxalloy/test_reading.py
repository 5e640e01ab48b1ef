from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.cxalloy.reading import (
    Listing,
    blank_to_none,
    error_words,
    read_date,
    read_listing,
    read_moment,
    words,
)

MOMENT = datetime(2026, 5, 3, 9, 30, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2026",
        " 05/03/2026 ",
        "5/3/2026",
        "2026-05-03",
        "2026-05-03 09:30:15",
        "05/03/2026 09:30:15 UTC",
    ],
)
def test_a_day_is_read_from_every_format(text: str) -> None:
    assert read_date(text) == date(2026, 5, 3)


@pytest.mark.parametrize(
    "text",
    [
        "05/03/2026 09:30:15 UTC",
        "05/03/2026 09:30:15",
        "2026-05-03 09:30:15",
        "2026-05-03 09:30:15 UTC",
        "2026-05-03T09:30:15Z",
        "2026-05-03T11:30:15+02:00",
        "2026-05-03T09:30:15",
    ],
)
def test_a_moment_is_read_from_every_format_as_utc(text: str) -> None:
    moment = read_moment(text)

    assert moment == MOMENT
    assert moment is not None
    assert moment.tzinfo is UTC


def test_a_moment_of_day_grain_is_its_midnight() -> None:
    assert read_moment("05/03/2026") == datetime(2026, 5, 3, tzinfo=UTC)


@pytest.mark.parametrize("empty", [None, "", "  ", "00/00/0000", "0000-00-00 00:00:00"])
def test_an_empty_date_is_none(empty: Any) -> None:
    assert read_date(empty) is None
    assert read_moment(empty) is None


@pytest.mark.parametrize("odd", ["13/40/2026", "tomorrow", 20260503, True])
def test_a_date_that_cannot_be_read_is_an_error_and_never_empty(odd: Any) -> None:
    with pytest.raises(ValueError, match="date"):
        read_date(odd)
    with pytest.raises(ValueError, match="date"):
        read_moment(odd)


@given(st.dates(min_value=date(1900, 1, 1)))
def test_any_us_day_comes_back(day: date) -> None:
    assert read_date(f"{day:%m/%d/%Y}") == day


@given(st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year >= 1900))
def test_any_moment_comes_back_from_all_formats(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)

    assert read_moment(f"{moment:%m/%d/%Y %H:%M:%S} UTC") == moment
    assert read_moment(f"{moment:%Y-%m-%d %H:%M:%S}") == moment
    assert read_moment(moment.isoformat()) == moment


@pytest.mark.parametrize(("value", "read"), [(None, None), ("", None), (" ", None), (" a ", "a"), (0, 0)])
def test_every_kind_of_nothing_is_none(value: Any, read: Any) -> None:
    assert blank_to_none(value) == read


@pytest.mark.parametrize(
    ("answer", "listing"),
    [
        ([], Listing((), None)),
        ([{"a": 1}], Listing(({"a": 1},), None)),
        ({"records": [{"a": 1}], "total_count": 7, "page": 1}, Listing(({"a": 1},), 7)),
        ({"records": [], "total_count": "0"}, Listing((), 0)),
        ({"records": None}, Listing((), None)),
        ({"records": [], "total_count": "many"}, Listing((), None)),
    ],
)
def test_an_envelope_and_a_bare_array_are_both_lists(answer: Any, listing: Listing) -> None:
    assert read_listing(answer) == listing


@pytest.mark.parametrize("answer", [None, "x", {}, {"records": {"0": {}}}])
def test_anything_else_is_no_list(answer: Any) -> None:
    with pytest.raises(ValueError, match="no list"):
        read_listing(answer)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"error": "Bad status"}, "Bad status"),
        ({"error": True, "message": "Bad status"}, "Bad status"),
        ({"error": {"message": "Deep"}}, "Deep"),
        ({"error": {"code": 5}}, "{'code': 5}"),
        ({"message": "Nope"}, "Nope"),
        ({"message": "Done", "success": True}, None),
        ({"message": "Done", "issue_id": 5}, None),
        ({"error": "", "issue_id": 5}, None),
        ({"error": None, "records": []}, None),
        ([{"error": "of a record"}], None),
        ({}, None),
    ],
)
def test_a_200_with_an_error_body_is_told_from_a_success(answer: Any, told: Any) -> None:
    assert error_words(answer) == told


def test_a_message_can_be_taken_as_a_success() -> None:
    assert error_words({"message": "Saved"}, message_is_error=False) is None


def test_words_are_cut_and_may_be_missing() -> None:
    assert words({"error": "x" * 400}) == "x" * 300
    assert words({"other": 1}) == ""
    assert words("text") == ""
