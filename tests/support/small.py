"""A small tracker project for scenarios: one issue with two comments and two files."""

from __future__ import annotations

from typing import Any

from sandbox.cxalloy import CxAlloyWorld

READY, SENT, OPEN, CLOSED = "3103", "3104", "3101", "3106"

SETTINGS: dict[str, Any] = {
    "trigger_status_id": READY,
    "done_status_id": SENT,
    "initial_status_id": OPEN,
    "default_type_id": "7001",
    "maps": {
        "status": {"to_procore": {READY: "ready_for_review"}},
        "priority": {"to_procore": {"1": "High"}},
        "discipline": {"to_procore": {"10": "8001"}},
        "issue_type": {"to_procore": {"20": "7002"}},
    },
}


def issue(issue_id: str, **changes: Any) -> dict[str, Any]:
    """One issue in the trigger status."""
    return {
        "issue_id": issue_id,
        "project_id": "50",
        "name": f"CI-{issue_id}",
        "description": "AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.",
        "section": "construction",
        "status_id": READY,
        "priority_id": "1",
        "discipline_id": "10",
        "issuetype_id": "20",
        "due_date": "03/15/2026",
        "date_created": "02/01/2026",
        "created_by": "Ana Souza",
        "asset_key": "77",
        "comments": [
            comment("9002", "Second look: still at 20 Hz.", "02/03/2026 10:00:00 UTC"),
            comment("9001", "Checked at the panel.", "02/02/2026 09:30:00 UTC"),
        ],
        **changes,
    }


def comment(comment_id: str, text: str, when: str, author: str = "Ana Souza") -> dict[str, Any]:
    return {"issuecomment_id": comment_id, "comment": text, "created_name": author, "date_created": when}


def file(file_id: str, issue_id: str, name: str, size: int) -> dict[str, Any]:
    return {
        "id": file_id,
        "issue_id": issue_id,
        "name": name,
        "kind": "bin",
        "size": size,
        "seed": int(file_id),
    }


def world(
    issues: list[dict[str, Any]] | None = None, files: list[dict[str, Any]] | None = None
) -> CxAlloyWorld:
    """The project; one issue with two files where nothing else is given."""
    return CxAlloyWorld.model_validate(
        {
            "account": {
                "host_label": "sandbox",
                "keys": [
                    {
                        "identifier": "test-key",
                        "secret": "not-a-secret",
                        "mode": "read_write",
                        "projects": None,
                    }
                ],
            },
            "projects": [{"project_id": "50", "name": "Harbor Point Cx"}],
            "statuses": [
                {"id": OPEN, "name": "Open", "initial": True},
                {"id": READY, "name": "Ready for Procore", "initial": False},
                {"id": SENT, "name": "Sent to Procore", "initial": False},
                {"id": CLOSED, "name": "Closed", "initial": False},
            ],
            "priorities": [{"id": "1", "name": "High"}, {"id": "2", "name": "Odd"}],
            "disciplines": [{"id": "10", "name": "Mechanical"}, {"id": "11", "name": "Envelope"}],
            "issue_types": [{"id": "20", "name": "Functional"}, {"id": "21", "name": "Other"}],
            "people": [],
            "companies": [],
            "roles": [],
            "assets": [{"asset_key": "77", "asset_type": "equipment", "asset_name": "AHU-3"}],
            "issues": issues if issues is not None else [issue("1001")],
            "files": files
            if files is not None
            else [file("501", "1001", "fan trend.csv", 1200), file("502", "1001", "panel é.jpg", 70_000)],
        }
    )
