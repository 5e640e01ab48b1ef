"""Calls about the caller, companies, projects and permissions.

Touching a company can connect the app to it, so only the company that a person chose is ever called (Procore:
"API Call Sequencing").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plumbline.procore.permissions import read_levels
from plumbline.procore.reading import Unreadable, id_of, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.permissions import Levels

PROJECTS_PER_PAGE = 300  # Procore's own limit for this list

Row = dict[str, Any]


def me(client: ProcoreClient) -> Row:
    """Return the caller's `id` and `login`; works before a company is chosen."""
    return client.request("GET", "/rest/v1.0/me").read(_row)


def companies(client: ProcoreClient) -> Iterator[Row]:
    """Yield the companies the caller belongs to, or, for a service account, those that installed the app."""
    return client.rows("/rest/v1.0/companies", mapping)


def projects(client: ProcoreClient, search: str = "") -> Iterator[Row]:
    """Yield all projects of the company that the caller may see, or those whose name has `search` in it."""
    query = {"company_id": client.company_id, **({"filters[name]": search} if search else {})}
    return client.rows("/rest/v1.1/projects", mapping, query, per_page=PROJECTS_PER_PAGE)


def project_users(client: ProcoreClient, project_id: str) -> Iterator[Row]:
    """Yield `id` and `name` of the project's active users; the compact view asks for no Directory rights."""
    path = f"/rest/v1.0/projects/{project_id}/users"
    return client.rows(path, _row, {"view": "compact"})


def permissions(client: ProcoreClient, project_id: str) -> Levels:
    """Return the caller's level per tool in the project."""
    answer = client.request("GET", "/rest/v1.0/settings/permissions", query={"project_id": project_id})
    return answer.read(read_levels)


def company_base_url(client: ProcoreClient) -> str:
    """Return the address of the company's own web pages, for links; they differ by region."""
    answer = client.request("GET", "/rest/v1.0/company_base_url")
    return answer.read(_web_base_url)


def _row(data: object) -> Row:
    id_of(data)
    return mapping(data)


def _web_base_url(data: object) -> str:
    url = mapping(data).get("web_base_url")
    if not url:
        raise Unreadable("web_base_url is missing")
    return str(url).rstrip("/")
