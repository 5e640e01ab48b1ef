"""Response logs: comments and status history of observations (Procore REST: Observation Response Logs)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore import paging, times
from sandbox.procore.access import enter_project, require_level
from sandbox.procore.call import refuse
from sandbox.procore.deeds import add_comment, edit_item
from sandbox.procore.observation_fields import read_status
from sandbox.procore.observation_filters import visible
from sandbox.procore.observation_views import attachment_rows
from sandbox.procore.observations import find, may_edit
from sandbox.procore.uploads import check_attachable

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.records import Observation, ResponseLog
    from sandbox.procore.world import Project


def of_item(call: Call) -> Response:
    """GET /rest/v1.0/observations/items/{item_id}/response_logs: oldest first, without `updated_at`."""
    project = enter_project(call, call.request.parameter("project_id"))
    require_level(call, project, "Read Only")
    item = find(call, project, call.path_id("item_id"))
    return paging.page(call, call.state.logs_of(item.id), lambda log: _row(call, log))


def of_project(call: Call) -> Response:
    """GET /rest/v1.0/projects/{project_id}/observations/response_logs: all logs of a project."""
    project = enter_project(call, call.params["project_id"])
    require_level(call, project, "Read Only")
    ids, limits = paging.int_values(call.request, "id"), paging.time_range(call.request)
    logs = [
        log
        for log in call.state.logs
        if _shown(call, project, log)
        and (not ids or log.id in ids)
        and paging.within(log.created_at, limits)
    ]  # fmt: skip
    return paging.page(call, logs, lambda log: _project_row(call, log))


def create(call: Call) -> Response:
    """POST /rest/v1.0/observations/items/{item_id}/response_logs: a comment, files, a status."""
    body, given = call.wrapped("response_log")
    project = enter_project(call, body.get("project_id"))
    require_level(call, project, "Standard")
    item = find(call, project, call.path_id("item_id"))
    status = _status(call, project, item, body.get("status"))
    comment = _comment(call, given.get("comment"))
    uploads = check_attachable(call, project, given)
    if comment is None and status is None and not uploads:
        refuse(400, {"comment": ["can't be blank"]})
    if status:
        edit_item(call, item, {"status": status}, log=False)
    return json_response(_row(call, add_comment(call, item, comment, uploads)), 201)


def _status(call: Call, project: Project, item: Observation, value: object) -> str | None:
    if value is None:
        return None
    status = read_status(value)
    as_assignee = status == "ready_for_review" and call.caller.id in item.assignee_ids
    if not (as_assignee or may_edit(call, project, item)):
        refuse(403, ["You may not set this status on another person's observation."])
    return status


def _comment(call: Call, value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        refuse(400, {"comment": ["must be a text"]})
    limit = call.settings.text_limit
    if limit is not None and len(value) > limit:
        refuse(400, {"comment": [f"is too long (maximum is {limit} characters)"]})
    return value


def _shown(call: Call, project: Project, log: ResponseLog) -> bool:
    item = call.state.observations[log.item_id]
    return item.deleted_at is None and visible(call, project, item)


def _row(call: Call, log: ResponseLog) -> dict[str, Any]:
    return {
        "id": log.id, "item_id": log.item_id, "status": log.status, "comment": log.comment,
        "created_at": times.iso(log.created_at), "attachments": attachment_rows(call, log.attachments),
        "created_by": {"id": log.created_by_id, "name": call.state.people[log.created_by_id].name},
    }  # fmt: skip


def _project_row(call: Call, log: ResponseLog) -> dict[str, Any]:
    row = _row(call, log)
    return {**row, "updated_at": row["created_at"], "created_by_name": row["created_by"]["name"]}
