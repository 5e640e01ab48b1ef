"""What hangs on links, in memory: intents, files, known response logs, conflicts and undo."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import asdict
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from plumbline.stores.entries import conflict_place, conflicts_place, in_whole_seconds
from plumbline.stores.memory.listing import Listing
from plumbline.stores.ports import Stale
from plumbline.stores.records import Conflict, Intent, Page, StoredFile, Undo
from plumbline.stores.texts import brought_in, drop_texts, handed_out, kept, moved_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plumbline.stores.ports import Work

    Part = TypeVar("Part")

_in_time = attrgetter("at", "id")


class MemoryLinkParts:
    """Twin of `DynamoLinkParts`: parts by their link's id, then by their own."""

    def __init__(self, work: Work | None = None) -> None:
        self._work = work
        self._intents: defaultdict[str, dict[str, Intent]] = defaultdict(dict)
        self._files: defaultdict[str, dict[str, StoredFile]] = defaultdict(dict)
        self._conflicts: defaultdict[str, dict[str, Conflict]] = defaultdict(dict)
        self._undos: defaultdict[str, dict[str, Undo]] = defaultdict(dict)
        self._logs: dict[tuple[str, str], str] = {}
        self._logs_of: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
        self._listed = Listing()
        self._places: dict[str, tuple[str, str]] = {}

    def intents(self, link_id: str) -> Sequence[Intent]:
        return _in_order(self._intents, link_id)

    def put_intent(self, intent: Intent, *, first: bool = False) -> None:
        known = self._intents[intent.link_id].get(intent.key)
        if first and known and known.started_at != intent.started_at:
            raise Stale
        self._intents[intent.link_id][intent.key] = kept(intent)

    def drop_intent(self, link_id: str, key: str) -> None:
        self._intents[link_id].pop(key, None)

    def drop_intents(self, link_id: str) -> None:
        self._intents.pop(link_id, None)

    def files(self, link_id: str) -> Sequence[StoredFile]:
        return _in_order(self._files, link_id)

    def put_file(self, stored: StoredFile) -> None:
        self._files[stored.link_id][stored.file_id] = kept(stored)

    def drop_files(self, link_id: str) -> None:
        self._files.pop(link_id, None)

    def note_log(self, connection_id: str, log_id: str, link_id: str) -> None:
        self._logs[connection_id, log_id] = link_id
        self._logs_of[link_id].add((connection_id, log_id))

    def by_log(self, connection_id: str, log_id: str) -> str:
        return self._logs.get((connection_id, log_id), "")

    def put_conflict(self, conflict: Conflict) -> None:
        own = self._conflicts[conflict.link_id]
        held = kept(moved_out(conflict, self._work))
        before, own[held.id] = own.get(held.id), held
        place = conflict_place(held)
        listed_in = conflicts_place(held.connection_id)
        self._listed.move(listed_in, conflict_place(before) if before else "", place)
        self._places[place] = held.link_id, held.id

    def conflict(self, link_id: str, conflict_id: str) -> Conflict | None:
        held = self._conflicts[link_id].get(conflict_id)
        return brought_in(held, self._work) if held else None

    def conflicts(self, link_id: str) -> Sequence[Conflict]:
        held = sorted(self._conflicts[link_id].values(), key=_in_time)
        return [brought_in(one, self._work) for one in held]

    def conflicts_of(self, connection_id: str, *, state: str = "", limit: int = 100, token: str = "") -> Page:
        begins = f"{state}#" if state else ""
        names, last = self._listed.page(conflicts_place(connection_id), begins, limit=limit, token=token)
        held = [self._conflicts[link_id][id_] for link_id, id_ in map(self._places.__getitem__, names)]
        return Page(tuple(brought_in(one, self._work) for one in held), last)

    def put_undo(self, undo: Undo) -> None:
        held = kept(moved_out(in_whole_seconds(undo), self._work))
        self._undos[held.link_id][held.id] = held

    def undo(self, link_id: str, undo_id: str) -> Undo | None:
        held = self._undos[link_id].get(undo_id)
        return brought_in(handed_out(held), self._work) if held else None

    def undos(self, link_id: str) -> Sequence[Undo]:
        held = sorted(self._undos[link_id].values(), key=_in_time)
        return [brought_in(handed_out(one), self._work) for one in held]

    def _drop_parts(self, link_id: str) -> None:
        """Remove everything that hangs on a link, its long texts too."""
        for conflict in self._conflicts.pop(link_id, {}).values():
            self._listed.move(conflicts_place(conflict.connection_id), conflict_place(conflict), "")
            drop_texts(asdict(conflict), self._work)
        for undo in self._undos.pop(link_id, {}).values():
            drop_texts(asdict(undo), self._work)
        for place in self._logs_of.pop(link_id, set()):
            if self._logs.get(place) == link_id:
                del self._logs[place]
        self.drop_intents(link_id)
        self.drop_files(link_id)


def _in_order(parts: dict[str, dict[str, Part]], link_id: str) -> list[Part]:
    return [part for _, part in sorted(parts.get(link_id, {}).items())]
