from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from tests.unit.sandbox_cxalloy.small_world import NOW, by_hand, get, post, signed, small_sandbox

from sandbox.cxalloy.files import Files, form_parts, make_noise
from sandbox.cxalloy.world import FileSpec
from sandbox.http import Request, Response

if TYPE_CHECKING:
    from pathlib import Path

    from sandbox.cxalloy import CxAlloySandbox


def fetch(sandbox: CxAlloySandbox, url: str | None, **headers: str) -> Response:
    parts = urlsplit(url or "")
    return sandbox.handle(Request("GET", parts.path, tuple(parse_qsl(parts.query)), headers))


def form(*parts: tuple[bytes, bytes], boundary: str = "XX") -> tuple[bytes, str]:
    body = b"".join(
        b"--XX\r\nContent-Disposition: form-data; " + head + b"\r\n\r\n" + data + b"\r\n"
        for head, data in parts
    )
    return body + b"--XX--\r\n", f"multipart/form-data; boundary={boundary}"


def test_made_bytes_are_the_same_each_time_and_exactly_as_long_as_said() -> None:
    spec = FileSpec(id="1", issue_id="1", name="a.bin", size=150_000, seed=3)

    chunks = list(make_noise(spec))

    assert [len(chunk) for chunk in chunks] == [65536, 65536, 18928]
    assert chunks == list(make_noise(spec))
    assert list(make_noise(spec.model_copy(update={"size": 0}))) == []


def test_a_download_by_path_streams_the_bytes_with_their_length() -> None:
    answer = get(small_sandbox(), "/file/301/download")

    assert answer.body == b""
    assert answer.header("content-length") == "200000"
    assert answer.header("content-type") == "image/jpeg"
    assert len(answer.content()) == 200_000


def test_a_download_can_redirect_to_a_signed_address_that_runs_out() -> None:
    sandbox = small_sandbox(download="redirect", file_url_seconds=60)

    answer = get(sandbox, "/file/301/download")
    url = answer.header("location")

    assert answer.status == 302
    assert len(fetch(sandbox, url).content()) == 200_000
    sandbox.clock = lambda: NOW + 61
    assert fetch(sandbox, url).json() == {"error": "Request has expired"}


def test_a_signed_address_serves_its_own_file_only_and_takes_no_second_authorization() -> None:
    sandbox = small_sandbox(download="url")
    record = post(sandbox, "/issue", {"project_id": 7, "issue_id": 101, "include": ["files"]}).json()[
        "records"
    ][0]
    url = record["files"][0]["url"]

    assert fetch(sandbox, url.replace("/301?", "/302?")).status == 403
    assert fetch(sandbox, url, **{"cxalloy-signature": "x"}).status == 400


def test_the_file_list_can_be_narrowed_to_an_issue() -> None:
    sandbox = small_sandbox()

    assert [record["file_id"] for record in get(sandbox, "/file", project_id="7", issue_id="101").json()] == [
        "301",
        "302",
    ]
    assert get(sandbox, "/file", project_id="7", issue_id="102").json() == []


def test_an_uploaded_file_comes_back_byte_for_byte() -> None:
    sandbox = small_sandbox()
    content = b"x --XX is not the end\r\n\x00\xff"
    body, header = form(
        (b'name="project_id"', b"7"),
        (b'name="issue_id"', b"103"),
        (b'name="file"; filename="a%22b.bin"', content),
    )
    request = signed("POST", "/file_create", body)
    request.headers["content-type"] = header

    made = sandbox.handle(request).json()

    assert get(sandbox, f"/file/{made['file_id']}/download").content() == content
    assert sandbox.world.files_of("103")[0].name == 'a"b.bin'


def test_an_upload_without_a_file_is_refused() -> None:
    sandbox = small_sandbox()
    body, header = form((b'name="project_id"', b"7"), (b'name="issue_id"', b"103"))
    request = signed("POST", "/file_create", body)
    request.headers["content-type"] = header

    assert sandbox.handle(request).status == 422
    assert post(sandbox, "/file_create", {"project_id": 7}).status == 400


def test_a_form_without_content_has_an_empty_part() -> None:
    body, header = form((b'name="file"; filename="zero"', b""))

    assert form_parts(header, body) == {"file": ("zero", b"")}


def test_uploads_can_be_kept_in_a_folder(tmp_path: Path) -> None:
    files = Files(make_noise, tmp_path / "files")
    spec = FileSpec(id="9", issue_id="1", name="a", kind="blob", size=3)

    files.keep("9", b"abc")

    assert b"".join(files.chunks(spec)) == b"abc"
    assert files.measure(spec) == (3, hashlib.sha256(b"abc").hexdigest())


def test_the_back_door_proves_files_by_size_and_sha256() -> None:
    listed = by_hand(small_sandbox(), "/files", method="GET").json()

    assert listed[1] == {
        "file_id": "302",
        "issue_id": "101",
        "name": "empty.csv",
        "size": 0,
        "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }


def test_the_address_of_a_file_that_is_gone_finds_nothing() -> None:
    sandbox = small_sandbox(download="redirect")
    url = get(sandbox, "/file/301/download").header("location")
    sandbox.world.files.clear()

    assert fetch(sandbox, url).status == 404
