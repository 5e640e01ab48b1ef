"""A connection that has all it needs, made over the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.functions.settings.worlds import DONE, HARBOR_POINT, NORTHWIND, OPEN, PRIYA, READY, TRADE, TYPE

if TYPE_CHECKING:
    from tests.functions.settings.api import Api

SETTINGS: dict[str, Any] = {
    "trigger_status_id": READY,
    "done_status_id": DONE,
    "initial_status_id": OPEN,
    "default_type_id": TYPE,
    "maps": {
        "status": {
            "to_procore": {OPEN: "initiated", READY: "initiated", DONE: "closed"},
            "to_tracker": {"initiated": OPEN, "closed": DONE},
        },
        "priority": {"to_procore": {"11": "High"}, "to_tracker": {"High": "11"}},
        "discipline": {"to_procore": {"21": TRADE}, "to_tracker": {TRADE: "21"}},
        "issue_type": {"to_procore": {"31": TYPE}, "to_tracker": {TYPE: "31"}},
    },
}


def choices(api: Api, tenant: str, person: int = PRIYA, who: str = "olga") -> dict[str, Any]:
    """Connect both sides and choose a project on each."""
    return {
        "procore_authorization_id": api.connect_procore(tenant, person, who),
        "company_id": str(NORTHWIND),
        "project_id": str(HARBOR_POINT),
        "tracker_authorization_id": api.add_key(tenant, who=who),
        "tracker_project_id": "7",
    }


def make_ready(api: Api, tenant: str, person: int = PRIYA, who: str = "olga") -> str:
    """Make a connection that passes its checks; returns its path."""
    body = {"name": "Hospital", "settings": SETTINGS, **choices(api, tenant, person, who)}
    made = api.good("POST", f"/tenants/{tenant}/connections", body, who=who)
    return f"/tenants/{tenant}/connections/{made['id']}"


def make_running(api: Api, tenant: str) -> str:
    """Make a connection and enable it; returns its path."""
    path = make_ready(api, tenant)
    api.good("POST", f"{path}/enable")
    return path


SYNC_SETTINGS: dict[str, Any] = {
    "initial_status_id": OPEN,
    "default_type_id": TYPE,
    "maps": SETTINGS["maps"],
}


def make_sync(api: Api, tenant: str, person: int = PRIYA, who: str = "olga", **more: Any) -> str:
    """Make a draft of ongoing sync that passes its checks; returns its path."""
    body = {
        "name": "Hospital in sync",
        "approach": "sync",
        "settings": SYNC_SETTINGS,
        **choices(api, tenant, person, who),
        **more,
    }
    made = api.good("POST", f"/tenants/{tenant}/connections", body, who=who)
    return f"/tenants/{tenant}/connections/{made['id']}"


def make_synced(api: Api, tenant: str, **more: Any) -> str:
    """Make a connection of ongoing sync and enable it; returns its path."""
    path = make_sync(api, tenant, **more)
    api.good("POST", f"{path}/enable")
    return path
