"""The API's records with the oddities of the real ones: mixed ids, three date formats, kinds of empty."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from sandbox.cxalloy.files import content_type
from sandbox.cxalloy.world import name_of

if TYPE_CHECKING:
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
    asset = next((a for a in world.assets if a.asset_key == issue.asset_key), None)
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
        "due_date": f"{issue.due_date:%m/%d/%Y}" if issue.due_date else None,
        "date_closed": None,
        "date_created": f"{issue.date_created:%m/%d/%Y}" if issue.date_created else None,
        "created_by": issue.created_by,
        "assigned_type": issue.assigned_type,
        "assigned_key": issue.assigned_key,
        "assigned_name": assignee_name(issue, world),
        "source_type": issue.source_type,
    }
    record = oddly(record, issue.issue_id, settings)
    if "comments" in include:
        record["comments"] = _comments(issue, settings)
    if "extended_status" in include:
        record["extended_status"] = _extended_status(issue, world)
    if "files" in include and settings.files_in_include:
        record["files"] = files
    return record


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
    if issue.assigned_type == "person":
        return next((p.name for p in world.people if p.person_id == issue.assigned_key), None)
    entries = {"company": world.companies, "role": world.roles}.get(issue.assigned_type or "", [])
    return name_of(entries, issue.assigned_key)


def _comments(issue: Issue, settings: Settings) -> list[dict[str, Any]]:
    ordered = sorted(issue.comments, key=lambda comment: comment.date_created)
    if settings.comments_order == "newest_first":
        ordered.reverse()
    return [comment_record(comment, issue.issue_id, settings) for comment in ordered]


def comment_record(comment: Comment, issue_id: str, settings: Settings) -> dict[str, Any]:
    """Return a comment; its time is in the second of the API's three formats."""
    record = {
        "issuecomment_id": comment.issuecomment_id,
        "fk_issue": issue_id,
        "comment": comment.comment,
        "created_name": comment.created_name,
        "date_created": f"{comment.date_created:%m/%d/%Y %H:%M:%S} UTC",
    }
    return {**record, "issuecomment_id": _mixed(comment.issuecomment_id, comment.issuecomment_id, settings)}


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
    odd: dict[str, Any] = {}
    for name, value in record.items():
        if value not in (None, ""):
            odd[name] = _mixed(value, f"{record_id}{name}", settings) if _is_id(name) else value
        elif name in ALWAYS_THERE or (kind := _dice(f"{record_id}{name}", settings) % 3) == 0:
            odd[name] = ""
        elif kind == 1:
            odd[name] = None
    return odd


def _is_id(name: str) -> bool:
    return name.endswith(("_id", "_key"))


def _mixed(value: str, seed: str, settings: Settings) -> str | int:
    # An id such as 007 would not survive as a number.
    canonical = value.isdecimal() and str(int(value)) == value
    return int(value) if settings.odd_values and canonical and _dice(seed, settings) % 2 else value


def _dice(seed: str, settings: Settings) -> int:
    return zlib.crc32(f"{settings.salt}{seed}".encode())
