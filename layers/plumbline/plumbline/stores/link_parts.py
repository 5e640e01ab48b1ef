"""What hangs on links, in DynamoDB: intents, files, known response logs, conflicts and undo.

All but the logs are items of their link's collection. A log is a lookup in the connection's collection. It is
listed under its link, as the other lookups are, so that deleting the link finds it.
"""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter
from typing import TYPE_CHECKING

from plumbline.stores import tokens
from plumbline.stores.entries import conflict_place, conflicts_place, in_whole_seconds
from plumbline.stores.items import Item, from_item, to_item
from plumbline.stores.ports import Stale
from plumbline.stores.records import Conflict, Intent, Page, StoredFile, Undo
from plumbline.stores.table import Refused, Search, Table, Write, key
from plumbline.stores.texts import brought_in, drop_texts, moved_out

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

    from plumbline.stores.ports import Work

MINE = "attribute_not_exists(#pk) OR #link_id = :mine"
"""The condition on a lookup: no other link has it."""

_FIRST = "attribute_not_exists(#pk) OR #started_at = :mine"
_BY_CONNECTION = ("listed_in", "listed_as", "pk", "sk")
_in_time = attrgetter("at", "id")


class DynamoLinkParts:
    """The items of the links table beside the links themselves."""

    def __init__(self, client: DynamoDBClient, table: str, work: Work | None = None) -> None:
        self._table = Table(client, table)
        self._work = work

    def intents(self, link_id: str) -> Sequence[Intent]:
        return [from_item(Intent, item) for item in self._parts(link_id, "INTENT#")]

    def put_intent(self, intent: Intent, *, first: bool = False) -> None:
        item = to_item(intent)
        write = Write("Put", _part(intent.link_id, f"INTENT#{intent.key}") | item)
        if first:  # the very same one is there when only its answer was lost
            write = replace(write, condition=_FIRST, values={":mine": item["started_at"]})
        try:
            self._table.write(write)
        except Refused as refusal:
            raise Stale from refusal

    def drop_intent(self, link_id: str, key: str) -> None:
        self._table.write(Write("Delete", _part(link_id, f"INTENT#{key}")))

    def drop_intents(self, link_id: str) -> None:
        self._drop(link_id, "INTENT#")

    def files(self, link_id: str) -> Sequence[StoredFile]:
        return [from_item(StoredFile, item) for item in self._parts(link_id, "FILE#")]

    def put_file(self, stored: StoredFile) -> None:
        self._put(_part(stored.link_id, f"FILE#{stored.file_id}") | to_item(stored))

    def drop_files(self, link_id: str) -> None:
        self._drop(link_id, "FILE#")

    def note_log(self, connection_id: str, log_id: str, link_id: str) -> None:
        self._put(lookup(connection_id, f"LOG#{log_id}", link_id))

    def by_log(self, connection_id: str, log_id: str) -> str:
        item = self._table.get(f"CONNECTION#{connection_id}", f"LOG#{log_id}")
        return str(item["link_id"]) if item else ""

    def put_conflict(self, conflict: Conflict) -> None:
        held = moved_out(conflict, self._work)
        places = {"listed_in": conflicts_place(held.connection_id), "listed_as": conflict_place(held)}
        self._put(_part(held.link_id, f"CONFLICT#{held.id}") | to_item(held) | places)

    def conflict(self, link_id: str, conflict_id: str) -> Conflict | None:
        item = self._table.get(**_part(link_id, f"CONFLICT#{conflict_id}"))
        return self._conflict(item) if item else None

    def conflicts(self, link_id: str) -> Sequence[Conflict]:
        return sorted(map(self._conflict, self._parts(link_id, "CONFLICT#")), key=_in_time)

    def conflicts_of(self, connection_id: str, *, state: str = "", limit: int = 100, token: str = "") -> Page:
        place, begins = conflicts_place(connection_id), f"{state}#" if state else ""
        after = tokens.decode(
            token,
            same={"listed_in": place},
            begins={"listed_as": begins, "pk": "LINK#", "sk": "CONFLICT#"},
        )
        items, last = self._table.page(listed(place, begins), limit=limit, after=after)
        return Page(tuple(map(self._conflict, items)), tokens.encode(last))

    def put_undo(self, undo: Undo) -> None:
        held = moved_out(in_whole_seconds(undo), self._work)
        lives = {"delete_after": int(held.delete_after)} if held.delete_after else {}
        self._put(_part(held.link_id, f"UNDO#{held.id}") | to_item(held) | lives)

    def undo(self, link_id: str, undo_id: str) -> Undo | None:
        item = self._table.get(**_part(link_id, f"UNDO#{undo_id}"))
        return self._undo(item) if item else None

    def undos(self, link_id: str) -> Sequence[Undo]:
        return sorted(map(self._undo, self._parts(link_id, "UNDO#")), key=_in_time)

    def _conflict(self, item: Item) -> Conflict:
        return brought_in(from_item(Conflict, item), self._work)

    def _undo(self, item: Item) -> Undo:
        return brought_in(from_item(Undo, item), self._work)

    def _put(self, item: Item) -> None:
        self._table.write(Write("Put", item))

    def _parts(self, link_id: str, begins: str) -> Iterator[Item]:
        values = {":pk": f"LINK#{link_id}", ":begins": begins}
        return self._table.all(Search("#pk = :pk AND begins_with(#sk, :begins)", values))

    def _drop(self, link_id: str, begins: str) -> None:
        for item in self._parts(link_id, begins):
            self._table.write(Write("Delete", key(item["pk"], item["sk"])))

    def _drop_all(self, link_id: str) -> None:
        """Remove everything that hangs on a link, and every lookup that leads to it.

        Long texts go before the items that name them.
        """
        for begins in ("CONFLICT#", "UNDO#"):
            for item in self._parts(link_id, begins):
                drop_texts(item, self._work)
        for begins in ("INTENT#", "FILE#", "CONFLICT#", "UNDO#"):
            self._drop(link_id, begins)
        for item in self._table.all(listed(f"LINK#{link_id}", "")):
            self._free(key(item["pk"], item["sk"]), link_id)

    def _free(self, place: Item, link_id: str) -> None:
        try:
            self._table.write(Write("Delete", place, "", MINE, {":mine": link_id}))
        except Refused:
            pass  # freed before, and somebody else's by now


def lookup(connection_id: str, name: str, link_id: str) -> Item:
    """The item of the connection's collection that leads from a vendor's id to the link."""
    item = key(f"CONNECTION#{connection_id}", name)
    return item | {"link_id": link_id, "listed_in": f"LINK#{link_id}", "listed_as": name}


def listed(place: str, begins: str) -> Search:
    """What is listed in one place, whole; from `begins` on the names in it."""
    condition, values = "#listed_in = :in", {":in": place}
    if begins:
        condition, values = f"{condition} AND begins_with(#listed_as, :begins)", values | {":begins": begins}
    return Search(condition, values, index="by_connection", keys=_BY_CONNECTION)


def _part(link_id: str, name: str) -> Item:
    return key(f"LINK#{link_id}", name)
