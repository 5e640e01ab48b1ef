"""A person's approval of many deletes at once: exact, and of no size (S16)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from plumbline.connections import braking
from plumbline.stores.memory import MemoryCursors, MemoryLinks
from plumbline.stores.ports import Stale
from plumbline.stores.records import BRAKE, Cursor, Link, LinkState

NOW = 1_800_000_000.0
MOST_OF_AN_ITEM = 400_000  # bytes (DynamoDB: "Quotas", item size)


def room(count: int) -> tuple[MemoryLinks, MemoryCursors]:
    """So many links whose observation waits to be deleted, the brake on."""
    links, cursors = MemoryLinks(), MemoryCursors()
    cursors.save(Cursor("c1", BRAKE, notes={"tripped_at": NOW - 60}))
    for number in range(count):
        link = Link(f"{number:032x}", "c1", str(number), LinkState.HELD, pending={"delete": "observation"})
        links.create(replace(link, observation_id=f"9{number}"))
    return links, cursors


def approve(links: Any, cursors: MemoryCursors) -> braking.Held:
    seen = braking.plan(links, cursors, "c1").hash
    return braking.approve(links, cursors, "c1", seen, now=NOW, hint=lambda _: None)


def notes(cursors: MemoryCursors) -> dict[str, Any]:
    cursor = cursors.get("c1", BRAKE)
    assert cursor
    return cursor.notes


def test_s16_a_plan_of_thousands_fits_its_record() -> None:
    links, cursors = room(2500)

    held = approve(links, cursors)

    assert len(held.links) == 2500
    assert braking.plan(links, cursors, "c1").approved
    assert len(json.dumps(notes(cursors))) < 1000 < MOST_OF_AN_ITEM


def test_s16_one_that_a_worker_has_in_hand_is_named_by_the_brake() -> None:
    links, cursors = room(3)
    save = links.save

    def busy(link: Link) -> Link:
        if link.issue_id == "1":
            raise Stale(link.id)
        return save(link)

    links.save = busy  # type: ignore[method-assign]
    held = approve(links, cursors)

    assert notes(cursors)["approved"] == {"hash": held.hash, "links": [f"{1:032x}"]}
    assert braking.plan(links, cursors, "c1").approved


def test_s16_what_is_held_later_is_not_approved() -> None:
    links, cursors = room(2)
    approve(links, cursors)
    links.create(Link("late", "c1", "77", LinkState.HELD, pending={"delete": "issue"}))

    assert not braking.plan(links, cursors, "c1").approved


def test_s16_the_rest_of_a_carried_out_plan_stays_approved() -> None:
    links, cursors = room(3)
    approve(links, cursors)
    done = links.get(f"{0:032x}")
    assert done
    links.save(replace(done, state=LinkState.GONE, pending={}))

    assert braking.plan(links, cursors, "c1").approved
