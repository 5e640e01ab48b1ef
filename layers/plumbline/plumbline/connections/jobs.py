"""Long work that a person asked for: previews, long approvals, forgetting a deleted connection.

A job is a message {"job", "connection_id", ...}; running it twice does no harm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.connections import previews
from plumbline.connections import settings as settings_room
from plumbline.connections.approving import Approval
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues import preview
from plumbline.stores.records import Activity

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.deleting import Memory
    from plumbline.connections.previews import Preview
    from plumbline.connections.settings import IssueSettings
    from plumbline.connections.surveying import Survey
    from plumbline.issues.hints import Hint
    from plumbline.issues.preview import Room
    from plumbline.stores.ports import ActivityLog
    from plumbline.stores.records import Connection

ASK_LATER = "Ask for a new preview when Procore and CxAlloy answer and the hour has calls left."
AUTHORIZE = "Authorize again or replace the key, then ask again."


def preview_job(connection_id: str, preview_id: str) -> dict[str, str]:
    """The message that has a preview made."""
    return {"job": "preview", "connection_id": connection_id, "preview_id": preview_id}


def approve_job(connection_id: str, preview_id: str, who: str) -> dict[str, str]:
    """The message that has a long approval carried out."""
    return {"job": "approve", "connection_id": connection_id, "preview_id": preview_id, "who": who}


def forget_job(connection_id: str) -> dict[str, str]:
    """The message that has the rest of a deleted connection's links removed."""
    return {"job": "forget", "connection_id": connection_id}


@dataclass(frozen=True, slots=True)
class Jobs:
    """Everything that jobs need; `room` tells what Procore allows the connection's authorizer right now."""

    memory: Memory
    activity: ActivityLog
    survey: Callable[[Connection, IssueSettings], Survey]
    room: Callable[[Connection], Room]
    send: Callable[[Hint], None]
    now: Callable[[], float]
    time_left: Callable[[], float]

    def run(self, job: dict[str, Any]) -> str:
        """Run one job and return how it ended, for the log.

        Raises `Retry` when it has to be run again: a vendor or the time did not allow the whole of it.
        """
        if job["job"] == "forget":
            return self._forget(job["connection_id"])
        connection = self.memory.connections.get(job["connection_id"])
        asked = previews.read(self.memory.work, job["connection_id"], job.get("preview_id", ""))
        if connection is None or asked is None:
            return "dropped"
        settings = settings_room.read(connection.settings)
        if job["job"] == "preview" and asked.state == "waiting":
            return self._guarded(asked, lambda: self._preview(connection, settings, asked))
        if job["job"] == "approve" and asked.state == "approving":
            return self._guarded(asked, lambda: self._approve(connection, settings, asked, job["who"]))
        return "dropped"

    def give_up(self, job: dict[str, Any], reason: str) -> bool:
        """End a preview or approval that waited for the last time; say whether there was one to end."""
        asked = previews.read(self.memory.work, job["connection_id"], job.get("preview_id", ""))
        if asked is None or asked.state not in ("waiting", "approving"):
            return False
        self._failed(asked, f"It waited too often. Last it waited for this: {reason}", ASK_LATER)
        return True

    def approve(self, connection: Connection, made: Preview, who: str) -> Preview:
        """Approve a preview that `must_be_approvable`; stores and returns how it went."""
        settings = settings_room.read(connection.settings)
        approval = Approval(self.survey(connection, settings), self.memory.links, self.send, self.now)
        done = approval.run(made, who)
        previews.save(self.memory.work, done)
        previews.note_accepted(self.memory.cursors, done)
        text = (
            f"Preview approved by {who}: {done.adopted} pairs adopted, {done.remapped} items follow the "
            f"changed maps, {done.set_aside} issues with several candidates wait for a person, "
            f"{len(done.left_out)} left out."
        )
        self.activity.add(
            Activity(connection.id, self.now(), "preview_approved", "manual", text, direction="")
        )
        return done

    def _preview(self, connection: Connection, settings: IssueSettings, asked: Preview) -> str:
        survey = self.survey(connection, settings)
        found = survey.find()
        rows = survey.rows(found)
        made = replace(
            asked,
            state="ready",
            made_at=self.now(),
            settings=previews.settings_hash(settings),
            hash=preview.plan_hash(rows, settings),
            complete=found.complete,
            listed=len(found.issues) + len(found.observations),
            rows=rows,
            totals=preview.totals(rows, self.room(connection)),
            cause="",
            next_step="",
        )
        previews.save(self.memory.work, made)
        return "ready"

    def _approve(self, connection: Connection, settings: IssueSettings, made: Preview, who: str) -> str:
        if made.settings != previews.settings_hash(settings):
            raise Reject("settings_changed", "The settings changed after the preview.", "Ask for a new one.")
        self.approve(connection, made, who)
        return "approved"

    def _guarded(self, asked: Preview, work: Callable[[], str]) -> str:
        """Do it; what a person must mend ends the preview, with the cause on it."""
        try:
            return work()
        except Retry as error:
            previews.save(
                self.memory.work, replace(asked, cause=error.reason, next_step="It goes on by itself.")
            )
            raise
        except NeedsAuthorization as error:
            return self._failed(asked, error.cause, AUTHORIZE)
        except Reject as error:
            return self._failed(asked, error.cause, error.next_step)

    def _failed(self, asked: Preview, cause: str, next_step: str) -> str:
        previews.save(self.memory.work, replace(asked, state="failed", cause=cause, next_step=next_step))
        return "failed"

    def _forget(self, connection_id: str) -> str:
        if not self.memory.forget_links(connection_id, time_left=self.time_left):
            raise Retry("The time was up before all links were forgotten", after=1.0)
        return "forgotten"
