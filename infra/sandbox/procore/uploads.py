"""The Uploads API v1.1: places for bytes, and hanging them on things (Procore: "Using the Uploads API")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sandbox.http import Response, json_response
from sandbox.procore.access import enter_project
from sandbox.procore.call import as_int, refuse
from sandbox.procore.records import Attachment, Segment, Upload
from sandbox.procore.signing import post_fields, put_url, segment_headers
from sandbox.procore.storage_files import join
from sandbox.procore.ulids import ulid

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.world import Project


def create(call: Call) -> Response:
    """POST /rest/v1.1/projects/{project_id}/uploads: a place for one POST, or for a PUT a segment."""
    project = enter_project(call, call.params["project_id"])
    body = call.body()
    name = body.get("response_filename")
    if not isinstance(name, str) or not name:
        refuse(400, {"response_filename": ["can't be blank"]})
    size = None if body.get("size") is None else as_int(body["size"], "size")
    segments = None if body.get("segments") is None else _declared(call, body["segments"])
    kind = str(body.get("response_content_type") or "application/octet-stream")
    upload = Upload(
        ulid(call.now, call.state.count("upload")),
        project.id,
        call.caller.id,
        name,
        kind,
        call.now,
        size,
        segments,
    )
    call.state.uploads[upload.uuid] = upload
    call.effect("upload_created", upload=upload.uuid, project_id=project.id, name=name)
    return json_response(_shown(call, upload), 201)


def show(call: Call) -> Response:
    """GET …/uploads/{uuid}: its state, for the identity that made it."""
    upload = _own(call, enter_project(call, call.params["project_id"]), call.params["uuid"])
    if upload is None:
        refuse(404, ["The requested upload was not found."])
    status = "complete" if upload.file else "ready"
    return json_response({"uuid": upload.uuid, "status": status, "segments": _segment_rows(call, upload)})


def complete(call: Call) -> Response:
    """PATCH …/uploads/{uuid}: put the segments together; 410 when expired, 422 when they do not match."""
    project = enter_project(call, call.params["project_id"])
    upload = _own(call, project, call.params["uuid"])
    if upload is None or upload.segments is None:
        refuse(410, ["The upload has expired or was never made for segments. Create a new one."])
    given = call.body().get("segments")
    if not isinstance(given, list) or len(given) != len(upload.segments):
        refuse(422, {"segments": ["must name every segment, in order"]})
    for position, (told, held) in enumerate(zip(given, upload.segments, strict=True)):
        if not _agrees(told, held):
            refuse(422, {"segments": [f"segment {position + 1} was not stored as told"]})
    upload.file = join(call.blobs, [held.file for held in upload.segments if held.file])
    call.effect("file_stored", upload=upload.uuid, size=upload.file.size, sha256=upload.file.sha256)
    rows = _segment_rows(call, upload)
    return json_response({"uuid": upload.uuid, "status": "complete", "segments": rows})


def check_attachable(call: Call, project: Project, given: dict[str, Any]) -> list[str]:
    """Return the `upload_ids` of a body; refuses 400 or 403 unless they may be used."""
    uuids = given.get("upload_ids") or []
    if not isinstance(uuids, list):
        refuse(400, {"upload_ids": ["must be a list"]})
    for uuid in uuids:
        upload = _own(call, project, str(uuid))
        if upload is None:
            refuse(400, {"upload_ids": [f"{uuid} is unknown or has been purged"]})
        if upload.file is None:
            refuse(400, {"upload_ids": [f"{uuid} has no file yet"]})
    return [str(uuid) for uuid in uuids]


def attach(call: Call, uuids: list[str], **target: int) -> tuple[Attachment, ...]:
    """Hang checked uploads on an observation or response log; `target` names it in the journal."""
    made = tuple(_attachment(call, call.state.uploads[uuid]) for uuid in uuids)
    for one in made:
        call.state.attachments[one.id] = one
        size, sha256 = one.file.size, one.file.sha256
        call.deed(
            "attached", upload=one.upload_uuid, attachment_id=one.id, name=one.name, size=size, sha256=sha256,
            **target,
        )  # fmt: skip
    return made


def _attachment(call: Call, upload: Upload) -> Attachment:
    if upload.file is None:
        raise LookupError("check an upload before attaching it")
    number = call.state.new_id("attachment", 6_181_940_361)
    return Attachment(number, upload.project_id, upload.uuid, upload.name, upload.content_type, upload.file)


def _own(call: Call, project: Project, uuid: str) -> Upload | None:
    upload = call.state.uploads.get(uuid)
    if upload is None or upload.project_id != project.id:
        return None
    if upload.owner_id != call.caller.id:
        refuse(403, ["Only the user that created an upload may use it."])
    purged = call.now >= upload.created_at + call.settings.attach_seconds
    return None if purged else upload


def _declared(call: Call, given: Any) -> list[Segment]:
    if not isinstance(given, list) or not given or not all(isinstance(one, dict) for one in given):
        refuse(400, {"segments": ["must be a list of segments"]})
    segments = [_segment(one) for one in given]
    if any(segment.size < call.settings.smallest_segment for segment in segments[:-1]):
        refuse(
            400, {"segments": [f"must hold {call.settings.smallest_segment} bytes or more, but for the last"]}
        )
    return segments


def _segment(given: dict[str, Any]) -> Segment:
    sha256, md5 = given.get("sha256"), given.get("md5")
    if not isinstance(sha256, str) or len(sha256) != 64:
        refuse(400, {"segments": ["sha256 must be 64 hexadecimal digits"]})
    return Segment(as_int(given.get("size"), "segments[].size"), sha256, None if md5 is None else str(md5))


def _agrees(told: Any, held: Segment) -> bool:
    if not isinstance(told, dict) or held.file is None:
        return False
    etag = str(told.get("etag", "")).strip('"')
    sizes = (told.get("size", held.size), told.get("sha256", held.sha256))
    return etag == held.file.md5 and sizes == (held.size, held.sha256)


def _shown(call: Call, upload: Upload) -> dict[str, Any]:
    if upload.segments is None:
        url = f"{call.settings.storage_origin}/uploads"
        return {"uuid": upload.uuid, "url": url, "fields": post_fields(call.settings, upload)}
    return {"uuid": upload.uuid, "status": "ready", "segments": _segment_rows(call, upload)}


def _segment_rows(call: Call, upload: Upload) -> list[dict[str, Any]]:
    return [
        {
            "size": segment.size, "sha256": segment.sha256, "md5": segment.md5,
            "url": put_url(call.settings, upload, position), "headers": segment_headers(segment),
            **({"etag": segment.file.md5} if segment.file else {}),
        }
        for position, segment in enumerate(upload.segments or [])
    ]  # fmt: skip
