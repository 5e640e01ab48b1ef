"""File bytes behind signed addresses, as an object store serves them."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.files import content_type
from sandbox.cxalloy.keys import SIGNING_HEADERS
from sandbox.http import Response

if TYPE_CHECKING:
    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import FileSpec
    from sandbox.http import Request

_STORE_KEY = b"signs the addresses of this stand-in only"


def signed_url(sandbox: CxAlloySandbox, file: FileSpec, origin: str) -> str:
    """Return an address that gives the file to whoever has it, for a while."""
    expires = str(int(sandbox.clock() + sandbox.settings.file_url_seconds))
    return f"{origin}/blob/{file.id}?expires={expires}&token={_token(file.id, expires)}"


def answer(sandbox: CxAlloySandbox, request: Request) -> Response:
    """Answer a request to the store; raises Refused."""
    if any(name in request.headers for name in SIGNING_HEADERS):
        raise Refused(400, "Only one way to authorize is allowed")
    file_id = request.path.removeprefix("/blob/")
    expires, token = request.parameter("expires") or "", request.parameter("token") or ""
    if not hmac.compare_digest(token.encode(), _token(file_id, expires).encode()):
        raise Refused(403, "Signature does not match")
    if sandbox.clock() > int(expires):
        raise Refused(403, "Request has expired")
    file = sandbox.world.file(file_id)
    if file is None:
        raise Refused(404, "No such file")
    return stream(sandbox, file)


def stream(sandbox: CxAlloySandbox, file: FileSpec) -> Response:
    """Return a file's bytes as a streamed answer."""
    headers = (("Content-Type", content_type(file)), ("Content-Length", str(file.size)))
    return Response(200, headers, stream=lambda: sandbox.files.chunks(file))


def _token(file_id: str, expires: str) -> str:
    return hmac.new(_STORE_KEY, f"{file_id}\n{expires}".encode(), hashlib.sha256).hexdigest()
