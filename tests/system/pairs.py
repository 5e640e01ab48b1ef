"""One ongoing connection of the deployed stack: its two projects, and whether they agree."""

from __future__ import annotations

import html
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support import small, sync_pairs
from tests.system.conftest import SYNC_PROJECT, SYNCED, Stack, authorization

from sandbox.demo import agreement
from sandbox.demo.stage import own_text, rewritten

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

PROJECT = "200102"
STATUSES = sync_pairs.STATUSES
ADDED = {
    "statuses": {small.READY: "Ready for Procore", small.SENT: "Sent to Procore", small.CLOSED: "Closed"},
    "priorities": {"2": "Odd"},
    "disciplines": {"11": "Envelope"},
}
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pairs:
    """The connection by its path in the API, and both sides as the sandboxes hold them."""

    stack: Stack
    path: str

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]

    def ask(self, method: str, path: str = "", json: Any = None) -> Any:
        return self.stack.api.ask(method, f"{self.path}{path}", json)

    def poll(self, *names: str) -> None:
        """Run what the schedule runs, at once and for this connection only."""
        for name in names:
            self.stack.invoke(name, {"connection_id": self.id})

    def until(self, test: Callable[[], Any]) -> None:
        """Wait for what comes by itself within moments."""
        self.stack.until(test, seconds=150, each=0.5, sweeping=False, story=self.story)

    def story(self) -> str:
        """What differs, and the newest lines of the log: all that a failed wait leaves to go by."""
        lines = self.ask("GET", "/activity?limit=20")["items"]
        return "\n".join([*self.disagreements(), *map(str, lines)])

    def issues(self) -> dict[str, Row]:
        """The issues of the project that are not deleted, by id."""
        rows = self.stack.cxalloy("state")["issues"]
        return {
            row["issue_id"]: row for row in rows if row["project_id"] == SYNC_PROJECT and not row["deleted"]
        }

    def all_twins(self) -> dict[str, list[Row]]:
        """The observations that name an issue of the project, by the issue's id, deleted ones too."""
        found: dict[str, list[Row]] = {}
        for row in self.stack.procore("state")["observations"]:
            _, named, rest = (row["description"] or "").rpartition(
                f"/project/{SYNC_PROJECT}/constructionissue/"
            )
            if named:
                found.setdefault(rest.split()[0], []).append(row)
        return found

    def twin(self, issue_id: str) -> Row:
        return self.all_twins()[issue_id][0]

    def item(self, issue_id: str) -> Row:
        rows = self.ask("GET", "/items?limit=100")["items"]
        return next(row for row in rows if row["issue"]["id"] == issue_id)

    def edit(self, issue_id: str, text: str) -> None:
        """Ana writes another description in CxAlloy."""
        self.stack.in_cxalloy("edit", issue_id, description=text)

    def edit_there(self, issue_id: str, text: str) -> None:
        """Priya writes another description in Procore, above our lines."""
        twin = self.twin(issue_id)
        html_ = rewritten(twin, f"<p>{html.escape(text)}</p>")
        self.stack.in_procore("edit", observation_id=twin["id"], description_rich_text=html_)

    def say_there(self, issue_id: str, text: str) -> None:
        """Priya comments in Procore."""
        self.stack.in_procore("comment", observation_id=self.twin(issue_id)["id"], text=text)

    def reads(self, issue_id: str, text: str) -> bool:
        """Whether both sides hold this description."""
        here = self.issues()[issue_id]["description"]
        return bool(here == text == own_text(self.twin(issue_id)))

    def disagreements(self, but: Collection[str] = ()) -> list[str]:
        """What differs between the two sides, and what is there twice."""
        twins, issues = self.all_twins(), self.issues()
        files = self.stack.cxalloy("files")
        found = [f"{one}: {len(rows)} observations" for one, rows in twins.items() if len(rows) > 1]
        for one in SYNCED:
            if one in but:
                continue
            live = [row for row in twins.get(one, []) if not row["deleted"]]
            if bool(live) != (one in issues):
                found.append(f"{one}: on one side only")
            elif live:
                mine = [file for file in files if file["issue_id"] == one]
                found += [f"{one}: {what}" for what in _differences(issues[one], live[0], mine)]
        return found

    def effects(self) -> tuple[int, int]:
        """How much was ever changed on either side, by anyone."""
        entries = self.stack.procore("journal")["entries"]
        kinds = ("call", "delivery_queued", "delivered", "token_refreshed", "token_issued")
        return (
            sum(entry["kind"] not in kinds for entry in entries),
            len(self.stack.cxalloy("journal")["effects"]),
        )


def _differences(issue: Row, twin: Row, files: list[Row]) -> list[str]:
    both = {
        "the description": (issue["description"], own_text(twin)),
        "the status": (STATUSES[issue["status_id"]], twin["status"]),
        "the due date": (issue["due_date"], twin["due_date"]),
        "comments": (agreement.comments(issue["comments"]), agreement.comments(twin["response_logs"])),
        "files": (_files(files), _files(agreement.files_of(twin))),
    }
    return [f"{name}: {here} and {there}" for name, (here, there) in both.items() if here != there]


def _files(rows: list[Row]) -> Counter[tuple[str, str]]:
    return Counter((row["name"], row["sha256"]) for row in rows)


def make(stack: Stack, tenant: str) -> Pairs:
    """The connection, as a draft; so few deletes let its brake go that a handful trips it."""
    made = stack.api.ask(
        "POST",
        f"/tenants/{tenant}/connections",
        {
            "name": "Kept in sync",
            "approach": "sync",
            "procore_authorization_id": authorization(stack, tenant, "procore_person"),
            "company_id": "598134325870001",
            "project_id": PROJECT,
            "tracker_authorization_id": authorization(stack, tenant, "cxalloy_key"),
            "tracker_project_id": SYNC_PROJECT,
            "settings": {
                **sync_pairs.settings(brake_count=2, brake_percent=5),
                # values that no issue has yet, and that no call of CxAlloy lists: added by hand
                "added_values": ADDED,
            },
        },
    )
    return Pairs(stack, f"/tenants/{tenant}/connections/{made['id']}")
