"""What is checked of one pair: its fields, its presence on both sides, its comments, files and deletes."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING

from tests.simulation.claims import Story, Witness
from tests.simulation.furnishing import CONNECTION
from tests.simulation.history import OTHER, PERSON, PROCORE, TRACKER, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulation.deployment import Deployment
    from tests.simulation.findings import Report
    from tests.simulation.history import Change, History
    from tests.simulation.meaning import Meaning

    from plumbline.stores.records import Conflict, Link

LATELY = 240.0
"""An object that came back so short before we deleted it may have been seen as gone by us, rightly."""
WITNESSES = 3
"""How many other linked issues must answer before one counts as gone (A19)."""
MARKS = {TRACKER: "CxAlloy comment ", PROCORE: "Procore comment "}
CUT = "cut; the full text"


class PairChecks:
    """One issue and the observation that was made for it; `twin` is "" while there is none."""

    def __init__(
        self, house: Deployment, history: History, meaning: Meaning, report: Report, issue_id: str
    ) -> None:
        self._house, self._history, self._meaning, self._report = house, history, meaning, report
        self._twins = history.twins(issue_id)
        items = house.procore.state.observations
        self._alive = [one for one in self._twins if items[int(one)].deleted_at is None]
        self.issue_id = issue_id
        self.twin = (self._alive or self._twins or [""])[-1]
        self._ids = {TRACKER: issue_id, PROCORE: self.twin}
        link = self._link()
        self._kept: list[Conflict] = list(house.stores["links"].conflicts(link.id)) if link else []

    def check(self) -> None:
        """Check everything."""
        if not self.twin:
            if self._is_shown():
                self._report.add("unagreed", f"issue {self.issue_id} has no observation.", self._stands())
            return
        self._one_twin()
        self._deletes()
        ended = any(one.after is False and one.who == PERSON for one in self._seen(PROCORE))
        both = bool(self._is_shown() and self._alive and not ended)
        for name in self._meaning.fields:
            self._field(name, at_rest=both)
        if not ended:
            self._presence()
        if both:
            self._comments()
            self._files()

    # ---- What there is -------------------------------------------------------------------------------

    def _link(self) -> Link | None:
        found: Link | None = self._house.stores["links"].by_issue(CONNECTION, self.issue_id)
        return found

    def _is_shown(self) -> bool:
        issue = self._house.cxalloy.world.issue(self.issue_id)
        return bool(issue and issue.visible)

    def _seen(self, side: str) -> list[Change]:
        """When the object was there and when it was not."""
        return self._of(side, "visible")

    def _of(self, side: str, name: str) -> list[Change]:
        return [one for one in self._history.of(side, self._ids[side]) if one.field == name]

    def _pair(self) -> str:
        return f"issue {self.issue_id}, observation {self.twin}:"

    def _stands(self) -> str:
        """What the link says, to read a finding by; never part of a judgement."""
        link = self._link()
        return f"(its link: {link.state}, {link.cause!r}, {link.remarks})" if link else "(no link)"

    def _witness(self) -> Witness:
        """What of this pair a client was shown while both sides were there, and what it was told of."""
        return Witness(self._shown(self.twin), self._shown(self.issue_id), self._history.told_of)

    def _shown(self, object_id: str) -> tuple[float, ...]:
        return tuple(at for at in self._history.shown.get(object_id, ()) if self._whole(at))

    def _whole(self, at: float) -> bool:
        """Whether both sides were there at a time."""
        seen = [[one for one in self._seen(side) if one.at <= at][-1:] for side in (TRACKER, PROCORE)]
        return all(last and last[0].after for last in seen)

    def _both(self, name: str) -> list[Change]:
        changes = [*self._of(TRACKER, name), *self._of(PROCORE, name)]
        return sorted(changes, key=lambda one: one.at)

    # ---- One twin, and deletes -----------------------------------------------------------------------

    def _one_twin(self) -> None:
        if len(self._alive) > 1:
            calls = [self._history.of(PROCORE, twin)[0].told() for twin in self._alive]
            self._report.add("duplicate", f"issue {self.issue_id} has {self._alive}:", *calls)

    def _deletes(self) -> None:
        for side in (PROCORE, TRACKER):
            for one in self._seen(side):
                if one.after is False and one.who != PERSON:
                    self._delete(one)

    def _delete(self, gone: Change) -> None:
        """Ours: only for a twin that a person took away, and never over an edit that it had not seen."""
        seen = [one for one in self._seen(OTHER[gone.side]) if one.at <= gone.at]
        back = bool(seen) and seen[-1].after and gone.at - seen[-1].at > LATELY
        if len(seen) < 2 or back:
            self._report.add("wrong_delete", self._pair(), gone.told(), "though its twin was there")
        if gone.side == PROCORE:
            for name in self._meaning.fields:
                self._changed_before(gone, name)

    def _changed_before(self, gone: Change, name: str) -> None:
        before = [one for one in self._both(name) if one.at < gone.at]
        story = Story(self._meaning, name, self._witness()).replay(before)
        claim = story.claims.get(PROCORE)
        if claim and claim.at < gone.read_at and not story.stuck(PROCORE):
            self._report.add("wrong_delete", self._pair(), gone.told(), f"though not over: {claim.told()}")

    def _presence(self) -> None:
        """One side is there exactly if the other is, or a conflict about the deletion says why not.

        No rule says what follows when a person takes out of the bin what we had put there.
        """
        here, there = self._is_shown(), bool(self._alive)
        seen = self._seen(PROCORE)
        again = len(seen) > 1 and seen[-1].who == PERSON
        if there and not here and self._not_provable():
            self._report.unproven += 1
            return
        if here != there and not again and not any(one.field == "deletion" for one in self._kept):
            words_ = {True: "there", False: "gone"}
            self._report.add("unagreed", self._pair(), words_[here], "and", words_[there], self._stands())

    def _not_provable(self) -> bool:
        """Whether too few other linked issues are there to prove this one gone, and the page says so (A19).

        No client can tell a deleted issue from one that it may not read: the observation must then stay.
        """
        issues = (one for one in self._house.cxalloy.world.issues if one.visible)
        others = [one for one in issues if self._history.twins(one.issue_id)]
        link = self._link()
        said = bool(link and link.state == "parked" and "does not list the issue" in link.cause)
        return said and len(others) < WITNESSES

    # ---- Fields --------------------------------------------------------------------------------------

    def _field(self, name: str, *, at_rest: bool) -> None:
        story = Story(self._meaning, name, self._witness()).replay(self._both(name))
        self._count(story)
        for lost, by in story.owed:
            if not self._is_recorded(lost):
                told = f"was overwritten by {by.told()} and is kept nowhere"
                self._report.add("lost", self._pair(), lost.told(), told)
        if at_rest:
            self._agreement(story)

    def _count(self, story: Story) -> None:
        report = self._report
        report.edits += story.edits
        report.effects += len(story.written)
        report.races += story.races
        report.lags += story.lags
        report.waits += story.waits
        if len(story.written) > story.edits + 1:
            told = f"{story.name}: {story.edits} edits led to {len(story.written)} writes:"
            report.add("amplified", self._pair(), told, *(one.told() for one in story.written))

    def _agreement(self, story: Story) -> None:
        """Both sides say the same, or people can see that they do not (INVARIANTS 1)."""
        link = self._link()
        shown = any(one.field == story.name and one.state in ("open", "picked") for one in self._kept)
        refused = bool(link and story.name in link.remarks)
        for side, claim in story.claims.items():
            if not shown and not refused and not story.stuck(side):
                held = f"never reached the other side, which holds {story.values[OTHER[side]]!r}"
                self._report.add("unagreed", self._pair(), claim.told(), held, self._stands())

    def _is_recorded(self, lost: Change) -> bool:
        """Whether a conflict record of the field holds the whole value."""
        of_field = [one for one in self._kept if one.field == lost.field]
        texts = {text for one in of_field for text in (one.tracker, one.procore)}
        if lost.field == "asset":
            texts = {text.rpartition(":")[2] for text in texts}  # "equipment:77" of the tracker's asset 77
        return words(str(lost.after or "")) in map(words, texts)

    # ---- Comments ------------------------------------------------------------------------------------

    def _comments(self) -> None:
        for side, mark in MARKS.items():
            copies = [one.after for one in self._of(OTHER[side], "comment") if one.who != PERSON]
            said = {f"{mark}{one.after[0]}]": one for one in self._of(side, "comment")}
            for name, one in said.items():
                mine = [text for _, text, _ in copies if _mark(text) == name]
                if one.who != PERSON and mine:
                    self._report.add("echo", f"a comment of ours came back as {mine[0][:100]!r}")
                elif one.who == PERSON and (side == TRACKER or one.after[1]):
                    self._comment(one, mine)
            self._order(side, [said[_mark(text)] for _, text, _ in copies if _mark(text) in said])

    def _comment(self, one: Change, copies: list[str]) -> None:
        if not copies:
            self._report.add("comment_lost", self._pair(), one.told(), "has no copy.", self._stands())
        if len(copies) > 1:
            self._report.add("duplicate", self._pair(), one.told(), f"has {len(copies)} copies")
        for text in copies[:1]:
            body = words(text.partition("\n")[2])
            if body != (words(one.after[1]) or "(no text)") and CUT not in body:
                self._report.add("comment_lost", self._pair(), one.told(), f"arrived as {body[:80]!r}")

    def _order(self, side: str, arrived: list[Change]) -> None:
        """Copies stand in the order of their sources, as far as whole seconds tell one."""
        for first, then in itertools.pairwise(arrived):
            if then.at < first.at - 1.0:
                self._report.add("disorder", self._pair(), f"{side}: {then.told()} came after {first.told()}")

    # ---- Files ---------------------------------------------------------------------------------------

    def _files(self) -> None:
        """Both sides hold the same files, each as often as people added it.

        Equal files that people added on both sides may count as one or as two.
        """
        held = {side: self._of(side, "file") for side in MARKS}
        there = {side: Counter(_contents(files)) for side, files in held.items()}
        added = [Counter(_contents(files, PERSON)) for files in held.values()]
        least, most = added[0] | added[1], added[0] + added[1]
        for side, found in there.items():
            for file, count in (least - found).items():
                told = f"{file[0]!r} of {file[1]} bytes is missing {count} times at {side}"
                self._report.add("file_lost", self._pair(), told, self._stands())
            for file, count in (found - most).items():
                told = f"{file[0]!r} of {file[1]} bytes stands {count} times too often at {side}"
                self._report.add("duplicate", self._pair(), told)


def _contents(added: list[Change], who: str = "") -> Iterator[tuple[str, int, str]]:
    """Files by name, size and SHA-256."""
    for one in added:
        if who in ("", one.who):
            yield one.after[1], one.after[2], one.after[3]


def _mark(text: str) -> str:
    """What the first line of a comment of ours says it carries."""
    head = text.split("\n", 1)[0].strip()
    place = max(head.rfind(mark) for mark in MARKS.values())
    return head[place:] if place >= 0 else ""
