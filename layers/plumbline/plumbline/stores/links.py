"""Links in DynamoDB: the lease, the version, the unique ids on both sides, and what is due.

A link's STATE and its parts are one collection. Its lookups, by issue and by observation, are items of the
connection's collection, written in one transaction with the link.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from operator import itemgetter
from typing import TYPE_CHECKING

from plumbline.errors import Retry
from plumbline.stores import tokens
from plumbline.stores.items import Item, attributes, from_item
from plumbline.stores.link_parts import MINE, DynamoLinkParts, listed, lookup
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Link, LinkState, Page
from plumbline.stores.table import TRIES, Refused, Search, Write, assignment, key

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARDS = "0123456789abcdef"
"""Due links are spread over so many partitions of the index, by the hash of their id."""

_NEW = "attribute_not_exists(#pk)"


class DynamoLinks(DynamoLinkParts):
    """The links table; without a work bucket, the long texts of conflicts and undo are refused."""

    def create(self, link: Link) -> Link:
        made = replace(link, version=1)
        item = {name: value for name, value in _attributes(made).items() if value is not None}
        state, claims = Write("Put", _key(link.id) | item, condition=_NEW), _claims(made)
        try:
            self._table.transact(state, *claims.values())
        except Refused as refusal:
            if refusal.position == 0:
                raise Taken("link", link.id) from refusal
            raise _taken(refusal, claims) from refusal
        return made

    def get(self, link_id: str) -> Link | None:
        item = self._table.get(**_key(link_id))
        return from_item(Link, item) if item else None

    def by_issue(self, connection_id: str, issue_id: str) -> Link | None:
        return self._looked_up(connection_id, _name("issue", issue_id))

    def by_observation(self, connection_id: str, observation_id: str) -> Link | None:
        return self._looked_up(connection_id, _name("observation", observation_id))

    def of_connection(
        self, connection_id: str, *, state: str = "", limit: int = 100, token: str = ""
    ) -> Page:
        begins = f"{state}#" if state else ""
        after = tokens.decode(
            token,
            same={"listed_in": connection_id, "sk": "STATE"},
            begins={"listed_as": begins, "pk": "LINK#"},
        )
        items, last = self._table.page(listed(connection_id, begins), limit=limit, after=after)
        return Page(tuple(from_item(Link, item) for item in items), tokens.encode(last))

    def counts(self, connection_id: str) -> dict[str, int]:
        # One query for all states, of an index that holds keys only: some 100 bytes a link, so 10,000 links
        # are two pages; whole items were twenty. A counter would be one more write for each change of state,
        # of a row that all workers meet at.
        search = replace(listed(connection_id, ""), index="by_state")
        states = Counter(name.partition("#")[0] for name in self._table.texts(search, "listed_as"))
        return {str(state): states[state] for state in LinkState}

    def save(self, link: Link) -> Link:
        saved = replace(link, version=link.version + 1)
        update = _update(saved, seen=link)
        same = [
            f" AND #{name} = :to_{name}" for name in ("issue_id", "observation_id") if getattr(link, name)
        ]
        try:
            self._table.write(replace(update, condition=update.condition + "".join(same)))
        except Refused as refusal:
            if _moved_on(refusal.item, link):
                raise Stale from refusal
            self._save_with_claims(update, _claims(saved))
        return saved

    def _save_with_claims(self, update: Write, claims: dict[str, Write]) -> None:
        try:
            self._table.transact(update, *claims.values())
        except Refused as refusal:
            if refusal.position == 0:
                raise Stale from refusal
            raise _taken(refusal, claims) from refusal

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

    def delete(self, link: Link) -> None:
        self._drop_all(link.id)
        # The index that lists the lookups follows the table: what the link itself names is freed in any case.
        given = [("issue", link.issue_id), ("observation", link.observation_id)]
        given += [("observation", former) for former in link.former_observation_ids]
        for side, id_ in filter(itemgetter(1), given):
            self._free(key(f"CONNECTION#{link.connection_id}", _name(side, id_)), link.id)
        self._table.write(Write("Delete", _key(link.id)))

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


def _claims(link: Link) -> dict[str, Write]:
    """For each side its unique id, if it has one: a lookup that no other link of the connection can have."""
    given = {"issue": link.issue_id, "observation": link.observation_id}
    return {side: _claim(link, _name(side, id_)) for side, id_ in given.items() if id_}


def _claim(link: Link, name: str) -> Write:
    return Write("Put", lookup(link.connection_id, name, link.id), "", MINE, {":mine": link.id})


def _name(side: str, given: str) -> str:
    return f"{side.upper()}#{given}"


def _taken(refusal: Refused, claims: dict[str, Write]) -> Taken:
    """Which side was refused; the link itself is the first write, before the claims."""
    side = list(claims)[refusal.position - 1]
    return Taken(side, (refusal.item or {}).get("link_id", ""))


def _due(shard: str, now: float) -> Search:
    return Search("#due_shard = :shard AND #due_at <= :now", {":shard": shard, ":now": now}, index="due")
