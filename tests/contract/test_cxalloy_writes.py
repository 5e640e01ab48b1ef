"""The CxAlloy client's writes about issues and its lists of people and assets, over HTTP."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.cxalloy_stage import Stage, raised

from plumbline.cxalloy.model import Asset, Assignee, Company, Person, Role
from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from sandbox.cxalloy import hands

if TYPE_CHECKING:
    from collections.abc import Iterator

AHU = Asset("equipment", "71", "AHU-1")
WHOLE: dict[str, str | None] = {
    "description": "Valve leaks\nsince Monday",
    "status_id": "3",
    "priority_id": "11",
    "discipline_id": "21",
    "type_id": "31",
    "due_date": "2026-07-01",
    "asset_type": "equipment",
    "asset_key": "71",
    "assignee_type": "company",
    "assignee_key": "51",
}


@pytest.fixture(scope="module")
def served() -> Iterator[Stage]:
    with raised() as stage:
        yield stage


@pytest.fixture
def stage(served: Stage) -> Stage:
    return served.begin()


def changes(stage: Stage) -> list[dict[str, Any]]:
    return [effect.detail["changes"] for effect in stage.sandbox.effects]


@pytest.mark.parametrize("ids_as", ["text", "number"])
def test_a10_every_field_of_an_issue_is_written_and_read_back(stage: Stage, ids_as: str) -> None:
    client = stage.client(ids_as=ids_as)

    client.update_issue("7", "102", WHOLE)

    issue = client.issue("7", "102")
    assert issue.description == "Valve leaks\nsince Monday"
    assert (issue.status_id, issue.priority_id, issue.discipline_id, issue.type_id) == ("3", "11", "21", "31")
    assert issue.due_date == date(2026, 7, 1)
    assert issue.asset == AHU
    assert issue.assignee == Assignee("company", "51", "Aire Ltd")


def test_a10_only_the_fields_that_are_given_are_written(stage: Stage) -> None:
    stage.client().update_issue("7", "101", {"description": "new"})

    assert changes(stage) == [{"description": {"old": "Damper stuck\r\nSecond line", "new": "new"}}]
    assert stage.sandbox.effects[0].detail["sent"] == {"description": "new"}


@pytest.mark.parametrize("clears_as", ["empty", "null"])
def test_none_empties_a_field(stage: Stage, clears_as: str) -> None:
    client = stage.client(clears_as=clears_as)
    empty = dict.fromkeys(
        ("description", "due_date", "priority_id", "asset_key", "assignee_type", "assignee_key")
    )

    client.update_issue("7", "101", empty)

    issue = client.issue("7", "101")
    assert (issue.description, issue.due_date, issue.priority_id) == ("", None, None)
    assert (issue.asset, issue.assignee) == (None, None)


def test_a_title_is_written_and_read_where_a_field_is_named_for_it(stage: Stage) -> None:
    stage.behave(title_field="subject")
    client = stage.client(issue_title_field="subject")

    client.update_issue("7", "101", {"title": "Leaking valve"})

    assert client.issue("7", "101").title == "Leaking valve"
    assert stage.client().issue("7", "101").title is None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("status_id", "99", "Unknown status 99"),
        ("priority_id", "99", "Unknown priority_id 99"),
        ("asset_key", "99", "Unknown asset 99"),
        ("assignee_key", "99", "Unknown person 99"),
    ],
)
def test_a_value_that_does_not_exist_is_refused_in_the_trackers_words(
    stage: Stage, field: str, value: str, words: str
) -> None:
    with pytest.raises(Reject, match=words) as caught:
        stage.client().update_issue("7", "101", {field: value})

    assert (caught.value.code, stage.sandbox.effects) == ("refused", [])


def test_a29_an_issue_is_made_and_its_id_told(stage: Stage) -> None:
    client = stage.client()

    made = client.create_issue("7", WHOLE)

    issue = client.issue("7", made)
    assert (issue.description, issue.status_id, issue.asset) == ("Valve leaks\nsince Monday", "3", AHU)
    assert (stage.sandbox.effects[0].what, stage.sandbox.effects[0].by) == ("issue created", "demo-key")


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop", "when": "after"},
        {"status": 500, "when": "after"},
        {"status": 200, "when": "after", "body": "{}"},
        {"status": 200, "when": "after", "body": ""},
        {"status": 200, "when": "after", "body": '{"id": 5}'},
    ],
)
def test_a3_an_issue_whose_id_is_not_told_may_have_been_made(stage: Stage, fault: dict[str, Any]) -> None:
    stage.fault(path=".*/issue_create", **fault)

    with pytest.raises(EffectUnknown):
        stage.client().create_issue("7", {"description": "once"})

    assert [effect.what for effect in stage.sandbox.effects] == ["issue created"]


def test_the_answers_field_for_the_new_id_can_be_set(stage: Stage) -> None:
    stage.fault(path=".*/issue_create", status=200, body='{"id": 5}')

    assert stage.client(issue_created_id_field="id").create_issue("7", {}) == "5"


def test_a15_an_issue_is_deleted_and_a_second_time_not_found(stage: Stage) -> None:
    client = stage.client()

    client.delete_issue("7", "101")

    assert client.issue("7", "101") is None
    with pytest.raises(Reject) as caught:
        client.delete_issue("7", "101")
    assert caught.value.code == "not_found"


def test_a_read_only_key_needs_another_for_each_write(stage: Stage) -> None:
    client = stage.client("reader")

    for write, given in (
        (client.create_issue, ("7", {})),
        (client.update_issue, ("7", "101", {"status_id": "3"})),
        (client.delete_issue, ("7", "101")),
    ):
        with pytest.raises(NeedsAuthorization):
            write(*given)
    assert stage.sandbox.effects == []


def test_a40_people_companies_and_roles_are_listed(stage: Stage) -> None:
    client = stage.client()

    assert client.people("7") == (Person("41", "Ana Díaz", "ana@example.com"),)
    assert client.companies("7") == (Company("51", "Aire Ltd"),)
    assert client.roles("7") == (Role("61", "Cx agent"),)
    assert stage.paths() == ["/person", "/company", "/role"]


def test_a51_assets_of_every_type_are_listed_from_the_paths_that_are_set(stage: Stage) -> None:
    assert stage.client().assets("7") == (AHU,)
    assert stage.paths() == ["/equipment", "/building", "/floor", "/space", "/system", "/zone"]
    assert stage.client(asset_list_paths=("/space",)).assets("7") == ()


def test_a_list_is_read_page_by_page(stage: Stage) -> None:
    stage.behave(page_cap=2)
    for key in ("72", "73", "74"):
        asset = stage.sandbox.world.assets[0].model_copy(update={"asset_key": key})
        stage.sandbox.world.assets.append(asset)

    found = stage.client(page_size=2, asset_list_paths=("/equipment",)).assets("7")

    assert [asset.key for asset in found] == ["71", "72", "73", "74"]
    assert stage.paths() == ["/equipment"] * 3


def test_a_list_that_knows_no_pages_ends(stage: Stage) -> None:
    body = '[{"role_id": 1, "name": "A"}, {"role_id": 2, "name": "B"}]'
    stage.fault(path=".*/role", status=200, body=body, times=0)

    assert stage.client(page_size=2).roles("7") == (Role("1", "A"), Role("2", "B"))
    assert stage.paths() == ["/role", "/role"]


def test_an_odd_entry_hides_no_other_and_a_list_of_odd_ones_is_no_empty_list(stage: Stage) -> None:
    stage.fault(path=".*/role", status=200, body='[{"name": "A"}, {"role_id": 2, "name": "B"}]')
    stage.fault(path=".*/company", status=200, body='[{"title": "A"}]')

    assert stage.client().roles("7") == (Role("2", "B"),)
    with pytest.raises(Reject, match="/company in a shape that is not known"):
        stage.client().companies("7")


def test_a_key_that_lost_the_project_gets_no_list(stage: Stage) -> None:
    with pytest.raises(Reject) as caught:
        stage.client("north-only").people("8")
    assert caught.value.code == "not_found"
    stage.behave(lost_project_status=403)
    with pytest.raises(NeedsAuthorization):
        stage.client("north-only").people("8")


def test_a_listing_whose_pages_shift_is_not_complete(stage: Stage) -> None:
    client = stage.client(page_size=1)
    for shift in (1, -1):
        stage.fault(path=".*/issue", kind="shift", nth=2, shift=shift)

        assert [page.complete for page in client.issues("7")][-1] is False


def test_an_issue_that_an_empty_listing_hides_reads_as_not_there(stage: Stage) -> None:
    stage.fault(path=".*/issue", kind="empty", times=2)

    assert stage.client().issue("7", "101") is None
    assert stage.client().issue("7", "101").number == "CHK-1"


def test_a_listing_that_breaks_off_after_its_first_page_is_no_listing(stage: Stage) -> None:
    stage.fault(path=".*/issue", nth=2, status=502)
    pages = stage.client(page_size=2).issues("7")

    assert next(pages).complete is None
    with pytest.raises(Retry):
        next(pages)


def test_a_smaller_page_than_asked_for_loses_nothing(stage: Stage) -> None:
    stage.fault(path=".*/issue", kind="cap", cap=1, times=0)
    pages = list(stage.client().issues("7"))

    assert [issue.id for page in pages for issue in page.issues] == ["101", "102", "103"]
    assert pages[-1].complete is True


def test_records_that_drift_are_read_or_named(stage: Stage) -> None:
    client = stage.client()
    stage.fault(path=".*/issue", kind="drift", drop=["priority_id"], retype=["status_id"], put={"zone": {}})
    issue = client.issue("7", "101")
    assert (issue.status_id, issue.priority_id) == ("2", None)

    stage.fault(path=".*/issue", kind="drift", put={"section": "warranty", "assigned_type": "team"})
    odd = client.issue("7", "101")
    assert (odd.section, odd.assignee) == ("warranty", Assignee("team", "41", "Ana Díaz"))

    stage.fault(path=".*/issue", kind="drift", drop=["project_id"])
    with pytest.raises(Reject, match="project_id: Field required"):
        client.issue("7", "101")


def test_a_write_is_not_read_back_at_once_where_answers_lag(stage: Stage) -> None:
    stage.behave(stale_seconds=60)
    client = stage.client()

    client.update_issue("7", "101", {"status_id": "3"})
    hands.create(stage.sandbox, "Ana", "7", description="new")

    assert client.issue("7", "101").status_id == "2"
    assert [issue.id for page in client.issues("7") for issue in page.issues] == ["101", "102", "103"]


def test_a_text_may_be_stored_otherwise_than_it_was_sent(stage: Stage) -> None:
    stage.behave(trims_text=True, breaks_as_crlf=True)
    client = stage.client()

    client.update_issue("7", "101", {"description": "a\nb \n"})

    assert client.issue("7", "101").description == "a\r\nb"
