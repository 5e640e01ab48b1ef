"""Makes a tenant with one connection that works, in a deployment that runs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation.deployment import TRACKER

from plumbline import wiring, wiring_jobs, wiring_queues
from plumbline.connections import braking
from plumbline.connections.items import retry_failed
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.issues.hints import Hint
from plumbline.stores.records import (
    Authorization,
    AuthorizationKind,
    Connection,
    ConnectionState,
    SealedToken,
)
from sandbox.procore.demo import HARBOR_POINT, NORTHWIND, PRIYA
from sandbox.procore.records import Code

if TYPE_CHECKING:
    from tests.simulation.deployment import Deployment

    from plumbline.procore.oauth import Tokens
    from plumbline.stores.records import Link

CONNECTION = "c1"


def furnish(house: Deployment, approach: str, settings: dict[str, Any]) -> None:
    """Store the tracker's key, a person's sign-in and an enabled connection of the two projects."""
    _tracker_key(house)
    authorize(house, "p1", PRIYA)
    now = house.scheduler()
    house.stores["connections"].create(
        Connection(
            id=CONNECTION,
            tenant_id="tenant",
            name="one",
            approach=approach,
            state=ConnectionState.ENABLED,
            created_at=now,
            created_by="me",
            settings=settings,
            procore_authorization_id="p1",
            company_id=str(NORTHWIND),
            project_id=str(HARBOR_POINT),
            tracker_authorization_id="t1",
            tracker_project_id=house.cxalloy.world.projects[0].project_id,
            tracker_host=TRACKER,
            enabled_at=now,
        )
    )
    connection = house.stores["connections"].get(CONNECTION)
    wiring_jobs.hook_keeper(connection, lambda: 60.0).repair(wiring_jobs.wanted_hook(connection), now=now)


def authorize(house: Deployment, authorization_id: str, person_id: int) -> None:
    """A person connects, or connects again, by the real exchange of a code, in the product's own order."""
    kind = AuthorizationKind.PROCORE_PERSON
    while True:
        try:
            wiring.token_keeper().keep(authorization_id, _sign_in(house, person_id))
        except (Retry, Reject, NeedsAuthorization):
            house.scheduler.sleep(30.0)  # a page that says no: the person tries once more
        else:
            break
    house.stores["authorizations"].put(
        Authorization(
            authorization_id, "tenant", kind, "custom", "someone", house.scheduler(), "me", str(person_id)
        )
    )


def _sign_in(house: Deployment, person_id: int) -> Tokens:
    uri, now = "http://127.0.0.1/callback", house.scheduler()
    code = f"code-{person_id}-{now}"
    house.procore.state.codes[code] = Code(person_id, uri, now + 600)
    return wiring.oauth_client().exchange(code, uri)


def _tracker_key(house: Deployment) -> None:
    key = house.cxalloy.world.account.keys[0]
    kind = AuthorizationKind.CXALLOY_KEY
    now = house.scheduler()
    house.stores["authorizations"].put(
        Authorization("t1", "tenant", kind, "cxalloy", "key", now, "me", key.identifier, TRACKER)
    )
    blob = house.stores["sealer"].seal(key.secret.encode(), authorization_id="t1")
    house.stores["authorizations"].save_token(SealedToken("t1", blob, 0.0, version=1), seen_version=0)


def look_after(house: Deployment) -> None:
    """A manager looks every quarter of an hour, and connects again where that is asked for."""
    person = house.stores["authorizations"].get("p1")
    key, held = house.stores["authorizations"].get("t1"), house.cxalloy.world.account.keys[0]
    if not person.valid:
        house.offstage(lambda: authorize(house, "p1", PRIYA))
    if not key.valid and held.mode == "read_write" and held.projects is None:
        house.stores["authorizations"].put(replace(key, valid=True, cause=""))
    house.scheduler.at(house.scheduler() + 900.0, lambda: look_after(house))


def mend(house: Deployment) -> None:
    """What a manager does when all is calm: connect again, retry what failed, release what is held."""
    house.offstage(lambda: _mend(house))


def _mend(house: Deployment) -> None:
    authorize(house, "p1", PRIYA)
    key = house.stores["authorizations"].get("t1")
    house.stores["authorizations"].put(replace(key, valid=True, cause=""))
    release(house)


def release(house: Deployment) -> None:
    """Retry all that is parked, and approve the deletes that wait, exactly as they are shown."""
    links, cursors, now = wiring.links(), wiring.cursors(), house.scheduler()
    retry_failed(links, CONNECTION, now=now, hint=_hint)
    held = braking.plan(links, cursors, CONNECTION)
    if held.links and not held.approved:
        braking.approve(links, cursors, CONNECTION, held.hash, now=now, hint=_hint)


def _hint(link: Link) -> None:
    wiring_queues.send_sync_hint(Hint(CONNECTION, "manual", link_id=link.id))
