"""Who a fresh token belongs to: asked once, before the token is stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.errors import Retry
from plumbline.procore import wire
from plumbline.procore.errors import decipher

if TYPE_CHECKING:
    import requests

    from plumbline.procore.environments import Hosts


def whose(hosts: Hosts, session: requests.Session, access: str, *, now: float) -> tuple[str, str]:
    """The user id and login of a token's owner. Procore: "Show User Info", which needs no company.

    Raises `Retry` when Procore cannot be asked, and what its refusal means otherwise.
    """
    try:
        response = wire.send(
            session,
            "GET",
            f"{hosts.api}/rest/v1.0/me",
            token=access,
            headers={"Accept": "application/json"},
            timeout=wire.TIMEOUT,
        )
    except wire.ConnectionLost as error:
        raise Retry("The connection to Procore broke") from error
    if not wire.succeeded(response):
        headers = wire.lower(response.headers)
        raise decipher(response.status_code, headers, response.content, now=now, wrote=False)
    return _person(response)


def _person(response: requests.Response) -> tuple[str, str]:
    try:
        person = response.json()
        number = str(person["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise Retry("Procore's answer about the person cannot be read") from error
    return number, str(person.get("login") or person.get("name") or number)
