"""Items and tables of DynamoDB below the stores."""

from __future__ import annotations

import subprocess
import sys

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from plumbline.errors import Retry
from plumbline.stores.items import from_item, pack, to_item, unpack
from plumbline.stores.links import DynamoLinks, shard_of
from plumbline.stores.records import Cursor, Link, LinkState

from .conftest import client

LINK = Link("l1", "c1", "i1", LinkState.WAITING)


def test_defaults_are_left_out_but_the_version_is_always_there() -> None:
    assert to_item(LINK) == {
        "id": "l1",
        "connection_id": "c1",
        "issue_id": "i1",
        "state": LinkState.WAITING,
        "version": 0,
    }


def test_older_code_reads_newer_items() -> None:
    item = to_item(LINK) | {"mood": "sunny", "pk": "LINK#l1"}

    assert from_item(Link, item) == LINK


def test_newer_code_reads_older_items() -> None:
    assert from_item(Cursor, {"connection_id": "c1", "name": "tracker"}) == Cursor("c1", "tracker")


def test_values_survive_the_way_to_dynamodb_and_back() -> None:
    item = {
        "a": 0.1,
        "b": 1700000000.123456,
        "c": 7,
        "d": True,
        "e": b"\x00\xff",
        "f": {"g": [None, "é", 1.5]},
    }

    assert unpack(pack(item)) == item


def test_a_whole_number_in_a_float_field_is_a_float_again() -> None:
    cursor = from_item(Cursor, unpack(pack(to_item(Cursor("c1", "tracker", due_at=5.0)))))

    assert isinstance(cursor.due_at, float)
    assert isinstance(cursor.version, int)


def test_due_links_are_spread_over_16_shards() -> None:
    assert {shard_of(f"link-{number}") for number in range(400)} == set("0123456789abcdef")


@pytest.mark.usefixtures("aws")
def test_a_write_of_older_code_keeps_what_newer_code_added() -> None:
    links = DynamoLinks(client("dynamodb"), "links")
    link = links.create(LINK)
    client("dynamodb").update_item(
        TableName="links",
        Key={"pk": {"S": "LINK#l1"}, "sk": {"S": "STATE"}},
        UpdateExpression="SET mood = :mood",
        ExpressionAttributeValues={":mood": {"S": "sunny"}},
    )

    links.save(link)

    stored = client("dynamodb").get_item(
        TableName="links", Key={"pk": {"S": "LINK#l1"}, "sk": {"S": "STATE"}}
    )
    assert stored["Item"]["mood"] == {"S": "sunny"}


def test_a_write_that_meets_a_transaction_is_tried_again_and_then_later() -> None:
    with Stubber(client("dynamodb")) as dynamodb:
        for _ in range(3):
            dynamodb.add_client_error("update_item", "TransactionConflictException")
        with pytest.raises(Retry) as retry:
            DynamoLinks(client("dynamodb"), "links").save(LINK)

    assert retry.value.after == 1.0


def test_a_transaction_that_meets_another_is_tried_again() -> None:
    conflict = {"CancellationReasons": [{"Code": "TransactionConflict"}, {"Code": "None"}]}
    with Stubber(client("dynamodb")) as dynamodb:
        dynamodb.add_client_error(
            "transact_write_items", "TransactionCanceledException", modeled_fields=conflict
        )
        dynamodb.add_response("transact_write_items", {})

        assert DynamoLinks(client("dynamodb"), "links").create(LINK).version == 1


def test_any_other_error_of_dynamodb_rises() -> None:
    with Stubber(client("dynamodb")) as dynamodb:
        dynamodb.add_client_error("get_item", "AccessDeniedException")
        dynamodb.add_client_error("update_item", "ValidationException")
        with pytest.raises(ClientError, match="AccessDeniedException"):
            DynamoLinks(client("dynamodb"), "links").get("l1")
        with pytest.raises(ClientError, match="ValidationException"):
            DynamoLinks(client("dynamodb"), "links").save(LINK)


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        (
            "plumbline.stores.records, plumbline.stores.ports",
            ("boto3", "pydantic", "cryptography", "requests"),
        ),
        ("plumbline.stores.memory", ("boto3", "botocore", "pydantic", "cryptography")),
        ("plumbline.stores.links, plumbline.stores.budget", ("pydantic", "cryptography", "requests")),
    ],
)
def test_importing_a_store_brings_nothing_heavy_along(module: str, unwanted: tuple[str, ...]) -> None:
    code = f"import sys; sys.path[:0] = {sys.path!r}; import {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()

    assert [name for name in unwanted if name in loaded] == []
