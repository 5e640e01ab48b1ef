"""Keys and accounts: kept sealed, let go with care (S2, S20, S22)."""

from __future__ import annotations

import pytest
from tests.unit.connections.making import a_connection, an_authorization

from plumbline.connections import credentials, keys
from plumbline.errors import NeedsAuthorization, Reject
from plumbline.procore import oauth
from plumbline.stores.memory import MemoryAuthorizations, MemorySealer
from plumbline.stores.records import AuthorizationKind, ConnectionState, SealedToken


class Revoker:
    """Stands where Procore's sign-in host is."""

    def __init__(self) -> None:
        self.revoked: list[str] = []

    def revoke(self, token: str) -> None:
        self.revoked.append(token)


def _sealed(store: MemoryAuthorizations, tokens: oauth.Tokens) -> None:
    blob = MemorySealer().seal(oauth.to_json(tokens), authorization_id="p")
    store.save_token(SealedToken("p", blob, tokens.expires_at, 1), seen_version=0)


@pytest.mark.parametrize(
    ("refresh", "expected"), [("refresh-token", "refresh-token"), (None, "access-token")]
)
def test_revoking_ends_the_refresh_token_where_there_is_one(refresh: str | None, expected: str) -> None:
    store, there = MemoryAuthorizations(), Revoker()
    _sealed(store, oauth.Tokens("access-token", refresh, 100.0, 1.0))

    credentials.revoke(store, MemorySealer(), there, "p")  # type: ignore[arg-type]

    assert there.revoked == [expected]


def test_a_credential_that_is_missing_or_cannot_be_opened_needs_no_revoking() -> None:
    store, there = MemoryAuthorizations(), Revoker()

    credentials.revoke(store, MemorySealer(), there, "p")  # type: ignore[arg-type]
    store.save_token(SealedToken("p", b"broken", 0.0, 1), seen_version=0)
    credentials.revoke(store, MemorySealer(), there, "p")  # type: ignore[arg-type]

    assert there.revoked == []


@pytest.mark.parametrize("state", [ConnectionState.DRAFT, ConnectionState.ENABLED, ConnectionState.PAUSED])
def test_what_a_connection_uses_is_kept(state: ConnectionState) -> None:
    store, held = MemoryAuthorizations(), an_authorization()
    store.put(held)

    with pytest.raises(Reject) as refused:
        credentials.let_go(store, held, [a_connection(state=state)], revoke=lambda _: None)

    assert (refused.value.code, refused.value.status) == ("in_use", 409)
    assert store.get("p") == held


def test_only_a_persons_sign_in_is_revoked_at_procore() -> None:
    store, revoked = MemoryAuthorizations(), list[str]()
    kinds = (
        AuthorizationKind.PROCORE_PERSON,
        AuthorizationKind.PROCORE_SERVICE_ACCOUNT,
        AuthorizationKind.CXALLOY_KEY,
    )

    for kind in kinds:
        credentials.let_go(store, an_authorization(kind.value, kind), [], revoke=revoked.append)

    assert revoked == ["procore_person"]


def test_s20_a_replaced_key_is_valid_again_and_keeps_its_identifier_unless_told() -> None:
    store, sealer = MemoryAuthorizations(), MemorySealer()
    made = keys.add_key(
        store,
        sealer,
        tenant_id="t",
        host="https://cx.example",
        identifier="one",
        secret="first",
        label="",
        who="olga",
        now=1.0,
    )

    changed = keys.replace_key(store, sealer, made, identifier="", secret="second")

    stored = store.token(made.id)
    assert (made.label, changed.subject, changed.valid) == ("one", "one", True)
    assert stored is not None
    assert (stored.version, sealer.open(stored.blob, authorization_id=made.id)) == (2, b"second")


def test_a_sealed_secret_opens_for_its_own_authorization_only() -> None:
    sealer = MemorySealer()
    blob = sealer.seal(b"secret", authorization_id="one")

    with pytest.raises(NeedsAuthorization):
        sealer.open(blob, authorization_id="two")


@pytest.mark.parametrize(
    ("host", "local", "expected"),
    [
        ("cx.example.com", False, "https://cx.example.com"),
        ("https://cx.example.com/", False, "https://cx.example.com"),
        ("https://cx.example.com:8443", False, "https://cx.example.com:8443"),
        ("http://127.0.0.1:4100", True, "http://127.0.0.1:4100"),
        ("https://8.8.8.8", False, "https://8.8.8.8"),
    ],
)
def test_s22_a_host_is_brought_to_its_origin(host: str, local: bool, expected: str) -> None:
    assert keys.check_host(host, local=local) == expected


@pytest.mark.parametrize(
    "host",
    [
        "http://127.0.0.1",
        "https://[::1]",
        "https://192.168.1.4",
        "https://db.internal",
        "https://printer.local",
    ],
)
def test_s22_inner_hosts_are_for_the_local_stack_only(host: str) -> None:
    with pytest.raises(Reject) as refused:
        keys.check_host(host, local=False)

    assert (refused.value.code, refused.value.field) == ("bad_host", "host")
