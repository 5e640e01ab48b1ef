"""Links in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.stores import tokens
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Intent, Link, LinkState, Page, StoredFile

if TYPE_CHECKING:
    from collections.abc import Sequence


class MemoryLinks:
    """Twin of `DynamoLinks`."""

    def __init__(self) -> None:
        self._links: dict[str, Link] = {}
        self._issues: dict[tuple[str, str], str] = {}
        self._observations: dict[tuple[str, str], str] = {}
        self._intents: dict[tuple[str, str], Intent] = {}
        self._files: dict[tuple[str, str], StoredFile] = {}

    def create(self, link: Link) -> Link:
        if link.id in self._links:
            raise Taken("link", link.id)
        if holder := self._issues.get((link.connection_id, link.issue_id)):
            raise Taken("issue", holder)
        self._claim_observation(link)
        self._issues[link.connection_id, link.issue_id] = link.id
        self._links[link.id] = replace(link, version=1)
        return self._links[link.id]

    def get(self, link_id: str) -> Link | None:
        return self._links.get(link_id)

    def by_issue(self, connection_id: str, issue_id: str) -> Link | None:
        return self._links.get(self._issues.get((connection_id, issue_id), ""))

    def by_observation(self, connection_id: str, observation_id: str) -> Link | None:
        return self._links.get(self._observations.get((connection_id, observation_id), ""))

    def of_connection(
        self, connection_id: str, *, state: str = "", limit: int = 100, token: str = ""
    ) -> Page:
        begins = f"{state}#" if state else ""
        after = tokens.decode(token, same={"in": connection_id}, begins={"as": begins})
        places = {
            f"{one.state}#{one.id}": one for one in self._links.values() if one.connection_id == connection_id
        }
        start = after["as"] if after else ""
        names = sorted(name for name in places if name.startswith(begins) and name > start)
        shown = names[:limit]
        last = {"in": connection_id, "as": shown[-1]} if len(names) > limit else None
        return Page(tuple(places[name] for name in shown), tokens.encode(last))

    def counts(self, connection_id: str) -> dict[str, int]:
        states = [one.state for one in self._links.values() if one.connection_id == connection_id]
        return {str(state): states.count(state) for state in LinkState}

    def save(self, link: Link) -> Link:
        stored = self._links.get(link.id)
        if stored is None or stored.version != link.version:
            raise Stale
        if not link.lease_until and stored.hints != link.hints:
            raise Stale
        self._claim_observation(link)
        self._links[link.id] = replace(link, version=link.version + 1, hints=stored.hints)
        return replace(self._links[link.id], hints=link.hints)

    def lease(self, link_id: str, *, now: float, until: float) -> Link | None:
        stored = self._links.get(link_id)
        if stored is None:
            return None
        if stored.lease_until > now:
            self._links[link_id] = replace(stored, hints=stored.hints + 1)
            return None
        self._links[link_id] = replace(stored, lease_until=until, due_at=until, version=stored.version + 1)
        return self._links[link_id]

    def due(self, *, now: float, limit: int) -> Sequence[str]:
        found = sorted((one.due_at, one.id) for one in self._links.values() if 0 < one.due_at <= now)
        return [link_id for _, link_id in found[:limit]]

    def intents(self, link_id: str) -> Sequence[Intent]:
        return [self._intents[place] for place in sorted(self._intents) if place[0] == link_id]

    def put_intent(self, intent: Intent) -> None:
        self._intents[intent.link_id, intent.key] = intent

    def drop_intent(self, link_id: str, key: str) -> None:
        self._intents.pop((link_id, key), None)

    def drop_intents(self, link_id: str) -> None:
        self._intents = {place: one for place, one in self._intents.items() if place[0] != link_id}

    def files(self, link_id: str) -> Sequence[StoredFile]:
        return [self._files[place] for place in sorted(self._files) if place[0] == link_id]

    def put_file(self, stored: StoredFile) -> None:
        self._files[stored.link_id, stored.file_id] = stored

    def drop_files(self, link_id: str) -> None:
        self._files = {place: one for place, one in self._files.items() if place[0] != link_id}

    def _claim_observation(self, link: Link) -> None:
        if not link.observation_id:
            return
        holder = self._observations.setdefault((link.connection_id, link.observation_id), link.id)
        if holder != link.id:
            raise Taken("observation", holder)
