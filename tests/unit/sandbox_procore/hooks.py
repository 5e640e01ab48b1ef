"""Helpers of the webhook tests: a hook of our own, and a receiver that answers as told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.procore.demo import HARBOR_POINT, NORTHWIND

if TYPE_CHECKING:
    from tests.unit.sandbox_procore.desk import Caller

    from sandbox.procore import ProcoreSandbox

BASE = f"/rest/v2.0/companies/{NORTHWIND}/projects/{HARBOR_POINT}/webhooks"
ADDRESS = "https://hooks.example/hooks/procore/c1"
ALL = (
    ("Observation Items", "create"), ("Observation Items", "update"), ("Observation Items", "delete"),
    ("Observation Item Response Logs", "create"),
)  # fmt: skip


def hooked(caller: Caller, version: str = "v2.0", base: str = BASE, wanted: Any = ALL, **fields: Any) -> str:
    """Make a hook with triggers, and return its id."""
    given = {
        "payload_version": version, "namespace": "plumbline", "destination_url": ADDRESS,
        "destination_headers": {"Authorization": "Bearer v1.0.abcdef"}, **fields,
    }  # fmt: skip
    made = caller.send("POST", f"{base}/hooks", given)
    assert made.status == 201, made.body
    hook = str(made.json()["data"]["id"])
    rows = [{"resource_name": name, "event_type": verb} for name, verb in wanted]
    assert caller.send("POST", f"{base}/hooks/{hook}/triggers/bulk", rows).status == 201
    return hook


def receive(sandbox: ProcoreSandbox, status: int | None = 204) -> list[dict[str, Any]]:
    """Take all that is due, answering each with a status; returns the bodies in the order of coming."""
    taken = []
    while due := sandbox.deliveries_due():
        for one in due:
            taken.append(json.loads(one.body))
            sandbox.delivered(one.delivery_id, status)
    return taken


def words(bodies: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return resource and verb of payloads of any version."""
    return [
        (one.get("resource_name") or one["resource_type"], one.get("event_type") or one["reason"])
        for one in bodies
    ]
