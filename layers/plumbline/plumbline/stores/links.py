"""Links in DynamoDB: the lease, the version, the unique ids on both sides, and what is due.

A link's STATE, INTENT and FILE items are one collection. Its lookups, by issue and by observation, are items
of the connection's collection, written in one transaction with the link.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.errors import Retry
from plumbline.stores import tokens
from plumbline.stores.items import Item, attributes, from_item, to_item
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Intent, Link, LinkState, Page, StoredFile
from plumbline.stores.table import TRIES, Refused, Search, Table, Write, assignment, key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mypy_boto3_dynamodb import DynamoDBClient

SHARDS = "0123456789abcdef"
"""Due links are spread over so many partitions of the index, by the hash of their id."""

_BY_CONNECTION = ("listed_in", "listed_as", "pk", "sk")
_MINE = "attribute_not_exists(#pk) OR #link_id = :mine"
_NEW = "attribute_not_exists(#pk)"


class DynamoLinks:
    """The links table."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._table = Table(client, table)

    def create(self, link: Link) -> Link:
        made = replace(link, version=1)
        item = {name: value for name, value in _attributes(made).items() if value is not None}
        state = Write("Put", _key(link.id) | item, condition=_NEW)
        try:
            self._table.transact(state, _claim(made, "issue"), *_observation_claims(made))
        except Refused as refusal:
            raise _taken(refusal, link.id) from refusal
        return made

    def get(self, link_id: str) -> Link | None:
        item = self._table.get(**_key(link_id))
        return from_item(Link, item) if item else None

    def by_issue(self, connection_id: str, issue_id: str) -> Link | None:
        return self._looked_up(connection_id, f"ISSUE#{issue_id}")

    def by_observation(self, connection_id: str, observation_id: str) -> Link | None:
        return self._looked_up(connection_id, f"OBSERVATION#{observation_id}")

    def of_connection(
        self, connection_id: str, *, state: str = "", limit: int = 100, token: str = ""
    ) -> Page:
        begins = f"{state}#" if state else ""
        after = tokens.decode(
            token,
            same={"listed_in": connection_id, "sk": "STATE"},
            begins={"listed_as": begins, "pk": "LINK#"},
        )
        items, last = self._table.page(_in_state(connection_id, begins), limit=limit, after=after)
        return Page(tuple(from_item(Link, item) for item in items), tokens.encode(last))

    def counts(self, connection_id: str) -> dict[str, int]:
        return {str(state): self._table.count(_in_state(connection_id, f"{state}#")) for state in LinkState}

    def save(self, link: Link) -> Link:
        saved = replace(link, version=link.version + 1)
        update = _update(saved, seen=link)
        same = " AND #observation_id = :to_observation_id" if link.observation_id else ""
        try:
            self._table.write(replace(update, condition=update.condition + same))
        except Refused as refusal:
            if _moved_on(refusal.item, link):
                raise Stale from refusal
            self._save_with_claim(update, saved)
        return saved

    def _save_with_claim(self, update: Write, saved: Link) -> None:
        try:
            self._table.transact(update, *_observation_claims(saved))
        except Refused as refusal:
            if refusal.position == 0:
                raise Stale from refusal
            raise Taken("observation", (refusal.item or {}).get("link_id", "")) from refusal

    def lease(self, link_id: str, *, now: float, until: float) -> Link | None:
        for _ in range(TRIES):
            try:
                return from_item(Link, self._table.write(_lease(link_id, now, until)))
            except Refused as refusal:
                if refusal.item is None:
                    return None
            if self._hint(link_id, now):
                return None
        raise Retry("The link changes hands too fast", after=1.0)

    def _hint(self, link_id: str, now: float) -> bool:
        """Tell the holder that something came in; False when it just let go, and would not see it."""
        hint = Write(
            "Update", _key(link_id), "ADD #hints :one", "#lease_until > :now", {":one": 1, ":now": now}
        )
        try:
            self._table.write(hint)
        except Refused:
            return False
        return True

    def due(self, *, now: float, limit: int) -> Sequence[str]:
        found = [item for shard in SHARDS for item in self._table.first(_due(shard, now), limit=limit)]
        found.sort(key=lambda item: (item["due_at"], item["pk"]))
        return [item["pk"].removeprefix("LINK#") for item in found[:limit]]

    def intents(self, link_id: str) -> Sequence[Intent]:
        return [from_item(Intent, item) for item in self._parts(link_id, "INTENT#")]

    def put_intent(self, intent: Intent) -> None:
        self._table.write(
            Write("Put", key(f"LINK#{intent.link_id}", f"INTENT#{intent.key}") | to_item(intent))
        )

    def drop_intent(self, link_id: str, key: str) -> None:
        self._table.write(Write("Delete", {"pk": f"LINK#{link_id}", "sk": f"INTENT#{key}"}))

    def drop_intents(self, link_id: str) -> None:
        self._drop(link_id, "INTENT#")

    def files(self, link_id: str) -> Sequence[StoredFile]:
        return [from_item(StoredFile, item) for item in self._parts(link_id, "FILE#")]

    def put_file(self, stored: StoredFile) -> None:
        self._table.write(
            Write("Put", key(f"LINK#{stored.link_id}", f"FILE#{stored.file_id}") | to_item(stored))
        )

    def drop_files(self, link_id: str) -> None:
        self._drop(link_id, "FILE#")

    def _parts(self, link_id: str, begins: str) -> Iterator[Item]:
        values = {":pk": f"LINK#{link_id}", ":begins": begins}
        return self._table.all(Search("#pk = :pk AND begins_with(#sk, :begins)", values))

    def _drop(self, link_id: str, begins: str) -> None:
        for item in self._parts(link_id, begins):
            self._table.write(Write("Delete", key(item["pk"], item["sk"])))

    def _looked_up(self, connection_id: str, name: str) -> Link | None:
        item = self._table.get(f"CONNECTION#{connection_id}", name)
        return self.get(item["link_id"]) if item else None


def _key(link_id: str) -> Item:
    return key(f"LINK#{link_id}", "STATE")


def shard_of(link_id: str) -> str:
    """The partition of the due index that a link is in."""
    return hashlib.sha256(link_id.encode()).hexdigest()[0]


def _attributes(link: Link) -> Item:
    """Its fields, and its places in the two indexes."""
    return attributes(link) | {
        "listed_in": link.connection_id,
        "listed_as": f"{link.state}#{link.id}",
        "due_shard": shard_of(link.id) if link.due_at else None,
    }


def _update(saved: Link, *, seen: Link) -> Write:
    """Everything but `hints`, which only those who wait for the lease count."""
    changes = _attributes(saved)
    del changes["hints"]
    change, values = assignment(changes)
    condition, values = "#version = :seen", values | {":seen": seen.version}
    if not saved.lease_until:
        condition += " AND #hints = :hints" if seen.hints else " AND attribute_not_exists(#hints)"
        values |= {":hints": seen.hints} if seen.hints else {}
    return Write("Update", _key(saved.id), change, condition, values)


def _moved_on(item: Item | None, link: Link) -> bool:
    if item is None or item["version"] != link.version:
        return True
    return not link.lease_until and item.get("hints", 0) != link.hints


def _lease(link_id: str, now: float, until: float) -> Write:
    return Write(
        "Update",
        _key(link_id),
        "SET #lease_until = :until, #due_at = :until, #due_shard = :shard, #version = #version + :one",
        "attribute_exists(#pk) AND (attribute_not_exists(#lease_until) OR #lease_until <= :now)",
        {":until": until, ":shard": shard_of(link_id), ":one": 1, ":now": now},
    )


def _claim(link: Link, side: str) -> Write:
    """A unique id of one side: a lookup that no other link of the connection can have."""
    given = link.issue_id if side == "issue" else link.observation_id
    item = key(f"CONNECTION#{link.connection_id}", f"{side.upper()}#{given}") | {"link_id": link.id}
    return Write("Put", item, "", _MINE, {":mine": link.id})


def _observation_claims(link: Link) -> list[Write]:
    return [_claim(link, "observation")] if link.observation_id else []


def _taken(refusal: Refused, link_id: str) -> Taken:
    name = ("link", "issue", "observation")[refusal.position]
    return Taken(name, link_id if name == "link" else (refusal.item or {}).get("link_id", ""))


def _in_state(connection_id: str, begins: str) -> Search:
    condition, values = "#listed_in = :in", {":in": connection_id}
    if begins:
        condition, values = f"{condition} AND begins_with(#listed_as, :begins)", values | {":begins": begins}
    return Search(condition, values, index="by_connection", keys=_BY_CONNECTION)


def _due(shard: str, now: float) -> Search:
    return Search("#due_shard = :shard AND #due_at <= :now", {":shard": shard, ":now": now}, index="due")
