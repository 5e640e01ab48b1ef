"""Whether a connection may work at all, as far as its credentials go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.stores.ports import Authorizations
    from plumbline.stores.records import Authorization, Connection

RIGHTS_LOST = "rights_lost"
"""The refusal that says that a connection's authorizer lacks rights, and that no other one has them."""


def credentials(authorizations: Authorizations, connection: Connection) -> tuple[Authorization, ...]:
    """The Procore and the tracker credential, in this order; empty unless both are there and work."""
    ids = (connection.procore_authorization_id, connection.tracker_authorization_id)
    found = [authorizations.get(id_) for id_ in ids]
    valid = tuple(one for one in found if one and one.valid)
    return valid if len(valid) == len(ids) else ()
