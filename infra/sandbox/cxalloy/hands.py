"""What people do in CxAlloy TQ itself: each act by a named person, noted like the calls of a key.

Every act takes the sandbox and the person's name first and raises Refused for what cannot be done. Fields
have the names of `world.Issue`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.cxalloy import writes
from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.fields import WRITABLE, accepted
from sandbox.cxalloy.world import FileSpec

if TYPE_CHECKING:
    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import Issue


def create(sandbox: CxAlloySandbox, person: str, project_id: str, **fields: Any) -> str:
    """Make an issue and return its id."""
    _known(fields)
    stored = accepted(sandbox, fields, None)
    return writes.create(sandbox, project_id, stored, person, _by(person)).issue_id


def edit(sandbox: CxAlloySandbox, person: str, issue_id: str, **fields: Any) -> str:
    """Change fields of an issue."""
    _known(fields)
    issue = _seen(sandbox, issue_id)
    writes.edit(sandbox, issue, accepted(sandbox, fields, issue), _by(person), fields)
    return issue_id


def comment(sandbox: CxAlloySandbox, person: str, issue_id: str, text: str) -> str:
    """Comment on an issue and return the comment's id."""
    made = writes.add_comment(sandbox, _seen(sandbox, issue_id), text, person, _by(person))
    return made.issuecomment_id


def add_file(
    sandbox: CxAlloySandbox,
    person: str,
    issue_id: str,
    name: str,
    *,
    content: bytes | None = None,
    size: int = 0,
    kind: str = "bin",
    seed: int = 0,
) -> str:
    """Add a file and return its id: these very bytes, or `size` bytes made from `kind` and `seed`."""
    _seen(sandbox, issue_id)
    file = FileSpec(id=sandbox.new_id(), issue_id=issue_id, name=name, kind=kind, size=size, seed=seed)
    if content is not None:
        file.kind, file.size = "blob", len(content)
        sandbox.files.keep(file.id, content)
    try:
        writes.add_file(sandbox, file, _by(person))
    except ValueError as error:
        # A maker that draws real documents has a least size for each kind.
        raise Refused(422, str(error)) from error
    return file.id


def delete(sandbox: CxAlloySandbox, person: str, issue_id: str) -> str:
    """Delete an issue."""
    writes.show(sandbox, _any(sandbox, issue_id), "issue deleted", _by(person), deleted=True)
    return issue_id


def undo_delete(sandbox: CxAlloySandbox, person: str, issue_id: str) -> str:
    """Bring a deleted issue back with its id (CxAlloy help, article 577)."""
    writes.show(sandbox, _any(sandbox, issue_id), "deletion undone", _by(person), deleted=False)
    return issue_id


def unpublish(sandbox: CxAlloySandbox, person: str, issue_id: str) -> str:
    """Hide an issue, as a draft field observation report does."""
    writes.show(sandbox, _any(sandbox, issue_id), "issue unpublished", _by(person), published=False)
    return issue_id


def publish(sandbox: CxAlloySandbox, person: str, issue_id: str) -> str:
    """Show a hidden issue again."""
    writes.show(sandbox, _any(sandbox, issue_id), "issue published", _by(person), published=True)
    return issue_id


def rename_asset(sandbox: CxAlloySandbox, person: str, asset_key: str, name: str) -> str:
    """Give an asset another name."""
    writes.rename_asset(sandbox, asset_key, name, _by(person))
    return asset_key


ACTS = {
    act.__name__: act
    for act in (
        create, edit, comment, add_file, delete, undo_delete, unpublish, publish, rename_asset
    )
}  # fmt: skip


def _by(person: str) -> str:
    return f"person:{person}"


def _known(fields: dict[str, Any]) -> None:
    if odd := sorted(fields.keys() - WRITABLE):
        raise Refused(422, f"An issue has no field {odd[0]}")


def _any(sandbox: CxAlloySandbox, issue_id: str) -> Issue:
    issue = sandbox.world.issue(issue_id)
    if issue is None:
        raise Refused(404, "No such issue")
    return issue


def _seen(sandbox: CxAlloySandbox, issue_id: str) -> Issue:
    issue = _any(sandbox, issue_id)
    if issue.deleted:
        raise Refused(404, "The issue is deleted")
    return issue
