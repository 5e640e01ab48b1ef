"""What must be true once all is calm, read from the two systems' own worlds and from the run's history.

One exception: conflict records and remarks on refused values, which only Plumbline has, are read as its API
shows them to people. Each finding is a sentence with ids, times and the calls that made it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.simulation.claims import Story
from tests.simulation.furnishing import CONNECTION
from tests.simulation.history import OTHER, PERSON, PROCORE, TRACKER, words
from tests.simulation.meaning import Meaning

if TYPE_CHECKING:
    from tests.simulation.deployment import Deployment
    from tests.simulation.history import Change, History

    from plumbline.stores.records import Conflict

LATELY = 240.0
"""An object that came back so short before we deleted it may have been seen as gone by us, rightly."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be."""

    kind: str
    told: str


@dataclass
class Report:
    """All findings of a run and the numbers that are published."""

    findings: list[Finding] = field(default_factory=list)
    edits: int = 0
    effects: int = 0
    races: int = 0
    waits: list[float] = field(default_factory=list)

    def add(self, kind: str, told: str) -> None:
        """Note one finding."""
        self.findings.append(Finding(kind, told))

    def count(self, kind: str) -> int:
        """How many findings of a kind there are."""
        return sum(one.kind == kind for one in self.findings)


class Checker:
    """Looks at one run."""

    def __init__(self, house: Deployment, history: History, settings: dict[str, Any]) -> None:
        self._house, self._history, self._settings = house, history, settings
        self._meaning = Meaning(house, settings)
        self.report = Report()

    def at_rest(self) -> Report:
        """Check all but the silence that must follow."""
        for issue in self._house.cxalloy.world.issues:
            self._pair(issue.issue_id)
        for told in self._history.strangers:
            self.report.add("stranger", told)
        for function in self._house.functions.values():
            for told in sorted(set(function.raised)):
                self.report.add("raised", f"{function.name} raised what nobody foresaw: {told}")
        return self.report

    def silence(self, since: float) -> Report:
        """Check that nothing was written since a time; to make a webhook anew that an admin deleted is no sync."""
        for at, who, call in self._history.writes:
            if at > since and "/webhooks/" not in call:
                self.report.add("write_at_rest", f"{at:.1f} {who}: {call}, though nothing had changed")
        return self.report

    def brake(self, until: float) -> Report:
        """Check that no hour before a time, while nobody approved anything, had more deletes than allowed (S16)."""
        sync = self._settings["sync"]
        gone = [one for one in self._history.changes
                if one.field == "visible" and one.after is False and one.who != PERSON and one.at < until]  # fmt: skip
        for one in gone:
            hour = [other.at for other in gone if one.at - 3600 < other.at <= one.at]
            linked = len(self._history.issue_of)
            if len(hour) > sync["brake_count"] and len(hour) * 100 > 20 * linked:
                self.report.add("no_brake", f"{one.told()} was number {len(hour)} within an hour, of {linked} pairs")
        return self.report

    def _pair(self, issue_id: str) -> None:
        twins = self._history.twins(issue_id)
        items = self._house.procore.state.observations
        alive = [one for one in twins if items[int(one)].deleted_at is None]
        if len(alive) > 1:
            calls = [one.told() for twin in alive for one in self._history.of(PROCORE, twin)[:1]]
            self.report.add("duplicate", f"issue {issue_id} has the observations {alive}: {calls}")
        for twin in twins:
            self._deletes(issue_id, twin)
        if not twins:
            self._missing_twin(issue_id)
            return
        twin = (alive or twins)[-1]
        ended = self._ended(twin)
        kept = self._conflicts(issue_id)
        self._fields(issue_id, twin, kept, ended=ended)
        if not ended:
            self._presence(issue_id, twin, kept)
            if self._visible(issue_id) and alive:
                self._comments(issue_id, twin)
                self._files(issue_id, twin)

    def _visible(self, issue_id: str) -> bool:
        issue = self._house.cxalloy.world.issue(issue_id)
        return bool(issue and issue.visible)

    def _ended(self, twin: str) -> bool:
        """Whether a person ever deleted the observation: from then on the pair may rest unlinked (A15)."""
        return any(
            one.field == "visible" and one.after is False and one.who == PERSON
            for one in self._history.of(PROCORE, twin)
        )

    def _conflicts(self, issue_id: str) -> list[Conflict]:
        links = self._house.stores["links"]
        link = links.by_issue(CONNECTION, issue_id)
        return list(links.conflicts(link.id)) if link else []

    def _missing_twin(self, issue_id: str) -> None:
        if self._visible(issue_id):
            self.report.add("unagreed", f"issue {issue_id} has no observation{self._stands(issue_id)}")

    def _stands(self, issue_id: str) -> str:
        """What the link says, to read a finding by; never part of a judgement."""
        link = self._house.stores["links"].by_issue(CONNECTION, issue_id)
        return f" (its link: {link.state}, {link.cause!r}, {link.remarks})" if link else " (no link)"

    def _presence(self, issue_id: str, twin: str, kept: list[Conflict]) -> None:
        """One side is there exactly if the other is, or a conflict about the deletion says why not."""
        here = self._visible(issue_id)
        there = self._house.procore.state.observations[int(twin)].deleted_at is None
        again = self._brought_back(twin)
        if here != there and not again and not any(one.field == "deletion" for one in kept):
            sides = "there" if here else "gone", "there" if there else "in the bin"
            self.report.add(
                "unagreed",
                f"issue {issue_id} is {sides[0]}, observation {twin} {sides[1]}{self._stands(issue_id)}",
            )

    def _brought_back(self, twin: str) -> bool:
        """Whether a person took an observation out of the bin that we had put there: no rule says what follows."""
        seen = [one for one in self._history.of(PROCORE, twin) if one.field == "visible"]
        return bool(seen) and seen[-1].who == PERSON and seen[-1].after is True and len(seen) > 1

    def _fields(self, issue_id: str, twin: str, kept: list[Conflict], *, ended: bool) -> None:
        changes = sorted(
            [*self._history.of(TRACKER, issue_id), *self._history.of(PROCORE, twin)], key=lambda one: one.at
        )
        both = (
            self._visible(issue_id) and self._house.procore.state.observations[int(twin)].deleted_at is None
        )
        for name in self._meaning.fields:
            story = Story(self._meaning, name).replay(
                (one for one in changes if one.field == name), twin=False
            )
            self._count(story, issue_id, twin)
            for lost, by in story.owed:
                if not _recorded(lost, kept):
                    self.report.add(
                        "lost",
                        f"issue {issue_id}, observation {twin}: {lost.told()} was overwritten by {by.told()} and is kept nowhere",
                    )
            if both and not ended:
                self._agreement(story, issue_id, twin, kept)

    def _count(self, story: Story, issue_id: str, twin: str) -> None:
        self.report.edits += story.edits
        self.report.effects += len(story.written)
        self.report.races += story.races
        self.report.waits += story.waits
        if len(story.written) > story.edits + 1:
            told = "; ".join(one.told() for one in story.written)
            self.report.add(
                "amplified",
                f"issue {issue_id}, observation {twin}, {story.name}: {story.edits} edits led to {len(story.written)} writes: {told}",
            )

    def _agreement(self, story: Story, issue_id: str, twin: str, kept: list[Conflict]) -> None:
        open_ = any(one.field == story.name and one.state in ("open", "picked") for one in kept)
        for side, claim in story.claims.items():
            if not open_ and not story.stuck(side) and not self._refused(issue_id, story.name):
                self.report.add(
                    "unagreed",
                    f"issue {issue_id}, observation {twin}: {claim.told()} never reached the other side, which holds {story.values[OTHER[side]]!r}{self._stands(issue_id)}",
                )

    def _refused(self, issue_id: str, name: str) -> bool:
        """Whether the item names a reason why one side does not take the value, as its page shows it (A18)."""
        link = self._house.stores["links"].by_issue(CONNECTION, issue_id)
        return bool(link and name in link.remarks)

    def _deletes(self, issue_id: str, twin: str) -> None:
        for side, object_id, other in ((PROCORE, twin, issue_id), (TRACKER, issue_id, twin)):
            for one in self._history.of(side, object_id):
                if one.field == "visible" and one.after is False and one.who != PERSON:
                    self._delete(one, OTHER[side], other, issue_id, twin)

    def _delete(self, gone: Change, side: str, other: str, issue_id: str, twin: str) -> None:
        """Ours: only for a twin that a person took away, and never over an edit that it had not seen."""
        seen = [one for one in self._history.of(side, other) if one.field == "visible" and one.at <= gone.at]
        if not seen or (seen[-1].after and gone.at - seen[-1].at > LATELY) or len(seen) == 1:
            self.report.add("wrong_delete", f"{gone.told()}, though its twin {other} was there")
        if gone.side == PROCORE:
            self._changed_before(gone, issue_id, twin)

    def _changed_before(self, gone: Change, issue_id: str, twin: str) -> None:
        changes = [
            one
            for one in (*self._history.of(TRACKER, issue_id), *self._history.of(PROCORE, twin))
            if one.at < gone.at
        ]
        for name in self._meaning.fields:
            mine = sorted((one for one in changes if one.field == name), key=lambda one: one.at)
            story = Story(self._meaning, name).replay(mine, twin=False)
            claim = story.claims.get(PROCORE)
            if claim and claim.at < gone.read_at and not story.stuck(PROCORE):
                self.report.add(
                    "wrong_delete", f"{gone.told()}, though {claim.told()} had not been carried over"
                )

    def _comments(self, issue_id: str, twin: str) -> None:
        said = {side: [one for one in self._history.of(side, object_id) if one.field == "comment"]
                for side, object_id in ((TRACKER, issue_id), (PROCORE, twin))}  # fmt: skip
        marks = {TRACKER: "CxAlloy comment ", PROCORE: "Procore comment "}
        for side, mark in marks.items():
            ours = [one.after for one in said[OTHER[side]] if one.who != PERSON]
            for one in said[side]:
                if one.who == PERSON and (side == TRACKER or one.after[1]):
                    self._comment(
                        one, [text for _, text, _ in ours if _mark(text) == f"{mark}{one.after[0]}]"], twin
                    )
            self._echoes(side, ours, said, mark)
            sent = {f"{mark}{one.after[0]}]": one.at for one in said[side] if one.who == PERSON}
            order = [sent[_mark(text)] for _, text, _ in ours if _mark(text) in sent]
            if any(late - soon < -1.0 for soon, late in zip(order, order[1:], strict=False)):
                self.report.add(
                    "disorder",
                    f"issue {issue_id}, observation {twin}: comments of {side} arrived in the order {order}",
                )

    def _echoes(self, side: str, ours: list[Any], said: dict[str, list[Change]], mark: str) -> None:
        """A copy must be of something that a person wrote, never of a copy."""
        written = {f"{mark}{one.after[0]}]" for one in said[side] if one.who != PERSON}
        for _, text, _ in ours:
            if _mark(text) in written:
                self.report.add("echo", f"a comment of ours came back as {text[:100]!r}")

    def _comment(self, one: Change, copies: list[str], twin: str) -> None:
        if not copies:
            self.report.add(
                "comment_lost",
                f"{one.told()} has no copy on the other side (observation {twin}){self._stands(self._history.issue_of[twin])}",
            )
        if len(copies) > 1:
            self.report.add("duplicate", f"{one.told()} has {len(copies)} copies (observation {twin})")
        for text in copies[:1]:
            body = words(text.partition("\n")[2])
            if body != (words(one.after[1]) or "(no text)") and "cut; the full text" not in body:
                self.report.add("comment_lost", f"{one.told()} arrived as {body[:80]!r}")

    def _files(self, issue_id: str, twin: str) -> None:
        """Both sides hold the same files, each as often as people added it."""
        ids = {TRACKER: issue_id, PROCORE: twin}
        held = {side: [one for one in self._history.of(side, ids[side]) if one.field == "file"] for side in ids}
        added = Counter(_content(one) for side in ids for one in held[side] if one.who == PERSON)
        for side in ids:
            there = Counter(_content(one) for one in held[side])
            for file, count in (added - there).items():
                where = f"issue {issue_id}, observation {twin}{self._stands(issue_id)}"
                self.report.add("file_lost", f"{file[0]!r} ({file[1]} bytes) is missing {count} times at {side}: {where}")
            for file, count in (there - added).items():
                calls = [one.told() for one in held[side] if _content(one) == file and one.who != PERSON]
                self.report.add("duplicate", f"{file[0]!r} stands {count} times too often at {side}: {calls}")


def _content(change: Change) -> tuple[str, int, str]:
    """A file by its name, its size and its SHA-256."""
    return change.after[1], change.after[2], change.after[3]


def _mark(text: str) -> str:
    """What the first line of a comment of ours says it carries."""
    head = text.split("\n", 1)[0].strip()
    place = max(head.rfind("CxAlloy comment "), head.rfind("Procore comment "))
    return head[place:] if place >= 0 else ""


def _recorded(lost: Change, kept: list[Conflict]) -> bool:
    """Whether a conflict record of the field holds the whole value."""
    texts = [text for one in kept if one.field == lost.field for text in (one.tracker, one.procore)]
    return any(words(text) == words(str(lost.after or "")) for text in texts)


def identifying(found: list[Finding]) -> set[str]:
    """The kinds of findings, to tell whether a shorter run fails in the same way."""
    return {one.kind for one in found}
