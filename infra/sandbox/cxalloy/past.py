"""What issues were like a while ago, for answers that lag behind the writes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.cxalloy.world import FileSpec, Issue


@dataclass(frozen=True, slots=True)
class Seen:
    """An issue with its files as a reader sees them."""

    issue: Issue
    files: list[FileSpec]


class Past:
    """Keeps each issue as it was before a change, for as long as answers may lag."""

    def __init__(self) -> None:
        self._kept: dict[str, list[tuple[float, Seen | None]]] = {}

    def keep(self, issue_id: str, before: Seen | None, now: float, seconds: float) -> None:
        """Keep a copy; `before` is None where the change makes the issue."""
        copy = before and Seen(before.issue.model_copy(deep=True), list(before.files))
        recent = [(at, seen) for at, seen in self._kept.get(issue_id, []) if at > now - seconds]
        self._kept[issue_id] = [*recent, (now, copy)]

    def then(self, present: Seen, moment: float) -> Seen | None:
        """Return the issue as it was at a moment, None where it was not there yet."""
        for at, seen in self._kept.get(present.issue.issue_id, []):
            if at > moment:
                return seen
        return present
