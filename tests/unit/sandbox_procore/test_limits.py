"""The two rate-limit windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.unit.sandbox_procore.desk import Caller, Clock, caller, make_sandbox, post_file, service

from sandbox.procore.demo import MARCUS, MERIDIAN, PRIYA

if TYPE_CHECKING:
    from sandbox.http import Response

ME = "/rest/v1.0/me"


def told(response: Response) -> tuple[str | None, str | None, str | None]:
    names = ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset")
    limit, remaining, reset = (response.header(name) for name in names)
    return limit, remaining, reset


def calls_until_refused(who: Caller) -> int:
    return next(n for n in range(2000) if who.get(ME).status == 429)


def test_the_defaults_are_600_an_hour_and_25_in_ten_seconds(clock: Clock) -> None:
    sandbox = make_sandbox(clock, rate_hour=600, rate_spike=25)
    priya = caller(sandbox, PRIYA)

    assert calls_until_refused(priya) == 25
    done = 25
    while done < 600:
        clock.now += 10
        done += calls_until_refused(priya)
    clock.now += 10
    assert done == 600
    assert priya.get(ME).status == 429


def test_the_headers_speak_of_the_window_closer_to_exhaustion(clock: Clock) -> None:
    priya = caller(make_sandbox(clock, rate_hour=10, rate_spike=4), PRIYA)

    assert told(priya.get(ME)) == ("4", "3", "1790000010")
    assert told(priya.get(ME)) == ("4", "2", "1790000010")
    clock.now += 10
    assert told(priya.get(ME)) == ("10", "7", "1790003600")
    priya.get(ME)
    priya.get(ME)
    assert told(priya.get(ME)) == ("4", "0", "1790000020")


def test_beyond_the_limit_calls_are_refused_with_the_documented_text(clock: Clock) -> None:
    priya = caller(make_sandbox(clock, rate_spike=1), PRIYA)
    priya.get(ME)
    refused = priya.get(ME)

    assert refused.status == 429
    assert refused.json()["errors"].startswith("You have surpassed the max number of requests for an hour.")
    assert told(refused) == ("1", "0", "1790000010")
    assert refused.header("Retry-After") is None


def test_retry_after_is_a_setting(clock: Clock) -> None:
    priya = caller(make_sandbox(clock, rate_spike=1, retry_after_on_429=True), PRIYA)
    priya.get(ME)
    clock.now += 3

    assert priya.get(ME).header("Retry-After") == "7"


def test_a_window_starts_with_its_first_call(clock: Clock) -> None:
    priya = caller(make_sandbox(clock, rate_spike=2), PRIYA)
    clock.now += 7
    priya.get(ME)
    priya.get(ME)
    clock.now += 9
    assert priya.get(ME).status == 429
    clock.now += 1
    assert priya.get(ME).status == 200


def test_an_exhausted_hour_is_told_even_when_the_spike_is_free(clock: Clock) -> None:
    priya = caller(make_sandbox(clock, rate_hour=1, rate_spike=25), PRIYA)
    priya.get(ME)
    clock.now += 60

    refused = priya.get(ME)
    assert refused.status == 429
    assert told(refused) == ("1", "0", "1790003600")


def test_failed_calls_count(clock: Clock) -> None:
    priya = caller(make_sandbox(clock, rate_spike=3), PRIYA)

    assert [priya.get("/nothing").status for _ in range(4)] == [404, 404, 404, 429]


def test_each_person_has_an_own_budget_shared_by_its_tokens(clock: Clock) -> None:
    sandbox = make_sandbox(clock, rate_spike=2)
    first, second = caller(sandbox, PRIYA), caller(sandbox, PRIYA)
    first.get(ME)
    first.get(ME)

    assert second.get(ME).status == 429
    assert caller(sandbox, MARCUS).get(ME).status == 200


def test_a_service_account_has_a_budget_for_each_company(clock: Clock) -> None:
    sandbox = make_sandbox(clock, rate_spike=1)
    service(sandbox).get(ME)

    assert service(sandbox).get(ME).status == 429
    assert service(sandbox, company=MERIDIAN).get(ME).status == 403


def test_storage_and_sign_in_cost_nothing(clock: Clock) -> None:
    sandbox = make_sandbox(clock, rate_spike=2)
    priya = caller(sandbox, PRIYA)
    made = priya.new_upload(response_filename="a")

    assert post_file(sandbox, made, b"x").header("X-Rate-Limit-Limit") is None
    caller(sandbox, PRIYA)
    assert told(priya.get(ME))[1] == "0"
