"""A24: Procore's formatted description, read as plain text."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.procore.rich_text import is_formatted, to_text

READ = [
    ("", ""),
    ("just words", "just words"),
    ("<p>North wall</p>", "North wall"),
    ("<p>North</p><p>South</p>", "North\nSouth"),
    ("<p>North</p>\n  <p>South</p>\n", "North\nSouth"),
    ("<p>North</p><p></p><p>South</p>", "North\n\nSouth"),
    ("<p>North</p><p>&nbsp;</p><p>South</p>", "North\n\nSouth"),
    ("<p>North</p><p><br></p><p>South</p>", "North\n\nSouth"),
    ("North<br>South<br/>West", "North\nSouth\nWest"),
    ("<p>North<br></p><p>South</p>", "North\nSouth"),
    ("a <b>bold</b>er <i>word</i>", "a bolder word"),
    ("<p>one\n   two\tthree</p>", "one two three"),
    ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
    ("<ol><li>x</li><li>y</li></ol>after", "1. x\n2. y\nafter"),
    ("<ul><li>x<ol><li>q</li><li>r</li></ol></li><li>y</li></ul>", "- x\n  1. q\n  2. r\n- y"),
    ("<ul><li><p>x</p><p>more</p></li></ul>", "- x\nmore"),
    ("<ul><li></li><li>y</li></ul>", "- y"),
    ("<li>alone</li></ul>", "- alone"),
    ('See <a href="https://x.example/z">this</a>.', "See this (https://x.example/z)."),
    ('<a href="https://x.example">https://x.example</a>', "https://x.example"),
    ('<a href="mailto:a@x.example">a@x.example</a>', "a@x.example"),
    ('<a href="https://x.example"><img src="p.png"></a>', "https://x.example"),
    ("<a>no address</a>", "no address"),
    ('<a href="https://x.example">open', "open (https://x.example)"),
    ('<a href="https://one.example">one<a href="https://two.example">two',
     "one (https://one.example)two (https://two.example)"),
    ("<table><tr><th>a</th><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
    ("<h1>Head</h1>text<blockquote>said</blockquote>", "Head\ntext\nsaid"),
    ("5 &lt; 6 &amp; 7 &gt; 2 &euro; &#8364;", "5 < 6 & 7 > 2 € €"),
    ("5 < 6 and <3", "5 < 6 and <3"),
    ("before<!-- not shown -->after", "beforeafter"),
    ("before<!-- never closed", "before<!-- never closed"),
    ("<!DOCTYPE html><p>x</p>", "x"),
    ("<![if !mso]>x<![endif]>", "x"),
    ("<![foo[ x", "<![foo[ x"),
    ("<style>x", "x"),
    ("<p>never closed", "never closed"),
    ("</p></ul></a>closed too often", "closed too often"),
]  # fmt: skip


@pytest.mark.parametrize(("rich", "text"), READ)
def test_a24_formatted_text_is_read_as_a_person_sees_it(rich: str, text: str) -> None:
    assert to_text(rich) == text


def test_a24_no_description_is_no_text() -> None:
    assert to_text(None) == ""


@pytest.mark.parametrize(
    ("rich", "plain", "formatted"),
    [
        (None, None, False),
        ("", "", False),
        ("North", "North", False),
        ("<b>typed as it stands</b>", "<b>typed as it stands</b>", False),
        ("<p>North</p><p><br/></p>", "North", False),
        ('<div class="x"><span>North</span></div>', "North", False),
        ("5 &lt; 6", "5 < 6", False),
        ('<p><a href="https://x.example">https://x.example</a></p>', "https://x.example", False),
        ("<a>x</a>", "x", False),
        ('<p><a href="https://x.example">here</a></p>', "here", True),
        ("<p>a <strong>b</strong></p>", "a b", True),
        ('<p style="text-align:center">a</p>', "a", True),
        ("<ul><li>a</li></ul>", "a", True),
        ('<p>a<img src="p.png"></p>', "a", True),
        (None, "North", False),
    ],
)
def test_a24_more_than_paragraphs_and_breaks_is_formatting(
    rich: str | None, plain: str | None, formatted: bool
) -> None:
    assert is_formatted(rich, plain) is formatted


WORDS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
TAGS = st.sampled_from(
    [
        "p",
        "div",
        "span",
        "br",
        "b",
        "ul",
        "ol",
        "li",
        "a",
        "table",
        "tr",
        "td",
        "h2",
        "style",
        "title",
        "o:p",
        "x",
    ]
)


@st.composite
def markup(draw: st.DrawFn) -> tuple[str, list[str]]:
    """HTML of odd structure, its tags opened and closed at will, and the words that stand in it."""
    html, words = [], []
    for _ in range(draw(st.integers(0, 20))):
        kind = draw(st.sampled_from(["open", "close", "word", "space"]))
        if kind == "word":
            words.append(draw(WORDS))
            html.append(f" {escape(words[-1])} ")
        elif kind == "space":
            html.append(draw(st.sampled_from([" ", "\n", "&nbsp;", "<!-- x -->"])))
        else:
            html.append(f"<{'/' if kind == 'close' else ''}{draw(TAGS)}>")
    return "".join(html), words


@given(markup())
def test_a24_no_word_is_lost_and_none_is_made(made: tuple[str, list[str]]) -> None:
    html, words = made

    signs = {"-", *(f"{number}." for number in range(1, 21))}
    assert [word for word in to_text(html).split() if word not in signs] == words


@given(st.text(alphabet="<>/!-[]?&;#\"'= apbrliu\n"))
def test_a24_any_text_is_read_to_its_end(html: str) -> None:
    text = to_text(html)

    assert is_formatted(html, None) in {True, False}
    assert text == text.strip("\n")


@given(st.lists(WORDS, min_size=1).map(" ".join))
def test_a24_text_that_was_written_plain_reads_the_same(text: str) -> None:
    html = f"<p>{escape(text)}</p>"

    assert to_text(html) == text
    assert not is_formatted(html, text)


@pytest.mark.parametrize("part", ["<!--", "<a ", "<![", "<p> ", "<ul><li>", "</", "&", "<a href='"])
def test_a24_long_odd_text_is_read_in_one_go(part: str) -> None:
    assert isinstance(to_text(part * 20_000), str)
