from __future__ import annotations

from typing import Any

import pytest

from plumbline.cxalloy.directory import asset_reader, read_company, read_person, read_role
from plumbline.cxalloy.model import Asset, Company, Person, Role

D = "d@x.example"


@pytest.mark.parametrize(
    ("record", "person"),
    [
        (
            {"person_id": 41, "first_name": "Ana", "last_name": "Díaz", "email": "ana@example.com"},
            Person("41", "Ana Díaz", "ana@example.com"),
        ),
        ({"id": "41", "company_id": 5, "name": " Bo "}, Person("41", "Bo", "")),
        ({"person_key": "x", "full_name": "Cy", "email_address": D}, Person("x", "Cy", D)),
        ({"key": 9, "first_name": "", "last_name": None, "email": D}, Person("9", D, D)),
        ({"person_id": 41}, Person("41", "41", "")),
    ],
)  # fmt: skip
def test_a40_a_person_is_read_under_the_likely_names(record: Any, person: Person) -> None:
    assert read_person(record) == person


@pytest.mark.parametrize(
    ("record", "company"),
    [
        ({"company_id": 51, "name": "Aire Ltd"}, Company("51", "Aire Ltd")),
        ({"id": "51", "company_name": "Aire Ltd"}, Company("51", "Aire Ltd")),
        ({"id": "51", "name": ""}, Company("51", "51")),
    ],
)
def test_a_company_is_read_under_the_likely_names(record: Any, company: Company) -> None:
    assert read_company(record) == company


@pytest.mark.parametrize(
    ("record", "role"),
    [
        ({"role_id": 61, "name": "Cx agent"}, Role("61", "Cx agent")),
        ({"role_key": "r", "role_name": "GC"}, Role("r", "GC")),
    ],
)
def test_a_role_is_read_under_the_likely_names(record: Any, role: Role) -> None:
    assert read_role(record) == role


@pytest.mark.parametrize(
    ("record", "asset"),
    [
        ({"equipment_id": 71, "name": "AHU-1"}, Asset("equipment", "71", "AHU-1")),
        ({"asset_key": "71", "asset_name": "AHU-1"}, Asset("equipment", "71", "AHU-1")),
        ({"id": 71}, Asset("equipment", "71", "71")),
    ],
)
def test_a51_an_asset_is_read_with_the_type_of_its_list(record: Any, asset: Asset) -> None:
    assert asset_reader("equipment")(record) == asset


@pytest.mark.parametrize("record", [{}, {"name": "nobody"}, {"id": ""}, "text", None, 7])
def test_an_entry_without_a_key_is_refused(record: Any) -> None:
    for read in (read_person, read_company, read_role, asset_reader("space")):
        with pytest.raises(ValueError, match="has no key"):
            read(record)
