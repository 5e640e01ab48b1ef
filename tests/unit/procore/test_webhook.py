"""What Procore delivers: three payload versions, and bodies that are none."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plumbline.procore.webhook import LARGEST, Event, UnreadableDelivery, read_event

V2: dict[str, Any] = {
    "id": 123456789,
    "ulid": "01JM0000000000000000000000",
    "timestamp": "2026-02-06T23:34:12.246562Z",
    "metadata": {
        "source_user_id": 987,
        "source_project_id": 246,
        "source_operation_id": None,
        "source_company_id": 135,
        "source_application_id": "an-app",
    },
    "user_id": 987,
    "company_id": 135,
    "project_id": 246,
    "api_version": "v2.0",
    "event_type": "update",
    "resource_name": "Observation Items",
    "resource_id": 598134325870420,
}
V3 = V2 | {"api_version": "v3.0", "related_resources": [{"id": 1234, "name": "Direct Costs"}]}
V4 = {
    "id": "01JMYXMZRBVKK0PC6XS8SA4QRE",
    "timestamp": "2026-02-06T23:34:12.246562Z",
    "reason": "update",
    "company_id": "135",
    "project_id": "246",
    "user_id": "987",
    "resource_type": "Observation Items",
    "resource_id": "598134325870420",
}


@pytest.mark.parametrize(
    ("payload", "id_", "application"),
    [(V2, "01JM0000000000000000000000", "an-app"), (V3, "01JM0000000000000000000000", "an-app"),
     (V4, "01JMYXMZRBVKK0PC6XS8SA4QRE", "")],
    ids=["v2.0", "v3.0", "v4.0"],
)  # fmt: skip
def test_a_delivery_reads_the_same_in_all_payload_versions(
    payload: dict[str, Any], id_: str, application: str
) -> None:
    assert read_event(json.dumps(payload).encode()) == Event(
        id=id_,
        at=1770420852.246562,
        verb="update",
        resource="Observation Items",
        resource_id="598134325870420",
        company_id="135",
        project_id="246",
        user_id="987",
        application=application,
    )


def test_a_body_may_be_text() -> None:
    assert read_event(json.dumps(V4)).resource_id == "598134325870420"


def test_unknown_verbs_and_resources_pass() -> None:
    event = read_event(json.dumps(V4 | {"reason": "recycled", "resource_type": "Document Revision"}))

    assert (event.verb, event.resource) == ("recycled", "Document Revision")


@pytest.mark.parametrize("metadata", [None, {}, {"source_application_id": None}, [], "x"])
def test_who_made_the_change_may_be_untold(metadata: Any) -> None:
    event = read_event(json.dumps(V2 | {"metadata": metadata, "user_id": None, "project_id": ""}))

    assert (event.application, event.user_id, event.project_id) == ("", "", "")


def test_a_time_without_a_zone_is_utc_and_an_event_without_a_ulid_has_its_number() -> None:
    event = read_event(json.dumps(V2 | {"timestamp": "2026-02-06T23:34:12", "ulid": None}))

    assert (event.at, event.id) == (1770420852.0, "123456789")


@pytest.mark.parametrize("name", ["timestamp", "event_type", "resource_name", "resource_id"])
@pytest.mark.parametrize("value", [None, "", " ", True, {}, [1], 1.5])
def test_a_delivery_without_its_parts_is_unreadable(name: str, value: Any) -> None:
    with pytest.raises(UnreadableDelivery, match="missing"):
        read_event(json.dumps(V2 | {name: value}))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b"\xff\xfe{}", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no JSON object"),
        (b"null", "no JSON object"),
        (json.dumps(V2 | {"timestamp": "yesterday"}), "no time"),
        (json.dumps(V2 | {"extra": "x" * LARGEST}), "more than 262144 bytes"),
        ("é" * (LARGEST // 2 + 1), "more than 262144 bytes"),
    ],
)
def test_a_body_that_is_no_delivery_is_unreadable(body: bytes | str, words: str) -> None:
    with pytest.raises(UnreadableDelivery, match=words):
        read_event(body)


@given(st.binary(max_size=200) | st.text(max_size=200))
def test_any_body_is_read_or_unreadable(body: bytes | str) -> None:
    with pytest.raises(UnreadableDelivery):
        read_event(body)


@given(
    st.dictionaries(st.sampled_from(sorted(V2)), st.none() | st.integers() | st.text() | st.lists(st.none()))
)
def test_a_delivery_with_odd_parts_is_read_or_unreadable(odd: dict[str, Any]) -> None:
    try:
        event = read_event(json.dumps(V2 | odd))
    except UnreadableDelivery:
        return
    assert all((event.id, event.verb, event.resource, event.resource_id))
