"""Who a fresh token belongs to: asked once, before the token is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.errors import NeedsAuthorization
from plumbline.procore import wire
from plumbline.procore.errors import decipher

if TYPE_CHECKING:
    import requests

    from plumbline.procore.environments import Hosts


def whose(hosts: Hosts, session: requests.Session, access: str) -> tuple[str, str]:
    """The user id and login of a token's owner. Procore: "Show User Info", which needs no company."""
    response = wire.send(
        session,
        "GET",
        f"{hosts.api}/rest/v1.0/me",
        token=access,
        headers={"Accept": "application/json"},
        timeout=wire.TIMEOUT,
    )
    if not wire.succeeded(response):
        headers = wire.lower(response.headers)
        raise decipher(
            response.status_code, headers, response.content, now=0.0, wrote=False, authorization_id=""
        )
    person = response.json()
    if not isinstance(person, dict) or "id" not in person:
        raise NeedsAuthorization("", "Procore did not say whose sign-in this was.")
    return str(person["id"]), str(person.get("login") or person.get("name") or person["id"])
