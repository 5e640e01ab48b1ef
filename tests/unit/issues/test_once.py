"""The guard around creates: intent first, then the call, then a search before it is ever repeated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.issues.once import Once
from plumbline.stores.memory import MemoryLinks
from plumbline.stores.records import Intent

if TYPE_CHECKING:
    from collections.abc import Callable

START = 1_780_000_000.0
ADOPT_AFTER = 60.0
KEY = "comment#9001"


@dataclass
class Desk:
    """A guard on a clock that the test moves, and what was asked of the vendor."""

    links: MemoryLinks = field(default_factory=MemoryLinks)
    now: float = START
    asked: list[str] = field(default_factory=list)

    def ensure(
        self, *, look: Callable[[Intent], str] | None = None, make: Callable[[], str] | None = None
    ) -> Intent:
        """One run, from what is stored."""
        once = Once(self.links, "l1", lambda: self.now, ADOPT_AFTER)
        return once.ensure(self.stored(), KEY, look=look or self.never_look, make=make or self.never_make)

    def stored(self) -> Intent | None:
        return next((one for one in self.links.intents("l1") if one.key == KEY), None)

    def never_look(self, intent: Intent) -> str:
        raise AssertionError("nothing is to be searched here")

    def never_make(self) -> str:
        raise AssertionError("nothing is to be made here")

    def misses(self, intent: Intent) -> str:
        self.asked.append("look")
        return ""


def raising(error: BaseException) -> Callable[[], str]:
    def make() -> str:
        raise error

    return make


def unsettled(desk: Desk, **more: Any) -> Intent:
    """An intent of a worker that was lost a minute and more ago."""
    intent = Intent("l1", KEY, started_at=START - ADOPT_AFTER, **more)
    desk.links.put_intent(intent)
    return intent


def test_a_first_create_is_made_and_remembered() -> None:
    desk = Desk()

    made = desk.ensure(make=lambda: "7001")

    assert made == desk.stored() == Intent("l1", KEY, started_at=START, attempt=1, result_id="7001")


def test_the_intent_is_stored_before_the_call_leaves() -> None:
    desk = Desk()
    seen: list[Intent | None] = []

    def make() -> str:
        seen.append(desk.stored())
        return "7001"

    desk.ensure(make=make)

    assert seen == [Intent("l1", KEY, started_at=START)]


def test_a_settled_create_is_neither_searched_nor_made() -> None:
    desk = Desk()
    settled = unsettled(desk, result_id="7001")

    assert desk.ensure() == settled


def test_an_answer_that_never_came_leaves_the_intent() -> None:
    desk = Desk()

    with pytest.raises(EffectUnknown):
        desk.ensure(make=raising(EffectUnknown("no answer")))

    assert desk.stored() == Intent("l1", KEY, started_at=START)


@pytest.mark.parametrize(
    "refusal",
    [Retry("rate limit", after=9), Reject("forbidden", "No.", "Ask."), NeedsAuthorization("p1", "gone")],
)
def test_a_refusal_that_surely_had_no_effect_takes_the_intent_back(refusal: Exception) -> None:
    desk = Desk()

    with pytest.raises(type(refusal)):
        desk.ensure(make=raising(refusal))

    assert desk.stored() is None


def test_an_error_that_nobody_foresaw_leaves_the_intent() -> None:
    desk = Desk()

    with pytest.raises(RuntimeError):
        desk.ensure(make=raising(RuntimeError("the process is out of memory")))

    assert desk.stored() == Intent("l1", KEY, started_at=START)


def test_a_search_waits_until_the_vendors_lists_have_caught_up() -> None:
    desk = Desk(now=START - 10)
    intent = unsettled(desk)

    with pytest.raises(Retry) as waiting:
        desk.ensure()

    assert (waiting.value.after, waiting.value.counts) == (10.0, False)
    assert desk.stored() == intent


def test_what_the_search_finds_is_adopted() -> None:
    desk = Desk()
    unsettled(desk)

    adopted = desk.ensure(look=lambda intent: f"made since {intent.started_at:.0f}")

    assert adopted == desk.stored()
    assert adopted.result_id == "made since 1779999940"


def test_one_search_that_misses_is_not_enough() -> None:
    desk = Desk()
    unsettled(desk)

    with pytest.raises(Retry) as waiting:
        desk.ensure(look=desk.misses)

    assert (waiting.value.after, waiting.value.counts) == (60.0, False)
    assert desk.stored() == Intent("l1", KEY, started_at=START - 60, misses=1, missed_at=START)


def test_the_second_search_comes_not_sooner_than_the_first_was_after_the_create() -> None:
    desk = Desk(now=START + 59)
    unsettled(desk, misses=1, missed_at=START)

    with pytest.raises(Retry) as waiting:
        desk.ensure()

    assert waiting.value.after == 1.0


def test_what_the_second_search_finds_is_adopted() -> None:
    desk = Desk(now=START + 60)
    unsettled(desk, misses=1, missed_at=START)

    assert desk.ensure(look=lambda _: "7001").result_id == "7001"


def test_after_two_misses_it_is_made_again_as_a_new_attempt() -> None:
    desk = Desk(now=START + 60)
    unsettled(desk, misses=1, missed_at=START)

    made = desk.ensure(look=desk.misses, make=lambda: "7002")

    assert desk.asked == ["look"]
    assert made == desk.stored() == Intent("l1", KEY, started_at=START + 60, attempt=2, result_id="7002")


def test_a_second_attempt_whose_answer_is_lost_is_searched_for_twice_again() -> None:
    desk = Desk(now=START + 60)
    unsettled(desk, misses=1, missed_at=START)

    with pytest.raises(EffectUnknown):
        desk.ensure(look=desk.misses, make=raising(EffectUnknown("no answer")))

    assert desk.stored() == Intent("l1", KEY, started_at=START + 60, attempt=2)


def test_a_second_attempt_that_surely_had_no_effect_leaves_the_first_to_be_searched_for() -> None:
    desk = Desk(now=START + 60)
    first = unsettled(desk, misses=1, missed_at=START)

    with pytest.raises(Retry):
        desk.ensure(look=desk.misses, make=raising(Retry("rate limit", after=9)))

    assert desk.stored() == first
    assert desk.ensure(look=lambda _: "7001").result_id == "7001"


def test_a_search_that_fails_changes_nothing() -> None:
    desk = Desk()
    intent = unsettled(desk)

    def look(_: Intent) -> str:
        raise Retry("the list was cut short")

    with pytest.raises(Retry):
        desk.ensure(look=look)

    assert desk.stored() == intent


# Over random faults


class Killed(BaseException):
    """The worker's process ended here."""


@dataclass
class Vendor:
    """Makes things, and shows them in its list only `lag` seconds later."""

    desk: Desk
    lag: float
    fates: list[str]
    made_at: list[float] = field(default_factory=list)

    def make(self) -> str:
        fate = self.fates.pop(0) if self.fates else "well"
        if fate not in {"refused", "lost before", "killed before"}:
            self.made_at.append(self.desk.now)
        errors: dict[str, BaseException] = {
            "refused": Retry("busy", after=5),
            "lost before": EffectUnknown("no answer"),
            "lost after": EffectUnknown("no answer"),
            "killed before": Killed(),
            "killed after": Killed(),
        }
        if fate in errors:
            raise errors[fate]
        return f"7{len(self.made_at):03d}"

    def look(self, _: Intent) -> str:
        shown = [number for number, at in enumerate(self.made_at, 1) if at + self.lag <= self.desk.now]
        return f"7{shown[0]:03d}" if shown else ""


FATES = st.lists(
    st.sampled_from(["refused", "lost before", "lost after", "killed before", "killed after"]), max_size=5
)


@settings(deadline=None)
@given(FATES, st.floats(0, ADOPT_AFTER), st.lists(st.floats(0, 90), max_size=8))
def test_a3_whatever_breaks_a_thing_is_made_exactly_once(
    fates: list[str], lag: float, waits: list[float]
) -> None:
    desk = Desk()
    vendor = Vendor(desk, lag, fates)
    settled = None
    for wait in [*waits, *[ADOPT_AFTER] * 20]:
        try:
            settled = desk.ensure(look=vendor.look, make=vendor.make)
        except (Retry, Killed):
            settled = None
        desk.now += wait

    assert settled
    assert settled.result_id == "7001"
    assert len(vendor.made_at) == 1


# A worker that stood still


def test_a_worker_whose_time_is_up_stores_no_intent_over_what_another_made() -> None:
    desk = Desk()

    def late() -> None:
        raise Retry("The worker's time is up")

    desk.ensure(make=lambda: "7001")
    once = Once(desk.links, "l1", lambda: desk.now, ADOPT_AFTER, late)
    with pytest.raises(Retry, match="time is up"):
        once.ensure(None, KEY, look=desk.never_look, make=desk.never_make)
    assert desk.stored() == Intent("l1", KEY, started_at=START, result_id="7001")


def test_a_refusal_takes_back_no_intent_that_another_worker_has_settled() -> None:
    desk = Desk()
    settled = Intent("l1", KEY, started_at=START + 200.0, result_id="7001")

    def make() -> str:
        desk.links.put_intent(settled)
        raise Retry("The worker's time is up")

    with pytest.raises(Retry):
        desk.ensure(make=make)
    assert desk.stored() == settled


# What no list shows


def attempt(desk: Desk, make: Callable[[], str]) -> None:
    Once(desk.links, "l1", lambda: desk.now, ADOPT_AFTER).attempt(KEY, make)


def test_an_attempt_stores_its_intent_first_and_then_what_it_came_to() -> None:
    desk = Desk()
    seen: list[Intent | None] = []

    def make() -> str:
        seen.append(desk.stored())
        return "sent"

    attempt(desk, make)

    assert seen == [Intent("l1", KEY, started_at=START)]
    assert desk.stored() == Intent("l1", KEY, started_at=START, result_id="sent")


def test_an_attempt_without_an_answer_counts_as_done_and_keeps_its_intent() -> None:
    desk = Desk()

    attempt(desk, raising(EffectUnknown("no answer")))

    assert desk.stored() == Intent("l1", KEY, started_at=START)


@pytest.mark.parametrize(
    "refusal",
    [Retry("rate limit", after=9), Reject("forbidden", "No.", "Ask."), NeedsAuthorization("p1", "gone")],
)
def test_an_attempt_that_surely_had_no_effect_may_be_made_again(refusal: Exception) -> None:
    desk = Desk()

    with pytest.raises(type(refusal)):
        attempt(desk, raising(refusal))

    assert desk.stored() is None
