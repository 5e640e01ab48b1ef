"""Who am I, which companies, which projects, what may I do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore import paging, times
from sandbox.procore.access import (
    LEVELS,
    enter_project,
    level,
    membership,
    project_levels,
    same_company,
)
from sandbox.procore.call import refuse

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.world import Company, Levels, Person, Project

# Procore's tool names where known (documents, observations); the others are this sandbox's guess.
_PROJECT_TOOLS = {
    "admin": "Admin", "directory": "Directory", "documents": "Documents", "images": "Photos",
    "drawings": "Drawings", "observations": "Observations", "webhooks_api": "Webhooks API",
}  # fmt: skip
_COMPANY_TOOLS = {"admin": "Admin", "directory": "Directory", "webhooks_api": "Webhooks API"}


def me(call: Call) -> Response:
    """GET /rest/v1.0/me: the caller; the name is told only where a company or project is named."""
    person = call.caller
    named = {"name": person.name} if call.company else {}
    return json_response({"id": person.id, "login": person.login, **named})


def companies(call: Call) -> Response:
    """GET /rest/v1.0/companies: a person's companies; for a service account those that installed the app."""
    mine = [company for company in call.state.companies.values() if membership(call.caller, company.id)]
    if call.caller.service:
        installs = call.state.installs
        mine = [one for one in mine if one.id in installs and installs[one.id].status == "installed"]
    return paging.page(call, mine, _company_row)


def projects(call: Call) -> Response:
    """GET /rest/v1.1/projects: the projects of a company that the caller can see, 300 a page at most."""
    company = same_company(call, call.request.parameter("company_id"))
    rows = [project for project in call.state.projects.values() if _listed(call, company, project)]
    by_name = call.request.parameter("sort") != "display_name"
    rows.sort(key=lambda project: project.name if by_name else _display_name(project))
    if call.request.parameter("view") == "ids":
        return paging.page(call, rows, lambda project: project.id, cap=200_000)
    return paging.page(call, rows, lambda one: _project_row(call, one), call.settings.project_page_cap)


def project(call: Call) -> Response:
    """GET /rest/v1.0/projects/{id}: one project."""
    same_company(call, call.request.parameter("company_id"))
    return json_response(_project_row(call, enter_project(call, call.params["id"])))


def project_users(call: Call) -> Response:
    """GET /rest/v1.0/projects/{project_id}/users: active users only, by `filters[id]` and `filters[search]`.

    The compact view is all that callers without Directory rights get.
    """
    on_project = enter_project(call, call.params["project_id"])
    ids = paging.int_values(call.request, "id")
    search = (call.request.parameter("filters[search]") or "").lower()
    rows = [
        person
        for person in call.state.people.values()
        if _is_user(person, on_project)
        and (not ids or person.id in ids)
        and search in f"{person.name} {person.login}".lower()
    ]
    if call.request.parameter("sort") == "name":
        rows.sort(key=lambda person: person.name)
    compact = call.request.parameter("view") == "compact"
    if compact or level(call.caller, on_project, "directory") == "None":
        return paging.page(call, rows, _compact_user)
    return paging.page(call, rows, _user)


def company_base_url(call: Call) -> Response:
    """GET /rest/v1.0/company_base_url: where the company's pages are for people."""
    zone = call.company.zone if call.company else ""
    return json_response({"zone": zone, "web_base_url": call.settings.api_origin})


def permissions(call: Call) -> Response:
    """GET /rest/v1.0/settings/permissions: the caller's level on each tool of a project or company."""
    if raw_project := call.request.parameter("project_id"):
        on_project = enter_project(call, raw_project)
        levels = project_levels(call.caller, on_project) or {}
        return json_response({"tools": _tools(_PROJECT_TOOLS, levels, f"/{on_project.id}/project")})
    company = same_company(call, call.request.parameter("company_id"))
    member = membership(call.caller, company.id)
    levels = member.company_tools if member else {}
    return json_response({"tools": _tools(_COMPANY_TOOLS, levels, f"/{company.id}/company")})


def _listed(call: Call, company: Company, project: Project) -> bool:
    request = call.request
    if project.company_id != company.id or project_levels(call.caller, project) is None:
        return False
    status = request.parameter("filters[by_status]") or "All"
    if status not in {"All", "Active", "Inactive"}:
        refuse(400, ["filters[by_status] takes All, Active or Inactive."])
    ids = paging.int_values(request, "id")
    name = (request.parameter("filters[name]") or "").lower()
    number = request.parameter("filters[project_number]")
    return (
        (status == "All" or project.active == (status == "Active"))
        and (not ids or project.id in ids)
        and name in project.name.lower()
        and number in {None, project.number}
        and paging.within(project.created_at, paging.time_range(request))
    )


def _is_user(person: Person, project: Project) -> bool:
    return (
        person.active
        and not person.service
        and not person.contact
        and project_levels(person, project) is not None
    )


def _compact_user(person: Person) -> dict[str, Any]:
    first, _, last = person.name.rpartition(" ")
    vendor = {"id": person.vendor_id, "name": person.vendor_name} if person.vendor_id else None
    return {
        "id": person.id, "name": person.name, "first_name": first, "last_name": last,
        "initials": "".join(word[0] for word in person.name.split()), "vendor": vendor,
    }  # fmt: skip


def _user(person: Person) -> dict[str, Any]:
    return {
        **_compact_user(person), "email_address": person.login, "is_active": True,
        "is_employee": person.vendor_id is not None, "job_title": None,
    }  # fmt: skip


def _display_name(project: Project) -> str:
    return f"{project.number} - {project.name}"


def _company_row(company: Company) -> dict[str, Any]:
    return {
        "id": company.id, "name": company.name, "is_active": True, "logo_url": None, "my_company": True,
        "pcn_business_experience": False,
    }  # fmt: skip


def _project_row(call: Call, project: Project) -> dict[str, Any]:
    company = call.state.companies[project.company_id]
    made = times.iso(project.created_at)
    return {
        "id": project.id, "name": project.name, "display_name": _display_name(project),
        "project_number": project.number, "active": project.active, "city": project.city, "address": None,
        "state_code": project.state_code, "country_code": "US", "time_zone": "US/Eastern", "is_demo": False,
        "created_at": made, "updated_at": made, "company": {"id": company.id, "name": company.name},
    }  # fmt: skip


def _tools(names: dict[str, str], levels: Levels, root: str) -> list[dict[str, Any]]:
    return [
        _tool(n, name, label, levels.get(name, "None"), root) for n, (name, label) in enumerate(names.items())
    ]


def _tool(n: int, name: str, label: str, held: str, root: str) -> dict[str, Any]:
    return {
        "id": 300 + n, "name": name, "friendly_name": label, "domain_id": 30 + n, "tab_group": "tools",
        "available_for_user": held != "None", "url": f"{root}/{name}", "permitted_actions": [],
        "user_access_level": {"id": LEVELS.index(held) + 1, "name": held},
        "can_create": held in {"Standard", "Admin"}, "create_url": f"{root}/{name}/new", "trial": False,
    }  # fmt: skip
