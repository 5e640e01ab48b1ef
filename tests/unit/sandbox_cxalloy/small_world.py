"""A small CxAlloy TQ account and a signer of its own, for tests."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from sandbox.cxalloy import CxAlloySandbox, CxAlloyWorld, Settings
from sandbox.http import Request, Response

if TYPE_CHECKING:
    from sandbox.cxalloy.world import Issue

NOW = 1_780_000_000.0  # 2026-05-28T20:26:40Z
IDENTIFIER = "demo-key"
SECRET = "not a real secret"

WORLD: dict[str, Any] = {
    "account": {
        "host_label": "tq.example",
        "keys": [
            {"identifier": IDENTIFIER, "secret": SECRET},
            {"identifier": "reader", "secret": SECRET, "mode": "read_only"},
            {"identifier": "north-only", "secret": SECRET, "projects": ["7"]},
        ],
    },
    "projects": [{"project_id": 7, "name": "North Hospital"}, {"project_id": 8, "name": "South Lab"}],
    "statuses": [
        {"id": 1, "name": "Open", "initial": True},
        {"id": 2, "name": "Ready to copy"},
        {"id": 3, "name": "Copied (GC)"},
    ],
    "priorities": [{"id": 11, "name": "High"}],
    "disciplines": [{"id": 21, "name": "HVAC"}],
    "issue_types": [{"id": 31, "name": "Deficiency"}],
    "people": [{"person_id": 41, "first_name": "Ana", "last_name": "Díaz", "email": "ana@example.com"}],
    "companies": [{"id": 51, "name": "Aire Ltd"}],
    "roles": [{"id": 61, "name": "Cx agent"}],
    "assets": [{"asset_key": "71", "asset_type": "equipment", "asset_name": "AHU-1"}],
    "issues": [
        {
            "issue_id": 101,
            "project_id": 7,
            "name": "CHK-1",
            "description": "Damper stuck\r\nSecond line",
            "section": "construction",
            "status_id": 2,
            "priority_id": 11,
            "discipline_id": 21,
            "issuetype_id": 31,
            "due_date": "06/30/2026",
            "date_created": "2026-05-01",
            "created_by": "Ana Díaz",
            "asset_key": "71",
            "assigned_type": "person",
            "assigned_key": "41",
            "source_type": "checklist",
            "comments": [
                {
                    "issuecomment_id": 201,
                    "comment": "first",
                    "created_name": "Ana Díaz",
                    "date_created": "2026-05-02T08:00:00Z",
                },
                {
                    "issuecomment_id": 202,
                    "comment": "second",
                    "created_name": "Bo",
                    "date_created": "05/03/2026 09:30:00 UTC",
                },
            ],
        },
        {"issue_id": 102, "project_id": 7, "name": "CHK-2", "section": "design", "status_id": 1},
        {"issue_id": 103, "project_id": 7, "name": "CHK-3", "description": "x", "status_id": 1},
        {"issue_id": 104, "project_id": 8, "name": "CHK-4", "description": "other", "status_id": 2},
    ],
    "files": [
        {"id": 301, "issue_id": 101, "name": "photo.jpeg", "kind": "jpeg", "size": 200_000, "seed": 5},
        {"id": 302, "issue_id": 101, "name": "empty.csv", "kind": "csv", "size": 0, "seed": 6},
    ],
}


def small_world() -> CxAlloyWorld:
    """The account as data of its own."""
    return CxAlloyWorld.model_validate(WORLD)


def small_sandbox(**settings: Any) -> CxAlloySandbox:
    """A sandbox of that account whose clock stands still."""
    return CxAlloySandbox(lambda: NOW, small_world(), settings=Settings(**settings))


def signed(
    method: str,
    path: str,
    body: bytes = b"",
    *,
    key: str = IDENTIFIER,
    timestamp: str = "1780000000",
    **query: Any,
) -> Request:
    """A request signed as public callers of the API do it."""
    mac = hmac.new(SECRET.encode(), body + timestamp.encode(), hashlib.sha256).hexdigest()
    headers = {"cxalloy-identifier": key, "cxalloy-timestamp": timestamp, "cxalloy-signature": mac}
    return Request(method, f"/api/v1{path}", tuple(query.items()), headers, body)


def post(sandbox: CxAlloySandbox, path: str, value: object, *, key: str = IDENTIFIER) -> Response:
    """Post JSON, signed."""
    return sandbox.handle(signed("POST", path, json.dumps(value).encode(), key=key))


def get(sandbox: CxAlloySandbox, path: str, *, key: str = IDENTIFIER, **query: Any) -> Response:
    """Get, signed."""
    return sandbox.handle(signed("GET", path, b"", key=key, **query))


def by_hand(sandbox: CxAlloySandbox, path: str, value: object = None, method: str = "POST") -> Response:
    """Use the back door."""
    body = b"" if value is None else json.dumps(value).encode()
    return sandbox.handle(Request(method, f"/_sandbox{path}", body=body))


def held(sandbox: CxAlloySandbox, issue_id: str) -> Issue:
    """The issue as the sandbox holds it, seen or not."""
    issue = sandbox.world.issue(issue_id)
    assert issue is not None
    return issue
