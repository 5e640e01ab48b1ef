"""Calls about a project's webhooks (Procore: REST reference v2.0, "Webhooks"; "Webhooks" guide).

Answers of v2.0 are wrapped in `data`, and ids are text. Procore shows of a hook's secret its end only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from plumbline.procore.reading import id_of, mapping, moment_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.wire import Query

PAYLOAD = "v2.0"
"""The version that we ask for: the newest two do not, or not all, name the app that made the change."""

ACTIVE = "active"

Row = TypeVar("Row")
Pair = tuple[str, str]
"""A resource's name and a verb."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook. `secret_end` is the end of its `Authorization`, 5 characters or what is told of it."""

    id: str
    namespace: str
    address: str
    status: str
    secret_end: str

    @property
    def is_active(self) -> bool:
        """Say whether it delivers."""
        return self.status == ACTIVE


@dataclass(frozen=True, slots=True)
class Trigger:
    """One event that a webhook tells of."""

    id: str
    resource: str
    verb: str


@dataclass(frozen=True, slots=True)
class Added:
    """What became of triggers that were asked for; `refusals` are Procore's words on the others."""

    taken: frozenset[Pair]
    refusals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery, delivered, failed, discarded, enqueued or retrying; `at` is the time of its event."""

    id: str
    status: str
    at: float | None


def hooks(client: ProcoreClient, project_id: str, namespace: str = "") -> Iterator[Hook]:
    """Yield the project's webhooks of one namespace, or all that the caller may see."""
    return _rows(client, _hooks(client, project_id), _hook, {"namespace": namespace} if namespace else None)


def create(
    client: ProcoreClient, project_id: str, *, namespace: str, address: str, authorization: str
) -> Hook:
    """Make a webhook without triggers. Raises `EffectUnknown`; the list of its namespace settles that."""
    body = {
        "payload_version": PAYLOAD,
        "namespace": namespace,
        "destination_url": address,
        "destination_headers": {"Authorization": authorization},
    }
    return client.request("POST", _hooks(client, project_id), json=body).read(_wrapped(_hook))


def change(
    client: ProcoreClient, project_id: str, hook_id: str, *, address: str = "", authorization: str = ""
) -> Hook:
    """Make it active, with the address and secret that are given. Raises `EffectUnknown`."""
    body: dict[str, Any] = {"status": ACTIVE}
    if address:
        body["destination_url"] = address
    if authorization:
        body["destination_headers"] = {"Authorization": authorization}
    path = f"{_hooks(client, project_id)}/{hook_id}"
    return client.request("PATCH", path, json=body).read(_wrapped(_hook))


def delete(client: ProcoreClient, project_id: str, hook_id: str) -> None:
    """Delete it with its triggers. Raises `Reject` "not_found" when it is gone, and `EffectUnknown`."""
    client.request("DELETE", f"{_hooks(client, project_id)}/{hook_id}")


def triggers(client: ProcoreClient, project_id: str, hook_id: str) -> Iterator[Trigger]:
    """Yield what a webhook tells of."""
    return _rows(client, f"{_hooks(client, project_id)}/{hook_id}/triggers", _trigger)


def add_triggers(client: ProcoreClient, project_id: str, hook_id: str, wanted: Iterable[Pair]) -> Added:
    """Ask for triggers in one call, of which Procore may refuse some (207). Raises `EffectUnknown`."""
    body = [{"resource_name": resource, "event_type": verb} for resource, verb in wanted]
    path = f"{_hooks(client, project_id)}/{hook_id}/triggers/bulk"
    return client.request("POST", path, json=body).read(_added)


def resources(client: ProcoreClient, project_id: str) -> frozenset[Pair]:
    """Return all that a project's webhook can tell of."""
    path = f"{_root(client, project_id)}/resources"
    offered = _rows(client, path, _offered, {"payload_version": PAYLOAD})
    return frozenset(pair for pairs in offered for pair in pairs)


def deliveries(
    client: ProcoreClient, project_id: str, hook_id: str, *, status: str, start: float, end: float
) -> Iterator[Delivery]:
    """Yield deliveries of one status between two moments (Unix seconds), widened to whole days of UTC."""
    query = {"filter[status]": status, "filter[start]": _day(start), "filter[end]": _day(end)}
    return _rows(client, f"{_hooks(client, project_id)}/{hook_id}/deliveries", _delivery, query)


def _root(client: ProcoreClient, project_id: str) -> str:
    return f"/rest/v2.0/companies/{client.company_id}/projects/{project_id}/webhooks"


def _hooks(client: ProcoreClient, project_id: str) -> str:
    return f"{_root(client, project_id)}/hooks"


def _rows(
    client: ProcoreClient, path: str, reader: Callable[[Any], Row], query: Query | None = None
) -> Iterator[Row]:
    for answer in client.pages(path, query):
        yield from answer.read(lambda data: [reader(row) for row in mapping(data).get("data") or ()])


def _wrapped(reader: Callable[[Any], Row]) -> Callable[[Any], Row]:
    return lambda data: reader(mapping(data).get("data"))


def _hook(row: object) -> Hook:
    row = mapping(row)
    headers = row.get("destination_headers")
    secret = headers.get("Authorization") if isinstance(headers, dict) else None
    return Hook(
        id=id_of(row),
        namespace=str(row.get("namespace") or ""),
        address=str(row.get("destination_url") or ""),
        status=str(row.get("status") or ACTIVE),
        secret_end=_end(str(secret or "")),
    )


def _end(masked: str) -> str:
    """Return what is legible at the end of a masked secret; whatever it is masked with is no letter."""
    legible = re.search(r"[0-9A-Za-z]*$", masked)
    return legible[0][-5:] if legible else ""


def _trigger(row: object) -> Trigger:
    row = mapping(row)
    return Trigger(id_of(row), str(row.get("resource_name") or ""), str(row.get("event_type") or ""))


def _added(data: object) -> Added:
    """Read a list of triggers, or, where some were refused, both lists; that of refusals has no set form."""
    found = mapping(data).get("data")
    both = found if isinstance(found, dict) else {"succeeded": found}
    held = map(_trigger, both.get("succeeded") or ())
    refused = (row.get("message") if isinstance(row, dict) else row for row in both.get("failed") or ())
    return Added(
        frozenset((trigger.resource, trigger.verb) for trigger in held),
        tuple(str(words or "no words") for words in refused),
    )


def _offered(row: object) -> list[Pair]:
    """Read one resource; its verbs are texts, in the reference of May 2026 objects."""
    row = mapping(row)
    verbs = (verb.get("name") if isinstance(verb, dict) else verb for verb in row.get("actions") or ())
    return [(str(row.get("name") or ""), str(verb)) for verb in verbs]


def _delivery(row: object) -> Delivery:
    row = mapping(row)
    payload = row.get("payload")
    told = payload.get("timestamp") if isinstance(payload, dict) else None
    return Delivery(id_of(row), str(row.get("status") or ""), moment_of(told))


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
