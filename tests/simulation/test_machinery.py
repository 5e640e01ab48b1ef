"""The simulation's own parts: turns, kills, queues, shortening and claims do what the proof relies on."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.simulation.claims import Story, Witness
from tests.simulation.findings import Finding, Report
from tests.simulation.history import PERSON, PROCORE, TRACKER, Change
from tests.simulation.plan import Plan, plan_of
from tests.simulation.queues import Message, Queue
from tests.simulation.run import Outcome
from tests.simulation.scheduler import Scheduler, Task
from tests.simulation.story import shortest
from tests.simulation.tokens import Tokens

from sandbox.http import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable


def _walk(scheduler: Scheduler, name: str, steps: list[float]) -> Callable[[], None]:
    def act() -> None:
        for step in steps:
            scheduler.note(name)
            scheduler.sleep(step)

    return act


def test_tasks_take_turns_by_the_virtual_clock() -> None:
    scheduler = Scheduler(100.0)
    scheduler.spawn(Task("a"), _walk(scheduler, "a", [5.0, 1.0]))
    scheduler.spawn(Task("b"), _walk(scheduler, "b", [2.0, 4.0]))
    scheduler.run(200.0)
    scheduler.close()
    assert scheduler.trace == ["100.000 a a", "100.000 b b", "102.000 b b", "105.000 a a"]
    assert scheduler() == 200.0


def test_a_task_is_killed_at_its_pause_and_the_others_go_on() -> None:
    scheduler = Scheduler(0.0)
    scheduler.spawn(Task("a", fuse=2), _walk(scheduler, "a", [1.0, 1.0, 1.0]))
    scheduler.spawn(Task("b"), _walk(scheduler, "b", [10.0]))
    scheduler.run(20.0)
    scheduler.close()
    assert scheduler.trace == ["0.000 a a", "0.000 b b", "1.000 a a", "2.000 a killed"]


def test_a_task_ends_when_its_time_is_up_in_the_middle_of_a_pause() -> None:
    scheduler = Scheduler(0.0)
    scheduler.spawn(Task("a", deadline=3.0), _walk(scheduler, "a", [30.0]))
    scheduler.run(20.0)
    scheduler.close()
    assert scheduler.trace == ["0.000 a a", "3.000 a ended: its time is up"]


def test_what_nobody_foresaw_comes_out_of_the_run() -> None:
    scheduler = Scheduler(0.0)

    def fails() -> None:
        scheduler.sleep(1.0)
        raise ValueError("odd")

    scheduler.spawn(Task("a"), fails)
    with pytest.raises(ValueError, match="odd"):
        scheduler.run(5.0)
    scheduler.close()


def _queue(scheduler: Scheduler, taken: list[str], *, free: bool = True) -> Queue:
    def take(message: Message) -> bool:
        taken.append(f"{scheduler():.0f} {message.body}")
        return free

    return Queue("q", scheduler, random.Random(1), visibility=30.0, max_receives=2, take=take)


def test_a_message_that_is_not_deleted_comes_again_and_then_lies_with_the_dead() -> None:
    scheduler, taken = Scheduler(0.0), list[str]()
    queue = _queue(scheduler, taken)
    queue.send("one")
    scheduler.run(100.0)
    scheduler.close()
    assert taken == ["0 one", "30 one"]
    assert [message.body for message in queue.dead] == ["one"]


def test_messages_come_in_another_order_than_they_were_sent() -> None:
    orders = set()
    for seed in range(6):
        scheduler, taken = Scheduler(0.0), list[str]()
        queue = _queue(scheduler, taken)
        queue.dice = random.Random(seed)
        for body in ("a", "b", "c"):
            queue.send(body)
        scheduler.run(1.0)
        scheduler.close()
        orders.add(tuple(one.split()[1] for one in taken))
    assert len(orders) > 1


def test_the_same_seed_makes_the_same_plan_and_another_seed_another() -> None:
    assert plan_of(7) == plan_of(7)
    assert plan_of(7).deeds != plan_of(8).deeds


def test_a_failing_plan_is_shortened_to_what_makes_it_fail() -> None:
    whole = plan_of(3)
    guilty = {whole.deeds[17], whole.deeds[200]}

    def live(plan: Plan) -> Outcome:
        report = Report()
        if guilty <= set(plan.deeds):
            report.findings.append(Finding("lost", "both deeds are there"))
        return Outcome(plan, report, trace="")

    short = shortest(live(whole), seconds=20.0, live=live)
    assert set(short.plan.deeds) == guilty
    assert short.plan.strikes == ()


class _Same:
    """Values mean the same on both sides."""

    def carried(self, _name: str, _side: str, value: str) -> str:
        return value

    def same(self, _name: str, value: str) -> str:
        return value

    def agree(self, _name: str, tracker: str, procore: str) -> bool:
        return tracker == procore

    def left_out(self, _name: str, _object_id: str) -> bool:
        return False


def _story(*changes: tuple[float, str, str, str]) -> Story:
    told = [Change(at, side, "1", "status", None, value, who) for at, side, value, who in changes]
    return Story(_Same(), "status").replay(told)  # type: ignore[arg-type]


def test_a_value_that_we_overwrite_before_it_was_carried_over_is_owed() -> None:
    made = ((0.0, TRACKER, "a", PERSON), (1.0, PROCORE, "a", "sync#1"))
    story = _story(
        *made, (200.0, PROCORE, "b", PERSON), (300.0, TRACKER, "c", PERSON), (400.0, PROCORE, "c", "sync#2")
    )
    assert [lost.after for lost, _ in story.owed] == ["b"]


def test_a_value_that_reached_the_other_side_is_owed_no_more() -> None:
    made = ((0.0, TRACKER, "a", PERSON), (1.0, PROCORE, "a", "sync#1"))
    story = _story(
        *made, (5.0, PROCORE, "b", PERSON), (7.0, TRACKER, "b", "sync#2"), (9.0, TRACKER, "c", PERSON)
    )
    assert story.owed == []
    assert story.waits == [2.0]
    assert [one.after for one in story.claims.values()] == ["c"]


def test_an_edit_between_our_read_and_our_write_is_a_race_and_an_older_one_is_none() -> None:
    lost = Change(100.0, PROCORE, "1", "status", None, "b", PERSON)
    other = Change(99.0, TRACKER, "1", "status", None, "c", PERSON)
    write = Change(101.0, PROCORE, "1", "status", None, "c", "sync#2", read_at=99.5)
    made = [
        Change(0.0, TRACKER, "1", "status", None, "a", PERSON),
        Change(1.0, PROCORE, "1", "status", None, "a", "s"),
    ]
    meaning = _Same()
    seen = Story(meaning, "status").replay([*made, other, lost, replace(write, read_at=100.5)])  # type: ignore[arg-type]
    unseen = Story(meaning, "status").replay([*made, other, lost, write])  # type: ignore[arg-type]
    assert (seen.races, len(seen.owed)) == (0, 1)
    assert (unseen.races, len(unseen.owed)) == (1, 0)


def _change(at: float, side: str, value: str, who: str = PERSON, **more: float) -> Change:
    return Change(at, side, "1", "status", None, value, who, **more)  # type: ignore[arg-type]


MADE = (_change(0.0, TRACKER, "a"), _change(1.0, PROCORE, "a", "sync#1"))


def _seen_by(witness: Witness, *changes: Change) -> Story:
    return Story(_Same(), "status", witness).replay([*MADE, *changes])  # type: ignore[arg-type]


def test_a_copy_that_lags_is_to_be_seen_through_only_where_procore_told_of_the_edit() -> None:
    edits = (_change(100.0, TRACKER, "c"), _change(101.0, PROCORE, "b"))
    write = _change(121.0, PROCORE, "c", "sync#2", read_at=120.0, copy_of=90.0)
    told = _seen_by(Witness(told=lambda _change, _before: True), *edits, write)
    untold = _seen_by(Witness(told=lambda _change, _before: False), *edits, write)
    whole = replace(write, copy_of=120.0)
    fresh = _seen_by(Witness(told=lambda _change, _before: False), *edits, whole)
    assert [(one.lags, len(one.owed)) for one in (told, untold, fresh)] == [(0, 1), (1, 0), (0, 1)]


def test_a_race_needs_an_edit_on_the_other_side_be_it_back_to_what_was_agreed() -> None:
    there, back = _change(50.0, TRACKER, "b"), _change(60.0, TRACKER, "a")
    edit = _change(101.0, PROCORE, "c")
    write = _change(102.0, PROCORE, "a", "sync#2", read_at=100.0, copy_of=100.0)
    assert _seen_by(Witness(), there, back, edit, write).races == 1
    assert len(_seen_by(Witness(), edit, write).owed) == 1


def test_what_agreed_by_chance_counts_with_what_agreed_before_until_a_client_was_shown_it() -> None:
    first = (_change(10.0, TRACKER, "b"), _change(10.0, PROCORE, "b"))
    second = (_change(20.0, TRACKER, "c"), _change(30.0, PROCORE, "c"))
    again = _change(50.0, PROCORE, "b")
    write = _change(60.0, PROCORE, "c", "sync#2", read_at=55.0, copy_of=55.0)
    assert _seen_by(Witness(shown=(15.0,)), *first, *second, again, write).owed == []
    seen = _seen_by(Witness(shown=(15.0, 40.0)), *first, *second, again, write)
    assert [lost.after for lost, _ in seen.owed] == ["b"]


def test_what_procore_holds_again_as_we_wrote_it_is_an_edit_if_a_client_was_shown_another_value() -> None:
    ours = (_change(10.0, TRACKER, "b"), _change(11.0, TRACKER, "x"), _change(12.0, PROCORE, "b", "sync#2"))
    theirs = (_change(20.0, PROCORE, "c"), _change(40.0, TRACKER, "d"), _change(41.0, PROCORE, "b"))
    write = _change(60.0, PROCORE, "d", "sync#3", read_at=59.0, copy_of=59.0)
    assert _seen_by(Witness(), *ours, *theirs, write).owed == []
    shown = _seen_by(Witness(shown=(30.0,)), *ours, *theirs, write)
    assert [lost.after for lost, _ in shown.owed] == ["b"]


def test_what_the_tracker_holds_again_as_we_wrote_it_is_an_edit_if_a_client_read_another_value() -> None:
    edits = (_change(10.0, PROCORE, "b"), _change(11.0, PROCORE, "c"))
    ours = _change(12.0, TRACKER, "b", "sync#2", read_at=10.5)
    there, back = _change(20.0, TRACKER, "d"), _change(40.0, TRACKER, "b")
    write = _change(60.0, TRACKER, "c", "sync#3", read_at=59.0)
    assert _seen_by(Witness(shown=(30.0,)), *edits, ours, there, back, write).owed == []
    read = _seen_by(Witness(issue_shown=(30.0,)), *edits, ours, there, back, write)
    assert [lost.after for lost, _ in read.owed] == ["b"]


def _asked(
    tokens: Tokens, token: str, at: float, status: int, *, given: str = "", wrong: bool = False
) -> None:
    asked, answer = ({"refresh_token": one} if one else {} for one in (token, given))
    request = Request("POST", "/oauth/token", body=json.dumps(asked).encode())
    tokens.note(request, Response(status, body=json.dumps(answer).encode()), at, wrong=wrong)


def test_a_token_that_was_used_twice_though_its_answer_came_is_lost() -> None:
    tokens = Tokens([])
    _asked(tokens, "", 0.0, 200, given="a")
    _asked(tokens, "a", 5000.0, 200, given="b")
    _asked(tokens, "a", 5001.0, 400)
    assert tokens.lost == ["5001.0 a refresh was refused, and nothing had gone wrong"]


def test_a_token_whose_answer_was_lost_is_refused_rightly_after_another_sign_in_too() -> None:
    tokens = Tokens([])
    _asked(tokens, "", 0.0, 200, given="a")
    _asked(tokens, "a", 5000.0, 502, wrong=True)
    _asked(tokens, "a", 5070.0, 400)
    _asked(tokens, "", 6000.0, 200, given="b")
    _asked(tokens, "a", 6000.2, 400)
    assert tokens.lost == []


def test_a_token_that_was_revoked_is_refused_rightly_however_often_it_is_tried() -> None:
    tokens = Tokens([])
    _asked(tokens, "", 0.0, 200, given="a")
    tokens.upsets.append(4000.0)
    _asked(tokens, "a", 5000.0, 400)
    _asked(tokens, "a", 5100.0, 400)
    assert tokens.lost == []
