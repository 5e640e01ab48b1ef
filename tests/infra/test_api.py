"""Who may call what: a signed-in person everything, everyone else a few named routes."""

from __future__ import annotations

import ast

import pytest
from tests.infra.code import FUNCTIONS, parsed, sources
from tests.infra.stack import EVERYTHING, events, functions, of_type, target

OPEN_TO_ALL = {
    ("DELETE", "/session"),
    ("GET", "/console"),
    ("GET", "/console/{proxy+}"),
    ("GET", "/docs"),
    ("GET", "/oauth/callback"),
    ("GET", "/oauth/result"),
    ("GET", "/openapi.json"),
    ("POST", "/hooks/procore/{connection_id}"),
    ("POST", "/invitations/accept"),
    ("POST", "/invitations/read"),
    ("POST", "/session"),
    ("PUT", "/session"),
}
ROUTES = [
    (name, event, route)
    for name in sorted(functions())
    for event, route in sorted(events(name, "Api", "HttpApi").items())
]


def auth() -> dict[str, object]:
    """What the one API asks of a caller."""
    (api,) = of_type("AWS::Serverless::Api").values()
    found: dict[str, object] = api["Properties"]["Auth"]
    return found


def test_an_access_token_of_our_own_people_is_asked_for_unless_a_route_says_otherwise() -> None:
    assert auth()["DefaultAuthorizer"] == "People"
    assert auth()["Authorizers"] == {
        "People": {
            "UserPoolArn": {"Fn::GetAtt": ["Access", "Outputs.UserPoolArn"]},
            "AuthorizationScopes": ["aws.cognito.signin.user.admin"],
        }
    }
    assert target({"Fn::GetAtt": ["Access", "Outputs.UserPoolArn"]}) == "People"
    assert EVERYTHING["People"]["Type"] == "AWS::Cognito::UserPool"


def test_exactly_the_named_routes_are_open_to_all() -> None:
    is_open = {
        (route["Method"], route["Path"])
        for _, _, route in ROUTES
        if route.get("Auth", {}).get("Authorizer") == "NONE"
    }

    assert is_open == OPEN_TO_ALL


@pytest.mark.parametrize(("function", "event", "route"), ROUTES)
def test_a_route_is_of_the_one_api_and_either_open_or_as_all_others(
    function: str, event: str, route: dict[str, object]
) -> None:
    assert functions()[function]["Events"][event]["Type"] == "Api"
    assert target(route["RestApiId"]) == "Api"
    assert route.get("Auth", {"Authorizer": "NONE"}) == {"Authorizer": "NONE"}


@pytest.mark.parametrize(("function", "event", "route"), ROUTES)
def test_a_route_names_its_method(function: str, event: str, route: dict[str, str]) -> None:
    assert route["Method"] in {"DELETE", "GET", "PATCH", "POST", "PUT"}, (function, event)


def test_no_route_is_there_twice() -> None:
    named = [(route["Method"], route["Path"]) for _, _, route in ROUTES]

    assert len(set(named)) == len(named)


def test_every_method_that_the_code_answers_reaches_it() -> None:
    answered = {
        decorator.func.attr.upper()
        for path in sources(FUNCTIONS / "settings")
        for function in ast.walk(parsed(path))
        if isinstance(function, ast.FunctionDef)
        for decorator in function.decorator_list
        if isinstance(decorator, ast.Call) and isinstance(decorator.func, ast.Attribute)
        if ast.unparse(decorator.func.value) in {"router", "app"}
    }
    reaching = {route["Method"] for name, _, route in ROUTES if name == "SettingsFunction"}

    assert answered == reaching == {"DELETE", "GET", "PATCH", "POST", "PUT"}


def test_calls_are_throttled() -> None:
    (api,) = of_type("AWS::Serverless::Api").values()
    all_routes, hooks, pages, signing_in = api["Properties"]["MethodSettings"]

    assert (all_routes["ResourcePath"], all_routes["HttpMethod"]) == ("/*", "*")
    assert (all_routes["ThrottlingRateLimit"], all_routes["ThrottlingBurstLimit"]) == (50, 100)
    # "~1" stands for a slash. CloudFormation: "AWS::ApiGateway::Stage MethodSetting", ResourcePath.
    named = [
        (one["HttpMethod"], one["ResourcePath"].replace("~1", "/").removeprefix("/"))
        for one in (hooks, pages, signing_in)
    ]
    assert named == [
        ("POST", "/hooks/procore/{connection_id}"),
        ("GET", "/console/{proxy+}"),
        ("POST", "/session"),
    ]
    assert (hooks["ThrottlingRateLimit"], hooks["ThrottlingBurstLimit"]) == (200, 400)
    assert (pages["ThrottlingRateLimit"], pages["ThrottlingBurstLimit"]) == (200, 400)
    assert (signing_in["ThrottlingRateLimit"], signing_in["ThrottlingBurstLimit"]) == (5, 20)


def test_longer_answers_are_compressed_for_browsers_that_take_it() -> None:
    (api,) = of_type("AWS::Serverless::Api").values()

    assert api["Properties"]["MinimumCompressionSize"] == 1024
    assert "BinaryMediaTypes" not in api["Properties"]
