"""What is answered about ongoing sync: conflicts, undos, the brake, the webhook."""

from pydantic import BaseModel

from plumbline.connections import braking, undoing
from plumbline.connections.problems import Problem
from plumbline.stores import records
from settings_api.answers import moment


class Conflict(BaseModel):
    """A field that both sides changed, with both values whole.

    Open: nothing was written, a person decides. Kept: one value won, `losing` names the side whose value was
    overwritten and is kept here. Picked: a person picked one, which is on its way. Settled: done.
    """

    id: str
    item_id: str
    field: str
    at: str | None
    state: str
    tracker: str
    procore: str
    losing: str
    picked: str
    issue_number: str
    observation_number: str

    @classmethod
    def of(cls, one: records.Conflict) -> "Conflict":
        """Show a conflict."""
        return cls(
            id=one.id,
            item_id=one.link_id,
            field=one.field,
            at=moment(one.at),
            state=one.state,
            tracker=one.tracker,
            procore=one.procore,
            losing=one.losing,
            picked=one.picked,
            issue_number=one.issue_number,
            observation_number=one.observation_number,
        )


class Undo(BaseModel):
    """Something that Plumbline deleted or overwrote and can put back; `what_happens` says how, beforehand."""

    id: str
    item_id: str
    at: str | None
    kind: str
    before: dict[str, object]
    after: dict[str, object]
    asked_at: str | None
    undone_at: str | None
    possible_until: str | None
    what_happens: str

    @classmethod
    def of(cls, one: records.Undo) -> "Undo":
        """Show an undo."""
        return cls(
            id=one.id,
            item_id=one.link_id,
            at=moment(one.at),
            kind=one.kind,
            before=one.before,
            after=one.after,
            asked_at=moment(one.asked_at),
            undone_at=moment(one.undone_at),
            possible_until=moment(one.delete_after),
            what_happens=undoing.what_happens(one),
        )


class HeldDelete(BaseModel):
    """One delete that waits; `deletes` names what would go, the observation or the issue."""

    item_id: str
    deletes: str
    issue_id: str
    issue_number: str
    observation_id: str
    observation_number: str

    @classmethod
    def of(cls, link: records.Link) -> "HeldDelete":
        """Show a held item."""
        return cls(
            item_id=link.id,
            deletes=braking.side(link),
            issue_id=link.issue_id,
            issue_number=link.issue_number,
            observation_id=link.observation_id,
            observation_number=link.observation_number,
        )


class Brake(BaseModel):
    """The mass-delete brake: since when it holds, and the plan, which `hash` names exactly."""

    tripped_at: str | None
    approved: bool
    hash: str
    items: list[HeldDelete]

    @classmethod
    def of(cls, held: braking.Held) -> "Brake":
        """Show the plan."""
        return cls(
            tripped_at=moment(held.tripped_at),
            approved=held.approved,
            hash=held.hash,
            items=[HeldDelete.of(link) for link in held.links],
        )


class ForeignHook(BaseModel):
    """A webhook that is not this connection's; it is shown and never changed.

    `ours`: it is that of another connection of Plumbline's.
    """

    id: str
    namespace: str
    address: str
    ours: bool


class HookReport(BaseModel):
    """The webhook of the connection: its faults in words, and those of other apps beside it.

    `tells_comments`: Procore offers the webhook for comments; without it the poll alone brings them.
    """

    healthy: bool
    id: str
    tells_comments: bool
    problems: list[Problem]
    others: list[ForeignHook]
