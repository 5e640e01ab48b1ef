"""CxAlloy keys: given, replaced, tried (S2, S20). Secrets go in and never come out."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from plumbline.connections.credentials import must_be_key
from plumbline.connections.ids import new_id
from plumbline.cxalloy import address
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.stores.records import Authorization, AuthorizationKind, SealedToken

if TYPE_CHECKING:
    from plumbline.cxalloy.client import CxAlloyClient
    from plumbline.stores.ports import Authorizations, Sealer


@dataclass(frozen=True, slots=True)
class KeyTest:
    """What a CxAlloy key reaches and may do; `cause` and `next_step` are empty when all is well."""

    reachable: bool
    projects: tuple[tuple[str, str], ...]
    access: Literal["read_write", "read_only", "unknown"]
    cause: str = ""
    next_step: str = ""


def add_key(
    store: Authorizations,
    sealer: Sealer,
    *,
    tenant_id: str,
    host: str,
    identifier: str,
    secret: str,
    label: str,
    who: str,
    now: float,
) -> Authorization:
    """Store a CxAlloy key, its secret sealed."""
    made = Authorization(
        id=new_id(),
        tenant_id=tenant_id,
        kind=AuthorizationKind.CXALLOY_KEY,
        environment="cxalloy",
        label=label or identifier,
        created_at=now,
        created_by=who,
        subject=identifier,
        host=host,
    )
    _seal(store, sealer, made.id, secret)
    store.put(made)
    return made


def replace_key(
    store: Authorizations, sealer: Sealer, held: Authorization, *, identifier: str, secret: str
) -> Authorization:
    """Put another key in the place of one, without setting anything up again (S20)."""
    must_be_key(held)
    _seal(store, sealer, held.id, secret)
    changed = replace(held, subject=identifier or held.subject, valid=True, cause="")
    store.put(changed)
    return changed


def try_key(client: CxAlloyClient) -> KeyTest:
    """Say what a key reaches and whether it may write; a failure is an answer too."""
    try:
        access = client.check_access(probe=True)
    except NeedsAuthorization as error:
        step = "Check in CxAlloy that the key is active, or replace it."
        return KeyTest(reachable=True, projects=(), access="unknown", cause=error.cause, next_step=step)
    except Reject as error:
        return KeyTest(
            reachable=True, projects=(), access="unknown", cause=error.cause, next_step=error.next_step
        )
    except Retry as error:
        step = "Check the host; if it is right, try again in a minute."
        return KeyTest(reachable=False, projects=(), access="unknown", cause=error.reason, next_step=step)
    return _told(tuple((project.id, project.name) for project in access.projects), access.mode)


def _told(
    projects: tuple[tuple[str, str], ...], access: Literal["read_write", "read_only", "unknown"]
) -> KeyTest:
    cause, step = "", ""
    if not projects:
        cause, step = "The key reaches no project.", "Give the key at least one project in CxAlloy."
    elif access == "read_only":
        cause = "The key may only read, so that the done status cannot be set."
        step = "Make the key read-write in CxAlloy, or give another one."
    return KeyTest(reachable=True, projects=projects, access=access, cause=cause, next_step=step)


def check_host(host: str, *, local: bool) -> str:
    """Return the origin of a CxAlloy host. Raises `Reject`.

    Addresses of the machine itself or of a private network are for the local stack only: in the cloud they
    would lead to what the function can reach and its users may not.
    """
    found = address.origin_of(host)
    name = urlsplit(found).hostname or ""
    if not local and _is_inside(name):
        raise Reject(
            "bad_host",
            "The CxAlloy host is an address of this machine or of a private network.",
            address.NEXT_STEP,
            field="host",
        )
    return found


def _is_inside(name: str) -> bool:
    if name == "localhost" or name.endswith((".localhost", ".internal", ".local")):
        return True
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return False


def _seal(store: Authorizations, sealer: Sealer, authorization_id: str, secret: str) -> None:
    stored = store.token(authorization_id)
    seen = stored.version if stored else 0
    blob = sealer.seal(secret.encode(), authorization_id=authorization_id)
    store.save_token(SealedToken(authorization_id, blob, expires_at=0.0, version=seen + 1), seen_version=seen)
