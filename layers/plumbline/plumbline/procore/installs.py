"""Calls about the app's installation in a company (Procore: REST reference, "App Installations")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plumbline.procore.reading import mapping, wire_id

if TYPE_CHECKING:
    from plumbline.procore.client import ProcoreClient

Row = dict[str, Any]


def app_installation(client: ProcoreClient, client_id: str) -> Row | None:
    """Return the app's own installation in the client's company; None when it is not installed there."""
    rows = client.rows("/rest/v1.0/app_installations", mapping, {"company_id": client.company_id})
    return next((row for row in rows if _is_ours(row, client_id)), None)


def request_installation(client: ProcoreClient, client_id: str, notes: str) -> None:
    """Ask the company's admins, through Procore, to install the app. Raises `Reject` `conflict` if asked."""
    body = {
        "company_id": wire_id(client.company_id),
        "developer_app_id": client_id,
        "notes": notes,
        "implicit": False,
    }
    client.request("POST", "/rest/v1.0/installation_requests", json=body)


def _is_ours(row: Row, client_id: str) -> bool:
    return row.get("app_uid") == client_id and row.get("status") == "installed"
