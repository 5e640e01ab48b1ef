"""When a connection is looked at, and what its polls have to say (S13, A31)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plumbline.connections import settings as settings_room
from plumbline.connections.lifecycle import polls_of
from plumbline.issues.comments_round import CROWDED_STEP
from plumbline.issues.rounds import REFUSED
from plumbline.stores.records import COMMENTS, SWEEP, TRACKER, ConnectionState, Cursor

if TYPE_CHECKING:
    from plumbline.stores.ports import Cursors
    from plumbline.stores.records import Connection

HOOK_STEP = "Look at the webhook check; until it is in order the regular looks find what it does not tell."
REFUSED_STEP = "See the activity log for what to do; it is tried again every ten minutes."


@dataclass(frozen=True, slots=True)
class Poll:
    """One poll: "tracker", "comments" or "sweep"; times are Unix seconds, 0 for never, `interval` seconds.

    `refused` is why it does not get on; `notice` what keeps it slow.
    """

    name: str
    last_at: float
    next_at: float
    interval: float
    refused: str = ""
    notice: str = ""
    next_step: str = ""


def polls(cursors: Cursors, connection: Connection) -> tuple[Poll, ...]:
    """Read how the polls of a connection stand; one that is not running has no next times."""
    settings = settings_room.read(connection.settings)
    usual = {
        TRACKER: settings.poll_seconds,
        COMMENTS: settings.sync.comment_poll_seconds,
        SWEEP: settings.sync.sweep_seconds,
    }
    running = connection.state is ConnectionState.ENABLED
    return tuple(
        _poll(cursors.get(connection.id, name) or Cursor(connection.id, name), usual[name], running=running)
        for name in polls_of(connection)
    )


def _poll(cursor: Cursor, usual: float, *, running: bool) -> Poll:
    notes = cursor.notes
    told = ((REFUSED, REFUSED_STEP), ("cause", CROWDED_STEP), ("hook", HOOK_STEP))
    return Poll(
        cursor.name,
        cursor.polled_at,
        cursor.due_at if running else 0.0,
        float(notes.get("interval") or usual),
        refused=str(notes.get(REFUSED, "")),
        notice=str(notes.get("cause") or notes.get("hook") or ""),
        next_step=next((step for name, step in told if notes.get(name)), ""),
    )
