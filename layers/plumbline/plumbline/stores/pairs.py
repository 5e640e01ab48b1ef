"""The name of the two projects that a connection joins; no two connections have the same."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.stores.records import Connection


def pair_of(connection: Connection) -> str:
    """The name of its pair of projects, the same however ids and host were typed; "" while one is missing."""
    ids = (connection.project_id.strip(), connection.tracker_project_id.strip())
    if not all(ids):
        return ""
    host = connection.tracker_host.strip().lower().removeprefix("https://").rstrip("/.")
    return json.dumps([connection.company_id.strip(), ids[0], host, ids[1]])
