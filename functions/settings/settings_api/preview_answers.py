"""What is answered about previews, row by row and in totals."""

from typing import Literal

from pydantic import BaseModel

from plumbline.connections import previews
from plumbline.issues.preview import Row
from settings_api.answers import moment


class PreviewAsked(BaseModel):
    """The preview's id: read it until it is ready."""

    id: str


class PreviewChange(BaseModel):
    """One field that would be written, before and after; of an adoption CxAlloy's value and Procore's."""

    field: str
    before: str
    after: str


class PreviewRow(BaseModel):
    """What would be done to one item, and on which side; with `by_settings` only after an approval."""

    act: Literal["create", "update", "adopt", "delete", "restore", "unlink", "leave", "unclear"]
    side: Literal["", "tracker", "procore"]
    reason: str
    item_id: str
    issue_id: str
    issue_number: str
    observation_id: str
    observation_number: str
    changes: list[PreviewChange]
    by_settings: bool
    comments: int
    files: int
    calls: int
    notifications: int

    @classmethod
    def of(cls, row: Row) -> "PreviewRow":
        """Show a row."""
        return cls(
            act=row.act,
            side=row.side,
            reason=row.reason,
            item_id=row.link_id,
            issue_id=row.issue_id,
            issue_number=row.issue_number,
            observation_id=row.observation_id,
            observation_number=row.observation_number,
            changes=[PreviewChange(field=c.field, before=c.before, after=c.after) for c in row.changes],
            by_settings=row.by_settings,
            comments=row.cost.comments,
            files=row.cost.files,
            calls=row.cost.calls,
            notifications=row.cost.notifications,
        )


class LeftOut(BaseModel):
    """An item of the plan that an approval did not touch, and why."""

    issue_id: str
    observation_id: str
    cause: str


class Approved(BaseModel):
    """How an approval went; while `state` is approving a job carries it out, and the preview tells the end.

    `adopted` pairs became twins, `remapped` items will follow the changed maps; `set_aside` issues match
    several observations and wait, unlinked, for a person.
    """

    id: str
    state: previews.State
    adopted: int
    remapped: int
    set_aside: int
    left_out: list[LeftOut]

    @classmethod
    def of(cls, made: previews.Preview) -> "Approved":
        """Show how it went."""
        return cls.model_validate(made, from_attributes=True)


class Preview(BaseModel):
    """A preview, one page of its rows, and totals over all of them; `next_token` asks for more rows.

    `totals` counts acts by side (create_procore, update_tracker, adopt, ...), comments, files,
    notifications, Procore's calls and the seconds they take at the present limit. `complete` is false when
    the tracker's listing moved while it was read.
    """

    id: str
    state: previews.State
    asked_at: str | None
    asked_by: str
    made_at: str | None
    complete: bool
    hash: str
    settings_changed: bool
    totals: dict[str, int]
    cause: str
    next_step: str
    approved_at: str | None
    approved_by: str
    adopted: int
    remapped: int
    set_aside: int
    left_out: list[LeftOut]
    items: list[PreviewRow]
    next_token: str

    @classmethod
    def of(
        cls, made: previews.Preview, rows: tuple[Row, ...], following: str, *, settings_changed: bool
    ) -> "Preview":
        """Show a preview with some of its rows."""
        return cls(
            id=made.id,
            state=made.state,
            asked_at=moment(made.asked_at),
            asked_by=made.asked_by,
            made_at=moment(made.made_at),
            complete=made.complete,
            hash=made.hash,
            settings_changed=settings_changed,
            totals=made.totals or {},
            cause=made.cause,
            next_step=made.next_step,
            approved_at=moment(made.approved_at),
            approved_by=made.approved_by,
            adopted=made.adopted,
            remapped=made.remapped,
            set_aside=made.set_aside,
            left_out=[LeftOut.model_validate(one, from_attributes=True) for one in made.left_out],
            items=[PreviewRow.of(row) for row in rows],
            next_token=following,
        )
