from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from plumbline.errors import Reject
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Connection, ConnectionState

if TYPE_CHECKING:
    from plumbline.stores.ports import Connections

DRAFT = Connection("c1", "t1", "Tower", "copy", ConnectionState.DRAFT, 1000.0, "ann")
PAIR: dict[str, Any] = {
    "company_id": "10",
    "project_id": "20",
    "tracker_host": "tq.example",
    "tracker_project_id": "30",
}
PAIRED = replace(DRAFT, **PAIR)
OTHER = replace(DRAFT, id="c2", created_at=2000.0)


def test_a_connection_comes_back_with_its_settings(connections: Connections) -> None:
    settings = {
        "statuses": {"Open": "initiated"},
        "ratio": 0.25,
        "count": 3,
        "on": True,
        "none": None,
        "list": ["é", 1],
    }
    connection = replace(PAIRED, settings=settings, last_success_at=1234.5)

    connections.create(connection)

    assert connections.get("c1") == connection
    assert connections.get("c9") is None


def test_an_id_is_used_once(connections: Connections) -> None:
    connections.create(DRAFT)

    with pytest.raises(Taken) as refusal:
        connections.create(replace(DRAFT, name="Again"))

    assert (refusal.value.name, refusal.value.holder) == ("connection", "c1")
    assert connections.get("c1") == DRAFT


def test_saving_gives_the_next_version(connections: Connections) -> None:
    connections.create(DRAFT)

    saved = connections.save(replace(DRAFT, name="Renamed"))

    assert saved == replace(DRAFT, name="Renamed", version=1)
    assert connections.get("c1") == saved
    assert connections.save(saved).version == 2


def test_saving_can_give_a_field_its_default_back(connections: Connections) -> None:
    connections.create(replace(PAIRED, cause="It failed.", settings={"a": 1}))

    saved = connections.save(PAIRED)

    assert connections.get("c1") == saved == replace(PAIRED, version=1)


def test_an_old_version_or_an_unknown_connection_is_stale(connections: Connections) -> None:
    with pytest.raises(Stale):
        connections.save(DRAFT)
    connections.create(DRAFT)
    connections.save(DRAFT)

    with pytest.raises(Stale):
        connections.save(replace(DRAFT, name="Late"))

    assert connections.get("c1") == replace(DRAFT, version=1)


def test_two_connections_cannot_join_the_same_pair(connections: Connections) -> None:
    connections.create(PAIRED)

    with pytest.raises(Taken) as refusal:
        connections.create(replace(OTHER, **PAIR, tenant_id="t2"))

    assert (refusal.value.name, refusal.value.holder) == ("pair of projects", "c1")
    assert connections.get("c2") is None


def test_drafts_without_both_projects_have_no_pair_yet(connections: Connections) -> None:
    connections.create(replace(DRAFT, company_id="10", project_id="20"))
    connections.create(replace(OTHER, company_id="10", project_id="20"))

    assert len(connections.of_tenant("t1")) == 2


def test_a_draft_that_gets_a_taken_pair_is_refused_and_stays(connections: Connections) -> None:
    connections.create(PAIRED)
    connections.create(OTHER)

    with pytest.raises(Taken) as refusal:
        connections.save(replace(OTHER, **PAIR))

    assert refusal.value.holder == "c1"
    assert connections.get("c2") == OTHER


def test_the_pair_is_the_same_however_the_host_is_typed(connections: Connections) -> None:
    connections.create(PAIRED)

    with pytest.raises(Taken):
        connections.create(
            replace(OTHER, **PAIR | {"tracker_host": " HTTPS://TQ.Example/ ", "project_id": " 20 "})
        )


@pytest.mark.parametrize(
    "other",
    [
        {"company_id": "11"},
        {"project_id": "21"},
        {"tracker_host": "eu.tq.example"},
        {"tracker_project_id": "31"},
    ],
)
def test_one_differing_part_makes_another_pair(connections: Connections, other: dict[str, str]) -> None:
    connections.create(PAIRED)
    connections.create(replace(OTHER, **PAIR | other))

    assert connections.get("c2") == replace(OTHER, **PAIR | other)


def test_a_connection_that_changes_its_project_frees_the_former_pair(connections: Connections) -> None:
    connections.create(PAIRED)
    moved = connections.save(replace(PAIRED, tracker_project_id="31"))

    connections.create(replace(OTHER, **PAIR))
    with pytest.raises(Taken) as refusal:
        connections.save(replace(moved, tracker_project_id="30"))

    assert refusal.value.holder == "c2"
    assert connections.get("c1") == moved


def test_a_connection_that_loses_its_project_frees_the_pair(connections: Connections) -> None:
    connections.create(PAIRED)
    connections.save(replace(PAIRED, project_id=""))

    connections.create(replace(OTHER, **PAIR))

    assert connections.get("c2") == replace(OTHER, **PAIR)


def test_a_stale_change_of_the_pair_claims_nothing(connections: Connections) -> None:
    connections.create(DRAFT)
    connections.save(DRAFT)

    with pytest.raises(Stale):
        connections.save(PAIRED)

    connections.create(replace(OTHER, **PAIR))


def test_deleting_frees_the_pair(connections: Connections) -> None:
    connections.create(PAIRED)

    connections.delete(PAIRED)
    connections.delete(PAIRED)

    assert connections.get("c1") is None
    connections.create(replace(OTHER, **PAIR))


def test_deleting_with_an_old_version_is_stale(connections: Connections) -> None:
    connections.create(PAIRED)
    connections.save(PAIRED)

    with pytest.raises(Stale):
        connections.delete(PAIRED)

    assert connections.get("c1") == replace(PAIRED, version=1)


def test_connections_of_a_tenant_are_listed_oldest_first(connections: Connections) -> None:
    for connection in (OTHER, DRAFT, replace(DRAFT, id="c3", tenant_id="t2")):
        connections.create(connection)

    assert [connection.id for connection in connections.of_tenant("t1")] == ["c1", "c2"]
    assert list(connections.of_tenant("t9")) == []


def test_pollers_serve_the_enabled_of_all_tenants(connections: Connections) -> None:
    connections.create(OTHER)
    connections.create(replace(DRAFT, state=ConnectionState.ENABLED))
    connections.create(
        replace(DRAFT, id="c3", tenant_id="t2", created_at=500.0, state=ConnectionState.ENABLED)
    )
    assert [connection.id for connection in connections.enabled()] == ["c3", "c1"]

    connections.save(replace(DRAFT, state=ConnectionState.PAUSED))
    connections.save(replace(OTHER, state=ConnectionState.ENABLED))

    assert [connection.id for connection in connections.enabled()] == ["c3", "c2"]


@pytest.mark.parametrize("backend", ["dynamodb"], indirect=True)
def test_a_text_over_32_kb_does_not_go_into_an_item(connections: Connections) -> None:
    connections.create(replace(DRAFT, settings={"note": "a" * 32_768}))

    with pytest.raises(Reject) as refusal:
        connections.save(replace(DRAFT, settings={"note": "é" * 16_385}))

    assert (refusal.value.code, refusal.value.field) == ("text_too_long", "settings.note")
