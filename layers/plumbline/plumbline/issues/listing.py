"""One reading of a tracker project, whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.cxalloy.model import Issue, Unreadable


@dataclass(frozen=True, slots=True)
class Listing:
    """A whole project as read: `complete` says whether it may be taken for all there is."""

    issues: tuple[Issue, ...]
    unreadable: tuple[Unreadable, ...]
    complete: bool


def read(tracker: CxAlloyClient, project_id: str) -> Listing:
    """Read all pages. Raises what the tracker's client raises."""
    issues: list[Issue] = []
    unreadable: list[Unreadable] = []
    complete = False
    for page in tracker.issues(project_id):
        issues += page.issues
        unreadable += page.unreadable
        complete = bool(page.complete)
    return Listing(tuple(issues), tuple(unreadable), complete)
