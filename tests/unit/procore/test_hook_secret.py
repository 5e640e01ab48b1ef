"""The secret of a webhook: made from a master key, checked without a look-up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.procore.hook_secret import accepts, authorization_value

MASTER, FORMER, STRANGE = b"first key", b"second key", b"third key"


def test_a_secret_names_its_generation() -> None:
    value = authorization_value(MASTER, "c1", 3)

    # HMAC-SHA256 of "c1|3", as openssl computes it
    assert value[:20] == "Bearer v1.3.be7dc9ab"
    assert len(value) == len("Bearer v1.3.") + 64


@given(st.binary(min_size=1), st.text(max_size=64), st.integers(0, 10**17))
def test_what_was_made_for_a_connection_is_accepted_for_it(master: bytes, id_: str, generation: int) -> None:
    assert accepts(authorization_value(master, id_, generation), id_, [master])


def test_s7_the_current_and_the_former_key_are_accepted_while_keys_are_changed() -> None:
    header = authorization_value(FORMER, "c1", 1)

    assert accepts(header, "c1", [MASTER, FORMER])
    assert not accepts(header, "c1", [MASTER])
    assert not accepts(header, "c1", [])


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer ",
        "Bearer v1.1.",
        authorization_value(MASTER, "c2", 1),
        authorization_value(STRANGE, "c1", 1),
        authorization_value(MASTER, "c1", 1).replace("v1.1.", "v1.2."),
        authorization_value(MASTER, "c1", 1).replace("v1.", "v2.", 1),
        authorization_value(MASTER, "c1", 1).replace("v1.1.", "v1.01."),
        authorization_value(MASTER, "c1", 1).replace("Bearer", "bearer"),
        authorization_value(MASTER, "c1", 1)[:-1],
        authorization_value(MASTER, "c1", 1) + "0",
        authorization_value(MASTER, "c1", 1) + "\n",
        authorization_value(MASTER, "c1", 1).removeprefix("Bearer "),
        "Bearer v1.\u0661.",
        "Bearer v1.1.é",
    ],
)
def test_anything_else_is_refused(header: str) -> None:
    assert not accepts(header, "c1", [MASTER, FORMER])


def test_one_connections_secret_is_no_other_ones() -> None:
    assert not accepts(authorization_value(MASTER, "c", 11), "c|1", [MASTER])
