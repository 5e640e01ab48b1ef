"""One round of looking for comments: the projects that are due, at a pace that its budget bears."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections import settings as connection_settings
from plumbline.errors import NeedsAuthorization
from plumbline.issues import pace
from plumbline.issues.rounds import Done, Rounds
from plumbline.issues.standing import credentials
from plumbline.stores.records import COMMENTS, HOOK, Activity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.comments_poll import CommentsPoll
    from plumbline.issues.rounds import TakeOver
    from plumbline.stores.ports import ActivityLog, Authorizations, Budget, Connections, Cursors
    from plumbline.stores.records import Authorization, Connection, Cursor

CROWDED = (
    "{count} connections share one Procore authorizer, whose {hourly} calls an hour are too few: even at "
    "rest, with comments looked for once an hour, they take more than a tenth of them."
)
CROWDED_STEP = "Connect some of these projects under a second authorizer."


@dataclass(frozen=True, slots=True)
class CommentsRound:
    """Everything a round needs; `poll` makes the poll of one connection, `key` names the budget that pays.

    A cursor's notes hold the poll's own, `interval` in seconds, and `cause` while the authorizer is crowded.
    """

    connections: Connections
    authorizations: Authorizations
    cursors: Cursors
    activity: ActivityLog
    budget: Budget
    key: Callable[[Connection], str]
    poll: Callable[[Connection, Authorization, IssueSettings], CommentsPoll]
    now: Callable[[], float]
    time_left: Callable[[], float]
    take_over: TakeOver

    def run(self, connection_id: str = "") -> dict[str, int]:
        """Poll what is due, or one connection at once; returns counts for the log."""
        synced = [one for one in self.connections.enabled() if one.approach == "sync"]
        sharing: Counter[str] = Counter()

        def one(connection: Connection, cursor: Cursor, cause: str) -> Done:
            if not sharing:  # counted only when something is due at all
                sharing.update(self._keys(synced))
            return self._one(connection, cursor, cause, sharing)

        chosen = [connection for connection in synced if connection_id in ("", connection.id)]
        return self._rounds().run(chosen, one, at_once=bool(connection_id))

    def _rounds(self) -> Rounds:
        return Rounds(
            self.connections,
            self.authorizations,
            self.cursors,
            self.activity,
            self.now,
            self.time_left,
            COMMENTS,
            self.take_over,
        )

    def _keys(self, connections: Iterable[Connection]) -> list[str]:
        """The budgets that the connections are paid from; one whose credential was removed takes none."""
        keys = []
        for connection in connections:
            try:
                keys.append(self.key(connection))
            except NeedsAuthorization:
                continue
        return keys

    def _one(self, connection: Connection, cursor: Cursor, cause: str, sharing: Counter[str]) -> Done:
        settings = connection_settings.read(connection.settings)
        both = credentials(self.authorizations, connection)
        if not both:  # until a person authorizes again
            return Done(cursor, settings.sync.comment_poll_seconds, polled=False)
        cursor, hints = self.poll(connection, both[0], settings).run(cursor, cause)
        key = self.key(connection)
        _, hourly, _ = self.budget.peek(key, now=self.now())
        together = max(1, sharing[key])  # none yet where another authorizer has just taken over
        wait = pace.interval(
            together,
            hourly,
            settings.sync,
            active=self.now() - cursor.notes.get("active_at", 0.0) < pace.ACTIVE_SECONDS,
            offers_logs=self._hook_tells(connection),
        )
        crowded = pace.is_crowded(together, hourly, settings.sync)
        words = CROWDED.format(count=together, hourly=hourly) if crowded else ""
        if bool(words) != bool(cursor.notes.get("cause")):
            self._note_crowd(connection, words)
        return Done(replace(cursor, notes={**cursor.notes, "interval": wait, "cause": words}), wait, hints)

    def _hook_tells(self, connection: Connection) -> bool:
        """Whether the webhook tells of comments, and was in order when it was looked at last."""
        hook = self.cursors.get(connection.id, HOOK)
        return bool(hook and hook.notes.get("offers_logs") and not hook.notes.get("cause"))

    def _note_crowd(self, connection: Connection, words: str) -> None:
        message = words or "The connections of this authorizer are within their share of its calls again."
        step = CROWDED_STEP if words else ""
        self.activity.add(
            Activity(connection.id, self.now(), "notice", "poll", message, direction="", next_step=step)
        )
