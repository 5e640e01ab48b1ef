"""What is answered, field by field: never a secret, never a token; times are ISO-8601 UTC."""

from typing import Generic, TypeVar

from pydantic import BaseModel

from plumbline.connections import glance as glance_room
from plumbline.connections import polls as polls_room
from plumbline.connections.lists import Entry
from plumbline.connections.log import iso
from plumbline.connections.problems import Problem
from plumbline.connections.settings import IssueSettings
from plumbline.issues.mapping import Finding
from plumbline.procore.permissions import Check
from plumbline.stores import records

Row = TypeVar("Row")


def moment(seconds: float) -> str | None:
    """Write a time; None for never."""
    return iso(seconds) if seconds else None


class Listing(BaseModel, Generic[Row]):
    """All rows, or one page of them: then `next_token` asks for the next; empty on the last."""

    items: list[Row]
    next_token: str = ""


class Tenant(BaseModel):
    """A tenant, and the caller's role in it."""

    id: str
    name: str
    role: records.Role
    support_address: str
    created_at: str | None

    @classmethod
    def of(cls, tenant: records.Tenant, role: records.Role) -> "Tenant":
        """Show a tenant to a member."""
        return cls(
            id=tenant.id,
            name=tenant.name,
            role=role,
            support_address=tenant.support_address,
            created_at=moment(tenant.created_at),
        )


class Member(BaseModel):
    """A person of a tenant."""

    sub: str
    email: str
    role: records.Role

    @classmethod
    def of(cls, member: records.Member) -> "Member":
        """Show a member."""
        return cls(sub=member.sub, email=member.email, role=member.role)


class ProcoreLists(BaseModel):
    """What an observation of the project may have, read live."""

    statuses: list[Entry]
    priorities: list[Entry]
    types: list[Entry]
    trades: list[Entry]


class TrackerLists(BaseModel):
    """What the tracker's issues name, with what was added by hand; `complete` says whether all were read."""

    statuses: list[Entry]
    priorities: list[Entry]
    disciplines: list[Entry]
    types: list[Entry]
    assets: list[Entry]
    companies: list[Entry]
    added: dict[str, dict[str, str]]
    complete: bool


class Glance(BaseModel):
    """State at a glance: `at` is the last success, while syncing the beginning; n of m is done of total."""

    state: glance_room.Word
    at: str | None
    done: int
    total: int
    parked: int
    cause: str


class Connection(BaseModel):
    """A connection without its settings."""

    id: str
    name: str
    approach: str
    state: records.ConnectionState
    glance: Glance
    procore_authorization_id: str
    other_authorization_ids: list[str]
    company_id: str
    company_name: str
    project_id: str
    project_name: str
    tracker_authorization_id: str
    tracker_project_id: str
    tracker_project_name: str
    created_at: str | None
    created_by: str
    enabled_at: str | None
    version: int

    @classmethod
    def of(cls, one: records.Connection, seen: glance_room.Glance) -> "Connection":
        """Show a connection with its state at a glance."""
        return cls.model_validate(_fields(one, seen))


class Poll(BaseModel):
    """How one of the regular looks at the two sides stands: "tracker", "comments" or "sweep".

    `refused` says why it does not get on, `notice` what keeps it slow, `next_step` what to do about either.
    """

    name: str
    last_at: str | None
    next_at: str | None
    interval_seconds: float
    refused: str
    notice: str
    next_step: str

    @classmethod
    def of(cls, poll: polls_room.Poll) -> "Poll":
        """Show a poll."""
        return cls(
            name=poll.name,
            last_at=moment(poll.last_at),
            next_at=moment(poll.next_at),
            interval_seconds=poll.interval,
            refused=poll.refused,
            notice=poll.notice,
            next_step=poll.next_step,
        )


class CallsLeft(BaseModel):
    """Calls at Procore that the authorizer has left in this hour; `ends_at` is when the hour is over.

    While none was made yet, no hour runs and `ends_at` is null.
    """

    left: int
    limit: int
    ends_at: str | None


class Standing(BaseModel):
    """How a connection's work stands: its items by state, its polls, and the calls that are left.

    `calls` is null while no Procore authorization is chosen.
    """

    counts: dict[str, int]
    polls: list[Poll]
    calls: CallsLeft | None


class ConnectionWithSettings(Connection, Standing):
    """A connection with all its settings, defaults filled in, and how its work stands."""

    settings: IssueSettings

    @classmethod
    def full(
        cls, one: records.Connection, seen: glance_room.Glance, standing: Standing
    ) -> "ConnectionWithSettings":
        """Show a connection with its settings."""
        return cls.model_validate({**_fields(one, seen), **dict(standing), "settings": one.settings})


def _fields(one: records.Connection, seen: glance_room.Glance) -> dict[str, object]:
    shown = {name: getattr(one, name) for name in Connection.model_fields if hasattr(one, name)}
    return {
        **shown,
        "created_at": moment(one.created_at),
        "enabled_at": moment(one.enabled_at),
        "glance": Glance(
            state=seen.state,
            at=moment(seen.at),
            done=seen.done,
            total=seen.total,
            parked=seen.parked,
            cause=seen.cause,
        ),
    }


class Checks(BaseModel):
    """The checks before enabling; `ready` when there are no problems."""

    ready: bool
    problems: list[Problem]
    permissions: list[Check]
    findings: list[Finding]
    complete: bool


class Settings(BaseModel):
    """All settings of a connection, as import takes them."""

    settings: IssueSettings


class LogEntry(BaseModel):
    """One line of the activity log."""

    id: str
    at: str | None
    outcome: str
    cause: str
    direction: str
    message: str
    next_step: str
    issue_id: str
    issue_number: str
    issue_address: str
    observation_id: str
    observation_address: str
    before: dict[str, object]
    after: dict[str, object]
