"""Uploads: places for bytes, segments, attaching."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.sandbox_procore.desk import (
    Caller,
    Checked,
    Clock,
    caller,
    make_sandbox,
    post_file,
    put_segment,
    service,
)

from sandbox.procore.demo import HARBOR_POINT, PRIYA, RIVERSIDE

if TYPE_CHECKING:
    from sandbox.http import Response

UPLOADS = f"/rest/v1.1/projects/{HARBOR_POINT}/uploads"
FIVE_MB = 5 * 1024 * 1024
PIECES = [b"a" * FIVE_MB, b"b" * 10]


def complete(who: Caller, made: dict[str, Any], answers: list[Response], **changed: Any) -> Response:
    told = [
        {"etag": answer.header("ETag"), "size": one["size"], "sha256": one["sha256"], **changed}
        for one, answer in zip(made["segments"], answers, strict=False)
    ]
    return who.send("PATCH", f"{UPLOADS}/{made['uuid']}", {"segments": told})


def put_all(who: Caller, made: dict[str, Any], pieces: list[bytes]) -> list[Response]:
    return [put_segment(who.sandbox, one, piece) for one, piece in zip(made["segments"], pieces, strict=True)]


def test_an_upload_gives_an_address_and_fields(priya: Caller) -> None:
    made = priya.new_upload(response_filename="a.pdf", response_content_type="application/pdf", size=3)

    assert len(made["uuid"]) == 26
    assert made["url"] == "http://storage.procore.test/uploads"
    assert made["fields"]["key"] == f"uploads/{made['uuid']}"
    assert made["fields"]["Content-Type"] == "application/pdf"
    assert next(iter(made["fields"])) == "key"


def test_an_upload_needs_a_name(priya: Caller) -> None:
    assert priya.send("POST", UPLOADS, {"size": 3}).status == 400
    assert priya.send("POST", UPLOADS, {"response_filename": ""}).status == 400
    assert priya.send("POST", "/rest/v1.1/projects/1/uploads", {"response_filename": "a"}).status == 404


def test_the_state_of_an_upload_is_shown(priya: Caller) -> None:
    made = priya.new_upload(response_filename="a")
    path = f"{UPLOADS}/{made['uuid']}"

    assert priya.get(path).json()["status"] == "ready"
    post_file(priya.sandbox, made, b"abc")
    assert priya.get(path).json()["status"] == "complete"
    assert priya.get(f"{UPLOADS}/nothing").status == 404


def test_a_file_travels_to_an_observation(sandbox: Checked, priya: Caller) -> None:
    uuid = priya.upload(b"hello", "leak.jpg")
    whole = priya.observe(upload_ids=[uuid]).json()

    assert whole["attachments"][0]["filename"] == "leak.jpg"
    kept = sandbox.state.attachments[whole["attachments"][0]["id"]]
    assert (kept.file.size, kept.file.sha256) == (5, hashlib.sha256(b"hello").hexdigest())
    assert kept.content_type == "image/jpeg"


def test_an_empty_file_may_be_attached(priya: Caller) -> None:
    assert priya.observe(upload_ids=[priya.upload(b"")]).status == 201


def test_files_of_an_update_are_added_or_replace_as_set(clock: Clock) -> None:
    for mode, names in (("append", ["a", "b"]), ("replace", ["b"])):
        priya = caller(make_sandbox(clock, upload_ids=mode), PRIYA)
        item = priya.observe(upload_ids=[priya.upload(b"1", "a")]).json()["id"]
        whole = priya.patch(item, upload_ids=[priya.upload(b"2", "b")]).json()
        assert [one["name"] for one in whole["attachments"]] == names


def test_an_upload_without_bytes_cannot_be_attached(priya: Caller) -> None:
    uuid = priya.new_upload(response_filename="a")["uuid"]
    item = priya.observe().json()["id"]

    for answer in (
        priya.observe(upload_ids=[uuid]),
        priya.patch(item, upload_ids=[uuid]),
        priya.comment(item, comment="x", upload_ids=[uuid]),
    ):
        assert answer.status == 400
        assert answer.json()["errors"]["upload_ids"] == [f"{uuid} has no file yet"]


def test_an_upload_of_another_project_cannot_be_attached(priya: Caller) -> None:
    uuid = priya.upload(b"x", project=RIVERSIDE)

    assert priya.observe(upload_ids=[uuid]).status == 400


def test_only_the_identity_that_made_an_upload_may_use_it(sandbox: Checked, priya: Caller) -> None:
    uuid = priya.upload(b"x")
    robot = service(sandbox)

    assert robot.observe(upload_ids=[uuid]).status == 403
    assert robot.get(f"{UPLOADS}/{uuid}").status == 403
    assert robot.send("PATCH", f"{UPLOADS}/{uuid}", {"segments": []}).status == 403
    assert caller(sandbox, PRIYA).observe(upload_ids=[uuid]).status == 201


def test_an_upload_is_purged_after_a_week_but_an_attached_file_stays(
    sandbox: Checked, priya: Caller, clock: Clock
) -> None:
    uuid, held = priya.upload(b"x"), priya.upload(b"kept")
    item = priya.observe(upload_ids=[held]).json()["id"]
    clock.now += 7 * 24 * 3600
    again = caller(sandbox, PRIYA)

    refused = again.observe(upload_ids=[uuid])
    assert refused.status == 400
    assert refused.json()["errors"]["upload_ids"] == [f"{uuid} is unknown or has been purged"]
    assert again.get(f"{UPLOADS}/{uuid}").status == 404
    assert len(again.show(item).json()["attachments"]) == 1


def test_segments_get_an_address_and_headers_each(priya: Caller) -> None:
    made = priya.upload_in_segments(PIECES)

    assert made["status"] == "ready"
    assert "url" not in made
    first, second = made["segments"]
    assert first["headers"] == {
        "x-amz-content-sha256": hashlib.sha256(PIECES[0]).hexdigest(),
        "content-length": "5242880",
    }
    assert first["url"] != second["url"]


def test_segments_make_one_file_in_order(sandbox: Checked, priya: Caller) -> None:
    made = priya.upload_in_segments(PIECES)
    done = complete(priya, made, put_all(priya, made, PIECES))

    assert done.status == 200
    assert done.json()["status"] == "complete"
    file = sandbox.state.uploads[made["uuid"]].file
    assert file is not None
    assert (file.size, file.sha256) == (FIVE_MB + 10, hashlib.sha256(b"".join(PIECES)).hexdigest())
    assert priya.observe(upload_ids=[made["uuid"]]).status == 201


def test_segments_below_five_megabytes_are_refused_but_for_the_last(priya: Caller) -> None:
    sha256 = "0" * 64
    small = {"size": FIVE_MB - 1, "sha256": sha256}
    body = {"response_filename": "a", "segments": [small, small]}

    assert priya.send("POST", UPLOADS, body).status == 400
    assert priya.send("POST", UPLOADS, body | {"segments": [small]}).status == 201


@pytest.mark.parametrize("segments", [[], "x", ["x"], [{"size": 1}], [{"sha256": "0" * 64}]])
def test_odd_segments_are_refused(priya: Caller, segments: Any) -> None:
    assert priya.send("POST", UPLOADS, {"response_filename": "a", "segments": segments}).status == 400


def test_a_completion_must_name_what_was_stored(priya: Caller) -> None:
    made = priya.upload_in_segments(PIECES)
    answers = put_all(priya, made, PIECES)

    assert complete(priya, made, answers[:1]).status == 422
    assert complete(priya, made, answers, etag="wrong").status == 422
    assert complete(priya, made, answers, size=1).status == 422
    assert complete(priya, made, answers, sha256="0" * 64).status == 422
    assert complete(priya, made, answers[::-1]).status == 422
    assert complete(priya, made, answers).status == 200


def test_a_completion_without_all_bytes_is_refused(priya: Caller) -> None:
    made = priya.upload_in_segments(PIECES)
    first = put_segment(priya.sandbox, made["segments"][0], PIECES[0])

    assert complete(priya, made, [first, first]).status == 422
    assert priya.observe(upload_ids=[made["uuid"]]).status == 400


def test_a_completion_of_an_expired_upload_is_gone(sandbox: Checked, priya: Caller, clock: Clock) -> None:
    made = priya.upload_in_segments(PIECES)
    answers = put_all(priya, made, PIECES)
    clock.now += 7 * 24 * 3600

    assert complete(caller(sandbox, PRIYA), made, answers).status == 410
