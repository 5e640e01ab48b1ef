from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING, Any

import pytest

from plumbline.errors import Reject, Retry
from plumbline.procore.transfer import spool, upload
from plumbline.procore.uploads import UploadSettings

from .conftest import Reply, Seen, Server

if TYPE_CHECKING:
    import requests

    from plumbline.procore.client import ProcoreClient

MIB = 1024 * 1024
ONE_POST = UploadSettings(threshold=20 * MIB)
SEGMENTS = UploadSettings(threshold=-1, segment_size=5 * MIB)


def sha(data: Any) -> str:
    return hashlib.sha256(data).hexdigest()


def send(
    client: ProcoreClient,
    session: requests.Session,
    data: Any,
    settings: UploadSettings,
    *,
    size: int | None = None,
    sha256: Any = None,
) -> str:
    return upload(
        client,
        session,
        "42",
        io.BytesIO(data),
        name='Größe "1".csv',
        content_type="text/csv",
        size=len(data) if size is None else size,
        sha256=sha256 or sha(data),
        settings=settings,
    )


class Storage:
    """Answers like Procore and its storage; `faults`: replies to give first, by method and path start."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.faults: dict[tuple[str, str], list[Reply]] = {}
        self.status = "complete"
        server.answer = self.answer

    def answer(self, seen: Seen) -> Reply:
        for (method, start), replies in self.faults.items():
            if replies and seen.method == method and seen.path.startswith(start):
                return replies.pop(0)
        return self.usual(seen)

    def usual(self, seen: Seen) -> Reply:
        if seen.path.startswith("/storage"):
            return Reply(200, headers={"ETag": f'"e-{seen.path[-1]}"'})
        if seen.method == "PATCH":
            return Reply(200, {"uuid": "01U", "status": self.status})
        rows = seen.json.get("segments")
        if rows is None:
            fields = {"key": "k/1", "Content-Type": "text/csv", "n": 5}
            return Reply(201, {"uuid": "01U", "url": f"{self.server.url}/storage/post", "fields": fields})
        segments = [self.row(n, row) for n, row in enumerate(rows)]
        return Reply(201, {"uuid": "01U", "status": "ready", "segments": segments})

    def row(self, n: int, row: Any) -> dict[str, Any]:
        headers = {
            "x-amz-content-sha256": row["sha256"],
            "content-length": str(row["size"]),
            "content-md5": None,
        }
        return {**row, "url": f"{self.server.url}/storage/{n}", "headers": headers}

    def to(self, start: str) -> list[Seen]:
        return [seen for seen in self.server.seen if seen.path.startswith(start)]


@pytest.fixture
def storage(server: Server) -> Storage:
    return Storage(server)


def parts(seen: Seen) -> list[tuple[bytes, bytes]]:
    """The parts of a multipart body in order, as (head, content)."""
    boundary = seen.headers["content-type"].split("boundary=")[1].encode()
    pieces = seen.body.split(b"--" + boundary)[1:-1]
    split = (piece.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n") for piece in pieces)
    return [(head, content) for head, _, content in split]


@pytest.mark.parametrize("data", [b"", b"x", b"a,b\r\n" * 1000])
def test_a33_one_post_sends_the_fields_first_and_the_file_last_without_a_token(
    client: ProcoreClient, session: requests.Session, storage: Storage, data: Any
) -> None:
    assert send(client, session, data, ONE_POST) == "01U"

    (announced,) = storage.to("/rest")
    assert (announced.method, announced.path) == ("POST", "/rest/v1.1/projects/42/uploads")
    assert announced.json["size"] == len(data)
    (posted,) = storage.to("/storage")
    assert "authorization" not in posted.headers
    assert "procore-company-id" not in posted.headers
    assert "transfer-encoding" not in posted.headers
    found = parts(posted)
    assert [content for _, content in found] == [b"k/1", b"text/csv", b"5", data]
    assert b'name="file"; filename="file"' in found[-1][0]
    assert b"Content-Type: text/csv" in found[-1][0]


def test_a33_segments_are_put_with_the_given_headers_and_completed_in_order(
    client: ProcoreClient, session: requests.Session, storage: Storage
) -> None:
    data = bytes(range(256)) * (11 * MIB // 256)

    assert send(client, session, data, SEGMENTS) == "01U"

    announced, completed = storage.to("/rest")
    puts = storage.to("/storage")
    assert [row["size"] for row in announced.json["segments"]] == [5 * MIB, 5 * MIB, MIB]
    assert b"".join(put.body for put in puts) == data
    for put, row in zip(puts, announced.json["segments"], strict=True):
        assert put.headers["content-type"] == "application/octet-stream"
        assert put.headers["x-amz-content-sha256"] == row["sha256"] == sha(put.body)
        assert put.headers["content-length"] == str(row["size"])
        assert (
            not {"authorization", "procore-company-id", "transfer-encoding", "content-md5"}
            & put.headers.keys()
        )
    assert (completed.method, completed.path) == ("PATCH", "/rest/v1.1/projects/42/uploads/01U")
    assert completed.json["segments"] == [
        {"etag": f'"e-{n}"', **row} for n, row in enumerate(announced.json["segments"])
    ]


@pytest.mark.parametrize("data", [b"", b"x"])
def test_a33_the_smallest_files_go_in_segments_too(
    client: ProcoreClient, session: requests.Session, storage: Storage, data: Any
) -> None:
    send(client, session, data, SEGMENTS)

    (put,) = storage.to("/storage")
    assert (put.body, put.headers["content-length"]) == (data, str(len(data)))
    assert "transfer-encoding" not in put.headers


@pytest.mark.parametrize("settings", [ONE_POST, SEGMENTS])
def test_an_expired_storage_address_is_announced_once_more(
    client: ProcoreClient, session: requests.Session, storage: Storage, settings: UploadSettings
) -> None:
    storage.faults = {("POST", "/storage"): [Reply(403)], ("PUT", "/storage"): [Reply(403)]}

    assert send(client, session, b"data", settings) == "01U"
    assert len([seen for seen in storage.to("/rest") if seen.method == "POST"]) == 2


@pytest.mark.parametrize("settings", [ONE_POST, SEGMENTS])
def test_a_storage_that_refuses_twice_is_tried_again_later(
    client: ProcoreClient, session: requests.Session, storage: Storage, settings: UploadSettings
) -> None:
    storage.faults = {("POST", "/storage"): [Reply(403)] * 2, ("PUT", "/storage"): [Reply(403)] * 2}

    with pytest.raises(Retry, match="refused the upload twice"):
        send(client, session, b"data", settings)


def test_an_upload_that_expired_before_its_completion_is_announced_once_more(
    client: ProcoreClient, session: requests.Session, storage: Storage
) -> None:
    storage.faults = {("PATCH", "/rest"): [Reply(410, {"errors": "expired"})]}

    assert send(client, session, b"data", SEGMENTS) == "01U"
    assert [seen.method for seen in storage.to("/rest")] == ["POST", "PATCH", "POST", "PATCH"]


def test_a_completion_that_procore_refuses_is_refused(
    client: ProcoreClient, session: requests.Session, storage: Storage
) -> None:
    storage.faults = {("PATCH", "/rest"): [Reply(422, {"errors": {"segments": ["do not fit"]}})]}

    with pytest.raises(Reject) as refused:
        send(client, session, b"data", SEGMENTS)

    assert refused.value.code == "invalid"


def test_a_completion_without_the_word_complete_is_tried_again(
    client: ProcoreClient, session: requests.Session, storage: Storage
) -> None:
    storage.status = "ready"

    with pytest.raises(Retry, match="does not call the upload complete"):
        send(client, session, b"data", SEGMENTS)


@pytest.mark.parametrize(
    "reply", [Reply(500), Reply(503), Reply(400), Reply(drop=True), Reply(302, headers={"Location": "/"})]
)
@pytest.mark.parametrize("settings", [ONE_POST, SEGMENTS])
def test_any_other_failure_of_the_storage_is_tried_again(
    client: ProcoreClient, session: requests.Session, storage: Storage, settings: UploadSettings, reply: Reply
) -> None:
    storage.faults = {("POST", "/storage"): [reply], ("PUT", "/storage"): [reply]}

    with pytest.raises(Retry) as failed:
        send(client, session, b"data", settings)

    assert type(failed.value) is Retry


@pytest.mark.parametrize("fault", [{("POST", "/rest"): [Reply(500)]}, {("PATCH", "/rest"): [Reply(500)]}])
def test_a_lost_answer_about_an_upload_is_no_unknown_effect(
    client: ProcoreClient, session: requests.Session, storage: Storage, fault: Any
) -> None:
    storage.faults = fault

    with pytest.raises(Retry) as failed:
        send(client, session, b"data", SEGMENTS)

    assert type(failed.value) is Retry


@pytest.mark.parametrize("settings", [ONE_POST, SEGMENTS])
def test_a33_a_source_that_changed_is_not_attached(
    client: ProcoreClient, session: requests.Session, storage: Storage, settings: UploadSettings
) -> None:
    with pytest.raises(Retry, match="changed while it was sent"):
        send(client, session, b"data", settings, sha256=sha(b"other"))


@pytest.mark.parametrize("settings", [ONE_POST, SEGMENTS])
def test_a33_a_source_that_is_shorter_than_told_ends_and_does_not_hang(
    client: ProcoreClient, session: requests.Session, storage: Storage, settings: UploadSettings
) -> None:
    with pytest.raises(Retry, match="shorter"):
        send(client, session, b"data", settings, size=9)


@pytest.mark.parametrize(
    ("settings", "answer"),
    [
        (ONE_POST, {"uuid": "01U", "url": "http://x"}),
        (ONE_POST, {"url": "http://x", "fields": {}}),
        (ONE_POST, []),
        (SEGMENTS, {"uuid": "01U"}),
        (SEGMENTS, {"uuid": "01U", "segments": []}),
    ],
)
def test_an_announcement_that_cannot_be_read_is_made_again_later(
    client: ProcoreClient, session: requests.Session, storage: Storage, settings: UploadSettings, answer: Any
) -> None:
    storage.faults = {("POST", "/rest"): [Reply(201, answer)]}

    with pytest.raises(Retry):
        send(client, session, b"data", settings)


def test_s22_a_storage_without_https_gets_nothing(
    client: ProcoreClient, session: requests.Session, storage: Storage
) -> None:
    answer = {"uuid": "01U", "url": "http://storage.example/", "fields": {}}
    storage.faults = {("POST", "/rest"): [Reply(201, answer)]}

    with pytest.raises(Reject) as refused:
        send(client, session, b"data", ONE_POST)

    assert refused.value.code == "insecure_storage"


@pytest.mark.parametrize("chunks", [[], [b""], [b"ab", b"", b"c"], [b"x" * 100, b"y" * 100]])
def test_chunks_are_spooled_with_size_and_hash(chunks: list[bytes]) -> None:
    whole = b"".join(chunks)
    spooled = spool(chunks, limit_in_memory=64)

    with spooled.file:
        assert spooled.file.read() == whole
    assert (spooled.size, spooled.sha256) == (len(whole), sha(whole))
