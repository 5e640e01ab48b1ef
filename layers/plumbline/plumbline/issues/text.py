"""Titles and descriptions as they are written at Procore (A23, A26, A50).

Pure. The last line of a description is the link line: an address people can follow, and the machine key
by which an observation is found again after a crash.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from plumbline.cxalloy.model import Issue

# No public page of Procore states its limits, so these are ours: long enough for people, short enough to
# pass the usual text columns.
TITLE_LIMIT = 255
DESCRIPTION_LIMIT = 60_000
SUMMARY_LIMIT = 120
CUT = " … (cut; the full text is in CxAlloy)"
ASSET = "CxAlloy asset: "
NO_ASSET = "CxAlloy asset: none"

NAME_LIMIT = 200
SHORTEST_CUT = 200  # a text shorter than this was not cut by anyone's column
SHORTEST_TITLE = 40  # the same for a title

# the gap is bounded: a text that only looks like many link lines must not take long to search
_LINK = re.compile(rf"CxAlloy issue [^\n<>]{{0,{NAME_LIMIT + 8}}}?: (https?://[^\s<>\"]+)")
_ADDRESS = re.compile(rf"Procore observation(?: #[^\n]{{1,{NAME_LIMIT}}}?)?: (https?://\S+)")
# bounded by the next mark of either kind, so that a text of many marks does not take long to search
_TAG = re.compile(r"<[^<>]*>")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def plain(text: str) -> str:
    """Line feeds as LF only, no control characters, no blank ends."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def clip(text: str, limit: int, mark: str = "…") -> str:
    """The text, cut to `limit` characters with `mark` at its end where it is longer."""
    return text if len(text) <= limit else text[: limit - len(mark)].rstrip() + mark


def one_line(name: str) -> str:
    """A number or name as part of a line that is searched later: no break, no markup, no address."""
    neat = re.sub(r"\s+", " ", plain(name.translate({ord("<"): "(", ord(">"): ")"})))
    return clip(neat.replace("://", ":/"), NAME_LIMIT)


def summary(description: str) -> str:
    """The first line with something on it, cut at a word where that is near."""
    first = next((line.strip() for line in plain(description).split("\n") if line.strip()), "")
    first = re.sub(r"\s+", " ", first)
    if len(first) <= SUMMARY_LIMIT:
        return first
    head = first[: SUMMARY_LIMIT - 1]
    at_word = head.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > SUMMARY_LIMIT // 2 else head).rstrip(" ,;:") + "…"


def title(issue: Issue, template: str) -> str:
    """The observation's name. Never empty: an issue without text is named by its number."""
    filled = template.format(
        number=issue.number,
        summary=summary(issue.description),
        asset=issue.asset.name if issue.asset else "",
        discipline=issue.discipline or "",
        type=issue.type or "",
        section=issue.section,
    )
    neat = re.sub(r"\s+", " ", plain(filled)).strip(" :-")
    return clip(neat or one_line(issue.number) or f"Issue {issue.id}", TITLE_LIMIT)


def link_line(issue: Issue, address: str) -> str:
    """The line that leads back to the issue."""
    return f"CxAlloy issue {one_line(issue.number) or issue.id}: {address}"


def asset_line(issue: Issue) -> str:
    """The asset as one clearly marked line; empty where the issue has none (A50)."""
    if not issue.asset:
        return ""
    kind = f" ({one_line(issue.asset.type)})" if issue.asset.type else ""
    return f"{ASSET}{one_line(issue.asset.name)}{kind}"


@dataclass(frozen=True, slots=True)
class Parts:
    """A description at Procore, taken apart: people's text, our asset line, our link line ("" if gone)."""

    body: str
    asset: str
    link: str


def parts(description: str | None, address: str, asset_lines: Collection[str]) -> Parts:
    """Take our lines out of a description, wherever people moved them (A26, A50).

    The link line is the last one with this address, the asset line the last that is one of `asset_lines`:
    anything else that looks like ours is people's own text. A quote mark or markup around a line makes it
    theirs.
    """
    lines = plain(description or "").split("\n")
    link = _last(
        lines, lambda line: address in _LINK.findall(line) and _LINK.fullmatch(line.strip()) is not None
    )
    asset = _last(lines, lambda line: line.strip() in asset_lines)
    ours = {place for place in (link, asset) if place is not None}
    body = "\n".join(line for place, line in enumerate(lines) if place not in ours)
    return Parts(
        re.sub(r"\n{3,}", "\n\n", body).strip() if ours else body.strip(),
        lines[asset].strip() if asset is not None else "",
        lines[link].strip() if link is not None else "",
    )


def _last(lines: Sequence[str], wanted: Callable[[str], bool]) -> int | None:
    return next((place for place in range(len(lines) - 1, -1, -1) if wanted(lines[place])), None)


def fitted(written: Parts) -> Parts:
    """The same with its body cut where there is no room for all of it (A23)."""
    room = DESCRIPTION_LIMIT - sum(len(part) + 2 for part in (written.asset, written.link) if part)
    return replace(written, body=clip(written.body, room, CUT))


def joined(written: Parts) -> str:
    """A description from its parts, each in a paragraph of its own."""
    return "\n\n".join(part for part in (written.body, written.asset, written.link) if part)


def squeezed(text: str) -> str:
    """The words of a text with single spaces: what two systems agree on however they break lines."""
    return " ".join(text.split())


def stored_as(shown: str | None, sent: str | None, *, shortest: int = SHORTEST_CUT) -> bool:
    """Whether a system may have made `shown` of `sent` by trimming, re-breaking or cutting it.

    A text of `shortest` characters or more counts as cut where it is a beginning of the other; a longer one
    than was sent holds words of somebody else.
    """
    made, of = squeezed(shown or "").casefold(), squeezed(sent or "").casefold()
    return made == of or (len(made) >= shortest and of.startswith(made.rstrip("… ")))


def alike(one: str | None, other: str | None) -> bool:
    """Whether a system may have made one of the other."""
    return stored_as(one, other) or stored_as(other, one)


def description(issue: Issue, address: str, *, with_asset: bool) -> str:
    """The issue's text, then the asset line, then the link line, each in a paragraph of its own."""
    asset = asset_line(issue) if with_asset else ""
    return joined(fitted(Parts(plain(issue.description), asset, link_line(issue, address))))


def carries_key(text: str | None, address: str) -> bool:
    """Whether a description ends with the link line of this address, as far as a person left it there.

    The address may be followed by markup, never by another word character: issue 12 is not issue 123. Only
    the last address counts: a text may quote the link line of another issue.
    """
    return linked_address(text) == address


def linked_address(text: str | None) -> str:
    """The address of the last link line of a description, whichever issue it names; "" for none."""
    links = _LINK.findall(text or "")
    return links[-1] if links else ""


def names_an_issue(description: str | None) -> bool:
    """Whether a description holds a link line of any issue: such an observation was made by us."""
    return bool(_LINK.search(description or ""))


def email(issue: Issue, address: str) -> str:
    """What the e-mail about a new observation says; Procore adds the observation itself."""
    return f"This observation was made from {link_line(issue, address)}"


def address_line(number: str, address: str) -> str:
    """The comment that leads from the issue to its observation, and the key it is found again by."""
    name = one_line(number)
    return f"Procore observation #{name}: {address}" if name else f"Procore observation: {address}"


def told_address(text: str) -> str:
    """The address of a comment that is an address line and nothing else, markup aside; "" for any other.

    A person who quotes an address says more than that, and what people say is never taken for ours.
    """
    line = re.sub(r"\s+", " ", plain(_TAG.sub(" ", text)))
    found = _ADDRESS.fullmatch(line)
    return found[1] if found else ""


def same_name(one: str, other: str) -> bool:
    """Whether two systems name the same person: equal but for case and white space, and not empty."""
    return bool(one.split()) and one.casefold().split() == other.casefold().split()
