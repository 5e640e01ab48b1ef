"""E-mails that Procore would send about observations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore import paging, times
from sandbox.procore.access import enter_project, require_level
from sandbox.procore.call import as_int, refuse
from sandbox.procore.records import Email

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.records import Observation

_LISTS = ("distribution_ids", "cc_distribution_ids", "bcc_distribution_ids")


def send_email(call: Call) -> Response:
    """POST /rest/v1.0/observations/items/{id}/send_email: one e-mail about one observation."""
    project = enter_project(call, call.request.parameter("project_id"))
    require_level(call, project, "Standard")
    body = call.body()
    item = call.state.observations.get(call.path_id("id"))
    if item is None or item.project_id != project.id or item.deleted_at is not None:
        refuse(404, ["The requested observation was not found."])
    subject = str(body.get("subject") or f"Observation #{item.number}: {item.name}")
    _send(call, item, "send_email", _recipients(body), subject)
    item.date_notified = times.day(call.now)
    return json_response({})


def default_distribution(call: Call) -> Response:
    """GET /rest/v1.0/observations/default_distribution: who is told of a project's observations."""
    project = enter_project(call, call.request.parameter("project_id"))
    require_level(call, project, "Read Only")
    people = [call.state.people[one] for one in project.default_distribution]
    return paging.page(call, people, lambda one: {"id": one.id, "login": one.login, "name": one.name})


def notify(call: Call, item: Observation, kind: str, subject: str) -> None:
    """Tell the distribution list what happened; without one nobody is told."""
    if item.distribution_member_ids:
        _send(call, item, kind, item.distribution_member_ids, subject)


def _recipients(body: dict[str, Any]) -> tuple[int, ...]:
    given = {name: body.get(name) or [] for name in _LISTS}
    for name, listed in given.items():
        if not isinstance(listed, list):
            refuse(400, {name: ["must be a list of ids"]})
    ids = [as_int(one, name) for name, listed in given.items() for one in listed]
    if not ids:
        refuse(400, {"distribution_ids": ["can't be blank"]})
    return tuple(ids)


def _send(call: Call, item: Observation, kind: str, ids: tuple[int, ...], subject: str) -> None:
    if any(one not in call.state.people for one in ids):
        refuse(400, {"distribution_ids": ["names no person of this project"]})
    to = tuple(call.state.people[one].login for one in ids)
    call.state.emails.append(Email(kind, item.id, to, subject, call.now))
    call.effect("email_sent", about=kind, observation_id=item.id, to=list(to))
