"""Assets as Procore locations: a tree of our own, made when first needed, once (A51, A52).

Root, then the asset's type, then the asset. Which location stands for which asset is remembered by id, so that
a renamed asset renames its location and a person's own locations are never taken for ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.procore import locations
from plumbline.stores.records import Intent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plumbline.cxalloy.model import Asset
    from plumbline.issues.carrying import Carrying

ROOT = "CxAlloy Assets"
TYPES = {"system": "Systems", "equipment": "Equipment", "space": "Spaces", "zone": "Zones", "floor": "Floors"}
TYPES |= {"building": "Buildings", "campus": "Campuses"}
_KEY = "asset#"


@dataclass(frozen=True, slots=True)
class Places:
    """The locations of one connection's assets; they are remembered beside its links, under a name of their own."""

    carrying: Carrying
    connection_id: str

    @property
    def _holder(self) -> str:
        return f"places:{self.connection_id}"

    def _known(self) -> dict[str, Intent]:
        intents = self.carrying.links.intents(self._holder)
        return {one.key.removeprefix(_KEY): one for one in intents if one.key.startswith(_KEY)}

    def over(self, asset: Asset | None) -> Mapping[str, str]:
        """The location of this asset, made where there is none yet, by its native value."""
        if asset is None:
            return {}
        native = f"{asset.type}:{asset.key}"
        known = self._known()
        mine = known.get(native)
        if mine is None:
            return {native: self._make(asset, native, {one.result_id for one in known.values()})}
        if mine.source.get("name") != asset.name:
            self._rename(mine, asset)
        return {native: mine.result_id}

    def back(self) -> Mapping[str, str]:
        """The asset of each location of our tree."""
        return {one.result_id: native for native, one in self._known().items()}

    def _make(self, asset: Asset, native: str, taken: set[str]) -> str:
        """Procore finds or creates by path, so doing it twice makes one; a name in use gets the asset's key."""
        kind = TYPES.get(asset.type.lower(), asset.type.capitalize() or "Assets")
        made = self._found(kind, _node(asset.name))
        if made in taken:
            made = self._found(kind, _node(f"{asset.name} ({asset.key})"))
        self.carrying.links.put_intent(
            Intent(
                self._holder, f"{_KEY}{native}", self.carrying.now(), result_id=made, source={"name": asset.name}
            )
        )
        return made

    def _found(self, kind: str, name: str) -> str:
        procore = self.carrying.procore
        return locations.find_or_create(procore.client, procore.project_id, (ROOT, kind, name)).id

    def _rename(self, mine: Intent, asset: Asset) -> None:
        procore = self.carrying.procore
        locations.rename(procore.client, procore.project_id, mine.result_id, _node(asset.name))
        self.carrying.links.put_intent(replace(mine, source={"name": asset.name}))


def _node(name: str) -> str:
    """A name for one tier: Procore joins tiers with ">", which must not stand in a name."""
    return " ".join(name.replace(">", "/").split())[:150] or "(no name)"
