"""Comments as they are written on the other side (A30, A32, A50).

Pure. The first line names the author, the time and the id where the comment comes from, which is its machine
key: by it a comment is found again after a crash, and known for a copy of ours.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plumbline.issues.text import CUT, clip, one_line, plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plumbline.cxalloy.model import Comment, IssueFile

COMMENT_LIMIT = 60_000  # ours: Procore's pages state none
EMPTY_COMMENT = "(no text)"

_OF_TRACKER = re.compile(r"\[[^\n]{0,500}CxAlloy comment ([^\]\n]{1,64})\]")
_OF_FILES = re.compile(r"\[[^\n]{0,200}CxAlloy files? ([^\]\n]{1,4000})\]")
_OF_LOG = re.compile(r"\[[^\n]{0,500}Procore comment ([^\]\n]{1,64})\]")


def comment_mark(comment_id: str) -> str:
    """What tells one comment of the tracker from all others, in the text at Procore."""
    return f"CxAlloy comment {comment_id}]"


def comment(comment: Comment) -> str:
    """A comment with its true author and time, which Procore would otherwise show as ours."""
    when = comment.created_at.strftime("%Y-%m-%d %H:%M UTC") if comment.created_at else "time unknown"
    head = f"[{one_line(comment.author) or 'Unknown author'}, {when}, {comment_mark(comment.id)}"
    body = clip(plain(comment.text), COMMENT_LIMIT - len(head) - 1, CUT) or EMPTY_COMMENT
    return f"{head}\n{body}"


def late_file_mark(file_id: str) -> str:
    """What tells the note about one later file from all others."""
    return f"CxAlloy file {file_id}]"


def late_file(file: IssueFile) -> str:
    """The note under which a file travels that was added while its issue was being copied."""
    return f"[Added in CxAlloy during the copy, {late_file_mark(file.id)}\n{one_line(file.name)}"


def files_mark(file_ids: Iterable[str]) -> str:
    """What tells the note that carries these files from all others."""
    return f"CxAlloy files {', '.join(file_ids)}]"


def files_note(files: Sequence[IssueFile]) -> str:
    """The note under which files travel that were added to an issue after its observation was made."""
    names = "\n".join(one_line(file.name) for file in files)
    return f"[Added in CxAlloy, {files_mark(file.id for file in files)}\n{names}"


def log_mark(log_id: str) -> str:
    """What tells one comment of Procore from all others, in the text at the tracker."""
    return f"Procore comment {log_id}]"


def log_comment(log_id: str, author: str, when: str, body: str) -> str:
    """A comment of Procore with its true author and time, as it is written on the issue."""
    head = f"[{one_line(author) or 'Unknown author'}, {when or 'time unknown'}, {log_mark(log_id)}"
    return f"{head}\n{clip(plain(body), COMMENT_LIMIT - len(head) - 1, CUT) or EMPTY_COMMENT}"


def tracker_comment_of(log: str) -> str:
    """The id of the tracker's comment that a comment at Procore says it carries; "" where it says none."""
    found = _OF_TRACKER.match(log)
    return found[1] if found else ""


def tracker_files_of(log: str) -> tuple[str, ...]:
    """The ids of the tracker's files that a note at Procore says it carries."""
    found = _OF_FILES.match(log)
    return tuple(part.strip() for part in found[1].split(",")) if found else ()


def log_of(comment: str) -> str:
    """The id of Procore's comment that a comment at the tracker says it carries; "" where it says none."""
    found = _OF_LOG.match(comment)
    return found[1] if found else ""


def edit_mark(comment_id: str, count: int) -> str:
    """What tells one edit of a comment from all others, in the text at Procore."""
    return f"edit {count}, {comment_mark(comment_id)}"


def edited(written: str, comment_id: str, count: int) -> str:
    """A marked follow-up for a comment whose text changed: Procore's comments cannot be edited (A32)."""
    head, _, body = written.partition("\n")
    return f"{head.removesuffix(comment_mark(comment_id))}{edit_mark(comment_id, count)}\n{body}"


def asset_mark(count: int) -> str:
    """What tells the note about one change of an asset from all others."""
    return f"CxAlloy asset change {count}]"


def asset_note(line: str, count: int) -> str:
    """The note about a changed asset, where the description is formatted and stays as it is (A50)."""
    return f"[{asset_mark(count)}\n{line}"
