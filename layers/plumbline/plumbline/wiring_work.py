"""Puts the engines together from what `plumbline.wiring` makes: one function for each kind of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline import wiring, wiring_queues

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.carrying import Carrying
    from plumbline.issues.comments_poll import CommentsPoll
    from plumbline.issues.copy_engine import CopyEngine
    from plumbline.issues.sync_poll import SyncPoll
    from plumbline.issues.tracker_poll import TrackerPoll
    from plumbline.stores.ports import Links
    from plumbline.stores.records import Authorization, Connection

# The share of an hour's calls that polls and a backfill leave to work that somebody waits for.
FOR_LIVE_WORK = 0.25


def copy_engine(connection: Connection, time_left: Callable[[], float]) -> CopyEngine:
    """The engine that copies issues of one connection; it stops before its time is up."""
    from plumbline.connections import settings as connection_settings
    from plumbline.issues.copy_engine import CopyEngine

    settings = connection_settings.read(connection.settings)
    return CopyEngine(settings, carrying(connection, settings, wiring.plain_links(), time_left))


def carrying(
    connection: Connection,
    settings: IssueSettings,
    links: Links,
    time_left: Callable[[], float],
    reserve: float = 0.0,
) -> Carrying:
    """What carries issues of one connection over to Procore; `reserve` is the share left to others."""
    from plumbline.issues.carrying import Carrying
    from plumbline.issues.procore_side import ProcoreSide
    from plumbline.procore.uploads import UploadSettings

    procore = credential(connection.procore_authorization_id)
    return Carrying(
        tracker=wiring.cxalloy_client(
            credential(connection.tracker_authorization_id), settings.tracker_calls
        ),
        tracker_project_id=connection.tracker_project_id,
        procore=ProcoreSide(
            wiring.procore_client(procore, connection.company_id, time_left, reserve),
            connection.project_id,
            # the same authorization renewed by another person cannot attach what the first one uploaded
            identity=f"{procore.id}/{procore.subject}",
            uploads=UploadSettings(threshold=int(wiring.setting("SEGMENT_ABOVE_BYTES"))),
            now=wiring.now,
        ),
        links=links,
        now=wiring.now,
        time_left=time_left,
        adopt_after=float(wiring.setting("ADOPT_AFTER_SECONDS")),
    )


def credential(authorization_id: str) -> Authorization:
    """An authorization that must be there: without it a person has to connect again."""
    from plumbline.errors import NeedsAuthorization

    found = wiring.authorizations().get(authorization_id)
    if found is None:
        raise NeedsAuthorization(authorization_id, "The credential of this connection was removed.")
    return found


def connection_key(connection: Connection) -> str:
    """The budget that a connection's work at Procore is paid from."""
    return wiring.procore_key(credential(connection.procore_authorization_id), connection.company_id)


def tracker_poll(
    connection: Connection, tracker: Authorization, settings: IssueSettings
) -> TrackerPoll | SyncPoll:
    """The poll of one connection's tracker project, as its approach wants it."""
    from plumbline.issues.sync_poll import SyncPoll
    from plumbline.issues.tracker_poll import TrackerPoll

    client = wiring.cxalloy_client(tracker, settings.tracker_calls)
    if connection.approach == "sync":
        return SyncPoll(
            connection,
            settings,
            client,
            wiring.plain_links(),
            wiring.snapshots(),
            wiring.cursors(),
            wiring.activity(),
            send=wiring_queues.send_sync_hint,
            room=lambda: room_for_hints(connection),
            now=wiring.now,
        )
    return TrackerPoll(
        connection,
        settings,
        client,
        wiring.plain_links(),
        wiring.snapshots(),
        wiring.activity(),
        send=wiring_queues.send_copy_hint,
        room=lambda: room_for_hints(connection),
        now=wiring.now,
    )


def comments_poll(
    connection: Connection,
    procore: Authorization,
    settings: IssueSettings,
    time_left: Callable[[], float],
) -> CommentsPoll:
    """The look at one project's comments; it leaves live work its share of Procore's calls."""
    from plumbline.issues.comments_poll import CommentsPoll

    return CommentsPoll(
        connection,
        settings,
        wiring.procore_client(procore, connection.company_id, time_left, FOR_LIVE_WORK),
        wiring.plain_links(),
        send=wiring_queues.send_sync_hint,
        room=lambda: room_for_hints(connection),
        now=wiring.now,
    )


def room_for_hints(connection: Connection) -> int:
    """How many hints one poll may send: what the authorizer's calls pay for, and what a queue takes well."""
    from plumbline.issues.sweep import CALLS_AN_ISSUE, QUEUE_FULL

    left = wiring.procore_budget().room(connection_key(connection), now=wiring.now())
    return min(QUEUE_FULL, left // CALLS_AN_ISSUE)
