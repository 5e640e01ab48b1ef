"""Who works for a connection at Procore: rights lost and found, another authorizer taking over (S6, S10)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support import sync_pairs
from tests.support.sync_pairs import hands, outcomes, said, settle

from plumbline.stores.records import RIGHTS, Connection, LinkState
from sandbox.procore import Fault
from sandbox.procore.demo import DANA, HARBOR_POINT, MARCUS, PRIYA

if TYPE_CHECKING:
    from tests.support.sync_house import SyncHouse

MISSING = "observations needs the level Admin; the connected user has: Read Only."
ASK = "Ask a Procore admin to give the connected user the level Admin on Observations"


def connection(house: SyncHouse) -> Connection:
    found = house.connections.get("c1")
    assert found
    return found


def stand_by(house: SyncHouse, person: int = MARCUS, authorization_id: str = "p2") -> None:
    """Another authorizer of the same project, who may or may not have the rights."""
    first = house.authorizations.get("p1")
    assert first
    house.authorizations.put(replace(first, id=authorization_id, label=authorization_id, subject=str(person)))
    house.keeper.keep(authorization_id, house.sign_in(person))
    others = (*connection(house).other_authorization_ids, authorization_id)
    house.connections.save(replace(connection(house), other_authorization_ids=others))


def empower(house: SyncHouse, person: int) -> None:
    for tool in ("admin", "observations"):
        hands(house).set_level(person, HARBOR_POINT, "Admin", tool)


def demote(house: SyncHouse, level: str = "Read Only") -> None:
    hands(house).set_level(PRIYA, HARBOR_POINT, level)


def edit(house: SyncHouse, *issue_ids: str) -> None:
    """Someone changes issues, and the schedules run once."""
    for issue_id in issue_ids:
        house.in_tracker(issue_id, description=f"Changed {issue_id}.")
    settle(house, minutes=1)


def states(house: SyncHouse) -> set[LinkState]:
    return {link.state for link in house.plain_links.of_connection("c1", limit=100).items}


def authorize_again(house: SyncHouse, person: int = PRIYA) -> None:
    held = house.authorizations.get("p1")
    assert held
    house.keeper.keep("p1", house.sign_in(person))
    given = replace(held, valid=True, cause="", subject=str(person), authorized_at=house.clock())
    house.authorizations.put(given)


def levels_asked(house: SyncHouse) -> int:
    return sum(call.endswith("/settings/permissions") for call in house.rest_calls())


def test_s10_when_the_first_loses_its_rights_another_takes_over_and_the_edit_arrives() -> None:
    house = sync_pairs.house(3)
    stand_by(house)
    empower(house, MARCUS)
    demote(house)

    edit(house, "1001")
    settle(house)

    assert connection(house).procore_authorization_id == "p2"
    assert connection(house).other_authorization_ids == ("p1",)
    assert house.observation().description.startswith("Changed 1001.")  # type: ignore[union-attr]
    (line,) = said(house, "authorizer_changed")
    assert line.startswith("p2 takes over at Procore from priya.")
    assert connection(house).cause == ""
    assert house.link().remarks == {}


def test_s10_one_without_the_rights_is_passed_over_for_the_next() -> None:
    house = sync_pairs.house(2)
    stand_by(house, DANA, "p2")
    stand_by(house, MARCUS, "p3")
    empower(house, MARCUS)
    demote(house)

    edit(house, "1001")

    assert connection(house).procore_authorization_id == "p3"
    assert connection(house).other_authorization_ids == ("p2", "p1")


def test_s10_with_nobody_else_the_connection_says_what_is_missing_and_its_items_wait() -> None:
    house = sync_pairs.house(4)
    stand_by(house, DANA)
    demote(house)

    edit(house, "1001", "1002", "1003")
    settle(house)

    assert states(house) == {LinkState.SYNCED}
    assert connection(house).procore_authorization_id == "p1"
    assert connection(house).cause == MISSING
    assert [one.remarks for one in map(house.link, ("1001", "1002", "1003"))] == [{}, {}, {}]
    assert outcomes(house).count("failed") == 1


def test_s10_what_waited_is_carried_over_once_the_level_is_given_back() -> None:
    house = sync_pairs.house(2)
    demote(house)
    edit(house, "1001")
    assert connection(house).cause == MISSING

    demote(house, "Admin")
    settle(house, minutes=12)

    assert connection(house).cause == ""
    assert house.observation().description.startswith("Changed 1001.")  # type: ignore[union-attr]


def test_s10_a_refusal_that_is_about_the_item_alone_moves_nobody() -> None:
    house = sync_pairs.house(3)
    stand_by(house)
    empower(house, MARCUS)
    path = f".*/items/{house.observation_id()}"
    house.break_procore(Fault(path=path, method="PATCH", status=403, times=0))

    edit(house, "1001", "1002")

    assert connection(house).procore_authorization_id == "p1"
    assert connection(house).cause == ""
    assert "description" in house.link().remarks
    assert house.observation("1002").description.startswith("Changed 1002.")  # type: ignore[union-attr]


def test_s10_a_poll_that_the_project_is_closed_to_hands_over_too() -> None:
    house = sync_pairs.house(2)
    stand_by(house)
    empower(house, MARCUS)
    demote(house, "None")

    house.poll_comments("c1")

    assert connection(house).procore_authorization_id == "p2"
    house.clock.sleep(61)
    assert house.poll_comments() == {"polled": 1, "hints": 0, "failed": 0}


def test_s10_a_poll_with_nobody_to_hand_over_to_names_the_missing_level_once() -> None:
    house = sync_pairs.house(2)
    demote(house, "None")

    for _ in range(3):
        house.poll_comments("c1")
        settle(house, minutes=1)

    expected = "observations needs the level Admin; the connected user has: None."
    assert connection(house).cause == expected
    assert said(house, "failed") == [expected]


def test_s10_a_dead_credential_is_replaced_by_the_next_sweep_by_one_that_may_work() -> None:
    house = sync_pairs.house(2)
    stand_by(house, DANA, "p2")
    stand_by(house, MARCUS, "p3")
    empower(house, MARCUS)
    held = house.authorizations.get("p1")
    assert held
    house.authorizations.put(replace(held, valid=False, cause="It was revoked."))

    house.sweep()

    assert connection(house).procore_authorization_id == "p3"


def test_s6_after_a_new_authorization_a_missing_level_becomes_the_cause_with_what_to_ask_for() -> None:
    house = sync_pairs.house(2)
    authorize_again(house, MARCUS)

    settle(house)

    cause = connection(house).cause
    assert "observations needs the level Admin; the connected user has: Standard." in cause
    steps = [entry.next_step for entry in house.activity.read("c1", outcome="failed").items]
    assert len(steps) == 1
    assert ASK in steps[0]


def test_s6_an_authorization_with_all_levels_clears_the_cause() -> None:
    house = sync_pairs.house(2)
    authorize_again(house, MARCUS)
    settle(house)

    house.clock.sleep(60)
    authorize_again(house, PRIYA)
    settle(house)

    assert connection(house).cause == ""


def test_s6_the_levels_are_asked_once_for_each_authorization() -> None:
    house = sync_pairs.house(2)
    assert levels_asked(house) == 0  # they were when the connection was enabled
    house.clock.sleep(86_400)
    authorize_again(house)

    settle(house, minutes=5)

    cursor = house.cursors.get("c1", RIGHTS)
    assert cursor
    assert sorted(cursor.notes) == ["checked_at", "of"]
    assert levels_asked(house) == 1
