"""Calls about observations: what can be chosen for them, creating, reading, changing, commenting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plumbline.errors import Reject
from plumbline.procore.observations import (
    creation_body,
    read_observation,
    read_response_log,
    response_log_body,
    update_body,
    updated_between,
)
from plumbline.procore.reading import Unreadable, id_of, mapping, wire_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plumbline.procore.client import Answer, ProcoreClient
    from plumbline.procore.observations import NewObservation, Observation, ResponseLog

ITEMS = "/rest/v1.0/observations/items"
IDS_PER_PAGE = 2000  # Procore, "Pagination": the most that v1 lists are advised to be asked for
IDS_PER_CALL = 100  # so that an address stays short

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


def update_observation(
    client: ProcoreClient, project_id: str, item_id: str, changes: Mapping[str, object]
) -> tuple[Observation, Answer]:
    """Change the fields that are given (see `update_body`); returns the detail. Raises `EffectUnknown`."""
    answer = client.request("PATCH", f"{ITEMS}/{item_id}", json=update_body(project_id, changes))
    return answer.read(read_observation), answer


def delete_observation(client: ProcoreClient, project_id: str, item_id: str) -> Answer:
    """Move it to the recycle bin; the answer has no data. Raises `EffectUnknown`."""
    return client.request("DELETE", f"/rest/v1.0/projects/{project_id}/observations/items/{item_id}")


def restore_observation(client: ProcoreClient, project_id: str, item_id: str) -> tuple[Observation, Answer]:
    """Bring it back from the recycle bin under the same id; returns the detail. Raises `EffectUnknown`."""
    answer = client.request("PATCH", f"{_bin(project_id)}/{item_id}/restore")
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
    return client.rows(path, read_response_log, {"project_id": project_id}, whole=True)


def project_logs(
    client: ProcoreClient, project_id: str, *, start: float, end: float
) -> Iterator[ResponseLog]:
    """Yield the comments and status changes of all observations that were updated between two moments."""
    query = {"filters[updated_at]": updated_between(start, end)}
    return client.rows(_logs(project_id), read_response_log, query, whole=True)


def observation_ids(client: ProcoreClient, project_id: str) -> list[str]:
    """Return the id of every observation that the caller may see, the cheapest full inventory.

    Procore's reference (view `ids`) does not say whether this list has pages; they are followed if it has.
    """
    query = {"project_id": project_id, "view": "ids", "sort": "created_at"}
    return list(client.rows(ITEMS, _bare_id, query, per_page=IDS_PER_PAGE))


def observations(client: ProcoreClient, project_id: str) -> Iterator[Observation]:
    """Yield every observation that the caller may see, those made last at the end."""
    query = {"project_id": project_id, "sort": "created_at"}
    return client.rows(ITEMS, read_observation, query, whole=True)


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
    return client.rows(ITEMS, read_observation, query, whole=True)


def recycled_observations(
    client: ProcoreClient, project_id: str, *, start: float = 0.0, end: float = 0.0
) -> Iterator[Observation]:
    """Yield what lies in the recycle bin: the only proof that an observation was deleted.

    With `end`, only what was updated between the two moments; that a delete counts as an update is not said.
    """
    query = {"filters[updated_at]": updated_between(start, end)} if end else None
    # the reference names no page parameters for this list, so none are sent
    return client.rows(_bin(project_id), read_observation, query, per_page=None)


def recycled_observation(client: ProcoreClient, project_id: str, item_id: str) -> Observation | None:
    """Return it if it lies in the recycle bin; None when Procore shows none there."""
    try:
        return client.request("GET", f"{_bin(project_id)}/{item_id}").read(read_observation)
    except Reject as refusal:
        if refusal.code == "not_found":
            return None
        raise


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


def _bin(project_id: str) -> str:
    return f"/rest/v1.0/projects/{project_id}/recycle_bin/observations/items"


def _logs(project_id: str) -> str:
    return f"/rest/v1.0/projects/{project_id}/observations/response_logs"


def _bare_id(row: object) -> str:
    return id_of(row if isinstance(row, dict) else {"id": row})


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
