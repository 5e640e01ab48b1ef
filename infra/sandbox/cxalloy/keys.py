"""Who is calling: the signature over the exact bytes, and what the key may see and do."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

from sandbox.cxalloy.answers import Refused

if TYPE_CHECKING:
    from sandbox.cxalloy.sandbox import CxAlloySandbox
    from sandbox.cxalloy.world import CxAlloyWorld, Key
    from sandbox.http import Request

SIGNING_HEADERS = ("cxalloy-identifier", "cxalloy-timestamp", "cxalloy-signature")


def signer(request: Request, world: CxAlloyWorld, now: float, skew: float) -> Key:
    """Return the key that signed this request; raises Refused 401 with the reason."""
    identifier, timestamp, signature = (request.headers.get(name, "") for name in SIGNING_HEADERS)
    key = next((key for key in world.account.keys if key.identifier == identifier), None)
    if key is None or not key.active:
        raise Refused(401, "Unknown or inactive API key")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > skew:
        raise Refused(401, "Timestamp is missing or too far from the server's clock")
    wanted = hmac.new(key.secret.encode(), request.body + timestamp.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(wanted.encode(), signature.encode()):
        raise Refused(401, "Signature does not match")
    return key


def may_see(key: Key, project_id: str) -> bool:
    """Whether the key reaches that project."""
    return key.projects is None or project_id in key.projects


def need_project(sandbox: CxAlloySandbox, key: Key, project_id: str) -> str:
    """Return the project's id if the key reaches it; raises Refused 404 if not, as if it did not exist.

    What a key that lost a project is told is a setting of the sandbox, as no source shows it.
    """
    known = any(project.project_id == project_id for project in sandbox.world.projects)
    if not known:
        raise Refused(404, "Project not found")
    if not may_see(key, project_id):
        raise Refused(sandbox.settings.lost_project_status, "Project not found")
    return project_id


def need_write(key: Key) -> None:
    """Raise Refused 403 when the key is read only."""
    if key.mode == "read_only":
        raise Refused(403, "This API key is read only")
