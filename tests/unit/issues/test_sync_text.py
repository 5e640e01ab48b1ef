"""What ongoing sync writes and reads of texts: our lines taken out, comments with marks (A26-A33, A50)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.issues import making, pairing

from plumbline.issues import comment_text, hints, text
from plumbline.issues.text import Parts

ADDRESS, ASSET, LINK = pairing.ADDRESS, pairing.ASSET_LINE, pairing.LINK_LINE


# ---- Our lines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (f"Fan stuck.\n\n{ASSET}\n\n{LINK}", Parts("Fan stuck.", ASSET, LINK)),
        (f"{LINK}\n\nFan stuck.\n{ASSET}", Parts("Fan stuck.", ASSET, LINK)),
        (f"One.\n\n{ASSET}\n\nTwo.\n\n{LINK}", Parts("One.\n\nTwo.", ASSET, LINK)),
        ("Fan stuck.", Parts("Fan stuck.", "", "")),
        (f"Fan stuck.\r\n\r\n{LINK}\r\n", Parts("Fan stuck.", "", LINK)),
        (f"{LINK}\n{LINK}", Parts(LINK, "", LINK)),
        (f"> {LINK}", Parts(f"> {LINK}", "", "")),
        (f"See {LINK}", Parts(f"See {LINK}", "", "")),
        (
            f"CxAlloy issue CI-9: {making.address(9)}",
            Parts(f"CxAlloy issue CI-9: {making.address(9)}", "", ""),
        ),
        ("CxAlloy asset: AHU-9", Parts("CxAlloy asset: AHU-9", "", "")),
        (None, Parts("", "", "")),
        ("Far.\n\n\n\napart", Parts("Far.\n\n\n\napart", "", "")),
    ],
)
def test_a26_our_lines_are_taken_out_wherever_people_moved_them(
    description: str | None, expected: Parts
) -> None:
    assert text.parts(description, ADDRESS, {ASSET}) == expected


@settings(deadline=None)
@given(making.PROSE, st.booleans(), st.booleans())
def test_a26_what_we_join_is_taken_apart_again(said: str, asset: bool, link: bool) -> None:
    body = text.plain(said)
    if ADDRESS in body or ASSET in body:
        return  # people quote our lines: which of them is ours is a guess then
    written = Parts(body, ASSET if asset else "", LINK if link else "")
    read = text.parts(text.joined(written), ADDRESS, {ASSET})
    assert (read.asset, read.link) == (written.asset, written.link)
    assert text.squeezed(read.body) == text.squeezed(body)


def test_a23_a_body_is_cut_where_there_is_no_room_for_all_of_it() -> None:
    cut = text.fitted(Parts("w" * 70_000, ASSET, LINK))
    assert len(text.joined(cut)) == 60_000
    assert cut.body.endswith("(cut; the full text is in CxAlloy)")
    assert (cut.asset, cut.link) == (ASSET, LINK)


def test_a29_an_observation_with_a_link_line_of_any_issue_was_made_by_us() -> None:
    assert text.names_an_issue(f"Fan.\n\nCxAlloy issue CI-9: {making.address(9)}")
    assert not text.names_an_issue("Fan.")
    assert not text.names_an_issue(None)
    assert text.linked_address(f"{LINK}\nCxAlloy issue CI-9: {making.address(9)}") == making.address(9)


# ---- Comments --------------------------------------------------------------------------------------------


def test_a30_a_comment_of_procore_names_its_author_its_time_and_its_id() -> None:
    written = comment_text.log_comment("71", "Luis Prado", "2026-02-03 10:00 UTC", " Done.\r\n")
    assert written == "[Luis Prado, 2026-02-03 10:00 UTC, Procore comment 71]\nDone."
    assert comment_text.log_of(written) == "71"
    assert comment_text.tracker_comment_of(written) == ""
    bare = comment_text.log_comment("71", "", "", "")
    assert bare == "[Unknown author, time unknown, Procore comment 71]\n(no text)"
    assert len(comment_text.log_comment("71", "L", "", "c" * 70_000)) == 60_000


def test_a30_a_comment_of_the_tracker_is_known_by_its_first_line_only() -> None:
    written = comment_text.comment(making.comment("9001"))
    assert comment_text.tracker_comment_of(written) == "9001"
    assert comment_text.tracker_comment_of(f"Look:\n{written}") == ""
    assert comment_text.log_of(written) == ""
    assert comment_text.log_of("No mark.") == ""


def test_a33_a_note_that_carries_files_names_each_of_them() -> None:
    files = (making.file("5", "a.txt"), making.file("6", "b\n.txt"))
    note = comment_text.files_note(files)
    assert note == "[Added in CxAlloy, CxAlloy files 5, 6]\na.txt\nb .txt"
    assert comment_text.files_mark(["5", "6"]) in note.split("\n")[0]
    assert comment_text.tracker_files_of(note) == ("5", "6")
    assert comment_text.tracker_files_of(comment_text.late_file(making.file("7"))) == ("7",)
    assert comment_text.tracker_files_of("No mark.") == ()


def test_a32_each_edit_of_a_comment_has_a_mark_of_its_own_in_its_first_line() -> None:
    said = making.comment("9001", "Now at the fan.")
    written = [comment_text.edited(comment_text.comment(said), "9001", count) for count in (1, 2, 12)]
    assert written[0] == "[Ana Souza, 2026-02-03 10:00 UTC, edit 1, CxAlloy comment 9001]\nNow at the fan."
    for count in (1, 2, 12):
        found = [one for one in written if comment_text.edit_mark("9001", count) in one.split("\n")[0]]
        assert found == [comment_text.edited(comment_text.comment(said), "9001", count)]
    assert comment_text.tracker_comment_of(written[0]) == "9001"


def test_a50_each_note_about_an_asset_has_a_mark_of_its_own() -> None:
    assert comment_text.asset_note(ASSET, 1) == f"[CxAlloy asset change 1]\n{ASSET}"
    assert comment_text.asset_mark(1) not in comment_text.asset_note(ASSET, 11)
    assert text.asset_line(making.issue(asset=None)) == ""
    kindless = replace(making.ISSUE.asset, type="") if making.ISSUE.asset else None
    assert text.asset_line(making.issue(asset=kindless)) == "CxAlloy asset: AHU-3"


# ---- What a link waits for -------------------------------------------------------------------------------


def test_the_proofs_among_the_facets_of_a_link() -> None:
    wants = ("issue.fields", hints.SHOWN, hints.SHOWN_ISSUE, hints.shown_log("71"), "logs")
    assert hints.proofs(wants) == {"shown", "shown-issue", "shown#71"}
    assert hints.proofs(hints.ALL) == frozenset()
