"""Pairs in sync for scenarios: settings, issues that have their observations, what came of them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.support import small
from tests.support.house import API
from tests.support.sync_house import PROJECT, SyncHouse

from plumbline.issues.backfill import OUTSTANDING
from plumbline.issues.hints import Hint
from plumbline.procore import items
from sandbox.procore.demo import PRIYA
from sandbox.procore.hands import Hands

if TYPE_CHECKING:
    from sandbox.cxalloy import CxAlloyWorld

STATUSES = {
    small.OPEN: "initiated",
    small.READY: "ready_for_review",
    small.SENT: "not_accepted",
    small.CLOSED: "closed",
}
MAPS = {
    "status": {"to_procore": STATUSES, "to_tracker": {word: id_ for id_, word in STATUSES.items()}},
    "priority": {"to_procore": {"1": "High", "2": "Medium"}, "to_tracker": {"High": "1", "Medium": "2"}},
    "discipline": {"to_procore": {"10": "8001", "11": "8002"}, "to_tracker": {"8001": "10", "8002": "11"}},
    "issue_type": {"to_procore": {"20": "7002"}, "to_tracker": {"7002": "20"}},
}
MUTATIONS = ("POST", "PATCH", "PUT", "DELETE")


def settings(**sync: Any) -> dict[str, Any]:
    """Settings of a connection in sync; the given ones are of its `sync` part."""
    given = {name: value for name, value in small.SETTINGS.items() if name != "maps"}
    return {**given, "maps": MAPS, "sync": sync}


def ids(count: int) -> list[str]:
    return [str(1001 + place) for place in range(count)]


def issues(count: int) -> list[dict[str, Any]]:
    """So many issues, each with a text of its own and no comments."""
    return [
        small.issue(one, description=f"Valve {one} leaks.\nAt the flange.", comments=[]) for one in ids(count)
    ]


def house(count: int = 5, world: CxAlloyWorld | None = None, **sync: Any) -> SyncHouse:
    """A house whose issues all have their observations, at rest."""
    made = SyncHouse(world or small.world(issues(count), []), settings(**sync))
    settle(made, minutes=2 + -(-count // OUTSTANDING))
    made.mark()
    return made


def settle(made: SyncHouse, *, minutes: int = 3) -> None:
    """So many minutes as the schedules have them: poll, sweep, work."""
    for _ in range(minutes):
        made.poll()
        made.sweep()
        made.sync()
        made.clock.sleep(61)


def hands(made: SyncHouse) -> Hands:
    """Priya on Procore's own pages."""
    return Hands(made.procore, PRIYA)


def number(made: SyncHouse, issue_id: str = "1001") -> int:
    """The observation's id, as the sandbox has it."""
    return int(made.link(issue_id).observation_id)


def live(made: SyncHouse) -> set[int]:
    """The ids of our observations that are not in the recycle bin, from the sandbox itself."""
    items_there = made.procore.state.observations.values()
    return {one.id for one in items_there if one.deleted_at is None and str(one.project_id) == PROJECT}


def deletes(made: SyncHouse) -> list[str]:
    """The calls that deleted something, on either side, since the house was built."""
    there = [call for call in made.rest_calls() if call.startswith("DELETE")]
    return there + [call.path for call in made.cxalloy.calls if call.path.endswith("/issue_delete")]


def mutations(made: SyncHouse) -> Counter[str]:
    """All writing calls of ours on both sides, by method and path."""
    there = [call for call in made.rest_calls() if call.split()[0] in MUTATIONS]
    here = [f"POST {call.path}" for call in made.cxalloy.calls if not _reads(call.path)]
    return Counter(there + here)


def _reads(path: str) -> bool:
    return path.endswith(("/issue", "/project", "/download")) or "/project/" in path or "_list" in path


def outcomes(made: SyncHouse) -> list[str]:
    """The outcomes in the activity log, oldest first."""
    return [entry.outcome for entry in reversed(made.activity.read("c1", limit=500).items)]


def said(made: SyncHouse, outcome: str) -> list[str]:
    """The messages of one outcome in the activity log, oldest first."""
    rows = reversed(made.activity.read("c1", limit=500).items)
    return [entry.message for entry in rows if entry.outcome == outcome]


def ask(made: SyncHouse, issue_id: str, *wishes: str) -> None:
    """What the settings API does when a person asks for something: the link is due for it, and hinted."""
    from plumbline.connections.items import wake  # noqa: PLC0415 - beside its only use

    link = made.link(issue_id)
    wake(made.plain_links, link, *wishes, now=made.clock())
    made.hints.append(Hint("c1", "manual", link_id=link.id, facets=wishes))


def rests(made: SyncHouse) -> bool:
    """Whether three more rounds with everything looked at leave both sides alone."""
    before = mutations(made)
    for _ in range(3):
        for link in made.plain_links.of_connection("c1", limit=500).items:
            made.hints.append(Hint("c1", "sweep", link_id=link.id))
            if link.observation_id:
                made.hints.append(
                    Hint(
                        "c1",
                        "webhook",
                        resource="Observation Items",
                        resource_id=link.observation_id,
                        verb="update",
                    )
                )
        settle(made, minutes=1)
    return mutations(made) == before


def row(made: SyncHouse, issue_id: str = "1001") -> dict[str, Any]:
    """The observation as the sandbox has it, in the bin or not."""
    from sandbox.procore.report import state_as_json  # noqa: PLC0415 - beside its only use

    rows = state_as_json(made.procore.state)["observations"]
    found: dict[str, Any] = next(one for one in rows if one["id"] == number(made, issue_id))
    return found


def in_bin(made: SyncHouse, observation_id: int) -> bool:
    """Whether Procore's own API shows it in the recycle bin."""
    return items.recycled_observation(made.person, PROJECT, str(observation_id)) is not None


def interleave(made: SyncHouse, method: str, path: str) -> None:
    """Let another worker handle the next hint while a call whose path ends so is under way: once."""
    handle = made.procore.handle

    def between(request: Any) -> Any:
        adapter = made.session.get_adapter(API)
        if request.method == method and request.path.endswith(path) and made.hints:
            adapter._sandboxes[API.split("//")[1]] = handle  # type: ignore[attr-defined]
            made.outcomes.append(made.sync_worker().handle(made.hints.popleft(), seconds_left=60.0))
        return handle(request)

    made.session.get_adapter(API)._sandboxes[API.split("//")[1]] = between  # type: ignore[attr-defined]
