"""Connections in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.stores.pairs import pair_of
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Connection, ConnectionState
from plumbline.stores.texts import handed_out, kept

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class MemoryConnections:
    """Twin of `DynamoConnections`."""

    def __init__(self) -> None:
        self._connections: dict[str, Connection] = {}

    def create(self, connection: Connection) -> None:
        if connection.id in self._connections:
            raise Taken("connection", connection.id)
        self._refuse_taken_pair(connection)
        self._connections[connection.id] = kept(connection)

    def get(self, connection_id: str) -> Connection | None:
        stored = self._connections.get(connection_id)
        return handed_out(stored) if stored else None

    def of_tenant(self, tenant_id: str) -> Sequence[Connection]:
        return _sorted(one for one in self._connections.values() if one.tenant_id == tenant_id)

    def save(self, connection: Connection) -> Connection:
        stored = self._connections.get(connection.id)
        if stored is None or stored.version != connection.version:
            raise Stale
        self._refuse_taken_pair(connection)
        saved = kept(replace(connection, version=connection.version + 1))
        self._connections[connection.id] = saved
        return handed_out(saved)

    def delete(self, connection: Connection) -> None:
        stored = self._connections.get(connection.id)
        if stored and stored.version != connection.version:
            raise Stale
        self._connections.pop(connection.id, None)

    def enabled(self) -> Sequence[Connection]:
        return _sorted(one for one in self._connections.values() if one.state is ConnectionState.ENABLED)

    def _refuse_taken_pair(self, connection: Connection) -> None:
        pair = pair_of(connection)
        for other in self._connections.values():
            if pair and other.id != connection.id and pair_of(other) == pair:
                raise Taken("pair of projects", other.id)


def _sorted(found: Iterable[Connection]) -> Sequence[Connection]:
    return sorted(map(handed_out, found), key=lambda connection: (connection.created_at, connection.id))
