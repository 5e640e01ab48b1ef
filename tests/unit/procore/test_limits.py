from __future__ import annotations

from typing import Any

import pytest

from plumbline.procore.limits import RateLimit, asked_wait, http_date, retry_after

NOW = 1_800_000_000.0  # Fri, 15 Jan 2027 08:00:00 GMT


def window(limit: Any = "25", remaining: Any = "3", reset: Any = "1800000007") -> dict[str, str]:
    return {"x-rate-limit-limit": limit, "x-rate-limit-remaining": remaining, "x-rate-limit-reset": reset}


def test_the_three_headers_make_a_window() -> None:
    assert RateLimit.from_http(window()) == RateLimit(limit=25, remaining=3, reset=1800000007.0)


@pytest.mark.parametrize("missing", ["x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"])
def test_without_one_of_the_headers_there_is_no_window(missing: str) -> None:
    headers = window()
    del headers[missing]

    assert RateLimit.from_http(headers) is None


@pytest.mark.parametrize("odd", ["", "soon", "nan", "inf"])
def test_an_odd_number_makes_no_window(odd: str) -> None:
    assert RateLimit.from_http(window(reset=odd)) is None


@pytest.mark.parametrize(
    ("word", "wait"),
    [
        ("7", 7.0),
        (" 2.5 ", 2.5),
        ("-3", 0.0),
        ("999999", 3600.0),
        ("Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 08:00:30 -0000", 30.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", 0.0),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(word: str, wait: float | None) -> None:
    assert asked_wait({"retry-after": word}, NOW) == wait


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({}, None),
        ({"retry-after": "4"}, 4.0),
        (window(), 7.0),
        ({"retry-after": "4", **window()}, 7.0),
        ({"retry-after": "9", **window()}, 9.0),
        (window(reset="1799999999"), 0.0),
        (window(reset="1800000000000"), 3600.0),
    ],
)
def test_the_larger_of_the_two_words_wins(headers: dict[str, str], wait: float | None) -> None:
    assert retry_after(headers, NOW) == wait


def test_an_http_date_is_unix_seconds() -> None:
    assert http_date("Fri, 15 Jan 2027 08:00:00 GMT") == NOW
    assert http_date("yesterday") is None
