"""Companies, projects, types, trades, pages of lists."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.unit.sandbox_procore.desk import Caller, Checked, caller

from sandbox.procore import ProcoreSandbox, demo_world, world_from_json
from sandbox.procore.demo import DANA, HARBOR_POINT, MARCUS, NORTHWIND, RIVERSIDE
from sandbox.procore.world import World

PROJECTS = "/rest/v1.1/projects"


def next_of(link: str | None) -> str | None:
    found = re.search(r'<([^>]*)>; rel="next"', link or "")
    return found[1] if found else None


def names(priya: Caller, path: str, **query: object) -> list[str]:
    return [row["name"] for row in priya.get(path, **query).json()]


def test_more_than_a_hundred_projects_come_page_by_page(priya: Caller) -> None:
    seen: list[int] = []
    target: str | None = f"{PROJECTS}?company_id={NORTHWIND}&per_page=50"
    pages = 0
    while target:
        answer = priya.send("GET", target.removeprefix("http://api.procore.test"))
        seen += [row["id"] for row in answer.json()]
        target = next_of(answer.header("Link"))
        pages += 1

    assert pages == 3
    assert len(seen) == len(set(seen)) == 132
    assert HARBOR_POINT in seen


def test_a_page_says_total_size_and_neighbours(priya: Caller) -> None:
    answer = priya.get(PROJECTS, company_id=NORTHWIND, per_page=50, page=2)

    assert answer.header("Total") == "132"
    assert answer.header("Per-Page") == "50"
    rels = re.findall(r'page=(\d+)&per_page=50>; rel="(\w+)"', answer.header("Link") or "")
    assert rels == [("1", "first"), ("1", "prev"), ("3", "next"), ("3", "last")]


def test_a_list_that_fits_has_no_link_and_a_page_past_the_end_is_empty(priya: Caller) -> None:
    assert priya.get(PROJECTS, company_id=NORTHWIND).header("Link") is None
    beyond = priya.get(PROJECTS, company_id=NORTHWIND, page=9)
    assert beyond.json() == []
    assert next_of(beyond.header("Link")) is None


def test_page_sizes_are_capped(priya: Caller) -> None:
    types = f"/rest/v1.0/companies/{NORTHWIND}/trades"

    assert priya.get(PROJECTS, company_id=NORTHWIND, per_page=2000).header("Per-Page") == "300"
    assert priya.get(types, per_page=2000).header("Per-Page") == "100"
    assert priya.get(types, per_page=0).status == 400
    assert priya.get(types, page="x").status == 400


def test_projects_can_be_filtered_and_shown_as_ids(priya: Caller) -> None:
    query = {"company_id": NORTHWIND}

    assert names(priya, PROJECTS, **{"filters[name]": "harbor"}, **query) == ["Harbor Point Medical Center"]
    assert names(priya, PROJECTS, **{"filters[project_number]": "NB-1002"}, **query) == [
        "Riverside Parking Structure"
    ]
    assert len(names(priya, PROJECTS, **{"filters[by_status]": "Inactive"}, **query)) == 13
    assert len(names(priya, PROJECTS, **{"filters[by_status]": "Active"}, **query)) == 119
    assert priya.get(PROJECTS, **{"filters[by_status]": "Odd"}, **query).status == 400
    some = {"filters[id][]": HARBOR_POINT}
    assert priya.get(PROJECTS, view="ids", **some, **query).json() == [HARBOR_POINT]
    assert names(priya, PROJECTS, **query)[0] == "Ashford Data Center"
    assert names(priya, PROJECTS, sort="display_name", **query)[0] == "Harbor Point Medical Center"


def test_a_person_sees_the_own_projects_only(sandbox: Checked) -> None:
    rows = caller(sandbox, MARCUS).get(PROJECTS, company_id=NORTHWIND).json()

    assert sorted(row["id"] for row in rows) == sorted([HARBOR_POINT, RIVERSIDE])


def test_a_project_is_shown_with_its_company(priya: Caller) -> None:
    whole = priya.get(f"/rest/v1.0/projects/{HARBOR_POINT}", company_id=NORTHWIND).json()

    assert whole["id"] == 598134325870420
    assert whole["company"] == {"id": NORTHWIND, "name": "Northwind Builders"}
    assert priya.get("/rest/v1.0/projects/1", company_id=NORTHWIND).status == 404


def test_selectable_types_are_the_active_ones(priya: Caller) -> None:
    path = "/rest/v1.0/observations/types"
    here = names(priya, path, project_id=HARBOR_POINT)
    there = names(priya, path, project_id=RIVERSIDE)
    company = names(priya, path, company_id=NORTHWIND)

    assert "Commissioning Issue" in here
    assert "Medical Gas Verification" in here
    assert "Medical Gas Verification" not in there + company
    assert "Stormwater" not in here
    assert "Stormwater" in there
    assert "Legacy Punch" not in here + there + company


def test_project_types_show_their_state(priya: Caller) -> None:
    path = f"/rest/v1.0/projects/{HARBOR_POINT}/observation_types"
    state = {row["name"]: row["active"] for row in priya.get(path).json()}

    assert state["Stormwater"] is False
    assert state["Legacy Punch"] is False
    assert state["Deficiency"] is True
    assert sorted(names(priya, path, **{"filters[active]": "false"})) == ["Legacy Punch", "Stormwater"]


def test_company_types_include_inactive_ones_and_their_category(priya: Caller) -> None:
    rows = priya.get(f"/rest/v1.0/companies/{NORTHWIND}/observation_types").json()

    found = {row["name"]: (row["category_key"], row["active"]) for row in rows}
    assert found["Legacy Punch"] == ("quality", False)
    assert found["Functional Test Failure"] == ("commissioning", True)
    assert "Medical Gas Verification" not in found


def test_trades_can_be_filtered(priya: Caller) -> None:
    path = f"/rest/v1.0/companies/{NORTHWIND}/trades"

    assert "Asbestos Abatement" in names(priya, path)
    assert "Asbestos Abatement" not in names(priya, path, **{"filters[active]": "true"})
    assert names(priya, path, **{"filters[query]": "fire"}) == ["Fire & Life Safety"]
    late = '"2026-06-01T00:00:00Z...2026-07-01T00:00:00Z"'
    assert names(priya, path, **{"filters[updated_at]": late}) == []
    assert priya.get("/rest/v1.0/companies/4212/trades").status == 403


def test_a_world_can_be_written_as_json() -> None:
    small = """{"companies": [{"id": 1, "name": "One"}], "people": [],
                "projects": [{"id": 2, "company_id": 1, "name": "Two"}]}"""
    world = world_from_json(small)

    assert isinstance(world, World)
    assert world.projects[0].name == "Two"
    assert list(ProcoreSandbox(lambda: 0.0, world=world).state.projects) == [2]


def test_the_demo_world_holds_what_it_promises() -> None:
    world = demo_world()

    assert len([project for project in world.projects if project.company_id == NORTHWIND]) > 100
    assert {company.app for company in world.companies} == {"installed", "never"}
    assert max(project.id for project in world.projects) > 2**32
    assert {one.project_id for one in world.observations} == {RIVERSIDE}


USERS = f"/rest/v1.0/projects/{HARBOR_POINT}/users"


def test_the_users_of_a_project_are_its_active_people_without_service_accounts(
    sandbox: Checked, priya: Caller
) -> None:
    assert names(priya, USERS) == ["Priya Raman", "Marcus Lindqvist", "Dana Whitfield"]
    sandbox.state.people[DANA] = replace(sandbox.state.people[DANA], active=False)
    assert names(priya, USERS, sort="name") == ["Marcus Lindqvist", "Priya Raman"]
    riverside = f"/rest/v1.0/projects/{RIVERSIDE}/users"
    assert names(priya, riverside) == ["Priya Raman", "Marcus Lindqvist"]


def test_the_users_of_a_project_are_paged_and_filtered(priya: Caller) -> None:
    second = priya.get(USERS, per_page=2, page=2)

    assert [row["name"] for row in second.json()] == ["Dana Whitfield"]
    assert second.header("Total") == "3"
    assert names(priya, USERS, **{"filters[search]": "LIND"}) == ["Marcus Lindqvist"]
    assert names(priya, USERS, **{"filters[id]": MARCUS}) == ["Marcus Lindqvist"]
    assert priya.get("/rest/v1.0/projects/1/users").status == 404


def test_without_directory_rights_only_the_compact_view_is_shown(sandbox: Checked, priya: Caller) -> None:
    compact = priya.get(USERS, view="compact").json()[1]

    assert compact == {
        "id": MARCUS, "name": "Marcus Lindqvist", "first_name": "Marcus", "last_name": "Lindqvist",
        "initials": "ML", "vendor": {"id": 610, "name": "Northwind Builders"},
    }  # fmt: skip
    assert priya.get(USERS).json()[1]["email_address"] == "marcus.lindqvist@northwind.example"
    assert caller(sandbox, DANA).get(USERS, view="normal").json()[1] == compact
