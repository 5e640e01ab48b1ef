"""When an issue counts as gone (A19): literal snapshots and listings."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from plumbline.issues.missing import Verdict, judge

FOUR = {"1": "a.b.c", "2": "a.b.c", "3": "a.b.c", "4": "a.b.c"}


def judged(before: dict[str, str], listed: set[str], now: float, *, complete: bool = True) -> Verdict:
    return judge(before, listed=listed, answering=listed, complete=complete, now=now)


def test_a19_a_first_miss_is_remembered_with_its_time() -> None:
    verdict = judged(FOUR, {"2", "3", "4"}, 100.0)
    assert verdict == Verdict((), {"1": "a.b.c", "gone:1": "100.0"})


def test_a19_a_second_miss_a_minute_later_proves_it() -> None:
    assert judged(FOUR | {"gone:1": "100.0"}, {"2", "3", "4"}, 160.0) == Verdict(("1",), {})


def test_a19_a_second_miss_within_a_minute_keeps_the_first_time() -> None:
    verdict = judged(FOUR | {"gone:1": "100.0"}, {"2", "3", "4"}, 159.9)
    assert verdict == Verdict((), {"1": "a.b.c", "gone:1": "100.0"})


def test_a19_an_incomplete_listing_keeps_what_is_remembered() -> None:
    verdict = judged(FOUR | {"gone:1": "100.0"}, {"2", "3"}, 500.0, complete=False)
    assert verdict == Verdict((), {"1": "a.b.c", "gone:1": "100.0", "4": "a.b.c"})


def test_a19_an_empty_listing_keeps_what_is_remembered() -> None:
    assert judged({"1": "a.b.c", "gone:1": "100.0"}, set(), 500.0) == Verdict(
        (), {"1": "a.b.c", "gone:1": "100.0"}
    )


def test_a19_three_others_must_answer() -> None:
    both = FOUR | {"gone:1": "100.0", "gone:2": "100.0"}
    assert judged(both, {"3", "4"}, 500.0).gone == ()
    assert judged(both, {"3", "4"}, 500.0).doubted == ("1", "2")
    assert judged(both, {"3", "4"}, 159.0).doubted == ()
    five = both | {"5": "a.b.c"}
    assert judged(five, {"3", "4", "5"}, 500.0).gone == ("1", "2")


def test_a19_of_fewer_others_all_must_answer() -> None:
    assert judged({"1": "a.b.c", "2": "a.b.c", "gone:1": "0.0"}, {"2"}, 500.0).gone == ("1",)
    assert judged({"1": "a.b.c", "gone:1": "0.0"}, {"7"}, 500.0).gone == ("1",)


def test_a19_an_issue_that_was_outside_the_filter_is_forgotten() -> None:
    assert judged({"1": "-a.b.c", "2": "a.b.c"}, {"2"}, 500.0) == Verdict((), {})


def test_a19_issues_outside_the_filter_are_no_witnesses() -> None:
    before = {"1": "a.b.c", "2": "a.b.c", "3": "-a.b.c", "4": "-a.b.c", "gone:1": "0.0", "gone:2": "0.0"}
    assert judged(before, {"3", "4"}, 500.0).gone == ()


def test_a19_what_is_listed_and_cannot_be_read_is_neither_gone_nor_a_witness() -> None:
    before = FOUR | {"gone:1": "0.0"}
    verdict = judge(before, listed={"2", "3", "4"}, answering={"2", "3"}, complete=True, now=500.0)
    assert verdict == Verdict((), {"1": "a.b.c", "gone:1": "0.0"}, ("1",))


def test_a20_values_of_the_lists_are_not_taken_for_issues() -> None:
    assert judged(FOUR | {"list:types:9": "Odd"}, set(FOUR), 500.0) == Verdict((), {})


IDS = st.sets(st.sampled_from("123456789"))


@given(IDS, IDS, st.booleans(), st.floats(0, 1000))
def test_a19_one_listing_alone_proves_nothing(
    known: set[str], listed: set[str], complete: bool, now: float
) -> None:
    verdict = judged(dict.fromkeys(known, "a.b.c"), listed, now, complete=complete)
    assert verdict.gone == ()
    assert {key for key in verdict.kept if ":" not in key} == known - listed


@given(IDS, IDS, st.booleans())
def test_a19_what_is_listed_is_never_gone(known: set[str], listed: set[str], complete: bool) -> None:
    before = dict.fromkeys(known, "a.b.c") | {f"gone:{one}": "0.0" for one in known}
    verdict = judged(before, listed, 1000.0, complete=complete)
    assert not set(verdict.gone) & listed
    assert not {key.removeprefix("gone:") for key in verdict.kept} & listed
