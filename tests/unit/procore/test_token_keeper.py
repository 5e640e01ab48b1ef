from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.procore import oauth
from plumbline.procore.oauth import Tokens
from plumbline.procore.token_keeper import TokenKeeper
from plumbline.stores.memory import MemoryAuthorizations, MemorySealer
from plumbline.stores.ports import Stale
from plumbline.stores.records import SealedToken

if TYPE_CHECKING:
    from collections.abc import Callable

    from plumbline.procore.oauth_client import OAuthClient

    from .conftest import Clock

ID = "auth-1"
REFUSED = Reject("grant_refused", "The refresh token is invalid", "Connect to Procore again.")


class ScriptedOAuth:
    """Answers each refresh with the next outcome; runs `meanwhile` while the call is under way."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.outcomes: list[Tokens | Exception] = []
        self.asked: list[str] = []
        self.meanwhile: Callable[[], object] = lambda: None

    def refresh(self, refresh: Any) -> Tokens:
        return self._next(refresh)

    def client_credentials(self) -> Tokens:
        return self._next("client_credentials")

    def _next(self, asked: str) -> Tokens:
        self.asked.append(asked)
        self.meanwhile()
        outcome = self.outcomes.pop(0) if self.outcomes else self.pair(len(self.asked) + 1)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def pair(self, n: int, life: float = 5400.0) -> Tokens:
        return Tokens(f"a{n}", f"r{n}", expires_at=self.clock.at + life, created_at=self.clock.at)


@pytest.fixture
def store() -> MemoryAuthorizations:
    return MemoryAuthorizations()


@pytest.fixture
def scripted(clock: Clock) -> ScriptedOAuth:
    return ScriptedOAuth(clock)


@pytest.fixture
def make_keeper(
    store: MemoryAuthorizations, scripted: ScriptedOAuth, clock: Clock
) -> Callable[..., TokenKeeper]:
    def make(sleep: Any = clock.sleep) -> TokenKeeper:
        return TokenKeeper(store, MemorySealer(), cast("OAuthClient", scripted), clock.now, sleep)

    return make


@pytest.fixture
def keeper(make_keeper: Callable[..., TokenKeeper], scripted: ScriptedOAuth) -> TokenKeeper:
    keeper = make_keeper()
    keeper.keep(ID, scripted.pair(1))
    return keeper


def stored(store: MemoryAuthorizations) -> tuple[Tokens, SealedToken]:
    token = store.token(ID)
    assert token is not None
    return oauth.from_json(MemorySealer().open(token.blob, authorization_id=ID)), token


def test_a_fresh_token_is_used_as_it_is(keeper: TokenKeeper, scripted: ScriptedOAuth) -> None:
    assert keeper.access(ID) == "a1"
    assert scripted.asked == []


def test_without_a_stored_sign_in_a_person_must_connect(make_keeper: Callable[..., TokenKeeper]) -> None:
    with pytest.raises(NeedsAuthorization) as missing:
        make_keeper().access(ID)

    assert missing.value.authorization_id == ID


def test_a_token_is_read_and_opened_once_in_five_minutes(
    keeper: TokenKeeper, store: MemoryAuthorizations, clock: Clock, scripted: ScriptedOAuth
) -> None:
    keeper.access(ID)
    store.save_token(_sealed(scripted.pair(9)), seen_version=1)

    clock.at += 299
    assert keeper.access(ID) == "a1"
    clock.at += 1
    assert keeper.access(ID) == "a9"


def _sealed(tokens: Tokens) -> SealedToken:
    blob = MemorySealer().seal(oauth.to_json(tokens), authorization_id=ID)
    return SealedToken(ID, blob, tokens.expires_at, version=0)


def test_no_token_of_anyone_stays_in_memory_longer_than_five_minutes(
    keeper: TokenKeeper, clock: Clock, scripted: ScriptedOAuth
) -> None:
    keeper.keep("auth-2", scripted.pair(7))
    keeper.access(ID)
    clock.at += 301

    keeper.access("auth-2")

    assert list(keeper._memory) == ["auth-2"]


@pytest.mark.parametrize(("age", "access"), [(4799, "a1"), (4801, "a2"), (5400, "a2"), (90000, "a2")])
def test_a_token_is_renewed_before_it_dies(
    keeper: TokenKeeper, clock: Clock, age: float, access: str
) -> None:
    clock.at += age

    assert keeper.access(ID) == access


def test_a_remembered_token_is_renewed_when_it_comes_due(
    make_keeper: Callable[..., TokenKeeper], scripted: ScriptedOAuth, clock: Clock
) -> None:
    keeper = make_keeper()
    keeper.keep(ID, scripted.pair(1, life=100.0))
    keeper.access(ID)

    clock.at += 51

    assert keeper.access(ID) == "a2"


def test_the_new_pair_is_stored_before_it_is_used_and_the_lease_let_go(
    keeper: TokenKeeper, store: MemoryAuthorizations, clock: Clock
) -> None:
    clock.at += 5000

    keeper.access(ID)

    tokens, sealed = stored(store)
    assert (tokens.access, tokens.refresh, sealed.version, sealed.lease_until) == ("a2", "r2", 2, 0.0)
    assert sealed.expires_at == clock.at + 5400


def test_a_pair_that_cannot_be_stored_is_not_used(
    keeper: TokenKeeper,
    store: MemoryAuthorizations,
    clock: Clock,
    scripted: ScriptedOAuth,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock.at += 5000
    monkeypatch.setattr(store, "save_token", lambda *_, **__: (_ for _ in ()).throw(ConnectionError))

    with pytest.raises(ConnectionError):
        keeper.access(ID)

    assert keeper._memory == {}


def test_s2_a_service_account_asks_for_a_new_token_under_the_same_lease(
    make_keeper: Callable[..., TokenKeeper],
    scripted: ScriptedOAuth,
    clock: Clock,
    store: MemoryAuthorizations,
) -> None:
    keeper = make_keeper()
    keeper.keep(ID, Tokens("s1", None, expires_at=clock.at + 100, created_at=clock.at))
    clock.at += 60
    scripted.outcomes = [Tokens("s2", None, expires_at=clock.at + 5400, created_at=clock.at)]

    assert keeper.access(ID) == "s2"
    assert scripted.asked == ["client_credentials"]
    assert stored(store)[1].version == 2


def test_who_finds_the_lease_taken_uses_the_old_token_while_it_lives(
    keeper: TokenKeeper, store: MemoryAuthorizations, clock: Clock, scripted: ScriptedOAuth
) -> None:
    clock.at += 5000
    store.lease_token(ID, seen_version=1, now=clock.at, until=clock.at + 60)

    assert keeper.access(ID) == "a1"
    assert (scripted.asked, clock.slept) == ([], [])


def test_the_old_token_of_a_loser_is_not_remembered(
    keeper: TokenKeeper, store: MemoryAuthorizations, clock: Clock, scripted: ScriptedOAuth
) -> None:
    clock.at += 5000
    store.lease_token(ID, seen_version=1, now=clock.at, until=clock.at + 60)
    keeper.access(ID)

    store.save_token(_sealed(scripted.pair(5)), seen_version=1)

    assert keeper.access(ID) == "a5"


def test_who_has_no_living_token_waits_for_the_winner_in_short_steps(
    make_keeper: Callable[..., TokenKeeper],
    store: MemoryAuthorizations,
    clock: Clock,
    scripted: ScriptedOAuth,
) -> None:
    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        if len(clock.slept) == 3:
            store.save_token(_sealed(scripted.pair(5)), seen_version=1)

    keeper = make_keeper(sleep)
    keeper.keep(ID, scripted.pair(1))
    clock.at += 5401
    store.lease_token(ID, seen_version=1, now=clock.at, until=clock.at + 60)

    assert keeper.access(ID) == "a5"
    assert clock.slept == [0.2, 0.2, 0.2]


def test_who_waits_too_long_goes_back_to_the_queue(
    keeper: TokenKeeper, store: MemoryAuthorizations, clock: Clock
) -> None:
    clock.at += 5401
    store.lease_token(ID, seen_version=1, now=clock.at, until=clock.at + 60)

    with pytest.raises(Retry, match="Another worker is renewing"):
        keeper.access(ID)

    assert sum(clock.slept) == pytest.approx(10.0, abs=0.21)


def test_a_lease_that_ran_out_is_taken_over(
    keeper: TokenKeeper, store: MemoryAuthorizations, clock: Clock
) -> None:
    clock.at += 5401
    store.lease_token(ID, seen_version=1, now=clock.at, until=clock.at + 1)

    assert keeper.access(ID) == "a2"


def test_a_refused_token_is_renewed_however_fresh(keeper: TokenKeeper, scripted: ScriptedOAuth) -> None:
    assert keeper.access(ID) == "a1"
    assert keeper.renew(ID, "a1") == "a2"
    assert scripted.asked == ["r1"]


def test_after_a_401_a_token_that_another_renewed_meanwhile_is_taken(
    keeper: TokenKeeper, store: MemoryAuthorizations, scripted: ScriptedOAuth
) -> None:
    keeper.access(ID)
    store.save_token(_sealed(scripted.pair(5)), seen_version=1)

    assert keeper.renew(ID, "a1") == "a5"
    assert scripted.asked == []


def test_after_a_401_the_refused_token_is_not_used_while_another_renews(
    keeper: TokenKeeper, store: MemoryAuthorizations, clock: Clock
) -> None:
    store.lease_token(ID, seen_version=1, now=clock.at, until=clock.at + 600)

    with pytest.raises(Retry):
        keeper.renew(ID, "a1")


def test_s9_a_used_refresh_token_needs_authorization_with_procores_words(
    keeper: TokenKeeper, clock: Clock, scripted: ScriptedOAuth, store: MemoryAuthorizations
) -> None:
    clock.at += 5401
    scripted.outcomes = [REFUSED]

    with pytest.raises(NeedsAuthorization) as dead:
        keeper.access(ID)

    assert dead.value.authorization_id == ID
    assert dead.value.cause == "The refresh token is invalid Connect to Procore again."
    assert stored(store)[1].lease_until == 0.0


def test_s9_a_refusal_without_known_words_needs_authorization_too(
    keeper: TokenKeeper, clock: Clock, scripted: ScriptedOAuth
) -> None:
    clock.at += 5401
    scripted.outcomes = [NeedsAuthorization("", "Unauthorized")]

    with pytest.raises(NeedsAuthorization) as dead:
        keeper.access(ID)

    assert (dead.value.authorization_id, dead.value.cause) == (ID, "Unauthorized")


def test_a_refusal_is_forgotten_when_another_had_won_meanwhile(
    keeper: TokenKeeper, clock: Clock, scripted: ScriptedOAuth, store: MemoryAuthorizations
) -> None:
    clock.at += 5401
    scripted.outcomes = [REFUSED]
    scripted.meanwhile = lambda: store.save_token(_sealed(scripted.pair(5)), seen_version=1)

    assert keeper.access(ID) == "a5"


def test_a_refusal_after_our_lease_ran_out_waits_for_its_new_holder(
    make_keeper: Callable[..., TokenKeeper],
    clock: Clock,
    scripted: ScriptedOAuth,
    store: MemoryAuthorizations,
) -> None:
    def sleep(seconds: float) -> None:
        clock.sleep(seconds)
        store.save_token(_sealed(scripted.pair(5)), seen_version=1)

    def overtaken() -> None:
        clock.at += 61
        assert store.lease_token(ID, seen_version=1, now=clock.at, until=clock.at + 60)

    keeper = make_keeper(sleep)
    keeper.keep(ID, scripted.pair(1))
    clock.at += 5401
    scripted.outcomes = [REFUSED]
    scripted.meanwhile = overtaken

    assert keeper.access(ID) == "a5"
    assert scripted.asked == ["r1"]


def test_a_lost_answer_is_no_proof_until_procore_refuses_the_token(
    keeper: TokenKeeper, clock: Clock, scripted: ScriptedOAuth, store: MemoryAuthorizations
) -> None:
    clock.at += 5401
    scripted.outcomes = [EffectUnknown("The connection broke"), REFUSED]

    with pytest.raises(Retry):
        keeper.access(ID)
    assert stored(store)[1].lease_until == 0.0
    with pytest.raises(NeedsAuthorization):
        keeper.access(ID)


def test_while_the_old_token_lives_a_failed_refresh_stops_nobody_and_is_not_hammered(
    keeper: TokenKeeper, clock: Clock, scripted: ScriptedOAuth
) -> None:
    clock.at += 5000
    scripted.outcomes = [Retry("busy"), Retry("busy")]

    assert [keeper.access(ID) for _ in range(5)] == ["a1"] * 5
    assert scripted.asked == ["r1"]
    clock.at += 61
    assert keeper.access(ID) == "a1"
    assert scripted.asked == ["r1", "r1"]


def test_s9_a_person_who_connects_again_during_a_refresh_wins(
    keeper: TokenKeeper, clock: Clock, scripted: ScriptedOAuth, store: MemoryAuthorizations
) -> None:
    clock.at += 5401
    scripted.meanwhile = lambda: keeper.keep(ID, scripted.pair(9))

    assert keeper.access(ID) == "a9"
    assert stored(store)[0].refresh == "r9"


def test_s9_a_new_sign_in_is_stored_over_whatever_is_there(
    keeper: TokenKeeper, scripted: ScriptedOAuth, store: MemoryAuthorizations, monkeypatch: pytest.MonkeyPatch
) -> None:
    save, tries = store.save_token, []

    def contested(token: Any, *, seen_version: Any) -> SealedToken:
        tries.append(seen_version)
        if len(tries) == 1:
            raise Stale
        return save(token, seen_version=seen_version)

    monkeypatch.setattr(store, "save_token", contested)

    keeper.keep(ID, scripted.pair(9))

    assert tries == [1, 1]
    assert stored(store)[0].access == "a9"


def test_s9_a_new_sign_in_is_used_at_once(keeper: TokenKeeper, scripted: ScriptedOAuth) -> None:
    keeper.access(ID)

    keeper.keep(ID, scripted.pair(9))

    assert keeper.access(ID) == "a9"


def test_the_source_of_one_authorization_speaks_for_it(keeper: TokenKeeper) -> None:
    source = keeper.source(ID)

    assert (source.authorization_id, source.access(), source.renew("a1")) == (ID, "a1", "a2")


def test_the_stored_form_shows_no_token(keeper: TokenKeeper, store: MemoryAuthorizations) -> None:
    _, sealed = stored(store)

    assert b"a1" not in sealed.blob
    assert b"access" not in sealed.blob
