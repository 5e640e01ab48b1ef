"""People of a project, contacts without a login among them, and whom an observation may be assigned to.

Sources: Procore REST: Project People (reference users), Observation Assignee options.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore import paging
from sandbox.procore.access import at_least, enter_project, level, project_levels, require_level
from sandbox.procore.call import as_int, refuse
from sandbox.procore.world import Membership, Person

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.world import Project

_TEXTS = ("first_name", "last_name", "job_title", "origin_id", "employee_id")


def people(call: Call) -> Response:
    """GET /rest/v1.0/projects/{project_id}/people: users and contacts of a project."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Read Only", tool="directory")
    only, without = (
        paging.flag(call.request, name) for name in ("reference_users_only", "without_reference_users")
    )
    search = (call.request.parameter("filters[search]") or "").lower()
    rows = [
        one
        for one in call.state.people.values()
        if one.active and not one.service and project_levels(one, project) is not None
        and not (only and not one.contact)
        and not (without and one.contact)
        and search in f"{one.name} {one.login}".lower()
    ]  # fmt: skip
    if call.request.parameter("sort") == "name":
        rows.sort(key=lambda one: one.name)
    return paging.page(call, rows, _row)


def create(call: Call) -> Response:
    """POST /rest/v1.0/projects/{project_id}/people: a contact, without login and permissions."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Admin", tool="directory")
    _, given = call.wrapped("person")
    return json_response(_row(add_contact(call, project, given)), 201)


def update(call: Call) -> Response:
    """PATCH …/people/{id}: another name or job title for a contact; users are not changed here."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Admin", tool="directory")
    held = call.state.people.get(call.path_id("id"))
    if held is None or not held.contact or project_levels(held, project) is None:
        refuse(404, ["The requested person was not found."])
    _, given = call.wrapped("person")
    changed = replace(held, **_read({"first_name": _first(held), "last_name": held.last_name, **given}))
    call.state.people[held.id] = changed
    call.deed("person_updated", person_id=held.id, project_id=project.id, name=changed.name)
    return json_response(_row(changed))


def assign_template(call: Call) -> Response:
    """PATCH …/permission_template_assignments: any template lets a person of the project be an assignee."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Admin", tool="directory")
    _, given = call.wrapped("permission_template_assignments")
    person_id, template_id = (as_int(given.get(name), name) for name in ("user_id", "permission_template_id"))
    held = call.state.people.get(person_id)
    if held is None or project_levels(held, project) is None:
        refuse(422, {"user_id": ["is not a person of this project"]})
    member = Membership(project.company_id, projects={project.id: {"observations": "Standard"}})
    call.state.people[person_id] = replace(held, memberships=(member,) if held.contact else held.memberships)
    call.deed("template_assigned", person_id=person_id, project_id=project.id, template_id=template_id)
    told = {"user_id": person_id, "permission_template_id": template_id, "project_id": project.id}
    return json_response(told)


def assignees(call: Call) -> Response:
    """GET /rest/v1.0/observations/assignees: whom an observation of a project may be assigned to."""
    project = enter_project(call, call.request.parameter("project_id"))
    require_level(call, project, "Read Only")
    rows = [one for one in call.state.people.values() if assignable(call, project, one)]
    return paging.page(call, rows, _assignee_row)


def assignable(call: Call, project: Project, person: Person) -> bool:
    """Tell whether a person may be an assignee: Standard on Observations, or a contact where that is so."""
    if person.service or not person.active:
        return False
    if person.contact:
        admitted = call.settings.contacts_assignable or at_least(level(person, project), "Standard")
        return admitted and project_levels(person, project) is not None
    return at_least(level(person, project), "Standard")


def add_contact(call: Call, project: Project, given: dict[str, Any]) -> Person:
    """Put a contact into the directory of a project; refuses 400 without a last name."""
    number = call.state.new_id("contact", 4_700_001)
    member = Membership(project.company_id, projects={project.id: {}})
    made = Person(number, login="", memberships=(member,), contact=True, **_read(given))
    call.state.people[number] = made
    call.deed("person_created", person_id=number, project_id=project.id, name=made.name)
    return made


def _read(given: dict[str, Any]) -> dict[str, Any]:
    for name in _TEXTS:
        if given.get(name) is not None and not isinstance(given[name], str):
            refuse(400, {name: ["must be a text"]})
    first, last = (given.get("first_name") or "").strip(), (given.get("last_name") or "").strip()
    if not last:
        refuse(400, {"last_name": ["can't be blank"]})
    kept: dict[str, Any] = {name: given[name] for name in ("job_title", "origin_id") if name in given}
    return {"name": f"{first} {last}".strip(), "last_name": last, **kept}


def _first(person: Person) -> str:
    return person.name.removesuffix(last_name(person)).strip()


def last_name(person: Person) -> str:
    """Return a person's last name."""
    return person.last_name or person.name.rpartition(" ")[2]


def _row(person: Person) -> dict[str, Any]:
    vendor = {"id": person.vendor_id, "name": person.vendor_name} if person.vendor_id else None
    return {
        "id": person.id, "first_name": _first(person) or None, "last_name": last_name(person),
        "name": person.name, "is_employee": person.vendor_id is not None, "employee_id": None,
        "job_title": person.job_title, "origin_id": person.origin_id, "work_classification_id": None,
        "user_id": None if person.contact else person.id, "email_address": person.login or None,
        "vendor": vendor,
    }  # fmt: skip


def _assignee_row(person: Person) -> dict[str, Any]:
    vendor = {"id": person.vendor_id, "name": person.vendor_name} if person.vendor_id else None
    return {"id": person.id, "name": person.name, **({"vendor": vendor} if vendor else {})}
