"""Calls about observations: what can be chosen for them, creating, reading, commenting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plumbline.procore.observations import (
    creation_body,
    read_observation,
    read_response_log,
    response_log_body,
    updated_between,
)
from plumbline.procore.reading import Unreadable, id_of, mapping, wire_id

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.procore.client import Answer, ProcoreClient
    from plumbline.procore.observations import NewObservation, Observation, ResponseLog

ITEMS = "/rest/v1.0/observations/items"

Row = dict[str, Any]


def observation_types(client: ProcoreClient, project_id: str) -> Iterator[Row]:
    """Yield the types that a new observation of the project may have."""
    return client.rows("/rest/v1.0/observations/types", mapping, {"project_id": project_id})


def trades(client: ProcoreClient) -> Iterator[Row]:
    """Yield the company's active trades."""
    path = f"/rest/v1.0/companies/{client.company_id}/trades"
    return client.rows(path, mapping, {"filters[active]": "true"})


def statuses(client: ProcoreClient, project_id: str) -> list[tuple[str, str]]:
    """Return (value, label) of the statuses that the caller may set in the project."""
    path = f"/rest/v1.0/projects/{project_id}/observations/items/statuses"
    return client.request("GET", path).read(_statuses)


def create_observation(
    client: ProcoreClient, project_id: str, new: NewObservation
) -> tuple[Observation, Answer]:
    """Create it with its uploads in one call; returns what Procore acknowledges. Raises `EffectUnknown`."""
    answer = client.request("POST", ITEMS, json=creation_body(project_id, new))
    return answer.read(read_observation), answer


def observation(client: ProcoreClient, project_id: str, item_id: str) -> tuple[Observation, Answer]:
    """Read the detail, which alone has the attachments."""
    answer = client.request("GET", f"{ITEMS}/{item_id}", query={"project_id": project_id})
    return answer.read(read_observation), answer


def create_response_log(
    client: ProcoreClient, project_id: str, item_id: str, comment: str, upload_ids: tuple[str, ...] = ()
) -> ResponseLog:
    """Add a comment; Procore can neither change nor delete it afterwards. Raises `EffectUnknown`."""
    body = response_log_body(project_id, comment, upload_ids)
    return client.request("POST", f"{ITEMS}/{item_id}/response_logs", json=body).read(read_response_log)


def response_logs(client: ProcoreClient, project_id: str, item_id: str) -> Iterator[ResponseLog]:
    """Yield the comments and status changes of one observation, oldest first."""
    path = f"{ITEMS}/{item_id}/response_logs"
    return client.rows(path, read_response_log, {"project_id": project_id})


def observations_updated(
    client: ProcoreClient, project_id: str, start: float, end: float
) -> Iterator[Observation]:
    """Yield what was updated between two moments (Unix seconds), the bounds widened to whole seconds.

    Sorted by creation, so that new ones come last and no row slips between two pages.
    """
    query = {
        "project_id": project_id,
        "filters[updated_at]": updated_between(start, end),
        "sort": "created_at",
    }
    return client.rows(ITEMS, read_observation, query)


def recycled_observations(client: ProcoreClient, project_id: str) -> Iterator[Observation]:
    """Yield what lies in the recycle bin: the only proof that an observation was deleted."""
    # the reference names no page parameters for this list, so none are sent
    path = f"/rest/v1.0/projects/{project_id}/recycle_bin/observations/items"
    return client.rows(path, read_observation, per_page=None)


def default_distribution(client: ProcoreClient, project_id: str) -> Iterator[str]:
    """Yield the ids of the users that a project names as its observations' usual recipients."""
    return client.rows("/rest/v1.0/observations/default_distribution", id_of, {"project_id": project_id})


def send_email(
    client: ProcoreClient, project_id: str, item_id: str, *, to: tuple[str, ...], subject: str, body: str
) -> None:
    """Ask Procore to e-mail this one observation to people, by their user ids."""
    client.request(
        "POST",
        f"{ITEMS}/{item_id}/send_email",
        query={"project_id": project_id},
        json={"subject": subject, "body": body, "distribution_ids": [wire_id(person) for person in to]},
    )


def _statuses(data: object) -> list[tuple[str, str]]:
    if not isinstance(data, list):
        raise Unreadable("the statuses are not a list")
    return [_status(row) for row in data]


def _status(row: object) -> tuple[str, str]:
    """Read one status; the reference of May 2026 names the value `status`, later ones `value`."""
    status = mapping(row)
    value = status.get("value") or status.get("status")
    if not value:
        raise Unreadable("a status has no value")
    return str(value), str(status.get("label") or value)
