"""Calls about the app's installation in a company (Procore: REST reference, "Installation Requests")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.procore.reading import wire_id

if TYPE_CHECKING:
    from plumbline.procore.client import ProcoreClient


def request_installation(client: ProcoreClient, client_id: str, notes: str) -> None:
    """Ask the company's admins, through Procore, to install the app. Raises `Reject` `conflict` if asked."""
    body = {
        "company_id": wire_id(client.company_id),
        "developer_app_id": client_id,
        "notes": notes,
        "implicit": False,
    }
    client.request("POST", "/rest/v1.0/installation_requests", json=body)
