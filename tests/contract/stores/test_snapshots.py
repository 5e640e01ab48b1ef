from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from plumbline.stores.ports import Stale
from plumbline.stores.snapshots import S3Snapshots

from .conftest import BUCKET, client

if TYPE_CHECKING:
    from plumbline.stores.ports import Snapshots


def test_a_connection_without_a_snapshot_has_an_empty_one(snapshots: Snapshots) -> None:
    assert snapshots.read("c1") == ({}, "")


def test_a_snapshot_comes_back_with_the_etag_of_its_write(snapshots: Snapshots) -> None:
    etag = snapshots.write("c1", {"i1": "aa", "ï2": "bb"}, etag="")

    assert etag != ""
    assert snapshots.read("c1") == ({"i1": "aa", "ï2": "bb"}, etag)
    assert snapshots.read("c2") == ({}, "")


def test_a_snapshot_is_replaced_by_who_read_it(snapshots: Snapshots) -> None:
    first = snapshots.write("c1", {"i1": "aa"}, etag="")

    second = snapshots.write("c1", {"i1": "bb"}, etag=first)

    assert second != first
    assert snapshots.read("c1") == ({"i1": "bb"}, second)


def test_a_poll_that_read_an_older_snapshot_is_stale(snapshots: Snapshots) -> None:
    first = snapshots.write("c1", {"i1": "aa"}, etag="")
    second = snapshots.write("c1", {"i1": "bb"}, etag=first)

    with pytest.raises(Stale):
        snapshots.write("c1", {"i1": "late"}, etag=first)
    with pytest.raises(Stale):
        snapshots.write("c1", {"i1": "late"}, etag="")

    assert snapshots.read("c1") == ({"i1": "bb"}, second)


def test_a_deleted_snapshot_is_not_brought_back_by_a_late_poll(snapshots: Snapshots) -> None:
    first = snapshots.write("c1", {"i1": "aa"}, etag="")
    snapshots.delete("c1")
    snapshots.delete("c1")

    with pytest.raises(Stale):
        snapshots.write("c1", {"i1": "late"}, etag=first)

    assert snapshots.read("c1") == ({}, "")


@pytest.mark.usefixtures("aws")
def test_the_object_is_gzipped_json_and_equal_snapshots_are_equal_bytes() -> None:
    store = S3Snapshots(client("s3"), BUCKET)
    store.write("c1", {"b": "2", "a": "1"}, etag="")
    store.write("c2", {"a": "1", "b": "2"}, etag="")

    bodies = [
        client("s3").get_object(Bucket=BUCKET, Key=f"snapshots/{name}.json.gz")["Body"].read()
        for name in ("c1", "c2")
    ]
    assert bodies[0] == bodies[1]
    assert gzip.decompress(bodies[0]) == b'{"a": "1", "b": "2"}'


@pytest.mark.usefixtures("aws")
def test_a_bucket_that_is_not_there_is_an_error_and_no_empty_snapshot() -> None:
    store = S3Snapshots(client("s3"), "elsewhere")

    with pytest.raises(client("s3").exceptions.NoSuchBucket):
        store.read("c1")
    with pytest.raises(client("s3").exceptions.NoSuchBucket):
        store.write("c1", {}, etag="")
