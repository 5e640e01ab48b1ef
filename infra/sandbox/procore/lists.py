"""The lists an observation refers to: types and trades."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procore import paging, times
from sandbox.procore.access import enter_project, same_company
from sandbox.procore.call import refuse

if TYPE_CHECKING:
    from sandbox.http import Response
    from sandbox.procore.call import Call
    from sandbox.procore.world import ObservationType, Project, Trade


def selectable_types(call: Call) -> Response:
    """GET /rest/v1.0/observations/types: the types that may be chosen in a project, or in a company."""
    request = call.request
    if raw_project := request.parameter("project_id"):
        project = enter_project(call, raw_project)
        rows = [kind for kind in _types_of(call, project) if active_in(kind, project)]
        return paging.page(call, rows, lambda kind: type_row(kind, project))
    company = same_company(call, request.parameter("company_id"))
    rows = [kind for kind in call.state.types.values() if _company_wide(kind, company.id) and kind.active]
    return paging.page(call, rows, type_row)


def project_types(call: Call) -> Response:
    """GET /rest/v1.0/projects/{project_id}/observation_types: all types of a project."""
    project = enter_project(call, call.params["project_id"])
    wanted = paging.flag(call.request, "active")
    rows = [one for one in _types_of(call, project) if wanted is None or active_in(one, project) == wanted]
    return paging.page(call, rows, lambda kind: type_row(kind, project))


def company_types(call: Call) -> Response:
    """GET /rest/v1.0/companies/{company_id}/observation_types: all types of a company, inactive ones too."""
    company = same_company(call, call.params["company_id"])
    rows = [kind for kind in call.state.types.values() if _company_wide(kind, company.id)]
    return paging.page(call, rows, type_row)


def trades(call: Call) -> Response:
    """GET /rest/v1.0/companies/{company_id}/trades: the trades of a company."""
    company = same_company(call, call.params["company_id"])
    wanted, query = paging.flag(call.request, "active"), call.request.parameter("filters[query]") or ""
    limits = paging.time_range(call.request)
    rows = [
        trade
        for trade in call.state.trades.values()
        if trade.company_id == company.id
        and (wanted is None or trade.active == wanted)
        and query.lower() in trade.name.lower()
        and paging.within(trade.updated_at, limits)
    ]
    return paging.page(call, rows, trade_row)


def active_in(kind: ObservationType, project: Project) -> bool:
    """Tell whether a type may be used in a project."""
    own = kind.project_id in {None, project.id} and kind.company_id == project.company_id
    return own and kind.active and project.id not in kind.inactive_in


def require_type(call: Call, project: Project, type_id: int) -> int:
    """Return the id of a type that is active in the project; refuses 400 otherwise."""
    kind = call.state.types.get(type_id)
    if kind is None or not active_in(kind, project):
        refuse(400, {"type_id": ["is not an active observation type of this project"]})
    return type_id


def type_row(kind: ObservationType, project: Project | None = None) -> dict[str, Any]:
    """Return a type as the lists show it."""
    return {
        "id": kind.id, "name": kind.name, "localized_name": kind.name, "category": kind.category,
        "category_key": kind.category_key, "category_id": kind.category_id,
        "active": active_in(kind, project) if project else kind.active, "company_active": kind.active,
        "kind": "company" if kind.project_id is None else "project", "parent_inactive": not kind.active,
        "in_use": False,
    }  # fmt: skip


def trade_row(trade: Trade) -> dict[str, Any]:
    """Return a trade as lists and observations show it."""
    updated = times.iso(trade.updated_at)
    return {"id": trade.id, "name": trade.name, "active": trade.active, "updated_at": updated}


def _types_of(call: Call, project: Project) -> list[ObservationType]:
    return [
        kind
        for kind in call.state.types.values()
        if kind.company_id == project.company_id and kind.project_id in {None, project.id}
    ]


def _company_wide(kind: ObservationType, company_id: int) -> bool:
    return kind.company_id == company_id and kind.project_id is None
