"""What is heard of a pair while a worker holds it: that worker goes on with it, at once (A17, A30)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import sync_pairs
from tests.support.house import WORKER_SECONDS
from tests.support.sync_house import SyncHouse, synced

from plumbline.connections import braking, items, undoing
from plumbline.errors import Reject
from plumbline.issues.hints import ALL, APPROVED, LOGS, OBSERVATION, UNDO, Hint
from sandbox.cxalloy import hands as tracker_hands

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.issues.sync_context import Context, Task
    from plumbline.stores.records import Link


@dataclass
class Interrupted:
    """An engine after whose work, and before its worker lets go, something else happens."""

    engine: Any
    happens: Callable[[], None]

    @property
    def context(self) -> Context:
        made: Context = self.engine.context
        return made

    def sync(self, link: Link, task: Task) -> Link:
        done: Link = self.engine.sync(link, task)
        self.happens()
        return done


def said_meanwhile(house: SyncHouse, *, times: int, seconds: float = WORKER_SECONDS) -> list[str]:
    """A worker carries a due date over; so many times another hears of a comment while it is at it."""
    outcomes: list[str] = []

    def happens() -> None:
        if len(outcomes) < times:
            house.say_in_procore(f"Said meanwhile, {len(outcomes) + 1}.")
            hint = Hint("c1", "poll", link_id=house.link().id, facets=(LOGS,))
            outcomes.append(house.sync_worker().handle(hint, seconds_left=WORKER_SECONDS))

    house.in_procore(due_date="2026-06-30")

    def engine(*given: Any) -> Any:
        return Interrupted(house.sync_engine(*given), happens)

    worker = replace(house.sync_worker(), engine=engine)
    house.clock.sleep(10)
    house.plain_links.save(replace(house.link(), due_at=house.clock(), wants=(OBSERVATION,)))
    hint = Hint("c1", "webhook", link_id=house.link().id, facets=(OBSERVATION,))
    worker.handle(hint, seconds_left=seconds)
    return outcomes


def test_a30_a_comment_that_is_heard_of_during_a_pass_is_carried_over_right_after_it() -> None:
    house = synced()
    assert said_meanwhile(house, times=1) == ["held_by_another"]
    assert str(house.issue().due_date) == "2026-06-30"
    assert [one.partition("\n")[2] for one in house.comments_there()][-1] == "Said meanwhile, 1."
    assert house.link().due_at == 0


def test_a30_what_is_heard_again_and_again_is_left_to_the_sweep_at_last() -> None:
    house = synced()
    assert said_meanwhile(house, times=5) == ["held_by_another"] * 4
    assert 0 < house.link().due_at <= house.clock()
    house.settle()
    said = [one.partition("\n")[2] for one in house.comments_there()]
    assert [one for one in said if "meanwhile" in one] == [f"Said meanwhile, {one}." for one in (1, 2, 3, 4)]


def test_a30_without_time_for_it_what_is_heard_meanwhile_is_left_to_the_sweep() -> None:
    house = synced()
    assert said_meanwhile(house, times=1, seconds=14.0) == ["held_by_another"]
    assert not any("meanwhile" in one for one in house.comments_there())
    assert 0 < house.link().due_at <= house.clock()
    house.settle()
    assert sum("Said meanwhile, 1." in one for one in house.comments_there()) == 1


# ---- What a person asks for meanwhile ------------------------------


def overwritten() -> SyncHouse:
    """A pair at rest whose priority in Procore we overwrote a while ago."""
    house = synced()
    house.in_tracker(priority_id="2")
    house.answer()
    assert house.report()["priority"] == "Urgent"
    house.settle()
    return house


def ask_undo(house: SyncHouse, link: Link) -> Hint:
    """What the settings API does with the link as it has read it; returns the hint that it sends."""
    (kept,) = [one for one in house.plain_links.undos(link.id) if one.kind == "write_procore"]
    undoing.ask(house.plain_links, kept, now=house.clock())
    items.wake(house.plain_links, link, UNDO, now=house.clock())
    return Hint("c1", "manual", link_id=link.id, facets=(*ALL, UNDO))


def undone(house: SyncHouse) -> bool:
    return (house.report()["priority"], house.issue().priority_id) == ("High", "1")


def test_s15_an_undo_is_done_though_the_link_was_saved_since_the_page_read_it() -> None:
    house = overwritten()
    link = house.link()
    house.plain_links.save(replace(link, updated_at=house.clock()))
    house.hints.append(ask_undo(house, link))
    house.sync()
    assert undone(house)


@pytest.mark.parametrize("held", ["told", "read"])
@pytest.mark.parametrize("first", ["hint", "worker"])
def test_s15_an_undo_that_is_asked_for_while_a_worker_holds_the_link_is_done(held: str, first: str) -> None:
    """The page read the link before or while the worker had it; the hint comes before or after it lets go."""
    house, asked = overwritten(), list[Hint]()
    before = house.link()

    def happens() -> None:
        if not asked:
            asked.append(ask_undo(house, house.link() if held == "read" else before))
            if first == "hint":
                assert house.sync_worker().handle(asked[0], seconds_left=WORKER_SECONDS) == "held_by_another"

    def engine(*given: Any) -> Any:
        return Interrupted(house.sync_engine(*given), happens)

    house.in_procore(due_date="2026-06-30")
    house.clock.sleep(10)
    house.deliver()
    outcome = replace(house.sync_worker(), engine=engine).handle(house.hints.popleft(), seconds_left=60.0)
    assert outcome != "lease_lost"
    if first == "worker":
        house.hints.extend(asked)
    house.sync()
    assert undone(house)
    assert str(house.issue().due_date) == "2026-06-30"


def test_s15_an_undo_that_is_asked_for_while_a_killed_worker_holds_the_link_is_done() -> None:
    house = overwritten()
    lost = house.plain_links.lease(house.link().id, now=house.clock(), until=house.clock() + 60)
    assert lost
    hint = ask_undo(house, house.link())
    assert house.sync_worker().handle(hint, seconds_left=WORKER_SECONDS) == "held_by_another"
    house.clock.sleep(120)
    house.sweep()
    house.sync()
    assert undone(house)


@pytest.mark.parametrize("first", ["hint", "worker"])
def test_s16_deletes_that_are_approved_while_a_worker_holds_one_of_them_are_all_made(first: str) -> None:
    house, told = sync_pairs.house(20), list[Hint]()
    for issue_id in sync_pairs.ids(12):
        tracker_hands.delete(house.cxalloy, "Ana Souza", issue_id)
    sync_pairs.settle(house)
    plan = braking.plan(house.plain_links, house.cursors, "c1")
    assert (len(sync_pairs.deletes(house)), len(plan.links)) == (10, 2)
    one = plan.links[0].id

    def happens() -> None:
        if not told:
            braking.approve(
                house.plain_links, house.cursors, "c1", plan.hash, now=house.clock(),
                hint=lambda link: told.append(Hint("c1", "manual", link.id, facets=(*ALL, APPROVED))),
            )  # fmt: skip
            if first == "hint":
                (mine,) = [hint for hint in told if hint.link_id == one]
                assert house.sync_worker().handle(mine, seconds_left=WORKER_SECONDS) == "held_by_another"

    def engine(*given: Any) -> Any:
        return Interrupted(house.sync_engine(*given), happens)

    house.plain_links.save(replace(plan.links[0], due_at=house.clock()))
    looked = Hint("c1", "poll", link_id=one, facets=ALL)
    outcome = replace(house.sync_worker(), engine=engine).handle(looked, seconds_left=WORKER_SECONDS)
    assert outcome != "lease_lost"
    house.hints.extend(hint for hint in told if hint.link_id != one or first == "worker")
    house.sync()
    assert len(sync_pairs.deletes(house)) == 12
    assert not braking.plan(house.plain_links, house.cursors, "c1").links


def test_s16_a_plan_is_not_dismissed_under_a_workers_hands() -> None:
    house = sync_pairs.house(20)
    for issue_id in sync_pairs.ids(12):
        tracker_hands.delete(house.cxalloy, "Ana Souza", issue_id)
    sync_pairs.settle(house)
    plan = braking.plan(house.plain_links, house.cursors, "c1")
    assert house.plain_links.lease(plan.links[1].id, now=house.clock(), until=house.clock() + 60)
    with pytest.raises(Reject) as refusal:
        braking.dismiss(house.plain_links, house.cursors, "c1", plan.hash, now=house.clock())
    assert refusal.value.code == "at_work"
    assert len(braking.plan(house.plain_links, house.cursors, "c1").links) == 2
    house.clock.sleep(61)
    braking.dismiss(house.plain_links, house.cursors, "c1", plan.hash, now=house.clock())
    assert not braking.plan(house.plain_links, house.cursors, "c1").links
