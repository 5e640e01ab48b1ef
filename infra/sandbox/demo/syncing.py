"""The second act of the demo: an ongoing connection, people at work on both sides, and what comes of it."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from sandbox.demo import connecting
from sandbox.stack.settings import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.demo.api import Api
    from sandbox.stack.settings import Settings

TRACKER_PROJECT = "50220"
PROCORE_PROJECT = "Ashford Outpatient Clinic"
PRIYA = 598134325871001
WORKER = "Mirela Ionescu-Vance"
PATIENCE_SECONDS = 240

Row = dict[str, Any]
Check = tuple[str, "Callable[[], bool]"]


@dataclass(slots=True)
class Show:
    """What was done and what was seen; `missed` names what did not come over in time."""

    issues: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    missed: list[str] = field(default_factory=list)
    mismatches: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Stage:
    """Both sandboxes and the API, as the demo's people use them."""

    api: Api
    settings: Settings
    connection: str

    def issues(self) -> dict[str, Row]:
        """The tracker's issues of the project by number, with their files."""
        state = _get(f"{self.settings.cxalloy_host}/_sandbox/state")
        files = _get(f"{self.settings.cxalloy_host}/_sandbox/files")
        found = {}
        for row in state["issues"]:
            if row["project_id"] == TRACKER_PROJECT:
                row["files"] = [one for one in files if one["issue_id"] == row["issue_id"]]
                found[row["name"]] = row
        return found

    def twins(self) -> dict[str, Row]:
        """The observations by the number of the issue that they say they belong to."""
        found: dict[str, Row] = {}
        for row in _get(f"{self.settings.procore_api}/_sandbox/state")["observations"]:
            lines = [line for line in (row["description"] or "").split("\n") if "CxAlloy issue " in line]
            if lines and f"/project/{TRACKER_PROJECT}/" in lines[-1]:
                found[lines[-1].split("CxAlloy issue ", 1)[1].split(":", 1)[0]] = row
        return found

    def in_tracker(self, do: str, number: str, **given: Any) -> None:
        """A person acts in CxAlloy."""
        body = {"do": do, "person": WORKER, "issue_id": self.issues()[number]["issue_id"], **given}
        _post(f"{self.settings.cxalloy_host}/_sandbox/act", body)

    def in_procore(self, do: str, number: str, **given: Any) -> None:
        """A person acts in Procore."""
        body = {"act": do, "person": PRIYA, "observation_id": self.twins()[number]["id"], **given}
        _post(f"{self.settings.procore_api}/_sandbox/act", body)


def connect(api: Api, tenant_id: str) -> str:
    """Make and enable the ongoing connection, with the credentials of the first; returns its path."""
    base = f"/tenants/{tenant_id}"
    credentials = connecting.items(api, f"{base}/authorizations")
    procore = next(one for one in credentials if one["kind"] == "procore_person")
    tracker = next(one for one in credentials if one["kind"] == "cxalloy_key")
    there = f"{base}/authorizations/{procore['id']}"
    company = connecting.named(connecting.items(api, f"{there}/companies"), connecting.COMPANY)
    projects = connecting.items(api, f"{there}/companies/{company['id']}/projects?search=Ashford")
    made = api.ask(
        "POST",
        f"{base}/connections",
        {
            "name": "Ashford clinic: issues in sync",
            "approach": "sync",
            "procore_authorization_id": procore["id"],
            "company_id": company["id"],
            "project_id": connecting.named(projects, PROCORE_PROJECT)["id"],
            "tracker_authorization_id": tracker["id"],
            "tracker_project_id": TRACKER_PROJECT,
        },
    )
    path = f"{base}/connections/{made['id']}"
    chosen = connecting.mapped(api, path)
    sync = {"assignees": True, "assets_as_locations": True}
    api.ask("PATCH", path, {"settings": {**chosen, "poll_seconds": 60, "sync": sync}})
    api.ask("POST", f"{path}/enable")
    return path


def play(stage: Stage, say: Callable[[str], None]) -> Show:
    """Carry the project over, let people work on both sides, and watch each change arrive."""
    show = Show(issues=len(stage.issues()))
    _wait(show, [("all issues carried over", lambda: len(stage.twins()) == show.issues)], say)
    _wait(show, [("all comments and files there", lambda: _all_there(stage))], say)
    _edit(stage)
    _wait(show, _edits(stage), say)
    _delete_and_restore(stage, show, say)
    _conflict(stage, show, say)
    show.mismatches = compare(stage)
    return show


def _edit(stage: Stage) -> None:
    """One change of each kind, on both sides at once."""
    stage.in_tracker("edit", "CI-0001", description="Static pressure hunts between 0.8 and 1.4 in. w.c.")
    stage.in_tracker("comment", "CI-0002", text="Rechecked after the balancer left: still off.")
    stage.in_tracker("add_file", "CI-0004", name="ATS-1 retest.csv", size=4096, kind="csv", seed=31)
    stage.in_tracker("edit", "CI-0005", asset_key="5067", assigned_type="role", assigned_key="4203")
    stage.in_procore("edit", "CI-0003", status="ready_for_review")
    stage.in_procore("comment", "CI-0006", text="The contractor comes on Monday. Door code at the desk.")
    photo = base64.b64encode(b"\x89PNG a photo from site " * 64).decode()
    stage.in_procore("attach", "CI-0007", name="as found.png", content=photo)


def _edits(stage: Stage) -> list[Check]:
    def twin(number: str) -> Row:
        return stage.twins()[number]

    def issue(number: str) -> Row:
        return stage.issues()[number]

    return [
        (
            "CxAlloy's description in Procore",
            lambda: "Static pressure hunts" in twin("CI-0001")["description"],
        ),
        ("CxAlloy's comment in Procore", lambda: _said(twin("CI-0002"), "Rechecked after the balancer")),
        (
            "CxAlloy's file in Procore",
            lambda: "ATS-1 retest.csv" in [file["name"] for file in _files(twin("CI-0004"))],
        ),
        (
            "CxAlloy's asset as location, its role as assignee",
            lambda: (
                (twin("CI-0005")["location"] or "").startswith("CxAlloy Assets")
                and "CxAlloy : Role" in str(twin("CI-0005")["assignees"])
            ),
        ),
        ("Procore's status in CxAlloy", lambda: issue("CI-0003")["status_id"] == "3105"),
        (
            "Procore's comment in CxAlloy",
            lambda: any("Door code at the desk" in one["comment"] for one in issue("CI-0006")["comments"]),
        ),
        (
            "Procore's file in CxAlloy",
            lambda: "as found.png" in [file["name"] for file in issue("CI-0007")["files"]],
        ),
    ]


def _delete_and_restore(stage: Stage, show: Show, say: Callable[[str], None]) -> None:
    before = stage.twins()["CI-0008"]["id"]
    stage.in_tracker("delete", "CI-0008")
    _wait(
        show,
        [("deleted issue: its observation in the bin", lambda: stage.twins()["CI-0008"]["deleted"])],
        say,
    )
    stage.in_tracker("undo_delete", "CI-0008")
    _wait(
        show,
        [("restored issue: the same observation back", lambda: not stage.twins()["CI-0008"]["deleted"])],
        say,
    )
    if stage.twins()["CI-0008"]["id"] != before:
        show.mismatches.append("CI-0008: another observation came back")


def _conflict(stage: Stage, show: Show, say: Callable[[str], None]) -> None:
    """Both sides change one field before anything can be carried over; both values must be kept."""
    stage.api.ask("POST", f"{stage.connection}/pause")
    stage.in_tracker("edit", "CI-0009", description="The zone valve box is not labelled.")
    stage.in_procore("edit", "CI-0009", description_rich_text="<p>The valve box has <b>no label</b>.</p>")
    stage.api.ask("POST", f"{stage.connection}/resume")
    stage.api.ask("POST", f"{stage.connection}/sync-now")

    def kept() -> bool:
        found = connecting.items(stage.api, f"{stage.connection}/conflicts")
        return any(
            "not labelled" in one["tracker"] and "no label" in one["procore"]
            for one in found
            if one["field"] == "description"
        )

    _wait(show, [("conflict: both values kept", kept)], say)


def compare(stage: Stage) -> list[str]:
    """What differs between the two sides now, from the sandboxes' own records."""
    found = []
    words = {**connecting.STATUSES}
    names = {
        row["id"]: row["name"] for row in _get(f"{stage.settings.cxalloy_host}/_sandbox/state")["statuses"]
    }
    twins = stage.twins()
    for number, issue in stage.issues().items():
        twin = twins.get(number)
        if twin is None or twin["deleted"]:
            found.append(f"{number}: no observation")
            continue
        status = names[issue["status_id"]]
        agreed = words.get(status, "initiated") == twin["status"]
        back = connecting.STATUSES_BACK.get(twin["status"]) == status
        if not (agreed or back):
            found.append(f"{number}: {status} and {twin['status']}")
        if (issue["due_date"] or None) != (twin["due_date"] or None):
            found.append(f"{number}: due {issue['due_date']} and {twin['due_date']}")
        if len(_people_said(issue["comments"], "comment")) != len(
            _people_said(twin["response_logs"], "comment")
        ):
            found.append(f"{number}: comments differ")
        here = sorted((file["name"], file["sha256"]) for file in issue["files"])
        if here != sorted((file["name"], file["sha256"]) for file in _files(twin)):
            found.append(f"{number}: files differ")
    return found


def _people_said(rows: list[Row], key: str) -> list[str]:
    """The comments of one side, notes that only carry files aside."""
    return [row[key] for row in rows if row[key] and "CxAlloy files" not in row[key]]


def _files(twin: Row) -> list[Row]:
    return [*twin["attachments"], *(file for log in twin["response_logs"] for file in log["attachments"])]


def _said(twin: Row, words: str) -> bool:
    return any(words in (log["comment"] or "") for log in twin["response_logs"])


def _all_there(stage: Stage) -> bool:
    return not [
        one for one in compare(stage) if "no observation" in one or "comments" in one or "files" in one
    ]


def _wait(show: Show, checks: list[Check], say: Callable[[str], None]) -> None:
    """Watch each check come true, and note after how many seconds it did."""
    began, left = time.monotonic(), dict(checks)
    while left and time.monotonic() - began < PATIENCE_SECONDS:
        for name in [name for name, check in left.items() if check()]:
            show.seconds[name] = round(time.monotonic() - began, 1)
            say(f"  {show.seconds[name]:>6} s  {name}")
            del left[name]
        time.sleep(0.3)
    show.missed += left


def _get(url: str) -> Any:
    answer = requests.get(url, timeout=60)
    answer.raise_for_status()
    return answer.json()


def _post(url: str, body: Row) -> None:
    answer = requests.post(url, json=body, timeout=60)
    if not answer.ok:
        raise Trouble(f"{url} answered {answer.status_code}: {answer.text[:300]}")
