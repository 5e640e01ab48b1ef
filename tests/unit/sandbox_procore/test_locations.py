"""Locations: tiers, paths, and where an observation is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.sandbox_procore.desk import caller

from sandbox.procore.demo import HARBOR_POINT, PRIYA, RIVERSIDE

if TYPE_CHECKING:
    from tests.unit.sandbox_procore.desk import Caller, Checked, Clock

    from sandbox.http import Response

PLACES = f"/rest/v1.0/projects/{HARBOR_POINT}/locations"


def names(reader: Caller, **query: str) -> list[str]:
    return [row["name"] for row in reader.get(PLACES, **query).json()]


def path(maker: Caller, *tiers: Any) -> Response:
    return maker.send("POST", f"{PLACES}/find_or_create_by_path", {"location": {"path": list(tiers)}})


def test_a_location_is_named_by_its_path(priya: Caller) -> None:
    assert priya.get(f"{PLACES}/15002").json() == {
        "id": 15002, "name": "Central Plant>Mechanical Room", "node_name": "Mechanical Room",
        "parent_id": 15001, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
        "code": None,
    }  # fmt: skip
    assert priya.get(f"{PLACES}/15011").status == 404
    assert priya.get(f"{PLACES}/1").status == 404


def test_a_path_is_made_once_and_found_afterwards(sandbox: Checked, priya: Caller) -> None:
    made = path(priya, "CxAlloy Assets", "Equipment", "AHU-1")
    again = path(priya, "CxAlloy Assets", "Equipment", "AHU-1")
    sibling = path(priya, "CxAlloy Assets", "Equipment", "AHU-2")

    assert (made.status, again.status, sibling.status) == (201, 200, 201)
    assert made.json() == again.json()
    assert made.json()["name"] == "CxAlloy Assets>Equipment>AHU-1"
    assert sibling.json()["parent_id"] == made.json()["parent_id"]
    assert len(sandbox.journal.effects("location_created")) == 4
    assert path(priya, "Central Plant").json()["id"] == 15001


@pytest.mark.parametrize("wrong", [[], ["A", ""], ["A", 5]])
def test_a_malformed_path_is_refused(priya: Caller, wrong: Any) -> None:
    assert path(priya, *wrong).status == 400


def test_one_tier_is_made_under_a_parent_and_not_twice(priya: Caller) -> None:
    body = {"location": {"node_name": "Roof", "parent_id": 15001}}

    assert priya.send("POST", PLACES, body).json()["name"] == "Central Plant>Roof"
    twice = priya.send("POST", PLACES, body)
    assert (twice.status, twice.json()) == (400, {"errors": {"node_name": ["has already been taken"]}})
    assert priya.send("POST", PLACES, {"location": {"node_name": "Roof"}}).status == 201
    elsewhere = {"location": {"node_name": "Roof", "parent_id": 15011}}
    assert priya.send("POST", PLACES, elsewhere).status == 400


def test_a_tier_takes_another_name_or_parent_and_keeps_its_id(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    clock.now += 60
    renamed = priya.send("PATCH", f"{PLACES}/15001", {"location": {"node_name": "Plant"}}).json()
    moved = priya.send("PATCH", f"{PLACES}/15003", {"location": {"parent_id": 15001}}).json()

    assert (renamed["id"], renamed["name"], renamed["updated_at"]) == (15001, "Plant", "2026-09-21T14:14:20Z")
    assert moved["name"] == "Plant>Level 2"
    assert priya.get(f"{PLACES}/15002").json()["name"] == "Plant>Mechanical Room"
    first = sandbox.journal.effects("location_updated")[0]
    assert first["changes"] == {"node_name": {"old": "Central Plant", "new": "Plant"}}
    loop = priya.send("PATCH", f"{PLACES}/15001", {"location": {"parent_id": 15002}})
    assert loop.json() == {"errors": {"parent_id": ["is the location itself or lies under it"]}}
    taken = priya.send("PATCH", f"{PLACES}/15002", {"location": {"node_name": "Level 2"}})
    assert taken.status == 400


def test_the_list_is_filtered_sorted_and_paged(sandbox: Checked, clock: Clock) -> None:
    clock.now += 86_400
    priya = caller(sandbox, PRIYA)
    path(priya, "Central Plant", "Mechanical Room", "Pump 1")

    assert names(priya, **{"filters[id]": "15001,15003"}) == ["Central Plant", "Level 2"]
    assert names(priya, **{"filters[parent_id]": "15001"}) == ["Central Plant>Mechanical Room"]
    assert names(priya, **{"filters[sublocations_for]": "15001"}) == [
        "Central Plant>Mechanical Room", "Central Plant>Mechanical Room>Pump 1"
    ]  # fmt: skip
    assert names(priya, **{"filters[superlocations_for]": "15002"}) == ["Central Plant"]
    assert names(priya, **{"filters[superlocations_for]": "1"}) == []
    assert names(priya, **{"filters[search]": "pump"}) == ["Central Plant>Mechanical Room>Pump 1"]
    assert names(priya, **{"filters[depth_range]": "0...0"}) == ["Central Plant", "Level 2"]
    recent = {"filters[updated_at]": "2026-09-22T00:00:00Z...2026-09-23T00:00:00Z"}
    assert names(priya, **recent) == ["Central Plant>Mechanical Room>Pump 1"]
    assert names(priya, sort="node_name")[-1] == "Central Plant>Mechanical Room>Pump 1"
    assert len(priya.get(PLACES, per_page=2, page=2).json()) == 2
    assert priya.get(PLACES, **{"filters[depth_range]": "1"}).status == 400


def test_an_unknown_order_is_refused(sandbox: Checked, priya: Caller) -> None:
    assert priya.get(PLACES, sort="colour").status == 400


def test_making_and_changing_needs_project_admin(sandbox: Checked, marcus: Caller) -> None:
    one = {"location": {"node_name": "Roof"}}

    assert marcus.get(PLACES).status == 200
    assert marcus.send("POST", PLACES, one).status == 403
    assert marcus.send("PATCH", f"{PLACES}/15001", one).status == 403
    assert path(marcus, "Roof").status == 403
    sandbox.settings = sandbox.settings.model_copy(update={"location_path_level": "Read Only"})
    assert path(marcus, "Roof").status == 201


def test_an_observation_has_a_location_that_null_clears(priya: Caller) -> None:
    item = priya.observe(location_id=15002).json()

    assert item["location"] == {
        "id": 15002, "name": "Central Plant>Mechanical Room", "node_name": "Mechanical Room",
        "parent_id": 15001, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z",
    }  # fmt: skip
    assert priya.items(**{"filters[location_id]": "15002"}).json()[0]["location"]["id"] == 15002
    assert "location" not in priya.patch(item["id"], location_id=None).json()
    assert priya.items().json()[0]["location"] is None
    assert priya.items(**{"filters[location_id]": "15002"}).json() == []


def test_a_location_of_another_project_is_refused(priya: Caller) -> None:
    refused = priya.observe(location_id=15011)

    assert (refused.status, list(refused.json()["errors"])) == (400, ["location_id"])
    assert priya.observe(RIVERSIDE, location_id=15011).status == 201
