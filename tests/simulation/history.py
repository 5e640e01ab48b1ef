"""What truly happened on both sides, told by looking at the two systems' own worlds after each act.

Nothing here reads a table of Plumbline. A change names the object, the field, both values and who made it:
"person" for a deed, or the worker whose call it was.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from tests.simulation.tokens import Tokens

from sandbox.procore import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.deployment import Deployment

    from sandbox.cxalloy.world import Issue
    from sandbox.http import Request, Response
    from sandbox.procore.records import Observation

TRACKER, PROCORE = "tracker", "procore"
OTHER = {TRACKER: PROCORE, PROCORE: TRACKER}
PERSON = "person"
LISTS = ("comment", "file")
_ITEM = re.compile(r"/observations/items/\d+$")
_OBJECT = re.compile(r"/observations/items(/\d+(/restore)?)?$|^/api/v1/issue(_update|_create|_delete)?$")
LAG: float = Fault.model_fields["stale_seconds"].default
_LINK = re.compile(r"CxAlloy issue [^\n]*?: https?://\S+/(?:construction|design)issue/([^/\s]+)\s*$", re.M)


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one object took another value; for comments and files `after` is what was added.

    `read_at` is when the same invocation last read or wrote the object before, 0 if it never did; `copy_of`
    the time whose state it was shown then, earlier where the answer lagged behind.
    """

    at: float
    side: str
    object_id: str
    field: str
    before: Any
    after: Any
    who: str
    call: str = ""
    read_at: float = 0.0
    copy_of: float = 0.0

    def told(self) -> str:
        """The change in words."""
        cut = [text if len(text) < 60 else f"{text[:50]}... ({len(text)} characters)" for text in
               (repr(self.before), repr(self.after))]  # fmt: skip
        by = f"{self.who} by {self.call}" if self.call else self.who
        return f"{self.at:.1f} {self.side} {self.object_id} {self.field}: {cut[0]} -> {cut[1]} ({by})"


@dataclass(frozen=True, slots=True)
class Object:
    """One issue or observation as it is now."""

    side: str
    id: str
    values: dict[str, Any]
    lists: dict[str, list[Any]]


@dataclass
class Seen:
    """What one object held when it was last looked at."""

    values: dict[str, Any] = field(default_factory=dict)
    lists: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in LISTS})


class History:
    """All changes in order, the pairs as their own link lines tell them, and the calls that write."""

    def __init__(self, house: Deployment, ours: frozenset[str]) -> None:
        self._ours = ours
        self.changes: list[Change] = []
        self.writes: list[tuple[float, str, str]] = []
        self.calls = 0
        self.issue_of: dict[str, str] = {}
        self._house = house
        self._seen: dict[tuple[str, str], Seen] = {}
        self._effects = [-1, -1]
        self._reads: dict[tuple[str, str], tuple[float, float]] = {}
        self.shown: dict[str, list[float]] = {}
        self.strangers: list[str] = []
        self.tokens = Tokens(house.scheduler.upsets)
        house.watchers.append(self._called)
        self.look(PERSON)

    def look(self, who: str, call: str = "") -> None:
        """Note what changed since the last look."""
        for now in self._objects():
            self._compare(now, who, call)

    def twins(self, issue_id: str) -> list[str]:
        """The observations that were made for an issue, whatever became of them."""
        return [one for one, other in self.issue_of.items() if other == issue_id]

    def of(self, side: str, object_id: str) -> list[Change]:
        """The changes of one object."""
        return [one for one in self.changes if (one.side, one.object_id) == (side, object_id)]

    def _called(self, request: Request, response: Response) -> None:
        self.calls += request.path.startswith("/rest/")
        task = self._house.scheduler.task
        who = task.name if task else "setup"
        call = f"{request.method} {request.path}"
        self._look_for_strangers(request, call)
        if request.path.startswith("/oauth/"):
            self._note_token(request, response)
        reads = request.method == "GET" or call == "POST /api/v1/issue"
        if not reads and not request.path.startswith("/oauth/"):
            self.writes.append((self._house.scheduler(), who, f"{call} {response.status}"))
            if self._moved():
                self.look(who, call)
        self._note_read(request, response, who)

    def _note_read(self, request: Request, response: Response, who: str) -> None:
        side, now = PROCORE if request.path.startswith("/rest/") else TRACKER, self._house.scheduler()
        lag = LAG if side == PROCORE and self._struck_by() == "stale" else 0.0
        if _OBJECT.search(request.path):  # a list of users says nothing of the pair
            self._reads[who, side] = (now, now - lag)
        if request.method == "GET" and response.status == 200 and _ITEM.search(request.path):
            self.shown.setdefault(request.path.rpartition("/")[2], []).append(now - lag)
        if (
            request.path == "/api/v1/issue"
            and response.status == 200
            and "issue_id" in (asked := request.json())
        ):
            self.shown.setdefault(str(asked["issue_id"]), []).append(now)

    def _struck_by(self) -> str | None:
        """The fault that struck Procore's latest call."""
        calls = (one for one in reversed(self._house.procore.journal.entries) if one["kind"] == "call")
        fault: str | None = next(calls)["fault"]
        return fault

    def told_of(self, change: Change, before: float) -> bool:
        """Whether a webhook told us of a change of an observation, or of a later one, before a moment."""
        entries = self._house.procore.journal.entries
        sent = {
            one["delivery_id"]
            for one in entries
            if one["kind"] == "delivery_queued"
            and change.at <= one["at"]
            and str(one["resource_id"]) == change.object_id
        }
        return any(
            one["kind"] == "delivered" and one["at"] < before and one["delivery_id"] in sent
            for one in entries
        )

    def _note_token(self, request: Request, response: Response) -> None:
        """Note refreshes that Procore refuses though nothing had gone wrong with their token."""
        wrong = response.transport != "answer" or bool(self._struck_by())
        self.tokens.note(request, response, self._house.scheduler(), wrong=wrong)

    def _look_for_strangers(self, request: Request, call: str) -> None:
        """Note calls that name a project which is not ours."""
        named = re.findall(r"/projects/([0-9]+)", request.path)
        named += [value for name, value in request.query if name == "project_id"]
        if set(named) - self._ours:
            self.strangers.append(
                f"{self._house.scheduler():.1f} {call} names the projects {sorted(set(named))}"
            )

    def _moved(self) -> bool:
        journal, effects = self._house.procore.journal.entries, len(self._house.cxalloy.effects)
        changed = bool(journal) and journal[-1]["kind"] != "call"
        changed = changed or effects != self._effects[1]
        self._effects = [len(journal), effects]
        return changed

    def _objects(self) -> Iterator[Object]:
        world, files = self._house.cxalloy.world, self._house.cxalloy.files
        for issue in world.issues:
            held = [(one.id, one.name, *files.measure(one)) for one in world.files_of(issue.issue_id)]
            said = [(one.issuecomment_id, one.comment, one.created_name) for one in issue.comments]
            yield Object(TRACKER, issue.issue_id, _of_issue(issue), {"comment": said, "file": held})
        logs = self._logs()
        for item in self._house.procore.state.observations.values():
            yield Object(PROCORE, str(item.id), _of_observation(item), logs[item.id])

    def _logs(self) -> dict[int, dict[str, list[Any]]]:
        found = {item.id: _nothing(item) for item in self._house.procore.state.observations.values()}
        for log in self._house.procore.state.logs:
            lists = found[log.item_id]
            if log.comment:
                lists["comment"].append((str(log.id), log.comment, str(log.created_by_id)))
            lists["file"] += [_file(one) for one in log.attachments]
        return found

    def _compare(self, now: Object, who: str, call: str) -> None:
        known = self._seen.setdefault((now.side, now.id), Seen())
        note = partial(self._note, now, who, call)
        for name, value in now.values.items():
            if not known.values or known.values[name] != value:
                note(name, known.values.get(name), value)
        for name in LISTS:
            old = {one[0] for one in known.lists[name]}
            for one in now.lists[name]:
                if one[0] not in old:
                    note(name, None, one)
        known.values, known.lists = now.values, now.lists

    def _note(self, of: Object, who: str, call: str, *values: Any) -> None:
        read, copy = self._reads.get((who, of.side), (0.0, 0.0))
        field_name, before, after = values
        at = self._house.scheduler()
        self._add(Change(at, of.side, of.id, field_name, before, after, who, call, read, copy))

    def _add(self, change: Change) -> None:
        self.changes.append(change)
        if change.side == PROCORE and change.field == "description":
            found = _LINK.findall(change.after or "")
            if found and change.object_id not in self.issue_of:
                self.issue_of[change.object_id] = found[-1]


def _of_issue(issue: Issue) -> dict[str, Any]:
    return {
        "visible": issue.visible,
        "title": issue.title,
        "description": issue.description,
        "status": issue.status_id,
        "priority": issue.priority_id,
        "discipline": issue.discipline_id,
        "issue_type": issue.issuetype_id,
        "due_date": issue.due_date.isoformat() if issue.due_date else None,
        "assignee": f"{issue.assigned_type}:{issue.assigned_key}" if issue.assigned_key else None,
        "asset": issue.asset_key,
    }


def _of_observation(item: Observation) -> dict[str, Any]:
    return {
        "visible": item.deleted_at is None,
        "title": item.name,
        "description": item.description,
        "rich_text": item.rich_text,
        "status": item.status,
        "priority": item.priority,
        "discipline": _text(item.trade_id),
        "issue_type": _text(item.type_id),
        "due_date": item.due_date,
        "assignee": _text(item.assignee_ids[0]) if item.assignee_ids else None,
        "asset": _text(getattr(item, "location_id", None)),
    }


def _nothing(item: Observation) -> dict[str, list[Any]]:
    return {"comment": [], "file": [_file(one) for one in item.attachments]}


def _file(attachment: Any) -> tuple[str, str, int, str]:
    file = attachment.file
    return (str(attachment.id), attachment.name, file.size, file.sha256)


def _text(number: int | None) -> str | None:
    return None if number is None else str(number)


def words(text: str | None) -> str:
    """A text by its words, markup and our own lines left out: what both sides must have in common."""
    kept = [line for line in (text or "").replace("\r", "\n").split("\n") if not OURS.match(line.strip())]
    return " ".join(part for part in MARKUP.sub("", "\n".join(kept)).split() if part != "-")


MARKUP = re.compile(r"\s*\(https?://[^)\s]+\)")
OURS = re.compile(r"CxAlloy issue [^\n]*: https?://\S+$|CxAlloy asset: ")


def fingerprint(lines: list[str]) -> str:
    """A run's trace as one short text."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
