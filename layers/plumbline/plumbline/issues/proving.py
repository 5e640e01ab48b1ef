"""Whether what we wrote is there: answers that never came, and writes that were taken and had no effect.

Procore's answer to an update is what the base moves to. Until Procore shows the update by itself, what was
agreed before is kept as `pending["proof"]`, and the link waits with `hints.SHOWN` among its wants. The
webhook of our own write, the sweep's list or the next read is the proof; none of them costs a call of its
own.

`pending["doubt"]` names the sides whose unanswered write may have been there, and undone by a person since;
`pending["doubtful"]` the fields of which that is so, until they are agreed: both their values are kept before
one is overwritten.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import Retry
from plumbline.issues import hints, sync_fields, sync_plan, text
from plumbline.stores.ports import Stale
from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from plumbline.agreement.merge import Side
    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_fields import Sides
    from plumbline.procore.observations import Observation
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Link

LATEST = 7200.0
"""Seconds until what no webhook and no list showed is read once: two sweeps."""

LATEST_ISSUE = 600.0
"""The same for the issue, which a poll looks at every minute."""

LAG = 60.0
"""Seconds after which an answer that is older than our own write is no lagging copy any more."""

AT_ONCE = 5.0
"""Seconds in which no person sees a value that we wrote and puts the former one back."""

BACK = "back"
"""In `pending`: since when the issue is there again whose observation we may have recycled."""

OF_DELETES = frozenset({"delete", "released_at", "approved", BACK})
"""Keys of `pending` that are about a delete, or about what undoes one."""

OF_PROOFS = frozenset({"proof", "alike"})
"""Keys of `pending` that are about the proof of our last write; for "alike" see `alike`."""

SLACK = 2.0
"""Seconds by which an event may be later than the `updated_at` it is about, which has whole seconds."""

NOBODYS = "\0"
"""Stands in a base for a value that no side ever had, so that whatever is there counts as changed."""


def pending(link: Link) -> dict[str, Any]:
    """What stays pending once all answers are known: the proof that Procore owes, and open doubts."""
    return {name: link.pending[name] for name in ("proof", "doubtful") if link.pending.get(name)}


def undecided(link: Link) -> dict[str, Any]:
    """What is pending beside a delete: a pair that goes and comes back still owes these answers."""
    return {name: value for name, value in link.pending.items() if name not in OF_DELETES}


def coming_back(link: Link, now: float) -> Link:
    """The link of an issue that is there again, before its observation is.

    Until Procore shows the observation, its place in the recycle bin is our own doing: no crash and no
    parking may make it look like a person's deletion. A delete that waits for approval has its own mark.
    """
    if link.state is LinkState.HELD:
        return replace(link, gone_since=0.0)
    state = LinkState.SYNCED if link.state is LinkState.GONE else link.state
    return replace(link, state=state, gone_since=0.0, pending=undecided(link) | {BACK: now})


def answered(context: Context, link: Link, sides: Sides) -> Link:
    """Settle a write whose answer never came: where the side holds what we sent, it was ours.

    Where it holds what was there before, the write had no effect, or a person put that back since. Where it
    holds anything else, a person may have changed ours or what was there before. Both are doubtful; so is
    what we sent where the other side moved on: a person may have written the same after it.
    """
    ways: tuple[Side, Side] = ("procore", "tracker")
    doubtful: list[str] = []
    for side in ways:
        mine, theirs = sides.tracker, sides.procore
        if side == "procore":
            mine, theirs = theirs, mine
        for name, (value, other) in link.pending.get(side, {}).items():
            known = sync_fields.base_of(link, name)
            if known is None or name not in mine:
                continue
            unsure = side in link.pending.get("doubt", ())
            before = mine[name] == known.of(side)
            if not before and (mine[name] == value or _stored(context, link, side, name, sides)):
                pair = [other, mine[name]] if side == "procore" else [mine[name], other]
                link = replace(link, base={**link.base, name: pair})
                unsure = unsure and theirs[name] != other
            if unsure:
                doubtful.append(name)
    return doubting(link, doubtful)


def doubting(link: Link, names: Sequence[str]) -> Link:
    """The link with these fields in doubt as well."""
    if not names:
        return link
    return replace(
        link, pending=link.pending | {"doubtful": sorted({*link.pending.get("doubtful", ()), *names})}
    )


def looked_at(link: Link, *, after: float) -> Link:
    """The link without doubt, if what is there was read so soon after the write that no person acted between.

    `after` is in seconds.
    """
    if after > AT_ONCE:
        return link
    return replace(link, pending={name: value for name, value in link.pending.items() if name != "doubt"})


def _stored(context: Context, link: Link, side: Side, name: str, sides: Sides) -> bool:
    """Whether a side may have made what it shows of what we sent, trimming or cutting it."""
    if name == "description":
        return text.stored_as(sync_plan.whole(name, side, sides), _sent(context, link, side))
    shown = sides.procore[name] if side == "procore" else sides.tracker[name]
    return text.stored_as(shown, link.pending[side][name][0])


def _sent(context: Context, link: Link, side: Side) -> str:
    """The whole description that we last wrote to a side: the base has no more of it than a fingerprint."""
    kept = [one for one in context.carrying.links.undos(link.id) if one.kind == f"write_{side}"]
    texts = [str(one.after["description"] or "") for one in kept if "description" in one.after]
    return texts[-1] if texts else "\0"


def lasted(context: Context, link: Link, observation: Observation) -> Link:
    """Look whether our last write is in what Procore shows now; where it is not, plan it again.

    An `updated_at` before that of the write's own answer is a copy that lags behind, for which `Retry` is
    raised, or a write that was acknowledged and had no effect.
    """
    if not observation.updated_at or observation.updated_at >= link.item_updated_at:
        context.unshown.discard(hints.SHOWN)
        moved = link.pending.get("procore") and observation.updated_at != link.item_updated_at
        return replace(link, pending=link.pending | {"doubt": ["procore"]}) if moved else link
    not_lagging(context, link, observation)
    context.unshown.discard(hints.SHOWN)
    base = {**link.base, **link.pending.get("proof", {})}
    left = {side: value for side, value in link.pending.items() if side != "proof"}
    return replace(link, base=base, pending=left, item_updated_at=observation.updated_at)


def not_lagging(context: Context, link: Link, observation: Observation) -> None:
    """Raise `Retry` for a copy of the observation from before our own last write."""
    shown = observation.updated_at
    if shown and shown < link.item_updated_at and context.carrying.now() - link.item_updated_at < LAG:
        raise Retry("Procore still shows the observation as it was before our write", after=LAG / 4)


def fresh(context: Context, observation: Observation) -> None:
    """Raise `Retry` where Procore's answer is older than a change that it told of: a copy that lags.

    Asked only before Procore is written to: what lags would be overwritten unseen.
    """
    told, shown = context.told_at, observation.updated_at
    if shown and shown + SLACK < told and context.carrying.now() - told < LAG:
        raise Retry("Procore still shows the observation as it was before a change it told of", after=LAG / 4)


def doubted(link: Link, sides: Sides) -> Link:
    """Settle the proof by what is seen: a field that does not show what we wrote is doubtful.

    Procore may have dropped the write, or a person may have put the former value back: it counts as changed
    on both sides, so that neither value is lost. Any other value is a person's, who may never have seen ours.
    """
    proof = link.pending.get("proof")
    if not proof:
        return link
    base, doubtful = dict(link.base), list[str]()
    for name, (_, former) in proof.items():
        known = sync_fields.base_of(link, name)
        if known is None or sides.procore.get(name, known.procore) == known.procore:
            continue
        if sides.procore[name] == former:
            base[name] = [NOBODYS, NOBODYS]
        else:
            doubtful.append(name)
    left = {side: value for side, value in link.pending.items() if side not in OF_PROOFS}
    return doubting(replace(link, base=base, pending=left), doubtful)


def shows(link: Link, observation: Observation, settings: IssueSettings) -> bool:
    """Whether a listed observation holds all of our last write: the time alone may be that of a comment."""
    parts = sync_fields.parts_of(observation, link.issue_address, sync_fields.asset_lines(link))
    now = sync_fields.procore_natives(observation, parts, settings)
    told = [name for name in link.pending.get("proof", {}) if name in now and name not in observation.missing]
    return all(now[name] == link.base[name][1] for name in told if name in link.base)


def alike(link: Link, posted_at: float) -> Link:
    """Mark a write within whose second a comment of ours was posted: the webhook of that proves no write.

    `posted_at` is Procore's own time of our last comment, 0.0 for none.
    """
    same = link.pending.get("proof") and math.floor(posted_at) == math.floor(link.item_updated_at)
    return replace(link, pending=link.pending | {"alike": True}) if same else link


def due_at(wants: Collection[str], *, now: float) -> float:
    """When a link that waits for nothing but these proofs is to be looked at; 0.0 for none."""
    if not wants:
        return 0.0
    return now + (LATEST_ISSUE if hints.SHOWN_ISSUE in wants else LATEST)


def confirm(links: Links, link: Link, what: str, *, now: float) -> bool:
    """Note that what was done is seen; whether it was waited for.

    A link that a worker holds is left to it: should the proof be lost, it costs one read later. So is one
    that a worker never let go: only that it is due tells that something was begun, or asked for meanwhile.
    """
    if what not in link.wants or link.lease_until:
        return False
    wants = tuple(one for one in link.wants if one != what)
    gone = OF_PROOFS if what == hints.SHOWN else frozenset()
    left = {side: value for side, value in link.pending.items() if side not in gone}
    due = due_at(wants, now=now) if set(wants) == hints.proofs(wants) else link.due_at
    try:
        links.save(replace(link, wants=wants, pending=left, due_at=due))
    except Stale:
        return False
    return True
