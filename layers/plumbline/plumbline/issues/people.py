"""Assignees both ways (A40-A43): people by e-mail, companies and roles by placeholder contacts.

Whom a placeholder stands for is remembered by id. A contact has no login and no permissions; where Procore
refuses one as assignee, everything else still syncs and the item says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.issues.once import Once
from plumbline.procore import people

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plumbline.cxalloy.model import Assignee
    from plumbline.issues.carrying import Carrying
    from plumbline.procore.people import Person
    from plumbline.stores.records import Intent

_KEY = "person#"


@dataclass(frozen=True, slots=True)
class People:
    """The assignees of one connection."""

    carrying: Carrying
    connection_id: str

    @property
    def _holder(self) -> str:
        return f"people:{self.connection_id}"

    def _known(self) -> dict[str, Intent]:
        intents = self.carrying.links.intents(self._holder)
        return {one.key.removeprefix(_KEY): one for one in intents if one.key.startswith(_KEY)}

    # ---- The tracker's assignee at Procore -----------------------------------------------------------------------

    def over(self, assignee: Assignee | None) -> Mapping[str, str]:
        """The Procore id of whom an issue is assigned to, by the tracker's native value."""
        if assignee is None:
            return {}
        native = f"{assignee.type}:{assignee.key}"
        known = self._known().get(native)
        if known and known.result_id:
            return {native: known.result_id}
        user = self._user(assignee)
        return {native: user or self._contact(assignee, native, known)}

    def _user(self, assignee: Assignee) -> str:
        """The Procore user with the person's e-mail; "" where there is none."""
        if assignee.type != "person":
            return ""
        email = self._email(assignee.key)
        users = self._users() if email else ()
        return next((user.user_id for user in users if user.email.casefold() == email), "")

    def _email(self, key: str) -> str:
        people_there = self.carrying.tracker.people(self.carrying.tracker_project_id)
        return next((one.email.casefold() for one in people_there if one.key == key), "")

    def _users(self) -> Iterable[Person]:
        procore = self.carrying.procore
        return people.users(procore.client, procore.project_id)

    def _contact(self, assignee: Assignee, native: str, known: Intent | None) -> str:
        """Make the contact once: looked for by its name before it is made, and after a crash."""
        first, last = names(assignee)
        once = Once(self.carrying.links, self._holder, self.carrying.now, self.carrying.adopt_after)
        settled = once.ensure(
            known,
            f"{_KEY}{native}",
            look=lambda _: self._contact_named(first, last),
            make=lambda: self._contact_named(first, last) or self._create(first, last),
            source={"name": f"{first} {last}".strip()},
        )
        return settled.result_id

    def _contact_named(self, first: str, last: str) -> str:
        procore = self.carrying.procore
        wanted = f"{first} {last}".strip()
        found = people.people(procore.client, procore.project_id, last)
        return next((one.user_id for one in found if one.name == wanted), "")

    def _create(self, first: str, last: str) -> str:
        procore = self.carrying.procore
        return people.create_person(procore.client, procore.project_id, first, last).user_id

    # ---- Procore's assignee in the tracker -------------------------------------------------------------------------

    def back(self, procore_id: str | None) -> Mapping[str, str]:
        """Whom a Procore id stands for in the tracker; empty where nobody is known."""
        if procore_id is None:
            return {}
        placeholder = next((key for key, one in self._known().items() if one.result_id == procore_id), "")
        if placeholder:
            return {procore_id: placeholder}
        email = next((user.email.casefold() for user in self._users() if user.user_id == procore_id), "")
        people_there = self.carrying.tracker.people(self.carrying.tracker_project_id) if email else ()
        same = [one.key for one in people_there if one.email.casefold() == email]
        return {procore_id: f"person:{same[0]}"} if len(same) == 1 else {}


def names(assignee: Assignee) -> tuple[str, str]:
    """First and last name of a contact; a placeholder's whole text is its last name (A42)."""
    if assignee.type != "person":
        return "", f"CxAlloy : {assignee.type.capitalize()} : {assignee.name}"
    first, _, last = assignee.name.strip().rpartition(" ")
    return first, last or assignee.key
