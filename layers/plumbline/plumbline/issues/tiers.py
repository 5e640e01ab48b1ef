"""Where an asset stands among Procore's location tiers: root, type of asset, asset (A51). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Asset

ROOT = "CxAlloy Assets"
TYPES = {"system": "Systems", "equipment": "Equipment", "space": "Spaces", "zone": "Zones", "floor": "Floors"}
TYPES |= {"building": "Buildings", "campus": "Campuses"}
LONGEST = 150
"""Characters of a tier's name."""


def path(asset: Asset, *, keyed: bool = False) -> tuple[str, str, str]:
    """The names from the root to the asset; `keyed` tells an asset from another of the same name."""
    kind = TYPES.get(asset.type.lower(), asset.type.capitalize() or "Assets")
    return ROOT, kind, name(f"{asset.name} ({asset.key})" if keyed else asset.name)


def name(told: str) -> str:
    """A name for one tier: Procore joins tiers with ">", which must not stand in a name."""
    return " ".join(told.replace(">", "/").split())[:LONGEST] or "(no name)"
