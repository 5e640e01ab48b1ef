"""Puts the parts of ongoing sync together from what `plumbline.wiring` makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline import wiring, wiring_jobs, wiring_queues, wiring_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.authorizers import Authorizers
    from plumbline.connections.settings import IssueSettings
    from plumbline.errors import Reject
    from plumbline.issues.inventory import Inventory
    from plumbline.issues.sync_engine import SyncEngine
    from plumbline.stores.records import Authorization, Connection

# How long an authorizer's rights may be asked about: there is other work to do.
ASKING_SECONDS = 10.0


def sync_engine(connection: Connection, time_left: Callable[[], float], is_backfill: bool) -> SyncEngine:
    """The engine that keeps pairs of one connection true; a backfill leaves live work its share of calls."""
    from plumbline.connections import settings as connection_settings
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_engine import SyncEngine

    settings = connection_settings.read(connection.settings)
    reserve = wiring_work.FOR_LIVE_WORK if is_backfill else 0.0
    carrying = wiring_work.carrying(connection, settings, wiring.links(), time_left, reserve)
    context = Context(connection, settings, carrying, wiring.cursors(), wiring.activity(), pause=wiring.sleep)
    return SyncEngine(context)


def take_over(connection: Connection, refusal: Reject | None) -> Connection | None:
    """What `Authorizers.take_over` does; its clients are loaded only when it comes to that."""
    return authorizers().take_over(connection, refusal)


def authorizers() -> Authorizers:
    """Those who may work for connections; asking about one waits for the budget a few seconds at most."""
    from plumbline.connections.authorizers import Authorizers

    return Authorizers(
        wiring.connections(),
        wiring.authorizations(),
        wiring.cursors(),
        wiring.activity(),
        lambda connection, held: wiring.procore_client(held, connection.company_id, lambda: ASKING_SECONDS),
        wiring.now,
    )


def inventory(
    connection: Connection,
    procore: Authorization,
    settings: IssueSettings,
    time_left: Callable[[], float],
) -> Inventory:
    """The look at all that no webhook told of one connection; it leaves live work its share of calls."""
    from plumbline.connections.hooks import HookKeeper
    from plumbline.issues.inventory import Inventory

    client = wiring.procore_client(procore, connection.company_id, time_left, wiring_work.FOR_LIVE_WORK)
    return Inventory(
        connection,
        settings,
        client,
        HookKeeper(client, wiring.cursors()),
        wiring_jobs.wanted_hook(connection),
        wiring.plain_links(),
        wiring.activity(),
        send=wiring_queues.send_sync_hint,
        room=lambda: wiring_work.room_for_hints(connection),
        now=wiring.now,
    )
