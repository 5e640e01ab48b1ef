"""Starting a sign-in and inviting to one (S1, S3)."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from plumbline.connections import sign_in
from plumbline.connections.sign_in import App, Attempt
from plumbline.errors import Reject
from plumbline.procore.environments import Hosts
from plumbline.stores.memory import MemoryAuthorizations

HOSTS = Hosts(login="https://login.example", api="https://api.example", web="https://web.example")
APP = App("production", HOSTS, "client", "https://plumbline.example/v1/oauth/callback")


def test_s1_two_attempts_share_nothing() -> None:
    store = MemoryAuthorizations()

    one, two = (sign_in.start(store, APP, Attempt("t", "olga"), now=100.0) for _ in range(2))

    assert one.browser_key != two.browser_key
    assert one.authorize_url != two.authorize_url
    assert len(one.browser_key) >= 43


def test_s1_an_attempt_ends_after_ten_minutes() -> None:
    store = MemoryAuthorizations()
    begun = sign_in.start(store, APP, Attempt("t", "olga", "a"), now=100.0)
    state = parse_qs(urlsplit(begun.authorize_url).query)["state"][0]
    place = sign_in.bound(state, begun.browser_key)

    assert begun.expires_at == 700.0
    assert store.take_state(place, now=700.0) is None
    kept = store.take_state(place, now=699.0)
    assert kept is not None
    assert (kept.tenant_id, kept.created_by, kept.authorization_id) == ("t", "olga", "a")
    assert store.take_state(place, now=699.0) is None


def test_s1_from_another_browser_a_state_is_neither_found_nor_used_up() -> None:
    store = MemoryAuthorizations()
    begun = sign_in.start(store, APP, Attempt("t", "olga"), now=100.0)
    state = parse_qs(urlsplit(begun.authorize_url).query)["state"][0]

    assert store.take_state(sign_in.bound(state, "another"), now=101.0) is None
    assert store.take_state(sign_in.bound(state, begun.browser_key), now=101.0) is not None


def test_the_browsers_key_does_not_show_in_logs() -> None:
    begun = sign_in.start(MemoryAuthorizations(), APP, Attempt("t", "olga"), now=100.0)

    assert begun.browser_key not in repr(begun)


def test_s3_an_invitation_carries_tenant_and_authorization_into_the_sign_in() -> None:
    store = MemoryAuthorizations()
    token, _ = sign_in.invite(store, APP, Attempt("t", "olga", "a"), note="", days=7, now=100.0)

    begun = sign_in.accept(store, APP, token, now=200.0)

    state = parse_qs(urlsplit(begun.authorize_url).query)["state"][0]
    kept = store.take_state(sign_in.bound(state, begun.browser_key), now=201.0)
    assert kept is not None
    assert (kept.tenant_id, kept.authorization_id) == ("t", "a")
    assert kept.invitation_hash == sign_in.digest(token)


@pytest.mark.parametrize(("now", "status"), [(604_900.0, 410), (604_899.0, None)])
def test_s3_an_invitation_ends_to_the_second(now: float, status: int | None) -> None:
    store = MemoryAuthorizations()
    token, _ = sign_in.invite(store, APP, Attempt("t", "olga"), note="", days=7, now=100.0)

    if status is None:
        assert sign_in.accept(store, APP, token, now=now).authorize_url
        return
    with pytest.raises(Reject) as refused:
        sign_in.accept(store, APP, token, now=now)
    assert refused.value.status == status
