"""Titles, descriptions and comments, with the marks by which they are found again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.issues import making
from tests.unit.issues.making import address, comment, file, issue

from plumbline.cxalloy.model import Asset, Comment, Issue
from plumbline.issues import comment_text, text
from sandbox.procore.state import rich_text_of

DEFAULT_TEMPLATE = "{number}: {summary}"
TEMPLATES = st.sampled_from(
    [DEFAULT_TEMPLATE, "{summary}", "{asset}", "-", "{{x}}", "{discipline} {type} {section} {number}", " "]
)


# Plain text


def test_plain_text_has_line_feeds_only_and_no_control_characters() -> None:
    assert text.plain("\r\n one\r\ntwo\rthree\x00\x1b\tend \n") == "one\ntwo\nthree\tend"


def test_a_text_that_fits_is_left_whole() -> None:
    assert text.clip("abcd", 4) == "abcd"


def test_a_text_that_is_too_long_is_cut_to_the_limit_with_a_mark() -> None:
    assert text.clip("abc defgh", 6) == "abc d…"
    assert text.clip("abcd efgh", 6) == "abcd…"


# Titles


@pytest.mark.parametrize(
    ("description", "summary"),
    [
        ("AHU-3 does not ramp.\nVFD stays at 20 Hz.", "AHU-3 does not ramp."),
        ("\n \r\n  Second   line\tfirst \n more", "Second line first"),
        ("", ""),
        (" \n\x00", ""),
        ("a" * 120, "a" * 120),
        ("a" * 121, "a" * 119 + "…"),
        ("word " * 30, "word " * 22 + "word…"),
        ("word, " * 30, "word, " * 18 + "word…"),
        ("short " + "b" * 200, "short " + "b" * 113 + "…"),
    ],
)
def test_the_summary_is_the_first_line_with_words_cut_at_a_word(description: str, summary: str) -> None:
    assert text.summary(description) == summary


@pytest.mark.parametrize(
    ("template", "title"),
    [
        ("{number}: {summary}", "CI-12: AHU-3 supply fan does not ramp."),
        ("[{section}] {asset} / {discipline} / {type}", "[construction] AHU-3 / Mechanical / Functional"),
        ("Issue {{{number}}}", "Issue {CI-12}"),
    ],
)
def test_a23_a_title_is_filled_from_its_template(template: str, title: str) -> None:
    assert text.title(issue(), template) == title


def test_a23_fields_that_an_issue_lacks_leave_no_separators_behind() -> None:
    bare = issue(description="", asset=None, discipline=None, type=None)

    assert text.title(bare, "{asset} - {number}: {summary}") == "CI-12"
    assert text.title(bare, "{number}  {discipline}  {type}") == "CI-12"


@pytest.mark.parametrize(("number", "title"), [("CI-12", "CI-12"), ("", "Issue 1001")])
def test_a23_a_title_is_never_empty(number: str, title: str) -> None:
    assert text.title(issue(number=number, description=""), "{summary}") == title


def test_a23_a_title_that_is_too_long_is_cut_at_255_characters() -> None:
    titled = text.title(issue(asset=Asset("", "1", "n" * 400)), "{asset}")

    assert titled == "n" * 254 + "…"


def test_a23_braces_in_an_issues_text_are_only_text() -> None:
    assert text.title(issue(description="{number} {0} {"), "{summary}") == "{number} {0} {"


@settings(deadline=None)
@given(making.issues(), TEMPLATES)
def test_a23_a_title_is_one_line_of_1_to_255_characters_whatever_the_issue(one: Issue, template: str) -> None:
    titled = text.title(one, template)

    assert 1 <= len(titled) <= 255
    assert "\n" not in titled
    assert "\x00" not in titled


# Descriptions


def test_a26_a50_a_description_ends_with_the_asset_and_then_the_link() -> None:
    described = text.description(issue(), address("1001"), with_asset=True)

    assert described == (
        "AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.\n\n"
        "CxAlloy asset: AHU-3 (equipment)\n\n"
        "CxAlloy issue CI-12: https://northwind.example/project/50/constructionissue/1001"
    )


def test_a50_with_the_asset_line_switched_off_there_is_none() -> None:
    described = text.description(issue(description="One."), address("1"), with_asset=False)

    assert described == f"One.\n\nCxAlloy issue CI-12: {address('1')}"


@pytest.mark.parametrize(
    ("asset", "line"),
    [
        (None, ""),
        (Asset("equipment", "77", "AHU-3"), "CxAlloy asset: AHU-3 (equipment)"),
        (Asset("", "77", "AHU-3"), "CxAlloy asset: AHU-3"),
    ],
)
def test_a50_the_asset_is_one_marked_line(asset: Asset | None, line: str) -> None:
    assert text.asset_line(issue(asset=asset)) == line


def test_a26_an_issue_without_text_and_asset_is_described_by_its_link_alone() -> None:
    described = text.description(issue(description=" \r\n", asset=None), address("1"), with_asset=True)

    assert described == f"CxAlloy issue CI-12: {address('1')}"


def test_a26_an_issue_without_a_number_is_named_by_its_id_in_the_link() -> None:
    assert text.link_line(issue(number=""), address("1001")) == f"CxAlloy issue 1001: {address('1001')}"


def test_a23_a_description_that_is_too_long_is_cut_and_keeps_its_link_whole() -> None:
    tail = f"\n\nCxAlloy asset: AHU-3 (equipment)\n\nCxAlloy issue CI-12: {address('1')}"

    described = text.description(issue(description="d" * 70_000), address("1"), with_asset=True)

    assert len(described) == 60_000
    assert described.endswith(f"d … (cut; the full text is in CxAlloy){tail}")


def test_a23_a_description_of_just_60000_characters_is_not_cut() -> None:
    room = 60_000 - len(f"\n\nCxAlloy issue CI-12: {address('1')}")

    described = text.description(issue(description="d" * room, asset=None), address("1"), with_asset=True)

    assert described == f"{'d' * room}\n\nCxAlloy issue CI-12: {address('1')}"


@settings(deadline=None)
@given(making.issues(), st.booleans())
def test_a26_a_description_has_at_most_60000_characters_and_its_link_line_last(
    one: Issue, asset: bool
) -> None:
    described = text.description(one, address(one.id), with_asset=asset)

    assert len(described) <= 60_000
    last = described.split("\n")[-1]
    assert last.startswith("CxAlloy issue ")
    assert last.endswith(f": {address(one.id)}")


# The machine key


@pytest.mark.parametrize(
    "described", [None, "", "No link here.", "CxAlloy issue CI-1", "CxAlloy issue 1: ftp://x"]
)
def test_a26_a_text_without_a_link_line_carries_no_key(described: str | None) -> None:
    assert not text.carries_key(described, address("1"))


def test_a26_issue_12_is_neither_123_nor_1() -> None:
    described = text.description(issue(), address("12"), with_asset=True)

    assert text.carries_key(described, address("12"))
    assert not text.carries_key(described, address("123"))
    assert not text.carries_key(described, address("1"))


def test_a26_a_text_that_quotes_another_issues_link_line_is_not_that_issue() -> None:
    quoting = issue(description=f"Same as\nCxAlloy issue CI-7: {address('7')}")

    described = text.description(quoting, address("12"), with_asset=True)

    assert text.carries_key(described, address("12"))
    assert not text.carries_key(described, address("7"))


@pytest.mark.parametrize(
    "described",
    [
        "<p>Fan.</p><p>CxAlloy issue CI-12: {}</p>",
        "Fan.<br>CxAlloy issue CI-12: {}<br>",
        "<div>CxAlloy issue CI-12: {}</div>\n<p>Seen by a person.</p>",
        "Fan.\r\n\r\nCxAlloy issue CI-12: {}\r\n",
        'title="CxAlloy issue CI-12: {}" more',
    ],
)
def test_a26_the_key_is_read_with_markup_around_the_address(described: str) -> None:
    assert text.carries_key(described.format(address("12")), address("12"))
    assert not text.carries_key(described.format(address("12")), address("1"))


def test_a26_a_key_that_a_person_took_out_is_not_found() -> None:
    described = text.description(issue(), address("12"), with_asset=True).rsplit("\n\n", 1)[0]

    assert not text.carries_key(described, address("12"))


@settings(deadline=None)
@given(making.issues(), st.booleans(), making.ISSUE_IDS)
def test_a26_each_description_carries_its_own_key_and_no_others(one: Issue, asset: bool, other: int) -> None:
    described = text.description(one, address(one.id), with_asset=asset)

    for form in (described, described.replace("\n", "\r\n"), rich_text_of(described)):
        assert text.carries_key(form, address(one.id))
        assert text.carries_key(form, address(other)) == (one.id == str(other))


@settings(deadline=None)
@given(making.ISSUE_IDS)
def test_a26_no_number_is_taken_for_one_that_begins_or_ends_like_it(number: int) -> None:
    described = text.description(issue(id=str(number)), address(number), with_asset=False)

    for near in (f"{number}0", f"{number}3", f"1{number}", str(number)[:-1], f"{number}/", f"{number}?x=1"):
        assert not text.carries_key(described, address(near))


# The e-mail, the address on the issue, and names

PAGE = "https://web.example/42/project/observations/items/55"


def test_a27_the_e_mail_says_which_issue_the_observation_was_made_from() -> None:
    assert text.email(issue(), address("12")) == (
        f"This observation was made from CxAlloy issue CI-12: {address('12')}"
    )


@pytest.mark.parametrize(
    ("number", "line"),
    [("12", f"Procore observation #12: {PAGE}"), ("", f"Procore observation: {PAGE}")],
)
def test_a26_the_address_on_the_issue_is_one_line_that_is_known_again(number: str, line: str) -> None:
    assert text.address_line(number, PAGE) == line
    assert text.told_address(line) == PAGE


@pytest.mark.parametrize(
    "shown",
    [
        "<p>Procore observation #12: {}</p>",
        '<p>Procore observation #12: <a href="{}">{}</a></p>',
        "  Procore observation #12:\r\n{}\n",
        "Procore observation #A 1: b: {}",
    ],
)
def test_a26_our_address_is_known_with_markup_and_breaks_around_it(shown: str) -> None:
    assert text.told_address(shown.format(PAGE, PAGE)) == PAGE


@pytest.mark.parametrize(
    "said",
    [
        "",
        PAGE,
        f"See Procore observation #12: {PAGE}",
        f"Procore observation #12: {PAGE} is done",
        f"Procore observation #12: {PAGE}\nDone there.",
        "Procore observation #12: not there",
        f"Procore observation #{'1' * 300}: {PAGE}",
    ],
)
def test_a26_what_a_person_says_around_an_address_is_not_taken_for_ours(said: str) -> None:
    assert text.told_address(said) == ""


@settings(deadline=None)
@given(making.NUMBERS)
def test_a26_the_address_is_known_again_whatever_the_number(number: str) -> None:
    assert text.told_address(text.address_line(number, PAGE)) == PAGE


@settings(deadline=None)
@given(making.LONG_PROSE)
def test_a26_no_text_of_an_issue_is_taken_for_our_address(said: str) -> None:
    assert text.told_address(said) == ""
    assert text.told_address("<" * 60_000 + said) == ""


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana Souza", "ana  SOUZA ", True),
        ("Jürgen Groß", "JÜRGEN GROSS", True),
        ("Ana\u00a0Souza", "Ana Souza", True),
        ("Ana Souza", "Ana Sousa", False),
        ("Ana Souza", "Souza Ana", False),
        ("Ana", "Ana Souza", False),
        ("", "", False),
        (" ", "", False),
    ],
)
def test_a25_names_are_the_same_but_for_case_and_white_space(one: str, other: str, same: bool) -> None:
    assert text.same_name(one, other) is same


# Comments and later files


def test_a30_a_comment_names_its_author_its_time_and_its_id() -> None:
    assert comment_text.comment(comment("9001", "Checked at the panel.")) == (
        "[Ana Souza, 2026-02-03 10:00 UTC, CxAlloy comment 9001]\nChecked at the panel."
    )


def test_a30_a_comment_without_author_time_and_text_says_so() -> None:
    assert comment_text.comment(Comment("9001", " \r\n", "", None)) == (
        "[Unknown author, time unknown, CxAlloy comment 9001]\n(no text)"
    )


def test_a30_a_comment_that_is_too_long_is_cut_to_60000_characters() -> None:
    told = comment_text.comment(comment("9001", "c" * 70_000))

    assert len(told) == 60_000
    assert told.endswith("c … (cut; the full text is in CxAlloy)")


def test_a30_the_mark_of_comment_12_is_not_that_of_112_or_123() -> None:
    heads = {id_: comment_text.comment(comment(id_)).split("\n")[0] for id_ in ("12", "112", "123", "1")}

    assert [id_ for id_, head in heads.items() if comment_text.comment_mark("12") in head] == ["12"]


@settings(deadline=None)
@given(st.sampled_from(["1", "12", "123"]), making.LONG_PROSE, making.ONE_LINE)
def test_a30_a_comments_mark_stands_in_its_first_line_whatever_it_says(id_: str, said: str, by: str) -> None:
    told = comment_text.comment(replace(comment(id_, said), author=by))

    assert comment_text.comment_mark(id_) in told.split("\n")[0]
    assert len(told) <= 60_000


def test_a33_a_file_that_came_during_the_copy_travels_under_a_marked_note() -> None:
    assert comment_text.late_file(file("501", "fan trend.csv")) == (
        "[Added in CxAlloy during the copy, CxAlloy file 501]\nfan trend.csv"
    )
    assert comment_text.late_file_mark("50") not in comment_text.late_file(file("501"))
