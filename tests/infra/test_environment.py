"""A function is told what its code asks for, may touch what it is told of, and is told no secret."""

from __future__ import annotations

from typing import Any

import pytest
from tests.infra.code import settings_read
from tests.infra.stack import (
    EVERYTHING,
    OUTSIDE,
    TEMPLATE,
    feeding_queues,
    functions,
    role_of,
    statements,
    target,
)
from tests.template import ROOT

FUNCTIONS = sorted(functions())
# Set for the tools of AWS; no code of ours asks for them.
FOR_THE_LOGGER = {"POWERTOOLS_LOG_LEVEL", "POWERTOOLS_SERVICE_NAME"}
# Whoever signs in through it has shown nothing yet: its calls carry no signature and need no right of a role.
UNSIGNED = {"AWS::Cognito::UserPoolClient"}
KINDS = (
    ("_TABLE", "AWS::DynamoDB::Table"),
    ("_BUCKET", "AWS::S3::Bucket"),
    ("_QUEUE", "AWS::SQS::Queue"),
    ("_SECRET", "AWS::SecretsManager::Secret"),
    ("_PARAMETER", "AWS::SSM::Parameter"),
    ("TOKEN_KEY", "AWS::KMS::Key"),
)


def variables(function: str) -> dict[str, Any]:
    """What a function is told."""
    told: dict[str, Any] = functions()[function]["Environment"]["Variables"]
    return told


def named(function: str) -> dict[str, str]:
    """The resources that a function is told of, by the variable that does."""
    found = {variable: target(value) for variable, value in variables(function).items()}
    known = {variable: name for variable, name in found.items() if name in {*EVERYTHING, *OUTSIDE}}
    return {variable: name for variable, name in known.items() if kind(name) not in UNSIGNED}


def kind(name: str) -> str:
    """The type of a resource; "" for what lies outside the stack."""
    return str(EVERYTHING[name]["Type"]) if name in EVERYTHING else ""


def touched(function: str) -> set[str]:
    """The resources that a function itself may touch."""
    return {name for one in statements(role_of(function)) if not one.via for name in one.targets}


def key_of(table: str) -> str:
    """The key of the customer that a table lies under, or "" for one of AWS's."""
    encryption = EVERYTHING[table]["Properties"].get("SSESpecification", {})
    return target(encryption.get("KMSMasterKeyId"), "Data")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_is_told_exactly_what_its_code_asks_for(function: str) -> None:
    asked = settings_read(ROOT / functions()[function]["CodeUri"])

    assert set(variables(function)) - FOR_THE_LOGGER == asked


def test_reading_the_code_finds_what_wiring_asks_for_in_turn() -> None:
    assert settings_read(ROOT / "functions/webhook_receipt") == {"HOOK_SECRET", "SYNC_QUEUE"}
    assert settings_read(ROOT / "functions/oauth_callback") >= {"AUTHORIZATIONS_TABLE", "TOKEN_KEY"}
    assert "HOOK_SECRET" in settings_read(ROOT / "functions/sweep")
    assert "WORK_BUCKET" in settings_read(ROOT / "functions/sync")
    assert "WORK_BUCKET" not in settings_read(ROOT / "functions/copy")
    assert "ADOPT_AFTER_SECONDS" in settings_read(ROOT / "functions/copy")
    assert "PROCORE_APP_VERSION_KEY" in settings_read(ROOT / "functions/settings")


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_touch_all_that_it_is_told_of(function: str) -> None:
    assert set(named(function).values()) <= touched(function)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_touch_nothing_else_but_its_log_and_its_queue(function: str) -> None:
    own = {target(functions()[function]["LoggingConfig"]["LogGroup"]), *feeding_queues(function)}

    assert touched(function) == set(named(function).values()) | own


@pytest.mark.parametrize("function", FUNCTIONS)
def test_dynamodb_may_use_the_key_of_a_table_for_whoever_uses_the_table(function: str) -> None:
    via = {(name, one.via) for one in statements(role_of(function)) if one.via for name in one.targets}
    tables = [name for name in touched(function) if kind(name) == "AWS::DynamoDB::Table"]

    assert via == {(key_of(table), "dynamodb") for table in tables if key_of(table)}


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_variable_says_of_what_kind_it_is(function: str) -> None:
    wrong = {
        variable: name
        for variable, name in named(function).items()
        for end, expected in KINDS
        if variable.endswith(end) and kind(name) != expected
    }
    nameless = {
        variable
        for variable in variables(function)
        if variable.endswith(tuple(end for end, _ in KINDS)) and variable not in named(function)
    }

    assert (wrong, nameless) == ({}, set())


@pytest.mark.parametrize("function", FUNCTIONS)
def test_no_variable_holds_a_secret(function: str) -> None:
    hidden = {name for name, said in TEMPLATE["Parameters"].items() if said.get("NoEcho")}

    for variable, value in variables(function).items():
        assert target(value) not in hidden, variable
        assert "resolve:" not in str(value), variable
        assert "SecretString" not in str(value), variable
