"""Where an asset stands among Procore's location tiers (A51)."""

from __future__ import annotations

import pytest

from plumbline.cxalloy.model import Asset
from plumbline.issues import tiers


@pytest.mark.parametrize(
    ("kind", "tier"),
    [("equipment", "Equipment"), ("Zone", "Zones"), ("riser", "Riser"), ("", "Assets")],
)
def test_a51_an_asset_stands_below_the_tier_of_its_type(kind: str, tier: str) -> None:
    assert tiers.path(Asset(kind, "9", "AHU-3")) == ("CxAlloy Assets", tier, "AHU-3")


def test_a51_a_second_asset_of_a_name_is_told_by_its_key() -> None:
    assert tiers.path(Asset("equipment", "9", "AHU-3"), keyed=True)[-1] == "AHU-3 (9)"


@pytest.mark.parametrize(
    ("told", "name"), [("A > B", "A / B"), ("  a \n b ", "a b"), (" ", "(no name)"), ("x" * 200, "x" * 150)]
)
def test_a51_a_tiers_name_holds_nothing_that_procore_takes_for_a_path(told: str, name: str) -> None:
    assert tiers.name(told) == name
