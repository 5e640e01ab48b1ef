"""Lists of observations: rows, filters, order, recycle bin."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from sandbox.procore.demo import HARBOR_POINT, MARCUS, PRIYA, RIVERSIDE

if TYPE_CHECKING:
    from tests.unit.sandbox_procore.desk import Caller, Clock

BIN = f"/rest/v1.0/projects/{HARBOR_POINT}/recycle_bin/observations/items"
ITEM = f"/rest/v1.0/projects/{HARBOR_POINT}/observations/items"


@pytest.fixture
def items(priya: Caller, marcus: Caller, clock: Clock) -> list[int]:
    """Four items, a minute between each, of two people."""
    given: list[tuple[Caller, dict[str, Any]]] = [
        (priya, {"name": "Delta", "priority": "Low", "trade_id": 8001}),
        (priya, {"name": "Alpha", "priority": "High", "status": "closed", "type_id": 7004}),
        (marcus, {"name": "Charlie", "description": "A wet valve", "due_date": "2026-10-02"}),
        (priya, {"name": "Bravo", "assignee_ids": [MARCUS], "due_date": "2026-10-01"}),
    ]
    made = []
    for who, fields in given:
        made.append(int(who.observe(**fields).json()["id"]))
        clock.now += 60
    return made


def found(priya: Caller, **query: Any) -> list[str]:
    return [row["name"] for row in priya.items(**query).json()]


def filtered(priya: Caller, name: str, *values: Any) -> list[str]:
    query = "&".join(f"filters[{name}][]={value}" for value in values)
    target = f"/rest/v1.0/observations/items?project_id={HARBOR_POINT}&{query}"
    return [row["name"] for row in priya.send("GET", target).json()]


def test_a_row_sends_nulls_and_carries_no_files(priya: Caller) -> None:
    priya.observe(upload_ids=[priya.upload(b"x")])
    row = priya.items().json()[0]

    nulls = ["assignee", "location", "origin", "trade", "priority", "due_date", "closed_at"]
    assert {name: row[name] for name in nulls} == dict.fromkeys(nulls)
    assert "attachments" not in row
    assert "distribution_members" not in row
    assert "permissions" not in row
    assert row["created_by"]["login"] == "priya.raman@northwind.example"


@pytest.mark.usefixtures("items")
def test_items_are_filtered(priya: Caller) -> None:
    assert filtered(priya, "status", 3) == ["Alpha"]
    assert filtered(priya, "status", 0, 3) == ["Delta", "Alpha", "Charlie", "Bravo"]
    assert filtered(priya, "priority", "Low", "High") == ["Delta", "Alpha"]
    assert filtered(priya, "created_by_id", MARCUS) == ["Charlie"]
    assert filtered(priya, "type_id", 7004) == ["Alpha"]
    assert filtered(priya, "trade_ids", 8001) == ["Delta"]
    assert filtered(priya, "assignee_id", MARCUS) == ["Bravo"]
    assert found(priya, **{"filters[search]": "VALVE"}) == ["Charlie"]
    assert found(priya, **{"filters[created_by_id]": f"{PRIYA},{MARCUS}", "filters[status]": "3"}) == [
        "Alpha"
    ]


def test_items_are_filtered_by_id(priya: Caller, items: list[int]) -> None:
    assert filtered(priya, "id", items[0], items[2]) == ["Delta", "Charlie"]
    assert found(priya, **{"filters[id]": f"{items[1]},{items[3]}"}) == ["Alpha", "Bravo"]


@pytest.mark.usefixtures("items")
@pytest.mark.parametrize(
    ("limits", "names"),
    [
        ("2026-09-21T14:14:20Z...2026-09-21T14:15:20Z", ["Alpha", "Charlie"]),
        ('"2026-09-21T14:14:20Z...2026-09-21T14:15:20Z"', ["Alpha", "Charlie"]),
        ("2026-09-21T16:15:20+02:00...2026-09-22", ["Charlie", "Bravo"]),
        ("2026-09-20...2026-09-21", []),
    ],
)
def test_updated_at_takes_two_times_both_included(priya: Caller, limits: str, names: list[str]) -> None:
    assert found(priya, **{"filters[updated_at]": limits}) == names


@pytest.mark.parametrize("limits", ["2026-09-21", "a...b", "2026-09-21..2026-09-22", "2026-09-21...", ""])
def test_a_malformed_range_is_refused(priya: Caller, limits: str) -> None:
    assert priya.items(**{"filters[updated_at]": limits}).status == 400


@pytest.mark.parametrize(
    ("name", "value"), [("status", "open"), ("status", "5"), ("priority", "high"), ("id", "x")]
)
def test_a_malformed_filter_is_refused(priya: Caller, name: str, value: str) -> None:
    assert priya.items(**{f"filters[{name}]": value}).status == 400


@pytest.mark.usefixtures("items")
def test_items_come_in_order(priya: Caller) -> None:
    assert found(priya) == ["Delta", "Alpha", "Charlie", "Bravo"]
    assert found(priya, sort="number") == ["Delta", "Alpha", "Charlie", "Bravo"]
    assert found(priya, sort="-created_at") == ["Bravo", "Charlie", "Alpha", "Delta"]
    assert found(priya, sort="name") == ["Alpha", "Bravo", "Charlie", "Delta"]
    assert found(priya, sort="due_date")[2:] == ["Bravo", "Charlie"]
    assert priya.items(sort="updated_at").status == 400


def test_numbers_are_sorted_as_numbers(priya: Caller) -> None:
    for number in (10, 9, 2):
        priya.observe(number=number)

    assert [row["number"] for row in priya.items().json()] == ["2", "9", "10"]


def test_views_give_ids_or_permissions(priya: Caller, marcus: Caller, items: list[int]) -> None:
    assert priya.items(view="ids").json() == items
    assert priya.items(view="normal").json()[0]["name"] == "Delta"
    assert [row["permissions"]["can_edit"] for row in marcus.items(view="permissions").json()] == [
        False, False, True, False,
    ]  # fmt: skip


def test_items_come_in_pages(priya: Caller, items: list[int]) -> None:
    second = priya.items(view="ids", per_page=3, page=2)

    assert second.json() == items[3:]
    assert second.header("Total") == "4"
    assert 'rel="prev"' in (second.header("Link") or "")


def test_other_projects_are_not_listed(priya: Caller) -> None:
    assert [row["id"] for row in priya.items(RIVERSIDE).json()] == [9001, 9002]
    assert priya.items().json() == []


def test_a_deleted_item_lies_in_the_recycle_bin(priya: Caller, items: list[int], clock: Clock) -> None:
    clock.now += 60
    assert priya.send("DELETE", f"{ITEM}/{items[0]}").status == 204

    assert priya.show(items[0]).status == 404
    assert priya.patch(items[0], name="x").status == 404
    assert priya.items(view="ids").json() == items[1:]
    row = priya.get(BIN).json()[0]
    assert (row["id"], row["deleted_at"]) == (items[0], "2026-09-21T14:18:20Z")
    assert priya.get(f"{BIN}/{items[0]}").json()["name"] == "Delta"
    assert priya.get(f"{BIN}/{items[1]}").status == 404
    assert priya.send("DELETE", f"{ITEM}/{items[0]}").status == 404


def test_a_restored_item_keeps_its_id(priya: Caller, items: list[int]) -> None:
    priya.send("DELETE", f"{ITEM}/{items[0]}")
    back = priya.send("PATCH", f"{BIN}/{items[0]}/restore")

    assert back.status == 200
    assert back.json()["id"] == items[0]
    assert "deleted_at" not in back.json()
    assert priya.show(items[0]).status == 200
    assert priya.get(BIN).json() == []
    assert priya.send("PATCH", f"{BIN}/{items[0]}/restore").status == 404


def test_the_bin_has_the_filters_of_the_list(priya: Caller, items: list[int]) -> None:
    for item in items:
        priya.send("DELETE", f"{ITEM}/{item}")

    assert [row["name"] for row in priya.get(BIN, **{"filters[status]": "3"}).json()] == ["Alpha"]
    past = "2026-09-01...2026-09-02"
    assert priya.get(BIN, **{"filters[updated_at]": past}).json() == []


def test_delete_restore_and_the_bin_need_admin(marcus: Caller, items: list[int]) -> None:
    assert marcus.send("DELETE", f"{ITEM}/{items[2]}").status == 403
    assert marcus.get(BIN).status == 403
    assert marcus.send("PATCH", f"{BIN}/{items[2]}/restore").status == 403
