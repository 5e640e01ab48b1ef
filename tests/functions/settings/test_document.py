"""The API's own description, and what bodies it takes."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.events import Context, api_event

if TYPE_CHECKING:
    from tests.functions.settings.api import Api

ROUTES = {
    "GET /tenants",
    "POST /tenants",
    "GET /tenants/{tenant_id}",
    "PATCH /tenants/{tenant_id}",
    "GET /tenants/{tenant_id}/members",
    "PUT /tenants/{tenant_id}/members/{sub}",
    "DELETE /tenants/{tenant_id}/members/{sub}",
    "GET /tenants/{tenant_id}/authorizations",
    "POST /tenants/{tenant_id}/authorizations/procore",
    "POST /tenants/{tenant_id}/authorizations/service-account",
    "POST /tenants/{tenant_id}/authorizations/cxalloy",
    "DELETE /tenants/{tenant_id}/authorizations/{authorization_id}",
    "PUT /tenants/{tenant_id}/authorizations/{authorization_id}/key",
    "POST /tenants/{tenant_id}/authorizations/{authorization_id}/test",
    "GET /tenants/{tenant_id}/authorizations/{authorization_id}/companies",
    "GET /tenants/{tenant_id}/authorizations/{authorization_id}/companies/{company_id}/projects",
    "POST /tenants/{tenant_id}/authorizations/{authorization_id}/companies/{company_id}/installation-request",
    "GET /tenants/{tenant_id}/authorizations/{authorization_id}/tracker-projects",
    "POST /tenants/{tenant_id}/invitations",
    "POST /invitations/read",
    "POST /invitations/accept",
    "GET /tenants/{tenant_id}/connections",
    "POST /tenants/{tenant_id}/connections",
    "GET /tenants/{tenant_id}/connections/{connection_id}",
    "PATCH /tenants/{tenant_id}/connections/{connection_id}",
    "DELETE /tenants/{tenant_id}/connections/{connection_id}",
    "GET /tenants/{tenant_id}/connections/{connection_id}/checks",
    "POST /tenants/{tenant_id}/connections/{connection_id}/enable",
    "POST /tenants/{tenant_id}/connections/{connection_id}/disable",
    "POST /tenants/{tenant_id}/connections/{connection_id}/pause",
    "POST /tenants/{tenant_id}/connections/{connection_id}/resume",
    "POST /tenants/{tenant_id}/connections/{connection_id}/sync-now",
    "GET /tenants/{tenant_id}/connections/{connection_id}/settings/export",
    "POST /tenants/{tenant_id}/connections/{connection_id}/settings/import",
    "POST /tenants/{tenant_id}/connections/{connection_id}/copy-settings",
    "GET /tenants/{tenant_id}/connections/{connection_id}/lists/procore",
    "GET /tenants/{tenant_id}/connections/{connection_id}/lists/tracker",
    "GET /tenants/{tenant_id}/connections/{connection_id}/hook",
    "POST /tenants/{tenant_id}/connections/{connection_id}/hook/repair",
    "POST /tenants/{tenant_id}/connections/{connection_id}/items",
    "POST /tenants/{tenant_id}/connections/{connection_id}/items/{item_id}/unlink",
    "GET /tenants/{tenant_id}/connections/{connection_id}/items/{item_id}/undos",
    "GET /tenants/{tenant_id}/connections/{connection_id}/items/{item_id}/undos/{undo_id}",
    "POST /tenants/{tenant_id}/connections/{connection_id}/items/{item_id}/undos/{undo_id}",
    "POST /tenants/{tenant_id}/connections/{connection_id}/previews",
    "GET /tenants/{tenant_id}/connections/{connection_id}/previews/{preview_id}",
    "GET /tenants/{tenant_id}/connections/{connection_id}/previews/{preview_id}.csv",
    "POST /tenants/{tenant_id}/connections/{connection_id}/previews/{preview_id}/approve",
    "GET /tenants/{tenant_id}/connections/{connection_id}/conflicts",
    "GET /tenants/{tenant_id}/connections/{connection_id}/conflicts/{item_id}/{conflict_id}",
    "POST /tenants/{tenant_id}/connections/{connection_id}/conflicts/{item_id}/{conflict_id}/pick",
    "GET /tenants/{tenant_id}/connections/{connection_id}/brake",
    "POST /tenants/{tenant_id}/connections/{connection_id}/brake/approve",
    "POST /tenants/{tenant_id}/connections/{connection_id}/brake/dismiss",
    "GET /tenants/{tenant_id}/connections/{connection_id}/items",
    "GET /tenants/{tenant_id}/connections/{connection_id}/items/{item_id}",
    "POST /tenants/{tenant_id}/connections/{connection_id}/items/{item_id}/retry",
    "POST /tenants/{tenant_id}/connections/{connection_id}/items/{item_id}/copy-again",
    "POST /tenants/{tenant_id}/connections/{connection_id}/retry-failed",
    "GET /tenants/{tenant_id}/connections/{connection_id}/activity",
    "GET /tenants/{tenant_id}/connections/{connection_id}/activity.csv",
    "GET /tenants/{tenant_id}/issues/{tracker_project_id}/{issue_id}/observation",
}


@pytest.fixture
def document(api: Api) -> Any:
    return api.good("GET", "/openapi.json", who=None)


def _operations(document: Any) -> list[tuple[str, str, Any]]:
    return [(m.upper(), path, op) for path, one in document["paths"].items() for m, op in one.items()]


def test_the_document_lists_every_route(document: Any) -> None:
    assert {f"{method} {path}" for method, path, _ in _operations(document)} == ROUTES


def test_the_document_is_whole(document: Any) -> None:
    text = json.dumps(document)
    names = document["components"]["schemas"]

    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "http://api.localhost:4566/v1"}]
    assert {ref for ref in re.findall(r"#/components/schemas/([^\"]+)", text) if ref not in names} == set()
    for _, path, operation in _operations(document):
        given = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert given == set(re.findall(r"{(\w+)}", path))


def test_each_route_has_tag_summary_description_and_the_refusals(document: Any) -> None:
    tags = {tag["name"] for tag in document["tags"]}

    for method, path, operation in _operations(document):
        assert operation["summary"], (method, path)
        assert set(operation["tags"]) <= tags
        assert operation["responses"]["422"]["content"]["application/json"]["schema"] == {
            "$ref": "#/components/schemas/RefusalAnswer"
        }
        assert any(code.startswith("2") for code in operation["responses"])
    identifiers = [operation["operationId"] for _, _, operation in _operations(document)]
    assert len(identifiers) == len(set(identifiers))


def test_all_but_the_invitations_need_a_sign_in(document: Any) -> None:
    public = [path for _, path, operation in _operations(document) if operation.get("security") == []]

    assert document["security"] == [{"signed_in": []}]
    assert sorted(public) == ["/invitations/accept", "/invitations/read"]


def test_secrets_are_write_only(document: Any) -> None:
    for name in ("NewKey", "KeyChange"):
        assert document["components"]["schemas"][name]["properties"]["secret"]["writeOnly"] is True
    assert "secret" not in document["components"]["schemas"]["Authorization"]["properties"]


def test_the_page_over_the_document_is_public_and_brings_its_own_assets(api: Api) -> None:
    page = api.call("GET", "/docs", who=None)

    assert (page.status, page.headers["content-type"]) == (200, "text/html")
    assert "SwaggerUIBundle" in page.text
    assert re.findall(r"<script[^>]*src=[\"']https?:", page.text) == []


@pytest.mark.parametrize("prefix", ["", "/v1"])
def test_paths_come_with_and_without_the_stage(api: Api, prefix: str) -> None:
    assert api.call("GET", f"{prefix}/tenants").status == 200


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/nothing"), ("DELETE", "/tenants"), ("PUT", "/tenants/x")]
)
def test_an_unknown_route_is_refused_in_the_same_form(api: Api, method: str, path: str) -> None:
    refused = api.call(method, path)

    assert (refused.status, refused.error["code"]) == (404, "no_such_route")
    assert refused.error["next_step"] == "The routes are in /openapi.json."


@pytest.mark.parametrize(
    ("raw_body", "status", "field"),
    [
        ("", 422, "body"),
        ("{", 400, "body"),
        ("[]", 422, "body"),
        ('"text"', 422, "body"),
        ("null", 422, "body"),
        ("NaN", 400, "body"),
        ('{"name": "\\ud800"}', 400, "body"),
        ('{"name": ' + "[" * 100_000 + "}", 400, "body"),
        ('{"name": ' + "9" * 5_000 + "}", 400, "body"),
        ('{"name": 5}', 422, "name"),
        ('{"name": ""}', 422, "name"),
        ('{"name": "   "}', 422, "name"),
        ("{}", 422, "name"),
        ('{"name": "a", "owner": "me"}', 422, "owner"),
        ('{"name": "' + "x" * 270_000 + '"}', 413, "body"),
    ],
)
def test_a_bad_body_is_refused_with_field_and_next_step(
    api: Api, raw_body: str, status: int, field: str
) -> None:
    refused = api.call("POST", "/tenants", raw_body=raw_body)

    assert (refused.status, refused.error["field"]) == (status, field)
    assert refused.error["cause"]
    assert refused.error["next_step"]
    assert refused.error["problems"][0]["field"] == field


@pytest.mark.parametrize(
    "kind", ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_a_body_of_another_type_is_refused(api: Api, kind: str) -> None:
    refused = api.call("POST", "/tenants", raw_body="name=x", headers={"Content-Type": kind})

    assert (refused.status, refused.error["code"]) == (415, "unsupported_media_type")


def test_several_problems_are_named_at_once(api: Api) -> None:
    refused = api.call("POST", "/tenants", {"name": 5, "support_address": 6, "more": 7})

    assert [one["field"] for one in refused.error["problems"]] == ["name", "support_address", "more"]
    assert refused.error["problems"][2]["next_step"].startswith("Leave it out.")


def test_what_was_sent_is_not_repeated_in_a_refusal(api: Api) -> None:
    body = {"host": 5, "identifier": "k", "secret": ["canary-in-the-body"], "canary": "canary-in-the-body"}

    refused = api.call("POST", f"/tenants/{api.tenant()}/authorizations/cxalloy", body)

    assert refused.status == 422
    assert "canary-in-the-body" not in refused.text


def test_a_base64_body_is_read(api: Api) -> None:
    event = api_event(
        "POST", "/tenants", claims={"sub": "olga"}, raw_body=base64.b64encode(b'{"name": "B"}').decode()
    )

    assert api.handler(event | {"isBase64Encoded": True}, Context())["statusCode"] == 201


@pytest.mark.parametrize("body", ["%%%", base64.b64encode(b"\xff\xfe").decode()])
def test_a_base64_body_that_is_no_text_is_refused(api: Api, body: str) -> None:
    event = api_event("POST", "/tenants", claims={"sub": "olga"}, raw_body=body) | {"isBase64Encoded": True}

    assert api.handler(event, Context())["statusCode"] == 400
