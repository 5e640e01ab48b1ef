"""People: contacts without a login, and whom an observation may be assigned to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.procore import Hands
from sandbox.procore.demo import HARBOR_POINT, MARCUS, PRIYA

if TYPE_CHECKING:
    from tests.unit.sandbox_procore.desk import Caller, Checked

PEOPLE = f"/rest/v1.0/projects/{HARBOR_POINT}/people"
ROLE = "CxAlloy : Role : Mechanical Contractor"


def contact(caller: Caller, **person: Any) -> int:
    made = caller.send("POST", PEOPLE, {"person": person})
    assert made.status == 201, made.body
    return int(made.json()["id"])


def test_a_contact_has_a_name_and_neither_login_nor_user(priya: Caller) -> None:
    made = priya.send("POST", PEOPLE, {"person": {"last_name": ROLE, "origin_id": "role-7"}}).json()

    assert made == {
        "id": made["id"], "first_name": None, "last_name": ROLE, "name": ROLE, "is_employee": False,
        "employee_id": None, "job_title": None, "origin_id": "role-7", "work_classification_id": None,
        "user_id": None, "email_address": None, "vendor": None,
    }  # fmt: skip


def test_people_are_users_and_contacts_and_users_are_users_only(priya: Caller) -> None:
    contact(priya, first_name="Ines", last_name="de la Cruz")

    def names(**query: str) -> list[str]:
        return [row["name"] for row in priya.get(PEOPLE, **query).json()]

    assert names(sort="name") == ["Dana Whitfield", "Ines de la Cruz", "Marcus Lindqvist", "Priya Raman"]
    assert names(**{"filters[reference_users_only]": "true"}) == ["Ines de la Cruz"]
    assert "Ines de la Cruz" not in names(**{"filters[without_reference_users]": "true"})
    assert names(**{"filters[search]": "marcus.lindqvist@"}) == ["Marcus Lindqvist"]
    users = priya.get(f"/rest/v1.0/projects/{HARBOR_POINT}/users", view="normal").json()
    assert {row["email_address"] for row in users} == {
        "priya.raman@northwind.example", "marcus.lindqvist@northwind.example",
        "dana.whitfield@northwind.example",
    }  # fmt: skip


def test_a_contact_is_renamed_by_id(sandbox: Checked, priya: Caller) -> None:
    number = contact(priya, first_name="Ines", last_name="Cruz")
    renamed = priya.send("PATCH", f"{PEOPLE}/{number}", {"person": {"last_name": "de la Cruz"}}).json()

    assert (renamed["first_name"], renamed["last_name"]) == ("Ines", "de la Cruz")
    assert priya.send("PATCH", f"{PEOPLE}/{MARCUS}", {"person": {"last_name": "X"}}).status == 404
    assert [one["name"] for one in sandbox.journal.effects("person_updated")] == ["Ines de la Cruz"]


@pytest.mark.parametrize("wrong", [{"last_name": " "}, {"last_name": 5}])
def test_a_contact_needs_a_last_name(sandbox: Checked, priya: Caller, wrong: dict[str, Any]) -> None:
    assert priya.send("POST", PEOPLE, {"person": wrong}).status == 400


def test_contacts_are_made_with_directory_admin_only(marcus: Caller) -> None:
    assert marcus.get(PEOPLE).status == 200
    assert marcus.send("POST", PEOPLE, {"person": {"last_name": "X"}}).status == 403


def test_the_assignees_are_those_with_standard_and_contacts(sandbox: Checked, priya: Caller) -> None:
    number = contact(priya, last_name=ROLE)

    def offered() -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = priya.get(
            "/rest/v1.0/observations/assignees", project_id=HARBOR_POINT
        ).json()
        return rows

    vendor = {"id": 610, "name": "Northwind Builders"}
    assert offered() == [
        {"id": PRIYA, "name": "Priya Raman", "vendor": vendor},
        {"id": MARCUS, "name": "Marcus Lindqvist", "vendor": vendor},
        {"id": number, "name": ROLE},
    ]
    assert priya.observe(assignee_id=number).json()["assignee"] == {"id": number, "name": ROLE}
    sandbox.settings = sandbox.settings.model_copy(update={"contacts_assignable": False})
    assert [row["id"] for row in offered()] == [PRIYA, MARCUS]
    refused = priya.observe(assignee_id=number)
    assert (refused.status, list(refused.json()["errors"])) == (403, ["assignees"])


def test_somebody_who_left_may_be_assigned_no_more(sandbox: Checked, priya: Caller) -> None:
    item = priya.observe(assignee_id=MARCUS).json()["id"]
    Hands(sandbox, PRIYA).set_active(MARCUS, active=False)

    assert priya.show(item).json()["assignee"]["id"] == MARCUS
    assert priya.observe(assignee_id=MARCUS).status == 403


def test_an_assignee_is_cleared_with_null(priya: Caller) -> None:
    item = priya.observe(assignee_id=MARCUS).json()["id"]
    cleared = priya.patch(item, assignee_id=None).json()

    assert "assignee" not in cleared
    assert cleared["assignees"] == []
    assert priya.items().json()[0]["assignee"] is None


def test_a_contact_cannot_sign_in(sandbox: Checked, priya: Caller) -> None:
    contact(priya, last_name=ROLE)
    asked = "response_type=code&client_id=sandbox-client-id&redirect_uri=http://localhost/x&state=s"

    assert ROLE.encode() not in priya.send("GET", f"/oauth/authorize?{asked}").body
