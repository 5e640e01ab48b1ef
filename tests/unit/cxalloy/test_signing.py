from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.sandbox_cxalloy.small_world import NOW, small_world

from plumbline.cxalloy.signing import signature, signed_headers
from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.keys import signer
from sandbox.http import Request

if TYPE_CHECKING:
    from sandbox.cxalloy import CxAlloyWorld

ANY_BODY = st.lists(st.binary(max_size=200), max_size=5)
ANY_SECRET = st.text(min_size=1, max_size=40).filter(lambda text: text.isprintable())


def world_with(secret: str) -> CxAlloyWorld:
    world = small_world()
    world.account.keys[0].secret = secret
    return world


def test_the_signature_without_a_body_is_over_the_timestamp_alone() -> None:
    # printf 1780000000 | openssl dgst -sha256 -hmac key
    assert (
        signature("key", [], "1780000000")
        == "6db0e18a13fc593d8c3898104eba5b073e6b6668f3f699fc07ca0f4a4e0e2d96"
    )


def test_the_signature_is_over_body_then_timestamp() -> None:
    # printf '{"a":1}1780000000' | openssl dgst -sha256 -hmac key
    assert (
        signature("key", [b'{"a":', b"1}"], "1780000000")
        == "a651177202c038a06ced79a41e253c44253ce32e8479e62560a27992eea8fef6"
    )


def test_the_timestamp_is_whole_unix_seconds_as_text() -> None:
    headers = signed_headers("me", "key", 1_780_000_000.9)

    assert headers["cxalloy-identifier"] == "me"
    assert headers["cxalloy-timestamp"] == "1780000000"


@given(pieces=ANY_BODY, secret=ANY_SECRET)
def test_what_the_client_signs_the_sandbox_accepts(pieces: list[bytes], secret: str) -> None:
    headers = signed_headers("demo-key", secret, NOW, pieces)
    request = Request("POST", "/api/v1/issue", headers=headers, body=b"".join(pieces))

    assert signer(request, world_with(secret), NOW, 0).identifier == "demo-key"


@given(pieces=ANY_BODY, other=ANY_BODY)
def test_other_bytes_than_those_signed_are_refused(pieces: list[bytes], other: list[bytes]) -> None:
    body = b"".join(other)
    if body == b"".join(pieces):
        body += b" "
    headers = signed_headers("demo-key", "s", NOW, pieces)
    request = Request("POST", "/api/v1/issue", headers=headers, body=body)

    with pytest.raises(Refused, match="Signature does not match"):
        signer(request, world_with("s"), NOW, 0)
