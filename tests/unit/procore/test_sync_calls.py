"""Each verb that ongoing sync adds: the request that goes out and the value that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plumbline.errors import EffectUnknown, Reject, Retry
from plumbline.procore import hooks, items, locations, people
from plumbline.procore.hooks import Added, Delivery, Hook, Trigger
from plumbline.procore.locations import Location
from plumbline.procore.people import Person

from .conftest import Reply, Server

if TYPE_CHECKING:
    from plumbline.procore.client import ProcoreClient

BIN = "/rest/v1.0/projects/42/recycle_bin/observations/items"
LOGS = "/rest/v1.0/projects/42/observations/response_logs"
HOOKS = "/rest/v2.0/companies/4211/projects/42/webhooks/hooks"
MASK = "*" * 20


def sent(server: Server) -> tuple[str, str, dict[str, str]]:
    (seen,) = server.seen
    return seen.method, seen.path, dict(seen.query)


# Observations


def test_a12_an_update_sends_the_given_fields_and_returns_the_detail(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, {"id": 9378, "name": "Leak", "updated_at": "2026-02-01T10:00:00Z"})]

    changed, answer = items.update_observation(client, "42", "9378", {"name": "Leak", "trade_id": None})

    assert (changed.name, changed.updated_at, answer.status) == ("Leak", 1769940000.0, 200)
    assert sent(server) == ("PATCH", "/rest/v1.0/observations/items/9378", {})
    assert server.seen[0].json == {"project_id": 42, "observation": {"name": "Leak", "trade_id": None}}


def test_a14_a_deleted_observation_goes_to_the_bin_and_comes_back_as_the_same(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(204), Reply(200, {"id": 9378})]

    assert items.delete_observation(client, "42", "9378").status == 204
    restored, _ = items.restore_observation(client, "42", "9378")

    assert restored.id == "9378"
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("DELETE", "/rest/v1.0/projects/42/observations/items/9378"),
        ("PATCH", f"{BIN}/9378/restore"),
    ]


@pytest.mark.parametrize("verb", [items.delete_observation, items.restore_observation])
def test_a_write_that_got_no_answer_has_an_unknown_effect(
    client: ProcoreClient, server: Server, verb: Any
) -> None:
    server.replies = [Reply(drop=True)]

    with pytest.raises(EffectUnknown):
        verb(client, "42", "9378")


def test_a15_what_lies_in_the_recycle_bin_is_shown_and_a_404_is_none(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [
        Reply(200, {"id": 1, "deleted_at": "2026-02-01T10:00:00Z"}),
        Reply(404, {"errors": "Not found"}),
    ]

    found = items.recycled_observation(client, "42", "1")

    assert found is not None
    assert found.deleted_at == 1769940000.0
    assert items.recycled_observation(client, "42", "2") is None
    assert [seen.path for seen in server.seen] == [f"{BIN}/1", f"{BIN}/2"]


def test_a15_a_bin_that_may_not_be_seen_proves_nothing(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(403, {"errors": ["no"]})]

    with pytest.raises(Reject) as refused:
        items.recycled_observation(client, "42", "1")

    assert refused.value.code == "forbidden"


def test_the_recycle_bin_can_be_asked_for_what_was_updated_lately(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, [{"id": 1}])]

    found = items.recycled_observations(client, "42", start=1769940000.0, end=1769943600.0)

    assert [one.id for one in found] == ["1"]
    assert sent(server) == (
        "GET", BIN, {"filters[updated_at]": "2026-02-01T10:00:00Z...2026-02-01T11:00:00Z"},
    )  # fmt: skip


def test_a17_the_inventory_is_bare_ids_over_all_pages(client: ProcoreClient, server: Server) -> None:
    more = {"Link": f'<{server.url}/rest/v1.0/observations/items?page=2>; rel="next"'}
    server.replies = [Reply(200, [1, 598134325870420], headers=more), Reply(200, ["3", {"id": 4}])]

    assert items.observation_ids(client, "42") == ["1", "598134325870420", "3", "4"]
    assert dict(server.seen[0].query) == {
        "project_id": "42",
        "view": "ids",
        "sort": "created_at",
        "per_page": "2000",
    }


def test_a10_the_list_of_all_observations_holds_as_many_as_it_says(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, [{"id": 1}, {"id": 2}], headers={"Total": "2"})]

    assert [one.id for one in items.observations(client, "42")] == ["1", "2"]
    assert sent(server) == (
        "GET",
        "/rest/v1.0/observations/items",
        {"project_id": "42", "sort": "created_at", "per_page": "100"},
    )


def test_a10_a_list_that_holds_fewer_observations_than_it_says_proves_nothing(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, [{"id": 1}], headers={"Total": "2"})]

    with pytest.raises(Retry, match="Procore listed 1 of 2 rows"):
        list(items.observations(client, "42"))


def test_s4_a_list_from_which_nothing_is_concluded_is_taken_as_it_came(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, [{"id": 1}], headers={"Total": "2"})]

    assert items.observation_ids(client, "42") == ["1"]


def test_a10_a_list_that_does_not_say_how_many_it_holds_is_taken_as_it_is(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, [{"id": 1}])]

    assert [one.id for one in items.observations(client, "42")] == ["1"]


@pytest.mark.parametrize("row", [None, "", {}])
def test_an_inventory_with_a_row_that_is_no_id_is_not_used(
    client: ProcoreClient, server: Server, row: Any
) -> None:
    server.replies = [Reply(200, [1, row])]

    with pytest.raises(Retry):
        items.observation_ids(client, "42")


def test_a31_the_projects_comments_of_a_time_are_listed(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, [{"id": 31, "item_id": 9378, "comment": "Done", "created_by_name": "Jane"}])]

    (log,) = items.project_logs(client, "42", start=1769940000.0, end=1769943600.0)

    assert (log.id, log.item_id, log.comment, log.author) == ("31", "9378", "Done", "Jane")
    assert sent(server) == (
        "GET",
        LOGS,
        {"filters[updated_at]": "2026-02-01T10:00:00Z...2026-02-01T11:00:00Z", "per_page": "100"},
    )


def test_a51_a_location_is_found_or_made_by_its_path(client: ProcoreClient, server: Server) -> None:
    row = {"id": 7, "name": "CxAlloy Assets>Equipment", "node_name": "Equipment", "parent_id": 6}
    server.replies = [Reply(201, row)]

    made = locations.find_or_create(client, "42", ("CxAlloy Assets", "Equipment"))

    assert made == Location("7", "CxAlloy Assets>Equipment", "Equipment", "6")
    assert sent(server) == ("POST", "/rest/v1.0/projects/42/locations/find_or_create_by_path", {})
    assert server.seen[0].json == {"location": {"path": ["CxAlloy Assets", "Equipment"]}}


def test_a52_locations_are_listed_and_renamed(client: ProcoreClient, server: Server) -> None:
    server.replies = [
        Reply(
            200, [{"id": 6, "name": "A", "node_name": "A", "parent_id": None}, {"id": 7, "node_name": "B"}]
        ),
        Reply(200, {"id": 6, "name": "C", "node_name": "C", "parent_id": None}),
    ]

    assert list(locations.locations(client, "42")) == [
        Location("6", "A", "A", None),
        Location("7", "", "B", None),
    ]
    assert locations.rename(client, "42", "6", "C").node_name == "C"
    assert [(seen.method, seen.path) for seen in server.seen] == [
        ("GET", "/rest/v1.0/projects/42/locations"),
        ("PATCH", "/rest/v1.0/projects/42/locations/6"),
    ]
    assert server.seen[1].json == {"location": {"node_name": "C"}}


def test_a_location_without_a_name_of_its_own_is_unreadable(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, [{"id": 6, "name": "A"}])]

    with pytest.raises(Retry, match="node_name"):
        list(locations.locations(client, "42"))


def test_a41_users_have_their_e_mail_in_lower_case(client: ProcoreClient, server: Server) -> None:
    server.replies = [
        Reply(
            200, [{"id": 5, "name": "Jane Doe", "email_address": "Jane@X.example"}, {"id": 6, "name": "Bo"}]
        )
    ]

    assert list(people.users(client, "42")) == [
        Person("5", "Jane Doe", "jane@x.example", "5"),
        Person("6", "Bo", "", "6"),
    ]
    query = {"view": "normal", "sort": "name", "per_page": "100"}
    assert sent(server) == ("GET", "/rest/v1.0/projects/42/users", query)


def test_a40_who_may_be_assigned_is_asked_of_procore(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, [{"id": 5, "name": "Jane Doe"}])]

    assert [one.id for one in people.assignees(client, "42")] == ["5"]
    query = {"project_id": "42", "per_page": "100"}
    assert sent(server) == ("GET", "/rest/v1.0/observations/assignees", query)


@pytest.mark.parametrize(
    ("row", "person"),
    [
        ({"id": 9, "first_name": None, "last_name": "Role : Cx"}, Person("9", "Role : Cx", "", "9")),
        ({"id": 9, "first_name": "Jo", "last_name": "Li", "user_id": 5}, Person("9", "Jo Li", "", "5")),
        ({"id": 9, "name": "Jo", "contact": {"email_address": "J@X.x"}}, Person("9", "Jo", "j@x.x", "9")),
    ],
)
def test_a41_people_are_searched(
    client: ProcoreClient, server: Server, row: dict[str, Any], person: Person
) -> None:
    server.replies = [Reply(200, [row])]

    assert list(people.people(client, "42", "Jo")) == [person]
    query = {"filters[search]": "Jo", "sort": "name", "per_page": "100"}
    assert sent(server) == ("GET", "/rest/v1.0/projects/42/people", query)


@pytest.mark.parametrize(
    ("first", "body"),
    [("Jo", {"first_name": "Jo", "last_name": "Li"}), ("", {"last_name": "Li"})],
)
def test_a41_a_contact_is_made(
    client: ProcoreClient, server: Server, first: str, body: dict[str, str]
) -> None:
    server.replies = [Reply(201, {"id": 9, "first_name": first, "last_name": "Li", "user_id": None})]

    assert people.create_person(client, "42", first, "Li").id == "9"
    assert sent(server) == ("POST", "/rest/v1.0/projects/42/people", {})
    assert server.seen[0].json == {"person": body}


# Webhooks


def hook_row(**more: Any) -> dict[str, Any]:
    row = {
        "id": "41",
        "namespace": "plumbline",
        "destination_url": "https://a.example/hooks/procore/c1",
        "destination_headers": {"Authorization": f"{MASK}be7d9"},
        "status": "active",
    }
    return row | more


HOOK = Hook("41", "plumbline", "https://a.example/hooks/procore/c1", "active", "be7d9")


@pytest.mark.parametrize(("namespace", "query"), [("plumbline", {"namespace": "plumbline"}), ("", {})])
def test_s7_webhooks_are_listed_by_namespace_or_all(
    client: ProcoreClient, server: Server, namespace: str, query: dict[str, str]
) -> None:
    server.replies = [Reply(200, {"data": [hook_row()]})]

    assert list(hooks.hooks(client, "42", namespace)) == [HOOK]
    assert sent(server) == ("GET", HOOKS, {"per_page": "100", **query})


@pytest.mark.parametrize(
    ("told", "end"),
    [
        (None, ""),
        ({}, ""),
        ({"Authorization": None}, ""),
        ({"Authorization": "[HIDDEN]"}, ""),
        ({"Authorization": "Bear****be7d9"}, "be7d9"),
        ({"Authorization": "Bearer v1.1.00be7d9"}, "be7d9"),
        ({"Authorization": "…d9"}, "d9"),
    ],
)
def test_s7_of_a_secret_only_what_is_legible_at_its_end_is_read(
    client: ProcoreClient, server: Server, told: Any, end: str
) -> None:
    server.replies = [Reply(200, {"data": [hook_row(destination_headers=told)]})]

    (hook,) = hooks.hooks(client, "42")

    assert hook.secret_end == end


def test_s7_a_webhook_is_made_for_the_payload_that_names_the_app(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(201, {"data": hook_row()})]

    made = hooks.create(client, "42", namespace="plumbline", address=HOOK.address, authorization="Bearer x")

    assert made == HOOK
    assert made.is_active
    assert sent(server) == ("POST", HOOKS, {})
    assert server.seen[0].json == {
        "payload_version": "v2.0",
        "namespace": "plumbline",
        "destination_url": "https://a.example/hooks/procore/c1",
        "destination_headers": {"Authorization": "Bearer x"},
    }


@pytest.mark.parametrize("data", [None, {}, {"data": None}, {"data": {}}, []])
def test_a_webhook_whose_answer_cannot_be_read_has_an_unknown_effect(
    client: ProcoreClient, server: Server, data: Any
) -> None:
    server.replies = [Reply(201, data)]

    with pytest.raises(EffectUnknown):
        hooks.create(client, "42", namespace="plumbline", address="https://a.example", authorization="x")


def test_s7_a_webhook_is_changed_and_made_active(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, {"data": hook_row()}), Reply(200, {"data": hook_row()})]

    hooks.change(client, "42", "41", address="https://a.example", authorization="Bearer x")
    hooks.change(client, "42", "41")

    assert [(seen.method, seen.path) for seen in server.seen] == [("PATCH", f"{HOOKS}/41")] * 2
    assert [seen.json for seen in server.seen] == [
        {
            "status": "active",
            "destination_url": "https://a.example",
            "destination_headers": {"Authorization": "Bearer x"},
        },
        {"status": "active"},
    ]


def test_s8_a_webhook_is_deleted(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(204)]

    hooks.delete(client, "42", "41")

    assert sent(server) == ("DELETE", f"{HOOKS}/41", {})


def test_s7_triggers_are_listed(client: ProcoreClient, server: Server) -> None:
    row = {"id": "51", "resource_name": "Observation Items", "event_type": "update"}
    server.replies = [Reply(200, {"data": [row]})]

    assert list(hooks.triggers(client, "42", "41")) == [Trigger("51", "Observation Items", "update")]
    assert sent(server) == ("GET", f"{HOOKS}/41/triggers", {"per_page": "100"})


@pytest.mark.parametrize(
    ("status", "data", "added"),
    [
        (201, [{"id": 1, "resource_name": "A", "event_type": "create"}], Added(frozenset({("A", "create")}))),
        (
            207,
            {
                "succeeded": [{"id": 1, "resource_name": "A", "event_type": "create"}],
                "failed": [{"message": "B is not offered"}, "no", {}],
            },
            Added(frozenset({("A", "create")}), ("B is not offered", "no", "no words")),
        ),
        (207, {"succeeded": None, "failed": None}, Added(frozenset())),
    ],
)
def test_s7_of_triggers_asked_for_in_bulk_some_may_be_refused(
    client: ProcoreClient, server: Server, status: int, data: Any, added: Added
) -> None:
    server.replies = [Reply(status, {"data": data})]

    assert hooks.add_triggers(client, "42", "41", [("A", "create"), ("B", "update")]) == added
    assert sent(server) == ("POST", f"{HOOKS}/41/triggers/bulk", {})
    assert server.seen[0].json == [
        {"resource_name": "A", "event_type": "create"},
        {"resource_name": "B", "event_type": "update"},
    ]


def test_s7_verbs_of_a_resource_are_texts_or_objects(client: ProcoreClient, server: Server) -> None:
    rows = [
        {"name": "A", "actions": ["create", "update"]},
        {"name": "B", "actions": [{"name": "delete"}]},
        {"name": "C"},
    ]
    server.replies = [Reply(200, {"data": rows})]

    assert hooks.resources(client, "42") == {("A", "create"), ("A", "update"), ("B", "delete")}
    path = "/rest/v2.0/companies/4211/projects/42/webhooks/resources"
    assert sent(server) == ("GET", path, {"payload_version": "v2.0", "per_page": "100"})


def test_s7_deliveries_are_listed_by_status_and_day(client: ProcoreClient, server: Server) -> None:
    rows = [
        {"id": "1", "status": "discarded", "payload": {"timestamp": "2026-02-01T10:00:00Z"}},
        {"id": "2", "status": "discarded", "payload": None},
    ]
    server.replies = [Reply(200, {"data": rows})]

    found = hooks.deliveries(client, "42", "41", status="discarded", start=1769940000.0, end=1770022800.0)

    assert list(found) == [Delivery("1", "discarded", 1769940000.0), Delivery("2", "discarded", None)]
    assert sent(server) == (
        "GET",
        f"{HOOKS}/41/deliveries",
        {
            "filter[status]": "discarded",
            "filter[start]": "2026-02-01",
            "filter[end]": "2026-02-02",
            "per_page": "100",
        },
    )
