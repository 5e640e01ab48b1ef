"""Making two things twins by hand or by adoption, and parting them again (A10, A11). Nothing is written.

What both sides hold at that moment counts as agreed: only later edits are carried over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from plumbline.connections.items import must_be_free
from plumbline.errors import Reject
from plumbline.issues import preview_rows
from plumbline.issues.copy_plan import OBSERVATION
from plumbline.stores.ports import Taken
from plumbline.stores.records import ConnectionState, Link, LinkState

if TYPE_CHECKING:
    from plumbline.connections.settings import IssueSettings
    from plumbline.cxalloy.model import Issue
    from plumbline.issues.preview_rows import Pair
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Connection

_APART = {LinkState.UNLINKED, LinkState.LEFT, LinkState.WAITING, LinkState.PARKED}


@dataclass(frozen=True, slots=True)
class Twins:
    """An issue and an observation as they were seen, with the base that this makes (see `Link.base`)."""

    issue_id: str
    issue_number: str
    issue_address: str
    observation_id: str
    observation_number: str
    item_updated_at: float
    base: dict[str, Any]


def twins(pair: Pair, settings: IssueSettings) -> Twins:
    """Take two as they were read, with what both hold as their base."""
    issue, there = pair.issue, pair.observation
    return Twins(
        issue.id,
        issue.number,
        pair.address,
        there.id,
        there.number,
        there.updated_at or 0.0,
        preview_rows.base(pair, settings),
    )


def join(links: Links, connection: Connection, twins: Twins, *, now: float) -> Link:
    """Link the two, so that later edits travel. Raises `Reject` when either has another twin, and `Stale`.

    The pair is due at once: comments and files that one side lacks are brought over. For a draft the first
    poll after enabling tells of it.
    """
    due_at = 0.0 if connection.state is ConnectionState.DRAFT else now
    try:
        known = links.by_issue(connection.id, twins.issue_id)
        if known is None:
            blank = Link(uuid4().hex, connection.id, twins.issue_id, LinkState.WAITING)
            return links.create(_joined(blank, twins, due_at, now))
        if known.state is LinkState.SYNCED and known.observation_id == twins.observation_id:
            return known
        _must_be_apart(links, known, twins, now)
        if known.observation_id not in ("", twins.observation_id):
            links.drop_intents(known.id)
            links.drop_files(known.id)
        return links.save(_joined(_moved(known, twins), twins, due_at, now))
    except Taken as error:
        raise _taken("observation_id", "This observation is, or was, the twin of another item.") from error


def set_aside(
    links: Links, connection: Connection, issue: Issue, address: str, cause: str, *, now: float
) -> Link:
    """Let an issue have no twin until a person links or copies it: it matches more than one (A11).

    Raises `Reject` when a twin is there or being made, `Stale` and `Taken`.
    """
    known = links.by_issue(connection.id, issue.id)
    link = known or Link(uuid4().hex, connection.id, issue.id, LinkState.WAITING)
    if known:
        must_be_free(known, now=now)
    if link.observation_id or any(one.key == OBSERVATION for one in links.intents(link.id)):
        raise _taken("issue_id", "This issue has a twin by now, or one is being made.")
    step = "Link it by hand with the right one, or copy it to have another observation made."
    named = replace(link, issue_number=issue.number, issue_address=address)
    apart = parted(named, cause, step, now=now)
    return links.save(apart) if known else links.create(apart)


def unlink(links: Links, link: Link, *, now: float) -> Link:
    """Part two twins: nothing follows any more, all content stays. Raises `Reject` and `Stale`."""
    must_be_free(link, now=now)
    if link.state is LinkState.UNLINKED:
        return link
    step = "Link them again by hand, or copy the issue again."
    return links.save(parted(link, "A person parted the two.", step, now=now))


def parted(link: Link, cause: str, next_step: str, *, now: float) -> Link:
    """Return the link of two that are twins no longer."""
    return replace(
        link,
        state=LinkState.UNLINKED,
        pending={},
        due_at=0.0,
        wants=(),
        cause=cause,
        next_step=next_step,
        updated_at=now,
    )


def _moved(link: Link, twins: Twins) -> Link:
    """A link that had another observation begins anew with this one."""
    if link.observation_id in ("", twins.observation_id):
        return link
    former = (*link.former_observation_ids, link.observation_id)
    return replace(link, generation=link.generation + 1, former_observation_ids=former)


def _joined(link: Link, twins: Twins, due_at: float, now: float) -> Link:
    return replace(
        link,
        state=LinkState.SYNCED,
        issue_number=twins.issue_number,
        issue_address=twins.issue_address,
        observation_id=twins.observation_id,
        observation_number=twins.observation_number,
        item_updated_at=twins.item_updated_at,
        base=twins.base,
        pending={},
        remarks={},
        gone_since=0.0,
        tries=0,
        cause="",
        next_step="",
        due_at=due_at,
        updated_at=now,
    )


def _must_be_apart(links: Links, link: Link, twins: Twins, now: float) -> None:
    must_be_free(link, now=now)
    same = link.observation_id == twins.observation_id
    if not link.observation_id and any(one.key == OBSERVATION for one in links.intents(link.id)):
        raise _taken("issue_id", "An observation is being made for this issue, or may have been made.")
    bare = not link.observation_id and link.state in _APART
    copied = same and link.state is LinkState.COPIED
    if not (bare or copied or link.state is LinkState.UNLINKED):
        raise _taken("issue_id", "This issue has a twin already.")


def _taken(field: str, cause: str) -> Reject:
    step = "Unlink that item first, or choose another one."
    return Reject("linked_already", cause, step, field=field, status=409)
