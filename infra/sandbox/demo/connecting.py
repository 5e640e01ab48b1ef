"""The steps a manager takes: connect to Procore and CxAlloy, choose projects, map values, enable."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import requests

from sandbox.stack.settings import Trouble

if TYPE_CHECKING:
    from sandbox.demo.api import Api
    from sandbox.stack.settings import Settings

PERSON = "Priya Raman"
COMPANY = "Northwind Builders"
PROCORE_PROJECT = "Harbor Point Medical Center"
TRACKER_PROJECT = "50110"
TRIGGER, DONE = "Ready for Procore", "Sent to Procore"

STATUSES = {"Open": "initiated", "In Progress": "initiated", "Ready for Procore": "initiated"}
STATUSES |= {"Ready for Retest": "ready_for_review", "Closed": "closed"}
STATUSES_BACK = {"initiated": "Open", "ready_for_review": "Ready for Retest", "not_accepted": "In Progress"}
STATUSES_BACK |= {"closed": "Closed"}
PRIORITIES = {"Critical": "Urgent", "High": "High", "Medium": "Medium", "Low": "Low"}
TRADES = {
    "Mechanical": "HVAC",
    "HVAC": "HVAC",
    "Electrical": "Electrical",
    "Controls": "Building Automation & Controls",
    "Fire & Life Safety": "Fire & Life Safety",
    "Fire and Life Safety": "Fire & Life Safety",
    "Plumbing": "Plumbing",
}
DEFAULT_TYPE = "Commissioning Issue"


@dataclass(frozen=True, slots=True)
class Connected:
    """What was made."""

    tenant_id: str
    connection_id: str


def authorize_at_procore(api: Api, start: requests.Response, *, person: str = PERSON) -> str:
    """Go through Procore's sign-in as a browser would; returns the outcome that the last page names.

    The cookie is carried by hand: it is a Secure one, and the local stack speaks plain HTTP on loopback.
    """
    cookie = start.headers["Set-Cookie"].split(";", 1)[0]
    page = requests.get(start.json()["authorize_url"], timeout=30)
    back = requests.get(_choice(page, person), timeout=30, allow_redirects=False)
    callback = urlsplit(back.headers["Location"])
    path = callback.path.removeprefix(urlsplit(api.address).path)
    answer = api.call("GET", f"{path}?{callback.query}", headers={"Cookie": cookie})
    if answer.status_code != 303:
        raise Trouble(f"The OAuth callback answered {answer.status_code}: {answer.text[:500]}")
    return urlsplit(answer.headers["Location"]).query.removeprefix("outcome=")


def _choice(page: requests.Response, person: str) -> str:
    """The address behind the button of one person on the sandbox's sign-in page."""
    for form in re.findall(r"<form action=\"([^\"]+)\"[^>]*>(.*?)</form>", page.text, re.DOTALL):
        button = re.search(r"name=\"person\" value=\"(\d+)\">Sign in as ([^<]+)<", form[1])
        if button and unescape(button[2]) == person:
            fields = re.findall(r"name=\"(\w+)\" value=\"([^\"]*)\">(?!Sign)", form[1])
            query = {name: unescape(value) for name, value in fields} | {"person": button[1]}
            parts = urlsplit(page.url)
            return f"{parts.scheme}://{parts.netloc}{unescape(form[0])}?{urlencode(query)}"
    raise Trouble(f"Procore's sign-in page offers no {person}.")


def clear(api: Api) -> None:
    """Take away what an earlier demo set up: two projects are joined by one connection only."""
    for tenant in items(api, "/tenants"):
        base = f"/tenants/{tenant['id']}/connections"
        for connection in items(api, base):
            if connection["state"] not in ("draft", "disabled"):
                api.ask("POST", f"{base}/{connection['id']}/disable")
            api.ask("DELETE", f"{base}/{connection['id']}")


def connect(api: Api, settings: Settings) -> Connected:
    """From nothing to an enabled connection."""
    tenant = api.ask(
        "POST", "/tenants", {"name": "Coastal Commissioning", "support_address": "help@example.com"}
    )
    base = f"/tenants/{tenant['id']}"
    # logs and invitations name people by e-mail, which an access token does not tell the API
    api.ask("PUT", f"{base}/members/{api.sub}", {"role": tenant["role"], "email": api.email})
    start = api.call("POST", f"{base}/authorizations/procore", {})
    if not start.ok or (outcome := authorize_at_procore(api, start)) != "connected":
        raise Trouble(f"Connecting to Procore failed: {start.text[:500] if not start.ok else outcome}")
    procore = next(one for one in items(api, f"{base}/authorizations") if one["kind"] == "procore_person")
    tracker = api.ask(
        "POST",
        f"{base}/authorizations/cxalloy",
        {
            "host": settings.cxalloy_host,
            "identifier": settings.cxalloy_identifier,
            "secret": settings.cxalloy_secret,
        },
    )
    access = api.ask("POST", f"{base}/authorizations/{tracker['id']}/test")
    if not access["reachable"]:
        raise Trouble(f"CxAlloy cannot be reached: {access['cause']}")
    connection = _create(api, base, procore["id"], tracker["id"])
    _configure(api, f"{base}/connections/{connection}")
    return Connected(tenant["id"], connection)


def _create(api: Api, base: str, procore_id: str, tracker_id: str) -> str:
    there = f"{base}/authorizations/{procore_id}"
    company = named(items(api, f"{there}/companies"), COMPANY)
    projects = items(api, f"{there}/companies/{company['id']}/projects?search=Harbor")
    project = named(projects, PROCORE_PROJECT)
    trackers = items(api, f"{base}/authorizations/{tracker_id}/tracker-projects")
    made = api.ask(
        "POST",
        f"{base}/connections",
        {
            "name": "Harbor Point: issues to Procore",
            "approach": "copy",
            "procore_authorization_id": procore_id,
            "company_id": company["id"],
            "project_id": project["id"],
            "tracker_authorization_id": tracker_id,
            "tracker_project_id": next(one["id"] for one in trackers if one["id"] == TRACKER_PROJECT),
        },
    )
    return str(made["id"])


def _configure(api: Api, connection: str) -> None:
    """Choose the two statuses of a copy besides the maps, then check and enable."""
    statuses = _ids(api.ask("GET", f"{connection}/lists/tracker")["statuses"])
    chosen = {"trigger_status_id": statuses[TRIGGER], "done_status_id": statuses[DONE]}
    api.ask("PATCH", connection, {"settings": {**mapped(api, connection), **chosen}})
    api.ask("POST", f"{connection}/enable")


def mapped(api: Api, connection: str) -> dict[str, Any]:
    """Map by name what both lists hold; returns what the settings take."""
    here = api.ask("GET", f"{connection}/lists/tracker")
    there = api.ask("GET", f"{connection}/lists/procore")
    statuses = _ids(here["statuses"])
    trades, types = _ids(there["trades"]), _ids(there["types"])
    maps = {
        "status": {
            "to_procore": {statuses[name]: word for name, word in STATUSES.items() if name in statuses},
            "to_tracker": {word: statuses[name] for word, name in STATUSES_BACK.items() if name in statuses},
        },
        "priority": {
            "to_procore": {
                id_: PRIORITIES[name] for name, id_ in _ids(here["priorities"]).items() if name in PRIORITIES
            }
        },
        "discipline": {
            "to_procore": {
                id_: trades[TRADES[name]] for name, id_ in _ids(here["disciplines"]).items() if name in TRADES
            }
        },
    }
    return {"initial_status_id": statuses["Open"], "default_type_id": types[DEFAULT_TYPE], "maps": maps}


def items(api: Api, path: str) -> list[dict[str, Any]]:
    """The rows of a listing."""
    answer = api.ask("GET", path)
    rows: list[dict[str, Any]] = answer if isinstance(answer, list) else answer["items"]
    return rows


def named(rows: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The row of a name that must be there."""
    for row in rows:
        if row["name"] == name:
            return row
    raise Trouble(f"{name} is not among {[row['name'] for row in rows][:10]}.")


def _ids(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["name"]: str(row["id"]) for row in rows}
