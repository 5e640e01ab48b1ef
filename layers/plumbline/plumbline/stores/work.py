"""Objects of the work bucket: plans, previews and texts too long for an item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

MISSING = {"NoSuchKey", "404"}
"""How S3 says that an object is not there, to who may list the bucket (S3: "GetObject", permissions)."""


class S3Work:
    """The work bucket; names are keys."""

    def __init__(self, client: S3Client, bucket: str) -> None:
        self._client = client
        self._bucket = bucket

    def put(self, name: str, content: bytes) -> None:
        self._client.put_object(Bucket=self._bucket, Key=name, Body=content)

    def get(self, name: str) -> bytes | None:
        try:
            return self._client.get_object(Bucket=self._bucket, Key=name)["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return None
            raise

    def delete(self, name: str) -> None:
        self._client.delete_object(Bucket=self._bucket, Key=name)
