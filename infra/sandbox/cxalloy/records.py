"""The API's records with the oddities of the real ones: mixed ids, three date formats, kinds of empty."""

from __future__ import annotations

import functools
import re
import zlib
from typing import TYPE_CHECKING, Any

from sandbox.cxalloy.files import content_type
from sandbox.cxalloy.world import name_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from sandbox.cxalloy.settings import Settings
    from sandbox.cxalloy.world import Comment, CxAlloyWorld, FileSpec, Issue, Project

ALWAYS_THERE = {"issue_id", "project_id", "name", "section"}


def project_record(project: Project, settings: Settings) -> dict[str, Any]:
    """Return a project as the API shows it; it does not say whether the key may write."""
    record = {"project_id": project.project_id, "name": project.name, "number": None, "status": "active"}
    return oddly(record, project.project_id, settings)


def issue_record(
    issue: Issue, world: CxAlloyWorld, include: set[str], files: list[dict[str, Any]], settings: Settings
) -> dict[str, Any]:
    """Return an issue as the API shows it, with the parts asked for in `include`."""
    asset = world.asset(issue.asset_key) if issue.asset_key else None
    record: dict[str, Any] = {
        "issue_id": issue.issue_id,
        "project_id": issue.project_id,
        "name": issue.name,
        "description": issue.description,
        "section": issue.section,
        "drawing": None,
        "asset_name": asset.asset_name if asset else None,
        "asset_type": asset.asset_type if asset else None,
        "asset_key": asset.asset_key if asset else None,
        **_listed(issue, world),
        "due_date": _us_day(issue.due_date),
        "date_closed": None,
        "date_created": _us_day(issue.date_created),
        "created_by": issue.created_by,
        "assigned_type": issue.assigned_type,
        "assigned_key": issue.assigned_key,
        "assigned_name": assignee_name(issue, world),
        "source_type": issue.source_type,
    }
    if settings.title_field:
        record[settings.title_field] = issue.title
    record = oddly(record, issue.issue_id, settings)
    if "comments" in include:
        record["comments"] = _comments(issue, settings)
    if "extended_status" in include:
        record["extended_status"] = _extended_status(issue, world)
    if "files" in include and settings.files_in_include:
        record["files"] = files
    return record


@functools.lru_cache(maxsize=4096)
def _us_day(day: date | None) -> str | None:
    return f"{day:%m/%d/%Y}" if day else None


def _listed(issue: Issue, world: CxAlloyWorld) -> dict[str, str | None]:
    return {
        "priority_id": issue.priority_id,
        "priority": name_of(world.priorities, issue.priority_id),
        "discipline_id": issue.discipline_id,
        "discipline": name_of(world.disciplines, issue.discipline_id),
        "issuetype_id": issue.issuetype_id,
        "issuetype": name_of(world.issue_types, issue.issuetype_id),
        "status_id": issue.status_id,
        "status": name_of(world.statuses, issue.status_id),
    }


def assignee_name(issue: Issue, world: CxAlloyWorld) -> str | None:
    """Return the name of the person, company or role that an issue is assigned to."""
    found = world.assignable(issue.assigned_type, issue.assigned_key)
    return found.name if found else None


def _comments(issue: Issue, settings: Settings) -> list[dict[str, Any]]:
    ordered = sorted(issue.comments, key=lambda comment: comment.date_created)
    if settings.comments_order == "newest_first":
        ordered.reverse()
    return [comment_record(comment, issue.issue_id, settings) for comment in ordered]


def comment_record(comment: Comment, issue_id: str, settings: Settings) -> dict[str, Any]:
    """Return a comment; its time is in the second of the API's three formats."""
    comment_id = comment.issuecomment_id
    salt = settings.salt if settings.odd_values else None
    return {
        "issuecomment_id": comment_id if salt is None else _mixed(comment_id, comment_id, salt),
        "fk_issue": issue_id,
        "comment": comment.comment,
        "created_name": comment.created_name,
        "date_created": _us_moment(comment.date_created),
    }


@functools.lru_cache(maxsize=16_384)
def _us_moment(moment: datetime) -> str:
    return f"{moment:%m/%d/%Y %H:%M:%S} UTC"


def _extended_status(issue: Issue, world: CxAlloyWorld) -> dict[str, str]:
    """Return when each status was visited, several visits joined by line feeds, in the third format."""
    shown: dict[str, list[tuple[str, str]]] = {}
    for change in issue.status_log:
        name = name_of(list(world.statuses), change.status_id) or change.status_id
        slug = re.sub(r"\s+", "_", name.lower())
        shown.setdefault(slug, []).append((f"{change.at:%Y-%m-%d %H:%M:%S}", change.person))
    dates = {f"{slug}_date": "\n".join(at for at, _ in visits) for slug, visits in shown.items()}
    return dates | {f"{slug}_person": "\n".join(who for _, who in visits) for slug, visits in shown.items()}


def file_record(file: FileSpec, project_id: str, url: str | None) -> dict[str, Any]:
    """Return a file; no public source shows its fields, so these are the sandbox's own guess."""
    record = {
        "file_id": file.id,
        "project_id": project_id,
        "issue_id": file.issue_id,
        "name": file.name,
        "size": file.size,
        "content_type": content_type(file),
    }
    return record | ({"url": url} if url else {})


def oddly(record: dict[str, Any], record_id: str, settings: Settings) -> dict[str, Any]:
    """Return the record with ids now text, now numbers, and empty values as "", null or left out."""
    if not settings.odd_values:
        return record
    return dict(_odd_items(tuple(record.items()), record_id, settings.salt))


# The same record is shown over and over, and a simulation makes millions of calls.
@functools.lru_cache(maxsize=4096)
def _odd_items(items: tuple[tuple[str, Any], ...], record_id: str, salt: int) -> list[tuple[str, Any]]:
    odd: list[tuple[str, Any]] = []
    for name, value in items:
        if value not in (None, ""):
            odd.append((name, _mixed(value, f"{record_id}{name}", salt) if _is_id(name) else value))
        elif name in ALWAYS_THERE or (kind := _dice(f"{record_id}{name}", salt) % 3) == 0:
            odd.append((name, ""))
        elif kind == 1:
            odd.append((name, None))
    return odd


def _is_id(name: str) -> bool:
    return name.endswith(("_id", "_key"))


def _mixed(value: str, seed: str, salt: int) -> str | int:
    # An id such as 007 would not survive as a number.
    canonical = value.isdecimal() and str(int(value)) == value
    return int(value) if canonical and _dice(seed, salt) % 2 else value


def _dice(seed: str, salt: int) -> int:
    return zlib.crc32(f"{salt}{seed}".encode())
