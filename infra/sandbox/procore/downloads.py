"""The addresses of attachments on Procore's own host: they need the bearer and lead to the storage.

Source: Procore "Secure File Access Tips".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.http import Response
from sandbox.procore.access import at_least, level
from sandbox.procore.call import refuse
from sandbox.procore.signing import download_url

if TYPE_CHECKING:
    from sandbox.procore.call import Call


def download(call: Call) -> Response:
    """GET /attachments/{id}/{name}: 302 to a signed address of the storage."""
    attachment = call.state.attachments.get(call.path_id("id"))
    if attachment is None:
        refuse(404, ["The requested file was not found."])
    project = call.state.projects[attachment.project_id]
    if not at_least(level(call.caller, project), "Read Only"):
        refuse(404, ["The requested file was not found."])
    return Response(302, (("Location", download_url(call.settings, attachment, call.now)),))
