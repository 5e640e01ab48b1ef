"""What the browser tests find on the two other sides, and connections that are there before a page opens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.support import small, sync_pairs
from tests.system.conftest import Stack, authorization

from sandbox.demo.stage import own_text, rewritten
from sandbox.procore.demo import NORTHWIND

if TYPE_CHECKING:
    from sandbox.cxalloy import CxAlloyWorld

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A Procore project and the CxAlloy project that is joined with it; one test module each."""

    procore: str
    procore_name: str
    tracker: str
    tracker_name: str
    issues: tuple[str, ...]


def _pair(place: int, procore_name: str, tracker_name: str, count: int) -> Pair:
    """The pair of Procore's `place`-th further project; its issues begin at 1001, 2001, … ."""
    start = 1000 * place
    numbers = tuple(str(start + 1 + one) for one in range(count))
    return Pair(str(200100 + place), procore_name, str(50 + place), tracker_name, numbers)


WHOLE = _pair(1, "Ashford Data Center", "Ashford data center Cx", 2)
STEPS = _pair(2, "Ashford Outpatient Clinic", "Ashford clinic Cx", 3)
COPY = _pair(3, "Ashford Transit Hub", "Ashford hub Cx", 1)
LIVE = _pair(4, "Ashford Research Laboratory", "Ashford laboratory Cx", 8)
KEYS = _pair(5, "Ashford Fire Station", "Ashford fire station Cx", 1)
DRAFT = _pair(6, "Ashford Office Tower", "Ashford tower Cx", 2)
PAIRS = (WHOLE, STEPS, COPY, LIVE, KEYS, DRAFT)

ADDED = {
    "statuses": {small.READY: "Ready for Procore", small.SENT: "Sent to Procore", small.CLOSED: "Closed"},
    "priorities": {"2": "Odd"},
    "disciplines": {"11": "Envelope"},
}


def account() -> CxAlloyWorld:
    """The CxAlloy account: a project for each pair, its issues with a comment each, the first with a file."""
    issues = [_issue(pair, one) for pair in PAIRS for one in pair.issues]
    files = [small.file(f"{pair.issues[0]}7", pair.issues[0], "trend.csv", 2_000) for pair in PAIRS]
    made = small.world(issues, files)
    template = made.projects[0]
    made.projects[:] = [
        template.model_copy(update={"project_id": pair.tracker, "name": pair.tracker_name}) for pair in PAIRS
    ]
    return made


def _issue(pair: Pair, one: str) -> Row:
    # Of each project one issue has each status and discipline: CxAlloy's lists are learned from its issues.
    place = pair.issues.index(one)
    return small.issue(
        one,
        project_id=pair.tracker,
        status_id=(small.OPEN, small.CLOSED, small.READY)[place % 3],
        priority_id=str(1 + place % 2),
        discipline_id=str(10 + place % 2),
        description=f"Valve {one} leaks.\nAt the flange.",
        comments=[small.comment(f"{one}1", f"First of {one}.", "02/02/2026 09:30:00 UTC")],
    )


@dataclass(frozen=True, slots=True)
class Joined:
    """A connection by its path in the API, and both of its sides as the sandboxes hold them."""

    stack: Stack
    pair: Pair
    path: str

    @property
    def id(self) -> str:
        return self.path.rpartition("/")[2]

    @property
    def page(self) -> str:
        """The connection's route in the console."""
        return f"/connections/{self.id}"

    def ask(self, method: str, path: str = "", json: Any = None) -> Any:
        return self.stack.api.ask(method, f"{self.path}{path}", json)

    def run(self, *names: str) -> None:
        """Run what the schedule runs, at once and for this connection only."""
        for name in names:
            self.stack.invoke(name, {"connection_id": self.id})

    def items(self) -> list[Row]:
        rows: list[Row] = self.ask("GET", "/items?limit=100")["items"]
        return rows

    def item(self, issue_id: str) -> Row:
        return next(row for row in self.items() if row["issue"]["id"] == issue_id)

    def issue(self, issue_id: str) -> Row:
        rows = self.stack.cxalloy("state")["issues"]
        return next(row for row in rows if row["issue_id"] == issue_id)

    def twins(self, issue_id: str) -> list[Row]:
        """The observations that name an issue, those in the recycle bin too."""
        end = f"/project/{self.pair.tracker}/constructionissue/{issue_id}"
        rows = self.stack.procore("state")["observations"]
        return [row for row in rows if end in (row["description"] or "")]

    def synced(self) -> bool:
        """Whether every issue has its observation."""
        return [row["state"] for row in self.items()] == ["synced"] * len(self.pair.issues)

    def reads(self, issue_id: str, text: str) -> bool:
        """Whether both sides hold this description."""
        return bool(self.issue(issue_id)["description"] == text == own_text(self.twins(issue_id)[0]))

    def edit(self, issue_id: str, text: str) -> None:
        """Ana writes another description in CxAlloy."""
        self.stack.in_cxalloy("edit", issue_id, description=text)

    def edit_there(self, issue_id: str, text: str) -> None:
        """Priya writes another description in Procore, above our lines."""
        twin = self.twins(issue_id)[0]
        html = rewritten(twin, f"<p>{text}</p>")
        self.stack.in_procore("edit", observation_id=twin["id"], description_rich_text=html)

    def until(self, test: Any, *, seconds: float = 120) -> None:
        """Wait for what comes by itself within moments."""
        self.stack.until(test, seconds=seconds, each=0.4, sweeping=False)


def settings(**sync: Any) -> Row:
    """Settings with which a connection can be enabled."""
    return {**sync_pairs.settings(**sync), "added_values": ADDED, "park_after_tries": 2}


def credential(stack: Stack, tenant: str, login: str) -> str:
    """The id of a Procore person's credential, or of the CxAlloy key, by the beginning of its label."""
    rows = stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"]
    return next(str(row["id"]) for row in rows if row["label"].startswith(login))


def draft(stack: Stack, tenant: str, pair: Pair, name: str, **given: Any) -> Joined:
    """A connection of a pair, ready to be enabled unless something else is given; None leaves a thing out."""
    body = {
        "name": name,
        "approach": "sync",
        "procore_authorization_id": credential(stack, tenant, "priya."),
        "company_id": str(NORTHWIND),
        "project_id": pair.procore,
        "tracker_authorization_id": authorization(stack, tenant, "cxalloy_key"),
        "tracker_project_id": pair.tracker,
        "settings": settings(),
        **given,
    }
    wanted = {key: value for key, value in body.items() if value is not None}
    made = stack.api.ask("POST", f"/tenants/{tenant}/connections", wanted)
    return Joined(stack, pair, f"/tenants/{tenant}/connections/{made['id']}")


def enabled(joined: Joined) -> Joined:
    """Enable it and carry over what is there already."""
    joined.ask("POST", "/enable")
    joined.run("TrackerPolling")
    joined.stack.until(joined.synced, seconds=120, each=0.5)
    return joined


# What of the living connection's eight issues is what; the others are as they were carried over.
PLAIN, TORN, REWRITTEN, STUCK, DELETED, QUIET = (
    LIVE.issues[0],
    LIVE.issues[1],
    LIVE.issues[2],
    LIVE.issues[3],
    LIVE.issues[4:7],
    LIVE.issues[7],
)
REFUSED_TEXT = "A text that Procore chokes on."


def lived_in(joined: Joined) -> Joined:
    """Let people work until there is one of everything that a person is asked about."""
    stack = joined.stack
    stack.fault("procore", kind="status", status=500, method="PATCH", body_has=REFUSED_TEXT, times=0)
    joined.edit(STUCK, REFUSED_TEXT)
    joined.edit(REWRITTEN, "Rewritten in CxAlloy.")
    joined.edit(TORN, "Ana's text.")
    joined.edit_there(TORN, "Priya's text.")
    for one in DELETED:
        stack.in_procore("delete", observation_id=joined.twins(one)[0]["id"])
    joined.run("TrackerPolling")
    joined.until(lambda: joined.ask("GET", "/conflicts")["items"])
    stack.until(lambda: joined.item(STUCK)["state"] == "parked", seconds=120, each=1)
    joined.until(lambda: joined.reads(REWRITTEN, "Rewritten in CxAlloy."))
    joined.until(lambda: len(joined.ask("GET", "/brake")["items"]) == 2)
    return joined
