"""Calls about people: a project's users, who may be assigned, and contacts without a login.

Source: Procore, REST reference, "Project Users", "Observations: Assignee Options", "Project People". The rows
of people are not documented; the names of the other two lists are read there as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plumbline.procore.reading import id_of, mapping, wire_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.procore.client import ProcoreClient


@dataclass(frozen=True, slots=True)
class Person:
    """A user or contact; `email` is in lower case, "" where it is not told.

    A row of people may also name the user it stands for; `user_id` is what an observation is assigned by.
    """

    id: str
    name: str
    email: str
    user_id: str


def users(client: ProcoreClient, project_id: str) -> Iterator[Person]:
    """Yield the project's active users; their e-mail is told only with rights in the Directory."""
    path = f"/rest/v1.0/projects/{project_id}/users"
    return client.rows(path, read_person, {"view": "normal", "sort": "name"})


def assignees(client: ProcoreClient, project_id: str) -> Iterator[Person]:
    """Yield whom the caller may assign observations to, without their e-mail."""
    return client.rows("/rest/v1.0/observations/assignees", read_person, {"project_id": project_id})


def people(client: ProcoreClient, project_id: str, search: str) -> Iterator[Person]:
    """Yield the project's people, contacts without a login among them, whose data hold `search`."""
    query = {"filters[search]": search, "sort": "name"}
    return client.rows(_people(project_id), read_person, query, whole=True)


def create_person(client: ProcoreClient, project_id: str, first_name: str, last_name: str) -> Person:
    """Make a contact without login and permissions; the first name may be empty. Raises `EffectUnknown`."""
    person = {"first_name": first_name, "last_name": last_name}
    body = {"person": {name: value for name, value in person.items() if value}}
    return client.request("POST", _people(project_id), json=body).read(read_person)


def assign_template(client: ProcoreClient, project_id: str, person_id: str, template_id: str) -> None:
    """Give a person of the project a permission template. Doing it twice changes nothing.

    Source: Procore, REST reference, "Permission Templates: Update a permission template assignment".
    """
    given = {"user_id": wire_id(person_id), "permission_template_id": wire_id(template_id)}
    path = f"/rest/v1.0/projects/{project_id}/permission_template_assignments"
    client.request("PATCH", path, json={"permission_template_assignments": given})


def read_person(row: object) -> Person:
    """Read a row of any of the three lists. Raises `Unreadable`."""
    row = mapping(row)
    id_ = id_of(row)
    return Person(id_, _name(row), _email(row), str(row.get("user_id") or id_))


def _people(project_id: str) -> str:
    return f"/rest/v1.0/projects/{project_id}/people"


def _name(row: dict[str, Any]) -> str:
    parts = (str(row.get(part) or "") for part in ("first_name", "last_name"))
    return str(row.get("name") or " ".join(filter(None, parts)))


def _email(row: dict[str, Any]) -> str:
    contact = row.get("contact")
    told = row.get("email_address") or (contact.get("email_address") if isinstance(contact, dict) else None)
    return str(told or "").strip().lower()
