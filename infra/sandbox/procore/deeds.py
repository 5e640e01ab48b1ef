"""What happens to observations, whoever does it: each deed is noted in the journal and told to webhooks.

The journal's effects carry the old and the new value of each field, under the names of `Observation`, so that
a proof can be made from it alone.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sandbox.procore.call import refuse
from sandbox.procore.emails import notify
from sandbox.procore.events import ITEMS, LOGS, tell, tell_item
from sandbox.procore.records import STATUSES, Observation, ResponseLog
from sandbox.procore.uploads import attach

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.world import Project

FIRST_ID = 598134326000001

FIELDS = (
    "name", "description", "rich_text", "status", "priority", "due_date", "type_id", "trade_id",
    "location_id", "number", "personal", "assignee_ids", "distribution_member_ids",
)  # fmt: skip
"""The fields whose old and new values are noted."""


def add_item(
    call: Call, project: Project, author: int, fields: dict[str, Any], upload_ids: list[str]
) -> Observation:
    """Make an observation, with the files of checked uploads; without `number` it takes the next one."""
    state = call.state
    fields = {**fields, "number": fields.get("number") or str(state.count(f"number:{project.id}"))}
    item = Observation(
        state.new_id("observation", FIRST_ID), project.id, created_by_id=author, created_at=call.now,
        updated_at=call.now, **fields,
    )  # fmt: skip
    item.closed_at = call.now if item.status == "closed" else None
    state.remember(item, call.now, new=True)
    state.observations[item.id] = item
    given = {name: getattr(item, name) for name in FIELDS}
    made = {
        name: {"old": None, "new": _plain(value)} for name, value in given.items() if value not in (None, ())
    }
    call.deed(
        "observation_created", observation_id=item.id, project_id=project.id, number=item.number,
        name=item.name, created_by_id=author, changes=made,
    )  # fmt: skip
    item.attachments = attach(call, upload_ids, observation_id=item.id)
    tell_item(call, "create", item)
    return item


def edit_item(call: Call, item: Observation, fields: dict[str, Any], *, log: bool = True) -> None:
    """Set the fields that differ; a new status adds a response log unless `log` is False."""
    changed = {name: value for name, value in fields.items() if getattr(item, name) != value}
    if not changed:
        return
    changes = {
        name: {"old": _plain(getattr(item, name)), "new": _plain(value)} for name, value in changed.items()
    }
    call.state.remember(item, call.now)
    for name, value in changed.items():
        setattr(item, name, value)
    item.updated_at = call.now
    if "status" in changed:
        item.closed_at = call.now if item.status == "closed" else None
        if log:
            _add_log(call, item, None)
            notify(call, item, "status", f"Observation #{item.number} is {STATUSES[item.status]}")
    call.deed(
        "observation_updated", observation_id=item.id, project_id=item.project_id, fields=sorted(changed),
        changes=changes,
    )  # fmt: skip
    tell_item(call, "update", item)


def add_files(call: Call, item: Observation, upload_ids: list[str]) -> None:
    """Hang the files of checked uploads on an observation."""
    if not upload_ids:
        return
    call.state.remember(item, call.now)
    kept = () if call.settings.upload_ids == "replace" else item.attachments
    item.attachments = kept + attach(call, upload_ids, observation_id=item.id)
    item.updated_at = call.now
    if call.settings.attachment_fires_update:
        tell_item(call, "update", item)


def add_comment(call: Call, item: Observation, comment: str | None, upload_ids: list[str]) -> ResponseLog:
    """Append a response log with the item's present status, and tell the distribution list."""
    log = _add_log(call, item, comment)
    files = attach(call, upload_ids, observation_id=item.id, response_log_id=log.id)
    call.state.logs[-1] = whole = replace(log, attachments=files)
    if call.settings.log_bumps_item:
        call.state.remember(item, call.now)
        item.updated_at = call.now
    if call.settings.log_fires_update:
        tell(call, ITEMS, "update", item.id, item.project_id)
    notify(call, item, "response_log", f"Observation #{item.number} has a new response")
    return whole


def remove_file(call: Call, item: Observation, attachment_id: int) -> None:
    """Take a file off an observation; refuses 404 for one that does not hang there."""
    kept = tuple(one for one in item.attachments if one.id != attachment_id)
    if len(kept) == len(item.attachments):
        refuse(404, ["The requested attachment was not found."])
    call.state.remember(item, call.now)
    item.attachments, item.updated_at = kept, call.now
    call.deed("detached", attachment_id=attachment_id, observation_id=item.id)
    if call.settings.attachment_fires_update:
        tell_item(call, "update", item)


def recycle(call: Call, item: Observation) -> None:
    """Put an observation into the recycle bin."""
    call.state.remember(item, call.now)
    item.deleted_at = item.updated_at = call.now
    call.deed("observation_deleted", observation_id=item.id, project_id=item.project_id)
    tell_item(call, "delete", item)


def bring_back(call: Call, item: Observation) -> None:
    """Take an observation out of the recycle bin; which event that makes is a setting."""
    call.state.remember(item, call.now)
    item.deleted_at, item.updated_at = None, call.now
    call.deed("observation_restored", observation_id=item.id, project_id=item.project_id)
    tell_item(call, call.settings.restore_event, item)


def _add_log(call: Call, item: Observation, comment: str | None) -> ResponseLog:
    log = ResponseLog(
        call.state.new_id("response_log", 71_000_000_001), item.id, item.project_id, STATUSES[item.status],
        comment, call.now, call.caller.id,
    )  # fmt: skip
    call.state.logs.append(log)
    call.deed(
        "response_log_created", response_log_id=log.id, observation_id=item.id, project_id=item.project_id,
        comment=comment, status=item.status,
    )  # fmt: skip
    tell(call, LOGS, "create", log.id, item.project_id)
    return log


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
