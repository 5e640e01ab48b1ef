"""The storage: single POST, segments, downloads with ranges, in the manner of S3."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from tests.unit.sandbox_procore.desk import (
    FORM,
    Caller,
    Checked,
    Clock,
    caller,
    fetch,
    form_body,
    make_sandbox,
    post_file,
    put_segment,
)

from sandbox.http import Request, Response
from sandbox.procore.blobs import FolderBlobs, MemoryBlobs, read_parts
from sandbox.procore.demo import DANA, PRIYA

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.procore import ProcoreSandbox

FIVE_MB = 5 * 1024 * 1024


def code_of(response: Response) -> str:
    text = response.content().decode()
    assert response.header("Content-Type") == "application/xml"
    return text[text.index("<Code>") + 6 : text.index("</Code>")]


def post_raw(sandbox: ProcoreSandbox, body: bytes, **headers: str) -> Response:
    return sandbox.handle(Request("POST", "/uploads", (), FORM | headers, body))


def redirect_of(who: Caller, content: bytes, name: str = "leak.jpg") -> str:
    whole = who.observe(upload_ids=[who.upload(content, name)]).json()
    answer = who.get(urlsplit(whole["attachments"][0]["url"]).path)
    assert answer.status == 302
    return answer.header("Location") or ""


def test_a_post_is_stored_with_size_and_hash(sandbox: Checked, priya: Caller) -> None:
    made = priya.new_upload(response_filename="a")
    answer = post_file(sandbox, made, b"abc")

    assert answer.status == 204
    assert answer.header("ETag") == '"900150983cd24fb0d6963f7d28e17f72"'
    file = sandbox.state.uploads[made["uuid"]].file
    assert file is not None
    assert (file.size, file.sha256) == (3, hashlib.sha256(b"abc").hexdigest())


def test_the_status_of_a_post_is_a_setting(clock: Clock) -> None:
    sandbox = make_sandbox(clock, storage_post_status=201)

    assert post_file(sandbox, caller(sandbox, PRIYA).new_upload(response_filename="a"), b"x").status == 201


def test_the_body_may_come_in_any_pieces(sandbox: Checked, priya: Caller) -> None:
    content = bytes(range(256)) * 20 + b"\r\n--xxBOUNDARYx\r\n"
    made = priya.new_upload(response_filename="a")
    body = form_body(made["fields"], content)
    reception = sandbox.receive(Request("POST", "/uploads", (), FORM))
    for at in range(0, len(body), 7):
        reception.feed(body[at : at + 7])

    assert reception.finish().status == 204
    file = sandbox.state.uploads[made["uuid"]].file
    assert file is not None
    assert b"".join(read_parts(sandbox.blobs, file.parts, 0, file.size)) == content


@pytest.mark.parametrize("field", ["key", "policy", "x-amz-signature", "Content-Type", "x-amz-algorithm"])
def test_a_post_without_one_of_its_fields_is_refused(sandbox: Checked, priya: Caller, field: str) -> None:
    fields = priya.new_upload(response_filename="a")["fields"]
    less = {name: value for name, value in fields.items() if name != field}

    answer = post_raw(sandbox, form_body(less, b"x"))
    assert (answer.status, code_of(answer)) == (403, "AccessDenied")
    assert post_raw(sandbox, form_body(fields | {field: "other"}, b"x")).status == 403


def test_fields_after_the_file_are_ignored(sandbox: Checked, priya: Caller) -> None:
    fields = priya.new_upload(response_filename="a")["fields"]
    policy = fields.pop("policy")

    assert post_raw(sandbox, form_body(fields, b"x", after={"policy": policy})).status == 403


def test_a_post_without_a_file_is_refused(sandbox: Checked, priya: Caller) -> None:
    fields = priya.new_upload(response_filename="a")["fields"]

    answer = post_raw(sandbox, form_body(fields, None))
    assert (answer.status, code_of(answer)) == (400, "InvalidArgument")


def test_a_body_that_is_no_form_is_refused(sandbox: Checked) -> None:
    assert code_of(post_raw(sandbox, b"not a form at all, not by any means")) == "MalformedPOSTRequest"


def test_a_bearer_token_is_refused_everywhere(sandbox: Checked, priya: Caller) -> None:
    bearer = {"authorization": f"Bearer {priya.token}"}
    made = priya.new_upload(response_filename="a")
    segment = priya.upload_in_segments([b"x"])["segments"][0]

    for answer in (
        post_file(sandbox, made, b"x", bearer),
        put_segment(sandbox, segment, b"x", **bearer),
        fetch(sandbox, redirect_of(priya, b"x"), **bearer),
    ):
        assert (answer.status, code_of(answer)) == (400, "InvalidArgument")
        assert b"Only one auth mechanism allowed" in answer.content()
    assert sandbox.state.uploads[made["uuid"]].file is None


def test_chunked_sending_is_not_implemented(sandbox: Checked, priya: Caller) -> None:
    made = priya.new_upload(response_filename="a")

    answer = post_file(sandbox, made, b"x", {"transfer-encoding": "chunked"})
    assert (answer.status, code_of(answer)) == (501, "NotImplemented")


def test_the_storage_call_must_begin_within_the_hour(sandbox: Checked, priya: Caller, clock: Clock) -> None:
    early, late = priya.new_upload(response_filename="a"), priya.new_upload(response_filename="b")
    segment = priya.upload_in_segments([b"x"])["segments"][0]

    clock.now += 3599
    assert post_file(sandbox, early, b"x").status == 204
    clock.now += 1
    assert post_file(sandbox, late, b"x").status == 403
    assert put_segment(sandbox, segment, b"x").status == 403


def test_a_declared_size_is_held(sandbox: Checked, priya: Caller) -> None:
    def made() -> dict[str, Any]:
        return priya.new_upload(response_filename="a", size=3)

    assert code_of(post_file(sandbox, made(), b"abcd")) == "EntityTooLarge"
    assert code_of(post_file(sandbox, made(), b"ab")) == "EntityTooSmall"
    assert post_file(sandbox, made(), b"abc").status == 204


def test_a_segment_needs_exactly_its_headers(sandbox: Checked, priya: Caller) -> None:
    segment = priya.upload_in_segments([b"abc"])["segments"][0]

    for changed in (
        {"x-amz-content-sha256": "0" * 64},
        {"content-length": "4"},
        {"content-type": "image/jpeg"},
    ):
        answer = put_segment(sandbox, segment, b"abc", **changed)
        assert (answer.status, code_of(answer)) == (403, "SignatureDoesNotMatch")
    assert put_segment(sandbox, segment, b"abc").status == 200


def test_a_declared_md5_must_be_sent(sandbox: Checked, priya: Caller) -> None:
    row = {"size": 3, "sha256": hashlib.sha256(b"abc").hexdigest(), "md5": "kAFQmDzST7DWlj99KOF/cg=="}
    segment = priya.new_upload(response_filename="a", segments=[row])["segments"][0]

    assert segment["headers"]["content-md5"] == row["md5"]
    assert put_segment(sandbox, segment, b"abc", **{"content-md5": "other"}).status == 403
    assert put_segment(sandbox, segment, b"abc").status == 200


def test_other_bytes_than_declared_are_refused(sandbox: Checked, priya: Caller) -> None:
    segment = priya.upload_in_segments([b"abc"])["segments"][0]

    assert code_of(put_segment(sandbox, segment, b"abd")) == "XAmzContentSHA256Mismatch"
    assert code_of(put_segment(sandbox, segment, b"ab")) == "IncompleteBody"


def test_a_segment_address_cannot_be_made_up(sandbox: Checked, priya: Caller) -> None:
    segment = priya.upload_in_segments([b"abc"])["segments"][0]

    forged = segment | {"url": segment["url"].replace("/1?", "/2?")}
    assert put_segment(sandbox, forged, b"abc").status == 403
    assert put_segment(sandbox, segment | {"url": segment["url"][:-1]}, b"abc").status == 403


def test_a_segment_may_be_sent_again(sandbox: Checked, priya: Caller) -> None:
    segment = priya.upload_in_segments([b"abc"])["segments"][0]
    first, second = (put_segment(sandbox, segment, b"abc") for _ in range(2))

    assert first.header("ETag") == second.header("ETag") == '"900150983cd24fb0d6963f7d28e17f72"'


def test_other_methods_are_not_allowed(sandbox: Checked) -> None:
    for method, path in (("PUT", "/uploads"), ("POST", "/objects/1/a"), ("DELETE", "/segments/a/1")):
        assert sandbox.handle(Request(method, path)).status == 405


def test_a_download_leads_to_the_storage_and_needs_the_bearer(sandbox: Checked, priya: Caller) -> None:
    whole = priya.observe(upload_ids=[priya.upload(b"hello", "le ak é.jpg")]).json()
    path = urlsplit(whole["attachments"][0]["url"]).path
    location = priya.get(path).header("Location") or ""

    assert whole["attachments"][0]["url"].startswith("http://api.procore.test/attachments/")
    assert location.startswith("http://storage.procore.test/objects/")
    assert sandbox.handle(Request("GET", path)).status == 401
    assert caller(sandbox, DANA).get(path).status == 404
    assert priya.get("/attachments/1/a").status == 404


def test_a_download_gives_the_bytes_and_their_facts(sandbox: Checked, priya: Caller) -> None:
    answer = fetch(sandbox, redirect_of(priya, b"hello", 'q"é.jpg'))

    assert answer.status == 200
    assert answer.content() == b"hello"
    assert answer.body == b""
    assert answer.header("Content-Type") == "image/jpeg"
    assert answer.header("Content-Length") == "5"
    assert answer.header("Accept-Ranges") == "bytes"
    assert answer.header("Content-Disposition") == 'attachment; filename="q_?.jpg"'


@pytest.mark.parametrize(
    ("wanted", "content", "told"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=4-", b"456789", "bytes 4-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-99", b"89", "bytes 8-9/10"),
    ],
)
def test_a_range_gives_a_part(
    sandbox: Checked, priya: Caller, wanted: str, content: bytes, told: str
) -> None:
    answer = fetch(sandbox, redirect_of(priya, b"0123456789"), range=wanted)

    assert answer.status == 206
    assert answer.content() == content
    assert answer.header("Content-Range") == told
    assert answer.header("Content-Length") == str(len(content))


def test_a_range_past_the_end_cannot_be_satisfied(sandbox: Checked, priya: Caller) -> None:
    answer = fetch(sandbox, redirect_of(priya, b"0123456789"), range="bytes=10-")

    assert (answer.status, code_of(answer)) == (416, "InvalidRange")


@pytest.mark.parametrize("wanted", ["bytes=-", "bytes=0-1,3-4", "lines=1-2"])
def test_an_odd_range_gives_everything(sandbox: Checked, priya: Caller, wanted: str) -> None:
    assert fetch(sandbox, redirect_of(priya, b"0123456789"), range=wanted).status == 200


def test_a_storage_without_ranges_gives_everything(clock: Clock) -> None:
    sandbox = make_sandbox(clock, storage_ranges=False)
    answer = fetch(sandbox, redirect_of(caller(sandbox, PRIYA), b"0123456789"), range="bytes=0-3")

    assert (answer.status, answer.content()) == (200, b"0123456789")
    assert answer.header("Accept-Ranges") is None


def test_a_download_address_ends_soon(sandbox: Checked, priya: Caller, clock: Clock) -> None:
    url = redirect_of(priya, b"x")

    clock.now += 299
    assert fetch(sandbox, url).status == 200
    clock.now += 1
    late = fetch(sandbox, url)
    assert (late.status, code_of(late)) == (403, "AccessDenied")
    assert b"Request has expired" in late.content()


def test_a_download_address_cannot_be_made_up(sandbox: Checked, priya: Caller) -> None:
    url = redirect_of(priya, b"x")

    assert code_of(fetch(sandbox, url.replace("Expires=300", "Expires=900"))) == "SignatureDoesNotMatch"
    assert fetch(sandbox, url.split("?")[0]).status == 403
    assert fetch(sandbox, "http://storage.procore.test/objects/1/a").status == 403
    assert fetch(sandbox, "http://storage.procore.test/objects/x/a").status == 403


def test_a_file_of_segments_is_read_across_their_borders(sandbox: Checked, priya: Caller) -> None:
    pieces = [b"a" * FIVE_MB, b"b" * FIVE_MB, b"c" * 5]
    made = priya.upload_in_segments(pieces)
    told = []
    for one, piece in zip(made["segments"], pieces, strict=True):
        etag = put_segment(sandbox, one, piece).header("ETag")
        told.append({"etag": etag, "size": one["size"], "sha256": one["sha256"]})
    path = f"/rest/v1.1/projects/{sandbox.state.uploads[made['uuid']].project_id}/uploads/{made['uuid']}"
    assert priya.send("PATCH", path, {"segments": told}).status == 200
    whole = priya.observe(upload_ids=[made["uuid"]]).json()
    url = priya.get(urlsplit(whole["attachments"][0]["url"]).path).header("Location") or ""

    part = fetch(sandbox, url, range=f"bytes={FIVE_MB - 2}-{FIVE_MB + 1}")
    assert part.content() == b"aabb"
    assert fetch(sandbox, url, range=f"bytes={FIVE_MB - 1}-{2 * FIVE_MB}").content() == (
        b"a" + b"b" * FIVE_MB + b"c"
    )
    assert fetch(sandbox, url).content() == b"".join(pieces)


def test_refused_bytes_are_forgotten(clock: Clock) -> None:
    blobs = MemoryBlobs()
    sandbox = make_sandbox(clock)
    sandbox.blobs = blobs
    priya = caller(sandbox, PRIYA)
    post_file(sandbox, priya.new_upload(response_filename="a", size=1), b"abc")

    assert b"".join(blobs.read("blob-1", 0, 10)) == b""


def test_folder_and_memory_hold_bytes_alike(tmp_path: Path) -> None:
    for blobs in (MemoryBlobs(), FolderBlobs(tmp_path / "blobs")):
        blobs.append("a", b"0123")
        blobs.append("a", b"4567")
        blobs.append("b", b"xyz")
        assert b"".join(blobs.read("a", 2, 6)) == b"2345"
        assert b"".join(blobs.read("nothing", 0, 9)) == b""
        assert b"".join(read_parts(blobs, (("a", 8), ("b", 3)), 6, 10)) == b"67xy"
        blobs.delete("a")
        blobs.delete("a")
        assert b"".join(blobs.read("a", 0, 9)) == b""
        blobs.clear()
        assert b"".join(blobs.read("b", 0, 9)) == b""


def test_a_folder_reads_in_chunks(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "blobs")
    blobs.append("a", b"x" * 600_000)

    assert [len(chunk) for chunk in blobs.read("a", 0, 600_000)] == [262_144, 262_144, 75_712]
