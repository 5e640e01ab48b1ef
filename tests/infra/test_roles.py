"""Every function has a role of its own, written out by hand, and may do only what it does."""

from __future__ import annotations

import pytest
from tests.infra.stack import EVERYTHING, OUTSIDE, events, functions, of_type, role_of, statements, target
from tests.infra.verbs import actions_used
from tests.template import ROOT

ROLES = sorted(of_type("AWS::IAM::Role"))
FUNCTIONS = sorted(functions())

# One item or one query at a time: no role reads a whole table, or makes, changes or drops one.
VERBS_ON_TABLES = {
    "dynamodb:ConditionCheckItem",
    "dynamodb:DeleteItem",
    "dynamodb:GetItem",
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:UpdateItem",
}

# What a store does only for a change that this function does not make. A pair of projects is changed by the
# settings API alone, which deletes connections too; an observation is claimed where twins are made. The log
# is read where people see it.
OF_THE_PAIR = {"dynamodb:DeleteItem", "dynamodb:PutItem"}
NEVER_REACHED = {
    ("CommentPollingFunction", "CONNECTIONS_TABLE"): OF_THE_PAIR,
    ("CopyFunction", "CONNECTIONS_TABLE"): OF_THE_PAIR,
    ("JobsFunction", "ACTIVITY_TABLE"): {"dynamodb:Query"},
    ("JobsFunction", "CONNECTIONS_TABLE"): {"dynamodb:DeleteItem"},
    ("SweepFunction", "CONNECTIONS_TABLE"): OF_THE_PAIR,
    ("SweepFunction", "LINKS_TABLE"): {"dynamodb:DeleteItem"},
    ("SyncFunction", "CONNECTIONS_TABLE"): OF_THE_PAIR,
    ("TrackerPollingFunction", "ACTIVITY_TABLE"): {"dynamodb:Query"},
    ("TrackerPollingFunction", "CONNECTIONS_TABLE"): OF_THE_PAIR,
    ("TrackerPollingFunction", "LINKS_TABLE"): {"dynamodb:DeleteItem"},
}


def test_no_two_functions_share_a_role() -> None:
    roles = [role_of(name) for name in FUNCTIONS]

    assert len(set(roles)) == len(roles) == 11


@pytest.mark.parametrize("function", FUNCTIONS)
def test_the_role_of_a_function_is_written_by_hand(function: str) -> None:
    assert EVERYTHING[role_of(function)]["Type"] == "AWS::IAM::Role"
    assert "Policies" not in functions()[function]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_only_lambda_may_take_the_role_of_a_function(function: str) -> None:
    (trust,) = EVERYTHING[role_of(function)]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust == {
        "Effect": "Allow",
        "Principal": {"Service": "lambda.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }


@pytest.mark.parametrize("role", ROLES)
def test_no_role_takes_a_policy_that_somebody_else_wrote(role: str) -> None:
    assert "ManagedPolicyArns" not in EVERYTHING[role]["Properties"]


@pytest.mark.parametrize("role", ROLES)
def test_every_action_is_named_in_full(role: str) -> None:
    actions = [action for one in statements(role) for action in one.actions]

    assert actions
    assert [action for action in actions if "*" in action or "?" in action] == []


@pytest.mark.parametrize("role", ROLES)
def test_every_statement_allows_something_on_resources_of_this_stack(role: str) -> None:
    for one in statements(role):
        assert one.effect == "Allow"
        assert [name for name in one.targets if name not in {*EVERYTHING, *OUTSIDE}] == []


@pytest.mark.parametrize("role", ROLES)
def test_a_star_stands_only_for_the_indexes_of_a_table_and_the_objects_of_a_bucket(role: str) -> None:
    ends = {"AWS::DynamoDB::Table": "}/index/*", "AWS::S3::Bucket": "}/*"}
    for one in statements(role):
        for name, text in zip(one.targets, one.texts, strict=True):
            if "*" in text:
                end = ends[EVERYTHING[name]["Type"]]
                assert text.endswith(end)
                assert text.count("*") == 1


@pytest.mark.parametrize("role", ROLES)
def test_a_table_is_read_and_written_item_by_item(role: str) -> None:
    for one in statements(role):
        tables = of_type("AWS::DynamoDB::Table")
        if any(name in tables for name in one.targets):
            assert set(one.actions) <= VERBS_ON_TABLES


@pytest.mark.parametrize("role", ROLES)
def test_an_index_is_named_only_where_it_can_be_queried(role: str) -> None:
    for one in statements(role):
        if any("/index/" in text for text in one.texts):
            assert "dynamodb:Query" in one.actions


def allowed(function: str, variable: str) -> set[str]:
    """What a role allows a function itself to do with the resource that one of its variables names."""
    name = target(functions()[function]["Environment"]["Variables"][variable])
    return {
        action
        for one in statements(role_of(function))
        if name in one.targets and not one.via
        for action in one.actions
    }


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_may_do_all_that_its_code_may_come_to_do_and_no_more(function: str) -> None:
    used = actions_used(ROOT / functions()[function]["CodeUri"])
    granted = {variable: allowed(function, variable) for variable in used}

    assert granted == {
        variable: actions - NEVER_REACHED.get((function, variable), set())
        for variable, actions in used.items()
    }


def test_reading_the_code_finds_what_a_poll_for_comments_does_to_its_tables() -> None:
    assert actions_used(ROOT / "functions/comment_polling") == {
        "ACTIVITY_TABLE": {"dynamodb:PutItem"},
        "AUTHORIZATIONS_TABLE": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"},
        "BUDGET_TABLE": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "CONNECTIONS_TABLE": {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:UpdateItem"} | OF_THE_PAIR,
        "CURSORS_TABLE": {"dynamodb:GetItem", "dynamodb:UpdateItem"},
        "LINKS_TABLE": {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:UpdateItem"},
        "TOKEN_KEY": {"kms:Decrypt", "kms:GenerateDataKey"},
    }


def test_reading_the_code_finds_what_is_reached_through_another_object() -> None:
    used = actions_used(ROOT / "functions/jobs")

    assert used["CONNECTIONS_TABLE"] == {"dynamodb:DeleteItem", "dynamodb:GetItem"}
    assert "s3:DeleteObject" in used["WORK_BUCKET"]


def test_reading_the_code_finds_nothing_where_a_function_has_no_store() -> None:
    assert actions_used(ROOT / "functions/webhook_receipt") == {}


def test_alerts_go_out_in_the_name_of_the_one_sender_only() -> None:
    senders = {
        (role, one.targets)
        for role in ROLES
        for one in statements(role)
        if any(action.startswith("ses:") for action in one.actions)
    }

    assert senders == {("AlertsRole", ("AlertSender",))}


def test_the_schedules_may_start_what_is_scheduled_and_nothing_else() -> None:
    scheduled = {name for name in FUNCTIONS if events(name, "Schedule", "ScheduleV2")}
    roles = {
        target(one["RoleArn"])
        for name in scheduled
        for one in events(name, "Schedule", "ScheduleV2").values()
    }
    (role,) = roles
    (only,) = statements(role)

    assert only.actions == ("lambda:InvokeFunction",)
    assert set(only.targets) == scheduled


def test_the_policy_of_the_key_leaves_the_decision_to_the_roles_of_this_account() -> None:
    (key,) = of_type("AWS::KMS::Key").values()
    (only,) = key["Properties"]["KeyPolicy"]["Statement"]

    assert only["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
