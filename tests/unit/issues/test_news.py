"""What a poll of the tracker tells people (A20)."""

from __future__ import annotations

from dataclasses import replace

from tests.unit.issues.making import issue

from plumbline.connections import settings as connection_settings
from plumbline.cxalloy.model import Unreadable
from plumbline.issues.listing import Listing
from plumbline.issues.news import ODD_STEP, of_listing, remarkable
from plumbline.stores.records import Activity

SETTINGS = connection_settings.read(
    {"initial_status_id": "3101", "maps": {"priority": {"to_procore": {"1": "High"}}}}
)
BLANK = Activity("c1", 50.0, "", "poll", "")
ODD = Unreadable("1002", "no status")
LISTING = Listing((issue(),), (ODD, Unreadable(None, "not a record")), complete=True)
KNOWN = {
    "1002": "unreadable: no status",
    "list:statuses:3103": "Ready for Procore",
    "list:priorities:1": "High",
    "list:disciplines:10": "Mechanical",
    "list:types:20": "Functional",
}


def told(before: dict[str, str], after: dict[str, str], listing: Listing = LISTING) -> list[Activity]:
    return list(of_listing(SETTINGS, listing, before, after, BLANK))


def test_a20_a_listing_tells_its_values_and_what_cannot_be_read() -> None:
    assert remarkable(LISTING) == KNOWN


def test_a20_a_record_that_cannot_be_read_is_told_when_first_seen() -> None:
    line = replace(
        BLANK,
        outcome="failed",
        message="An issue cannot be read: no status",
        issue_id="1002",
        next_step=ODD_STEP,
    )
    assert told({}, KNOWN) == [line]
    assert told(KNOWN, KNOWN) == []


def test_a20_a_new_value_without_a_map_is_told_and_one_with_a_map_is_not() -> None:
    whole = Listing((issue(),), (), complete=True)
    before = {"1001": "a.b.c", "list:disciplines:10": "Mechanical", "list:types:20": "Functional"}
    after = {**KNOWN, "list:statuses:3101": "Open"}
    assert [(line.outcome, line.message, line.next_step) for line in told(before, after, whole)] == [
        (
            "notice",
            "CxAlloy has a new value in statuses, 'Ready for Procore', that no map covers.",
            "Map the value 3103, or leave it to the default.",
        )
    ]
