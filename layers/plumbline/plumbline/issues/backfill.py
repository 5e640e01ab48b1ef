"""Links that are carried over when a connection is enabled: fed a few at a time, behind live work (A10).

A link of a backfill is made with a due time far ahead, so that it never stands in the way of what is due, and
the sweep feeds it in the order of ids. Fed, it is due soon like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline.stores.records import LinkState

if TYPE_CHECKING:
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Link

# Hints of a backfill that may be under way at once, for each connection: with more, they take the 10-second
# window's calls from live work and then wait for each other (docs/figures.md). Where the hour allows so many
# calls that a minute's share of them pays for more, the window is wider too.
OUTSTANDING = 5
# Should the sweep never come to it, a link of a backfill is due by itself after this long.
LATER = 30 * 86_400.0
# The share of the hour's calls that a backfill leaves to live work.
LIVE_SHARE = 0.3
# A link that is due later than this was not fed yet, or waits for a limit of the tracker or of Procore.
_SOON = 3600.0
_PAGE = 100


def at_once(hour_cap: int, calls_an_issue: int) -> int:
    """How many hints of one backfill may be under way, for the calls that an hour allows."""
    return max(OUTSTANDING, hour_cap // 60 // calls_an_issue)


def next_ones(links: Links, connection_id: str, *, now: float) -> tuple[list[Link], int]:
    """Links that were not fed yet, in their order, and how many are under way.

    One that failed and waits for its next try is not under way: it holds up no other.
    """
    token, under_way = "", 0
    unfed: list[Link] = []
    while not unfed:
        page = links.of_connection(connection_id, state=LinkState.WAITING, limit=_PAGE, token=token)
        carried = [link for link in page.items if link.backfill and link.due_at]
        unfed = [link for link in carried if link.due_at > now + _SOON and not link.cause]
        under_way += sum(link.due_at <= now + _SOON and not link.tries for link in carried)
        token = page.next_token
        if not token:
            break
    return unfed, under_way
