"""What all parts of the sync engine share: one connection, its two sides, and how outcomes are told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import Reject
from plumbline.issues import hints
from plumbline.issues.noticed import about
from plumbline.stores.records import Activity, Undo

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plumbline.agreement.merge import Side
    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.carrying import Carrying
    from plumbline.issues.copy_plan import PostComment
    from plumbline.procore.observations import Observation, ResponseLog
    from plumbline.stores.ports import ActivityLog, Cursors
    from plumbline.stores.records import Connection, Link

HOUR, DAY = 3600.0, 86_400.0
WRITE_CAP = "write_cap"
DIRECTION: dict[str, str] = {"procore": "to_procore", "tracker": "to_tracker"}


@dataclass(frozen=True, slots=True)
class Task:
    """What one pass over a link is to look at: facets, why, and response logs that were read already.

    `proving`: its time has come to look for what nobody showed, see `hints.SHOWN`. `deleted`: Procore told
    that the observation was deleted. `told_at`: its newest change that Procore told of (Unix seconds).
    """

    facets: frozenset[str]
    cause: str
    logs: tuple[ResponseLog, ...] = ()
    proving: bool = False
    deleted: bool = False
    told_at: float = 0.0

    def wants(self, *facets: str) -> bool:
        """Whether any of these facets is asked for."""
        return bool(self.facets & set(facets))

    def whole(self) -> Task:
        """The same of everything: logs that were read around one comment are not all that there are."""
        return replace(self, facets=self.facets | frozenset(hints.ALL), logs=())


def _of_the_item(_refusal: Reject) -> None:
    """Outside of a worker nothing follows from a refusal."""


def _at_once(_seconds: float) -> None:
    """Outside of a worker nobody waits for another."""


@dataclass(slots=True)
class Context:
    """One connection at work.

    `weigh` raises what a refusal means for the whole connection, and nothing for one that is about the item.
    `pause` waits some seconds. `said` counts what this pass changed, for the outcome's name; `unshown` is
    what Procore acknowledged on this link and has not shown yet, see `hints.SHOWN`; `told_at` as in `Task`.
    `posted_at`: Procore's time of the last comment that this pass posted.
    """

    connection: Connection
    settings: IssueSettings
    carrying: Carrying
    cursors: Cursors
    activity: ActivityLog
    cause: str = "sweep"
    weigh: Callable[[Reject], None] = _of_the_item
    pause: Callable[[float], None] = _at_once
    said: list[str] = field(default_factory=list)
    unshown: set[str] = field(default_factory=set)
    told_at: float = 0.0
    posted_at: float = 0.0

    @property
    def tracker_project(self) -> str:
        """The id of the tracker's project."""
        return self.carrying.tracker_project_id

    def save(self, link: Link) -> Link:
        """Store a link of which only this worker may write. Raises `Stale` when the lease was lost."""
        return self.carrying.links.save(replace(link, updated_at=self.carrying.now()))

    def post(self, link: Link, step: PostComment) -> None:
        """Post a response log once, and know it by its id when Procore tells of it."""
        self.carrying.carry_out(link, step, "")
        made = next(one for one in self.carrying.links.intents(link.id) if one.key == step.key)
        self.carrying.links.note_log(link.connection_id, made.result_id, link.id)
        for log in self.carrying.posted:
            if log.id == made.result_id:
                self.unshown.add(hints.shown_log(made.result_id))
                self.posted_at = log.created_at or 0.0

    def tell(
        self,
        link: Link,
        outcome: str,
        message: str,
        *,
        direction: str = "to_procore",
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        next_step: str = "",
    ) -> None:
        """Write one line of the activity log."""
        self.said.append(outcome)
        line = Activity(
            self.connection.id,
            self.carrying.now(),
            outcome,
            self.cause,
            message,
            direction=direction,
            next_step=next_step,
            before=dict(before or {}),
            after=dict(after or {}),
        )
        self.activity.add(about(link, line))

    def keep_for_undo(
        self,
        link: Link,
        kind: str,
        before: Mapping[str, Any],
        after: Mapping[str, Any] | None = None,
        *,
        at: float = 0.0,
    ) -> None:
        """Store what a delete or overwrite is about to take away (S15): before the act, never after.

        Stored twice for the same time (`at`, else now) it is one.
        """
        at = at or self.carrying.now()
        self.carrying.links.put_undo(
            Undo(
                f"{at:017.3f}-{kind}",
                link.connection_id,
                link.id,
                at,
                kind,
                dict(before),
                dict(after or {}),
                delete_after=at + self.settings.sync.undo_days * DAY,
            )
        )

    def count_write(self, link: Link) -> Link:
        """Note one more update of a pair; past the hourly cap it is parked: the last guard against a loop."""
        now = self.carrying.now()
        recent = tuple(at for at in link.writes if at > now - HOUR)
        if len(recent) >= self.settings.sync.writes_an_hour:
            raise Reject(
                WRITE_CAP,
                f"This pair was written {len(recent)} times within an hour, which looks like a loop.",
                "Look at its log for what keeps changing, mend it, then retry this item.",
            )
        return replace(link, writes=(*recent, now))


def seen(link: Link, observation: Observation, date: float) -> Link:
    """The link with the time of what was just read of its observation; both are Procore's own clock."""
    return replace(
        link,
        never_shown=False,
        observed_at=max(date, link.observed_at),
        item_updated_at=max(observation.updated_at or 0.0, link.item_updated_at),
        observation_number=observation.number or link.observation_number,
    )


def last_received(link: Link, observation: Observation, now: float) -> Side:
    """The side whose change came in last, by when it was heard of and never by a day-grain time (A13).

    A change of the tracker that no poll has told of yet came in with the read just made.
    """
    tracker = link.heard_at if link.heard_at > link.observed_at else now
    return "procore" if (observation.updated_at or now) >= tracker else "tracker"
