"""Links of observations that are to make an issue, and whether one is being made right now (A29)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from plumbline.issues.pairs import every
from plumbline.stores.records import Link, LinkState

if TYPE_CHECKING:
    from plumbline.connections.settings import Births
    from plumbline.procore.observations import Observation
    from plumbline.stores.ports import Links


def offered(births: Births) -> bool:
    """Whether any observation is to make an issue at all."""
    return bool(births.types or births.trades or births.locations)


def link_for(connection_id: str, observation: Observation) -> Link:
    """The link of an observation whose issue is still to be made: it claims the observation."""
    return Link(
        id=uuid4().hex,
        connection_id=connection_id,
        issue_id="",
        state=LinkState.WAITING,
        observation_id=observation.id,
        observation_number=observation.number,
    )


def under_way(links: Links, connection_id: str) -> bool:
    """Whether an issue may have been made whose link does not name it yet: its create is not settled."""
    waiting = every(links, connection_id, state=LinkState.WAITING)
    return any(links.intents(one.id) for one in waiting if not one.issue_id)
