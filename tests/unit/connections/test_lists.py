"""The tracker's lists, learned from its issues (A20)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from plumbline.connections import lists
from plumbline.connections.lists import Entry
from plumbline.connections.settings import IssueSettings
from plumbline.cxalloy.model import Asset, Assignee, Issue, IssuePage

if TYPE_CHECKING:
    from collections.abc import Iterator


def _issue(number: int, **given: object) -> Issue:
    base = dict.fromkeys(Issue.__slots__)
    texts = {
        "id": str(number),
        "project_id": "7",
        "number": f"N-{number}",
        "description": "",
        "section": "construction",
    }
    return Issue(**{**base, **texts, "comments": (), "files": (), **given})  # type: ignore[arg-type]


class Pages:
    """A tracker whose listing has several pages."""

    def __init__(self, *pages: tuple[Issue, ...]) -> None:
        self.read = 0
        self._pages = pages

    def issues(self, project_id: str, **asked: bool) -> Iterator[IssuePage]:
        assert asked == {"include_comments": False, "include_files": False}
        for number, issues in enumerate(self._pages, start=1):
            self.read += 1
            yield IssuePage(issues, (), number, None, True if number == len(self._pages) else None)


ONE = _issue(1, status_id="2", status="Ready", asset=Asset("equipment", "71", "AHU-1"))
TWO = _issue(2, status_id="3", status="Done", assignee=Assignee("company", "51", "Aire Ltd"))
THREE = _issue(3, status_id="2", status="Ready", assignee=Assignee("person", "41", "Ana"))


def test_a20_all_pages_are_read_while_there_is_time() -> None:
    tracker = Pages((ONE,), (TWO, THREE))

    told = lists.tracker_lists(tracker, "7", IssueSettings(), time_left=lambda: 10.0)  # type: ignore[arg-type]

    assert told.statuses == (Entry("3", "Done"), Entry("2", "Ready"))
    assert told.companies == (Entry("51", "Aire Ltd"),)
    assert told.assets == (Entry("71", "AHU-1", "equipment"),)
    assert told.complete is True


def test_a20_when_the_time_is_up_the_lists_say_that_they_are_not_complete() -> None:
    tracker = Pages((ONE,), (TWO,), (THREE,))

    told = lists.tracker_lists(tracker, "7", IssueSettings(), time_left=lambda: 0.0)  # type: ignore[arg-type]

    assert (tracker.read, told.complete) == (1, False)
    assert told.statuses == (Entry("2", "Ready"),)


def test_a20_the_trackers_own_name_wins_over_one_added_by_hand() -> None:
    settings = IssueSettings.model_validate(
        {"added_values": {"statuses": {"2": "Old name", "9": "Never seen"}}}
    )

    told = lists.learned([ONE], settings, complete=True)

    assert told.by_field()["status"] == {"2": "Ready", "9": "Never seen"}


def test_rows_of_procore_without_an_id_cannot_be_chosen() -> None:
    rows = [{"id": 1, "name": "A"}, {"name": "B"}, {"id": 2, "name": None}]
    client = SimpleNamespace(rows=lambda *_, **__: iter(rows))

    assert lists.company_entries(client) == (Entry("1", "A"), Entry("2", ""))  # type: ignore[arg-type]
