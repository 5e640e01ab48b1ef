"""Both sandboxes and the API as the people of the demo's second part use them."""

from __future__ import annotations

import html
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import requests

from sandbox.stack.settings import Trouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.demo.api import Api
    from sandbox.stack.settings import Settings

TRACKER_PROJECT = "50220"
PRIYA = 598134325871001
WORKER = "Mirela Ionescu-Vance"
PATIENCE_SECONDS = 480
OURS = ("CxAlloy issue ", "CxAlloy asset: ")

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
    """One ongoing connection, by its path in the API, and both projects that it joins."""

    api: Api
    settings: Settings
    connection: str
    say: Callable[[str], None]

    def issues(self) -> dict[str, Row]:
        """The tracker's issues of the project by number, with their files; deleted ones are left out."""
        state = get(f"{self.settings.cxalloy_host}/_sandbox/state")
        files = get(f"{self.settings.cxalloy_host}/_sandbox/files")
        found = {}
        for row in state["issues"]:
            if row["project_id"] == TRACKER_PROJECT and not row["deleted"]:
                row["files"] = [one for one in files if one["issue_id"] == row["issue_id"]]
                found[row["name"]] = row
        return found

    def twins(self) -> dict[str, Row]:
        """The observations by the number of the issue that they say they belong to."""
        found: dict[str, Row] = {}
        for row in self.observations():
            lines = [line for line in (row["description"] or "").split("\n") if line.startswith(OURS[0])]
            if lines and f"/project/{TRACKER_PROJECT}/" in lines[-1]:
                found[lines[-1].removeprefix(OURS[0]).split(":", 1)[0]] = row
        return found

    def observations(self) -> list[Row]:
        """Every observation of Procore, those in the recycle bin too."""
        rows: list[Row] = get(f"{self.settings.procore_api}/_sandbox/state")["observations"]
        return rows

    def in_tracker(self, do: str, number: str, **given: Any) -> None:
        """A person acts in CxAlloy."""
        body = {"do": do, "person": WORKER, "issue_id": self.issue_id(number), **given}
        _post(f"{self.settings.cxalloy_host}/_sandbox/act", body)

    def issue_id(self, number: str) -> str:
        """An issue's id, also when the issue is deleted."""
        rows = get(f"{self.settings.cxalloy_host}/_sandbox/state")["issues"]
        mine = (row for row in rows if (row["project_id"], row["name"]) == (TRACKER_PROJECT, number))
        return str(next(mine)["issue_id"])

    def in_procore(self, do: str, number: str, **given: Any) -> None:
        """A person acts in Procore."""
        body = {"act": do, "person": PRIYA, "observation_id": self.twins()[number]["id"], **given}
        _post(f"{self.settings.procore_api}/_sandbox/act", body)

    def item(self, number: str) -> Row:
        """The connection's item of an issue, as the API shows it."""
        rows: list[Row] = self.api.ask("GET", f"{self.connection}/items?limit=100")["items"]
        return next(row for row in rows if row["issue"]["number"] == number)

    def wait(self, show: Show, checks: list[Check]) -> None:
        """Watch each check come true, and note after how many seconds it did."""
        began, left = time.monotonic(), dict(checks)
        while left and time.monotonic() - began < PATIENCE_SECONDS:
            for name in [name for name, check in left.items() if check()]:
                show.seconds[name] = round(time.monotonic() - began, 1)
                self.say(f"  {show.seconds[name]:>6} s  {name}")
                del left[name]
            time.sleep(0.5 if left else 0)
        show.missed += left


def own_text(twin: Row) -> str:
    """What people wrote in an observation's description, without the lines that Plumbline keeps there."""
    lines = (twin["description"] or "").split("\n")
    return "\n".join(line for line in lines if not line.startswith(OURS)).strip()


def rewritten(twin: Row, formatted: str) -> str:
    """The HTML that is saved when a person writes a new text above the lines that Plumbline keeps there."""
    kept = [line for line in (twin["description"] or "").split("\n") if line.startswith(OURS)]
    return formatted + "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in kept)


def get(url: str) -> Any:
    """What an address of a sandbox answers."""
    answer = requests.get(url, timeout=60)
    answer.raise_for_status()
    return answer.json()


def _post(url: str, body: Row) -> None:
    answer = requests.post(url, json=body, timeout=60)
    if not answer.ok:
        raise Trouble(f"{url} answered {answer.status_code}: {answer.text[:300]}")
