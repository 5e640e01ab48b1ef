"""The changes of the world, by a call or by a person; each is noted with its old and new values."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.fields import stored_text
from sandbox.cxalloy.past import Seen
from sandbox.cxalloy.world import Comment, Issue, StatusChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import FileSpec


def create(
    sandbox: CxAlloySandbox, project_id: str, fields: Mapping[str, Any], author: str, by: str
) -> Issue:
    """Make an issue from accepted fields and return it; without a status it gets the initial one."""
    known = len(sandbox.world.issues_of(project_id))
    fields = {"status_id": sandbox.world.initial_status(), **fields}
    issue = Issue(
        issue_id=sandbox.new_id(), project_id=project_id, name=f"ISS-{known + 1}", created_by=author,
        date_created=sandbox.now().date(), **fields,
    )  # fmt: skip
    if sandbox.settings.stale_seconds:
        sandbox.past.keep(issue.issue_id, None, sandbox.clock(), sandbox.settings.stale_seconds)
    sandbox.world.issues.append(issue)
    changes = {name: _pair(None, getattr(issue, name)) for name in fields}
    sandbox.note("issue created", by, issue.issue_id, project_id=project_id, changes=changes)
    return issue


def edit(
    sandbox: CxAlloySandbox, issue: Issue, fields: Mapping[str, Any], by: str, sent: Mapping[str, Any]
) -> None:
    """Set accepted fields of an issue; `sent` is what was asked for, before anything was normalised."""
    _remember(sandbox, issue)
    changes = {}
    for name, value in fields.items():
        before = getattr(issue, name)
        if before != value:
            setattr(issue, name, value)
            changes[name] = _pair(before, value)
    if "status_id" in changes:
        visit = StatusChange(status_id=issue.status_id, at=sandbox.now(), person=by)
        issue.status_log.append(visit)
    sandbox.note("issue changed", by, issue.issue_id, changes=changes, sent=dict(sent))


def set_status(sandbox: CxAlloySandbox, issue: Issue, status_id: str, by: str) -> None:
    """Move an issue to a status; raises Refused 422 for one that does not exist."""
    if all(status.id != status_id for status in sandbox.world.statuses):
        raise Refused(422, f"Unknown status {status_id}")
    edit(sandbox, issue, {"status_id": status_id}, by, {"status_id": status_id})


def add_comment(sandbox: CxAlloySandbox, issue: Issue, text: str, author: str, by: str) -> Comment:
    """Add a comment to an issue and return it."""
    _remember(sandbox, issue)
    stored = stored_text(text, sandbox.settings)
    comment = Comment(
        issuecomment_id=sandbox.new_id(), comment=stored, created_name=author, date_created=sandbox.now()
    )  # fmt: skip
    issue.comments.append(comment)
    told = {"issuecomment_id": comment.issuecomment_id, "comment": stored, "created_name": author}
    sandbox.note("comment added", by, issue.issue_id, **told)
    return comment


def add_file(sandbox: CxAlloySandbox, file: FileSpec, by: str) -> None:
    """Add a file, whose bytes are known or made, to its issue."""
    size, digest = sandbox.files.measure(file)
    issue = sandbox.world.issue(file.issue_id)
    if issue is not None:
        _remember(sandbox, issue)
    sandbox.world.files.append(file)
    sandbox.note(
        "file added", by, file.issue_id, file_id=file.id, name=file.name, size=size, sha256=digest
    )  # fmt: skip


def show(sandbox: CxAlloySandbox, issue: Issue, what: str, by: str, **flags: bool) -> None:
    """Set `deleted` or `published`; what is so already is no change and not noted."""
    changes = {n: _pair(getattr(issue, n), v) for n, v in flags.items() if getattr(issue, n) != v}
    if not changes:
        return
    _remember(sandbox, issue)
    for name, value in flags.items():
        setattr(issue, name, value)
    sandbox.note(what, by, issue.issue_id, changes=changes)


def rename_asset(sandbox: CxAlloySandbox, asset_key: str, name: str, by: str) -> None:
    """Give an asset another name, which every issue about it then shows."""
    asset = sandbox.world.asset(asset_key)
    if asset is None:
        raise Refused(404, "No such asset")
    changes = {"asset_name": _pair(asset.asset_name, name)}
    asset.asset_name = name
    sandbox.note("asset renamed", by, "", asset_key=asset_key, changes=changes)


def _remember(sandbox: CxAlloySandbox, issue: Issue) -> None:
    seconds = sandbox.settings.stale_seconds
    if seconds:
        before = Seen(issue, sandbox.world.files_of(issue.issue_id))
        sandbox.past.keep(issue.issue_id, before, sandbox.clock(), seconds)


def _pair(old: Any, new: Any) -> dict[str, Any]:
    return {"old": _plain(old), "new": _plain(new)}


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
