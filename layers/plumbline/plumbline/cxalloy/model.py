"""CxAlloy TQ's things as Plumbline holds them: ids as text, empties as None, comments oldest first."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Asset:
    """What an issue is about; `type` is a word such as "equipment"."""

    type: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Assignee:
    """Who an issue is assigned to; `type` is "person", "company" or "role"."""

    type: str
    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of an issue; it has no author id and no modified time."""

    id: str
    text: str
    author: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssueFile:
    """A file of an issue; `size` in bytes; `url`, where the answer has one, may be short-lived."""

    id: str
    name: str
    size: int | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue; `number` is what the API calls `name`, `section` is "construction" or "design".

    `title` is None unless the tracker's calls name a field for it.
    """

    id: str
    project_id: str
    number: str
    description: str
    section: str
    status_id: str | None
    status: str | None
    priority_id: str | None
    priority: str | None
    discipline_id: str | None
    discipline: str | None
    type_id: str | None
    type: str | None
    due_date: date | None
    created_on: date | None
    created_by: str | None
    asset: Asset | None
    assignee: Assignee | None
    source: str | None
    comments: tuple[Comment, ...]
    files: tuple[IssueFile, ...]
    title: str | None = None
    missing: frozenset[str] = frozenset()  # fields whose keys the answer lacks, by the names of sync settings


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A record that could not be read: its issue id where that much is known, and why."""

    issue_id: str | None
    cause: str


@dataclass(frozen=True, slots=True)
class IssuePage:
    """One page of a listing.

    `complete` is None until the last page. There it is True when every id came once and the server's count
    was the same all along and was reached; a False listing proves nothing about what is missing from it.
    """

    issues: tuple[Issue, ...]
    unreadable: tuple[Unreadable, ...]
    number: int
    total: int | None
    complete: bool | None


@dataclass(frozen=True, slots=True)
class Project:
    """A project; `read_only` is None where the record does not say."""

    id: str
    name: str
    read_only: bool | None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone an issue can be assigned to; `email` is "" where none is told."""

    key: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Company:
    """A company an issue can be assigned to."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role an issue can be assigned to."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Access:
    """What a key reaches and whether it may write, as far as that could be told."""

    projects: tuple[Project, ...]
    mode: Literal["read_write", "read_only", "unknown"]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The lists of a project as learned from its issues, id to name; no public call lists them."""

    statuses: Mapping[str, str]
    priorities: Mapping[str, str]
    disciplines: Mapping[str, str]
    types: Mapping[str, str]


def vocabulary(issues: Iterable[Issue]) -> Vocabulary:
    """Return every status, priority, discipline and type that these issues name; a later name wins."""
    statuses: dict[str, str] = {}
    priorities: dict[str, str] = {}
    disciplines: dict[str, str] = {}
    types: dict[str, str] = {}
    for issue in issues:
        _learn(statuses, issue.status_id, issue.status)
        _learn(priorities, issue.priority_id, issue.priority)
        _learn(disciplines, issue.discipline_id, issue.discipline)
        _learn(types, issue.type_id, issue.type)
    return Vocabulary(statuses, priorities, disciplines, types)


def _learn(known: dict[str, str], entry_id: str | None, name: str | None) -> None:
    if entry_id is not None:
        known[entry_id] = name or known.get(entry_id, entry_id)


def content_hash(issue: Issue) -> str:
    """Return the SHA-256 (hex) of what an issue says; equal content gives an equal hash.

    A file counts by id, name and size: its address changes with every answer.
    """
    said = [_fields_said(issue), _comments_said(issue), _files_said(issue)]
    return hashlib.sha256(_canonical(said)).hexdigest()


@dataclass(frozen=True, slots=True)
class FacetHashes:
    """16 hexadecimal characters each; `fields` is all of an issue but its comments and files."""

    fields: str
    comments: str
    files: str


def facet_hashes(issue: Issue) -> FacetHashes:
    """Return a hash of each facet of an issue; equal content gives equal hashes.

    A field that was left untold and one that is empty differ: what is told at last is news.
    """
    said = ([*_fields_said(issue), sorted(issue.missing)], _comments_said(issue), _files_said(issue))
    return FacetHashes(*map(_short, said))


_APART = {"asset", "assignee", "comments", "files", "missing"}
_FIELDS = tuple(f.name for f in fields(Issue) if f.name not in _APART)


def _fields_said(issue: Issue) -> list[object]:
    named = [thing and (thing.type, thing.key, thing.name) for thing in (issue.asset, issue.assignee)]
    return [*(getattr(issue, name) for name in _FIELDS), *named]


def _comments_said(issue: Issue) -> list[object]:
    return [(c.id, c.text, c.author, c.created_at) for c in issue.comments]


def _files_said(issue: Issue) -> list[tuple[str, str, str]]:
    return sorted((file.id, file.name, str(file.size)) for file in issue.files)


def _short(content: object) -> str:
    return hashlib.sha256(_canonical(content)).hexdigest()[:16]


def _canonical(content: object) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=lambda day: day.isoformat())
    return text.encode()
