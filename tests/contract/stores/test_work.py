from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plumbline.stores.work import S3Work

from .conftest import client

if TYPE_CHECKING:
    from plumbline.stores.ports import Work


def test_an_object_comes_back_until_it_is_replaced_or_deleted(work: Work) -> None:
    assert work.get("previews/c1/p1.json") is None

    work.put("previews/c1/p1.json", b"\x00first")
    assert work.get("previews/c1/p1.json") == b"\x00first"
    work.put("previews/c1/p1.json", b"")
    assert work.get("previews/c1/p1.json") == b""
    assert work.get("previews/c1/p2.json") is None

    work.delete("previews/c1/p1.json")
    work.delete("previews/c1/p1.json")
    assert work.get("previews/c1/p1.json") is None


@pytest.mark.usefixtures("aws")
def test_a_bucket_that_is_not_there_is_an_error_and_no_missing_object() -> None:
    with pytest.raises(client("s3").exceptions.NoSuchBucket):
        S3Work(client("s3"), "elsewhere").get("previews/c1/p1.json")
