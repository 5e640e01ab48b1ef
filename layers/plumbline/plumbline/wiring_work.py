"""Puts the engines together from what `plumbline.wiring` makes: one function for each kind of work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plumbline import wiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.connections.settings import IssueSettings
    from plumbline.issues.copy_engine import CopyEngine
    from plumbline.issues.tracker_poll import TrackerPoll
    from plumbline.stores.records import Authorization, Connection


def copy_engine(connection: Connection, time_left: Callable[[], float]) -> CopyEngine:
    """The engine that copies issues of one connection; it stops before its time is up."""
    from plumbline.connections import settings as connection_settings
    from plumbline.issues.copy_engine import CopyEngine
    from plumbline.issues.procore_side import ProcoreSide
    from plumbline.procore.uploads import UploadSettings

    settings = connection_settings.read(connection.settings)
    procore = credential(connection.procore_authorization_id)
    return CopyEngine(
        settings=settings,
        tracker=wiring.cxalloy_client(
            credential(connection.tracker_authorization_id), settings.tracker_calls
        ),
        tracker_project_id=connection.tracker_project_id,
        procore=ProcoreSide(
            wiring.procore_client(procore, connection.company_id, time_left),
            connection.project_id,
            # the same authorization renewed by another person cannot attach what the first one uploaded
            identity=f"{procore.id}/{procore.subject}",
            uploads=UploadSettings(threshold=int(wiring.setting("SEGMENT_ABOVE_BYTES"))),
            now=wiring.now,
        ),
        links=wiring.links(),
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


def tracker_poll(connection: Connection, tracker: Authorization, settings: IssueSettings) -> TrackerPoll:
    """The poll of one connection's tracker project."""
    from plumbline.issues.sweep import CALLS_AN_ISSUE, QUEUE_FULL
    from plumbline.issues.tracker_poll import TrackerPoll

    return TrackerPoll(
        connection,
        settings,
        wiring.cxalloy_client(tracker, settings.tracker_calls),
        wiring.links(),
        wiring.snapshots(),
        wiring.activity(),
        send=wiring.send_copy_hint,
        room=lambda: min(
            QUEUE_FULL,
            wiring.procore_budget().room(connection_key(connection), now=wiring.now()) // CALLS_AN_ISSUE,
        ),
        now=wiring.now,
    )
