"""What people do with single items: retry, retry all failed, copy again (S14, A4); where they lead (A26)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.issues import hints
from plumbline.issues.pairs import every, revived
from plumbline.procore import companies, permissions
from plumbline.procore import items as procore_items
from plumbline.procore.reading import id_of
from plumbline.stores.ports import Stale
from plumbline.stores.records import ConnectionState, LinkState, Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.procore.client import ProcoreClient
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Connection, Link

MOST_RETRIED = 1000
"""How many failed items one call sets going again; API Gateway ends a call after 29 seconds."""

HINTS_AT_ONCE = 20
"""More hints than this would only wait in the queue; the sweep brings the others as the budget allows."""

MOST_PAGES = 10
"""Pages of the store that one page of a search may read."""

_MOST_SECONDS = 30.0
"""How long a person's own change may have an item in hand; API Gateway waits no longer."""

_OPEN = {LinkState.WAITING, LinkState.PARKED, LinkState.SYNCED}
_SETTLED = {
    LinkState.COPIED: ("The item is copied.", "Use copy-again if its observation was deleted."),
    LinkState.LEFT: (
        "The issue left the trigger status before it was copied.",
        "Set the trigger status again.",
    ),
    LinkState.GONE: (
        "The issue is gone, and its observation lies in the recycle bin.",
        "Restore the issue, or undo the deletion.",
    ),
    LinkState.HELD: (
        "A deletion waits for a person's approval.",
        "Approve or dismiss the plan of the brake.",
    ),
    LinkState.UNLINKED: ("The item has no twin any more, or none yet.", "Link it by hand, or copy it again."),
}
"""Why an item in such a state has nothing to retry, and what to do instead."""


def search(
    links: Links, connection_id: str, words: str, *, state: str = "", limit: int = 100, token: str = ""
) -> Page:
    """Return a page of links that have the words in a number of either side; all without words.

    A page may be empty and still have a token: asking on finds more.
    """
    for _ in range(MOST_PAGES):
        page = links.of_connection(connection_id, state=state, limit=limit, token=token)
        token = page.next_token
        found = tuple(link for link in page.items if _has_words(link, words))
        if found or not token:
            break
    return Page(found, token)


def _has_words(link: Link, words: str) -> bool:
    wanted = words.strip().removeprefix("#").casefold()
    return any(wanted in number.casefold() for number in (link.issue_number, link.observation_number))


def retry(links: Links, link: Link, *, now: float) -> Link:
    """Set a parked, waiting or synced item going again at once. Raises `Reject` and `Stale`."""
    must_be_free(link, now=now)
    if link.state not in _OPEN:
        cause, step = _SETTLED[link.state]
        raise Reject("nothing_to_retry", cause, step, field="item_id", status=409)
    return links.save(_going(link, now))


def must_be_free(link: Link, *, now: float) -> None:
    """Refuse what would cross a worker's work. Raises `Reject`."""
    if link.lease_until > now:
        raise _at_work()


def _at_work() -> Reject:
    return Reject(
        "at_work",
        "A worker has the item in hand right now.",
        "Look again in a minute.",
        field="item_id",
        status=409,
    )


def wake(links: Links, link: Link, *wishes: str, now: float) -> None:
    """Mark an item due in all facets and for these wishes, so that the sweep makes a lost hint good.

    One that a worker has in hand is left alone: the hint that follows makes that worker look again, or comes
    after it and counts by itself.
    """
    found: Link | None = link
    while found and found.lease_until <= now:
        wants = tuple(dict.fromkeys((*hints.ALL, *found.wants, *wishes)))
        try:
            links.save(replace(found, due_at=now, wants=wants))
        except Stale:
            found = links.get(link.id)
        else:
            return


def retry_failed(links: Links, connection_id: str, *, now: float, hint: Callable[[Link], None]) -> int:
    """Set all parked items going again, a thousand at most; returns how many."""
    count = 0
    for link in every(links, connection_id, state=LinkState.PARKED):
        try:
            saved = links.save(_going(link, now))
        except Stale:  # a worker or another person has it in hand already
            continue
        if count < HINTS_AT_ONCE:
            hint(saved)
        count += 1
        if count == MOST_RETRIED:
            break
    return count


def copy_again(links: Links, link: Link, *, now: float) -> Link:
    """Begin another observation for an item whose former one is proven deleted. Raises `Reject` and `Stale`.

    Nothing that was agreed with the former one holds for the next. What is remembered of the former one goes
    first: a crash in between leaves a copied item, as before. One that was set aside never had any. The lease
    keeps workers away, for whom the intents are the only proof of what they have made already.
    """
    held = links.lease(link.id, now=now, until=now + _MOST_SECONDS)
    if held is None:
        raise _at_work()
    if held.version != link.version + 1:  # what was proven, was proven of another state of the item
        links.save(replace(held, lease_until=0.0, due_at=now))
        raise Stale
    former = (link.observation_id,) if link.observation_id else ()
    links.drop_intents(link.id)
    links.drop_files(link.id)
    fresh = replace(
        held, lease_until=0.0, base={}, pending={}, remarks={}, wants=(),
        observed_at=0.0, item_updated_at=0.0, never_shown=False,
    )  # fmt: skip
    return links.save(
        replace(
            _going(fresh, now),
            generation=link.generation + len(former),
            former_observation_ids=(*link.former_observation_ids, *former),
            observation_id="",
            observation_number="",
        )
    )


def must_be_copied(link: Link) -> None:
    """Refuse to copy again what has no twin to take the place of and was not set aside. Raises `Reject`."""
    copied = link.state is LinkState.COPIED and bool(link.observation_id)
    if not (copied or link.state is LinkState.UNLINKED):
        raise Reject(
            "not_copied",
            f"The item is {link.state.value}; it has no finished observation that could have been deleted.",
            "Retry the item instead.",
            field="item_id",
            status=409,
        )


def must_be_deleted(client: ProcoreClient, project_id: str, observation_id: str) -> None:
    """Refuse unless Procore proves that the observation was deleted. Raises `Reject`.

    That it is not found proves nothing: it may be hidden. Proof is the recycle bin, or, for one purged from
    there, the full list, both as someone sees them who sees everything.
    """
    if _is_there(client, project_id, observation_id):
        raise _not_deleted("The observation still exists in Procore.", "Delete it there first, or leave it.")
    if not _sees_everything(client, project_id):
        raise _not_deleted(
            "Procore shows no such observation, and the connected user may not look into the recycle bin.",
            "Have someone with the level Admin on Observations connect, then try again.",
        )
    if any(one.id == observation_id for one in procore_items.recycled_observations(client, project_id)):
        return
    if observation_id in _all_ids(client, project_id):
        raise _not_deleted("The observation still exists in Procore.", "Delete it there first, or leave it.")


def issue_address(host: str, connection: Connection, settings: IssueSettings, issue_id: str) -> str:
    """Return the issue's page; a link does not know its section: the only one chosen, else construction."""
    calls = settings.tracker_calls
    designs = settings.sections == ("design",)
    template = calls.design_issue_page if designs else calls.construction_issue_page
    return host + template.replace("{project_id}", connection.tracker_project_id).replace(
        "{issue_id}", issue_id
    )


def shows_addresses(connection: Connection) -> bool:
    """Say whether twins are shown: a disabled connection keeps them to itself (S8)."""
    return connection.state is not ConnectionState.DISABLED


def _going(link: Link, now: float) -> Link:
    """Let a new worker begin."""
    return replace(revived(link), due_at=now, updated_at=now)


def _is_there(client: ProcoreClient, project_id: str, observation_id: str) -> bool:
    try:
        procore_items.observation(client, project_id, observation_id)
    except Reject as refusal:
        if refusal.code in ("not_found", "gone"):
            return False
        raise
    return True


def _sees_everything(client: ProcoreClient, project_id: str) -> bool:
    need = permissions.Need("observations", "Admin", "see all observations")
    levels = companies.permissions(client, project_id)
    return all(row.passed for row in permissions.check(levels, (need,)))


def _all_ids(client: ProcoreClient, project_id: str) -> set[str]:
    query = {"project_id": project_id, "view": "ids"}
    return set(client.rows(procore_items.ITEMS, _bare_id, query))


def _bare_id(row: object) -> str:
    """Read a row of the view "ids": a bare number, or an object as in the other views."""
    return id_of(row) if isinstance(row, dict) else str(row)


def _not_deleted(cause: str, next_step: str) -> Reject:
    return Reject("not_deleted", cause, next_step, field="item_id", status=409)
