"""Who calls, in which company, on which project, and what that person may do there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sandbox.http import Response, json_response
from sandbox.procore.call import Refused, as_int, refuse
from sandbox.procore.records import Installation

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.world import Company, Levels, Membership, Person, Project

LEVELS = ("None", "Read Only", "Standard", "Admin")
Scope = Literal["token", "self", "setup", "company"]

# Procore: "Error Reference", "Multiple Procore Regions"; the second text is known from field reports only.
NOT_CONNECTED = "App is not connected to this company."
IMPLICIT = "Implicit Oauth Connections Are Not Allowed For This Company"
NO_HEADER = "Missing Procore-Company-Id header! Send it with every request."


def identify(call: Call) -> None:
    """Find the person behind the bearer token; refuses 401."""
    scheme, _, secret = call.request.headers.get("authorization", "").partition(" ")
    token = call.state.tokens.get(secret)
    if scheme.lower() != "bearer" or token is None:
        raise Refused(_unauthorized("The access token is invalid"))
    if call.now >= token.expires_at:
        raise Refused(_unauthorized("The access token expired"))
    call.person = call.state.people[token.person_id]


def enter_company(call: Call, scope: Scope) -> None:
    """Check the company header, the membership and the installation that a route's scope asks for.

    "token" needs nothing more; "self" (me, companies) needs the header from service accounts, or when a
    company or project is named; "setup" needs no installation; "company" needs all three.
    """
    header = call.request.headers.get("procore-company-id")
    if scope == "token" or (scope == "self" and header is None and not _names_a_company(call)):
        return
    if header is None:
        refuse(call.settings.missing_header_status, [NO_HEADER])
    call.company = _company(call, header)
    if scope == "company" or (scope == "self" and _names_a_company(call)):
        require_installation(call, call.company)


def require_installation(call: Call, company: Company) -> None:
    """Refuse 403 unless the app is connected to the company.

    A person's first call connects it where user installs are allowed (Procore: "API Call Sequencing").
    """
    install = call.state.installs.get(company.id)
    if install and install.status == "installed":
        return
    if install or call.caller.service:
        refuse(403, [NOT_CONNECTED])
    if not company.user_installs:
        refuse(403, [IMPLICIT])
    connect(call, company)


def connect(call: Call, company: Company) -> Installation:
    """Connect the app to a company."""
    number = call.state.new_id("installation", 31001)
    install = Installation(number, company.id, "installed", call.now, call.caller.id)
    call.state.installs[company.id] = install
    call.effect("app_installed", company_id=company.id, by=call.caller.id)
    return install


def membership(person: Person, company_id: int) -> Membership | None:
    """Return what a person may do in a company, None for a stranger."""
    return next((one for one in person.memberships if one.company_id == company_id), None)


def project_levels(person: Person, project: Project) -> Levels | None:
    """Return a person's tools on a project, None when the project is not visible to that person."""
    member = membership(person, project.company_id)
    if member is None:
        return None
    return member.projects.get(project.id, member.everywhere)


def level(person: Person, project: Project, tool: str = "observations") -> str:
    """Return the name of a person's access level on a tool."""
    return (project_levels(person, project) or {}).get(tool, "None")


def at_least(held: str, needed: str) -> bool:
    """Tell whether one level includes another."""
    return LEVELS.index(held) >= LEVELS.index(needed)


def enter_project(call: Call, raw_id: object) -> Project:
    """Return a project of the call's company; refuses 400, 403 (service account) or 404 (person)."""
    project = call.state.projects.get(as_int(raw_id, "project_id"))
    if project is None or call.company is None or project.company_id != call.company.id:
        refuse(404, ["The requested project was not found."])
    if project_levels(call.caller, project) is None:
        if call.caller.service:
            refuse(403, ["The project is not among the permitted projects of this service account."])
        refuse(404, ["The requested project was not found."])
    if not project.active and call.request.method != "GET" and call.settings.archived_writes == "refused":
        refuse(403, ["The project is inactive."])
    return project


def require_level(call: Call, project: Project, needed: str, tool: str = "observations") -> None:
    """Refuse 403 below an access level on a tool."""
    if not at_least(level(call.caller, project, tool), needed):
        refuse(403, [f"You need {needed} on the {tool} tool of this project."])


def same_company(call: Call, raw_id: object) -> Company:
    """Return the call's company; refuses 403 when a path or query names another one."""
    if call.company is None or as_int(raw_id, "company_id") != call.company.id:
        refuse(403, ["company_id is not the company of the Procore-Company-Id header."])
    return call.company


def _names_a_company(call: Call) -> bool:
    named = {"company_id", "project_id"} & {name for name, _ in call.request.query}
    return bool(named) or call.caller.service


def _company(call: Call, header: str) -> Company:
    company = call.state.companies.get(int(header)) if header.isdecimal() else None
    if company is None or membership(call.caller, company.id) is None:
        refuse(403, ["You do not have access to this company."])
    return company


def _unauthorized(reason: str) -> Response:
    challenge = f'Bearer realm="Procore", error="invalid_token", error_description="{reason}"'
    body = {"error": "invalid_token", "error_description": reason}
    return json_response(body, 401, (("WWW-Authenticate", challenge),))
