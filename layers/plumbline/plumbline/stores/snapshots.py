"""Tracker snapshots in the work bucket: gzipped JSON, replaced only if it is still the one that was read."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from plumbline.stores.ports import Stale
from plumbline.stores.work import MISSING

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MOVED_ON = {"PreconditionFailed", "ConditionalRequestConflict", *MISSING}
"""S3: "Conditional writes" names 412, 409 for a race, and 404 where the object to match is gone."""


class S3Snapshots:
    """The snapshots in the work bucket, under `snapshots/`."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def read(self, connection_id: str) -> tuple[dict[str, str], str]:
        try:
            answer = self._client.get_object(Bucket=self._bucket, Key=_key(connection_id))
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return {}, ""
            raise
        hashes: dict[str, str] = json.loads(gzip.decompress(answer["Body"].read()))
        return hashes, answer["ETag"]

    def write(self, connection_id: str, hashes: dict[str, str], *, etag: str) -> str:
        still: dict[str, Any] = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        # No time in the gzip header: equal snapshots are equal bytes.
        body = gzip.compress(json.dumps(hashes, sort_keys=True).encode(), mtime=0)
        try:
            answer = self._client.put_object(
                Bucket=self._bucket,
                Key=_key(connection_id),
                Body=body,
                ContentType="application/gzip",
                **still,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] in _MOVED_ON:
                raise Stale from error
            raise
        return answer["ETag"]

    def delete(self, connection_id: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=_key(connection_id))


def _key(connection_id: str) -> str:
    return f"snapshots/{connection_id}.json.gz"
