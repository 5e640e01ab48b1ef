"""What a snapshot remembers of an issue, and which of its facets differ from that. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.cxalloy.model import facet_hashes
from plumbline.issues.hints import ISSUE_COMMENTS, ISSUE_FIELDS, ISSUE_FILES

if TYPE_CHECKING:
    from plumbline.connections.settings import SyncSettings
    from plumbline.cxalloy.model import Issue

FACETS = (ISSUE_FIELDS, ISSUE_COMMENTS, ISSUE_FILES)
OUT = "-"  # before the hashes of an issue that was outside the filter when it last changed


def said(issue: Issue) -> str:
    """What an issue says, as a snapshot keeps it: "fields.comments.files"."""
    hashes = facet_hashes(issue)
    return f"{hashes.fields}.{hashes.comments}.{hashes.files}"


def changes(was: str, now: str) -> tuple[str, ...]:
    """The facets that differ; all of them where it is not known what was there before."""
    before = was.removeprefix(OUT).split(".")
    if len(before) != len(FACETS):
        return FACETS
    return tuple(facet for facet, old, new in zip(FACETS, before, now.split("."), strict=True) if old != new)


def joined(some: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """All of these facets, each once."""
    return tuple(facet for facet in FACETS if facet in (*some, *more))


def followed(facets: tuple[str, ...], sync: SyncSettings) -> tuple[str, ...]:
    """The facets among these that the settings keep in sync."""
    off = {ISSUE_COMMENTS: not sync.comments, ISSUE_FILES: not sync.files}
    return tuple(facet for facet in facets if not off.get(facet))


def unseen(changed: tuple[str, ...], seen: str, now: str) -> tuple[str, ...]:
    """The changed facets that are not just as our own last writes left them."""
    known = dict(zip(FACETS, seen.split("."), strict=False))
    return tuple(
        facet
        for facet, mark in zip(FACETS, now.split("."), strict=True)
        if facet in changed and known.get(facet) != mark
    )


def seen(before: str, fields: Issue, rest: Issue, processed: frozenset[str]) -> str:
    """What is remembered as our own doing: the facets that a pass processed, the others as they were."""
    old = before.split(".") if before.count(".") == len(FACETS) - 1 else [""] * len(FACETS)
    new = [said(fields).split(".")[0], *said(rest).split(".")[1:]]
    return ".".join(
        mark if facet in processed else was for facet, mark, was in zip(FACETS, new, old, strict=True)
    )
