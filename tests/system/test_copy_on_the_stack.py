"""The copy on the deployed stack, with faults at once: processes killed after each kind of effect, refusals,
lost answers, expired and racing tokens. At the end both sandboxes' own records must agree in everything.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from tests.contract.procore_contract import check_request
from tests.support import small
from tests.system.conftest import TRIGGER_ISSUES, Stack, authorization

from sandbox.demo import proof

pytestmark = pytest.mark.system

PROJECT = "598134325870420"
# One issue each: killed after the upload was announced, after its bytes were stored, after the segments were,
# after the observation, after the first and the last comment, after the status.
KILLS = [
    {"id": "announced", "method": "POST", "path": r"/v1\.1/projects/\d+/uploads$", "has": "trend-1001.csv"},
    {"id": "segments", "method": "POST", "path": r"/v1\.1/projects/\d+/uploads$", "has": "scan-1002.pdf"},
    {"id": "created", "method": "POST", "path": r"/observations/items$", "has": "Issue 1003"},
    {"id": "first-comment", "method": "POST", "path": r"/response_logs$", "has": "First of 1004"},
    {"id": "last-comment", "method": "POST", "path": r"/response_logs$", "has": "Second of 1005"},
    {"id": "status", "method": "POST", "path": r"/issue_update$", "has": "1006"},
]
FAULTS: list[dict[str, Any]] = [
    {"kind": "drop", "when": "after", "body_has": "Issue 1007"},
    {"kind": "status", "status": 500, "when": "after", "body_has": "Issue 1008"},
    {"kind": "status", "status": 502, "when": "before", "body_has": "Issue 1009"},
    {"kind": "status", "status": 503, "body_has": "Issue 1010"},
    {"kind": "status", "status": 429, "headers": {"Retry-After": "2"}, "body_has": "Issue 1011"},
    {"kind": "status", "status": 401, "body_has": "Issue 1012"},
    {"kind": "stall", "stall_seconds": 40.0, "body_has": "Issue 1013"},
]


@pytest.fixture(scope="module")
def connection(stack: Stack, tenant: str) -> str:
    made = stack.api.ask(
        "POST",
        f"/tenants/{tenant}/connections",
        {
            "name": "All faults at once",
            "approach": "copy",
            "procore_authorization_id": authorization(stack, tenant, "procore_person"),
            "company_id": "598134325870001",
            "project_id": PROJECT,
            "tracker_authorization_id": authorization(stack, tenant, "cxalloy_key"),
            "tracker_project_id": "50",
            "settings": {
                **small.SETTINGS,
                # no issue has these yet, and no call of CxAlloy lists them: a manager adds them by hand
                "added_values": {"statuses": {small.SENT: "Sent to Procore", small.OPEN: "Open"}},
            },
        },
    )
    return f"/tenants/{tenant}/connections/{made['id']}"


@pytest.fixture(scope="module")
def finished(stack: Stack, connection: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Run the whole copy through all faults; returns CxAlloy's state as it was before."""
    state = stack.cxalloy("state")
    before = {**state, "issues": [one for one in state["issues"] if one["project_id"] == "50"]}
    folder = tmp_path_factory.mktemp("kills")
    stack.kill_in("Copy", KILLS, folder)
    for fault in FAULTS:
        stack.fault("procore", method="POST", path=r"/rest/v1\.0/observations/items", **fault)
    # every token is due at once: five workers race to renew it, again and again
    stack.change_procore(access_token_seconds=30)
    stack.api.ask("POST", f"{connection}/enable")
    stack.until(
        lambda: stack.api.ask("GET", connection)["glance"]["done"] >= TRIGGER_ISSUES,
        seconds=240,
    )
    assert {path.name for path in Path(folder).iterdir()} == {kill["id"] for kill in KILLS}
    return before


def observations(stack: Stack) -> list[dict[str, Any]]:
    rows = stack.procore("state")["observations"]
    return [one for one in rows if "/project/50/" in (one["description"] or "")]


def test_a3_every_issue_is_copied_once_and_whole_through_kills_and_faults(
    stack: Stack, finished: dict[str, Any]
) -> None:
    after = {issue["issue_id"]: issue["status_id"] for issue in stack.cxalloy("state")["issues"]}
    found = proof.prove(
        finished["issues"],
        stack.cxalloy("files"),
        observations(stack),
        after,
        origin=stack.settings.cxalloy_host,
        done_status=small.SENT,
    )
    assert found.mismatches == []
    assert (found.observations, found.duplicates) == (TRIGGER_ISSUES, 0)
    assert (found.comments, found.files) == (2 * TRIGGER_ISSUES, 2 * TRIGGER_ISSUES)


def test_each_fault_struck(stack: Stack, finished: dict[str, Any]) -> None:
    assert finished["issues"]
    seen = {one["body_has"]: one["seen"] for one in stack.procore("faults")}
    assert all(seen[fault["body_has"]] >= 1 for fault in FAULTS), seen


def grants(stack: Stack) -> list[dict[str, Any]]:
    """The calls that renewed an access token."""
    calls = [one for one in stack.procore("journal")["entries"] if one["kind"] == "call"]
    return [
        one for one in calls if one["path"] == "/oauth/token" and one["body"]["grant_type"] == "refresh_token"
    ]


def test_no_refresh_token_was_used_twice_and_nobody_was_signed_out(
    stack: Stack, finished: dict[str, Any], tenant: str, connection: str
) -> None:
    assert finished["issues"]
    while len(grants(stack)) < 2:  # on a fast machine the copy may be over before its tokens are
        stack.fault("procore", kind="status", status=401, path=r"/rest/.*")
        stack.api.ask("GET", f"{connection}/checks")
    assert Counter(one["status"] for one in grants(stack)) == {200: len(grants(stack))}
    rows = stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"]
    assert all(row["valid"] for row in rows)


def test_the_roles_of_all_functions_were_enough(stack: Stack, finished: dict[str, Any]) -> None:
    assert finished["issues"]
    for name in ("OAuthCallback", "Settings", "TrackerPolling", "Copy", "Sweep"):
        assert "AccessDenied" not in stack.log_text(name), name


def test_no_log_holds_a_token_a_secret_or_a_text_of_an_issue(stack: Stack, finished: dict[str, Any]) -> None:
    assert finished["issues"]
    for name in ("OAuthCallback", "Settings", "TrackerPolling", "Copy", "Sweep"):
        text = stack.log_text(name)
        for canary in (
            "sandbox-access",
            "sandbox-refresh",
            "sandbox-code",
            "not-a-secret",
            "says so",
            "Bearer",
        ):
            assert canary not in text, (name, canary)


def test_s12_the_activity_log_tells_each_copy(
    stack: Stack, finished: dict[str, Any], connection: str
) -> None:
    assert finished["issues"]
    entries = stack.api.ask("GET", f"{connection}/activity?outcome=copied&limit=100")["items"]
    assert len({entry["issue_id"] for entry in entries}) == TRIGGER_ISSUES


def test_s13_at_rest_the_connection_is_synced(
    stack: Stack, finished: dict[str, Any], connection: str
) -> None:
    assert finished["issues"]
    stack.api.ask("POST", f"{connection}/sync-now")
    stack.until(
        lambda: stack.api.ask("GET", connection)["glance"]["state"] == "synced", seconds=30, sweeping=False
    )


def test_nothing_lies_in_the_dead_letters(stack: Stack, finished: dict[str, Any]) -> None:
    assert finished["issues"]
    assert stack.dead_letters("Copy") == "0"


def test_every_call_that_the_functions_made_is_a_documented_one(
    stack: Stack, finished: dict[str, Any]
) -> None:
    assert finished["issues"]
    calls = [one for one in stack.procore("journal")["entries"] if one["kind"] == "call"]
    rest = [one for one in calls if one["surface"] == "rest"]
    problems = {
        problem
        for one in rest
        for problem in check_request(
            one["method"], one["path"], [(name, value) for name, value in one["query"]], one["body"]
        )
    }
    assert len(rest) > 5 * TRIGGER_ISSUES
    assert problems == set()
