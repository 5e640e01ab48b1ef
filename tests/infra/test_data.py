"""What is kept outlives the stack, can be brought back, and is closed to everyone else."""

from __future__ import annotations

import pytest
from tests.infra.stack import EVERYTHING, NESTED, STAGES, TEMPLATE, at, of_type, target

TABLES = sorted(of_type("AWS::DynamoDB::Table"))
BUCKETS = sorted(of_type("AWS::S3::Bucket"))
KEPT = sorted(TABLES + BUCKETS + [*of_type("AWS::KMS::Key"), *of_type("AWS::Cognito::UserPool")])
# Call slots are worth nothing after an hour.
NOT_BROUGHT_BACK = {"BudgetTable"}


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_stays_when_the_stack_goes(name: str) -> None:
    assert EVERYTHING[name]["DeletionPolicy"] == "Retain"
    assert EVERYTHING[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", sorted(set(TABLES) - NOT_BROUGHT_BACK))
def test_a_table_can_be_brought_back_to_any_second(name: str) -> None:
    recovery = EVERYTHING[name]["Properties"]["PointInTimeRecoverySpecification"]

    assert recovery == {"PointInTimeRecoveryEnabled": True}


def test_credentials_lie_under_the_key_of_the_customer() -> None:
    encryption = EVERYTHING["AuthorizationsTable"]["Properties"]["SSESpecification"]

    assert (encryption["SSEEnabled"], encryption["SSEType"]) == (True, "KMS")
    assert target(encryption["KMSMasterKeyId"], "Data") == "TokenKey"


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_is_closed_to_the_public(name: str) -> None:
    assert EVERYTHING[name]["Properties"]["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


@pytest.mark.parametrize("name", BUCKETS)
def test_a_bucket_refuses_plain_http_where_there_is_tls(name: str) -> None:
    policies = of_type("AWS::S3::BucketPolicy").values()
    (policy,) = [one for one in policies if target(one["Properties"]["Bucket"], "Data") == name]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]

    assert (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
    assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert [target(one, "Data") for one in statement["Resource"]] == [name, name]
    assert NESTED["Data"]["Conditions"][policy["Condition"]] == {"Fn::Equals": [{"Ref": "Transport"}, "tls"]}


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_only_a_stack_on_one_s_own_machine_is_unprotected(stage: str) -> None:
    asked = {
        name: EVERYTHING["Data"]["Properties"]["Parameters"][name] for name in ("Retention", "Transport")
    }
    expected = {"local": ["drop", "any"], "dev": ["keep", "tls"], "prod": ["keep", "tls"]}

    assert [at(stage, asked[name]) for name in ("Retention", "Transport")] == expected[stage]
    assert at(stage, EVERYTHING["Access"]["Properties"]["Parameters"]["Retention"]) == expected[stage][0]


@pytest.mark.parametrize("name", sorted(NESTED))
def test_a_nested_template_gets_all_that_it_asks_for_and_nothing_else(name: str) -> None:
    asked = NESTED[name]["Parameters"]
    given = EVERYTHING[name]["Properties"]["Parameters"]

    assert set(given) <= set(asked)
    assert [one for one, said in asked.items() if "Default" not in said and one not in given] == []


def test_a_secret_that_is_typed_in_is_hidden_and_goes_into_the_secret_only() -> None:
    hidden = [name for name, said in TEMPLATE["Parameters"].items() if said.get("NoEcho")]
    users = [
        name for name, one in EVERYTHING.items() if any(hide in str(one.get("Properties")) for hide in hidden)
    ]

    assert hidden == ["ProcoreClientSecret"]
    assert users == ["ProcoreAppSecret"]
    assert EVERYTHING["ProcoreAppSecret"]["Type"] == "AWS::SecretsManager::Secret"
