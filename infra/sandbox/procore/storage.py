"""The storage beside Procore, on an origin of its own, in the manner of S3.

It takes no bearer token: a request with an Authorization header is refused, as S3 refuses two ways of proving
who calls. Uploads come through a `Receiver`, so that a big file is never held in memory.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from sandbox.http import Response
from sandbox.procore.blobs import read_parts
from sandbox.procore.call import Refused
from sandbox.procore.multipart import MultipartFile, NotMultipart
from sandbox.procore.signing import object_key, post_fields, segment_headers, signature
from sandbox.procore.storage_files import Incoming, byte_range

if TYPE_CHECKING:
    from typing import NoReturn

    from sandbox.procore.call import Call
    from sandbox.procore.records import Attachment, Segment, StoredFile, Upload


class Receiver:
    """Takes the bytes of one storage call as they come; `finish` answers it, `close` tidies up."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._incoming = Incoming(call.blobs, f"blob-{call.state.count('blob')}")
        self._kept = False
        self._form: MultipartFile | None = None
        self._refused: Response | None = None
        try:
            self._open()
        except Refused as refused:
            self._refused = refused.response

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes; those of a refused call are thrown away."""
        if self._refused:
            return
        if self._form is None:
            self._incoming.feed(chunk)
            return
        try:
            self._form.feed(chunk)
        except NotMultipart:
            self._refused = _xml(
                400, "MalformedPOSTRequest", "The body is not well-formed multipart/form-data."
            )

    def finish(self) -> Response:
        """Return the answer, after keeping the bytes if they were accepted; raises Refused."""
        if self._refused:
            raise Refused(self._refused)
        return self._put() if self._form is None else self._post(self._form)

    def close(self) -> None:
        """Forget the bytes unless they were kept."""
        if not self._kept:
            self._incoming.discard()

    def _open(self) -> None:
        request = self._call.request
        _refuse_bearer(self._call)
        if "chunked" in request.headers.get("transfer-encoding", ""):
            _stop(
                501, "NotImplemented", "A header you provided implies functionality that is not implemented."
            )
        if request.method == "POST" and request.path == "/uploads":
            kind = request.headers.get("content-type", "")
            self._form = MultipartFile(kind, self._incoming.feed)
        elif request.method == "PUT" and request.path.startswith("/segments/"):
            _signed_segment(self._call)
        else:
            _stop(405, "MethodNotAllowed", "The method is not allowed against this resource.")

    def _post(self, form: MultipartFile) -> Response:
        upload = self._call.state.uploads.get(form.fields.get("key", "").rpartition("/")[2])
        if upload is None or upload.segments is not None:
            _stop(403, "AccessDenied", "Invalid according to Policy.")
        _in_time(self._call, upload)
        wanted = post_fields(self._call.settings, upload)
        if {name: form.fields.get(name) for name in wanted} != wanted:
            _stop(403, "AccessDenied", "Invalid according to Policy: a field is missing or was changed.")
        if not form.complete:
            _stop(400, "InvalidArgument", "POST requires exactly one file upload per request.")
        _fits(upload.size, self._incoming.size)
        upload.file = self._incoming.stored()
        self._stored(upload, upload.file)
        etag = f'"{upload.file.md5}"'
        return Response(
            self._call.settings.storage_post_status, (("ETag", etag), ("Location", object_key(upload)))
        )

    def _put(self) -> Response:
        upload, segment = _signed_segment(self._call)
        _in_time(self._call, upload)
        file = self._incoming.stored()
        if file.size != segment.size:
            _stop(400, "IncompleteBody", "The number of bytes is not the one in Content-Length.")
        if file.sha256 != segment.sha256:
            _stop(400, "XAmzContentSHA256Mismatch", "x-amz-content-sha256 does not match the bytes.")
        segment.file = file
        self._stored(upload, file, segment=upload.segments.index(segment) + 1 if upload.segments else 0)
        return Response(200, (("ETag", f'"{file.md5}"'),))

    def _stored(self, upload: Upload, file: StoredFile, **where: int) -> None:
        self._kept = True
        kind = "segment_stored" if where else "file_stored"
        self._call.effect(kind, upload=upload.uuid, size=file.size, sha256=file.sha256, **where)


def is_storage(path: str) -> bool:
    """Tell whether a path belongs to the storage, not to Procore."""
    return path == "/uploads" or path.startswith(("/segments/", "/objects/"))


def fetch(call: Call) -> Response:
    """GET /objects/{id}/{name}: the bytes, whole or in a range; the answer's `stream` reads them anew."""
    _refuse_bearer(call)
    raw_id = call.request.path.split("/")[2]
    attachment = call.state.attachments.get(int(raw_id)) if raw_id.isdecimal() else None
    if attachment is None:
        _stop(403, "AccessDenied", "Access Denied")
    _check_download(call, raw_id)
    wanted = _range(call, attachment.file.size)
    return _send(call, attachment, wanted)


def _send(call: Call, attachment: Attachment, wanted: tuple[int, int] | None) -> Response:
    file, blobs = attachment.file, call.blobs
    start, stop = wanted or (0, file.size)
    name = attachment.name.encode("ascii", "replace").decode().replace('"', "_")
    headers = [
        ("Content-Type", attachment.content_type),
        ("Content-Length", str(stop - start)),
        ("Content-Disposition", f'attachment; filename="{name}"'),
        ("ETag", f'"{file.md5}"'),
    ]
    if call.settings.storage_ranges:
        headers.append(("Accept-Ranges", "bytes"))
    if wanted:
        headers.append(("Content-Range", f"bytes {start}-{stop - 1}/{file.size}"))
    status = 206 if wanted else 200
    return Response(status, tuple(headers), stream=lambda: read_parts(blobs, file.parts, start, stop))


def _range(call: Call, size: int) -> tuple[int, int] | None:
    if not call.settings.storage_ranges:
        return None
    try:
        return byte_range(call.request.headers.get("range"), size)
    except ValueError:
        _stop(416, "InvalidRange", "The requested range is not satisfiable")


def _check_download(call: Call, raw_id: str) -> None:
    names = ("X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature")
    made, lasts, proof = (call.request.parameter(name) or "" for name in names)
    wanted = signature(call.settings, f"{raw_id}:{made}:{lasts}")
    if not hmac.compare_digest(wanted.encode(), proof.encode()):
        _stop(403, "SignatureDoesNotMatch", "The signature does not match.")
    if call.now >= int(made) + int(lasts):
        _stop(403, "AccessDenied", "Request has expired")


def _signed_segment(call: Call) -> tuple[Upload, Segment]:
    uuid, _, number = call.request.path.removeprefix("/segments/").partition("/")
    upload = call.state.uploads.get(uuid)
    proof = call.request.parameter("X-Amz-Signature") or ""
    if not hmac.compare_digest(signature(call.settings, call.request.path).encode(), proof.encode()):
        _stop(403, "SignatureDoesNotMatch", "The signature does not match.")
    if upload is None or upload.segments is None or not number.isdecimal():
        _stop(404, "NoSuchKey", "The specified key does not exist.")
    segment = upload.segments[int(number) - 1]
    given = call.request.headers
    wanted = segment_headers(segment) | {"content-type": "application/octet-stream"}
    if any(given.get(name) != value for name, value in wanted.items()):
        _stop(403, "SignatureDoesNotMatch", "A signed header is missing or was changed.")
    return upload, segment


def _refuse_bearer(call: Call) -> None:
    if "authorization" in call.request.headers:
        _stop(400, "InvalidArgument", "Only one auth mechanism allowed.")


def _in_time(call: Call, upload: Upload) -> None:
    if call.now >= upload.created_at + call.settings.storage_start_seconds:
        _stop(403, "AccessDenied", "Invalid according to Policy: Policy expired.")


def _fits(declared: int | None, size: int) -> None:
    if declared is not None and size > declared:
        _stop(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
    if declared is not None and size < declared:
        _stop(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")


def _stop(status: int, code: str, message: str) -> NoReturn:
    raise Refused(_xml(status, code, message))


def _xml(status: int, code: str, message: str) -> Response:
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n{error}'
    return Response(status, (("Content-Type", "application/xml"),), text.encode())
