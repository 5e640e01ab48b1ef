"""Page tokens, which come back from outside."""

from __future__ import annotations

import base64

import pytest

from plumbline.errors import Reject
from plumbline.stores.tokens import decode, encode

SAME, BEGINS = {"in": "c1"}, {"as": "copied#"}
TOKEN = encode({"as": "copied#l1", "in": "c1"})


def test_a_page_token_leads_back_to_its_key() -> None:
    assert decode(TOKEN, same=SAME, begins=BEGINS) == {"in": "c1", "as": "copied#l1"}
    assert encode({"in": "c1", "as": "copied#l1"}) == TOKEN


def test_no_next_page_is_no_token_and_no_token_is_the_first_page() -> None:
    assert encode(None) == ""
    assert decode("", same=SAME, begins=BEGINS) is None


@pytest.mark.parametrize(
    "token",
    [
        encode({"in": "c2", "as": "copied#l1"}),
        encode({"in": "c1", "as": "parked#l1"}),
        encode({"in": "c1"}),
        encode({"in": "c1", "as": "copied#l1", "more": "x"}),
        encode({"in": "c1", "as": ""}),
        base64.urlsafe_b64encode(b'{"in": "c1", "as": 7}').decode(),
        base64.urlsafe_b64encode(b'["in", "as"]').decode(),
        base64.urlsafe_b64encode(b"no json").decode(),
        "not base64!",
        "é",
        "A" * 1001,
    ],
)
def test_s18_a_token_of_another_listing_or_of_nobody_is_refused(token: str) -> None:
    with pytest.raises(Reject) as refused:
        decode(token, same=SAME, begins=BEGINS)

    assert (refused.value.code, refused.value.field, refused.value.status) == ("bad_token", "token", 400)
