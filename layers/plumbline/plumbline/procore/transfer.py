"""Sends bytes to Procore's storage, streamed: memory holds a chunk, never a file.

Source: Procore, "Uploads" tutorial. The storage gets no bearer token.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlsplit

from requests_toolbelt import MultipartEncoder  # type: ignore[import-untyped]

from plumbline.errors import EffectUnknown, Reject, Retry
from plumbline.procore import uploads, wire
from plumbline.procore.environments import is_secure
from plumbline.procore.reading import Unreadable, mapping

if TYPE_CHECKING:
    from collections.abc import Iterable

    import requests

    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.environments import Hosts
    from plumbline.procore.uploads import Segment, UploadSettings


_NAME_OF_THE_PART = "file"  # Procore knows the file's name already; odd names upset form parsers


class _Expired(Exception):
    """The storage address is older than an hour, or the upload is gone: announce it again."""


class Spooled(NamedTuple):
    """A file at rest: open for reading from its start, with its size and SHA-256 (lower-case hex)."""

    file: IO[bytes]
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A file to send; `sha256` is that of the bytes as they were read from where they came."""

    source: IO[bytes]
    name: str
    content_type: str
    size: int
    sha256: str


class _Slice:
    """A run of bytes of a seekable file, hashed while it is read. `len` is what is left: senders ask so."""

    def __init__(self, source: IO[bytes], start: int, size: int) -> None:
        source.seek(start)
        self._source = source
        self._left = size
        self.sha256 = hashlib.sha256()

    @property
    def len(self) -> int:
        return self._left

    def read(self, amount: int = -1) -> bytes:
        wanted = self._left if amount < 0 else min(amount, self._left)
        data = self._source.read(wanted)
        if wanted and not data:
            raise Retry("The file is shorter than it was")
        self._left -= len(data)
        self.sha256.update(data)
        return data


def spool(chunks: Iterable[bytes], limit_in_memory: int = 8 * 1024 * 1024) -> Spooled:
    """Gather chunks in a temporary file, on disk where larger than the limit, hashing on the way."""
    file = SpooledTemporaryFile(max_size=limit_in_memory)  # noqa: SIM115 - the caller closes it
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        file.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    file.seek(0)
    return Spooled(file, size, digest.hexdigest())


def upload(
    client: ProcoreClient,
    session: requests.Session,
    project_id: str,
    source: IO[bytes],
    *,
    name: str,
    content_type: str,
    size: int,
    sha256: str,
    settings: UploadSettings,
) -> str:
    """Send a file to the project's storage and return the upload's id, to attach within a week.

    Only the authorization that made the upload may attach it. Raises `Retry` for anything that a new try
    may cure, such as a source that changed meanwhile: an upload that is never attached is purged.
    """
    outgoing = Outgoing(source, name, content_type, size, sha256)
    try:
        return _upload(client, session, project_id, outgoing, settings)
    except _Expired:
        pass  # addresses live an hour, and a new one costs one call: announce it once more
    try:
        return _upload(client, session, project_id, outgoing, settings)
    except _Expired as error:
        raise Retry("Procore's storage refused the upload twice") from error


def _upload(
    client: ProcoreClient,
    session: requests.Session,
    project_id: str,
    outgoing: Outgoing,
    settings: UploadSettings,
) -> str:
    path = f"/rest/v1.1/projects/{project_id}/uploads"
    segments = uploads.plan(outgoing.size, settings)
    try:
        if segments:
            return _send_segments(client, session, path, outgoing, segments)
        return _send_whole(client, session, path, outgoing)
    except EffectUnknown as error:  # an upload that nothing refers to does no harm
        raise Retry(error.reason, after=error.after) from error


def _send_whole(client: ProcoreClient, session: requests.Session, path: str, outgoing: Outgoing) -> str:
    body = uploads.single_body(name=outgoing.name, content_type=outgoing.content_type, size=outgoing.size)
    ticket = client.request("POST", path, json=body).read(_post_ticket)
    source = _Slice(outgoing.source, 0, outgoing.size)
    fields = [(name, str(value)) for name, value in ticket["fields"].items()]
    form = MultipartEncoder([*fields, ("file", (_NAME_OF_THE_PART, source, outgoing.content_type))])
    _store(client, session, "POST", ticket["url"], data=form, headers={"Content-Type": form.content_type})
    _check_unchanged(source.sha256.hexdigest(), outgoing.sha256)
    return str(ticket["uuid"])


def _send_segments(
    client: ProcoreClient,
    session: requests.Session,
    path: str,
    outgoing: Outgoing,
    planned: tuple[Segment, ...],
) -> str:
    segments = _hashed(outgoing, planned)
    body = uploads.segments_body(
        segments, name=outgoing.name, content_type=outgoing.content_type, size=outgoing.size
    )
    ticket = client.request("POST", path, json=body).read(_segments_ticket)
    rows = ticket["segments"]
    if len(rows) != len(segments):
        raise Retry("Procore answered with another number of segments than announced")
    etags = [
        _put(client, session, outgoing.source, segment, row)
        for segment, row in zip(segments, rows, strict=True)
    ]
    _complete(client, f"{path}/{ticket['uuid']}", uploads.completion_body(segments, etags))
    return str(ticket["uuid"])


def _hashed(outgoing: Outgoing, planned: tuple[Segment, ...]) -> tuple[Segment, ...]:
    """Read the file once for the hash of each segment, which the announcement needs, and of the whole."""
    whole, hashed = hashlib.sha256(), []
    for segment in planned:
        part = _Slice(outgoing.source, segment.start, segment.size)
        while chunk := part.read(wire.CHUNK):
            whole.update(chunk)
        hashed.append(replace(segment, sha256=part.sha256.hexdigest()))
    _check_unchanged(whole.hexdigest(), outgoing.sha256)
    return tuple(hashed)


def _put(
    client: ProcoreClient, session: requests.Session, source: IO[bytes], segment: Segment, row: dict[str, Any]
) -> str:
    given = {name: str(value) for name, value in (row.get("headers") or {}).items() if value is not None}
    part = _Slice(source, segment.start, segment.size)
    response = _store(
        client,
        session,
        "PUT",
        row["url"],
        # a body without bytes would go out chunked, which storage refuses
        data=part if segment.size else b"",
        headers={**given, "Content-Type": "application/octet-stream"},
    )
    _check_unchanged(part.sha256.hexdigest(), segment.sha256)
    return response.headers.get("ETag", "")


def _complete(client: ProcoreClient, path: str, body: dict[str, Any]) -> None:
    try:
        answer = client.request("PATCH", path, json=body)
    except Reject as refusal:
        if refusal.code == "gone":
            raise _Expired from refusal
        raise
    if not isinstance(answer.data, dict) or answer.data.get("status") != "complete":
        raise Retry("Procore does not call the upload complete")


def _check_storage(hosts: Hosts, url: str) -> None:
    """Refuse to send a customer's file over plain HTTP, or elsewhere than a deployment allows."""
    if not is_secure(url):
        raise Reject(
            "insecure_storage", "Procore names a storage that is not HTTPS.", "Report this to support."
        )
    if hosts.storage and urlsplit(hosts.storage).netloc != urlsplit(url).netloc:
        raise Reject(
            "other_storage",
            "Procore names another storage host than this deployment allows.",
            "Compare the storage host of the deployment with the one Procore names.",
        )


def _store(
    client: ProcoreClient,
    session: requests.Session,
    method: str,
    url: str,
    *,
    data: wire.Body,
    headers: dict[str, str],
) -> requests.Response:
    """Send bytes to the storage, with no token; raises `_Expired` for an old address, else `Retry`."""
    _check_storage(client.hosts, url)
    try:
        response = wire.send(session, method, url, data=data, headers=headers, timeout=wire.STORAGE_TIMEOUT)
    except wire.ConnectionLost as error:
        raise Retry(f"The connection to the storage broke: {error}") from error
    if response.status_code == wire.FORBIDDEN:
        raise _Expired
    if not wire.succeeded(response):
        raise Retry(f"The storage failed with {response.status_code}")
    return response


def _check_unchanged(read: str, expected: str) -> None:
    if read != expected:
        raise Retry("The file changed while it was sent")


def _post_ticket(data: object) -> dict[str, Any]:
    return _ticket(data, {"uuid": str, "url": str, "fields": dict})


def _segments_ticket(data: object) -> dict[str, Any]:
    return _ticket(data, {"uuid": str, "segments": list})


def _ticket(data: object, shape: dict[str, type]) -> dict[str, Any]:
    ticket = mapping(data)
    for name, kind in shape.items():
        if not isinstance(ticket.get(name), kind):
            raise Unreadable(f"{name} is missing in the upload")
    return ticket
