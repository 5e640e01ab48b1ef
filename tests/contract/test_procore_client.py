"""The Procore client against the sandbox Procore, over HTTP and on a clock of its own."""

from __future__ import annotations

import hashlib
import io
import threading
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import IO, TYPE_CHECKING, Any

import pytest
from tests.contract.procore_bench import (
    CALLBACK,
    COMPANY,
    PROJECT,
    START,
    Bench,
    Clock,
    fresh_bench,
    listening,
)

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.procore import companies, installs, items
from plumbline.procore.downloads import download
from plumbline.procore.gate import BudgetGate
from plumbline.procore.observations import NewObservation
from plumbline.procore.permissions import check, copy_needs
from plumbline.procore.transfer import spool, upload
from plumbline.procore.uploads import UploadSettings
from plumbline.stores.memory import MemoryBudget
from sandbox.procore import Fault, Request, RunningSandbox
from sandbox.procore.demo import CASCADE, DANA, HARBOR_POINT, MARCUS, MERIDIAN, NORTHWIND, PRIYA, RIVERSIDE
from sandbox.procore.report import state_as_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plumbline.procore.client import ProcoreClient

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningSandbox, Clock]]:
    with listening(tmp_path_factory.mktemp("blobs")) as served:
        yield served


@pytest.fixture
def bench(served: tuple[RunningSandbox, Clock]) -> Iterator[Bench]:
    with fresh_bench(*served) as bench:
        yield bench


# Connecting


def test_s1_a_person_signs_in_and_is_known(bench: Bench) -> None:
    client = bench.client()

    assert companies.me(client)["login"] == "priya.raman@northwind.example"
    assert bench.oauth().token_info(client.tokens.access())["resource_owner_id"] == PRIYA
    assert [row["name"] for row in companies.companies(client)] == [
        "Northwind Builders",
        "Cascade Mechanical",
        "Meridian Commissioning Group",
    ]


def test_s1_a_code_works_once(bench: Bench) -> None:
    code = bench.code_of(PRIYA)
    bench.oauth().exchange(code, CALLBACK)

    with pytest.raises(Reject) as used:
        bench.oauth().exchange(code, CALLBACK)

    assert used.value.code == "grant_refused"


def test_a_wrong_secret_is_named_as_what_it_is(bench: Bench) -> None:
    with pytest.raises(Reject) as refused:
        bench.oauth("another-word").exchange(bench.code_of(PRIYA), CALLBACK)

    assert refused.value.code == "app_refused"


def test_s2_a_service_account_connects_and_sees_its_permitted_projects_only(bench: Bench) -> None:
    keeper = bench.keeper()
    keeper.keep("auth-1", bench.oauth().client_credentials())
    client = bench.client(keeper)

    assert companies.me(client)["login"] == "plumbline@service.example"
    assert [row["name"] for row in companies.projects(client)] == ["Harbor Point Medical Center"]
    with pytest.raises(Reject) as refused:
        companies.permissions(client, str(RIVERSIDE))
    assert refused.value.code == "forbidden"
    assert "permitted projects" in refused.value.cause


def test_s2_a_service_accounts_token_is_asked_for_again_when_due(bench: Bench) -> None:
    keeper = bench.keeper()
    keeper.keep("auth-1", bench.oauth().client_credentials())
    client = bench.client(keeper)
    bench.clock.at += 5000

    companies.me(client)

    assert bench.grants() == ["client_credentials", "client_credentials"]


def test_s9_a_revoked_sign_in_needs_authorization(bench: Bench) -> None:
    keeper = bench.signed_in()
    client = bench.client(keeper)
    bench.oauth().revoke(keeper.access("auth-1"))

    with pytest.raises(NeedsAuthorization) as dead:
        companies.me(client)

    assert dead.value.authorization_id == "auth-1"
    assert "authorization grant is invalid" in dead.value.cause


def test_s4_all_projects_are_listed_over_several_pages_and_searched(bench: Bench) -> None:
    client = bench.client()

    rows = list(companies.projects(client))

    assert len(rows) == len({row["id"] for row in rows}) == 132
    assert bench.paths().count("/rest/v1.1/projects") == 4
    assert [row["name"] for row in companies.projects(client, "harbor point")] == [
        "Harbor Point Medical Center"
    ]


def test_s4_nothing_but_the_chosen_company_is_touched(bench: Bench) -> None:
    client = bench.client(company=MERIDIAN)

    assert [row["name"] for row in companies.projects(client)] == ["Lakeshore Laboratory"]
    assert {effect["company_id"] for effect in bench.sandbox.journal.effects("app_installed")} == {MERIDIAN}


@pytest.mark.parametrize(
    ("company", "words", "code"),
    [
        (CASCADE, "Implicit Oauth Connections Are Not Allowed For This Company", "user_installs_off"),
        (NORTHWIND, "App is not connected to this company.", "app_not_installed"),
    ],
)
def test_s5_an_app_that_is_not_installed_is_one_clear_answer_and_is_not_tried_again(
    bench: Bench, company: int, words: Any, code: str
) -> None:
    held = bench.sandbox.state.installs
    held[NORTHWIND] = replace(held[NORTHWIND], status="uninstalled")
    client = bench.client(company=company)

    with pytest.raises(Reject) as refused:
        list(companies.projects(client))

    assert (refused.value.code, refused.value.cause) == (code, words)
    assert bench.paths() == ["/rest/v1.1/projects"]


def test_s5_an_installation_is_asked_for(bench: Bench) -> None:
    keeper = bench.signed_in()
    elsewhere = bench.client(keeper, CASCADE)
    installs.request_installation(elsewhere, "sandbox-client-id", "Please install Plumbline.")

    (effect,) = bench.sandbox.journal.effects("installation_requested")
    assert effect["company_id"] == CASCADE


@pytest.mark.parametrize(
    ("person", "project", "passed", "held"),
    [
        (PRIYA, HARBOR_POINT, True, "Admin"),
        (MARCUS, HARBOR_POINT, True, "Standard"),
        (MARCUS, RIVERSIDE, False, "Read Only"),
        (DANA, HARBOR_POINT, False, "None"),
    ],
)
def test_s6_levels_are_compared_by_name(
    bench: Bench, person: int, project: int, passed: bool, held: str
) -> None:
    client = bench.client(bench.signed_in(person))

    (row,) = check(companies.permissions(client, str(project)), copy_needs())

    assert (row.tool, row.needed, row.held, row.passed) == ("observations", "Standard", held, passed)


def test_the_companys_web_address_is_read(bench: Bench) -> None:
    assert companies.company_base_url(bench.client()) == bench.running.api


# Tokens


def briefly(_: float) -> None:
    """Sleep for real, so that the other threads get on, but never long."""
    threading.Event().wait(0.01)


def test_two_workers_refresh_one_token_with_one_call_and_both_go_on(bench: Bench) -> None:
    bench.signed_in()
    bench.clock.at += 5401
    start = threading.Barrier(2)

    def work(_: int) -> str:
        # each worker has a memory, a session and a keeper of its own, as two Lambdas have
        keeper = bench.keeper(sleep=briefly)
        client = bench.client(keeper)
        start.wait()
        return str(companies.me(client)["login"])

    with ThreadPoolExecutor(2) as workers:
        logins = list(workers.map(work, range(2)))

    assert logins == ["priya.raman@northwind.example"] * 2
    assert bench.grants() == ["authorization_code", "refresh_token"]


def test_many_workers_that_meet_a_401_at_once_refresh_once(bench: Bench) -> None:
    keeper = bench.signed_in()
    stale = keeper.access("auth-1")
    bench.sandbox.state.tokens.pop(stale)
    start = threading.Barrier(6)

    def work(_: int) -> str:
        client = bench.client(bench.keeper(sleep=briefly))
        start.wait()
        return str(companies.me(client)["login"])

    with ThreadPoolExecutor(6) as workers:
        assert len(list(workers.map(work, range(6)))) == 6

    assert bench.grants() == ["authorization_code", "refresh_token"]


def test_a_used_refresh_token_is_refused_and_needs_authorization(bench: Bench) -> None:
    keeper = bench.signed_in()
    tokens = bench.oauth().exchange(bench.code_of(PRIYA), CALLBACK)
    keeper.keep("auth-1", tokens)
    bench.oauth().refresh(str(tokens.refresh))
    bench.clock.at += 5401

    with pytest.raises(NeedsAuthorization) as dead:
        keeper.access("auth-1")

    assert "authorization grant is invalid" in dead.value.cause


def test_a_refresh_whose_answer_is_lost_needs_authorization_once_procore_says_so(bench: Bench) -> None:
    keeper = bench.signed_in()
    bench.clock.at += 5401
    bench.sandbox.faults = [Fault(path="/oauth/token", kind="drop", when="after")]

    with pytest.raises(Retry):
        keeper.access("auth-1")
    with pytest.raises(NeedsAuthorization):
        keeper.access("auth-1")

    assert bench.grants() == ["authorization_code", "refresh_token", "refresh_token"]


def test_a_token_that_comes_due_in_the_middle_of_a_run_is_renewed_early(bench: Bench) -> None:
    client = bench.client()
    rows = companies.projects(client)
    first = [next(rows) for _ in range(40)]
    bench.clock.at += 4900

    assert len(first) + len(list(rows)) == 132
    assert bench.grants() == ["authorization_code", "refresh_token"]
    assert {entry["status"] for entry in bench.sandbox.journal.calls()} == {200}


def test_a_token_that_expires_by_procores_clock_in_the_middle_of_a_run_is_renewed(bench: Bench) -> None:
    client = bench.client()
    rows = companies.projects(client)
    first = [next(rows) for _ in range(40)]
    for token in bench.sandbox.state.tokens.values():
        token.expires_at = bench.clock.at - 1

    assert len(first) + len(list(rows)) == 132
    assert [entry["status"] for entry in bench.sandbox.journal.calls()] == [200, 401, 200, 200, 200]


def test_a_401_in_the_middle_of_a_run_makes_nothing_twice(bench: Bench) -> None:
    client = bench.client()
    bench.sandbox.faults = [Fault(method="POST", path=".*/items", status=401)]

    items.create_observation(client, PROJECT, NewObservation("Leak", "7001"))

    assert len(bench.sandbox.journal.effects("observation_created")) == 1
    assert bench.grants() == ["authorization_code", "refresh_token"]


# Failures

ERRORS = [
    (400, '{"errors":{"name":["has already been taken"]}}', Reject, "name: has already been taken"),
    (403, '{"errors":["App is not connected to this company."]}', Reject, "App is not connected"),
    (404, '{"errors":"Not found"}', Reject, "Not found"),
    (406, "", Reject, "does not know a field"),
    (408, '{"message":"Query too large"}', Reject, "Query too large"),
    (409, '{"errors":{"base":["taken"]},"error_type":"x","file":{}}', Reject, "taken"),
    (410, '{"error":{"code":"GONE","message":"Expired","details":[]}}', Reject, "Expired"),
    (422, '{"errors":{"assignees":["may not"]}}', Reject, "assignees: may not"),
    (429, '{"errors":"You have surpassed the max number"}', Retry, "You have surpassed"),
    (500, "<html><title>Oops</title></html>", Retry, "Oops"),
    (502, "", Retry, "failed with 502: no words"),
    (503, "<html><body>Busy</body></html>", Retry, "Busy"),
]


@pytest.mark.parametrize(("status", "body", "kind", "words"), ERRORS, ids=[str(row[0]) for row in ERRORS])
def test_each_documented_failure_is_one_error_in_procores_words(
    bench: Bench, status: int, body: str, kind: Any, words: Any
) -> None:
    client = bench.client()
    bench.sandbox.faults = [Fault(path="/rest/.*", status=status, body=body)]

    with pytest.raises(kind, match=words):
        companies.company_base_url(client)

    assert len(bench.paths()) == 1


@pytest.mark.parametrize("kind", ["drop", "status"])
def test_a3_a_write_that_took_effect_but_got_no_answer_is_unknown_and_not_repeated(
    bench: Bench, kind: Any
) -> None:
    client = bench.client()
    bench.sandbox.faults = [Fault(method="POST", path=".*/items", kind=kind, when="after", status=502)]
    before = bench.clock.at

    with pytest.raises(EffectUnknown):
        items.create_observation(client, PROJECT, NewObservation("Leak", "7001"))

    assert len(bench.sandbox.journal.effects("observation_created")) == 1
    found = items.observations_updated(client, PROJECT, before - 5, bench.clock.at + 5)
    assert [one.name for one in found] == ["Leak"]


@pytest.mark.parametrize("kind", ["drop", "cut"])
def test_a_read_survives_one_broken_connection(bench: Bench, kind: Any) -> None:
    client = bench.client()
    bench.sandbox.faults = [Fault(method="GET", path="/rest/.*", kind=kind)]

    assert companies.company_base_url(client) == bench.running.api
    assert len(bench.paths()) == 2


# Limits


@pytest.mark.parametrize(("with_retry_after", "spike", "after"), [(False, 2, 10.0), (True, 2, 10.0)])
def test_a_429_is_obeyed_with_and_without_retry_after(
    bench: Bench, with_retry_after: bool, spike: int, after: float
) -> None:
    client = bench.client()
    bench.sandbox.settings = bench.sandbox.settings.model_copy(
        update={"rate_spike": spike, "retry_after_on_429": with_retry_after}
    )
    companies.me(client)
    companies.me(client)

    with pytest.raises(Retry) as limited:
        companies.me(client)

    assert limited.value.after == after
    assert bench.gate.closed == [START + after]
    bench.clock.at += after
    assert companies.me(client)["id"] == PRIYA


def test_each_answers_headers_reach_the_gate(bench: Bench) -> None:
    client = bench.client()
    bench.sandbox.settings = bench.sandbox.settings.model_copy(update={"rate_hour": 600, "rate_spike": 25})

    companies.me(client)
    companies.me(client)

    assert bench.gate.observed == [(25, 24, START + 10), (25, 23, START + 10)]


@pytest.fixture
def strict(bench: Bench) -> Bench:
    bench.sandbox.settings = bench.sandbox.settings.model_copy(update={"rate_hour": 600, "rate_spike": 25})
    return bench


def test_700_calls_through_the_budget_never_meet_a_429_nor_exceed_a_window(strict: Bench) -> None:
    budget = MemoryBudget(hour_limit=600, spike_limit=25)
    gate = BudgetGate(budget, f"auth-1|{COMPANY}", strict.clock.now)
    client = strict.client(gate=gate)
    client.session.headers["Connection"] = "close"  # small answers on a kept connection wait for their ACK
    made: list[float] = []
    waits = 0

    while len(made) < 700:
        try:
            companies.me(client)
        except Retry as waiting:
            waits += 1
            strict.clock.at += waiting.after
        else:
            made.append(strict.clock.at)

    calls = strict.sandbox.journal.calls()
    assert [call["status"] for call in calls] == [200] * 700
    assert all(late - early >= 10.0 for early, late in zip(made, made[25:], strict=False))
    assert all(late - early >= 3600.0 for early, late in zip(made, made[600:], strict=False))
    assert 0 < waits < 20
    assert made[-1] - made[0] < 2 * 3600


# Observations


def test_a2_an_observation_with_its_file_and_comment_stands_in_procore_as_sent(bench: Bench) -> None:
    client = bench.client()
    data = b"%PDF-1.7 \xc3\xbcber"
    file_id = send(client, io.BytesIO(data), data)
    new = NewObservation(
        name="Ventil undicht: 漏水 💧",
        type_id="7001",
        description="Zeile 1\nZeile 2",
        status="initiated",
        priority="High",
        due_date=date(2026, 10, 1),
        trade_id="8001",
        upload_ids=(file_id,),
    )

    made, answer = items.create_observation(client, PROJECT, new)
    log = items.create_response_log(
        client, PROJECT, made.id, "Rohr geprüft", (send(client, io.BytesIO(b"x"), b"x"),)
    )

    assert answer.date == START
    held = next(
        one for one in state_as_json(bench.sandbox.state)["observations"] if str(one["id"]) == made.id
    )
    assert (held["name"], held["description"], held["priority"]) == (new.name, new.description, "High")
    assert (held["trade"], held["type"], held["due_date"]) == ("HVAC", "Commissioning Issue", "2026-10-01")
    assert [one["sha256"] for one in held["attachments"]] == [hashlib.sha256(data).hexdigest()]
    assert [one["comment"] for one in held["response_logs"]] == ["Rohr geprüft"]
    found, _ = items.observation(client, PROJECT, made.id)
    assert (found.name, found.due_date, found.trade_id, found.type_id) == (
        new.name,
        date(2026, 10, 1),
        "8001",
        "7001",
    )
    logs = list(items.response_logs(client, PROJECT, made.id))
    assert [(one.id, one.comment, one.status, one.author) for one in logs] == [
        (log.id, "Rohr geprüft", "initiated", "Priya Raman")
    ]
    with download(client, found.attachments[0].url) as chunks:
        assert b"".join(chunks) == data


def test_a20_types_trades_and_statuses_come_from_the_project(bench: Bench) -> None:
    client = bench.client()

    types = {row["name"] for row in items.observation_types(client, PROJECT)}
    assert {"Commissioning Issue", "Medical Gas Verification"} <= types
    assert not {"Legacy Punch", "Stormwater"} & types
    assert {row["name"] for row in items.trades(client)} >= {"HVAC", "Electrical"}
    assert "Asbestos Abatement" not in {row["name"] for row in items.trades(client)}
    assert [value for value, _ in items.statuses(client, PROJECT)][:4] == [
        "initiated",
        "ready_for_review",
        "not_accepted",
        "closed",
    ]


def test_a3_only_what_was_updated_in_the_range_is_listed_over_pages(bench: Bench) -> None:
    client = bench.client()
    bench.sandbox.settings = bench.sandbox.settings.model_copy(update={"page_cap": 3})
    items.create_observation(client, PROJECT, NewObservation("Early", "7001"))
    bench.clock.at += 3600
    for n in range(7):
        items.create_observation(client, PROJECT, NewObservation(f"Late {n}", "7001"))

    found = list(items.observations_updated(client, PROJECT, bench.clock.at - 60, bench.clock.at + 60))

    assert [one.name for one in found] == [f"Late {n}" for n in range(7)]
    assert bench.paths().count("/rest/v1.0/observations/items") == 8 + 3


def test_a_deleted_observation_is_proven_by_the_recycle_bin(bench: Bench) -> None:
    client = bench.client()
    made, _ = items.create_observation(client, PROJECT, NewObservation("Leak", "7001"))
    client.request("DELETE", f"/rest/v1.0/projects/{PROJECT}/observations/items/{made.id}")

    with pytest.raises(Reject) as gone:
        items.observation(client, PROJECT, made.id)

    assert gone.value.code == "not_found"
    assert [one.id for one in items.recycled_observations(client, PROJECT)] == [made.id]


def test_a27_the_default_distribution_is_read_page_by_page(bench: Bench) -> None:
    project = bench.sandbox.state.projects[HARBOR_POINT]
    bench.sandbox.state.projects[HARBOR_POINT] = replace(project, default_distribution=(MARCUS, DANA))

    assert list(items.default_distribution(bench.client(), PROJECT)) == [str(MARCUS), str(DANA)]


def test_a25_the_users_of_a_project_are_read_by_name(bench: Bench) -> None:
    users = companies.project_users(bench.client(bench.signed_in(DANA)), PROJECT)

    assert [(user["id"], user["name"]) for user in users] == [
        (PRIYA, "Priya Raman"),
        (MARCUS, "Marcus Lindqvist"),
        (DANA, "Dana Whitfield"),
    ]


def test_a27_an_e_mail_is_sent_for_one_observation(bench: Bench) -> None:
    client = bench.client()
    made, _ = items.create_observation(client, PROJECT, NewObservation("Leak", "7001"))

    items.send_email(client, PROJECT, made.id, to=(str(MARCUS),), subject="New: Leak", body="Please look.")

    (email,) = state_as_json(bench.sandbox.state)["emails"]
    assert (email["to"], email["subject"]) == (["marcus.lindqvist@northwind.example"], "New: Leak")


# Files

ONE_POST = UploadSettings(threshold=100_000_000)
SEGMENTS = UploadSettings(threshold=-1, segment_size=5 * MIB)


def send(client: ProcoreClient, source: IO[bytes], data: bytes, settings: UploadSettings = ONE_POST) -> str:
    digest = hashlib.sha256(data).hexdigest()
    return send_as(client, source, len(data), digest, settings)


def send_as(
    client: ProcoreClient, source: IO[bytes], size: int, digest: str, settings: UploadSettings
) -> str:
    return upload(
        client,
        client.session,
        PROJECT,
        source,
        name="Prüfbericht Ω.pdf",
        content_type="application/pdf",
        size=size,
        sha256=digest,
        settings=settings,
    )


def held_file(bench: Bench, uuid: str) -> dict[str, Any]:
    found = next(one for one in state_as_json(bench.sandbox.state)["uploads"] if one["uuid"] == uuid)
    return dict(found["file"])


def tiles(size: int) -> Iterator[bytes]:
    """Give bytes of which no two tiles are equal, 64 KiB at a time."""
    for n in range(0, size, 65536):
        yield hashlib.shake_128(n.to_bytes(8, "big")).digest(min(65536, size - n))


@pytest.mark.parametrize("size", [0, 1, 30 * MIB])
@pytest.mark.parametrize("settings_of", [ONE_POST, SEGMENTS], ids=["one post", "segments"])
def test_a33_a_file_of_any_size_arrives_byte_for_byte_in_both_flows(
    bench: Bench, settings_of: UploadSettings, size: int
) -> None:
    client = bench.client()
    spooled = spool(tiles(size))

    with spooled.file:
        uuid = send_as(client, spooled.file, spooled.size, spooled.sha256, settings_of)

    assert held_file(bench, uuid) == {"size": size, "sha256": spooled.sha256}
    attempts = bench.sandbox.journal.calls("storage")
    assert [entry["identity"] for entry in attempts] == [None] * len(attempts)
    assert {entry["status"] for entry in attempts} <= {200, 204}


@pytest.mark.parametrize("settings_of", [ONE_POST, SEGMENTS], ids=["one post", "segments"])
def test_a33_memory_stays_small_however_large_the_file(
    bench: Bench, settings_of: UploadSettings, tmp_path: Path
) -> None:
    client = bench.client()
    path = tmp_path / "large.bin"
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for tile in tiles(30 * MIB):
            file.write(tile)
            digest.update(tile)

    with path.open("rb") as file:
        tracemalloc.start()
        try:
            send_as(client, file, 30 * MIB, digest.hexdigest(), settings_of)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    assert peak < 4 * MIB


def test_the_storage_is_never_shown_the_token(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    client = bench.client()
    shown: list[tuple[str, set[str]]] = []
    receive = bench.sandbox.receive

    def watched(request: Request) -> Any:
        shown.append((request.method, set(request.headers)))
        return receive(request)

    monkeypatch.setattr(bench.sandbox, "receive", watched)

    send(client, io.BytesIO(b"abc"), b"abc", ONE_POST)
    send(client, io.BytesIO(b"abc"), b"abc", SEGMENTS)

    assert [method for method, _ in shown] == ["POST", "PUT"]
    assert all(not {"authorization", "procore-company-id", "cookie"} & names for _, names in shown)


@pytest.mark.parametrize("settings_of", [ONE_POST, SEGMENTS], ids=["one post", "segments"])
def test_an_upload_whose_address_expired_is_begun_again(bench: Bench, settings_of: UploadSettings) -> None:
    client = bench.client()
    bench.sandbox.faults = [Fault(path="/(uploads|segments/.*)", status=403, body="<Error/>")]

    uuid = send(client, io.BytesIO(b"abc"), b"abc", settings_of)

    assert held_file(bench, uuid)["size"] == 3
    assert len(bench.sandbox.journal.effects("upload_created")) == 2


def test_a_download_that_breaks_off_never_looks_whole(bench: Bench) -> None:
    client = bench.client()
    data = b"".join(tiles(2 * MIB))
    made, _ = items.create_observation(
        client, PROJECT, NewObservation("Leak", "7001", upload_ids=(send(client, io.BytesIO(data), data),))
    )
    found, _ = items.observation(client, PROJECT, made.id)
    bench.sandbox.faults = [Fault(method="GET", path="/objects/.*", kind="cut")]

    with pytest.raises(Retry), download(client, found.attachments[0].url) as chunks:
        b"".join(chunks)
    with download(client, found.attachments[0].url) as chunks:
        assert hashlib.sha256(b"".join(chunks)).digest() == hashlib.sha256(data).digest()


def test_only_who_made_an_upload_may_attach_it(bench: Bench) -> None:
    uuid = send(bench.client(), io.BytesIO(b"abc"), b"abc")
    other = bench.client(bench.signed_in(MARCUS))

    with pytest.raises(Reject) as refused:
        items.create_observation(other, PROJECT, NewObservation("Leak", "7001", upload_ids=(uuid,)))

    assert refused.value.code == "forbidden"
