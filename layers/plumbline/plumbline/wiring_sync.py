"""Puts the parts of ongoing sync together from what `plumbline.wiring` makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline import wiring, wiring_jobs, wiring_queues, wiring_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.inventory import Inventory
    from plumbline.issues.sync_engine import SyncEngine
    from plumbline.stores.records import Authorization, Connection


def sync_engine(connection: Connection, time_left: Callable[[], float], is_backfill: bool) -> SyncEngine:
    """The engine that keeps pairs of one connection true; a backfill leaves live work its share of calls."""
    from plumbline.connections import settings as connection_settings
    from plumbline.issues.sync_context import Context
    from plumbline.issues.sync_engine import SyncEngine

    settings = connection_settings.read(connection.settings)
    reserve = wiring_work.FOR_LIVE_WORK if is_backfill else 0.0
    carrying = wiring_work.carrying(connection, settings, wiring.links(), time_left, reserve)
    return SyncEngine(Context(connection, settings, carrying, wiring.cursors(), wiring.activity()))


def take_over(connection: Connection) -> Connection | None:
    """The connection under another of its authorizers that may work in the project; None without one."""
    from plumbline.connections import takeover

    after = takeover.take_over(
        wiring.connections(),
        wiring.authorizations(),
        wiring.activity(),
        connection,
        now=wiring.now(),
        may_work=lambda other: takeover.may_work(
            wiring.procore_client(other, connection.company_id), connection, other
        ),
    )
    changed = after.procore_authorization_id != connection.procore_authorization_id
    return after if changed else None


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
