"""What each value of one side means on the other, as the behaviour page says (A20-A24, A40-A52).

Written apart from the product, so that the two can differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.simulation.history import PROCORE, TRACKER, words

from sandbox.cxalloy.records import issue_record

if TYPE_CHECKING:
    from tests.simulation.deployment import Deployment

MAPPED = ("status", "priority", "discipline", "issue_type")
ROOT = "CxAlloy Assets"


@dataclass(frozen=True, slots=True)
class Nothing:
    """No value is to be set on the other side: both count as agreed."""


NOTHING = Nothing()


class Meaning:
    """The maps and options of one run."""

    def __init__(self, house: Deployment, settings: dict[str, Any]) -> None:
        self._house, self._maps = house, settings["maps"]
        self._initial = settings["initial_status_id"]
        self.titles = bool(settings["tracker_calls"]["issue_title_field"])
        sync = settings["sync"]
        self.fields = (
            *(("title",) if self.titles else ()), "description", "due_date",
            *MAPPED,
            *(("assignee",) if sync["assignees"] else ()),
            *(("asset",) if sync["assets_as_locations"] else ()),
        )  # fmt: skip

    def carried(self, name: str, side: str, value: Any) -> Any:
        """What the other side is to hold for this value, or `NOTHING`."""
        if name in MAPPED:
            return self._mapped(name, side, value)
        if name == "title" and not value:
            return NOTHING  # a title is then made of the issue's number and text (A23)
        if name == "assignee":
            return self._assignee(side, value)
        if name == "asset":
            return self._asset(side, value)
        return self.same(name, value)

    def left_out(self, name: str, issue_id: str) -> bool:
        """Whether the tracker says nothing at all of an empty field of this issue: absent is not empty."""
        key = {"due_date": "due_date", "asset": "asset_key", "assignee": "assigned_key"}.get(name)
        issue = self._house.cxalloy.world.issue(issue_id)
        if key is None or issue is None:
            return False
        bare = issue.model_copy(update={"due_date": None, "asset_key": None, "assigned_key": None})
        return key not in issue_record(
            bare, self._house.cxalloy.world, set(), [], self._house.cxalloy.settings
        )

    def same(self, name: str, value: Any) -> Any:
        """A value in the form in which two of them are compared."""
        return words(value) if name in ("title", "description") else value

    def agree(self, name: str, tracker: Any, procore: Any) -> bool:
        """Whether the two say the same by either direction's map."""
        over, back = self.carried(name, TRACKER, tracker), self.carried(name, PROCORE, procore)
        if name == "description" and "cut; the full text is in CxAlloy" in (procore or ""):
            return True
        return bool(over == self.same(name, procore) or back == self.same(name, tracker))

    def _mapped(self, name: str, side: str, value: Any) -> Any:
        table = self._maps[name]["to_procore" if side == TRACKER else "to_tracker"]
        defaults = {
            ("status", TRACKER): "initiated",
            ("priority", TRACKER): "Low",
            ("status", PROCORE): self._initial,
        }
        return table.get(value or "", defaults.get((name, side), NOTHING))

    def _assignee(self, side: str, value: Any) -> Any:
        if value is None:
            return None
        world, people = self._house.cxalloy.world, self._house.procore.state.people
        if side == PROCORE:
            found = [
                f"{kind}:{key}"
                for kind, key in _assignable(world)
                if self._names(kind, key, people[int(value)])
            ]
            return found[0] if found else NOTHING
        kind, _, key = value.partition(":")
        twins = [str(one.id) for one in people.values() if self._names(kind, key, one)]
        return twins[0] if twins else ("nobody", value)

    def _names(self, kind: str, key: str, person: Any) -> bool:
        found = self._house.cxalloy.world.assignable(kind, key)
        if found is None:
            return False
        if kind == "person":
            mail = str(getattr(found, "email", ""))
            same_mail = bool(mail) and person.login.casefold() == mail.casefold()
            return same_mail or bool(person.name.casefold().split() == found.name.casefold().split())
        return bool(person.name.endswith(f"CxAlloy : {kind.capitalize()} : {found.name}"))

    def _asset(self, side: str, value: Any) -> Any:
        """An asset and the third tier of its tree, which carries its present name."""
        world, places = self._house.cxalloy.world, self._house.procore.state.locations
        if value is None:
            return None if side == TRACKER else NOTHING
        named = {one.asset_name: one.asset_key for one in world.assets} | self._former_names()
        leaves = {str(one.id): named.get(one.node_name) for one in places.values() if _tier(places, one) == 3}
        if side == PROCORE:
            return leaves.get(value) or NOTHING
        return next((leaf for leaf, key in leaves.items() if key == value), ("nowhere", value))

    def _former_names(self) -> dict[str, str]:
        """What renamed assets were called before: their location follows when a pair is next about it."""
        renamed = [one.detail for one in self._house.cxalloy.effects if one.what == "asset renamed"]
        return {one["changes"]["asset_name"]["old"]: one["asset_key"] for one in renamed}


def _tier(places: Any, place: Any) -> int:
    """How deep a location lies in our tree; 0 outside of it."""
    depth = 1
    while place.parent_id is not None:
        place, depth = places[place.parent_id], depth + 1
    return depth if place.node_name == ROOT else 0


def _assignable(world: Any) -> list[tuple[str, str]]:
    return [
        *(("person", one.person_id) for one in world.people),
        *(("company", one.id) for one in world.companies), *(("role", one.id) for one in world.roles),
    ]  # fmt: skip
