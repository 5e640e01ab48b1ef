"""What the template promises of every table and of the bucket."""

from __future__ import annotations

from dataclasses import is_dataclass

import pytest
from tests.template import DATA, ROOT, load, resources

from plumbline.stores import records

TABLES = resources("AWS::DynamoDB::Table")
ACCESS = ROOT / "infra" / "access.yaml"


def test_there_is_a_table_for_each_lifecycle() -> None:
    assert sorted(TABLES) == [
        "ActivityTable",
        "AuthorizationsTable",
        "BudgetTable",
        "ConnectionsTable",
        "CursorsTable",
        "LinksTable",
        "MembersTable",
    ]


@pytest.mark.parametrize("name", sorted(TABLES))
def test_a_table_outlives_its_stack_and_is_protected_when_asked(name: str) -> None:
    table = TABLES[name]

    assert table["DeletionPolicy"] == "Retain"
    assert table["UpdateReplacePolicy"] == "Retain"
    assert table["Properties"]["DeletionProtectionEnabled"] == {"Fn::If": ["Keep", True, False]}
    assert table["Properties"]["BillingMode"] == "PAY_PER_REQUEST"


def test_every_table_but_the_budget_can_be_brought_back_to_any_second() -> None:
    without = [
        name
        for name, table in TABLES.items()
        if not table["Properties"]
        .get("PointInTimeRecoverySpecification", {})
        .get("PointInTimeRecoveryEnabled")
    ]
    assert without == ["BudgetTable"]


def test_only_the_table_of_credentials_has_the_customer_key() -> None:
    encrypted = {
        name: table["Properties"]["SSESpecification"]
        for name, table in TABLES.items()
        if "SSESpecification" in table["Properties"]
    }
    assert encrypted == {
        "AuthorizationsTable": {
            "SSEEnabled": True,
            "SSEType": "KMS",
            "KMSMasterKeyId": {"Ref": "TokenKeyArn"},
        }
    }


def test_time_to_live_reads_the_field_that_no_record_but_an_undo_has() -> None:
    named = {
        name: table["Properties"]["TimeToLiveSpecification"]["AttributeName"]
        for name, table in TABLES.items()
        if "TimeToLiveSpecification" in table["Properties"]
    }
    assert named == {
        "ActivityTable": "delete_after",
        "AuthorizationsTable": "delete_after",
        "BudgetTable": "delete_after",
        "LinksTable": "delete_after",
    }


def test_only_an_undo_has_the_field_of_time_to_live() -> None:
    with_it = [
        name
        for name, kind in vars(records).items()
        if is_dataclass(kind) and "delete_after" in kind.__dataclass_fields__
    ]

    assert with_it == ["Undo"]


@pytest.mark.parametrize("name", ["by_state", "due"])
def test_what_is_counted_or_fed_comes_from_an_index_of_keys_only(name: str) -> None:
    indexes = {
        index["IndexName"]: index for index in TABLES["LinksTable"]["Properties"]["GlobalSecondaryIndexes"]
    }

    assert indexes[name]["Projection"] == {"ProjectionType": "KEYS_ONLY"}


def test_long_texts_of_undo_outlive_the_undo_and_then_go() -> None:
    rules = load(DATA)["Resources"]["WorkBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    (rule,) = [rule for rule in rules if rule["Id"] == "texts-of-undo"]

    assert (rule["Status"], rule["Prefix"], rule["ExpirationInDays"]) == ("Enabled", "texts/undo/", 120)


def test_every_name_and_arn_is_an_output() -> None:
    outputs = load(DATA)["Outputs"]

    for name in TABLES:
        assert outputs[f"{name}Name"]["Value"] == {"Ref": name}
        assert outputs[f"{name}Arn"]["Value"] == {"Fn::GetAtt": [name, "Arn"]}
    assert outputs["WorkBucketName"]["Value"] == {"Ref": "WorkBucket"}
    assert outputs["WorkBucketArn"]["Value"] == {"Fn::GetAtt": ["WorkBucket", "Arn"]}


def test_the_work_bucket_is_private_and_keeps_versions() -> None:
    bucket = load(DATA)["Resources"]["WorkBucket"]["Properties"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "BucketEncryption" in bucket


def test_the_work_bucket_refuses_plain_http_unless_the_machine_is_one_s_own() -> None:
    template = load(DATA)
    policy = template["Resources"]["WorkBucketPolicy"]
    (statement,) = policy["Properties"]["PolicyDocument"]["Statement"]

    assert template["Parameters"]["Transport"]["Default"] == "tls"
    assert policy["Condition"] == "OnlyTls"
    assert (statement["Effect"], statement["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_the_key_rotates_and_stays() -> None:
    key = load(ACCESS)["Resources"]["TokenKey"]

    assert key["Properties"]["EnableKeyRotation"] is True
    assert (key["DeletionPolicy"], key["UpdateReplacePolicy"]) == ("Retain", "Retain")


def test_nobody_signs_up_alone_and_the_browser_holds_no_client_secret() -> None:
    access = load(ACCESS)["Resources"]

    assert access["People"]["Properties"]["AdminCreateUserConfig"] == {"AllowAdminCreateUserOnly": True}
    assert access["People"]["Properties"]["MfaConfiguration"] == "OPTIONAL"
    assert access["ConsoleClient"]["Properties"]["GenerateSecret"] is False
    assert access["ConsoleClient"]["Properties"]["PreventUserExistenceErrors"] == "ENABLED"
    assert access["ConsoleClient"]["Properties"]["AccessTokenValidity"] == 1
