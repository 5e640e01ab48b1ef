"""Addresses of files that may be fetched."""

from __future__ import annotations

import pytest

from plumbline.cxalloy.address import origin, safe_split


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
