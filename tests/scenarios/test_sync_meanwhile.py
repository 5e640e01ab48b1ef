"""What is heard of a pair while a worker holds it: that worker goes on with it, at once (A17, A30)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.support.house import WORKER_SECONDS
from tests.support.sync_house import SyncHouse, synced

from plumbline.issues.hints import LOGS, OBSERVATION, Hint

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
