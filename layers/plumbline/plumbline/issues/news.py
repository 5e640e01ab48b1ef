"""What a poll of the tracker tells people: records it cannot read, values that no map covers (A20). Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.cxalloy.model import vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.listing import Listing
    from plumbline.stores.records import Activity

LIST = "list:"  # snapshot keys of the tracker's own lists, beside the issues' ids
FIELD_OF_LIST = {
    "statuses": "status",
    "priorities": "priority",
    "disciplines": "discipline",
    "types": "issue_type",
}
ODD_STEP = "Compare the record with the tracker's settings, or report it with the support address."


def remarkable(listing: Listing) -> dict[str, str]:
    """What a snapshot keeps beside the issues' hashes: records that cannot be read, values of the lists."""
    known = vocabulary(listing.issues)
    return {
        **{odd.issue_id: f"unreadable: {odd.cause}" for odd in listing.unreadable if odd.issue_id},
        **{
            f"{LIST}{kind}:{value}": name
            for kind in FIELD_OF_LIST
            for value, name in getattr(known, kind).items()
        },
    }


def of_listing(
    settings: IssueSettings,
    listing: Listing,
    before: Mapping[str, str],
    after: Mapping[str, str],
    blank: Activity,
) -> Iterator[Activity]:
    """Yield a line for each unreadable record and each value without a map, each when first seen.

    `blank` is a line that says whose they are, and when.
    """
    for odd in listing.unreadable:
        if odd.issue_id and before.get(odd.issue_id) != after.get(odd.issue_id):
            message = f"An issue cannot be read: {odd.cause}"
            yield replace(blank, outcome="failed", message=message, issue_id=odd.issue_id, next_step=ODD_STEP)
    if not before:
        return
    for key in sorted(set(after) - set(before)):
        if key.startswith(LIST) and not _mapped(settings, key):
            _, kind, value = key.split(":", 2)
            message = f"CxAlloy has a new value in {kind}, {after[key]!r}, that no map covers."
            step = f"Map the value {value}, or leave it to the default."
            yield replace(blank, outcome="notice", message=message, next_step=step)


def _mapped(settings: IssueSettings, key: str) -> bool:
    _, kind, value = key.split(":", 2)
    chosen = (settings.trigger_status_id, settings.done_status_id, settings.initial_status_id)
    if kind == "statuses" and value in chosen:
        return True
    return value in getattr(settings.maps, FIELD_OF_LIST[kind]).to_procore
