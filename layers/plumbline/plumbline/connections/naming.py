"""The names of what is chosen, read live: which also proves that the credential reaches it (S4, S9)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from plumbline.stores.records import Authorization, Connection


@dataclass(frozen=True, slots=True)
class Names:
    """Where the names of chosen things are read live; each maps ids to names.

    `companies` takes an authorization, `projects` an authorization and a company, `tracker_projects` a key.
    """

    companies: Callable[[Authorization], Mapping[str, str]]
    projects: Callable[[Authorization, str], Mapping[str, str]]
    tracker_projects: Callable[[Authorization], Mapping[str, str]]


def named(
    before: Connection, after: Connection, authorizations: Mapping[str, Authorization], names: Names
) -> Connection:
    """Read the names of what was chosen anew, which also proves that the credential reaches it."""
    return _named_tracker(before, _named_procore(before, after, authorizations, names), authorizations, names)


def _named_procore(
    before: Connection, after: Connection, authorizations: Mapping[str, Authorization], names: Names
) -> Connection:
    fields = ("procore_authorization_id", "company_id", "project_id")
    if not _differ(before, after, fields):
        return after
    if after.project_id and not after.company_id:
        step = "Choose the company first; only then are its projects read."
        raise Reject("company_missing", "A project was chosen without its company.", step, field="company_id")
    held = authorizations.get(after.procore_authorization_id)
    if not after.company_id:
        return replace(after, company_name="", project_name="")
    if held is None:
        step = "Choose the Procore authorization first."
        raise Reject(
            "authorization_missing", "Procore is not connected.", step, field="procore_authorization_id"
        )
    company = _name(names.companies(held), after.company_id, "company_id", "company")
    project = ""
    if after.project_id:
        project = _name(names.projects(held, after.company_id), after.project_id, "project_id", "project")
    return replace(after, company_name=company, project_name=project)


def _named_tracker(
    before: Connection, after: Connection, authorizations: Mapping[str, Authorization], names: Names
) -> Connection:
    if not _differ(before, after, ("tracker_authorization_id", "tracker_project_id")):
        return after
    if not after.tracker_project_id:
        return replace(after, tracker_project_name="")
    held = authorizations.get(after.tracker_authorization_id)
    if held is None:
        step = "Give a CxAlloy key and choose it first."
        raise Reject(
            "authorization_missing", "CxAlloy is not connected.", step, field="tracker_authorization_id"
        )
    known = names.tracker_projects(held)
    name = _name(known, after.tracker_project_id, "tracker_project_id", "CxAlloy project")
    return replace(after, tracker_project_name=name)


def _differ(before: Connection, after: Connection, fields: Iterable[str]) -> bool:
    return any(getattr(before, field) != getattr(after, field) for field in fields)


def _name(known: Mapping[str, str], chosen: str, field: str, kind: str) -> str:
    if chosen not in known:
        raise Reject(
            "not_visible",
            f"The authorization does not see this {kind}.",
            f"Choose a {kind} from the list, or have the authorization given access to it.",
            field=field,
        )
    return known[chosen]
