"""Both sides changed one field: who wins, what is kept, and what a pick does (A13)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small
from tests.support.sync_house import SyncHouse, choose, synced

from plumbline.connections import conflicts
from plumbline.issues.hints import PICKED, Hint
from sandbox.procore import Fault

if TYPE_CHECKING:
    from plumbline.connections.settings import Rule
    from plumbline.stores.records import Conflict

ITEM = "/rest/v1.0/observations/items/598134326000001"
LINES = (
    "\n\nCxAlloy asset: AHU-3 (equipment)"
    "\n\nCxAlloy issue CI-1001: http://127.0.0.1:2/project/50/constructionissue/1001"
)


def kept(house: SyncHouse) -> list[Conflict]:
    return list(house.plain_links.conflicts(house.link().id))


def both_change(house: SyncHouse, *, first: str = "tracker") -> None:
    """A person on each side gives another priority; the tracker's poll hears of its side's at once."""
    if first == "tracker":
        house.in_tracker(priority_id="2")
        house.clock.sleep(60)
        house.poll()
        house.clock.sleep(60)
        house.in_procore(priority="Low")
    else:
        house.in_procore(priority="Low")
        house.clock.sleep(60)
        house.in_tracker(priority_id="2")
        house.clock.sleep(60)
        house.poll()
    house.sync()


def stand(house: SyncHouse) -> tuple[str | None, str]:
    """The priority on both sides."""
    return house.issue().priority_id, house.report()["priority"]


def lows(rule: Rule = "last") -> SyncHouse:
    maps = {
        **choose()["maps"],
        "priority": {
            "to_procore": {"1": "High", "2": "Urgent", "3": "Low"},
            "to_tracker": {"High": "1", "Urgent": "2", "Low": "3"},
        },
    }
    world = small.world(files=[])
    world.priorities.append(world.priorities[0].model_copy(update={"id": "3", "name": "Low"}))
    return synced(choose(maps=maps, sync={"rules": {"priority": rule}}), world=world)


# ---- Each rule -------------------------------------------------------------------------------------------


def test_a13_different_fields_changed_on_both_sides_both_survive_without_a_conflict() -> None:
    house = synced()
    house.in_tracker(priority_id="2")
    house.in_procore(due_date="2026-06-30")
    house.answer()
    assert (house.issue().priority_id, house.issue().due_date) == ("2", date(2026, 6, 30))
    assert (house.report()["priority"], house.report()["due_date"]) == ("Urgent", "2026-06-30")
    assert kept(house) == []


def test_a13_the_change_received_last_wins_and_the_other_is_kept() -> None:
    house = lows()
    both_change(house, first="tracker")
    assert stand(house) == ("3", "Low")
    assert [(one.state, one.losing, one.tracker, one.procore) for one in kept(house)] == [
        ("kept", "tracker", "2", "Low")
    ]


def test_a13_the_tracker_wins_when_its_change_was_received_last() -> None:
    house = lows()
    both_change(house, first="procore")
    assert stand(house) == ("2", "Urgent")
    assert [(one.state, one.losing, one.tracker, one.procore) for one in kept(house)] == [
        ("kept", "procore", "2", "Low")
    ]


@pytest.mark.parametrize("first", ["tracker", "procore"])
@pytest.mark.parametrize(
    ("rule", "both", "losing"),
    [("procore", ("3", "Low"), "tracker"), ("tracker", ("2", "Urgent"), "procore")],
)
def test_a13_a_rule_of_the_manager_decides_whatever_came_last(
    rule: Rule, both: tuple[str, str], losing: str, first: str
) -> None:
    house = lows(rule)
    both_change(house, first=first)
    assert stand(house) == both
    assert [one.losing for one in kept(house)] == [losing]


def test_a13_with_ask_nothing_is_written_and_the_conflict_stays_open() -> None:
    house = lows("ask")
    both_change(house)
    assert stand(house) == ("2", "Low")
    assert [(one.id, one.state, one.losing) for one in kept(house)] == [("priority-open", "open", "")]
    house.mark()
    house.settle()
    assert house.writes() == []
    assert len(house.told("conflict")) == 1


def test_a13_equal_edits_on_both_sides_are_agreed_without_a_conflict() -> None:
    house = lows()
    house.in_tracker(priority_id="2")
    house.in_procore(priority="Urgent")
    house.answer()
    assert stand(house) == ("2", "Urgent")
    assert kept(house) == []
    assert house.writes() == []


def test_a13_an_open_conflict_holds_up_no_other_field() -> None:
    house = lows("ask")
    both_change(house)
    house.in_tracker(due_date=date(2026, 6, 30))
    house.answer()
    assert house.report()["due_date"] == "2026-06-30"
    assert stand(house) == ("2", "Low")


def test_a13_people_who_make_both_sides_equal_close_an_open_conflict() -> None:
    house = lows("ask")
    both_change(house)
    house.in_procore(priority="Urgent")
    house.webhooks()
    assert [one.state for one in kept(house)] == ["settled"]
    assert stand(house) == ("2", "Urgent")


def test_a13_a_person_who_takes_one_edit_back_closes_an_open_conflict() -> None:
    house = lows("ask")
    both_change(house)
    house.in_procore(priority="High")
    house.webhooks()
    assert [one.state for one in kept(house)] == ["settled"]
    assert stand(house) == ("2", "Urgent")


def test_a13_so_do_two_people_who_both_take_their_edits_back() -> None:
    house = lows("ask")
    before = stand(house)
    both_change(house)
    assert [one.state for one in kept(house)] == ["open"]
    house.in_procore(priority=before[1])
    house.in_tracker(priority_id=before[0])
    house.settle()
    assert stand(house) == before
    assert [one.state for one in kept(house)] == ["settled"]


def test_a13_both_texts_are_kept_whole() -> None:
    house = synced()
    mine, theirs = "m" * 5000, "t" * 6000
    house.in_tracker(description=mine)
    house.in_procore(description=theirs + LINES)
    house.answer()
    (one,) = kept(house)
    assert (one.field, one.tracker, one.procore) == ("description", mine, theirs)


# ---- Picking ---------------------------------------------------------------------------------------------


def pick(house: SyncHouse, side: str) -> None:
    """What the settings API does for a click."""
    (one,) = [one for one in kept(house) if one.state in ("open", "kept")]
    conflicts.pick(house.links, one, "tracker" if side == "tracker" else "procore")
    link = house.link()
    house.plain_links.save(replace(link, due_at=house.clock(), wants=(PICKED,)))
    house.hints.append(Hint("c1", "manual", link_id=link.id, facets=(PICKED,)))
    house.sync()


@pytest.mark.parametrize(("side", "both"), [("tracker", ("2", "Urgent")), ("procore", ("3", "Low"))])
@pytest.mark.parametrize("rule", ["ask", "last", "procore", "tracker"])
def test_a13_the_picked_value_stands_on_both_sides(rule: Rule, side: str, both: tuple[str, str]) -> None:
    house = lows(rule)
    both_change(house)
    pick(house, side)
    assert stand(house) == both
    assert [one.state for one in kept(house)] == ["settled"]
    house.mark()
    house.settle()
    assert house.writes() == []


@pytest.mark.parametrize("side", ["tracker", "procore"])
def test_a13_a_picked_description_is_put_back_whole(side: str) -> None:
    house = synced()
    mine, theirs = "Mine. " * 700, "Theirs. " * 700
    house.in_tracker(description=mine)
    house.in_procore(description=theirs.strip() + LINES)
    house.answer()
    pick(house, side)
    said = mine.strip() if side == "tracker" else theirs.strip()
    assert house.issue().description.strip() == said
    assert house.report()["description"] == said + LINES
    house.mark()
    house.settle()
    assert house.writes() == []


def test_a13_a_pick_that_its_side_refuses_goes_back_to_the_person() -> None:
    house = lows("ask")
    both_change(house)
    house.in_procore(priority="Medium")
    house.webhooks()
    house.procore.faults.append(
        Fault(method="PATCH", path=ITEM, status=422, body='{"errors": {"priority": ["no"]}}', times=0)
    )
    (one,) = kept(house)
    house.plain_links.put_conflict(replace(one, procore="Low"))
    pick(house, "procore")
    assert [(one.state, one.picked) for one in kept(house)] == [("open", "")]
    assert list(house.link().remarks) == ["priority"]
    assert house.link().state == "synced"


def test_a13_a_pick_is_put_back_where_an_overwrite_without_an_answer_may_still_come_to_light() -> None:
    house = lows("tracker")
    house.in_procore(priority="Low")
    house.clock.sleep(60)
    house.mail.lost = True  # no webhook tells of our own write either
    house.in_tracker(priority_id="2")
    house.procore.faults.append(Fault(method="PATCH", path=ITEM, status=503, when="after"))
    house.poll()
    house.sync()
    assert house.report()["priority"] == "Urgent"  # written, though the answer said nothing of it
    (one,) = kept(house)
    conflicts.pick(house.plain_links, one, "procore")
    house.procore.faults.append(Fault(method="GET", path=ITEM, kind="stale", stale_seconds=30.0))
    house.hints.append(Hint("c1", "manual", link_id=house.link().id, facets=(PICKED,)))
    house.clock.sleep(10)
    house.sync()
    house.clock.sleep(3600)
    house.take_inventory("c1")
    house.settle()
    assert stand(house) == ("3", "Low")


def test_a13_a_pick_is_not_undone_by_a_hint_that_says_nothing_of_it() -> None:
    house = lows("ask")
    both_change(house)
    (one,) = kept(house)
    conflicts.pick(house.links, one, "tracker")
    house.in_tracker(due_date=date(2026, 6, 30))
    house.answer()
    assert [(one.state, one.picked) for one in kept(house)] == [("picked", "tracker")]


def test_a13_the_very_same_edits_once_more_are_in_the_same_record() -> None:
    house = lows()
    both_change(house)
    house.in_tracker(priority_id="1")
    house.answer()
    both_change(house)
    assert [(one.state, one.tracker, one.procore) for one in kept(house)] == [("kept", "2", "Low")]
    assert stand(house) == ("3", "Low")


@pytest.mark.parametrize("rule", ["last", "ask"])
def test_a13_what_the_issue_shows_only_after_a_write_of_the_same_pass_is_a_conflict(rule: Rule) -> None:
    """Procore's new priority has no way back, so it was agreed on; then the issue shows another one too."""
    house = synced(choose(sync={"rules": {"priority": rule}}))
    house.in_procore(due_date="2026-06-30", priority="Low")

    def engine(*given: Any) -> Any:
        made = house.sync_engine(*given)
        tracker = made.context.carrying.tracker
        write = tracker.update_issue

        def and_then(*wanted: Any) -> None:
            write(*wanted)
            house.in_tracker(priority_id="2")

        shadow: Any = Shadow(tracker, and_then)
        made.context.carrying.tracker = shadow
        return made

    house.clock.sleep(10)
    house.deliver()
    replace(house.sync_worker(), engine=engine).handle(house.hints.popleft(), seconds_left=60.0)
    house.settle()
    (one,) = kept(house)
    assert (one.tracker, one.procore) == ("2", "Low")
    assert stand(house) == (("2", "Urgent") if rule == "last" else ("2", "Low"))


class Shadow:
    """A tracker's client one of whose calls is another."""

    def __init__(self, tracker: Any, update_issue: Any) -> None:
        self._tracker, self.update_issue = tracker, update_issue

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tracker, name)
