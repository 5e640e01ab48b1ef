"""Links in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from heapq import nsmallest
from typing import TYPE_CHECKING

from plumbline.stores.memory.link_parts import MemoryLinkParts
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Link, LinkState, Page
from plumbline.stores.texts import handed_out, kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plumbline.stores.ports import Work


class MemoryLinks(MemoryLinkParts):
    """Twin of `DynamoLinks`: without a work bucket, long texts are refused."""

    def __init__(self, work: Work | None = None) -> None:
        super().__init__(work)
        self._links: dict[str, Link] = {}
        self._claims: dict[tuple[str, str, str], str] = {}
        self._claimed: defaultdict[str, set[tuple[str, str, str]]] = defaultdict(set)
        self._due: dict[str, float] = {}

    def create(self, link: Link) -> Link:
        if link.id in self._links:
            raise Taken("link", link.id)
        made = kept(replace(link, version=1))
        self._claim(made)
        return self._store(made)

    def get(self, link_id: str) -> Link | None:
        stored = self._links.get(link_id)
        return handed_out(stored) if stored else None

    def by_issue(self, connection_id: str, issue_id: str) -> Link | None:
        return self.get(self._claims.get((connection_id, "issue", issue_id), ""))

    def by_observation(self, connection_id: str, observation_id: str) -> Link | None:
        return self.get(self._claims.get((connection_id, "observation", observation_id), ""))

    def of_connection(
        self, connection_id: str, *, state: str = "", limit: int = 100, token: str = ""
    ) -> Page:
        begins = f"{state}#" if state else ""
        names, last = self._listed.page(connection_id, begins, limit=limit, token=token)
        return Page(tuple(handed_out(self._links[name.partition("#")[2]]) for name in names), last)

    def counts(self, connection_id: str) -> dict[str, int]:
        return {str(state): self._listed.count(connection_id, f"{state}#") for state in LinkState}

    def save(self, link: Link) -> Link:
        stored = self._links.get(link.id)
        if stored is None or stored.version != link.version:
            raise Stale
        if not link.lease_until and stored.hints != link.hints:
            raise Stale
        saved = kept(replace(link, version=link.version + 1, hints=stored.hints))
        self._claim(saved)
        return replace(self._store(saved), hints=link.hints)

    def lease(self, link_id: str, *, now: float, until: float) -> Link | None:
        stored = self._links.get(link_id)
        if stored is None:
            return None
        if stored.lease_until > now:
            self._links[link_id] = replace(stored, hints=stored.hints + 1)
            return None
        return self._store(replace(stored, lease_until=until, due_at=until, version=stored.version + 1))

    def due(self, *, now: float, limit: int) -> Sequence[str]:
        found = ((due_at, link_id) for link_id, due_at in self._due.items() if due_at <= now)
        return [link_id for _, link_id in nsmallest(limit, found)]

    def delete(self, link: Link) -> None:
        self._drop_parts(link.id)
        for place in self._claimed.pop(link.id, ()):
            del self._claims[place]
        stored = self._links.pop(link.id, None)
        self._due.pop(link.id, None)
        if stored:
            self._listed.move(stored.connection_id, _listed_as(stored), "")

    def _store(self, link: Link) -> Link:
        """Put a checked link in its places; returns one whose dicts are the caller's own."""
        before = self._links.get(link.id)
        self._listed.move(link.connection_id, _listed_as(before), _listed_as(link))
        self._links[link.id] = link
        if link.due_at:
            self._due[link.id] = link.due_at
        else:
            self._due.pop(link.id, None)
        return handed_out(link)

    def _claim(self, link: Link) -> None:
        """Claim both ids, or neither. Raises `Taken`."""
        given = {"issue": link.issue_id, "observation": link.observation_id}
        wanted = {(link.connection_id, side, id_): side for side, id_ in given.items() if id_}
        for place, side in wanted.items():
            if (holder := self._claims.get(place, link.id)) != link.id:
                raise Taken(side, holder)
        self._claims |= dict.fromkeys(wanted, link.id)
        self._claimed[link.id] |= wanted.keys()


def _listed_as(link: Link | None) -> str:
    return f"{link.state}#{link.id}" if link else ""
