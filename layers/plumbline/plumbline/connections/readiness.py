"""What stands in the way of enabling a connection, by its approach (A1, A10, A20, S6). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.connections.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.mapping import Field, Finding
    from plumbline.procore.permissions import Check
    from plumbline.stores.records import Authorization, Connection

_CHOICES = (
    (
        "procore_authorization_id",
        "Procore is not connected.",
        "Connect to Procore and choose the authorization.",
    ),
    ("company_id", "No Procore company is chosen.", "Choose one of the authorization's companies."),
    ("project_id", "No Procore project is chosen.", "Choose one of the company's projects."),
    ("tracker_authorization_id", "CxAlloy is not connected.", "Give a CxAlloy key and choose it."),
    ("tracker_project_id", "No CxAlloy project is chosen.", "Choose one of the key's projects."),
)

_STATUSES = ("trigger_status_id", "done_status_id", "initial_status_id")


def choice_problems(
    connection: Connection, authorizations: Mapping[str, Authorization]
) -> tuple[Problem, ...]:
    """Name what is not chosen yet, and credentials that work no longer."""
    missing = [Problem(*choice) for choice in _CHOICES if not getattr(connection, choice[0])]
    return (*missing, *_dead(connection, authorizations))


def settings_problems(settings: IssueSettings, approach: str = "copy") -> tuple[Problem, ...]:
    """Name what is wrong with the settings by themselves, as far as the approach uses them."""
    own = _for_sync(settings) if approach == "sync" else _for_copy(settings)
    return (*own, *_for_both(settings))


def value_problems(
    settings: IssueSettings,
    tracker: Mapping[Field, Mapping[str, str]],
    procore: Mapping[Field, Mapping[str, str]],
    approach: str = "copy",
) -> tuple[Problem, ...]:
    """Name chosen values that the live lists (value to name, by field) do not hold."""
    used = ("initial_status_id",) if approach == "sync" else _STATUSES
    found = list(_unknown_statuses(settings, tracker["status"], used))
    if approach == "sync":
        found += _unknown_births(settings, procore)
    default = settings.default_type_id
    if default and default not in procore["issue_type"]:
        step = "Choose one of the types that Procore lists."
        found.append(_problem("default_type_id", f"Procore's project has no active type {default}.", step))
    return tuple(found)


def map_problems(findings: Iterable[Finding]) -> tuple[Problem, ...]:
    """Turn those findings on the maps into problems that forbid enabling."""
    return tuple(
        Problem(
            f"settings.maps.{found.field}.{found.direction}.{found.values[0]}",
            f"The map joins {found.values[0]} to {found.target}, and one of them is not in its list.",
            "Remove the row, choose another value, or add the tracker's value by hand under added_values.",
        )
        for found in findings
        if found.kind == "unknown"
    )


def permission_problems(checks: Iterable[Check]) -> tuple[Problem, ...]:
    """Turn levels that are missing into problems."""
    return tuple(
        Problem(
            "procore_authorization_id",
            f"{check.tool} needs the level {check.needed}; the connected user has: {check.held}.",
            check.ask,
        )
        for check in checks
        if not check.passed
    )


def _dead(connection: Connection, authorizations: Mapping[str, Authorization]) -> Iterator[Problem]:
    for field in ("procore_authorization_id", "tracker_authorization_id"):
        chosen = getattr(connection, field)
        held = authorizations.get(chosen)
        if chosen and held is None:
            yield Problem(field, "This authorization was deleted.", "Choose another one.")
        elif held and not held.valid:
            cause = held.cause or "The credential works no longer."
            yield Problem(field, cause, "Authorize again or replace the key.")


def _for_copy(settings: IssueSettings) -> Iterator[Problem]:
    if not settings.trigger_status_id:
        yield _problem(
            "trigger_status_id", "No trigger status is chosen.", "Choose the status that starts the copy."
        )
    if not settings.done_status_id:
        yield _problem(
            "done_status_id", "No done status is chosen.", "Choose the status that is set after it."
        )
    if settings.trigger_status_id and settings.trigger_status_id == settings.done_status_id:
        yield _problem(
            "done_status_id", "Trigger status and done status are the same.", "Choose two different statuses."
        )
    allowed = settings.filters.statuses
    if allowed and settings.trigger_status_id not in allowed:
        yield _problem(
            "filters.statuses",
            "The status filter keeps the trigger status out, so that nothing would be copied.",
            "Add the trigger status to the filter, or empty it.",
        )


def _for_sync(settings: IssueSettings) -> Iterator[Problem]:
    sync = settings.sync
    if not settings.initial_status_id:
        yield _problem(
            "initial_status_id",
            "No initial status is chosen.",
            "Choose the tracker's status that stands for Procore's statuses without a map, such as Open.",
        )
    if sync.comment_poll_active_seconds > sync.comment_poll_seconds:
        yield _problem(
            "sync.comment_poll_active_seconds",
            "After recent activity comments would be looked for less often than at rest.",
            f"Choose at most {sync.comment_poll_seconds}, as comment_poll_seconds, or raise that one.",
        )
    if sync.assignee_template_id and not sync.assignees:
        yield _problem(
            "sync.assignee_template_id",
            "A permission template is named, and assignees are not synced.",
            "Switch sync.assignees on, or empty the template.",
        )


def _for_both(settings: IssueSettings) -> Iterator[Problem]:
    if not settings.default_type_id:
        yield _problem(
            "default_type_id",
            "No default observation type is chosen.",
            "Choose one; Procore requires a type.",
        )


def _unknown_births(settings: IssueSettings, procore: Mapping[Field, Mapping[str, str]]) -> Iterator[Problem]:
    births = settings.sync.births
    for field, chosen, known in (
        ("types", births.types, procore["issue_type"]),
        ("trades", births.trades, procore["discipline"]),
    ):
        for value in chosen:
            if value not in known:
                yield _problem(
                    f"sync.births.{field}",
                    f"Procore lists no {field.removesuffix('s')} {value}.",
                    "Choose one of those that Procore lists, or leave it out.",
                )


def _unknown_statuses(
    settings: IssueSettings, known: Mapping[str, str], fields: Iterable[str]
) -> Iterator[Problem]:
    for field in fields:
        value = getattr(settings, field)
        if value and value not in known:
            yield _problem(
                field,
                f"No issue of the CxAlloy project has the status {value}.",
                "Choose a status from the list, or add this one by hand under added_values.statuses.",
            )


def _problem(field: str, reason: str, next_step: str) -> Problem:
    return Problem(f"settings.{field}", reason, next_step)
