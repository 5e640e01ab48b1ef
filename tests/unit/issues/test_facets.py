"""Which facets of an issue a snapshot tells apart."""

from __future__ import annotations

from tests.unit.issues.making import comment, file, issue

from plumbline.connections.settings import SyncSettings
from plumbline.issues.facets import changes, followed, joined, said, seen, unseen
from plumbline.issues.hints import ISSUE_COMMENTS, ISSUE_FIELDS, ISSUE_FILES

ALL = (ISSUE_FIELDS, ISSUE_COMMENTS, ISSUE_FILES)


def test_a12_each_facet_is_told_apart() -> None:
    before = said(issue())
    assert changes(before, said(issue())) == ()
    assert changes(before, said(issue(description="Other."))) == (ISSUE_FIELDS,)
    assert changes(before, said(issue(comments=(comment("1"),)))) == (ISSUE_COMMENTS,)
    assert changes(before, said(issue(files=(file("1"),)))) == (ISSUE_FILES,)
    assert changes(before, said(issue(status_id="9", files=(file("1"),)))) == (ISSUE_FIELDS, ISSUE_FILES)


def test_a5_the_mark_of_the_filter_is_no_content() -> None:
    assert changes("-" + said(issue()), said(issue())) == ()


def test_a17_what_was_not_known_counts_as_changed() -> None:
    assert changes("", said(issue())) == ALL
    assert changes("unreadable: no status. Odd.", said(issue())) == ALL


def test_a30_facets_that_are_switched_off_are_not_followed() -> None:
    assert followed(ALL, SyncSettings()) == ALL
    assert followed(ALL, SyncSettings(comments=False)) == (ISSUE_FIELDS, ISSUE_FILES)
    assert followed(ALL, SyncSettings(files=False)) == (ISSUE_FIELDS, ISSUE_COMMENTS)


def test_facets_of_two_sorts_are_named_once_and_in_order() -> None:
    assert joined((ISSUE_FILES,), (ISSUE_FIELDS, ISSUE_FILES)) == (ISSUE_FIELDS, ISSUE_FILES)


def test_a16_what_our_own_writes_left_is_no_change() -> None:
    ours = said(issue(description="Ours."))
    assert unseen((ISSUE_FIELDS,), ours, ours) == ()
    assert unseen((ISSUE_FIELDS,), "", ours) == (ISSUE_FIELDS,)
    theirs = said(issue(description="Theirs.", comments=(comment("1"),)))
    assert unseen((ISSUE_FIELDS, ISSUE_COMMENTS), ours, theirs) == (ISSUE_FIELDS, ISSUE_COMMENTS)
    assert unseen((ISSUE_COMMENTS,), ours, theirs) == (ISSUE_COMMENTS,)


def test_a16_only_the_facets_of_a_pass_are_remembered_as_our_own_doing() -> None:
    before, latest = issue(), issue(description="Ours.", comments=(comment("1"),))
    fields, comments, files = said(latest).split(".")
    assert seen("", latest, latest, frozenset({ISSUE_FIELDS})) == f"{fields}.."
    assert seen(said(before), before, latest, frozenset({ISSUE_COMMENTS})) == ".".join(
        [said(before).split(".")[0], comments, files]
    )
