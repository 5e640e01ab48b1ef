"""Records for tests, with only what a test is about to be given."""

from __future__ import annotations

from typing import Any

from plumbline.stores.records import Authorization, AuthorizationKind, Connection, ConnectionState


def a_connection(**given: Any) -> Connection:
    """An enabled connection with everything chosen."""
    chosen = {
        "procore_authorization_id": "p",
        "company_id": "1",
        "project_id": "2",
        "tracker_authorization_id": "t",
        "tracker_host": "https://cx.example",
        "tracker_project_id": "7",
    }
    base: dict[str, Any] = {
        "id": "c",
        "tenant_id": "tenant",
        "name": "Hospital",
        "approach": "copy",
        "state": ConnectionState.ENABLED,
        "created_at": 1.0,
        "created_by": "olga",
        "enabled_at": 100.0,
        "last_success_at": 200.0,
    }
    return Connection(**{**base, **chosen, **given})


def an_authorization(
    identifier: str = "p", kind: AuthorizationKind = AuthorizationKind.PROCORE_PERSON, **given: Any
) -> Authorization:
    """A working credential."""
    base: dict[str, Any] = {
        "tenant_id": "tenant",
        "environment": "production",
        "label": "ana",
        "created_at": 1.0,
        "created_by": "olga",
    }
    return Authorization(id=identifier, kind=kind, **{**base, **given})


def both() -> dict[str, Authorization]:
    """The two credentials that `a_connection` works with."""
    key = an_authorization("t", AuthorizationKind.CXALLOY_KEY, host="https://cx.example")
    return {"p": an_authorization(), "t": key}
