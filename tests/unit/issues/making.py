"""Issues for the tests of the pure core: one believable issue, and random ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from plumbline.cxalloy.model import Asset, Comment, Issue, IssueFile

ISSUE = Issue(
    id="1001",
    project_id="50",
    number="CI-12",
    description="AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.",
    section="construction",
    status_id="3103",
    status="Ready for Procore",
    priority_id="1",
    priority="High",
    discipline_id="10",
    discipline="Mechanical",
    type_id="20",
    type="Functional",
    due_date=date(2026, 3, 15),
    created_on=date(2026, 2, 1),
    created_by="Ana Souza",
    asset=Asset("equipment", "77", "AHU-3"),
    assignee=None,
    source=None,
    comments=(),
    files=(),
)


def issue(**changes: Any) -> Issue:
    """The believable issue with some fields changed."""
    return replace(ISSUE, **changes)


def comment(id_: str, text: str = "Checked.", author: str = "Ana Souza") -> Comment:
    """A comment of 3 February 2026, 10:00."""
    return Comment(id_, text, author, datetime(2026, 2, 3, 10, 0, tzinfo=UTC))


def file(id_: str, name: str = "trend.csv") -> IssueFile:
    """A file of 1,200 bytes."""
    return IssueFile(id_, name, 1200, None)


def address(issue_id: int | str) -> str:
    """Where an issue's page is."""
    return f"https://northwind.example/project/50/constructionissue/{issue_id}"


ISSUE_IDS = st.integers(1, 1300)
ANY_TEXT = st.text(max_size=60)
QUOTED = ISSUE_IDS.map(lambda id_: f"CxAlloy issue CI-{id_}: {address(id_)}")
PROSE = st.lists(
    st.one_of(
        ANY_TEXT,
        QUOTED,
        st.sampled_from(["\n", "\n\n", "\r\n", " ", "CxAlloy issue ", ": ", "<p>", "https://"]),
    ),
    max_size=12,
).map("".join)
LONG_PROSE = PROSE | st.builds(lambda text: (text * 70_000)[:70_000], ANY_TEXT | QUOTED)
ONE_LINE = st.text(
    st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="<>"), max_size=40
).map(str.strip)
ASSETS = st.none() | st.builds(Asset, ONE_LINE, ONE_LINE, st.text(max_size=300))
NUMBERS = st.sampled_from(
    [
        "",
        "CI-12",
        "12",
        "123",
        "Fan: no start",
        "CxAlloy issue 9",
        "CI<12>",
        "CI\n1",
        ": https://example.com/9",
        "\x00",
    ]
) | st.text(max_size=300)


@st.composite
def issues(draw: st.DrawFn) -> Issue:
    """An issue with odd, empty, long and quoting texts."""
    return issue(
        id=str(draw(ISSUE_IDS)),
        number=draw(NUMBERS),
        description=draw(LONG_PROSE),
        asset=draw(ASSETS),
        discipline=draw(st.none() | ONE_LINE),
        type=draw(st.none() | ONE_LINE),
    )
