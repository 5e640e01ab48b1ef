"""Assignees in both directions: by e-mail, by contact, by placeholder (A40-A43)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.support import small, sync_pairs
from tests.support.sync_house import SyncHouse
from tests.support.sync_pairs import hands, mutations, number, rests, said, settle

from plumbline.stores.records import LinkState
from sandbox.procore import Fault
from sandbox.procore.demo import HARBOR_POINT, MARCUS, PRIYA

if TYPE_CHECKING:
    from sandbox.cxalloy import CxAlloyWorld

PEOPLE = [
    {"person_id": "61", "last_name": "Lindqvist", "email": "Marcus.Lindqvist@northwind.example"},
    {"person_id": "62", "first_name": "Ana", "last_name": "Souza", "email": "ana@cx.example"},
    {"person_id": "63", "first_name": "Priya", "last_name": "Raman", "email": "another.priya@cx.example"},
    {"person_id": "64", "first_name": "Ana", "last_name": "Souza", "email": "ana.two@cx.example"},
]  # fmt: skip


def world(count: int = 2, **changes: Any) -> CxAlloyWorld:
    made = small.world([{**one, **changes} for one in sync_pairs.issues(count)], []).model_dump()
    made |= {
        "people": PEOPLE,
        "companies": [{"id": "71", "name": "Acme Controls"}],
        "roles": [{"id": "81", "name": "Commissioning Agent"}],
    }
    made["account"] = small.world([], []).account.model_dump()
    return type(small.world([], [])).model_validate(made)


def pairs(count: int = 2, *, assigned: tuple[str, str] | None = None, **sync: Any) -> SyncHouse:
    given = {"assigned_type": assigned[0], "assigned_key": assigned[1]} if assigned else {}
    return sync_pairs.house(world=world(count, **given), **{"assignees": True, **sync})


def assign(house: SyncHouse, kind: str, key: str, issue_id: str = "1001") -> None:
    house.in_tracker(issue_id, assigned_type=kind, assigned_key=key)
    settle(house)


def assigned(house: SyncHouse, issue_id: str = "1001") -> list[str]:
    """Names of whom the observation is assigned to, from the sandbox itself."""
    item = house.procore.state.observations[number(house, issue_id)]
    return [house.procore.state.people[one].name for one in item.assignee_ids]


def contacts(house: SyncHouse) -> list[str]:
    return [one.name for one in house.procore.state.people.values() if one.contact]


def contact(house: SyncHouse, name: str) -> int:
    return next(one.id for one in house.procore.state.people.values() if one.name == name)


def switch(house: SyncHouse, **sync: Any) -> None:
    now = house.connections.get("c1")
    assert now
    given = {**now.settings, "sync": {**now.settings["sync"], **sync}}
    house.connections.save(replace(now, settings=given))


# ---- From the tracker to Procore ------------------------------


def test_a41_a_person_is_matched_by_email_whatever_its_case() -> None:
    house = pairs(assigned=("person", "61"))
    assert assigned(house) == ["Marcus Lindqvist"]
    assert contacts(house) == []
    assert rests(house)


def test_a40_a_changed_assignee_sets_the_other_sides() -> None:
    house = pairs()
    assign(house, "person", "61")
    assert assigned(house) == ["Marcus Lindqvist"]
    house.cxalloy.settings = house.cxalloy.settings.model_copy(
        update={"odd_values": False}
    )  # an empty key is told
    assign(house, "", "")
    assert assigned(house) == []
    assert rests(house)


def test_a41_a_person_whom_procore_does_not_know_becomes_a_contact_once() -> None:
    house = pairs(2, assigned=("person", "62"))
    assert contacts(house) == ["Ana Souza"]
    assert assigned(house, "1001") == assigned(house, "1002") == ["Ana Souza"]
    made = house.procore.state.people[contact(house, "Ana Souza")]
    assert (made.login, made.contact, made.last_name) == ("", True, "Souza")
    assert rests(house)


def test_a41_a_namesake_with_another_email_is_not_taken_for_the_person() -> None:
    house = pairs(assigned=("person", "63"))
    assert contacts(house) == ["Priya Raman"]
    assert PRIYA not in house.procore.state.observations[number(house)].assignee_ids


def test_a41_two_people_of_one_name_get_a_contact_each_and_stay_apart_on_the_way_back() -> None:
    house = pairs(2)
    assign(house, "person", "62", "1001")
    assign(house, "person", "64", "1002")
    assert contacts(house) == ["Ana Souza", "Ana Souza"]
    first, second = (
        house.procore.state.observations[number(house, one)].assignee_ids[0] for one in ("1001", "1002")
    )
    hands(house).edit(number(house, "1001"), assignee_id=second)
    hands(house).edit(number(house, "1002"), assignee_id=first)
    settle(house)
    assert [house.issue(one).assigned_key for one in ("1001", "1002")] == ["64", "62"]


@pytest.mark.parametrize(
    ("kind", "key", "name"),
    [
        ("company", "71", "CxAlloy : Company : Acme Controls"),
        ("role", "81", "CxAlloy : Role : Commissioning Agent"),
    ],
)
def test_a42_a_company_or_role_becomes_a_placeholder_with_its_whole_text_as_last_name(
    kind: str, key: str, name: str
) -> None:
    house = pairs(2, assigned=(kind, key))
    assert contacts(house) == [name]
    made = house.procore.state.people[contact(house, name)]
    assert made.last_name == name
    assert assigned(house) == [name]
    assert rests(house)


@pytest.mark.parametrize("when", ["before", "after"])
def test_a41_a_contact_whose_create_was_not_answered_is_made_once(when: Any) -> None:
    fault = Fault(method="POST", path=r".*/people", kind="drop", when=when)
    house = SyncHouse(
        world(2, assigned_type="person", assigned_key="62"), sync_pairs.settings(assignees=True)
    )
    house.procore.faults.append(fault)
    settle(house, minutes=8)
    assert contacts(house) == ["Ana Souza"]
    assert assigned(house, "1001") == assigned(house, "1002") == ["Ana Souza"]
    assert {link.state for link in house.plain_links.of_connection("c1").items} == {LinkState.SYNCED}


def test_a41_two_workers_at_once_make_one_contact() -> None:
    house = SyncHouse(
        world(2, assigned_type="person", assigned_key="62"), sync_pairs.settings(assignees=True)
    )
    sync_pairs.interleave(house, "POST", "/people")
    settle(house, minutes=4)
    assert contacts(house) == ["Ana Souza"]
    assert assigned(house, "1001") == assigned(house, "1002") == ["Ana Souza"]


# ---- From Procore to the tracker ------------------------------


def test_a40_an_assignee_chosen_in_procore_becomes_the_person_with_that_email() -> None:
    house = pairs()
    hands(house).edit(number(house), assignee_id=MARCUS)
    settle(house)
    assert (house.issue().assigned_type, house.issue().assigned_key) == ("person", "61")
    assert rests(house)


@pytest.mark.parametrize(("kind", "key"), [("company", "71"), ("role", "81"), ("person", "62")])
def test_a42_assigning_a_contact_in_procore_assigns_whom_it_stands_for(kind: str, key: str) -> None:
    house = pairs(2)
    assign(house, kind, key, "1002")
    placeholder = house.procore.state.observations[number(house, "1002")].assignee_ids[0]
    hands(house).edit(number(house), assignee_id=placeholder)
    settle(house)
    assert (house.issue().assigned_type, house.issue().assigned_key) == (kind, key)
    assert rests(house)


def test_a40_an_assignee_whom_the_tracker_does_not_know_changes_nothing_there() -> None:
    house = pairs(assigned=("person", "61"))
    hands(house).edit(number(house), assignee_id=PRIYA)
    settle(house)
    assert house.issue().assigned_key == "61"
    assert assigned(house) == ["Priya Raman"]
    assert rests(house)


def test_a40_an_assignee_cleared_in_procore_is_cleared_in_the_tracker() -> None:
    house = pairs(assigned=("company", "71"))
    hands(house).edit(number(house), assignee_id=None)
    settle(house)
    assert house.issue().assigned_key is None
    assert rests(house)


def users_asked(house: SyncHouse) -> int:
    return sum(call.endswith(f"/projects/{HARBOR_POINT}/users") for call in house.rest_calls())


def test_a41_a_user_once_found_is_not_looked_up_again_within_the_day() -> None:
    house = pairs(2, assigned=("person", "61"))
    assert assigned(house, "1001") == assigned(house, "1002") == ["Marcus Lindqvist"]
    assert users_asked(house) == 1
    house.clock.sleep(90_000.0)
    assign(house, "company", "71")
    assign(house, "person", "61")
    assert assigned(house) == ["Marcus Lindqvist"]
    assert users_asked(house) == 2


def test_a40_a_user_chosen_twice_in_procore_is_looked_up_once() -> None:
    house = pairs(2)
    for issue_id in ("1001", "1002"):
        hands(house).edit(number(house, issue_id), assignee_id=MARCUS)
        settle(house)
        assert house.issue(issue_id).assigned_key == "61"
    assert users_asked(house) == 1


# ---- What Procore refuses ------------------------------


def refuse_contacts(house: SyncHouse) -> None:
    house.procore.settings = house.procore.settings.model_copy(update={"contacts_assignable": False})


def test_a41_a_contact_that_is_refused_at_the_create_leaves_everything_else_in_sync_and_is_remarked() -> None:
    house = SyncHouse(
        world(1, assigned_type="company", assigned_key="71"), sync_pairs.settings(assignees=True)
    )
    refuse_contacts(house)
    settle(house)
    assert assigned(house) == []
    assert "is not among the assignees" in house.link().remarks["assignee"]
    assert len(said(house, "refused")) == 1
    house.in_tracker(priority_id="2")
    settle(house)
    assert house.observation().priority == "Medium"
    assert "is not among the assignees" in house.link().remarks["assignee"]
    assert rests(house)


def test_a41_a_contact_that_is_refused_later_is_remarked_and_the_rest_of_the_edit_travels() -> None:
    house = pairs()
    refuse_contacts(house)
    house.in_tracker(assigned_type="company", assigned_key="71", priority_id="2", description="New text.")
    settle(house)
    assert house.observation().priority == "Medium"
    assert (house.observation().description or "").startswith("New text.")
    assert "assignees" in house.link().remarks["assignee"]
    assert house.link().state is LinkState.SYNCED
    assert rests(house)


@pytest.mark.parametrize("at_create", [True, False])
def test_a41_without_rights_in_the_directory_no_contact_is_made_and_the_item_says_so(
    *, at_create: bool
) -> None:
    given = {"assigned_type": "company", "assigned_key": "71"} if at_create else {}
    house = SyncHouse(world(1, **given), sync_pairs.settings(assignees=True))
    hands(house).set_level(PRIYA, HARBOR_POINT, "None", "directory")
    settle(house)
    house.in_tracker(assigned_type="company", assigned_key="71", priority_id="2")
    settle(house)
    assert contacts(house) == []
    assert house.observation().priority == "Medium"
    assert "directory" in house.link().remarks["assignee"]
    assert rests(house)


def test_a41_a_remark_goes_when_the_assignee_is_taken_at_last() -> None:
    house = pairs()
    refuse_contacts(house)
    assign(house, "company", "71")
    assert "assignee" in house.link().remarks
    assign(house, "person", "61")
    assert assigned(house) == ["Marcus Lindqvist"]
    assert "assignee" not in house.link().remarks


def test_a41_the_template_that_the_settings_name_is_given_to_contacts_once_and_lets_them_be_assigned() -> (
    None
):
    house = SyncHouse(
        world(2, assigned_type="company", assigned_key="71"),
        sync_pairs.settings(assignees=True, assignee_template_id="4242"),
    )
    refuse_contacts(house)
    settle(house)
    assert assigned(house, "1001") == assigned(house, "1002") == ["CxAlloy : Company : Acme Controls"]
    given = [call for call in house.rest_calls() if call.endswith("/permission_template_assignments")]
    assert len(given) == 1
    assert rests(house)


def test_a41_a_template_named_later_is_given_to_a_contact_that_was_refused_before() -> None:
    house = pairs()
    refuse_contacts(house)
    assign(house, "company", "71")
    assert assigned(house) == []
    switch(house, assignee_template_id="4242")
    assign(house, "role", "81")
    assign(house, "company", "71")
    assert assigned(house) == ["CxAlloy : Company : Acme Controls"]
    assert "assignee" not in house.link().remarks


# ---- Off, and switched on ------------------------------


def test_a43_with_the_option_off_nothing_about_assignees_is_read_or_written() -> None:
    house = pairs(assigned=("person", "61"), assignees=False)
    assert assigned(house) == []
    hands(house).edit(number(house), assignee_id=PRIYA)
    house.in_tracker(assigned_type="company", assigned_key="71")
    settle(house)
    assert assigned(house) == ["Priya Raman"]
    assert house.issue().assigned_key == "71"
    asked = [call for call in house.rest_calls() if call.endswith(("/users", "/people", "/assignees"))]
    assert asked == []
    assert [call.path for call in house.cxalloy.calls if "person" in call.path] == []


def test_a40_turning_the_option_on_changes_no_old_item_and_the_next_change_travels() -> None:
    house = pairs(2, assigned=("person", "61"), assignees=False)
    switch(house, assignees=True)
    before = mutations(house)
    assert rests(house)
    house.in_tracker(priority_id="2")
    settle(house)
    assert assigned(house) == []
    assert sum((mutations(house) - before).values()) == 1
    assign(house, "company", "71", "1002")
    assert assigned(house, "1002") == ["CxAlloy : Company : Acme Controls"]
    hands(house).edit(number(house), assignee_id=contact(house, "CxAlloy : Company : Acme Controls"))
    settle(house)
    assert house.issue().assigned_key == "71"
    assert rests(house)
