"""The records that Plumbline keeps, as plain frozen values.

Times are Unix seconds (float), ids are text, whatever type a vendor gives them. Nothing here knows
DynamoDB: the stores turn these into items and back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """What a member may do in a tenant, from most to least."""

    OWNER = "owner"
    CO_OWNER = "co_owner"
    MANAGER = "manager"
    VIEWER = "viewer"


class AuthorizationKind(StrEnum):
    """Whose credential it is: a person at Procore, the app's service account there, or a CxAlloy key."""

    PROCORE_PERSON = "procore_person"
    PROCORE_SERVICE_ACCOUNT = "procore_service_account"
    CXALLOY_KEY = "cxalloy_key"


class ConnectionState(StrEnum):
    """What people want of a connection; whether its credentials work is read from them, not kept here."""

    DRAFT = "draft"
    ENABLED = "enabled"
    PAUSED = "paused"
    DISABLED = "disabled"


class LinkState(StrEnum):
    """How far the twin of one issue has come. The first four are the copy's, all but two the sync's."""

    WAITING = "waiting"  # no twin yet
    COPIED = "copied"
    PARKED = "parked"
    LEFT = "left"  # copy: the issue left the trigger status; sync: it left the filter
    SYNCED = "synced"  # twins, kept true to each other
    GONE = "gone"  # the issue is gone, and the observation lies in the recycle bin by our hand
    HELD = "held"  # a delete waits for a person's approval: the brake is on
    UNLINKED = "unlinked"  # twins no longer, until a person links or copies again


@dataclass(frozen=True, slots=True)
class Tenant:
    """One customer: a commissioning firm, a general contractor, a vendor."""

    id: str
    name: str
    created_at: float
    support_address: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a tenant, by the `sub` of the sign-in."""

    tenant_id: str
    sub: str
    role: Role
    email: str = ""


@dataclass(frozen=True, slots=True)
class Authorization:
    """One credential of a tenant, without its secret part (that is a `SealedToken`)."""

    id: str
    tenant_id: str
    kind: AuthorizationKind
    environment: str  # a Procore environment's name, or "cxalloy"
    label: str  # the login, company id or key identifier that people know it by
    created_at: float
    created_by: str
    subject: str = ""  # Procore user id, company id of a service account, or CxAlloy key identifier
    host: str = ""  # CxAlloy only
    valid: bool = True
    cause: str = ""  # why it is not valid
    authorized_at: float = 0.0  # when a person gave it last


@dataclass(frozen=True, slots=True)
class SealedToken:
    """A credential as it is stored: encrypted, with what its keeper must know without opening it."""

    authorization_id: str
    blob: bytes
    expires_at: float  # 0: does not expire
    version: int
    lease_until: float = 0.0


@dataclass(frozen=True, slots=True)
class OAuthState:
    """One attempt to sign in at Procore; used once, at most 10 minutes old.

    `state_hash` is of the state and the browser's key together, so only that browser can name it.
    """

    state_hash: str
    tenant_id: str
    environment: str
    created_by: str
    expires_at: float
    authorization_id: str = ""  # set when an existing authorization is renewed
    invitation_hash: str = ""  # set when an invited person connects


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-use link that lets someone without an account do the Connect step."""

    token_hash: str
    tenant_id: str
    environment: str
    created_by: str
    created_at: float
    expires_at: float
    note: str = ""
    authorization_id: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """One Procore project joined to one CxAlloy project, with its approach and settings.

    `settings` is the JSON form of `plumbline.connections.settings.IssueSettings`.
    """

    id: str
    tenant_id: str
    name: str
    approach: str  # "copy" or "sync"
    state: ConnectionState
    created_at: float
    created_by: str
    settings: dict[str, Any] = field(default_factory=dict)
    procore_authorization_id: str = ""
    company_id: str = ""
    company_name: str = ""
    project_id: str = ""
    project_name: str = ""
    tracker_authorization_id: str = ""
    tracker_host: str = ""  # of that authorization; names the pair of projects together with the ids
    tracker_project_id: str = ""
    tracker_project_name: str = ""
    other_authorization_ids: tuple[str, ...] = ()  # Procore credentials that may take over
    cause: str = ""  # why it failed or waits
    enabled_at: float = 0.0
    working_since: float = 0.0  # 0: nothing under way
    last_success_at: float = 0.0
    version: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """One issue and its twin. `version` guards every write; the lease keeps one worker on it."""

    id: str
    connection_id: str
    issue_id: str
    state: LinkState
    issue_number: str = ""
    issue_address: str = ""  # the issue's page, for people
    observation_id: str = ""
    observation_number: str = ""
    generation: int = 1  # 2 and more: copied again by hand after the former twin was deleted
    former_observation_ids: tuple[str, ...] = ()
    tries: int = 0
    due_at: float = 0.0  # 0: nothing to do
    lease_until: float = 0.0
    hints: int = 0
    cause: str = ""
    next_step: str = ""
    updated_at: float = 0.0
    # What ongoing sync remembers. `base`: field to [tracker's, Procore's] native values as last agreed, long
    # texts as "sha256:<hex>". `pending`: the write that is about to be made or whose answer never came.
    base: dict[str, Any] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)
    wants: tuple[str, ...] = ()  # facets that are due, see plumbline.issues.hints; empty with due_at: all
    observed_at: float = 0.0  # Procore's own time of our last read or write of the observation
    item_updated_at: float = 0.0  # the observation's `updated_at` in that answer
    never_shown: bool = False  # Procore acknowledged the create, and has not shown the observation since
    told_at: float = 0.0  # the newest change of the observation that Procore told of, while it waits for it
    heard_at: float = 0.0  # when a poll of the tracker last heard of a change of the issue
    issue_seen: str = ""  # the issue's facet hashes as our own last writes left them: no news to the poll
    issue_heard: str = ""  # the same as the poll of the tracker last heard of it
    gone_since: float = 0.0  # since when the issue is missing from complete listings; 0: it is there
    writes: tuple[float, ...] = ()  # times of our latest updates, for the cap that is the last guard
    remarks: dict[str, str] = field(default_factory=dict)  # field to why one side does not take its value
    # Field to [tracker's, Procore's] values that a side refused to bring together; not tried again so.
    refused: dict[str, Any] = field(default_factory=dict)
    backfill: bool = False  # carried over when enabling: live work goes first
    version: int = 0


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field that both sides changed. Values are whole texts; `losing` names the side that was overwritten.

    `state`: "open" (nothing written, a person decides), "kept" (one value won, the other is kept here),
    "picked" (a person picked `picked`, not carried out yet) or "settled".
    """

    id: str
    connection_id: str
    link_id: str
    field: str  # a field's name, or "deletion"
    at: float
    state: str
    tracker: str = ""
    procore: str = ""
    losing: str = ""  # "tracker", "procore" or "" while open
    picked: str = ""  # "tracker" or "procore"
    issue_number: str = ""
    observation_number: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """What a delete or overwrite of ours took away, so that it can be put back.

    `kind`: "delete_observation", "delete_issue", "write_procore" or "write_tracker". `before` and `after`
    hold the fields' native values, whole texts (the stores keep those over 32 KB in the work bucket).
    `delete_after` is kept in whole seconds.
    """

    id: str
    connection_id: str
    link_id: str
    at: float
    kind: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    asked_at: float = 0.0  # a person asked for it
    undone_at: float = 0.0
    delete_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Intent:
    """A create that is about to be made, or was: stored before the call leaves.

    `key` names the operation within the link: "observation", "comment#<id>". `result_id` is the id of
    the object once known; `misses` counts complete searches that did not find it; `file_ids` are the
    tracker's files that the create carries.
    """

    link_id: str
    key: str
    started_at: float
    attempt: int = 1
    result_id: str = ""
    misses: int = 0
    missed_at: float = 0.0
    file_ids: tuple[str, ...] = ()
    # What the create was made of: field to [tracker's, Procore's wanted] native values, or a text's hash.
    source: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file of a link: where its bytes have come to."""

    link_id: str
    file_id: str
    name: str
    size: int
    sha256: str
    upload_id: str
    identity: str  # the authorization that made the upload; only it may attach it
    stored_at: float


@dataclass(frozen=True, slots=True)
class Activity:
    """One line of a connection's activity log."""

    connection_id: str
    at: float
    outcome: (
        str  # "copied", "already_copied", "status_set", "status_kept", "failed", "parked", "waiting", ...
    )
    cause: str  # what set it off: "poll", "sweep", "manual"
    message: str
    issue_id: str = ""
    issue_number: str = ""
    observation_id: str = ""
    direction: str = "to_procore"
    next_step: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    id: str = ""  # given by the store, orders entries of one time


TRACKER, COMMENTS, SWEEP, HOOK, BRAKE = "tracker", "comments", "sweep", "hook", "brake"
RIGHTS, ALERTS = "rights", "alerts"
"""The names of a connection's cursors: two polls, inventory, webhook, mass-delete brake, rights, alerts."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a poll of one connection has come, and the lease that keeps polls from overlapping."""

    connection_id: str
    name: str  # "tracker"
    due_at: float = 0.0
    lease_until: float = 0.0
    polled_at: float = 0.0
    notes: dict[str, Any] = field(default_factory=dict)  # what this poll remembers, JSON values
    version: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing; `next_token` is empty on the last."""

    items: tuple[Any, ...]
    next_token: str = ""
