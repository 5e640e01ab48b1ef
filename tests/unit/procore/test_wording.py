from __future__ import annotations

from typing import Any

import pytest

from plumbline.procore.wording import Words, words_of


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"errors":["App is not connected."]}', Words("App is not connected.")),
        (b'{"errors":["one","two"]}', Words("one; two")),
        (b'{"errors":[{"message":"one"},{"name":["is taken"]}]}',
         Words("one; name: is taken", field="name")),
        (b'{"errors":{"name":["can\'t be blank"]}}', Words("name: can't be blank", field="name")),
        (b'{"errors":{"base":["text"],"due_date":["is odd"]}}',
         Words("text; due_date: is odd", field="due_date")),
        (b'{"errors":{"base":["text"]},"error_type":"checked_out"}', Words("text")),
        (b'{"errors":{"observation":{"type_id":["is bad"]}}}',
         Words("observation.type_id: is bad", field="observation.type_id")),
        (b'{"errors":{"name":"is too long"}}', Words("name: is too long", field="name")),
        (b'{"errors":"text"}', Words("text")),
        (b'{"errors":[]}', Words("")),
        (b'{"errors":[null, 7]}', Words("7")),
        (b'{"error":{"code":"E7","message":"No","details":[{"reason_code":"R","message":"too old"}]}}',
         Words("No; too old", code="E7")),
        (b'{"error":{"code":"E7","message":"No","details":["odd", {"message":"No"}]}}',
         Words("No", code="E7")),
        (b'{"error":{"message":"No","details":"odd"}}', Words("No")),
        (b'{"error":"invalid_grant","error_description":"The refresh token is invalid"}',
         Words("The refresh token is invalid", code="invalid_grant")),
        (b'{"error":"invalid_token"}', Words("invalid_token", code="invalid_token")),
        (b'{"message":"text"}', Words("text")),
        (b'{"other":"text"}', Words("")),
        (b'{"error":null}', Words("")),
        (b'"text"', Words("text")),
        (b'["text"]', Words("text")),
        (b"<html><head><title>502 Bad\n Gateway &amp; more</title></head><body>x</body></html>",
         Words("502 Bad Gateway & more")),
        (b"<html><style>p {}</style><body><h1>Sorry</h1><p>Down</p></body></html>", Words("Sorry Down")),
        (b"Service  Unavailable", Words("Service Unavailable")),
        (b"\xff\xfe", Words("\ufffd\ufffd")),
        (b"", Words("")),
    ],
)  # fmt: skip
def test_every_form_of_error_body_gives_its_words(body: bytes, words: Any) -> None:
    assert words_of(body) == words


def test_long_words_are_cut_to_300_characters() -> None:
    text = words_of(b'{"message":"' + b"a" * 400 + b'"}').text

    assert text == "a" * 299 + "…"


def test_words_of_300_characters_stay_whole() -> None:
    assert words_of(b"b" * 300).text == "b" * 300
