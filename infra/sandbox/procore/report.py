"""The sandbox's content as JSON, for proofs that read no table of the product."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.procore import times
from sandbox.procore.locations import location_of_item

if TYPE_CHECKING:
    from sandbox.procore.records import Attachment, Email, Observation, ResponseLog, Upload
    from sandbox.procore.state import State


def state_as_json(state: State) -> dict[str, Any]:
    """Return what a proof needs to compare: observations with their logs and files, e-mails, uploads."""
    return {
        "observations": [_observation_as_json(state, item) for item in state.observations.values()],
        "emails": [_email_as_json(email) for email in state.emails],
        "uploads": [_upload_as_json(upload) for upload in state.uploads.values()],
        "installs": [{"company_id": i.company_id, "status": i.status} for i in state.installs.values()],
    }


def _observation_as_json(state: State, item: Observation) -> dict[str, Any]:
    trade = state.trades.get(item.trade_id or 0)
    return {
        "id": item.id, "project_id": item.project_id, "number": item.number, "name": item.name,
        "description": item.description, "description_rich_text": item.rich_text, "status": item.status,
        "priority": item.priority, "type": state.types[item.type_id].name,
        "trade": trade.name if trade else None, "location": _place(state, item), "due_date": item.due_date,
        "assignees": [state.people[one].login or state.people[one].name for one in item.assignee_ids],
        "created_by": state.people[item.created_by_id].name, "created_at": times.iso(item.created_at),
        "updated_at": times.iso(item.updated_at), "deleted": item.deleted_at is not None,
        "attachments": [_attachment_as_json(file) for file in item.attachments],
        "response_logs": [_log_as_json(state, log) for log in state.logs_of(item.id)],
    }  # fmt: skip


def _place(state: State, item: Observation) -> str | None:
    held = state.locations.get(item.location_id or 0)
    return str(location_of_item(state, held)["name"]) if held else None


def _log_as_json(state: State, log: ResponseLog) -> dict[str, Any]:
    return {
        "id": log.id, "status": log.status, "comment": log.comment, "created_at": times.iso(log.created_at),
        "created_by": state.people[log.created_by_id].name,
        "attachments": [_attachment_as_json(file) for file in log.attachments],
    }  # fmt: skip


def _attachment_as_json(attachment: Attachment) -> dict[str, Any]:
    file = attachment.file
    kind = attachment.content_type
    names = {"id": attachment.id, "name": attachment.name, "content_type": kind}
    return {**names, "size": file.size, "sha256": file.sha256}


def _email_as_json(email: Email) -> dict[str, Any]:
    sent = {"kind": email.kind, "observation_id": email.observation_id, "to": list(email.to)}
    return {**sent, "subject": email.subject, "sent_at": times.iso(email.sent_at)}


def _upload_as_json(upload: Upload) -> dict[str, Any]:
    stored = {"size": upload.file.size, "sha256": upload.file.sha256} if upload.file else None
    return {"uuid": upload.uuid, "name": upload.name, "owner_id": upload.owner_id, "file": stored}
