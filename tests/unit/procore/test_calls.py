"""Each verb: the request that goes out and the value that comes back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from plumbline.errors import EffectUnknown, Reject, Retry
from plumbline.procore import companies, installs, items
from plumbline.procore.observations import NewObservation

from .conftest import Reply, Server

if TYPE_CHECKING:
    from plumbline.procore.client import ProcoreClient


def sent(server: Server) -> tuple[str, str, dict[str, str]]:
    (seen,) = server.seen
    return seen.method, seen.path, dict(seen.query)


def test_me_is_the_caller(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, {"id": 5002, "login": "m@x.example"})]

    assert companies.me(client) == {"id": 5002, "login": "m@x.example"}
    assert sent(server) == ("GET", "/rest/v1.0/me", {})


def test_companies_are_listed(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, [{"id": 1, "name": "N"}])]

    assert list(companies.companies(client)) == [{"id": 1, "name": "N"}]
    assert sent(server) == ("GET", "/rest/v1.0/companies", {"per_page": "100"})


@pytest.mark.parametrize(("search", "query"), [("", {}), ("Harbor", {"filters[name]": "Harbor"})])
def test_s4_projects_are_searched_in_the_chosen_company_300_a_page(
    client: ProcoreClient, server: Server, search: str, query: dict[str, str]
) -> None:
    server.replies = [Reply(200, [{"id": 1}])]

    assert list(companies.projects(client, search)) == [{"id": 1}]
    assert sent(server) == ("GET", "/rest/v1.1/projects", {"company_id": "4211", "per_page": "300", **query})


def test_s6_permissions_are_those_of_the_caller_in_the_project(client: ProcoreClient, server: Server) -> None:
    server.replies = [
        Reply(200, {"tools": [{"name": "observations", "user_access_level": {"name": "Admin"}}]})
    ]

    assert companies.permissions(client, "42") == {"observations": "Admin"}
    assert sent(server) == ("GET", "/rest/v1.0/settings/permissions", {"project_id": "42"})


def test_the_companys_own_web_address_has_no_closing_slash(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, {"zone": "us02", "web_base_url": "https://us02.procore.com/"})]

    assert companies.company_base_url(client) == "https://us02.procore.com"
    assert sent(server) == ("GET", "/rest/v1.0/company_base_url", {})


@pytest.mark.parametrize("data", [{}, [], {"web_base_url": ""}])
def test_a_web_address_that_is_missing_is_asked_for_again(
    client: ProcoreClient, server: Server, data: Any
) -> None:
    server.replies = [Reply(200, data)]

    with pytest.raises(Retry):
        companies.company_base_url(client)


def test_a20_types_trades_and_statuses_are_read_live(client: ProcoreClient, server: Server) -> None:
    server.replies = [
        Reply(200, [{"id": 7001, "name": "Commissioning Issue"}]),
        Reply(200, [{"id": 8001, "name": "HVAC"}]),
        Reply(200, [{"value": "initiated", "label": "Initiated"}, {"status": "closed"}]),
    ]

    assert list(items.observation_types(client, "42")) == [{"id": 7001, "name": "Commissioning Issue"}]
    assert list(items.trades(client)) == [{"id": 8001, "name": "HVAC"}]
    assert items.statuses(client, "42") == [("initiated", "Initiated"), ("closed", "closed")]
    assert [(seen.path, dict(seen.query)) for seen in server.seen] == [
        ("/rest/v1.0/observations/types", {"project_id": "42", "per_page": "100"}),
        ("/rest/v1.0/companies/4211/trades", {"filters[active]": "true", "per_page": "100"}),
        ("/rest/v1.0/projects/42/observations/items/statuses", {}),
    ]


@pytest.mark.parametrize("data", [{}, [{"label": "x"}], ["x"]])
def test_odd_statuses_are_asked_for_again(client: ProcoreClient, server: Server, data: Any) -> None:
    server.replies = [Reply(200, data)]

    with pytest.raises(Retry):
        items.statuses(client, "42")


def test_a2_an_observation_is_created_in_one_call(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(201, {"id": 9378, "number": "96", "name": "Leak"})]

    made, answer = items.create_observation(client, "42", NewObservation("Leak", "7001", upload_ids=("01A",)))

    assert (made.id, made.number, answer.status) == ("9378", "96", 201)
    assert sent(server) == ("POST", "/rest/v1.0/observations/items", {})
    assert server.seen[0].json == {
        "project_id": 42,
        "observation": {"name": "Leak", "type_id": 7001, "upload_ids": ["01A"]},
    }


def test_a3_a_create_whose_answer_cannot_be_read_has_an_unknown_effect(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(201, {"number": "96"})]

    with pytest.raises(EffectUnknown):
        items.create_observation(client, "42", NewObservation("Leak", "7001"))


def test_a_detail_is_read_in_its_project(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, {"id": 9378, "attachments": [{"id": 1, "filename": "a.pdf", "url": "u"}]})]

    found, answer = items.observation(client, "42", "9378")

    assert found.attachments[0].name == "a.pdf"
    assert answer.method == "GET"
    assert sent(server) == ("GET", "/rest/v1.0/observations/items/9378", {"project_id": "42"})


def test_a30_a_comment_is_added_and_the_log_read(client: ProcoreClient, server: Server) -> None:
    server.replies = [
        Reply(201, {"id": 31, "item_id": 9378, "comment": "Done"}),
        Reply(200, [{"id": 31, "comment": "Done"}, {"id": 32, "comment": None, "status": "Closed"}]),
    ]

    assert items.create_response_log(client, "42", "9378", "Done", ("01A",)).id == "31"
    assert [log.comment for log in items.response_logs(client, "42", "9378")] == ["Done", None]
    assert server.seen[0].json == {
        "project_id": 42,
        "response_log": {"comment": "Done", "upload_ids": ["01A"]},
    }
    assert [(seen.method, seen.path, dict(seen.query)) for seen in server.seen] == [
        ("POST", "/rest/v1.0/observations/items/9378/response_logs", {}),
        ("GET", "/rest/v1.0/observations/items/9378/response_logs", {"project_id": "42", "per_page": "100"}),
    ]


def test_a3_what_was_updated_between_two_moments_is_listed_oldest_first(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, [{"id": 1}, {"id": 2}])]

    found = items.observations_updated(client, "42", 1769940000.0, 1769943600.0)

    assert [one.id for one in found] == ["1", "2"]
    assert sent(server) == (
        "GET",
        "/rest/v1.0/observations/items",
        {
            "project_id": "42",
            "filters[updated_at]": "2026-02-01T10:00:00Z...2026-02-01T11:00:00Z",
            "sort": "created_at",
            "per_page": "100",
        },
    )


def test_a3_a_listed_row_that_cannot_be_read_ends_the_listing_with_an_error(
    client: ProcoreClient, server: Server
) -> None:
    server.replies = [Reply(200, [{"id": 1}, {}])]

    with pytest.raises(Retry, match="a row has no id"):
        list(items.observations_updated(client, "42", 0.0, 1.0))


def test_the_recycle_bin_is_listed_without_page_parameters(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, [{"id": 1, "deleted_at": "2026-02-01T10:00:00Z"}])]

    assert [one.deleted_at for one in items.recycled_observations(client, "42")] == [1769940000.0]
    assert sent(server) == ("GET", "/rest/v1.0/projects/42/recycle_bin/observations/items", {})


def test_a25_the_projects_active_users_are_listed_compact(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, [{"id": 5002, "name": "Marcus Lindqvist"}])]

    assert list(companies.project_users(client, "42")) == [{"id": 5002, "name": "Marcus Lindqvist"}]
    query = {"view": "compact", "per_page": "100"}
    assert sent(server) == ("GET", "/rest/v1.0/projects/42/users", query)


def test_a27_the_default_distribution_is_read_as_ids(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200, [{"id": 5002, "login": "m@x.example", "name": "Marcus"}])]

    assert list(items.default_distribution(client, "42")) == ["5002"]
    query = {"project_id": "42", "per_page": "100"}
    assert sent(server) == ("GET", "/rest/v1.0/observations/default_distribution", query)


def test_a27_one_e_mail_for_one_observation(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(200)]

    items.send_email(client, "42", "9378", to=("5002",), subject="New", body="Look")

    assert sent(server) == ("POST", "/rest/v1.0/observations/items/9378/send_email", {"project_id": "42"})
    assert server.seen[0].json == {"subject": "New", "body": "Look", "distribution_ids": [5002]}


def test_s5_an_installation_is_asked_for_through_procore(client: ProcoreClient, server: Server) -> None:
    server.replies = [Reply(201, {"id": 1}), Reply(409, {"errors": "already requested"})]

    installs.request_installation(client, "client-1", "Please")
    with pytest.raises(Reject) as again:
        installs.request_installation(client, "client-1", "Please")

    assert again.value.code == "conflict"
    assert server.seen[0].path == "/rest/v1.0/installation_requests"
    assert server.seen[0].json == {
        "company_id": 4211,
        "developer_app_id": "client-1",
        "notes": "Please",
        "implicit": False,
    }
