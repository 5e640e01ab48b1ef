"""The app in a company: installations, and requests for one (Procore REST: App Installations)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore import access, paging, times
from sandbox.procore.call import refuse
from sandbox.procore.records import InstallationRequest

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.records import Installation
    from sandbox.procore.world import Company


def installations(call: Call) -> Response:
    """GET /rest/v1.0/app_installations: where the app is installed, by company or project."""
    company = _company(call, dict(call.request.query))
    held = call.state.installs.get(company.id)
    return paging.page(call, [held] if held else [], lambda install: _row(call, install))


def install(call: Call) -> Response:
    """POST /rest/v1.0/app_installations: connect the app; 409 if it is connected.

    Needs Admin on the company's Directory tool.
    """
    body = call.body()
    company = _company(call, body)
    if not _is_our_app(call, body.get("app_uid")):
        refuse(400, {"app_uid": ["does not name a known app"]})
    _require_directory_admin(call, company)
    held = call.state.installs.get(company.id)
    if held and held.status == "installed":
        refuse(409, ["The app is already installed."])
    access.connect(call, company)
    return json_response({"manifest": {}, "post_installation_instruction": {}}, 201)


def installation_requests(call: Call) -> Response:
    """GET /rest/v1.0/installation_requests: requests for the app in a company."""
    company = _company(call, dict(call.request.query))
    implicit = call.request.parameter("implicit")
    _check_app(call, call.request.parameter("developer_app_id"))
    rows = [
        one
        for one in call.state.requests
        if one.company_id == company.id and (implicit is None or one.implicit == (implicit == "true"))
    ]
    return json_response([{"id": one.id} for one in rows])


def request_installation(call: Call) -> Response:
    """POST /rest/v1.0/installation_requests: ask the company's admins; 409 the second time."""
    body = call.body()
    company = _company(call, body)
    _check_app(call, body.get("developer_app_id"))
    if any(one.company_id == company.id and one.person_id == call.caller.id for one in call.state.requests):
        refuse(409, ["The installation was requested already."])
    number = call.state.new_id("installation_request", 41001)
    wish = InstallationRequest(
        number, company.id, call.caller.id, str(body.get("notes") or ""), body.get("implicit") is True
    )
    call.state.requests.append(wish)
    call.effect("installation_requested", request_id=number, company_id=company.id, by=call.caller.id)
    return json_response({"id": number}, 201)


def _company(call: Call, named: dict[str, Any]) -> Company:
    if "company_id" in named:
        return access.same_company(call, named["company_id"])
    project = access.enter_project(call, named.get("project_id"))
    return call.state.companies[project.company_id]


def _is_our_app(call: Call, app: object) -> bool:
    return isinstance(app, str) and app in {call.settings.client_id, call.settings.app_version_key}


def _check_app(call: Call, app: object) -> None:
    if not _is_our_app(call, app):
        refuse(400, {"developer_app_id": ["does not name a known app"]})


def _require_directory_admin(call: Call, company: Company) -> None:
    member = access.membership(call.caller, company.id)
    if member is None or member.company_tools.get("directory") != "Admin":
        refuse(403, ["You need Admin on the company's Directory tool to install an app."])


def _row(call: Call, install: Installation) -> dict[str, Any]:
    gone = None if install.status == "installed" else times.iso(install.installed_at)
    return {
        "id": install.id, "app_uid": call.settings.client_id, "components": [], "developer_app": None,
        "installed_at": times.iso(install.installed_at), "installer": None, "semantic_version": "1.0.0",
        "status": install.status, "uninstalled_at": gone, "uninstaller": None,
        "updatable_app_version_id": None,
    }  # fmt: skip
