"""Previews over the API: ask, read as JSON or CSV, approve (S11, S17, A11)."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from plumbline import wiring, wiring_jobs, wiring_queues
from plumbline.connections import approving, jobs, lifecycle, previews
from plumbline.connections import settings as settings_room
from plumbline.connections.tenancy import Visit, not_found
from plumbline.issues.preview import Row
from plumbline.stores import records
from plumbline.stores.records import Role
from settings_api.desk import PathId, complete, connection_of, new_router, require
from settings_api.document import JSON, ok
from settings_api.given import SeenPlan
from settings_api.lists import read_time
from settings_api.preview_answers import Approved, Preview, PreviewAsked

router = new_router()
_ROUTE: dict[str, Any] = {"tags": ["previews"]}
_ALL = "/tenants/<tenant_id>/connections/<connection_id>/previews"
_ONE = f"{_ALL}/<preview_id>"
_CSV = {"text/csv": {"schema": {"type": "string"}}}

MOST_ROWS = 1000
"""Rows of one answer: a Lambda's answer ends at 6 MB, and a row with long texts takes some kilobytes."""

Limit = Annotated[int, Query(ge=1, le=MOST_ROWS)]
Offset = Annotated[str, Query(pattern=r"^[0-9]{0,9}$", description="From the page before", alias="token")]


@router.post(_ALL, summary="Ask for a preview", responses=ok(202, "It is being made"), **_ROUTE)
def ask_preview(tenant_id: PathId, connection_id: PathId) -> Response[PreviewAsked]:
    """Have it said what ongoing sync would do now, item by item; nothing is written on either side."""
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    lifecycle.must_sync(connection)
    complete(visit, connection)
    asked = previews.ask(
        wiring.cursors(),
        wiring.work(),
        connection.id,
        settings_room.read(connection.settings),
        who=visit.who,
        now=wiring.now(),
    )
    wiring_queues.send_job(jobs.preview_job(connection.id, asked.id))
    return Response(202, JSON, PreviewAsked(id=asked.id))


@router.get(f"{_ONE}.csv", summary="Export a preview", responses=ok(200, "CSV", content=_CSV), **_ROUTE)
def export_preview(
    tenant_id: PathId, connection_id: PathId, preview_id: PathId, offset: Offset = ""
) -> Response[str]:
    """Export a preview as CSV, 1,000 rows at once; the header Plumbline-Next-Token asks for the next."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    made = _preview(connection, preview_id)
    rows, following = _page(made, offset, MOST_ROWS)
    headers = {
        "Content-Disposition": f'attachment; filename="preview-{made.id}.csv"',
        "Plumbline-Next-Token": following,
        "X-Content-Type-Options": "nosniff",
    }
    return Response(200, "text/csv; charset=utf-8", previews.to_csv(rows), headers=headers)


@router.get(_ONE, summary="Read a preview", responses=ok(), **_ROUTE)
def read_preview(
    tenant_id: PathId, connection_id: PathId, preview_id: PathId, limit: Limit = 500, offset: Offset = ""
) -> Preview:
    """Read a preview; its rows come page by page. Ask again while it is waiting."""
    connection = connection_of(require(router, tenant_id, Role.VIEWER), connection_id)
    made = _preview(connection, preview_id)
    rows, following = _page(made, offset, limit)
    current = previews.settings_hash(settings_room.read(connection.settings))
    return Preview.of(made, rows, following, settings_changed=made.settings != current)


@router.post(f"{_ONE}/approve", summary="Approve a preview", responses=ok(200, "Done, or begun"), **_ROUTE)
def approve_preview(tenant_id: PathId, connection_id: PathId, preview_id: PathId, body: SeenPlan) -> Approved:
    """Make the proposed pairs twins and let changed maps be carried over; the rest is the sync's own work.

    What changed after the preview is left out and named. A long approval goes on as a job: state approving.
    """
    visit = require(router, tenant_id, Role.MANAGER)
    connection = connection_of(visit, connection_id)
    made = _preview(connection, preview_id)
    previews.must_be_approvable(made, settings_room.read(connection.settings), body.hash)
    return Approved.of(_approved(visit, connection, made))


def _approved(visit: Visit, connection: records.Connection, made: previews.Preview) -> previews.Preview:
    if approving.is_short(made):
        return wiring_jobs.jobs(read_time()).approve(connection, made, visit.who)
    begun = previews.begin_approval(wiring.work(), made)
    wiring_queues.send_job(jobs.approve_job(connection.id, made.id, visit.who))
    return begun


def _page(made: previews.Preview, offset: str, limit: int) -> tuple[tuple[Row, ...], str]:
    """Cut the rows from one token to the next; "" on the last page."""
    start = int(offset or 0)
    end = start + limit
    return made.rows[start:end], str(end) if end < len(made.rows) else ""


def _preview(connection: records.Connection, preview_id: str) -> previews.Preview:
    found = previews.read(wiring.work(), connection.id, preview_id)
    if found is None:
        raise not_found("preview", "preview_id")
    return found
