"""Where polls stand, in DynamoDB; one item for each poll of a connection."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.stores.items import Item, attributes, from_item
from plumbline.stores.ports import Stale
from plumbline.stores.records import Cursor
from plumbline.stores.table import Refused, Search, Table, Write, assignment, key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_FREE = "(attribute_not_exists(#lease_until) OR #lease_until <= :now)"
_DUE = "(attribute_not_exists(#due_at) OR #due_at <= :now)"


class DynamoCursors:
    """The cursors table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def get(self, connection_id: str, name: str) -> Cursor | None:
        item = self._table.get(**_key(connection_id, name))
        return from_item(Cursor, item) if item else None

    def lease(
        self, connection_id: str, name: str, *, now: float, until: float, only_due: bool = True
    ) -> Cursor | None:
        change = "SET #lease_until = :until, #connection_id = :connection, #name = :name ADD #version :one"
        condition = f"{_FREE} AND {_DUE}" if only_due else _FREE
        values = {":until": until, ":connection": connection_id, ":name": name, ":one": 1, ":now": now}
        try:
            item = self._table.write(Write("Update", _key(connection_id, name), change, condition, values))
        except Refused:
            return None
        return from_item(Cursor, item)

    def save(self, cursor: Cursor) -> Cursor:
        saved = replace(cursor, lease_until=0.0, version=cursor.version + 1)
        change, values = assignment(attributes(saved))
        condition = "#version = :seen" if cursor.version else "attribute_not_exists(#pk)"
        values |= {":seen": cursor.version} if cursor.version else {}
        try:
            self._table.write(
                Write("Update", _key(cursor.connection_id, cursor.name), change, condition, values)
            )
        except Refused as refusal:
            raise Stale from refusal
        return saved

    def delete(self, connection_id: str) -> None:
        search = Search("#pk = :pk", {":pk": f"CONNECTION#{connection_id}"})
        for item in self._table.all(search):
            self._table.write(Write("Delete", key(item["pk"], item["sk"])))


def _key(connection_id: str, name: str) -> Item:
    return key(f"CONNECTION#{connection_id}", f"CURSOR#{name}")
