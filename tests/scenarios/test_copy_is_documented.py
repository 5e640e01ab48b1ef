"""Every call that a copy makes of Procore, also on its detours, is one that Procore documents."""

from __future__ import annotations

import pytest
from tests.contract.procore_contract import check_request
from tests.support import small
from tests.support.house import House

from sandbox.procore import Fault

LOST = [
    None,
    r"/rest/v1\.0/observations/items",
    r"/rest/v1\.0/observations/items/\d+/response_logs",
    r"/rest/v1\.1/projects/\d+/uploads",
]


@pytest.mark.parametrize("segment_above", [100_000_000, 5 * 1024 * 1024])
@pytest.mark.parametrize("lost", LOST)
def test_a_copy_makes_documented_calls_only(lost: str | None, segment_above: int) -> None:
    files = [
        small.file("501", "1001", "trend.csv", 1200),
        small.file("502", "1001", "b.bin", 6 * 1024 * 1024),
    ]
    house = House(small.world(files=files), small.SETTINGS, segment_above=segment_above)
    if lost:
        house.procore.faults.append(Fault(method="POST", path=lost, kind="drop", when="after"))
    house.run_until_calm()
    calls = house.procore.journal.calls()
    problems = {
        problem
        for one in calls
        for problem in check_request(
            one["method"], one["path"], [(name, value) for name, value in one["query"]], one["body"]
        )
    }
    assert problems == set()
    assert len(calls) >= 5
