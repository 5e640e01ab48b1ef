"""What the connected user may do, and whether that is enough.

Source: Procore, "Settings: Permissions" of the REST reference and the support pages on Observations
permissions. Levels are compared by name: their ids differ from company to company.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LADDER = ("none", "read only", "standard", "admin")
"""The usual levels, lowest first."""

Levels = dict[str, str]
"""The level's name by the tool's name and friendly name, both casefolded."""

WEBHOOKS = "Webhooks API"
"""The tool of service accounts, by the name that Procore shows."""

NOT_THERE = "not enabled in this project"


@dataclass(frozen=True, slots=True)
class Need:
    """A tool, the lowest level that carries the acts in use, and what each higher level would add."""

    tool: str
    level: str
    acts: str
    more: str = ""


_STANDARD_LACKS = (
    "Admin would add: create observations in the author's own name, close and edit those of others, "
    "delete and restore."
)
_DIRECTORY = Need(
    "directory",
    "Standard",
    "match people by e-mail and make contacts",
    "Admin would add: make contacts where Standard lacks the permission to create and edit users.",
)


@dataclass(frozen=True, slots=True)
class Check:
    """One row of the permission check; `ask` is what to ask a Procore admin for, empty when passed."""

    tool: str
    needed: str
    held: str
    passed: bool
    ask: str
    more: str


def copy_needs(*, in_authors_name: bool = False) -> tuple[Need, ...]:
    """Return what a one-time copy needs; creating in the author's own name takes Admin."""
    if in_authors_name:
        acts = "create observations in the author's own name and comment on them"
        return (Need("observations", "Admin", acts),)
    return (Need("observations", "Standard", "create observations and comment on them", _STANDARD_LACKS),)


def sync_needs(
    *,
    service_account: bool,
    deletes: bool = True,
    assignees: bool = False,
    locations: bool = False,
    in_authors_name: bool = False,
) -> tuple[Need, ...]:
    """Return what ongoing sync needs, by the options in use (S6).

    A person keeps webhooks with the Admin tool, a service account with "Webhooks API" (Procore: "Webhooks"
    guide); locations are made with the Admin tool (REST reference, "Locations").
    """
    return (
        *_hook_needs(service_account=service_account, locations=locations),
        _item_need(deletes=deletes, in_authors_name=in_authors_name),
        *((_DIRECTORY,) if assignees else ()),
    )


def read_levels(data: object) -> Levels:
    """Read the answer of `/settings/permissions` of the calling user; rows without a name are left out."""
    rows = data.get("tools") if isinstance(data, dict) else None
    tools = [row for row in rows or () if isinstance(row, dict)]
    by_friendly_name = {_key(row.get("friendly_name")): _level(row) for row in tools}
    by_name = {_key(row.get("name")): _level(row) for row in tools}
    # a tool's own name wins over another's friendly name
    return {name: level for name, level in (by_friendly_name | by_name).items() if name}


def check(levels: Levels, needs: tuple[Need, ...]) -> tuple[Check, ...]:
    """Compare what is held with what is needed, one row per need."""
    return tuple(_check(levels, need) for need in needs)


def _hook_needs(*, service_account: bool, locations: bool) -> tuple[Need, ...]:
    keep = "make, check and repair the webhook"
    if not service_account:
        acts = f"{keep}, and make locations for assets" if locations else keep
        return (Need("admin", "Admin", acts),)
    hooks = Need(WEBHOOKS, "Standard", keep)
    return (hooks, Need("admin", "Admin", "make locations for assets")) if locations else (hooks,)


def _item_need(*, deletes: bool, in_authors_name: bool) -> Need:
    extra = (
        ("delete and restore observations", deletes),
        ("create them in the author's own name", in_authors_name),
    )
    in_use = [act for act, used in extra if used]
    if in_use:
        acts = ", ".join(["create, change and comment on observations", *in_use])
        return Need("observations", "Admin", acts)
    return Need(
        "observations", "Standard", "create observations, change its own and comment", _STANDARD_LACKS
    )


def _check(levels: Levels, need: Need) -> Check:
    held = levels.get(_key(need.tool))
    passed = held is not None and _rank(held) >= _rank(need.level)
    at_the_top = held is not None and _rank(held) == len(LADDER) - 1
    return Check(
        tool=need.tool,
        needed=need.level,
        held=held or NOT_THERE,
        passed=passed,
        ask="" if passed else _ask(need, held),
        more="" if at_the_top else need.more,
    )


def _ask(need: Need, held: str | None) -> str:
    tool = need.tool[:1].upper() + need.tool[1:]
    level = f"give the connected user the level {need.level} on {tool}, to {need.acts}."
    if held is None:
        return f"Ask a Procore admin to enable {tool} in this project and to {level}"
    return f"Ask a Procore admin to {level}"


def _level(row: dict[str, Any]) -> str:
    """Return the level's name; `/settings/permissions` has an object, `/tools` a text."""
    level = row.get("user_access_level")
    name = level.get("name") if isinstance(level, dict) else level
    return str(name or "None")


def _rank(level: str) -> int:
    """Return the place on the ladder; a name we do not know counts as none."""
    word = level.casefold().replace("-", " ").replace("_", " ").strip()
    return LADDER.index(word) if word in LADDER else 0


def _key(name: object) -> str:
    return str(name or "").strip().casefold()
