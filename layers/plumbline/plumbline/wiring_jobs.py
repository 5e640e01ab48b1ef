"""Puts together what people ask for: jobs, previews, the memory of a connection, its webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline import wiring, wiring_queues, wiring_work

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.deleting import Memory
    from plumbline.connections.hook_state import WantedHook
    from plumbline.connections.hooks import HookKeeper
    from plumbline.connections.jobs import Jobs
    from plumbline.connections.settings import IssueSettings
    from plumbline.connections.surveying import Survey
    from plumbline.issues.preview import Room
    from plumbline.stores.records import Connection


def jobs(time_left: Callable[[], float]) -> Jobs:
    """What runs the messages of the jobs queue, and short approvals while a person waits."""
    from plumbline.connections.jobs import Jobs

    return Jobs(
        memory(),
        wiring.activity(),
        lambda connection, settings: survey(connection, settings, time_left),
        room,
        wiring_queues.send_sync_hint,
        wiring.now,
        time_left,
    )


def memory() -> Memory:
    """The stores that remember something of a connection."""
    from plumbline.connections.deleting import Memory

    return Memory(wiring.connections(), wiring.links(), wiring.cursors(), wiring.snapshots(), wiring.work())


def survey(connection: Connection, settings: IssueSettings, time_left: Callable[[], float]) -> Survey:
    """One look at both projects of a connection; it leaves live work its share of Procore's calls."""
    from plumbline.connections.surveying import Survey

    procore = wiring_work.credential(connection.procore_authorization_id)
    tracker = wiring_work.credential(connection.tracker_authorization_id)
    return Survey(
        connection,
        settings,
        wiring.cxalloy_client(tracker, settings.tracker_calls),
        wiring.procore_client(procore, connection.company_id, time_left, wiring_work.FOR_LIVE_WORK),
        wiring.links(),
        wiring.now,
    )


def room(connection: Connection) -> Room:
    """What Procore allows the connection's authorizer right now."""
    from plumbline.issues.preview import Room

    key, now = wiring_work.connection_key(connection), wiring.now()
    _, hourly, ends = wiring.procore_budget().peek(key, now=now)
    return Room(wiring.procore_budget().room(key, now=now), hourly, max(0.0, ends - now))


def hook_keeper(connection: Connection, time_left: Callable[[], float]) -> HookKeeper:
    """What looks after a connection's webhook, in the name of its authorizer."""
    from plumbline.connections.hooks import HookKeeper

    held = wiring_work.credential(connection.procore_authorization_id)
    return HookKeeper(wiring.procore_client(held, connection.company_id, time_left), wiring.cursors())


def wanted_hook(connection: Connection) -> WantedHook:
    """The webhook that a connection is to have: at its own address, with its own namespace and secret."""
    from plumbline.connections.hook_state import WantedHook, namespace_of

    app = wiring.setting("HOOK_NAMESPACE", "plumbline")
    return WantedHook(
        connection.id,
        connection.project_id,
        namespace_of(app, connection.id),
        f"{wiring.public_address()}/hooks/procore/{connection.id}",
        wiring.hook_masters()[0],
        app=app,
    )
