"""Whether both sides of an ongoing connection agree, from the two sandboxes' own records alone."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from sandbox.demo import connecting
from sandbox.demo.stage import OURS, TRACKER_PROJECT, get, own_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sandbox.demo.stage import Row, Stage

# The first line under which a comment of the other side is written, and the note that only carries files.
_CARRIED = re.compile(r"\[[^\n]*(?:CxAlloy|Procore) comment \d+\]\n")
_NOTE = re.compile(r"\[[^\n]*CxAlloy files? [^\n]*\]")


def compare(stage: Stage) -> list[str]:
    """What differs between the two sides now, each a sentence that names the issue."""
    statuses = get(f"{stage.settings.cxalloy_host}/_sandbox/state")["statuses"]
    names = {row["id"]: row["name"] for row in statuses}
    twins, issues = stage.twins(), stage.issues()
    found = [f"{number}: two observations" for number in _doubled(stage.observations())]
    for number, issue in issues.items():
        twin = twins.get(number)
        if twin is None or twin["deleted"]:
            found.append(f"{number}: no observation")
        else:
            found += [f"{number}: {what}" for what in _differences(issue, twin, names)]
    return found + [f"{number}: no issue" for number in twins.keys() - issues.keys()]


def _doubled(observations: Iterable[Row]) -> list[str]:
    """The link lines that two observations end with."""
    links = Counter(
        line
        for row in observations
        for line in (row["description"] or "").split("\n")
        if line.startswith(OURS[0]) and f"/project/{TRACKER_PROJECT}/" in line
    )
    return [line for line, count in links.items() if count > 1]


def _differences(issue: Row, twin: Row, names: dict[str, str]) -> Iterator[str]:
    status = names[issue["status_id"]]
    over, back = connecting.STATUSES.get(status, "initiated"), connecting.STATUSES_BACK.get(twin["status"])
    if over != twin["status"] and back != status:
        yield f"status {status} and {twin['status']}"
    if (issue["due_date"] or None) != (twin["due_date"] or None):
        yield f"due {issue['due_date']} and {twin['due_date']}"
    if _words(issue["description"]) != _words(own_text(twin)):
        yield "the descriptions differ"
    if comments(issue["comments"]) != comments(twin["response_logs"]):
        yield "the comments differ"
    if _files(issue["files"]) != _files(files_of(twin)):
        yield "the files differ"


def comments(rows: Iterable[Row]) -> Counter[str]:
    """What people said on one side, however it came there; notes that only carry files aside."""
    said = [row["comment"] for row in rows if row["comment"] and not _NOTE.match(row["comment"])]
    return Counter(_words(_CARRIED.sub("", one, count=1)) for one in said)


def files_of(twin: Row) -> list[Row]:
    """The files of an observation, those of its comments too."""
    return [*twin["attachments"], *(file for log in twin["response_logs"] for file in log["attachments"])]


def _files(rows: Iterable[Row]) -> Counter[tuple[str, str]]:
    return Counter((row["name"], row["sha256"]) for row in rows)


def _words(text: str | None) -> str:
    return " ".join((text or "").split())
