"""The way back from Procore's sign-in: the real handler, an API Gateway event, Procore's sandbox."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.functions.events import Context, api_event
from tests.functions.wired import PUBLIC, forget_clients, load, stored, wire
from tests.support import small
from tests.support.house import START, House

from plumbline.connections import sign_in
from plumbline.connections.sign_in import COOKIE, App, Attempt, Started
from sandbox.procore import Fault
from sandbox.procore.demo import MARCUS, PRIYA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

KEY = "__Host-plumbline_oauth"
CLEARED = "__Host-plumbline_oauth=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0"
ME = "/rest/v1.0/me"
TITLES = {
    "connected": "Connected to Procore",
    "denied": "Nothing was connected",
    "unknown": "This sign-in cannot be used",
    "refused": "Procore refused the sign-in",
    "unreachable": "Procore did not answer",
    "invitation_used": "This invitation was used already",
}


@pytest.fixture(scope="module")
def function() -> ModuleType:
    return load("oauth_callback")


@pytest.fixture
def desk(function: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    house = House(small.world(), small.SETTINGS)
    wire(monkeypatch, house)
    monkeypatch.setenv("SUPPORT_ADDRESS", "help@example.test")
    yield Desk(function, house)
    forget_clients()


@dataclass
class Desk:
    """A person's browser before the handler, with everything that was answered."""

    function: ModuleType
    house: House
    answers: list[dict[str, Any]] = field(default_factory=list)

    @property
    def app(self) -> App:
        return App(
            "custom", self.house.hosts, self.house.procore.settings.client_id, f"{PUBLIC}/oauth/callback"
        )

    def start(self, **attempt: str) -> Started:
        """Begin a sign-in as the settings page does."""
        given = Attempt("tenant", "olga", **attempt)
        return sign_in.start(self.house.authorizations, self.app, given, now=self.house.clock())

    def invite(self) -> str:
        """Make an invitation; returns its token."""
        store, attempt = self.house.authorizations, Attempt("tenant", "olga")
        return sign_in.invite(store, self.app, attempt, note="", days=7, now=self.house.clock())[0]

    def accept(self, token: str) -> Started:
        """Begin the invited person's sign-in."""
        return sign_in.accept(self.house.authorizations, self.app, token, now=self.house.clock())

    def choose(self, begun: Started, person: int = PRIYA, *, deny: bool = False) -> dict[str, str]:
        """Choose on Procore's page; returns the query that it sends the browser back with."""
        there = urlsplit(begun.authorize_url)
        chosen = "deny=1" if deny else f"person={person}"
        page = f"{there.scheme}://{there.netloc}/oauth/authorize/decide?{there.query}&{chosen}"
        answer = self.house.session.get(page, allow_redirects=False)
        back = urlsplit(answer.headers["Location"])
        assert f"{back.scheme}://{back.netloc}{back.path}" == f"{PUBLIC}/oauth/callback"
        return {name: values[0] for name, values in parse_qs(back.query).items()}

    def back(self, query: dict[str, str], cookie: str | None) -> str:
        """Come back from Procore; returns the outcome, whose page the answer leads to."""
        headers = {"Cookie": cookie} if cookie is not None else {}
        answer = self.get("/oauth/callback", query, headers)
        assert (answer["statusCode"], answer["body"]) == (303, "")
        assert (answer["headers"]["Set-Cookie"], answer["headers"]["Cache-Control"]) == (CLEARED, "no-store")
        outcome: str = answer["headers"]["Location"].removeprefix(f"{PUBLIC}/oauth/result?outcome=")
        assert self.title(outcome) == TITLES[outcome]
        return outcome

    def finish(self, begun: Started, person: int = PRIYA) -> str:
        """Sign in as a person and come back in the same browser."""
        return self.back(self.choose(begun, person), cookie_of(begun))

    def title(self, outcome: str) -> str:
        """The title of an outcome's page."""
        found = re.findall(r"<title>(.*?)</title>", self.page(outcome)["body"])
        assert len(found) == 1
        return str(found[0])

    def page(self, outcome: str) -> dict[str, Any]:
        return self.get("/oauth/result", {"outcome": outcome}, {})

    def get(self, path: str, query: dict[str, str] | None, headers: dict[str, str] | None) -> dict[str, Any]:
        event = {**api_event("GET", path, query=query, headers=headers), "resource": path}
        if headers is None:
            event["headers"] = None
        answer: dict[str, Any] = self.function.handler(event, Context())
        self.answers.append(answer)
        return answer

    def logins(self) -> list[str]:
        return sorted(one.label for one in self.house.authorizations.of_tenant("tenant") if one.host == "")

    def grants(self) -> list[str]:
        calls = self.house.procore.journal.calls("oauth")
        return [call["body"]["grant_type"] for call in calls if call["path"] == "/oauth/token"]

    def whose(self, access: str) -> int:
        """Who a token stands for at Procore."""
        return int(self.house.procore.state.tokens[access].person_id)


def cookie_of(begun: Started) -> str:
    """What the browser sends back: the cookie without its attributes."""
    return begun.cookie.partition(";")[0]


def state_of(begun: Started) -> str:
    return parse_qs(urlsplit(begun.authorize_url).query)["state"][0]


# Coming back well


def test_s1_a_good_callback_stores_a_sealed_token_and_the_persons_login(desk: Desk) -> None:
    before = {one.id for one in desk.house.authorizations.of_tenant("tenant")}

    assert desk.finish(desk.start(), MARCUS) == "connected"

    (made,) = [one for one in desk.house.authorizations.of_tenant("tenant") if one.id not in before]
    assert (made.label, made.subject) == ("marcus.lindqvist@northwind.example", "5002")
    assert (made.kind, made.environment, made.created_by, made.created_at) == (
        "procore_person", "custom", "olga", START,
    )  # fmt: skip
    assert (made.valid, made.cause) == (True, "")
    access = desk.house.keeper.access(made.id)
    sealed = desk.house.authorizations.token(made.id)
    assert desk.whose(access) == MARCUS
    assert sealed
    assert access.encode() not in sealed.blob
    assert sealed.expires_at == START + 5400


def test_s1_the_first_answer_sends_the_browser_on_so_that_the_code_leaves_the_address_bar(desk: Desk) -> None:
    desk.finish(desk.start())

    assert desk.answers[0] == {
        "statusCode": 303,
        "headers": {
            "Location": "http://127.0.0.1:3/v1/oauth/result?outcome=connected",
            "Set-Cookie": CLEARED,
            "Cache-Control": "no-store",
        },
        "body": "",
    }


def test_s1_the_cookie_is_found_among_others_and_under_a_lower_case_header(desk: Desk) -> None:
    begun = desk.start()
    headers = {"cookie": f"theme=dark; {cookie_of(begun)}; lang=en"}

    answer = desk.get("/oauth/callback", desk.choose(begun), headers)

    assert answer["headers"]["Location"].endswith("outcome=connected")


def test_s1_an_attempt_just_under_ten_minutes_old_is_taken(desk: Desk) -> None:
    begun = desk.start()
    desk.house.clock.sleep(599)

    assert desk.finish(begun) == "connected"


def test_s1_two_attempts_in_two_browsers_do_not_disturb_each_other(desk: Desk) -> None:
    one, other = desk.start(), desk.start()

    assert desk.finish(other, MARCUS) == "connected"
    assert desk.finish(one, PRIYA) == "connected"
    assert desk.logins() == ["marcus.lindqvist@northwind.example", "priya", "priya.raman@northwind.example"]


# Coming back badly: nothing changes


@pytest.fixture
def begun(desk: Desk) -> Started:
    return desk.start()


def test_s1_a_wrong_state_changes_nothing(desk: Desk, begun: Started) -> None:
    query = desk.choose(begun) | {"state": "another"}
    before = stored(desk.house)

    assert desk.back(query, cookie_of(begun)) == "unknown"
    assert stored(desk.house) == before
    assert desk.grants() == ["authorization_code"]  # the one that furnished the house


@pytest.mark.parametrize("missing", ["state", "code"])
def test_s1_a_callback_without_state_or_code_changes_nothing(
    desk: Desk, begun: Started, missing: str
) -> None:
    query = {name: value for name, value in desk.choose(begun).items() if name != missing}
    before = stored(desk.house)

    assert desk.back(query, cookie_of(begun)) == "unknown"
    assert stored(desk.house) == before


def test_s1_a_bare_request_without_query_and_headers_changes_nothing(desk: Desk, begun: Started) -> None:
    before = stored(desk.house)

    answer = desk.get("/oauth/callback", None, None)

    assert answer["headers"]["Location"] == f"{PUBLIC}/oauth/result?outcome=unknown"
    assert stored(desk.house) == before


def test_s1_a_used_state_changes_nothing(desk: Desk, begun: Started) -> None:
    query = desk.choose(begun)
    assert desk.back(query, cookie_of(begun)) == "connected"
    before = stored(desk.house)
    again = desk.choose(begun)

    assert desk.back(query, cookie_of(begun)) == "unknown"
    assert desk.back(again, cookie_of(begun)) == "unknown"
    assert stored(desk.house) == before
    assert desk.grants() == ["authorization_code"] * 2


def test_s1_a_state_of_ten_minutes_changes_nothing(desk: Desk, begun: Started) -> None:
    desk.house.clock.sleep(600)
    query = desk.choose(begun)
    before = stored(desk.house)

    assert desk.back(query, cookie_of(begun)) == "unknown"
    assert stored(desk.house) == before


@pytest.mark.parametrize("cookie", [None, "", "theme=dark", f"{KEY}=", f"{KEY}=guessed"])
def test_s1_without_the_browsers_cookie_nothing_changes_and_its_own_browser_still_connects(
    desk: Desk, begun: Started, cookie: str | None
) -> None:
    query = desk.choose(begun)
    before = stored(desk.house)

    assert desk.back(query, cookie) == "unknown"
    assert stored(desk.house) == before
    assert desk.back(query, cookie_of(begun)) == "connected"


def test_s1_another_browsers_cookie_changes_nothing_and_the_right_browser_still_connects(
    desk: Desk, begun: Started
) -> None:
    theirs = desk.start()
    query = desk.choose(begun)
    before = stored(desk.house)

    assert desk.back(query, cookie_of(theirs)) == "unknown"
    assert stored(desk.house) == before
    assert desk.back(query, cookie_of(begun)) == "connected"
    assert desk.finish(theirs) == "connected"


def test_s1_access_denied_changes_nothing(desk: Desk, begun: Started) -> None:
    query = desk.choose(begun, deny=True)
    before = stored(desk.house)

    assert query == {"error": "access_denied", "state": state_of(begun)}
    assert desk.back(query, cookie_of(begun)) == "denied"
    assert stored(desk.house) == before
    assert desk.finish(begun) == "connected"


def test_s1_another_error_of_procores_changes_nothing(desk: Desk, begun: Started) -> None:
    before = stored(desk.house)

    assert desk.back({"error": "server_error", "state": state_of(begun)}, cookie_of(begun)) == "refused"
    assert stored(desk.house) == before


def authorized(desk: Desk) -> tuple[Any, ...]:
    """Authorizations, tokens and invitations: all but the attempt, which a code uses up."""
    store = desk.house.authorizations
    return dict(store._authorizations), dict(store._tokens), dict(store._invitations)


@pytest.mark.parametrize("code", ["made-up", "used", "old", "for another address"])
def test_s1_a_code_that_procore_refuses_changes_nothing(desk: Desk, begun: Started, code: str) -> None:
    query = desk.choose(begun)
    codes = desk.house.procore.state.codes
    if code == "made-up":
        query["code"] = "made-up"
    elif code == "used":
        codes.clear()
    elif code == "old":
        codes[query["code"]] = replace(codes[query["code"]], expires_at=START)
    else:
        codes[query["code"]] = replace(codes[query["code"]], redirect_uri="https://other.example/callback")
    before = authorized(desk)

    assert desk.back(query, cookie_of(begun)) == "refused"
    assert authorized(desk) == before


def test_s1_after_a_refused_code_the_attempt_is_used_up(desk: Desk, begun: Started) -> None:
    query = desk.choose(begun)

    assert desk.back(query | {"code": "made-up"}, cookie_of(begun)) == "refused"
    assert desk.back(query, cookie_of(begun)) == "unknown"


@pytest.mark.parametrize(
    "fault",
    [
        Fault(path="/oauth/token", kind="drop"),
        Fault(path="/oauth/token", kind="drop", when="after"),
        Fault(path="/oauth/token", kind="stall"),
        Fault(path="/oauth/token", status=503),
        Fault(path="/oauth/token", status=502),
        Fault(path="/oauth/token", status=429),
        Fault(path="/oauth/token", kind="cut"),
        Fault(path="/oauth/token", status=200, body="<html>Maintenance</html>"),
        Fault(path=ME, kind="drop"),
        Fault(path=ME, kind="stall"),
        Fault(path=ME, kind="cut"),
        Fault(path=ME, status=503),
        Fault(path=ME, status=429),
    ],
    ids=lambda fault: f"{fault.path} {fault.kind} {fault.when} {fault.status}",
)
def test_s1_when_procore_cannot_be_reached_nothing_changes(desk: Desk, begun: Started, fault: Fault) -> None:
    query = desk.choose(begun)
    before = authorized(desk)
    desk.house.procore.faults.append(fault.model_copy())

    assert desk.back(query, cookie_of(begun)) == "unreachable"
    assert authorized(desk) == before
    assert desk.finish(desk.start()) == "connected"


@pytest.mark.parametrize("status", [401, 403])
def test_s1_a_token_that_procore_does_not_know_whose_it_is_is_not_stored(
    desk: Desk, begun: Started, status: int
) -> None:
    before = authorized(desk)
    desk.house.procore.faults.append(Fault(path=ME, status=status))

    assert desk.finish(begun) == "refused"
    assert authorized(desk) == before


@pytest.mark.parametrize("body", ["[]", '{"login": "someone"}', "<html>Maintenance</html>", ""])
def test_s1_an_answer_that_names_nobody_is_not_stored(desk: Desk, begun: Started, body: str) -> None:
    before = authorized(desk)
    desk.house.procore.faults.append(Fault(path=ME, status=200, body=body))

    assert desk.finish(begun) == "unreachable"
    assert authorized(desk) == before


# Authorizing again


def test_s9_renewing_under_another_person_keeps_the_id_and_makes_it_valid_again(desk: Desk) -> None:
    store = desk.house.authorizations
    old = store.get("p1")
    assert old
    store.put(replace(old, valid=False, cause="Procore refused the credential."))
    desk.house.clock.sleep(3600)

    assert desk.finish(desk.start(authorization_id="p1"), MARCUS) == "connected"

    renewed = replace(old, subject="5002", label="marcus.lindqvist@northwind.example")
    assert store.get("p1") == replace(renewed, authorized_at=desk.house.clock())
    assert desk.whose(desk.house.keeper.access("p1")) == MARCUS
    assert [one.id for one in store.of_tenant("tenant")] == ["p1", "t1"]


def test_s9_a_renewal_that_fails_leaves_the_old_sign_in_as_it_was(desk: Desk) -> None:
    before = authorized(desk)

    assert desk.back(desk.choose(desk.start(authorization_id="p1"), deny=True), None) == "denied"
    begun = desk.start(authorization_id="p1")
    assert desk.back(desk.choose(begun) | {"code": "made-up"}, cookie_of(begun)) == "refused"
    assert authorized(desk) == before


def test_s9_renewing_what_was_removed_meanwhile_makes_a_new_authorization(desk: Desk) -> None:
    begun = desk.start(authorization_id="p1")
    removed = desk.house.authorizations.get("p1")
    assert removed
    desk.house.authorizations.delete(removed)

    assert desk.finish(begun) == "connected"

    assert desk.house.authorizations.get("p1") is None
    assert desk.logins() == ["priya.raman@northwind.example"]


def test_s18_an_authorization_of_another_tenant_is_never_overwritten(desk: Desk) -> None:
    store = desk.house.authorizations
    theirs = store.get("p1")
    assert theirs
    store.put(replace(theirs, tenant_id="other"))
    token = store.token("p1")

    assert desk.finish(desk.start(authorization_id="p1"), MARCUS) == "connected"

    assert store.get("p1") == replace(theirs, tenant_id="other")
    assert store.token("p1") == token
    assert desk.logins() == ["marcus.lindqvist@northwind.example"]


# Invitations


def test_s3_an_invited_person_connects_once(desk: Desk) -> None:
    token = desk.invite()

    assert desk.finish(desk.accept(token), MARCUS) == "connected"

    assert desk.logins() == ["marcus.lindqvist@northwind.example", "priya"]
    assert desk.house.authorizations.invitation(sign_in.digest(token), now=0.0) is None


def test_s3_an_invitation_outlives_attempts_that_fail(desk: Desk) -> None:
    token = desk.invite()
    denied, refused, lost = desk.accept(token), desk.accept(token), desk.accept(token)

    assert desk.back(desk.choose(denied, deny=True), cookie_of(denied)) == "denied"
    assert desk.back(desk.choose(refused) | {"code": "made-up"}, cookie_of(refused)) == "refused"
    desk.house.procore.faults.append(Fault(path="/oauth/token", kind="drop"))
    assert desk.finish(lost) == "unreachable"
    assert desk.finish(desk.accept(token)) == "connected"


def test_s3_a_second_use_is_refused_and_its_fresh_token_is_revoked(desk: Desk) -> None:
    token = desk.invite()
    first, second = desk.accept(token), desk.accept(token)
    assert desk.finish(first, MARCUS) == "connected"
    before, alive = authorized(desk), set(desk.house.procore.state.tokens)

    assert desk.finish(second, PRIYA) == "invitation_used"

    assert authorized(desk) == before
    assert desk.house.procore.journal.effects("token_revoked")[-1]["person_id"] == PRIYA
    assert set(desk.house.procore.state.tokens) == alive


def test_s3_an_invitation_that_ran_out_during_the_sign_in_connects_nobody(desk: Desk) -> None:
    token = desk.invite()
    desk.house.clock.sleep(7 * 86_400 - 60)
    begun = desk.accept(token)
    desk.house.clock.sleep(120)
    before = authorized(desk)

    assert desk.finish(begun) == "invitation_used"
    assert authorized(desk) == before
    assert len(desk.house.procore.journal.effects("token_revoked")) == 1


# What is said


@pytest.mark.parametrize("outcome", TITLES)
def test_s5_each_page_names_the_outcome_and_a_failure_the_support_address(desk: Desk, outcome: str) -> None:
    body = desk.page(outcome)["body"]

    assert f"<h1>{TITLES[outcome]}</h1>" in body
    assert ("Support: help@example.test" in body) == (outcome != "connected")


@pytest.mark.parametrize(
    "outcome", ["", "<script>alert(1)</script>", '"><img src=x>', "{title}", "__class__"]
)
def test_s1_an_outcome_that_is_not_known_shows_nothing_of_itself(desk: Desk, outcome: str) -> None:
    assert desk.page(outcome)["body"] == desk.page("unknown")["body"]


def test_s1_the_result_page_stands_without_a_query(desk: Desk) -> None:
    assert desk.get("/oauth/result", None, None)["body"] == desk.page("unknown")["body"]


def test_s1_the_support_address_is_escaped_and_may_be_left_out(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUPPORT_ADDRESS", '"><script>x</script>')
    assert "Support: &quot;&gt;&lt;script&gt;x&lt;/script&gt;" in desk.page("denied")["body"]

    monkeypatch.delenv("SUPPORT_ADDRESS")
    assert "Support" not in desk.page("denied")["body"]


@pytest.mark.parametrize("outcome", TITLES)
def test_s1_a_result_page_may_load_and_run_nothing_and_is_not_kept(desk: Desk, outcome: str) -> None:
    answer = desk.page(outcome)

    assert answer["statusCode"] == 200
    assert answer["headers"] == {
        "Content-Type": "text/html; charset=utf-8",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
    }
    assert "<script" not in answer["body"]


def test_no_page_and_no_log_line_holds_a_code_state_token_cookie_or_secret(
    desk: Desk, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {desk.house.procore.settings.client_secret}
    for ending in ("connected", "denied", "refused", "unreachable", "unknown", "invitation_used"):
        secrets |= _end(desk, ending)
    state = desk.house.procore.state
    secrets |= {*state.tokens, *state.refreshes}

    logged = "\n".join(f"{record.getMessage()} {vars(record)}" for record in caplog.records)
    said = f"{desk.answers} {logged} {''.join(capfd.readouterr())}"
    assert [record.getMessage() for record in caplog.records].count("sign-in came back") == 7
    assert len(secrets) > 25
    assert [secret for secret in secrets if secret in said] == []


def _end(desk: Desk, ending: str) -> set[str]:
    """Bring one sign-in to this end; returns all that nobody may see of it."""
    token = desk.invite()
    first, begun = desk.accept(token), desk.accept(token)
    query = desk.choose(begun, deny=ending == "denied")
    if ending == "invitation_used":
        assert desk.finish(first) == "connected"
    if ending == "refused":
        query["code"] = "a-code-that-procore-refuses"
    if ending == "unreachable":
        desk.house.procore.faults.append(Fault(path="/oauth/token", kind="drop"))
    cookie = None if ending == "unknown" else cookie_of(begun)
    assert desk.back(query, cookie) == ending
    seen = {token, begun.browser_key, state_of(begun), *query.values(), *desk.house.procore.state.tokens}
    return {text for text in seen if len(text) > 20}


def test_the_cookie_has_the_name_that_binds_it_to_this_host() -> None:
    assert COOKIE == KEY
