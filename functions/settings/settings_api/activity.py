"""The activity log: read, filter, export (S12)."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from plumbline import wiring
from plumbline.connections import log
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api.answers import Listing, LogEntry, moment
from settings_api.desk import PathId, connection_of, item_of, new_router, require
from settings_api.document import ok
from settings_api.items import Limit, Token, issue_address, observation_address

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["items"]}
_CONNECTION = "/tenants/<tenant_id>/connections/<connection_id>"

ItemId = Annotated[str, Query(alias="item", pattern=r"^[A-Za-z0-9_-]{0,64}$", description="An item's id")]
Outcome = Annotated[str, Query(max_length=64, description="Such as copied, failed or parked")]
Since = Annotated[datetime | None, Query(alias="from", description="Not older than this")]
Until = Annotated[datetime | None, Query(alias="to", description="Not newer than this")]
Words = Annotated[str, Query(alias="search", max_length=100, description="Words in the message")]
Cause = Annotated[
    Literal["", "webhook", "poll", "sweep", "manual", "backfill"], Query(description="What set it off")
]
Direction = Annotated[Literal["", "to_procore", "to_tracker"], Query(description="Where to it went")]


@router.get(f"{_CONNECTION}/activity", summary="Read the activity log", responses=ok(), **_ROUTE)
def read_activity(
    tenant_id: PathId,
    connection_id: PathId,
    *,
    item: ItemId = "",
    outcome: Outcome = "",
    since: Since = None,
    until: Until = None,
    words: Words = "",
    cause: Cause = "",
    direction: Direction = "",
    limit: Limit = 100,
    token: Token = "",
) -> Listing[LogEntry]:
    """Read what happened, newest first; a page may be empty and still have a next one."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    kind = {"outcome": outcome, "words": words, "cause": cause, "direction": direction}
    wanted = _filter(connection, item, since=since, until=until, **kind)
    found, following = log.read(wiring.activity(), connection.id, wanted, limit=limit, token=token)
    return Listing(items=[_entry(connection, one) for one in found], next_token=following)


@router.get(
    f"{_CONNECTION}/activity.csv",
    summary="Export the activity log",
    responses=ok(200, "CSV", content={"text/csv": {"schema": {"type": "string"}}}),
    **_ROUTE,
)
def export_activity(
    tenant_id: PathId,
    connection_id: PathId,
    *,
    item: ItemId = "",
    outcome: Outcome = "",
    since: Since = None,
    until: Until = None,
    words: Words = "",
    cause: Cause = "",
    direction: Direction = "",
    token: Token = "",
) -> Response[str]:
    """Export the log as CSV, 5,000 rows at once; the header Plumbline-Next-Token asks for the next."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    kind = {"outcome": outcome, "words": words, "cause": cause, "direction": direction}
    wanted = _filter(connection, item, since=since, until=until, **kind)
    text, following = log.export(wiring.activity(), connection.id, wanted, token)
    name = f"activity-{connection.id}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Plumbline-Next-Token": following,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(200, "text/csv; charset=utf-8", text, headers=headers)


def _filter(
    connection: records.Connection,
    item: str,
    *,
    since: datetime | None,
    until: datetime | None,
    **kind: str,
) -> log.Filter:
    return log.Filter(
        issue_id=item_of(connection, item).issue_id if item else "",
        since=_seconds(since),
        until=_seconds(until),
        **kind,
    )


def _seconds(time: datetime | None) -> float:
    """Turn a time into Unix seconds; without a zone it is UTC."""
    if time is None:
        return 0.0
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()


def _entry(connection: records.Connection, one: records.Activity) -> LogEntry:
    return LogEntry(
        id=one.id,
        at=moment(one.at),
        outcome=one.outcome,
        cause=one.cause,
        direction=one.direction,
        message=one.message,
        next_step=one.next_step,
        issue_id=one.issue_id,
        issue_number=one.issue_number,
        issue_address=issue_address(connection, one.issue_id),
        observation_id=one.observation_id,
        observation_address=observation_address(connection, one.observation_id),
        before=one.before,
        after=one.after,
    )
