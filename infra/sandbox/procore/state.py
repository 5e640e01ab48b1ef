"""What the sandbox holds while it runs: seeds by id, and all that calls have made since."""

from __future__ import annotations

import copy
import hashlib
import hmac
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from sandbox.procore.records import (
    STATUSES,
    Attachment,
    Code,
    Delivery,
    Email,
    Endpoint,
    Hook,
    Installation,
    InstallationRequest,
    Observation,
    ResponseLog,
    Token,
    Trigger,
    Upload,
    Window,
)

if TYPE_CHECKING:
    from sandbox.procore.world import (
        Company,
        Location,
        ObservationType,
        Person,
        Project,
        SeedObservation,
        Trade,
        World,
    )

Past = tuple[float, Observation | None]
"""An observation as it was until a time; None: it was not there yet."""


@dataclass(slots=True)
class State:
    """Everything that calls can change, beside the seeds they refer to."""

    companies: dict[int, Company]
    projects: dict[int, Project]
    people: dict[int, Person]
    types: dict[int, ObservationType]
    trades: dict[int, Trade]
    token_seed: str = ""
    installs: dict[int, Installation] = field(default_factory=dict)
    requests: list[InstallationRequest] = field(default_factory=list)
    observations: dict[int, Observation] = field(default_factory=dict)
    logs: list[ResponseLog] = field(default_factory=list)
    uploads: dict[str, Upload] = field(default_factory=dict)
    attachments: dict[int, Attachment] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    refreshes: dict[str, int] = field(default_factory=dict)
    emails: list[Email] = field(default_factory=list)
    windows: dict[tuple[Any, ...], Window] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    locations: dict[int, Location] = field(default_factory=dict)
    hooks: dict[int, Hook] = field(default_factory=dict)
    triggers: dict[int, Trigger] = field(default_factory=dict)
    deliveries: dict[int, Delivery] = field(default_factory=dict)
    endpoints: dict[str, Endpoint] = field(default_factory=dict)
    past: dict[int, list[Past]] = field(default_factory=dict)

    def count(self, kind: str) -> int:
        """Return 1, 2, 3 … for each kind of thing."""
        self.counts[kind] = self.counts.get(kind, 0) + 1
        return self.counts[kind]

    def new_id(self, kind: str, first: int) -> int:
        """Return the next id of a kind, counted from `first`."""
        return first + self.count(kind) - 1

    def secret(self, kind: str) -> str:
        """Return an opaque text, new at each call and the same in each run."""
        text = f"{kind}:{self.count(kind)}".encode()
        return f"{kind}-{hmac.new(self.token_seed.encode(), text, hashlib.sha256).hexdigest()[:40]}"

    def remember(self, item: Observation, now: float, *, new: bool = False) -> None:
        """Keep an observation as it is before a change, for reads that answer from the past."""
        self.past.setdefault(item.id, []).append((now, None if new else copy.copy(item)))

    def as_of(self, moment: float) -> State:
        """Return a state to read from, with observations, logs and locations as they were at a moment."""
        was = {number: self._was(item, moment) for number, item in self.observations.items()}
        return replace(
            self,
            observations={number: item for number, item in was.items() if item},
            logs=[log for log in self.logs if log.created_at <= moment],
            locations={n: one for n, one in self.locations.items() if one.created_at <= moment},
        )

    def _was(self, item: Observation, moment: float) -> Observation | None:
        older = (held for until, held in self.past.get(item.id, ()) if until > moment)
        return next(older, item)

    def fork(self) -> State:
        """Return a state that may be changed and thrown away; only what calls change in place is copied."""
        held = {name: copy.copy(getattr(self, name)) for name in self.__slots__}
        forked = State(**held)
        forked.observations = {number: copy.copy(one) for number, one in self.observations.items()}
        forked.uploads = {uuid: copy.deepcopy(one) for uuid, one in self.uploads.items()}
        forked.windows = {key: copy.copy(one) for key, one in self.windows.items()}
        forked.hooks = {number: copy.copy(one) for number, one in self.hooks.items()}
        forked.endpoints = {
            url: replace(one, waiting=dict(one.waiting)) for url, one in self.endpoints.items()
        }
        forked.past = {number: list(held) for number, held in self.past.items()}
        forked.counts = self.counts  # an id that was told is never given to something else
        return forked

    def logs_of(self, item_id: int) -> list[ResponseLog]:
        """Return the response logs of an observation, oldest first."""
        return [log for log in self.logs if log.item_id == item_id]


def rich_text_of(plain: str | None) -> str | None:
    """Return the HTML that Procore keeps beside a plain description."""
    if not plain:
        return plain
    escaped = plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    paragraphs = escaped.replace("\r\n", "\n").split("\n\n")
    return "".join(f"<p>{paragraph.replace(chr(10), '<br>')}</p>" for paragraph in paragraphs)


def new_state(world: World, token_seed: str) -> State:
    """Return the state a world starts in."""
    state = State(
        {company.id: company for company in world.companies},
        {project.id: project for project in world.projects},
        {person.id: person for person in world.people},
        {kind.id: kind for kind in world.types},
        {trade.id: trade for trade in world.trades},
        token_seed,
    )
    state.locations = {one.id: one for one in world.locations}
    _seed_hooks(state, world)
    _seed_installs(state)
    _seed_observations(state, world)
    return state


def _seed_installs(state: State) -> None:
    status = {"installed": "installed", "disconnected": "uninstalled"}
    for company in state.companies.values():
        if company.app != "never":
            number = state.new_id("installation", 31001)
            state.installs[company.id] = Installation(
                number, company.id, status[company.app], 1_767_225_600.0
            )


def _seed_hooks(state: State, world: World) -> None:
    for seed in world.hooks:
        state.hooks[seed.id] = Hook(
            seed.id, seed.company_id, seed.project_id, seed.namespace, seed.payload_version,
            seed.destination_url, None, 1_767_225_600.0, 1_767_225_600.0, app=seed.namespace,
        )  # fmt: skip
        for resource, verb in seed.triggers:
            number = state.new_id("trigger", 51_001)
            state.triggers[number] = Trigger(number, seed.id, resource, verb)


def _seed_observations(state: State, world: World) -> None:
    for seed in world.observations:
        state.observations[seed.id] = _seeded(state, seed)
        for comment in seed.comments:
            state.logs.append(
                ResponseLog(
                    state.new_id("response_log", 71_000_000_001), seed.id, seed.project_id,
                    STATUSES[seed.status], comment, seed.created_at, seed.created_by_id,
                )
            )  # fmt: skip


def _seeded(state: State, seed: SeedObservation) -> Observation:
    return Observation(
        seed.id, seed.project_id, str(state.count(f"number:{seed.project_id}")), seed.name, seed.type_id,
        seed.created_by_id, seed.created_at, seed.created_at, seed.description,
        seed.rich_text or rich_text_of(seed.description), seed.status, seed.priority, trade_id=seed.trade_id,
        location_id=seed.location_id,
        closed_at=seed.created_at if seed.status == "closed" else None,
    )  # fmt: skip
