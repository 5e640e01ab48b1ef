"""Issues that we make: which observations are to have one, and whether one is being made now (A29, S15)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from plumbline.issues import text
from plumbline.issues.pairs import every
from plumbline.stores.records import Intent, Link, LinkState

if TYPE_CHECKING:
    from plumbline.connections.settings import Births, IssueSettings
    from plumbline.procore.observations import Observation
    from plumbline.stores.ports import Links

# New issues are held back this long at most (seconds), should making one again never come to an end.
REMAKING = 3600.0


def offered(births: Births) -> bool:
    """Whether any observation is to make an issue at all."""
    return bool(births.types or births.trades or births.locations)


def wanted(observation: Observation, settings: IssueSettings) -> bool:
    """Whether this observation is to have an issue: born in Procore, of a chosen type, trade or location."""
    births = settings.sync.births
    ours = text.names_an_issue(observation.description)
    chosen = (
        observation.type_id in births.types
        or observation.trade_id in births.trades
        or observation.location_id in births.locations
    )
    return chosen and not ours and not observation.personal


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


def remaking(links: Links, link: Link, *, now: float) -> None:
    """Note that the issue of this link is about to be made again: a new issue may be that one."""
    links.put_intent(Intent(_holder(link.connection_id), link.id, now))


def remade(links: Links, link: Link) -> None:
    """Note that the link leads to its issue that was made again."""
    links.drop_intent(_holder(link.connection_id), link.id)


def being_remade(links: Links, connection_id: str, *, now: float) -> bool:
    """Whether a new issue may be one that was made again and whose link does not name it yet."""
    return any(one.started_at > now - REMAKING for one in links.intents(_holder(connection_id)))


def _holder(connection_id: str) -> str:
    return f"remaking:{connection_id}"


def under_way(links: Links, connection_id: str) -> bool:
    """Whether an issue may have been made whose link does not name it yet: its create is not settled."""
    waiting = every(links, connection_id, state=LinkState.WAITING)
    return any(links.intents(one.id) for one in waiting if not one.issue_id)
