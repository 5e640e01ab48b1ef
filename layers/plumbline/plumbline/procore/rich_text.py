"""Procore's formatted description as plain text (A24): what a reader sees, one line for each paragraph.

Source: Procore, REST reference, "Observations: Items", `description_rich_text`: HTML without a stated set of
tags, so any HTML is read and none fails.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Attributes = list[tuple[str, str | None]]

PLAIN = frozenset({"html", "body", "p", "div", "span", "br"})
"""Tags that a text without formatting is made of; all others, and any style, are formatting."""

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "dd", "div", "dl", "dt", "figure", "footer", "form", "h1",
    "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table",
    "tbody", "tfoot", "thead", "tr", "ul",
})  # fmt: skip
_CELLS = frozenset({"td", "th"})
_STYLES = frozenset({"style", "align", "color", "bgcolor"})
_NO_TAG = re.compile(r"<(?![^<>]*>)")
_DECLARATION = re.compile(r"<![^<>]*>")


def to_text(rich: str | None) -> str:
    """Return the words of the HTML: a line for each paragraph, break and list item, links with their address.

    List items begin with "- " or "1. ", deeper ones are set in by two spaces each.
    """
    return "\n".join(_read(rich or "").lines).strip("\n")


def is_formatted(rich: str | None, plain: str | None) -> bool:
    """Say whether the HTML holds more than paragraphs and breaks, so that plain text would flatten it.

    A link that shows its own address is no formatting: such links are made by themselves.
    """
    return bool(rich) and rich != plain and _read(rich or "").formatted


def _read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(_tamed(html))
    reader.close()
    return reader


def _tamed(html: str) -> str:
    """Take comments and declarations out and write a `<` that begins no tag as text.

    The parser fails on some declarations and needs time without bound for some unclosed ones.
    """
    first, *others = html.split("<!--")
    html = first + "".join(map(_after_comment, others))
    return _DECLARATION.sub("", _NO_TAG.sub("&lt;", html))


def _after_comment(text: str) -> str:
    _, closed, rest = text.partition("-->")
    return rest if closed else f"&lt;!--{text}"


class _Reader(HTMLParser):
    """Gathers the lines of one text, and whether anything in it is formatted."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = []
        self.formatted = False
        self._parts: list[str] = []  # of the line that is being read
        self._lead = ""  # what the next line begins with: the sign of a list item
        self._counts: list[int | None] = []  # of each open list; None: a list without numbers
        self._address = ""  # of the open link, whose text begins at `_link_at`
        self._link_at = 0
        self._empty_paragraph = False

    def set_cdata_mode(self, elem: str, **_: bool) -> None:
        """Read scripts and styles as any text: the parser drops one that is never closed, with all behind."""

    def handle_data(self, data: str) -> None:
        self._parts.append(data)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if (tag not in PLAIN and tag != "a") or not _STYLES.isdisjoint(name for name, _ in attrs):
            self.formatted = True
        if tag in _BLOCKS:
            self._break()
        if tag == "a":
            self._begin_link(attrs)
        elif tag in {"ul", "ol"}:
            self._counts.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._lead = self._sign()
        elif tag in _CELLS:
            self._parts.append(" ")
        elif tag == "br":
            self._end_line()
        self._empty_paragraph = tag == "p" or (self._empty_paragraph and tag != "br")

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        if tag in _BLOCKS:
            self._break()
        if tag == "p" and self._empty_paragraph and not self._lead:
            self.lines.append("")
            self._empty_paragraph = False
        if tag in {"ul", "ol"} and self._counts:
            self._counts.pop()

    def close(self) -> None:
        super().close()
        self._end_link()
        self._break()

    def _words(self, start: int = 0) -> str:
        return " ".join("".join(self._parts[start:]).split())

    def _break(self) -> None:
        """End the line if it holds words: many blocks begin where another has just ended."""
        if self._words():
            self._end_line()
            self._empty_paragraph = False
        self._parts, self._link_at = [], 0

    def _end_line(self) -> None:
        self.lines.append(f"{self._lead}{self._words()}".rstrip())
        self._parts, self._lead, self._link_at = [], "", 0  # a link over two lines shows its second half

    def _sign(self) -> str:
        indent = "  " * (len(self._counts) - 1)
        count = self._counts[-1] if self._counts else None
        if count is None:
            return f"{indent}- "
        self._counts[-1] = count + 1
        return f"{indent}{count + 1}. "

    def _begin_link(self, attrs: Attributes) -> None:
        self._end_link()
        self._address = (dict(attrs).get("href") or "").strip()
        self._link_at = len(self._parts)

    def _end_link(self) -> None:
        address, self._address = self._address, ""
        shown = self._words(self._link_at)
        if address and shown not in {address, address.removeprefix("mailto:")}:
            self.formatted = True
            self._parts.append(f" ({address})" if shown else address)
