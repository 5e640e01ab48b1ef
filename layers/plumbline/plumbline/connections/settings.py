"""What a manager chooses for a connection of issues and observations.

Stored as JSON in the connection and checked here; every default is one that the behaviour page names.
Ids are text. Tracker values are keyed by their id in the tracker, Procore statuses and priorities by their
API word, trades and observation types by their id.
"""

from __future__ import annotations

import re
import string
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from plumbline.cxalloy.calls import CxAlloyCalls

Section = Literal["construction", "design"]
ObservationStatus = Literal["initiated", "ready_for_review", "not_accepted", "closed", "draft"]
ObservationPriority = Literal["Low", "Medium", "High", "Urgent"]
OBSERVATION_STATUSES: tuple[str, ...] = get_args(ObservationStatus)
OBSERVATION_PRIORITIES: tuple[str, ...] = get_args(ObservationPriority)

SyncField = Literal[
    "title", "description", "status", "priority", "discipline", "issue_type", "due_date", "assignee", "asset"
]
SYNC_FIELDS: tuple[SyncField, ...] = get_args(SyncField)
Rule = Literal["last", "procore", "tracker", "ask"]

AlertKind = Literal["parked", "failed", "needs_authorization", "held", "conflict"]
ALERT_KINDS: tuple[AlertKind, ...] = get_args(AlertKind)
AlertTime = Literal["off", "at_once", "daily", "weekly"]

Id = Annotated[str, Field(max_length=64)]
Words = Annotated[str, Field(max_length=2000)]
TITLE_FIELDS = frozenset({"number", "summary", "asset", "discipline", "type", "section"})


# Amazon SES takes 7-bit ASCII before the @ and wants Punycode behind it ("SendEmail", API reference v2).
_ADDRESS = re.compile(r"[!-~]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_LONGEST_ADDRESS = 254
_NO_ADDRESS = frozenset('@<>()[],;:\\"')


def _one_address(value: str) -> str:
    name = value.rpartition("@")[0]
    if len(value) > _LONGEST_ADDRESS or not _ADDRESS.fullmatch(value) or _NO_ADDRESS & set(name):
        raise ValueError("is not an e-mail address; write it as name@example.com, without a display name")
    return value


Address = Annotated[str, AfterValidator(_one_address)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)


class StatusMap(_Frozen):
    """Statuses, both ways: tracker status id to Procore's word, and Procore's word to tracker status id."""

    to_procore: dict[Id, ObservationStatus] = {}
    to_tracker: dict[ObservationStatus, Id] = {}


class PriorityMap(_Frozen):
    """Priorities, both ways."""

    to_procore: dict[Id, ObservationPriority] = {}
    to_tracker: dict[ObservationPriority, Id] = {}


class IdMap(_Frozen):
    """Ids of one system to ids of the other, both ways: disciplines and trades, types and types."""

    to_procore: dict[Id, Id] = {}
    to_tracker: dict[Id, Id] = {}


class Maps(_Frozen):
    """The four maps (A20)."""

    status: StatusMap = StatusMap()
    priority: PriorityMap = PriorityMap()
    discipline: IdMap = IdMap()
    issue_type: IdMap = IdMap()


class Filters(_Frozen):
    """What is copied (A5): an empty list lets everything through. Ids of the tracker."""

    statuses: tuple[Id, ...] = ()
    priorities: tuple[Id, ...] = ()
    disciplines: tuple[Id, ...] = ()
    types: tuple[Id, ...] = ()
    assets: tuple[Id, ...] = ()
    companies: tuple[Id, ...] = ()


class Vocabulary(_Frozen):
    """Values of the tracker added by hand: no public call lists them, so some may never have been seen."""

    statuses: dict[Id, Words] = {}
    priorities: dict[Id, Words] = {}
    disciplines: dict[Id, Words] = {}
    types: dict[Id, Words] = {}


class Births(_Frozen):
    """Which observations born in Procore make an issue (A29): of any of these types, trades, locations."""

    types: tuple[Id, ...] = ()
    trades: tuple[Id, ...] = ()
    locations: tuple[Id, ...] = ()


class SyncSettings(_Frozen):
    """What only ongoing sync has (A10-A19, A30-A35, A40-A43, A51, S15, S16, S23). Times are seconds.

    `rules` says per field who wins when both sides changed it; a field without a rule: the change received
    last. `observation_deleted` and `gone_issue_changed` say what follows a deletion (A15, A19).
    """

    rules: dict[SyncField, Rule] = {}
    comments: bool = True
    comment_edits: Literal["ignore", "follow_up"] = "ignore"
    comment_attachments: bool = True
    files: bool = True
    deletes: bool = True
    observation_deleted: Literal["unlink", "delete_issue"] = "unlink"
    gone_issue_changed: Literal["keep", "delete"] = "keep"
    assignees: bool = False
    assignee_template_id: Id = ""
    assets_as_locations: bool = False
    births: Births = Births()
    brake_count: Annotated[int, Field(ge=1, le=10_000)] = 10
    brake_percent: Annotated[int, Field(ge=0, le=100)] = 20
    brake_seconds: Annotated[int, Field(ge=60, le=86_400)] = 3600
    writes_an_hour: Annotated[int, Field(ge=1, le=1000)] = 20
    comment_poll_seconds: Annotated[int, Field(ge=30, le=3600)] = 120
    comment_poll_active_seconds: Annotated[int, Field(ge=30, le=3600)] = 60
    sweep_seconds: Annotated[int, Field(ge=300, le=86_400)] = 3600
    inventory_seconds: Annotated[int, Field(ge=3600, le=604_800)] = 86_400
    undo_days: Annotated[int, Field(ge=1, le=90)] = 30


class Alerts(_Frozen):
    """Who is told by e-mail of what went wrong, and when (S24); daily and weekly mean 06:00 UTC.

    `held` is a deletion that the mass-delete brake holds until a person approves.
    """

    when: AlertTime = "off"
    recipients: Annotated[tuple[Address, ...], Field(max_length=20, validate_default=True)] = ()
    about: tuple[AlertKind, ...] = ALERT_KINDS

    @field_validator("recipients")
    @classmethod
    def _somebody(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if not value and info.data.get("when", "off") != "off":
            raise ValueError("needs one address at least; add one, or turn the alerts off")
        return tuple(dict.fromkeys(value))

    @field_validator("about")
    @classmethod
    def _something(cls, value: tuple[AlertKind, ...]) -> tuple[AlertKind, ...]:
        if not value:
            raise ValueError("needs one kind at least; to be told of nothing, turn the alerts off")
        return value


class IssueSettings(_Frozen):
    """All settings of a connection with the issue tracker, with the defaults of A1, A20-A27, A50 and S23.

    `in_authors_name` creates observations in the name of the issue's author (A25), `write_address_back` puts
    the observation's address on the issue as a comment (A26), `send_email` has Procore send one e-mail for
    each new observation to the project's default distribution (A27).
    """

    sections: tuple[Section, ...] = ("construction", "design")
    trigger_status_id: Id = ""
    done_status_id: Id = ""
    initial_status_id: Id = ""
    default_type_id: Id = ""
    maps: Maps = Maps()
    filters: Filters = Filters()
    added_values: Vocabulary = Vocabulary()
    title_template: Annotated[str, Field(min_length=1, max_length=200)] = "{number}: {summary}"
    asset_in_description: bool = True
    in_authors_name: bool = False
    write_address_back: bool = False
    send_email: bool = False
    poll_seconds: Annotated[int, Field(ge=30, le=3600)] = 60
    park_after_tries: Annotated[int, Field(ge=1, le=20)] = 5
    tracker_calls: CxAlloyCalls = CxAlloyCalls()
    sync: SyncSettings = SyncSettings()
    alerts: Alerts = Alerts()

    @field_validator("title_template")
    @classmethod
    def _known_placeholders(cls, value: str) -> str:
        try:
            fields = [part for part in string.Formatter().parse(value) if part[1] is not None]
        except ValueError as error:
            raise ValueError(f"is not a template: {error}") from error
        if any(spec or conversion for _, _, spec, conversion in fields):
            raise ValueError("takes names only; widths and conversions are not known")
        if unknown := {str(name) for _, name, _, _ in fields} - TITLE_FIELDS:
            raise ValueError(f"knows no {sorted(unknown)}; use {sorted(TITLE_FIELDS)}")
        return value

    @field_validator("sections")
    @classmethod
    def _some_section(cls, value: tuple[Section, ...]) -> tuple[Section, ...]:
        if not value:
            raise ValueError("needs construction, design or both")
        return value


def read(stored: dict[str, Any]) -> IssueSettings:
    """Settings from a connection's stored JSON; keys that are missing get their default."""
    return IssueSettings.model_validate(stored)
