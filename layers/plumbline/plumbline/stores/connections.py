"""Connections in DynamoDB: one item each, and one for each pair of projects that is taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.stores.items import Item, attributes, from_item
from plumbline.stores.pairs import pair_of
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Connection, ConnectionState
from plumbline.stores.table import Refused, Search, Table, Write, assignment, key

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mypy_boto3_dynamodb import DynamoDBClient


class DynamoConnections:
    """The connections table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def create(self, connection: Connection) -> None:
        item = {name: value for name, value in _attributes(connection).items() if value is not None}
        write = Write("Put", _key(connection.id) | item, condition="attribute_not_exists(#pk)")
        try:
            self._table.transact(write, *_claims(connection))
        except Refused as refusal:
            raise _taken(refusal, connection.id) from refusal

    def get(self, connection_id: str) -> Connection | None:
        item = self._table.get(**_key(connection_id))
        return from_item(Connection, item) if item else None

    def of_tenant(self, tenant_id: str) -> Sequence[Connection]:
        return self._listed(Search("#tenant_id = :tenant", {":tenant": tenant_id}, index="by_tenant"))

    def save(self, connection: Connection) -> Connection:
        saved = replace(connection, version=connection.version + 1)
        pair = pair_of(connection)
        same_pair = " AND #pair = :same" if pair else " AND attribute_not_exists(#pair)"
        update = _update(saved, seen=connection.version)
        values = update.values | ({":same": pair} if pair else {})
        try:
            self._table.write(replace(update, condition=update.condition + same_pair, values=values))
        except Refused as refusal:
            if refusal.item is None or refusal.item["version"] != connection.version:
                raise Stale from refusal
            self._move(update, saved, former=refusal.item.get("pair", ""))
        return saved

    def _move(self, update: Write, saved: Connection, *, former: str) -> None:
        """Save with another pair of projects than before: claim the new one and free the former."""
        try:
            self._table.transact(update, *_claims(saved), *_frees(former, saved.id))
        except Refused as refusal:
            if refusal.position == 0:
                raise Stale from refusal
            raise _taken(refusal, saved.id) from refusal

    def delete(self, connection: Connection) -> None:
        condition = "attribute_not_exists(#pk) OR #version = :seen"
        write = Write("Delete", _key(connection.id), "", condition, {":seen": connection.version})
        try:
            self._table.transact(write, *_frees(pair_of(connection), connection.id))
        except Refused as refusal:
            raise Stale from refusal

    def enabled(self) -> Sequence[Connection]:
        return self._listed(Search("#served = :yes", {":yes": "yes"}, index="enabled"))

    def _listed(self, search: Search) -> Sequence[Connection]:
        found = (from_item(Connection, item) for item in self._table.all(search))
        return sorted(found, key=lambda connection: (connection.created_at, connection.id))


def _key(connection_id: str) -> Item:
    return key(f"CONNECTION#{connection_id}", "CONNECTION")


def _attributes(connection: Connection) -> Item:
    """Its fields, and what the item needs beside them: the pair it holds and its place among the served."""
    served = "yes" if connection.state is ConnectionState.ENABLED else None
    return attributes(connection) | {"pair": pair_of(connection) or None, "served": served}


def _update(saved: Connection, *, seen: int) -> Write:
    change, values = assignment(_attributes(saved))
    return Write("Update", _key(saved.id), change, "#version = :seen", values | {":seen": seen})


def _claims(connection: Connection) -> list[Write]:
    pair = pair_of(connection)
    if not pair:
        return []
    item = key(f"PAIR#{pair}", "PAIR") | {"connection_id": connection.id}
    condition = "attribute_not_exists(#pk) OR #connection_id = :mine"
    return [Write("Put", item, "", condition, {":mine": connection.id})]


def _frees(pair: str, connection_id: str) -> list[Write]:
    if not pair:
        return []
    condition = "attribute_not_exists(#pk) OR #connection_id = :mine"
    return [Write("Delete", key(f"PAIR#{pair}", "PAIR"), "", condition, {":mine": connection_id})]


def _taken(refusal: Refused, connection_id: str) -> Taken:
    if refusal.position == 0:
        return Taken("connection", connection_id)
    return Taken("pair of projects", (refusal.item or {}).get("connection_id", ""))
