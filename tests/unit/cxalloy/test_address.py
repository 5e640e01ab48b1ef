"""Addresses of files that may be fetched."""

from __future__ import annotations

import pytest

from plumbline.cxalloy.address import origin, refuse_loopback, safe_split
from plumbline.errors import Reject


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://files.example/a/b?sig=1", "https://files.example"),
        ("https://Files.example:443/a", "https://files.example"),
        ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080"),
        ("http://[::1]:8080/a", "http://[::1]:8080"),
        ("http://localhost/a", "http://localhost"),
    ],
)
def test_s22_a_file_is_fetched_over_https_or_from_this_machine(address: str, host: str) -> None:
    assert origin(safe_split(address)) == host


@pytest.mark.parametrize(
    "host", ["127.0.0.1:8702", "http://localhost", "https://[::1]/", "https://127.9.9.9"]
)
def test_s22_a_typed_host_may_not_be_the_server_itself(host: str) -> None:
    with pytest.raises(Reject) as refused:
        refuse_loopback(host)

    assert (refused.value.code, refused.value.field) == ("bad_host", "host")


@pytest.mark.parametrize("host", ["tq.cxalloy.com", "https://127.0.0.1.example", "https://"])
def test_any_other_typed_host_is_left_to_the_further_checks(host: str) -> None:
    refuse_loopback(host)
