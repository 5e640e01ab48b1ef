"""The proof, from the two sandboxes' own records: nothing here reads Plumbline's tables or uses its code."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Row = dict[str, Any]


@dataclass(slots=True)
class Proof:
    """What was found. A mismatch is a sentence that names the issue."""

    issues: int = 0
    observations: int = 0
    comments: int = 0
    files: int = 0
    bytes: int = 0
    duplicates: int = 0
    mismatches: list[str] = field(default_factory=list)


def prove(
    wanted: Sequence[Row],
    files: Sequence[Row],
    observations: Sequence[Row],
    after: Mapping[str, str],
    *,
    origin: str,
    done_status: str,
) -> Proof:
    """Compare each wanted issue with its observation.

    `wanted`: issues as CxAlloy held them before, `files`: with issue_id, name, size, sha256;
    `observations`: as Procore holds them now; `after`: the status of each issue now; `origin`: of CxAlloy.
    """
    proof = Proof(issues=len(wanted))
    by_address: dict[str, list[Row]] = {}
    for one in observations:
        by_address.setdefault(_address(one), []).append(one)
    for issue in wanted:
        page = "designissue" if issue["section"] == "design" else "constructionissue"
        address = f"{origin}/project/{issue['project_id']}/{page}/{issue['issue_id']}"
        twins = by_address.pop(address, [])
        proof.observations += len(twins)
        proof.duplicates += max(len(twins) - 1, 0)
        if not twins:
            proof.mismatches.append(f"{issue['name']}: no observation")
            continue
        mine = [one for one in files if one["issue_id"] == issue["issue_id"]]
        _compare(proof, issue, mine, twins[0])
        if after.get(issue["issue_id"]) != done_status:
            proof.mismatches.append(f"{issue['name']}: its status is not the done status")
    proof.mismatches += [
        f"#{one['number']}: belongs to no issue" for rows in by_address.values() for one in rows
    ]
    return proof


def _address(observation: Row) -> str:
    last = (observation["description"] or "").rstrip().split("\n")[-1]
    return str(last.rsplit(": ", 1)[-1])


def _compare(proof: Proof, issue: Row, files: Sequence[Row], twin: Row) -> None:
    name = issue["name"]
    if _plain(issue["description"]) not in _plain(twin["description"]):
        proof.mismatches.append(f"{name}: the description differs")
    if name not in twin["name"]:
        proof.mismatches.append(f"{name}: the title does not name the issue")
    _compare_comments(proof, issue, twin)
    _compare_files(proof, name, files, twin)


def _compare_comments(proof: Proof, issue: Row, twin: Row) -> None:
    logs = [log["comment"] for log in twin["response_logs"] if log["comment"]]
    oldest_first = sorted(issue["comments"], key=_moment)
    proof.comments += len(logs)
    if len(logs) != len(oldest_first):
        proof.mismatches.append(f"{issue['name']}: {len(oldest_first)} comments became {len(logs)}")
        return
    for comment, log in zip(oldest_first, logs, strict=True):
        body = log.split("\n", 1)[1] if "\n" in log else ""
        text = _plain(comment["comment"])
        if (text and text != _plain(body)) or comment["created_name"] not in log.split("\n", 1)[0]:
            proof.mismatches.append(f"{issue['name']}: comment {comment['issuecomment_id']} differs")
    proof.duplicates += sum(count - 1 for count in Counter(logs).values())


def _compare_files(proof: Proof, name: str, files: Sequence[Row], twin: Row) -> None:
    there = Counter((one["name"], one["size"], one["sha256"]) for one in twin["attachments"])
    here = Counter((one["name"], one["size"], one["sha256"]) for one in files)
    proof.files += sum(there.values())
    proof.bytes += sum(one["size"] for one in twin["attachments"])
    proof.mismatches += [f"{name}: file {one[0]!r} is missing or differs" for one in (here - there)]
    proof.mismatches += [f"{name}: file {one[0]!r} is one too many" for one in (there - here)]


def _moment(comment: Row) -> tuple[str, int]:
    return str(comment["date_created"]), int(comment["issuecomment_id"])


def _plain(text: str | None) -> str:
    return (text or "").replace("\r\n", "\n").replace("\r", "\n").strip()


def calls_by_kind(calls: Iterable[Row]) -> dict[str, int]:
    """Procore's REST calls, counted by what they are for; numbers in paths are put aside."""
    kinds: Counter[str] = Counter()
    for call in calls:
        parts = ["{id}" if part.isdigit() or len(part) == 26 else part for part in call["path"].split("/")]
        kinds[f"{call['method']} {'/'.join(parts)}"] += 1
    return dict(sorted(kinds.items()))
