"""The things that calls make in the sandbox: observations, logs, uploads, tokens and so on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sandbox.procore.blobs import Parts

STATUSES = {
    "initiated": "Initiated",
    "ready_for_review": "Ready For Review",
    "not_accepted": "Not Accepted",
    "closed": "Closed",
    "draft": "Draft",
}
"""Status words of an item and their Title Case in response logs; the filter numbers them from 0."""

PRIORITIES = ("Low", "Medium", "High", "Urgent")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """The bytes of an upload: where they lie, how many, and their hashes in hexadecimal."""

    parts: Parts
    size: int
    sha256: str
    md5: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that hangs on an observation or a response log."""

    id: int
    project_id: int
    upload_uuid: str
    name: str
    content_type: str
    file: StoredFile


@dataclass(slots=True)
class Observation:
    """One observation; `deleted_at` is set while it lies in the recycle bin."""

    id: int
    project_id: int
    number: str
    name: str
    type_id: int
    created_by_id: int
    created_at: float
    updated_at: float
    description: str | None = None
    rich_text: str | None = None
    status: str = "initiated"
    priority: str | None = None
    due_date: str | None = None
    trade_id: int | None = None
    location_id: int | None = None
    personal: bool = False
    assignee_ids: tuple[int, ...] = ()
    distribution_member_ids: tuple[int, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    date_notified: str | None = None
    closed_at: float | None = None
    deleted_at: float | None = None


@dataclass(frozen=True, slots=True)
class ResponseLog:
    """A comment, or with `comment` None a bare status change; never changed once made."""

    id: int
    item_id: int
    project_id: int
    status: str
    comment: str | None
    created_at: float
    created_by_id: int
    attachments: tuple[Attachment, ...] = ()


@dataclass(slots=True)
class Segment:
    """One declared piece of a segmented upload, and what arrived for it."""

    size: int
    sha256: str
    md5: str | None
    file: StoredFile | None = None


@dataclass(slots=True)
class Upload:
    """A place for bytes that one identity asked for; `segments` is None for the single POST."""

    uuid: str
    project_id: int
    owner_id: int
    name: str
    content_type: str
    created_at: float
    size: int | None = None
    segments: list[Segment] | None = None
    file: StoredFile | None = None


@dataclass(slots=True)
class Token:
    """An access token, the refresh token it came with, and whom it stands for."""

    person_id: int
    created_at: float
    expires_at: float
    refresh: str | None = None


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code that was not used yet."""

    person_id: int
    redirect_uri: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Installation:
    """The app connected to a company, or once connected to it."""

    id: int
    company_id: int
    status: str
    installed_at: float
    installer_id: int | None = None


@dataclass(frozen=True, slots=True)
class InstallationRequest:
    """A wish to have the app installed, for the company's admins to read."""

    id: int
    company_id: int
    person_id: int
    notes: str
    implicit: bool


@dataclass(frozen=True, slots=True)
class Email:
    """A message that Procore would have sent."""

    kind: str
    observation_id: int
    to: tuple[str, ...]
    subject: str
    sent_at: float


@dataclass(slots=True)
class Window:
    """Calls counted since `started`."""

    started: float
    used: int = 0


@dataclass(slots=True)
class Hook:
    """A webhook; `authorization` is sent with each delivery, `app` made it (None: a person)."""

    id: int
    company_id: int
    project_id: int | None
    namespace: str
    payload_version: str
    destination_url: str
    authorization: str | None
    created_at: float
    updated_at: float
    app: str | None = None
    status: str = "active"


@dataclass(frozen=True, slots=True)
class Trigger:
    """What a hook wants to hear of."""

    id: int
    hook_id: int
    resource_name: str
    event_type: str


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened and that webhooks may tell; `app` None: a person did it on Procore's pages."""

    resource: str
    verb: str
    resource_id: int
    company_id: int
    project_id: int | None
    at: float
    by: int
    app: str | None


@dataclass(slots=True)
class Delivery:
    """One event on its way to one hook; `payload` is what is sent, `due_at` the earliest time for it."""

    id: int
    hook_id: int
    event: Event
    payload: dict[str, Any]
    due_at: float
    status: str = "enqueued"
    attempts: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Endpoint:
    """The queue of one destination; `flying` is the delivery whose answer is awaited since `flown_at`."""

    waiting: dict[int, Delivery] = field(default_factory=dict)
    flying: int | None = None
    flown_at: float = 0
    failures: int = 0
    failing_since: float | None = None
    resumes_at: float = 0
