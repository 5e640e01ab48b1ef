"""What stands in the sandbox before the first call: plain values, from code or from JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import TypeAdapter

Levels = Mapping[str, str]
"""Access level per tool name, such as {"observations": "Standard"}; a tool left out is "None"."""


@dataclass(frozen=True, slots=True)
class Company:
    """One customer of Procore; `app` says whether our app is connected to it."""

    id: int
    name: str
    app: Literal["installed", "never", "disconnected"] = "installed"
    user_installs: bool = False
    zone: str = "us01"


@dataclass(frozen=True, slots=True)
class Project:
    """One project of a company; `default_distribution` are the people told of observations, by id."""

    id: int
    company_id: int
    name: str
    number: str = ""
    city: str = ""
    state_code: str = ""
    active: bool = True
    created_at: float = 1_767_225_600.0
    days_due_default: int | None = None
    private_by_default: bool = False
    default_distribution: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Membership:
    """What a person may do in a company.

    `everywhere` holds the levels on all its projects, None meaning that only those in `projects` are visible.
    """

    company_id: int
    company_tools: Levels = field(default_factory=dict)
    everywhere: Levels | None = None
    projects: Mapping[int, Levels] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """A user, or the app's service account: then the projects of its memberships are the permitted ones.

    One who is not `active` has left: named on old records, listed no more. A `contact` stands in the
    project's directory without a login (Procore: "reference user"). `last_name` None: the last
    word of the name.
    """

    id: int
    name: str
    login: str
    memberships: tuple[Membership, ...] = ()
    vendor_id: int | None = None
    vendor_name: str = ""
    service: bool = False
    active: bool = True
    contact: bool = False
    last_name: str | None = None
    job_title: str | None = None
    origin_id: str | None = None


@dataclass(frozen=True, slots=True)
class ObservationType:
    """An observation type of a company (`project_id` None) or of one project only."""

    id: int
    company_id: int
    name: str
    category: str
    category_key: str
    category_id: int
    grouping: str | None = None
    active: bool = True
    project_id: int | None = None
    inactive_in: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade of a company."""

    id: int
    company_id: int
    name: str
    active: bool = True
    updated_at: float = 1_767_225_600.0


@dataclass(frozen=True, slots=True)
class Location:
    """One tier of a project's locations; `parent_id` None is a root."""

    id: int
    project_id: int
    node_name: str
    parent_id: int | None = None
    code: str = ""
    created_at: float = 1_767_225_600.0
    updated_at: float = 1_767_225_600.0


@dataclass(frozen=True, slots=True)
class SeedHook:
    """A webhook that another app keeps in a project, or in a company (`project_id` None).

    `triggers` are pairs of resource name and event type.
    """

    id: int
    company_id: int
    project_id: int | None
    namespace: str
    destination_url: str
    payload_version: str = "v2.0"
    triggers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SeedObservation:
    """An observation that people made in Procore before the first call; `rich_text` is HTML."""

    id: int
    project_id: int
    type_id: int
    name: str
    created_by_id: int
    description: str = ""
    rich_text: str | None = None
    status: str = "initiated"
    priority: str | None = None
    trade_id: int | None = None
    created_at: float = 1_767_225_600.0
    comments: tuple[str, ...] = ()
    location_id: int | None = None


@dataclass(frozen=True, slots=True)
class World:
    """All that is there at the start."""

    companies: tuple[Company, ...]
    projects: tuple[Project, ...]
    people: tuple[Person, ...]
    types: tuple[ObservationType, ...] = ()
    trades: tuple[Trade, ...] = ()
    observations: tuple[SeedObservation, ...] = ()
    locations: tuple[Location, ...] = ()
    hooks: tuple[SeedHook, ...] = ()


def world_from_json(text: str | bytes) -> World:
    """Return a world written as JSON with the field names of this module; raises pydantic.ValidationError."""
    return TypeAdapter(World).validate_json(text)
