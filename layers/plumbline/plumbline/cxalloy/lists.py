"""The lists that come by GET: files, people, companies, roles and assets of a project."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from plumbline.cxalloy.directory import asset_reader
from plumbline.cxalloy.pages import PageCount
from plumbline.cxalloy.reading import read_listing
from plumbline.cxalloy.records import read_file
from plumbline.errors import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from plumbline.cxalloy.calls import CxAlloyCalls
    from plumbline.cxalloy.door import Door
    from plumbline.cxalloy.model import Asset, IssueFile

Read = TypeVar("Read")
ODD = "CxAlloy TQ answered {call} in a shape that is not known: {reason}."
ODD_NEXT = "Run the doctor and adjust the tracker's calls."


def readable(read: Callable[[object], Read], answer: object, call: str) -> Read:
    """Return what `read` makes of an answer; raises Reject "unreadable" where it cannot."""
    try:
        return read(answer)
    except (ValidationError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise Reject("unreadable", ODD.format(call=call, reason=reason), ODD_NEXT) from None


def entries(
    door: Door, calls: CxAlloyCalls, path: str, project_id: str, read: Callable[[object], Read]
) -> tuple[Read, ...]:
    """Return all of one list. An entry that cannot be read hides no other; Reject where none can."""
    records = list(_records(door, calls, path, {"project_id": project_id}))
    found = []
    odd = None
    for record in records:
        try:
            found.append(readable(read, record, path))
        except Reject as refusal:
            odd = refusal
    if odd and not found:
        raise odd
    return tuple(found)


def assets(door: Door, calls: CxAlloyCalls, project_id: str) -> tuple[Asset, ...]:
    """Return the assets of every type, one list after the other."""
    return tuple(
        asset
        for path in calls.asset_list_paths
        for asset in entries(door, calls, path, project_id, asset_reader(path.rstrip("/").rpartition("/")[2]))
    )


def files_by_issue(
    door: Door, calls: CxAlloyCalls, project_id: str, only: str | None
) -> dict[str, list[IssueFile]]:
    """Return the project's files by issue, those of one issue where `only` is honoured."""
    field, path = calls.file_list_issue_field, calls.file_list_path
    query = {"project_id": project_id} | ({field: only} if only else {})
    files: dict[str, list[IssueFile]] = defaultdict(list)
    for record in _records(door, calls, path, query):
        owner = told_id(record, field)
        if owner:
            files[owner].append(readable(read_file, record, path))
    return files


def told_id(answer: object, field: str) -> str | None:
    """Return the id that a record or the answer to a write tells under that name."""
    told = answer.get(field) if isinstance(answer, dict) else None
    return str(told) if told not in (None, "") else None


def _records(door: Door, calls: CxAlloyCalls, path: str, query: Mapping[str, str]) -> Iterator[object]:
    """Yield a list's records page by page; a list that knows no pages gives the same one again and ends."""
    count = PageCount(calls.page_size)
    before: tuple[object, ...] = ()
    while not count.ended:
        number = str(calls.first_page + count.pages)
        answer = door.request("GET", path, query={**query, "page": number})
        listing = readable(read_listing, answer, path)
        count.add(listing)
        if listing.records == before:
            return
        before = listing.records
        yield from before
