"""Assignees both ways (A40-A43): people by e-mail, companies and roles by placeholder contacts.

Whom a contact stands for is remembered by id; which user a person is, for a day, so that assigning costs no
list of users each time. A contact has no login and no permissions; where Procore refuses one as assignee,
everything else still syncs and the item says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.issues.alone import alone
from plumbline.issues.once import Once
from plumbline.procore import people
from plumbline.stores.records import Intent

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plumbline.cxalloy.model import Assignee
    from plumbline.issues.sync_context import Context
    from plumbline.procore.people import Person

_KEY, _USER, _BACK = "person#", "user#", "back#"
REMEMBERED = 86_400.0
"""Seconds for which a user is taken to be the same person: e-mails change, and users leave projects."""


@dataclass(frozen=True, slots=True)
class People:
    """The assignees of one connection; contacts are remembered beside its links, by a name of their own."""

    context: Context

    @property
    def _holder(self) -> str:
        return f"people:{self.context.connection.id}"

    def _known(self, kind: str = _KEY) -> dict[str, Intent]:
        intents = self.context.carrying.links.intents(self._holder)
        return {one.key.removeprefix(kind): one for one in intents if one.key.startswith(kind)}

    def _remembered(self, kind: str, of: str) -> str:
        """Who was found for this one within the last day; "" where none was."""
        known = self._known(kind).get(of)
        fresh = known is not None and known.started_at > self.context.carrying.now() - REMEMBERED
        return known.result_id if known and fresh else ""

    def _remember(self, kind: str, of: str, found: str) -> None:
        now = self.context.carrying.now()
        self.context.carrying.links.put_intent(Intent(self._holder, f"{kind}{of}", now, result_id=found))

    # ---- The tracker's assignee at Procore ------------------------------

    def over(self, assignee: Assignee | None) -> Mapping[str, str]:
        """The Procore id of whom an issue is assigned to, by the tracker's native value.

        Raises `Reject` where Procore has no place for the contact that is needed.
        """
        if assignee is None:
            return {}
        native = f"{assignee.type}:{assignee.key}"
        known = self._known().get(native)
        if known and known.result_id:
            return {native: self._admitted(known)}
        user = self._remembered(_USER, native) or self._user(assignee, native)
        return {native: user or self._contact(assignee, native)}

    def _user(self, assignee: Assignee, native: str) -> str:
        """The Procore user with the person's e-mail; "" where there is none."""
        if assignee.type != "person":
            return ""
        email = self._email(assignee.key)
        users = self._users() if email else ()
        found = next((user.user_id for user in users if user.email.casefold() == email), "")
        if found:
            self._remember(_USER, native, found)
        return found

    def _email(self, key: str) -> str:
        people_there = self.context.carrying.tracker.people(self.context.tracker_project)
        return next((one.email.casefold() for one in people_there if one.key == key), "")

    def _users(self) -> Iterable[Person]:
        procore = self.context.carrying.procore
        return people.users(procore.client, procore.project_id)

    def _contact(self, assignee: Assignee, native: str) -> str:
        """Make the contact once: looked for by its name before it is made, and after a crash."""
        first, last = names(assignee)
        with alone(self.context, self._holder):
            every = self._known()
            taken = {one.result_id for key, one in every.items() if key != native}
            carrying = self.context.carrying
            once = Once(carrying.links, self._holder, carrying.now, carrying.adopt_after, carrying.check_time)
            settled = once.ensure(
                every.get(native),
                f"{_KEY}{native}",
                look=lambda _: self._contact_named(first, last, taken),
                make=lambda: self._contact_named(first, last, taken) or self._create(first, last),
                source={"name": f"{first} {last}".strip()},
            )
        return self._admitted(settled)

    def _contact_named(self, first: str, last: str, taken: set[str]) -> str:
        """A contact of this name that stands for no one else; a user is none, whatever the name."""
        procore = self.context.carrying.procore
        wanted = f"{first} {last}".strip()
        found = people.people(procore.client, procore.project_id, last)
        contacts = (one for one in found if one.name == wanted and not one.email)
        return next((one.user_id for one in contacts if one.user_id not in taken), "")

    def _create(self, first: str, last: str) -> str:
        procore = self.context.carrying.procore
        return people.create_person(procore.client, procore.project_id, first, last).user_id

    def _admitted(self, contact: Intent) -> str:
        """The contact's id, after it got the permission template that the settings name (A41)."""
        template = self.context.settings.sync.assignee_template_id
        if template and contact.source.get("template") != template:
            procore = self.context.carrying.procore
            people.assign_template(procore.client, procore.project_id, contact.result_id, template)
            source = {**contact.source, "template": template}
            self.context.carrying.links.put_intent(replace(contact, source=source))
        return contact.result_id

    # ---- Procore's assignee in the tracker ------------------------------

    def back(self, procore_id: str | None) -> Mapping[str, str]:
        """Whom a Procore id stands for in the tracker; empty where nobody is known."""
        if procore_id is None:
            return {}
        contact = next((key for key, one in self._known().items() if one.result_id == procore_id), "")
        found = contact or self._remembered(_BACK, procore_id) or self._person(procore_id)
        return {procore_id: found} if found else {}

    def _person(self, procore_id: str) -> str:
        """The one person in the tracker with the user's e-mail; "" where there is none, or more than one."""
        try:
            users = list(self._users())
        except Reject:
            return ""  # whom it is cannot be told: the issue's assignee stays as it is
        email = next((user.email.casefold() for user in users if user.user_id == procore_id), "")
        people_there = self.context.carrying.tracker.people(self.context.tracker_project) if email else ()
        same = [one.key for one in people_there if one.email.casefold() == email]
        if len(same) != 1:
            return ""
        self._remember(_BACK, procore_id, f"person:{same[0]}")
        return f"person:{same[0]}"


def names(assignee: Assignee) -> tuple[str, str]:
    """First and last name of a contact; a placeholder's whole text is its last name (A42)."""
    if assignee.type != "person":
        return "", f"CxAlloy : {assignee.type.capitalize()} : {assignee.name}"
    first, _, last = " ".join(assignee.name.split()).rpartition(" ")
    return first, last or assignee.key
