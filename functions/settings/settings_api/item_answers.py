"""What is answered about items: an issue, its observation, and how far they have come."""

from pydantic import BaseModel

from plumbline.stores import records


class Twin(BaseModel):
    """One side of an item; the address is empty where it is not shown."""

    id: str
    number: str
    address: str


class Item(BaseModel):
    """One issue and how far its observation has come.

    `remarks` says field by field why one side does not take its value; `gone_since` is since when complete
    listings lack the issue.
    """

    id: str
    state: records.LinkState
    issue: Twin
    observation: Twin | None
    generation: int
    former_observation_ids: list[str]
    tries: int
    due_at: str | None
    cause: str
    next_step: str
    remarks: dict[str, str]
    gone_since: str | None
    updated_at: str | None


class ItemWithFiles(Item):
    """One item with the number of its files whose bytes Procore has."""

    files: int


class Retried(BaseModel):
    """How many failed items were set going; `more` says that others are left for another call."""

    retried: int
    more: bool


class Observation(BaseModel):
    """The observation that an issue has, for the tracker's own pages (A26)."""

    connection_id: str
    item_id: str
    state: records.LinkState
    observation: Twin
