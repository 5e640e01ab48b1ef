"""The activity log in DynamoDB: one collection for each connection, and an index by issue."""

from __future__ import annotations

import itertools
import json
import secrets
from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.stores import tokens
from plumbline.stores.entries import entry_id, shortened, sortable
from plumbline.stores.items import from_item, to_item
from plumbline.stores.records import Activity, Page
from plumbline.stores.table import Search, Table, Write, key

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

_DAY = 86_400


class DynamoActivityLog:
    """The activity table; entries go after `days`, by DynamoDB's time to live, which deletes late."""

    def __init__(self, client: DynamoDBClient, table: str, *, days: int = 90) -> None:
        self._table = Table(client, table)
        self._days = days
        self._places = itertools.count()
        self._maker = secrets.token_hex(4)

    def add(self, entry: Activity) -> None:
        kept = shortened(replace(entry, id=entry_id(entry.at, next(self._places), self._maker)))
        item = key(f"CONNECTION#{entry.connection_id}", kept.id) | to_item(kept)
        item["delete_after"] = int(entry.at) + self._days * _DAY
        if entry.issue_id:
            item["about"] = _about(entry.connection_id, entry.issue_id)
        self._table.write(Write("Put", item))

    def read(
        self, connection_id: str, *, issue_id: str = "", outcome: str = "", limit: int = 100, token: str = ""
    ) -> Page:
        pk = f"CONNECTION#{connection_id}"
        if issue_id:
            about = _about(connection_id, issue_id)
            same = {"about": about, "pk": pk}
            search = Search(
                "#about = :about", {":about": about}, index="by_issue", keys=("about", "pk", "sk")
            )
        else:
            same = {"pk": pk}
            search = Search("#pk = :pk", {":pk": pk})
        search = replace(search, newest_first=True)
        if outcome:
            search = replace(search, only="#outcome = :outcome", values=search.values | {":outcome": outcome})
        after = tokens.decode(token, same=same, begins={"sk": ""})
        items, last = self._table.page(search, limit=limit, after=after)
        return Page(tuple(from_item(Activity, item) for item in items), tokens.encode(last))

    def between(
        self, connection_id: str, *, since: float, until: float, outcomes: Collection[str]
    ) -> Iterator[Activity]:
        wanted = {f":outcome_{place}": outcome for place, outcome in enumerate(sorted(outcomes))}
        span = {":pk": f"CONNECTION#{connection_id}", ":since": sortable(since), ":until": sortable(until)}
        search = Search(
            "#pk = :pk AND #sk BETWEEN :since AND :until",
            span | wanted,
            only=f"#outcome IN ({', '.join(wanted)})",
            newest_first=True,
        )
        return (from_item(Activity, item) for item in self._table.all(search))


def _about(connection_id: str, issue_id: str) -> str:
    return json.dumps([connection_id, issue_id])
