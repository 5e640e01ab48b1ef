"""Service accounts, CxAlloy keys, and letting credentials go (S2, S20). Secrets go in and never come out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from plumbline.connections.ids import new_id
from plumbline.connections.lists import company_entries, project_entries
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.procore import companies, oauth
from plumbline.procore.errors import APP_NOT_INSTALLED
from plumbline.stores.records import Authorization, AuthorizationKind, ConnectionState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from plumbline.connections.lists import Entry
    from plumbline.procore.client import ProcoreClient
    from plumbline.procore.oauth_client import OAuthClient
    from plumbline.procore.token_keeper import TokenKeeper
    from plumbline.stores.ports import Authorizations, Sealer
    from plumbline.stores.records import Connection


@dataclass(frozen=True, slots=True)
class Account:
    """Who a Procore credential speaks as, and the companies it names."""

    login: str
    companies: tuple[Entry, ...]


def add_service_account(
    store: Authorizations,
    keeper: TokenKeeper,
    tokens: oauth.Tokens,
    wanted: Authorization,
    client: ProcoreClient,
) -> tuple[Authorization, tuple[Entry, ...]]:
    """Keep the app's own account for a company (`wanted.subject`) if it has permitted projects there.

    Returns the authorization and those projects. Raises `Reject`; then nothing is kept.
    """
    keeper.keep(wanted.id, tokens)
    try:
        projects = _permitted(client, wanted.subject)
    except (Reject, Retry, NeedsAuthorization):
        store.delete(wanted)
        raise
    store.put(wanted)
    return wanted, projects


def _permitted(client: ProcoreClient, company_id: str) -> tuple[Entry, ...]:
    if company_id not in _seen_companies(client):
        raise Reject(
            APP_NOT_INSTALLED,
            "The app is not connected to this company: its service account does not see the company.",
            "Ask a Procore company admin to install the app, then try again.",
            field="company_id",
        )
    projects = project_entries(client)
    if not projects:
        raise Reject(
            "no_permitted_projects",
            "The service account has no permitted projects in this company.",
            "Ask a Procore company admin to add projects under Permitted Projects of the app; they must be "
            "chosen again after each update of the app.",
            field="company_id",
        )
    return projects


def _seen_companies(client: ProcoreClient) -> set[str]:
    try:
        return {entry.id for entry in company_entries(client)}
    except Reject as refusal:
        if refusal.code != "forbidden":
            raise
        return set()


def service_account(
    tenant_id: str, company_id: str, label: str, *, environment: str, who: str, now: float
) -> Authorization:
    """Describe the app's service account in one company."""
    return Authorization(
        id=new_id(),
        tenant_id=tenant_id,
        kind=AuthorizationKind.PROCORE_SERVICE_ACCOUNT,
        environment=environment,
        label=label or f"Service account in company {company_id}",
        created_at=now,
        created_by=who,
        subject=company_id,
    )


def account(client: ProcoreClient, held: Authorization) -> Account:
    """Ask Procore who the credential speaks as and which companies it names."""
    login = str(companies.me(client).get("login") or held.label)
    return Account(login, company_entries(client))


def proven(store: Authorizations, held: Authorization) -> None:
    """Take a credential that was just seen to work for valid again, so that waiting work goes on."""
    if not held.valid:
        store.put(replace(held, valid=True, cause=""))


def let_go(
    store: Authorizations,
    held: Authorization,
    users: Iterable[Connection],
    *,
    revoke: Callable[[str], None],
) -> None:
    """Delete a credential that no connection uses; `revoke` takes its id. Raises `Reject`."""
    busy = [one.name for one in users if one.state is not ConnectionState.DISABLED and uses(one, held.id)]
    if busy:
        raise Reject(
            "in_use",
            f"The connection {busy[0]!r} uses this authorization.",
            "Give that connection another authorization, disable it or delete it first.",
            field="authorization_id",
            status=409,
        )
    if held.kind is AuthorizationKind.PROCORE_PERSON:
        revoke(held.id)
    store.delete(held)


def revoke(store: Authorizations, sealer: Sealer, oauth_client: OAuthClient, authorization_id: str) -> None:
    """Make a person's token useless at Procore; a token that is gone already is fine."""
    sealed = store.token(authorization_id)
    if sealed is None:
        return
    try:
        plain = sealer.open(sealed.blob, authorization_id=authorization_id)
    except NeedsAuthorization:  # it can be opened no more, so nobody can use it either
        return
    tokens = oauth.from_json(plain)
    oauth_client.revoke(tokens.refresh or tokens.access)


def uses(connection: Connection, authorization_id: str) -> bool:
    """Say whether the connection works with this credential, or may come to."""
    mine = (connection.procore_authorization_id, connection.tracker_authorization_id)
    return authorization_id in (*mine, *connection.other_authorization_ids)


def must_be_procore(held: Authorization) -> None:
    """Refuse a CxAlloy key where a Procore credential is needed. Raises `Reject`."""
    _must_be(held, {AuthorizationKind.PROCORE_PERSON, AuthorizationKind.PROCORE_SERVICE_ACCOUNT})


def must_be_key(held: Authorization) -> None:
    """Refuse a Procore credential where a CxAlloy key is needed. Raises `Reject`."""
    _must_be(held, {AuthorizationKind.CXALLOY_KEY})


def must_be_person(held: Authorization) -> None:
    """Refuse anything but a person's sign-in. Raises `Reject`."""
    _must_be(held, {AuthorizationKind.PROCORE_PERSON})


def _must_be(held: Authorization, kinds: set[AuthorizationKind]) -> None:
    if held.kind not in kinds:
        wanted = " or ".join(sorted(kind.value for kind in kinds))
        raise Reject(
            "wrong_kind",
            f"This authorization is a {held.kind.value}; needed is a {wanted}.",
            "Choose another authorization.",
            field="authorization_id",
        )
