"""What people do with single items: retry, retry all failed, copy again (S14, A4); where they lead (A26)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from plumbline.errors import Reject
from plumbline.procore import companies, permissions
from plumbline.procore import items as procore_items
from plumbline.procore.reading import id_of
from plumbline.stores.ports import Stale
from plumbline.stores.records import ConnectionState, LinkState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plumbline.connections.settings import IssueSettings
    from plumbline.procore.client import ProcoreClient
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Connection, Link

MOST_RETRIED = 1000
"""How many failed items one call sets going again; API Gateway ends a call after 29 seconds."""

HINTS_AT_ONCE = 20
"""More hints than this would only wait in the queue; the sweep brings the others as the budget allows."""

_OPEN = {LinkState.WAITING, LinkState.PARKED}


def retry(links: Links, link: Link, *, now: float) -> Link:
    """Set a parked or waiting item going again at once. Raises `Reject` and `Stale`."""
    if link.lease_until > now:
        raise Reject(
            "at_work",
            "A worker has the item in hand right now.",
            "Look again in a minute.",
            field="item_id",
            status=409,
        )
    if link.state not in _OPEN:
        done = link.state is LinkState.COPIED
        raise Reject(
            "nothing_to_retry",
            "The item is copied." if done else "The issue left the trigger status before it was copied.",
            "Use copy-again if its observation was deleted." if done else "Set the trigger status again.",
            field="item_id",
            status=409,
        )
    return links.save(_going(link, now))


def retry_failed(links: Links, connection_id: str, *, now: float, hint: Callable[[Link], None]) -> int:
    """Set all parked items going again, a thousand at most; returns how many."""
    count = 0
    for link in _parked(links, connection_id):
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
    """Begin another observation for an item whose former one is proven deleted. Raises `Stale`.

    What is remembered of the former one goes first: a crash in between leaves a copied item, as before.
    """
    links.drop_intents(link.id)
    links.drop_files(link.id)
    return links.save(
        replace(
            _going(link, now),
            generation=link.generation + 1,
            former_observation_ids=(*link.former_observation_ids, link.observation_id),
            observation_id="",
            observation_number="",
        )
    )


def must_be_copied(link: Link) -> None:
    """Refuse to copy again what is not copied yet. Raises `Reject`."""
    if link.state is not LinkState.COPIED or not link.observation_id:
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
    return replace(link, state=LinkState.WAITING, tries=0, cause="", next_step="", due_at=now, updated_at=now)


def _parked(links: Links, connection_id: str) -> Iterator[Link]:
    token = ""
    while True:
        page = links.of_connection(connection_id, state=LinkState.PARKED, limit=100, token=token)
        yield from page.items
        token = page.next_token
        if not token:
            return


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
