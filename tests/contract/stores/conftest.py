"""Each store twice, on DynamoDB or S3 (moto) and in memory: one suite, so that the twins cannot drift."""

from __future__ import annotations

import functools
import threading
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws
from moto.core.responses import BaseResponse
from tests.template import tables

from plumbline.stores import memory
from plumbline.stores.activity import DynamoActivityLog
from plumbline.stores.authorizations import DynamoAuthorizations
from plumbline.stores.connections import DynamoConnections
from plumbline.stores.cursors import DynamoCursors
from plumbline.stores.links import DynamoLinks
from plumbline.stores.members import DynamoMembers
from plumbline.stores.sealing import KmsSealer
from plumbline.stores.snapshots import S3Snapshots
from plumbline.stores.work import S3Work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.stores import ports

BUCKET = "work"


@functools.cache
def client(service: str) -> Any:
    """One client for all tests: making it is the slow part."""
    make: Any = boto3.client
    return make(
        service, region_name="eu-west-1", aws_access_key_id="testing", aws_secret_access_key="testing"
    )


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An empty AWS with the template's tables; one request at a time, as DynamoDB does it for one item."""
    one_at_a_time, call_action = threading.Lock(), BaseResponse.call_action

    def serialized(self: BaseResponse) -> Any:
        with one_at_a_time:
            return call_action(self)

    monkeypatch.setattr(BaseResponse, "call_action", serialized)
    with mock_aws():
        for table in tables().values():
            client("dynamodb").create_table(**table)
        client("s3").create_bucket(
            Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        yield


@pytest.fixture(params=["dynamodb", "memory"])
def backend(request: pytest.FixtureRequest) -> str:
    if request.param == "dynamodb":
        request.getfixturevalue("aws")
    return str(request.param)


@pytest.fixture
def members(backend: str) -> ports.Members:
    if backend == "memory":
        return memory.MemoryMembers()
    return DynamoMembers(client("dynamodb"), "members")


@pytest.fixture
def authorizations(backend: str) -> ports.Authorizations:
    if backend == "memory":
        return memory.MemoryAuthorizations()
    return DynamoAuthorizations(client("dynamodb"), "authorizations")


@pytest.fixture
def connections(backend: str) -> ports.Connections:
    if backend == "memory":
        return memory.MemoryConnections()
    return DynamoConnections(client("dynamodb"), "connections")


@pytest.fixture
def work(backend: str) -> ports.Work:
    if backend == "memory":
        return memory.MemoryWork()
    return S3Work(client("s3"), BUCKET)


@pytest.fixture
def links(backend: str, work: ports.Work) -> ports.Links:
    if backend == "memory":
        return memory.MemoryLinks(work)
    return DynamoLinks(client("dynamodb"), "links", work)


@pytest.fixture
def links_alone(backend: str) -> ports.Links:
    """Links without a work bucket."""
    if backend == "memory":
        return memory.MemoryLinks()
    return DynamoLinks(client("dynamodb"), "links")


@pytest.fixture
def cursors(backend: str) -> ports.Cursors:
    if backend == "memory":
        return memory.MemoryCursors()
    return DynamoCursors(client("dynamodb"), "cursors")


@pytest.fixture
def activity(backend: str) -> ports.ActivityLog:
    if backend == "memory":
        return memory.MemoryActivityLog()
    return DynamoActivityLog(client("dynamodb"), "activity")


@pytest.fixture
def snapshots(backend: str) -> ports.Snapshots:
    if backend == "memory":
        return memory.MemorySnapshots()
    return S3Snapshots(client("s3"), BUCKET)


@pytest.fixture
def sealer(backend: str) -> ports.Sealer:
    if backend == "memory":
        return memory.MemorySealer()
    key = client("kms").create_key()["KeyMetadata"]["KeyId"]
    return KmsSealer(client("kms"), key)
