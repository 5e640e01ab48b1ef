"""Reads what Procore delivers to our address: payload v2.0, v3.0 and v4.0, without I/O and without the layer.

Source: Procore, "Webhooks" guide, payload samples. A delivery is an id and a verb, never content; verbs and
resources that are not known here pass, for new ones come without notice.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

LARGEST = 256 * 1024
"""Bytes of a body that are accepted; the largest delivery seen has less than one kilobyte."""


class UnreadableDelivery(ValueError):
    """The body is no delivery of Procore's; the text says why and never quotes it."""


@dataclass(frozen=True, slots=True)
class Event:
    """One delivery. `at` is Unix seconds; `application` is the app that made the change, "" if not told."""

    id: str
    at: float
    verb: str
    resource: str
    resource_id: str
    company_id: str
    project_id: str
    user_id: str
    application: str


def read_event(body: bytes | str) -> Event:
    """Read a delivery in any of the three payload versions. Raises `UnreadableDelivery`."""
    payload = _payload(body)
    metadata = payload.get("metadata")
    return Event(
        id=_needed(payload, "ulid", "id"),
        at=_moment(_needed(payload, "timestamp")),
        verb=_needed(payload, "event_type", "reason"),  # `reason` is what v4.0 calls it
        resource=_needed(payload, "resource_name", "resource_type"),
        resource_id=_needed(payload, "resource_id"),
        company_id=_text(payload, "company_id"),
        project_id=_text(payload, "project_id"),
        user_id=_text(payload, "user_id"),
        application=_text(metadata, "source_application_id") if isinstance(metadata, dict) else "",
    )


def _payload(body: bytes | str) -> dict[str, object]:
    size = len(body.encode(errors="replace") if isinstance(body, str) else body)
    if size > LARGEST:
        raise UnreadableDelivery(f"it has more than {LARGEST} bytes")
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as error:  # bytes that are no UTF-8 are a ValueError too
        raise UnreadableDelivery("it is no JSON") from error
    if not isinstance(payload, dict):
        raise UnreadableDelivery("it is no JSON object")
    return payload


def _needed(payload: dict[str, object], *names: str) -> str:
    """Return the first of the fields that is set, as text: ids are numbers up to v3.0 and texts in v4.0."""
    text = next(filter(None, (_text(payload, name) for name in names)), "")
    if not text:
        raise UnreadableDelivery(f"{names[-1]} is missing")
    return text


def _text(payload: dict[str, object], name: str) -> str:
    value = payload.get(name)
    return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _moment(text: str) -> float:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnreadableDelivery("timestamp is no time") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
