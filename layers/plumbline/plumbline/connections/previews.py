"""Previews as they are kept: asked for, made by a job, read, approved once (S11).

Each is one object of the work bucket; the connection's cursor "previews" names the latest, so that older ones
can be thrown away, and remembers which settings were accepted.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from plumbline.connections.ids import new_id
from plumbline.connections.log import cell
from plumbline.errors import Reject
from plumbline.issues.preview import Change, Cost, Row
from plumbline.stores.ports import Stale
from plumbline.stores.records import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plumbline.connections.settings import IssueSettings
    from plumbline.stores.ports import Cursors, Work

State = Literal["waiting", "ready", "failed", "approving", "approved"]
CURSOR = "previews"
KEPT = 5
TRIES = 3
"""Another preview may be asked for at the same instant, which writes the same cursor."""

COLUMNS = (
    "act", "side", "issue_id", "issue_number", "observation_id", "observation_number", "changes", "reason",
    "by_settings", "comments", "files", "calls", "notifications",
)  # fmt: skip

_COSTS = ("comments", "files", "calls", "notifications")


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that was in the plan and was not touched, and why."""

    issue_id: str
    observation_id: str
    cause: str


@dataclass(frozen=True, slots=True)
class Preview:
    """One preview; times are Unix seconds, 0 for not yet.

    `settings` names the settings it was made under, `hash` exactly this plan. `complete` is False when the
    tracker's listing moved while it was read. `listed` counts the issues and observations that were read.
    """

    id: str
    connection_id: str
    state: State
    asked_at: float
    asked_by: str
    settings: str
    made_at: float = 0.0
    hash: str = ""
    complete: bool = False
    listed: int = 0
    rows: tuple[Row, ...] = ()
    totals: dict[str, int] | None = None
    cause: str = ""
    next_step: str = ""
    approved_at: float = 0.0
    approved_by: str = ""
    adopted: int = 0
    remapped: int = 0
    set_aside: int = 0
    left_out: tuple[LeftOut, ...] = ()


def settings_hash(settings: IssueSettings) -> str:
    """Name exactly these settings; who is told of trouble changes no plan."""
    told = settings.model_dump(mode="json", exclude={"alerts"})
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def ask(
    cursors: Cursors, work: Work, connection_id: str, settings: IssueSettings, *, who: str, now: float
) -> Preview:
    """Store that a preview is wanted, and forget the oldest ones. Raises `Stale`."""
    asked = Preview(new_id(), connection_id, "waiting", now, who, settings_hash(settings))
    save(work, asked)
    cursor = cursors.get(connection_id, CURSOR) or Cursor(connection_id, CURSOR)
    known = [*cursor.notes.get("ids", ()), asked.id]
    cursors.save(replace(cursor, notes={**cursor.notes, "ids": known[-KEPT:]}))
    for old in known[:-KEPT]:
        work.delete(_name(connection_id, old))
    return asked


def read(work: Work, connection_id: str, preview_id: str) -> Preview | None:
    """Return a preview of this connection, or None."""
    stored = work.get(_name(connection_id, preview_id))
    return _from_json(json.loads(stored)) if stored else None


def save(work: Work, preview: Preview) -> None:
    """Store a preview in the place of its former state."""
    text = json.dumps(asdict(preview), separators=(",", ":"))
    work.put(_name(preview.connection_id, preview.id), text.encode())


def forget(cursors: Cursors, work: Work, connection_id: str) -> None:
    """Throw all previews of a connection away."""
    cursor = cursors.get(connection_id, CURSOR)
    for known in cursor.notes.get("ids", ()) if cursor else ():
        work.delete(_name(connection_id, known))


def must_be_approvable(preview: Preview, settings: IssueSettings, seen: str) -> None:
    """Refuse what is not ready, not what was seen, or made under other settings. Raises `Reject`."""
    if preview.state != "ready":
        step = "Wait until it is ready, or ask for a new one."
        raise Reject("not_ready", f"The preview is {preview.state}.", step, field="preview_id", status=409)
    if preview.hash != seen:
        raise _refused("plan_changed", "This is not the plan of the preview.", "Read the preview again.")
    if preview.settings != settings_hash(settings):
        raise _refused(
            "settings_changed", "The settings changed after the preview.", "Ask for a new preview."
        )


def begin_approval(work: Work, made: Preview) -> Preview:
    """Store that a job carries the approval out."""
    begun = replace(made, state="approving")
    save(work, begun)
    return begun


def note_accepted(cursors: Cursors, preview: Preview) -> None:
    """Remember which settings were accepted, and when: the next poll lets changed filters hold for all."""
    accepted = {"settings": preview.settings, "at": preview.approved_at, "by": preview.approved_by}
    for _ in range(TRIES):
        cursor = cursors.get(preview.connection_id, CURSOR) or Cursor(preview.connection_id, CURSOR)
        with contextlib.suppress(Stale):
            cursors.save(replace(cursor, notes={**cursor.notes, "accepted": accepted}))
            return
    raise Stale(preview.connection_id)


def accepted_at(cursors: Cursors, connection_id: str) -> float:
    """When a person last accepted what follows from the settings (Unix seconds); 0.0 for never."""
    cursor = cursors.get(connection_id, CURSOR)
    return float(cursor.notes.get("accepted", {}).get("at", 0.0)) if cursor else 0.0


def to_csv(rows: Iterable[Row]) -> str:
    """Write rows as CSV with a header; a change reads "field: before -> after"."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        shown = {name: getattr(row.cost if name in _COSTS else row, name) for name in COLUMNS}
        shown["changes"] = "; ".join(f"{one.field}: {one.before} -> {one.after}" for one in row.changes)
        writer.writerow([cell(value) for value in shown.values()])
    return text.getvalue()


def _name(connection_id: str, preview_id: str) -> str:
    return f"previews/{connection_id}/{preview_id}.json"


def _from_json(given: dict[str, Any]) -> Preview:
    rows = tuple(_row(row) for row in given["rows"])
    left = tuple(LeftOut(**one) for one in given["left_out"])
    return Preview(**{**given, "rows": rows, "left_out": left})


def _row(given: dict[str, Any]) -> Row:
    changes = tuple(Change(**one) for one in given["changes"])
    return Row(**{**given, "changes": changes, "cost": Cost(**given["cost"])})


def _refused(code: str, cause: str, next_step: str) -> Reject:
    return Reject(code, cause, next_step, field="hash", status=409)
