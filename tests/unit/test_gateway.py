"""What is read of an HTTP call, whatever comes."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from plumbline import gateway


def test_a_header_is_found_whatever_its_case() -> None:
    assert gateway.header({"headers": {"If-None-Match": "a"}}, "if-none-match") == "a"


@pytest.mark.parametrize("event", [{}, {"headers": None}, {"headers": {}}, {"headers": {"origin": None}}])
def test_a_header_that_is_not_there_is_empty(event: dict[str, Any]) -> None:
    assert gateway.header(event, "origin") == ""


def test_a_cookie_is_found_among_odd_ones() -> None:
    event = {"headers": {"Cookie": "bad name=1; ;x; mine=a=b; other=c"}}
    assert gateway.cookie(event, "mine") == "a=b"
    assert gateway.cookie(event, "yours") == ""


def test_a_body_is_what_was_sent() -> None:
    assert gateway.body({}) == b""
    assert gateway.body({"body": None}) == b""
    assert gateway.body({"body": "é"}) == "é".encode()
    assert gateway.body({"body": "half \ud800"}) == b"half ?"
    encoded = base64.b64encode(b"\xff\x00").decode()
    assert gateway.body({"body": encoded, "isBase64Encoded": True}) == b"\xff\x00"


def test_a_body_that_is_no_base64_is_told() -> None:
    with pytest.raises(ValueError, match="base64"):
        gateway.body({"body": "no base64!", "isBase64Encoded": True})


def test_json_is_read() -> None:
    assert gateway.read_json('{"a": [1, "é"]}') == {"a": [1, "é"]}
    assert gateway.read_json(b"null") is None


@pytest.mark.parametrize("text", ["", "{", "NaN", "[Infinity]", '"\\ud800"', b"\xff", "[" * 100_000])
def test_what_is_no_json_or_cannot_be_stored_is_told(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        gateway.read_json(text)
