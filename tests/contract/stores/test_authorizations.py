from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plumbline.stores.ports import Stale
from plumbline.stores.records import Authorization, AuthorizationKind, Invitation, OAuthState, SealedToken

from .conftest import client

if TYPE_CHECKING:
    from plumbline.stores.ports import Authorizations

PERSON = Authorization(
    "a1", "t1", AuthorizationKind.PROCORE_PERSON, "sandbox", "ann@example.org", 1000.25, "ann", subject="77"
)
KEY = Authorization(
    "a2", "t1", AuthorizationKind.CXALLOY_KEY, "cxalloy", "k-1", 900.0, "ann", host="tq.example"
)
SIGN_IN = OAuthState("hash-1", "t1", "sandbox", "ann", expires_at=1600.0, authorization_id="a1")
INVITATION = Invitation("hash-2", "t1", "sandbox", "ann", 1000.0, expires_at=9000.0, note="für die GC")


def token(blob: bytes = b"\x00sealed\xff", *, version: int = 1, lease_until: float = 0.0) -> SealedToken:
    return SealedToken("a1", blob, 5400.5, version, lease_until)


def test_an_authorization_comes_back_as_it_was_put(authorizations: Authorizations) -> None:
    authorizations.put(PERSON)

    assert authorizations.get("a1") == PERSON
    assert authorizations.get("a9") is None


def test_an_authorization_can_become_invalid_and_valid_again(authorizations: Authorizations) -> None:
    authorizations.put(replace(PERSON, valid=False, cause="Procore refused the refresh."))
    assert authorizations.get("a1") == replace(PERSON, valid=False, cause="Procore refused the refresh.")

    authorizations.put(PERSON)
    assert authorizations.get("a1") == PERSON


def test_authorizations_of_a_tenant_are_listed_oldest_first(authorizations: Authorizations) -> None:
    for authorization in (PERSON, KEY, replace(PERSON, id="a3", tenant_id="t2")):
        authorizations.put(authorization)
    authorizations.save_token(token(), seen_version=0)
    authorizations.put_state(SIGN_IN)
    authorizations.put_invitation(INVITATION)

    assert list(authorizations.of_tenant("t1")) == [KEY, PERSON]
    assert list(authorizations.of_tenant("t3")) == []


def test_deleting_an_authorization_takes_its_token_along(authorizations: Authorizations) -> None:
    authorizations.put(PERSON)
    authorizations.save_token(token(), seen_version=0)

    authorizations.delete(PERSON)
    authorizations.delete(PERSON)

    assert authorizations.get("a1") is None
    assert authorizations.token("a1") is None


def test_a_token_is_stored_with_the_next_version(authorizations: Authorizations) -> None:
    assert authorizations.token("a1") is None

    saved = authorizations.save_token(token(), seen_version=0)

    assert saved == SealedToken("a1", b"\x00sealed\xff", 5400.5, 1)
    assert authorizations.token("a1") == saved
    assert authorizations.save_token(token(b"two"), seen_version=1).version == 2


@pytest.mark.parametrize("seen", [0, 2])
def test_a_token_that_moved_on_is_not_overwritten(authorizations: Authorizations, seen: int) -> None:
    authorizations.save_token(token(), seen_version=0)

    with pytest.raises(Stale):
        authorizations.save_token(token(b"late"), seen_version=seen)

    assert authorizations.token("a1") == token()


def test_a_token_deleted_during_its_refresh_stays_deleted(authorizations: Authorizations) -> None:
    authorizations.put(PERSON)
    authorizations.save_token(token(), seen_version=0)
    authorizations.delete(PERSON)

    with pytest.raises(Stale):
        authorizations.save_token(token(b"late"), seen_version=1)

    assert authorizations.token("a1") is None


def test_one_refresher_holds_the_lease_until_it_ends(authorizations: Authorizations) -> None:
    authorizations.save_token(token(), seen_version=0)

    assert authorizations.lease_token("a1", seen_version=1, now=100.0, until=130.5) is True
    assert authorizations.lease_token("a1", seen_version=1, now=110.0, until=140.0) is False
    assert authorizations.token("a1") == token(lease_until=130.5)
    assert authorizations.lease_token("a1", seen_version=1, now=130.5, until=160.0) is True


def test_saving_a_token_lets_the_lease_go(authorizations: Authorizations) -> None:
    authorizations.save_token(token(), seen_version=0)
    authorizations.lease_token("a1", seen_version=1, now=100.0, until=130.0)

    authorizations.save_token(token(b"new", lease_until=130.0), seen_version=1)

    assert authorizations.token("a1") == token(b"new", version=2)
    assert authorizations.lease_token("a1", seen_version=2, now=101.0, until=131.0) is True


def test_a_lease_on_an_old_version_or_on_nothing_is_refused(authorizations: Authorizations) -> None:
    assert authorizations.lease_token("a1", seen_version=0, now=1.0, until=2.0) is False
    assert authorizations.token("a1") is None

    authorizations.save_token(token(), seen_version=0)
    authorizations.save_token(token(), seen_version=1)

    assert authorizations.lease_token("a1", seen_version=1, now=100.0, until=130.0) is False


def test_a_released_lease_can_be_taken_at_once(authorizations: Authorizations) -> None:
    authorizations.save_token(token(), seen_version=0)
    authorizations.lease_token("a1", seen_version=1, now=100.0, until=130.0)

    authorizations.release_token("a1", seen_version=1)
    authorizations.release_token("a9", seen_version=1)

    assert authorizations.token("a1") == token()
    assert authorizations.lease_token("a1", seen_version=1, now=101.0, until=131.0) is True


def test_a_refresher_that_overran_cannot_end_the_lease_of_the_next(authorizations: Authorizations) -> None:
    authorizations.save_token(token(), seen_version=0)
    authorizations.lease_token("a1", seen_version=1, now=100.0, until=130.0)
    authorizations.lease_token("a1", seen_version=1, now=131.0, until=161.0)

    authorizations.release_token("a1", seen_version=1, until=130.0)
    assert authorizations.token("a1") == token(lease_until=161.0)

    authorizations.release_token("a1", seen_version=1, until=161.0)
    assert authorizations.token("a1") == token()


def test_a_release_for_an_old_version_changes_nothing(authorizations: Authorizations) -> None:
    authorizations.save_token(token(), seen_version=0)
    authorizations.save_token(token(), seen_version=1)
    authorizations.lease_token("a1", seen_version=2, now=100.0, until=130.0)

    authorizations.release_token("a1", seen_version=1)

    assert authorizations.token("a1") == token(version=2, lease_until=130.0)


def test_a_sign_in_state_works_once(authorizations: Authorizations) -> None:
    authorizations.put_state(SIGN_IN)

    assert authorizations.take_state("hash-1", now=1599.0) == SIGN_IN
    assert authorizations.take_state("hash-1", now=1599.0) is None
    assert authorizations.take_state("hash-9", now=1599.0) is None


def test_an_expired_sign_in_state_is_refused_though_it_is_still_stored(
    authorizations: Authorizations,
) -> None:
    authorizations.put_state(SIGN_IN)

    assert authorizations.take_state("hash-1", now=1600.0) is None


def test_an_invitation_can_be_looked_at_often_and_taken_once(authorizations: Authorizations) -> None:
    authorizations.put_invitation(INVITATION)

    assert authorizations.invitation("hash-2", now=8999.0) == INVITATION
    assert authorizations.invitation("hash-2", now=8999.0) == INVITATION
    assert authorizations.take_invitation("hash-2", now=8999.0) == INVITATION
    assert authorizations.take_invitation("hash-2", now=8999.0) is None
    assert authorizations.invitation("hash-2", now=8999.0) is None


def test_an_expired_invitation_is_refused(authorizations: Authorizations) -> None:
    authorizations.put_invitation(INVITATION)

    assert authorizations.invitation("hash-2", now=9000.0) is None
    assert authorizations.take_invitation("hash-2", now=9000.0) is None


@pytest.mark.parametrize("backend", ["dynamodb"], indirect=True)
def test_only_what_passes_carries_a_time_to_live(authorizations: Authorizations) -> None:
    authorizations.put(PERSON)
    authorizations.save_token(token(), seen_version=0)
    authorizations.put_state(SIGN_IN)
    authorizations.put_invitation(INVITATION)

    stored = client("dynamodb").scan(TableName="authorizations")["Items"]

    assert {item["sk"]["S"]: item.get("delete_after", {}).get("N") for item in stored} == {
        "AUTHORIZATION": None,
        "TOKEN": None,
        "STATE": "1600",
        "INVITATION": "9000",
    }
