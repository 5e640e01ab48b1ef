"""The name of a pair of projects."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plumbline.stores.pairs import pair_of
from plumbline.stores.records import Connection, ConnectionState

JOINED = Connection(
    "c1", "tenant", "one", "copy", ConnectionState.DRAFT, 1.0, "olga",
    company_id="4211", project_id="7", tracker_host="https://northwind.example", tracker_project_id="50",
)  # fmt: skip
NAME = '["4211", "7", "northwind.example", "50"]'


@pytest.mark.parametrize(
    "host",
    ["https://northwind.example", "northwind.example", " HTTPS://Northwind.Example/ ", "northwind.example."],
)
def test_a_pair_has_one_name_however_it_was_typed(host: str) -> None:
    assert pair_of(replace(JOINED, tracker_host=host, project_id=" 7", tracker_project_id="50 ")) == NAME


@pytest.mark.parametrize("missing", ["project_id", "tracker_project_id"])
def test_a_connection_without_both_projects_has_no_pair(missing: str) -> None:
    changed: dict[str, Any] = {missing: " "}

    assert pair_of(replace(JOINED, **changed)) == ""


@pytest.mark.parametrize("field", ["company_id", "project_id", "tracker_host", "tracker_project_id"])
def test_another_project_on_either_side_is_another_pair(field: str) -> None:
    changed: dict[str, Any] = {field: "99"}

    assert pair_of(replace(JOINED, **changed)) != NAME
