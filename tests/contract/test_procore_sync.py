"""What ongoing sync asks of Procore, against the sandbox over HTTP; every call is a documented one."""

from __future__ import annotations

import io
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.procore_bench import PROJECT, START, Bench, Clock, fresh_bench, listening

from plumbline.connections.takeover import may_work
from plumbline.errors import EffectUnknown, Reject
from plumbline.procore import companies, items, locations, people, rich_text
from plumbline.procore.observations import NewObservation
from plumbline.procore.permissions import check, sync_needs
from plumbline.procore.transfer import upload
from plumbline.procore.uploads import UploadSettings
from plumbline.stores.records import Authorization, AuthorizationKind, Connection, ConnectionState
from sandbox.procore import Fault, RunningSandbox
from sandbox.procore.demo import DANA, MARCUS, PRIYA, RIVERSIDE
from sandbox.procore.report import state_as_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.procore.client import ProcoreClient


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningSandbox, Clock]]:
    with listening(tmp_path_factory.mktemp("blobs")) as served:
        yield served


@pytest.fixture
def bench(served: tuple[RunningSandbox, Clock]) -> Iterator[Bench]:
    with fresh_bench(*served) as bench:
        yield bench


def held(bench: Bench, item_id: str) -> dict[str, Any]:
    rows = state_as_json(bench.sandbox.state)["observations"]
    return next(row for row in rows if str(row["id"]) == item_id)


def made(client: ProcoreClient, name: str = "Leak", **fields: Any) -> str:
    return items.create_observation(client, PROJECT, NewObservation(name, "7001", **fields))[0].id


def sent_file(client: ProcoreClient, data: bytes) -> str:
    return upload(
        client,
        client.session,
        PROJECT,
        io.BytesIO(data),
        name="a.txt",
        content_type="text/plain",
        size=len(data),
        sha256=sha256(data).hexdigest(),
        settings=UploadSettings(),
    )


# Observations


def test_a12_only_the_given_fields_change_and_the_answer_is_the_detail(bench: Bench) -> None:
    client = bench.client()
    item_id = made(client, description="At valve 3", priority="Low", due_date=date(2026, 10, 1))
    bench.clock.at += 60

    changed, answer = items.update_observation(
        client, PROJECT, item_id, {"name": "Leak at valve 3", "status": "closed", "due_date": "2026-10-09"}
    )

    assert (changed.name, changed.status, changed.due_date) == (
        "Leak at valve 3",
        "closed",
        date(2026, 10, 9),
    )
    assert (changed.description, changed.priority) == ("At valve 3", "Low")
    assert (changed.updated_at, answer.date) == (START + 60, START + 60)
    row = held(bench, item_id)
    assert (row["name"], row["description"], row["priority"]) == ("Leak at valve 3", "At valve 3", "Low")


def test_a12_none_clears_what_is_set(bench: Bench) -> None:
    client = bench.client()
    location = locations.find_or_create(client, PROJECT, ("CxAlloy Assets",))
    item_id = made(
        client, description="x", priority="Low", due_date=date(2026, 10, 1), trade_id="8001",
        location_id=location.id,
    )  # fmt: skip
    items.update_observation(client, PROJECT, item_id, {"assignee_id": str(MARCUS)})
    fields = ("description", "priority", "due_date", "trade_id", "location_id", "assignee_id")
    before, _ = items.observation(client, PROJECT, item_id)

    after, _ = items.update_observation(client, PROJECT, item_id, dict.fromkeys(fields))

    assert (before.trade_id, before.location_id, before.assignee_id) == ("8001", location.id, str(MARCUS))
    assert [getattr(after, field) or None for field in fields] == [None] * 6


def test_a33_a_file_is_attached_by_an_update(bench: Bench) -> None:
    client = bench.client()
    item_id = made(client, upload_ids=(sent_file(client, b"one"),))

    changed, _ = items.update_observation(
        client, PROJECT, item_id, {"upload_ids": (sent_file(client, b"two"),)}
    )

    assert len(changed.attachments) == 2


def test_a24_a_formatted_description_reads_as_plain_text_and_is_told_from_a_plain_one(bench: Bench) -> None:
    client = bench.client()
    seeded, _ = items.observation(client, str(RIVERSIDE), "9001")
    plain, _ = items.observation(client, PROJECT, made(client, description="One\nTwo <3 & done"))

    assert rich_text.to_text(seeded.rich_text) == "Water stands near drain 4.\n- Slope\n- Grate"
    assert rich_text.is_formatted(seeded.rich_text, seeded.description)
    assert rich_text.to_text(plain.rich_text) == "One\nTwo <3 & done"
    assert not rich_text.is_formatted(plain.rich_text, plain.description)


def test_who_made_an_observation_is_read_by_id(bench: Bench) -> None:
    client = bench.client()

    found, _ = items.observation(client, PROJECT, made(client))

    assert (found.created_by_id, found.personal) == (str(PRIYA), False)


def test_a14_a_deleted_observation_lies_in_the_bin_and_the_same_one_comes_back(bench: Bench) -> None:
    client = bench.client()
    item_id = made(client)
    assert items.recycled_observation(client, PROJECT, item_id) is None

    answer = items.delete_observation(client, PROJECT, item_id)
    recycled = items.recycled_observation(client, PROJECT, item_id)
    restored, _ = items.restore_observation(client, PROJECT, item_id)

    assert answer.status == 204
    assert recycled is not None
    assert (recycled.id, recycled.deleted_at) == (item_id, START)
    assert (restored.id, restored.name) == (item_id, "Leak")
    assert items.recycled_observation(client, PROJECT, item_id) is None
    assert items.observation(client, PROJECT, item_id)[0].name == "Leak"


def test_a15_the_recycle_bin_is_listed_by_the_time_of_the_last_update(bench: Bench) -> None:
    client = bench.client()
    early, late = made(client, "Early"), made(client, "Late")
    items.delete_observation(client, PROJECT, early)
    bench.clock.at += 3600
    items.delete_observation(client, PROJECT, late)

    found = items.recycled_observations(client, PROJECT, start=START + 3000, end=START + 4000)

    assert [one.id for one in found] == [late]
    assert [one.id for one in items.recycled_observations(client, PROJECT)] == [early, late]


@pytest.mark.parametrize("kind", ["drop", "status"])
def test_a_delete_that_took_effect_but_got_no_answer_is_unknown_and_proven_by_the_bin(
    bench: Bench, kind: Any
) -> None:
    client = bench.client()
    item_id = made(client)
    bench.sandbox.faults = [Fault(method="DELETE", kind=kind, when="after", status=502)]

    with pytest.raises(EffectUnknown):
        items.delete_observation(client, PROJECT, item_id)

    assert items.recycled_observation(client, PROJECT, item_id) is not None


def test_a_person_without_admin_may_not_delete(bench: Bench) -> None:
    item_id = made(bench.client())

    with pytest.raises(Reject) as refused:
        items.delete_observation(bench.client(bench.signed_in(MARCUS)), PROJECT, item_id)

    assert refused.value.code == "forbidden"


def test_a17_the_inventory_holds_every_id_over_pages(bench: Bench) -> None:
    client = bench.client()
    bench.sandbox.settings = bench.sandbox.settings.model_copy(update={"page_cap": 3})
    before = items.observation_ids(client, PROJECT)
    added = [made(client, f"Leak {n}") for n in range(7)]

    assert items.observation_ids(client, PROJECT) == [*before, *added]


def test_a31_new_comments_of_a_project_are_found_by_time(bench: Bench) -> None:
    client = bench.client()
    first, second = made(client, "One"), made(client, "Two")
    items.create_response_log(client, PROJECT, first, "Too early")
    bench.clock.at += 600
    logs = [
        items.create_response_log(client, PROJECT, item_id, f"Comment {n}")
        for n, item_id in enumerate((first, second, first))
    ]

    lately = list(items.project_logs(client, PROJECT, start=START + 300, end=START + 700))

    assert [(log.id, log.item_id, log.comment) for log in lately] == [
        (logs[0].id, first, "Comment 0"),
        (logs[1].id, second, "Comment 1"),
        (logs[2].id, first, "Comment 2"),
    ]
    assert (lately[0].author, lately[0].author_id) == ("Priya Raman", str(PRIYA))


def test_a35_a_status_change_is_a_log_without_a_comment(bench: Bench) -> None:
    client = bench.client()
    item_id = made(client, status="initiated")
    items.update_observation(client, PROJECT, item_id, {"status": "ready_for_review"})

    logs = list(items.response_logs(client, PROJECT, item_id))

    assert [(log.comment, log.status) for log in logs] == [(None, "ready_for_review")]


# Locations


def test_a51_a_path_is_made_once_and_found_again(bench: Bench) -> None:
    client = bench.client()
    path = ("CxAlloy Assets", "Equipment", "AHU-1 > fan")

    first, again = (locations.find_or_create(client, PROJECT, path) for _ in range(2))

    assert first == again
    assert (first.node_name, first.name) == ("AHU-1 > fan", "CxAlloy Assets>Equipment>AHU-1 > fan")
    listed = {one.id: one for one in locations.locations(client, PROJECT)}
    above = listed[first.parent_id or ""]
    assert (above.node_name, listed[above.parent_id or ""].node_name) == ("Equipment", "CxAlloy Assets")
    assert len(bench.sandbox.journal.effects("location_created")) == 3


def test_a52_a_renamed_asset_renames_its_location_by_id(bench: Bench) -> None:
    client = bench.client()
    location = locations.find_or_create(client, PROJECT, ("CxAlloy Assets", "AHU-1"))

    renamed = locations.rename(client, PROJECT, location.id, "AHU-1A")

    assert (renamed.id, renamed.name) == (location.id, "CxAlloy Assets>AHU-1A")
    assert renamed.parent_id == location.parent_id


def test_all_locations_are_listed_over_pages(bench: Bench) -> None:
    client = bench.client()
    bench.sandbox.settings = bench.sandbox.settings.model_copy(update={"page_cap": 2})
    for n in range(5):
        locations.find_or_create(client, PROJECT, ("CxAlloy Assets", f"AHU-{n}"))

    names = [one.node_name for one in locations.locations(client, PROJECT)]

    assert names[-5:] == ["AHU-0", "AHU-1", "AHU-2", "AHU-3", "AHU-4"]
    assert len(names) == len(set(names))


# People


def test_a41_a_user_is_known_by_e_mail_where_the_directory_may_be_read(bench: Bench) -> None:
    told = {one.id: one.email for one in people.users(bench.client(), PROJECT)}
    untold = {one.id: one.email for one in people.users(bench.client(bench.signed_in(DANA)), PROJECT)}

    assert told[str(MARCUS)] == "marcus.lindqvist@northwind.example"
    assert untold[str(MARCUS)] == ""


def test_a41_a_contact_is_made_found_again_and_assigned(bench: Bench) -> None:
    client = bench.client()
    name = "CxAlloy : Role : Commissioning Agent"

    contact = people.create_person(client, PROJECT, "", name)
    (found,) = people.people(client, PROJECT, name)
    changed, _ = items.update_observation(client, PROJECT, made(client), {"assignee_id": found.user_id})

    assert (found, found.name) == (contact, name)
    assert contact.id in {one.id for one in people.assignees(client, PROJECT)}
    assert changed.assignee_id == contact.id


def test_a41_a_contact_that_may_not_be_assigned_is_refused_in_procores_words(bench: Bench) -> None:
    client = bench.client()
    bench.sandbox.settings = bench.sandbox.settings.model_copy(update={"contacts_assignable": False})
    contact = people.create_person(client, PROJECT, "Jo", "Li")

    assert contact.id not in {one.id for one in people.assignees(client, PROJECT)}
    with pytest.raises(Reject) as refused:
        items.update_observation(client, PROJECT, made(client), {"assignee_id": contact.user_id})

    assert refused.value.code in {"forbidden", "invalid"}


# Permissions


@pytest.mark.parametrize(("person", "passed"), [(PRIYA, [True, True, True]), (MARCUS, [False, False, False])])
def test_s6_the_levels_for_sync_are_held_or_named(bench: Bench, person: int, passed: list[bool]) -> None:
    levels = companies.permissions(bench.client(bench.signed_in(person)), PROJECT)

    rows = check(levels, sync_needs(service_account=False, assignees=True, locations=True))

    assert [row.tool for row in rows] == ["admin", "observations", "directory"]
    assert [row.passed for row in rows] == passed


def test_s6_a_service_account_keeps_webhooks_by_its_own_tool(bench: Bench) -> None:
    keeper = bench.keeper()
    keeper.keep("auth-1", bench.oauth().client_credentials())
    levels = companies.permissions(bench.client(keeper), PROJECT)

    rows = check(levels, sync_needs(service_account=True))

    assert [(row.tool, row.passed) for row in rows] == [("Webhooks API", True), ("observations", True)]


@pytest.mark.parametrize(
    ("person", "approach", "fits"),
    [(PRIYA, "sync", True), (MARCUS, "sync", False), (MARCUS, "copy", True), (DANA, "copy", False)],
)
def test_s10_only_who_has_the_levels_in_the_project_may_take_over(
    bench: Bench, person: int, approach: str, fits: bool
) -> None:
    connection = Connection(
        "c1", "t1", "Tower", approach, ConnectionState.ENABLED, START, "s", project_id=PROJECT
    )
    candidate = Authorization("b", "t1", AuthorizationKind.PROCORE_PERSON, "custom", "b", START, "s")

    assert may_work(bench.client(bench.signed_in(person)), connection, candidate) is fits


def test_s10_who_cannot_be_asked_about_does_not_take_over(bench: Bench) -> None:
    client = bench.client()
    connection = Connection(
        "c1", "t1", "Tower", "sync", ConnectionState.ENABLED, START, "s", project_id=PROJECT
    )
    candidate = Authorization("b", "t1", AuthorizationKind.PROCORE_PERSON, "custom", "b", START, "s")
    bench.sandbox.faults = [Fault(path="/rest/.*", status=503)]

    assert not may_work(client, connection, candidate)
