"""Assets as Procore locations: a tree of our own, made when first needed, once (A51, A52).

Root, then the asset's type, then the asset. Which location stands for which asset is remembered by id, so
that a renamed asset renames its location and a person's own locations are never taken for ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.issues import tiers
from plumbline.issues.alone import alone
from plumbline.procore import locations
from plumbline.stores.records import Intent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plumbline.cxalloy.model import Asset
    from plumbline.issues.sync_context import Context

_KEY = "asset#"


@dataclass(frozen=True, slots=True)
class Places:
    """The locations of one connection's assets, remembered beside its links by a name of their own."""

    context: Context

    @property
    def _holder(self) -> str:
        return f"places:{self.context.connection.id}"

    def _known(self) -> dict[str, Intent]:
        intents = self.context.carrying.links.intents(self._holder)
        return {one.key.removeprefix(_KEY): one for one in intents if one.key.startswith(_KEY)}

    def over(self, asset: Asset | None) -> Mapping[str, str]:
        """The location of this asset, made where there is none yet, by its native value."""
        if asset is None:
            return {}
        native = f"{asset.type}:{asset.key}"
        mine = self.rename(asset)
        if mine:
            return {native: mine}
        with alone(self.context, self._holder):
            known = self._known()  # another worker may have made it meanwhile
            taken = {one.result_id for one in known.values()}
            return {native: known[native].result_id if native in known else self._make(asset, native, taken)}

    def rename(self, asset: Asset) -> str:
        """Give the asset's location its name of now; returns its id, "" where there is none yet."""
        mine = self._known().get(f"{asset.type}:{asset.key}")
        if mine is None:
            return ""
        if mine.source.get("name") != asset.name:
            self._rename(mine, asset)
        return mine.result_id

    def back(self) -> Mapping[str, str]:
        """The asset of each location of our tree."""
        return {one.result_id: native for native, one in self._known().items()}

    def _make(self, asset: Asset, native: str, taken: set[str]) -> str:
        """Procore finds or creates by path, so twice makes one; a name in use gets the asset's key."""
        made = self._found(tiers.path(asset))
        if made in taken:
            made = self._found(tiers.path(asset, keyed=True))
        at, source = self.context.carrying.now(), {"name": asset.name}
        self.context.carrying.links.put_intent(
            Intent(self._holder, f"{_KEY}{native}", at, result_id=made, source=source)
        )
        return made

    def _found(self, path: tuple[str, str, str]) -> str:
        procore = self.context.carrying.procore
        return locations.find_or_create(procore.client, procore.project_id, path).id

    def _rename(self, mine: Intent, asset: Asset) -> None:
        """Rename the node by its id; a name that its neighbour has gets the asset's key."""
        procore = self.context.carrying.procore
        try:
            name = tiers.path(asset)[-1]
            locations.rename(procore.client, procore.project_id, mine.result_id, name)
        except Reject as refusal:
            if refusal.code != "invalid":
                raise
            keyed = tiers.path(asset, keyed=True)[-1]
            locations.rename(procore.client, procore.project_id, mine.result_id, keyed)
        self.context.carrying.links.put_intent(replace(mine, source={"name": asset.name}))
