"""Which issues and observations that exist already are the same thing, before any is linked (A11).

Pure. A pair is proposed where an observation carries the issue's link line, else where title and description
are equal and nothing else matches either of the two. Whatever matches more than one is left for a person.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from plumbline.issues import text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plumbline.cxalloy.model import Issue
    from plumbline.procore.observations import Observation

_Key = TypeVar("_Key")
_Row = TypeVar("_Row")

BY_KEY = "The observation carries the link line of the issue."
BY_TEXT = "Both have the same title and description, and nothing else has."
NAMED = 5  # so many candidates are named in a sentence


@dataclass(frozen=True, slots=True)
class Match:
    """An issue and an observation that are the same thing, and why."""

    issue: Issue
    observation: Observation
    reason: str


@dataclass(frozen=True, slots=True)
class Unclear:
    """An issue with several candidates, or with one that other issues match too; `reason` names them."""

    issue: Issue
    observations: tuple[Observation, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What to link, and what a person has to decide; all other issues have no observation yet."""

    pairs: tuple[Match, ...]
    unclear: tuple[Unclear, ...]


def propose(
    issues: Iterable[Issue],
    observations: Iterable[Observation],
    address: Callable[[Issue], str],
    title_template: str,
) -> Proposal:
    """Match issues and observations that have no link; `address` gives an issue's page."""
    rows = list(observations)
    keyed = _grouped((text.linked_address(row.description), row) for row in rows)
    unkeyed = keyed.pop("", [])
    left: list[Issue] = []
    pairs: list[Match] = []
    unclear: list[Unclear] = []
    for issue in issues:
        found = keyed.get(address(issue), [])
        if not found:
            left.append(issue)
        elif len(found) == 1:
            pairs.append(Match(issue, found[0], BY_KEY))
        else:
            unclear.append(Unclear(issue, tuple(found), _several(found)))
    by_text = _by_text(left, unkeyed, title_template)
    return Proposal((*pairs, *by_text.pairs), (*unclear, *by_text.unclear))


def _by_text(issues: list[Issue], observations: list[Observation], template: str) -> Proposal:
    """Match by equal title and description, each normalised."""
    worded = _grouped((_words(row.name, row.description or ""), row) for row in observations)
    candidates = {
        issue.id: [row for words in _wordings(issue, template) for row in worded.get(words, [])]
        for issue in issues
    }
    rivals = _grouped((row.id, issue) for issue in issues for row in candidates[issue.id])
    pairs: list[Match] = []
    unclear: list[Unclear] = []
    for issue in issues:
        found = candidates[issue.id]
        if len(found) > 1:
            unclear.append(Unclear(issue, tuple(found), _several(found)))
        elif found and (others := [one for one in rivals[found[0].id] if one.id != issue.id]):
            unclear.append(Unclear(issue, tuple(found), _shared(found[0], others)))
        elif found:
            pairs.append(Match(issue, found[0], BY_TEXT))
    return Proposal(tuple(pairs), tuple(unclear))


def _wordings(issue: Issue, template: str) -> set[tuple[str, str]]:
    """What an observation of this issue may say: a title as we or people write it, an asset line or none."""
    titles = (text.title(issue, template), text.summary(issue.description), issue.title or "")
    bodies = (issue.description, f"{issue.description}\n{text.asset_line(issue)}")
    return {_words(title, body) for title in titles for body in bodies if title.strip()}


def _words(title: str, body: str) -> tuple[str, str]:
    return text.squeezed(text.plain(title)).casefold(), text.squeezed(text.plain(body)).casefold()


def _grouped(rows: Iterable[tuple[_Key, _Row]]) -> dict[_Key, list[_Row]]:
    found: defaultdict[_Key, list[_Row]] = defaultdict(list)
    for key, row in rows:
        found[key].append(row)
    return dict(found)


def _several(found: list[Observation]) -> str:
    return f"Several observations match: {_named(f'#{row.number or row.id}' for row in found)}."


def _shared(row: Observation, others: list[Issue]) -> str:
    names = _named(issue.number or issue.id for issue in others)
    return f"Observation #{row.number or row.id} matches other issues too: {names}."


def _named(names: Iterable[str]) -> str:
    all_names = list(names)
    more = f" and {len(all_names) - NAMED} more" if len(all_names) > NAMED else ""
    return ", ".join(all_names[:NAMED]) + more
